"""What can be asked of a server."""

from collections.abc import Callable
from datetime import datetime

import msgspec
import pytest

from ci.errors import UsageError
from ci.jenkins import (
    Build, Given, InputRequest, JenkinsClient, JobSummary, LintResult, NotBuildable, NotFound, Parameter, Refused,
    TestCounts,
)
from ci.jenkins import Stage as StageOfBuild
from ci.jenkins.results import Kind
from tests.fakes.jenkins import Case, Input, JenkinsDouble, Stage
from tests.fakes.jenkins import Parameter as Defined

Running = Callable[..., Build]


def test_all_that_is_known_of_a_build(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    job = jenkins.add_job("team/app", ["A", Defined("SECRET", kind="Password")])
    tests = [Case("t", "good"), Case("t", "bad", "FAILED"), Case("t", "left out", "SKIPPED")]
    job.add_build({"A": "1", "SECRET": "x"}, duration=30.0, result="UNSTABLE", description="ok", tests=tests)
    build = client.build("team/app")
    assert msgspec.structs.replace(build, started=datetime.min) == Build(
        job="team/app", number=1, url=f"{jenkins.url}job/team/job/app/1/", building=False, result="UNSTABLE",
        started=datetime.min, duration=30.0, estimate=30.0, description="ok",
        parameters=(Given("A", "1"), Given("SECRET")), causes=("Started by user Alice",), tests=TestCounts(3, 1, 1),
    )
    assert build.started.tzinfo is not None and build.name == "team/app #1"


def test_a_running_build_tells_for_how_long(
    jenkins: JenkinsDouble, client: JenkinsClient, running: Running
) -> None:
    running(duration=1000.0)
    jenkins.clock.advance(100)
    assert client.build("app").duration == pytest.approx(100, abs=2)


def test_results_are_json(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").add_build()
    build = client.build("app")
    assert msgspec.json.decode(msgspec.json.encode(build), type=Build) == build


@pytest.mark.parametrize(("number", "what"), [(7, "build 7"), ("stable", "stable build"), ("any", "build")])
def test_there_is_no_such_build(
    jenkins: JenkinsDouble, client: JenkinsClient, number: int | Kind, what: str
) -> None:
    jenkins.add_job("app")
    with pytest.raises(NotFound) as error:
        client.build("app", number)
    assert str(error.value) == f"app has no {what}"


ABOUT_A_JOB: dict[str, Callable[[JenkinsClient], object]] = {
    "build": lambda client: client.build("team/app"),
    "latest": lambda client: client.latest("team/app"),
    "builds": lambda client: client.builds("team/app"),
    "parameters": lambda client: client.parameters("team/app"),
    "trigger": lambda client: client.trigger("team/app"),
    "notify": lambda client: client.notify("team/app"),
}


@pytest.mark.parametrize("question", ABOUT_A_JOB.values(), ids=ABOUT_A_JOB)
def test_an_unknown_job_is_the_same_error_everywhere(
    client: JenkinsClient, question: Callable[[JenkinsClient], object]
) -> None:
    with pytest.raises(NotFound) as error:
        question(client)
    assert str(error.value) == (
        "there is no job team/app on this server, or it is hidden from this user: see `ci jenkins jobs`"
    )
    assert error.value.exit_code == 3


def test_an_unknown_folder(client: JenkinsClient) -> None:
    with pytest.raises(NotFound, match="there is no folder team on this server, or it is hidden from this user"):
        client.jobs("team")


@pytest.mark.parametrize(("kind", "number"), [
    ("any", 5), ("completed", 5), ("stable", 1), ("successful", 2), ("unstable", 2), ("failed", 3), ("unsuccessful", 5),
])
def test_the_latest_build_of_a_kind(jenkins: JenkinsDouble, client: JenkinsClient, kind: str, number: int) -> None:
    job = jenkins.add_job("app")
    for result in ("SUCCESS", "UNSTABLE", "FAILURE", "NOT_BUILT", "ABORTED"):
        job.add_build(result=result)
    assert client.latest("app", kind).number == number  # type: ignore[arg-type]


def test_builds_are_listed_newest_first(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    job = jenkins.add_job("app", ["A"])
    for number in range(130):
        job.add_build({"A": str(number)}, result="FAILURE" if number % 50 == 0 else "SUCCESS")
    assert [one.number for one in client.builds("app", limit=3)] == [130, 129, 128]
    assert client.builds("app", limit=1)[0].parameters == (Given("A", "129"),)
    assert len(client.builds("app", limit=120)) == 120
    assert [one.number for one in client.builds("app", limit=1, result="FAILURE")] == [101]


def test_a_folder_has_no_builds(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_multibranch("shop")
    with pytest.raises(NotBuildable, match="shop is a folder or a multibranch project: name a job in it, or a branch"):
        client.builds("shop")


def test_jobs_in_folders_in_folders(jenkins: JenkinsDouble, client: JenkinsClient, running: Running) -> None:
    jenkins.add_job("team/old").disabled = True
    jenkins.add_job("team/red").add_build(result="FAILURE")
    jenkins.add_multibranch("shop", ["feature/login"])
    running(duration=1000.0)
    assert client.jobs() == (
        JobSummary("app", "job", running=True),
        JobSummary("shop", "multibranch"),
        JobSummary("shop/feature%2Flogin", "job", branch="feature/login"),
        JobSummary("team", "folder"),
        JobSummary("team/old", "job", disabled=True),
        JobSummary("team/red", "job", last="FAILURE"),
    )
    assert [one.name for one in client.jobs(recursive=False)] == ["app", "shop", "team"]
    assert [one.name for one in client.jobs("team")] == ["team/old", "team/red"]
    assert [one.branch for one in client.jobs("shop")] == ["feature/login"]


def test_folders_deeper_than_one_request_asks_for(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    deep = "/".join("abcdefghijklmnopqrst")
    jenkins.add_job(f"{deep}/app")
    assert client.jobs()[-1].name == f"{deep}/app"
    assert len(jenkins.requests) == 3


def test_what_a_job_takes(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app", [
        Defined("WHERE", choices=("staging", "production"), description="Where to"), Defined("DATA", kind="File"),
    ])
    assert client.parameters("app") == (
        Parameter("WHERE", "Choice", "staging", ("staging", "production"), "Where to"), Parameter("DATA", "File"),
    )


STAGES = [Stage("Build", 10.0), Stage("Test", 20.0, "FAILED", b"1 < 2\nboom\n", "script returned exit code 1")]


@pytest.mark.parametrize("view", ["stage view", "stages", "pipeline-overview"])
def test_stages_from_whichever_plugin_there_is(
    jenkins: JenkinsDouble, client: JenkinsClient, running: Running, view: str
) -> None:
    if view != "stage view":
        del jenkins.plugins["pipeline-stage-view"]
        jenkins.graph_view = view
    build = client.wait(running(stages=STAGES, result="FAILURE"))
    assert [(one.name, one.status, one.duration) for one in client.stages(build)] == [
        ("Build", "success", 10.0), ("Test", "failed", 20.0),
    ]


def test_without_plugins_there_are_no_stages_tests_and_questions(
    jenkins: JenkinsDouble, client: JenkinsClient, running: Running
) -> None:
    build = client.wait(running(stages=STAGES))
    jenkins.plugins.clear()
    assert (client.stages(build), client.tests(build), client.inputs(build)) == ((), None, ())
    assert client.stage_log(build, StageOfBuild("6", "Build", "success")) is None


def test_the_log_of_a_failed_stage(client: JenkinsClient, running: Running) -> None:
    build = client.wait(running(stages=STAGES, result="FAILURE"))
    failed = client.stages(build)[1]
    assert failed.error == "script returned exit code 1"
    assert client.stage_log(build, failed) == "1 < 2\nboom\n"


def test_failed_tests_and_their_messages(client: JenkinsClient, running: Running) -> None:
    cases = [
        Case("shop.Cart", "adds"),
        Case("shop.Cart", "removes", "REGRESSION", 0.5, "expected 1", "trace"),
        Case("shop.Cart", "sums", "FIXED"),
        Case("shop.Cart", "waits", "SKIPPED"),
    ]
    build = client.wait(running(tests=cases))
    report = client.tests(build)
    assert report is not None and report.counts == TestCounts(4, 1, 1)
    assert [(one.name, one.status, one.message, one.stack) for one in report.cases] == [
        ("removes", "failed", "expected 1", "trace"),
    ]
    everything = client.tests(build, failed_only=False)
    assert everything is not None and [one.status for one in everything.cases] == [
        "passed", "failed", "passed", "skipped",
    ]


def test_a_question_is_approved(jenkins: JenkinsDouble, client: JenkinsClient, running: Running) -> None:
    build = running(duration=10.0, inputs=[Input("deploy", "Deploy?", at=5.0)])
    assert client.inputs(build) == ()
    jenkins.clock.advance(10)
    assert client.inputs(build) == (InputRequest("Deploy", "Deploy?"),)
    assert client.approve(build, "deploy").message == "Deploy?"
    assert client.wait(build).result == "SUCCESS"


def test_a_question_with_parameters(jenkins: JenkinsDouble, client: JenkinsClient, running: Running) -> None:
    build = running(inputs=[Input("deploy", parameters=["WHERE"])])
    with pytest.raises(UsageError, match="app #1 does not ask for WHEN in Deploy"):
        client.approve(build, params={"WHEN": "now"})
    client.approve(build, params={"WHERE": "production"})
    assert jenkins.find("app").builds[0].answers == {"deploy": {"WHERE": "production"}}


def test_a_question_is_rejected(client: JenkinsClient, running: Running) -> None:
    build = running(inputs=[Input("deploy")])
    client.reject(build)
    assert client.wait(build).result == "ABORTED"


def test_nobody_asks(client: JenkinsClient, running: Running) -> None:
    with pytest.raises(NotFound, match="app #1 does not wait for anybody"):
        client.approve(running())
    with pytest.raises(NotFound, match="app #2 does not wait for Deploy; it waits for Publish"):
        client.approve(running(inputs=[Input("publish")]), "Deploy")


def test_a_question_that_only_others_may_answer(client: JenkinsClient, running: Running) -> None:
    with pytest.raises(Refused, match="You need to be somebody else"):
        client.approve(running(inputs=[Input("deploy", denied=True)]))


def test_the_server_judges_a_jenkinsfile(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    assert client.lint("pipeline {}") == LintResult(True)
    jenkins.lint_errors = ["Missing required section \"agent\""]
    assert client.lint("pipeline {}") == LintResult(False, ("Missing required section \"agent\"",))
    jenkins.plugins.clear()
    with pytest.raises(NotFound, match="the plugin pipeline-model-definition is missing"):
        client.lint("pipeline {}")
