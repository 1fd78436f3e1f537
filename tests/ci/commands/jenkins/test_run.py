"""``ci jenkins run``, ``rebuild`` and ``watch``: from the command line to the result's exit code."""

import json
import re
import signal
from typing import Any

import pytest

from tests.ci.commands.jenkins.console import Console
from tests.ci.commands.jenkins.shell import Shell
from tests.fakes.jenkins import JenkinsDouble, Outcome, Parameter

SHORT: dict[str, Any] = {"duration": 3.0}


def without_times(text: str) -> str:
    return re.sub(r"\d+(\.\d)? s\b", "0 s", text)


def test_run_prints_the_build_as_soon_as_it_has_a_number(jenkins: JenkinsDouble, console: Console) -> None:
    job = jenkins.add_job("folder/app", [Parameter("ENVIRONMENT", "staging"), Parameter("CONFIG", kind="File")])
    (console.folder / "config.toml").write_text("a = 1")
    done = console("run", "folder/app", "-p", "ENVIRONMENT=a=b c", "-F", "CONFIG=@config.toml")
    assert (done.returncode, done.stdout, done.stderr) == (
        0, f"folder/app #1 started: {jenkins.url}job/folder/job/app/1/\n", ""
    )
    assert job.builds[0].parameters == {"ENVIRONMENT": "a=b c", "CONFIG": b"a = 1"}


def test_a_secret_parameter_comes_from_the_environment(jenkins: JenkinsDouble, console: Console) -> None:
    job = jenkins.add_job("app", [Parameter("PASSWORD", kind="Password")])
    done = console("run", "app", "-p", "PASSWORD", "--json", PASSWORD="open sesame")
    assert (done.returncode, job.builds[0].parameters) == (0, {"PASSWORD": "open sesame"})
    assert "open sesame" not in done.stdout


def test_a_wrong_value_from_the_environment_is_not_shown(jenkins: JenkinsDouble, console: Console) -> None:
    """Somebody who gives a password to the wrong parameter does not find it in the log of another build."""
    jenkins.add_job("app", [Parameter("TARGET", choices=("staging", "production")), Parameter("DRY", kind="Boolean")])
    done = console("run", "app", "-p", "TARGET", "-p", "DRY", TARGET="stagin sesame", DRY="sesame")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", (
        "ci: nothing was sent to app: TARGET can't be what was given (one of: staging, production); "
        "DRY is true or false, not what was given\n"
    ))


def test_a_build_that_has_to_wait_is_named_by_its_queue_item(jenkins: JenkinsDouble, console: Console) -> None:
    jenkins.add_job("app").on_trigger(blocked=3600.0)
    done = console("run", "app", "--timeout", "0.5s")
    assert (done.returncode, done.stdout, done.stderr) == (
        0, "app waits in the queue as item 1001\ngo on watching: ci jenkins watch app --item 1001\n", ""
    )


def test_a_branch_is_written_as_git_names_it(jenkins: JenkinsDouble, console: Console) -> None:
    jenkins.add_multibranch("shop", ["main", "feature/login"])
    done = console("run", "shop", "-b", "feature/login")
    assert done.stdout == (
        f"shop/feature%2Flogin #1 started: {jenkins.url}job/shop/job/feature%252Flogin/1/\n"
    )


def test_wait_returns_the_code_of_the_result(jenkins: JenkinsDouble, console: Console) -> None:
    jenkins.add_job("app").on_trigger(**SHORT, result="FAILURE")
    done = console("run", "app", "--wait")
    assert (done.returncode, without_times(done.stdout), done.stderr) == (11, (
        f"app #1 started: {jenkins.url}job/app/1/\n✗ app #1: FAILURE in 0 s\nwhat happened: ci jenkins view app 1\n"
    ), "")


def test_follow_prints_the_log_byte_for_byte(jenkins: JenkinsDouble, console: Console) -> None:
    log = b"first\n\xff\xc3\xa4 \x1b[31mred\x1b[0m\nno end of line"
    jenkins.add_job("app").on_trigger(**SHORT, log=[(0.0, log[:9]), (2.0, log[9:])], result="UNSTABLE")
    done = console("run", "app", "--follow", "--unstable-ok")
    text = log.decode(errors="surrogateescape")
    assert (done.returncode, without_times(done.stdout)) == (0, (
        f"app #1 started: {jenkins.url}job/app/1/\n{text}\n! app #1: UNSTABLE in 0 s (usually 0 s)\n"
        "what happened: ci jenkins view app 1\n"
    ))


def test_json_is_the_whole_result_and_nothing_else(jenkins: JenkinsDouble, console: Console) -> None:
    jenkins.add_job("app").on_trigger(**SHORT, log=b"hello\n")
    done = console("run", "app", "--follow", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "hello\n")
    assert (list(told), told["queued"]) == (["queued", "build"], {"id": 1001, "job": "app", "merged": False})
    assert {"job", "number", "url", "building", "result", "started", "duration"} <= set(told["build"])
    assert (told["build"]["number"], told["build"]["result"]) == (1, "SUCCESS")


@pytest.mark.parametrize(("options", "aborts"), [((), []), (("--abort-on-interrupt",), ["stop"])])
def test_an_interrupt_leaves_the_build_running_unless_asked(
    busy: JenkinsDouble, live: Shell, options: tuple[str, ...], aborts: list[str]
) -> None:
    job = busy.add_job("folder/app")
    job.on_trigger(duration=3600.0)
    with live.start("run", "folder/app", "--wait", *options) as process:
        assert process.stdout and process.stderr
        assert process.stdout.readline() == f"folder/app #1 started: {busy.url}job/folder/job/app/1/\n"
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert (process.returncode, job.builds[0].aborts) == (130, aborts)
    assert said == ("interrupted; asked Jenkins to end folder/app #1\n" if options else (
        "interrupted; folder/app #1 goes on: ci jenkins watch folder/app 1\n"
        "to end it: ci jenkins cancel folder/app 1\n"
    ))


def test_an_interrupt_in_the_queue_can_take_the_item_out(jenkins: JenkinsDouble, ci: Shell) -> None:
    jenkins.add_job("app").on_trigger(blocked=3600.0)
    with ci.start("run", "app", "--wait", "--abort-on-interrupt") as process:
        ci.until("/queue/item/")
        process.send_signal(signal.SIGINT)
        assert process.stderr
        assert process.stderr.read() == "interrupted; asked Jenkins to end app (item 1001)\n"
    assert (process.returncode, jenkins.queue.items[1001].cancelled) == (130, True)


def test_an_interrupt_ends_a_build_that_has_just_left_the_queue(jenkins: JenkinsDouble, ci: Shell) -> None:
    job = jenkins.add_job("app")
    job.on_trigger(blocked=10.0, duration=3600.0)
    with ci.start("run", "app", "--wait", "--abort-on-interrupt") as process:
        ci.until("/queue/item/")
        jenkins.clock.advance(10.0)
        process.send_signal(signal.SIGINT)
        assert process.stderr
        assert process.stderr.read().startswith("interrupted; asked Jenkins to end app ")
    assert (process.returncode, job.builds[0].aborts) == (130, ["stop"])


def test_an_interrupt_of_the_request_itself_says_what_is_not_known(jenkins: JenkinsDouble, ci: Shell) -> None:
    jenkins.add_job("app")
    jenkins.faults.delay(1.0, method="POST")
    with ci.start("run", "app") as process:
        ci.until("POST /job/app/build")
        process.send_signal(signal.SIGINT)
        assert process.stderr
        assert process.stderr.read() == "interrupted; perhaps a build was queued: ci jenkins list app\n"
    assert process.returncode == 130


def test_a_lost_answer_says_so_and_is_never_asked_again(jenkins: JenkinsDouble, console: Console) -> None:
    jenkins.add_job("app").on_trigger(blocked=3600.0)
    jenkins.faults.drop_post("after")
    done = console("run", "app")
    assert (done.returncode, sum(jenkins.posts.values())) == (1, 1)
    assert done.stderr.startswith("ci: ")
    assert done.stderr.splitlines()[1] == "since then, perhaps by this request: ci jenkins watch app --item 1001"


def test_watch_follows_an_item_of_the_queue_to_its_end(jenkins: JenkinsDouble, ci: Shell) -> None:
    jenkins.add_job("app").on_trigger(blocked=10.0, duration=20.0, result="FAILURE")
    assert ci("run", "app", "--timeout", "0.1s").stdout.startswith("app waits in the queue as item 1001\n")
    jenkins.forget_requests()
    with ci.start("watch", "app", "--item", "1001") as process:
        ci.until("/queue/item/1001/")
        jenkins.clock.advance(10.0)
        ci.until("/job/app/1/")
        jenkins.clock.advance(20.0)
        assert process.stdout
        assert process.stdout.read() == (
            f"app #1 started: {jenkins.url}job/app/1/\n✗ app #1: FAILURE in 20 s\n"
            "what happened: ci jenkins view app 1\n"
        )
    assert process.returncode == 11


def test_watch_without_waiting_says_how_it_stands(jenkins: JenkinsDouble, console: Console) -> None:
    job = jenkins.add_job("app")
    job.add_build(result="UNSTABLE", duration=75.0)
    assert console("watch", "1", "--unstable-ok", JENKINS_JOB="app").returncode == 0
    job.start(jenkins.clock.now(), Outcome(duration=3600.0), {})
    done = console("watch", "app", "--no-wait")
    assert (done.returncode, done.stdout) == (8, "● app #2: running for 0.0 s (usually 1 min 15 s)\n")


def test_rebuild_takes_the_parameters_and_replaces_some(jenkins: JenkinsDouble, console: Console) -> None:
    job = jenkins.add_job("app", [Parameter("A"), Parameter("B", kind="Boolean"), Parameter("S", kind="Password")])
    job.add_build({"A": "one", "B": True, "S": "x"}, result="FAILURE")
    refused = console("rebuild", "app", "failed")
    assert (refused.returncode, refused.stderr.count("\n"), "S" in refused.stderr) == (2, 1, True)
    done = console("rebuild", "app", "1", "-p", "S", "-p", "A=two", S="secret")
    assert done.returncode == 0
    assert job.builds[1].parameters == {"A": "two", "B": True, "S": "secret"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run"], "which job? Name it, as in folder/app, or set JENKINS_JOB (ci jenkins jobs lists them)"),
        (["run", "app", "-p", "=1"], "-p: there is no name before the '='; write NAME=VALUE"),
        (["run", "app", "-p", "A=1", "-p", "A=2"], "-p A is given twice: leave one out"),
        (["run", "app", "-p", "A"], "-p A: there is no environment variable A; set it, or write A=VALUE"),
        (["run", "app", "-F", "A=file"], "-F 'A=file': write NAME=@PATH"),
        (["run", "app", "-F", "A=@file"], "-F 'A=@file': there is no file file"),
        (["view", "app", "newest"],
         "'newest' is no build: give its number, or one of last, completed, successful, stable, unstable, "
         "unsuccessful, failed"),
        (["view", "app", "1", "2"], "one build at a time: a job and a number, not 'app 1 2'"),
        (["watch", "app", "--item", "7", "--no-wait"],
         "--no-wait is for a build that has started; leave out --item"),
        (["approve", "app", "--abort", "-p", "A=1"], "--abort takes no parameters; leave out -p"),
        (["hook", "app", "-b", "\udcff"], "-b '\\udcff' is no text in UTF-8"),
        (["sync", "--branch", "main"], "--branch goes with --pipeline, --branches with --multibranch"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_call_is_one_line_and_asks_nothing(
    jenkins: JenkinsDouble, console: Console, arguments: list[str], message: str
) -> None:
    assert console(*arguments) == (2, "", f"ci: {message}\n")
    assert jenkins.calls == []
