"""Every state of a server that its protocol knows, in one table: what becomes of it, in one line and in time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ci.jenkins import (
    AuthError, BadParameters, JenkinsClient, JenkinsError, NotBuildable, NotFound, PermissionDenied, Queued,
    QueueCancelled, QueueExpired, Refused, ServerError, TriggerUncertain, Unavailable, WaitTimeout,
)
from tests.ci.jenkins.conftest import MakeClient
from tests.fakes.jenkins import JenkinsDouble, Parameter, Stage

Arrange = Callable[[JenkinsDouble], object]
Act = Callable[[JenkinsClient], Any]


class Failure(NamedTuple):
    """An error; in its message {url} is the server's address."""

    kind: type[JenkinsError]
    message: str


class State(NamedTuple):
    """What the server is like, what somebody does, and what comes of it."""

    arrange: Arrange
    act: Act
    outcome: object


def app(*parameters: str | Parameter, **outcome: Any) -> Arrange:
    """A job, and how its builds go."""
    return lambda jenkins: jenkins.add_job("app", parameters).on_trigger(**outcome)


def built(**build: Any) -> Arrange:
    """A job with a build that has ended."""
    return lambda jenkins: jenkins.add_job("app").add_build(**build)


def also(*steps: Arrange) -> Arrange:
    """One after the other."""
    return lambda jenkins: [step(jenkins) for step in steps]


def job(**attributes: Any) -> Arrange:
    """The job in another state."""
    return lambda jenkins: vars(jenkins.find("app")).update(attributes)


def server(**attributes: Any) -> Arrange:
    """The server in another state."""
    return lambda jenkins: vars(jenkins).update(attributes)


def fault(name: str, *arguments: Any, **options: Any) -> Arrange:
    """A switch of the double."""
    return lambda jenkins: getattr(jenkins.faults, name)(*arguments, **options)


def later(seconds: float, what: Arrange) -> Arrange:
    """Something that happens while a build runs."""
    return lambda jenkins: jenkins.clock.after(seconds, lambda: what(jenkins))


def without(plugin: str) -> Arrange:
    """A server without a plugin."""
    return lambda jenkins: jenkins.plugins.pop(plugin)


def trigger(client: JenkinsClient) -> bool:
    """Whether the item was joined to another."""
    return client.trigger("app").merged


def run(client: JenkinsClient) -> str | None:
    """The result of a build."""
    return client.run("app").result


def follow(client: JenkinsClient) -> str:
    """The log of a build and its result."""
    log: list[str] = []
    result = client.run("app", log=log.append).result
    return f"{''.join(log)}{result}"


def given(**parameters: str) -> Act:
    """A trigger with parameters."""
    return lambda client: client.trigger("app", parameters)


def view(client: JenkinsClient) -> str | None:
    """The result of the last build."""
    return client.build("app").result


def files(client: JenkinsClient) -> list[bytes]:
    """What the artifacts of the last build hold."""
    return [path.read_bytes() for path in client.download(client.build("app"), dest=Path("saved"))]


def queued(jenkins: JenkinsDouble) -> None:
    """An equal build waits already."""
    app("NAME", buildable=900.0)(jenkins)
    jenkins.queue.schedule(jenkins.find("app"), {"NAME": ""}, quiet=0.0)


def left_long_ago(jenkins: JenkinsDouble) -> None:
    """A build whose item Jenkins has forgotten."""
    app(quiet=0.0, duration=10.0, result="FAILURE")(jenkins)
    jenkins.queue.schedule(jenkins.find("app"), {}, quiet=0.0)
    jenkins.clock.advance(60.0)
    jenkins.settle()
    jenkins.clock.advance(600.0)


def from_item(client: JenkinsClient) -> str | None:
    """The result of the build of an item."""
    return client.wait(client.wait_for_start(Queued(1001, "app"))).result


UNSURE = (
    "So nobody knows whether app was triggered; it was not sent again. Look before you repeat it: ci jenkins list app "
    "(number 1 or above is new)"
)
CHOICE = Parameter("WHERE", choices=("staging", "production"))
LOG = "größe\n漢字 🎉\n"
CUT = [(0.0, LOG[:2].encode()), (5.0, LOG[2:6].encode()), (15.0, LOG[6:].encode())]

STATES = {
    # The queue
    "it has left and no build is there": State(app(gap=30.0), run, "SUCCESS"),
    "an equal item waits": State(queued, trigger, True),
    "a plugin vetoes": State(also(app(), job(vetoed=True)), trigger, Failure(
        Refused, "Jenkins did not queue app and does not say why: a plugin may have vetoed it, or it is no job"
    )),
    "Jenkins believes it is elsewhere": State(
        also(app(), server(location_root="https://wrong.example/")), trigger, False
    ),
    "the item is forgotten": State(left_long_ago, from_item, "FAILURE"),
    "there is no such item": State(app(), from_item, Failure(
        QueueExpired, "Jenkins knows neither queue item 1001 nor a build of app that came of it: "
        "see `ci jenkins list app`",
    )),
    "the item is cancelled": State(app(buildable=90.0, cancel_after=30.0), run, Failure(
        QueueCancelled, "the build of app was cancelled before it started (queue item 1001)"
    )),
    # The log
    "LF comes as CRLF": State(app(log=b"one\ntwo\n"), follow, "one\ntwo\nSUCCESS"),
    "the last look brings nothing": State(app(log=[(0.0, b"one\n")], duration=30.0), follow, "one\nSUCCESS"),
    "CRLF and characters are cut": State(also(app(log=CUT), fault("chunked", 1)), follow, f"{LOG}SUCCESS"),
    "there is no log yet": State(app(log=[(9.0, b"late\n")], duration=20.0), follow, "late\nSUCCESS"),
    "the log is empty": State(app(log=b""), follow, "SUCCESS"),
    # Who asks
    "a token needs no crumb": State(app(), trigger, False),
    "the credentials are wrong": State(built(), lambda client: JenkinsClient(
        client.server, "alice", "wrong"
    ).build("app"), Failure(
        AuthError, "Jenkins does not take these credentials (GET /job/app/lastBuild/api/json): see JENKINS_USER_ID and "
        "JENKINS_API_TOKEN; an API token is made on the user's page, under Security",
    )),
    "a permission is missing": State(also(app(), job(denied={"Job/Build"})), trigger, Failure(
        PermissionDenied,
        "alice lacks the permission Job/Build for POST /job/app/build: ask who runs the Jenkins server",
    )),
    "the job is hidden": State(also(app(), job(denied={"Job/Read", "Job/Discover"})), trigger, Failure(
        NotFound, "there is no job app on this server, or it is hidden from this user: see `ci jenkins jobs`"
    )),
    # The server
    "it restarts": State(also(app(duration=60.0), later(20.0, lambda one: one.restart())), follow, "SUCCESS"),
    "502 once": State(also(built(), fault("status", 502)), view, "SUCCESS"),
    "429 once": State(also(built(), fault("status", 429)), view, "SUCCESS"),
    "it starts": State(lambda jenkins: jenkins.enter("starting"), view, Failure(
        Unavailable, "Jenkins is starting or restarting: try again in a minute"
    )),
    "502 for ever": State(fault("status", 502, times=99), view, Failure(
        Unavailable, "the server, or a proxy before it, answered GET /job/app/lastBuild/api/json with 502 Bad Gateway: "
        "try again later",
    )),
    "it fails": State(
        fault("status", 500, times=99, body=b"<h1>Oops!</h1>", headers={"X-Jenkins": "2.579"}), view, Failure(
            ServerError, "Jenkins failed at GET /job/app/lastBuild/api/json: Oops! (500); its own log says more"
        )
    ),
    "a proxy fails": State(fault("status", 500, times=99, body=b"<h1>Sorry!</h1>"), view, Failure(
        ServerError, "Jenkins, or a proxy before it, failed at GET /job/app/lastBuild/api/json: Sorry! (500); their "
        "logs say more"
    )),
    "a proxy wants a login": State(fault("status", 407, times=99), view, Failure(
        Unavailable, "the proxy before Jenkins wants a login for GET /job/app/lastBuild/api/json: write HTTP_PROXY as "
        "http://user:password@proxy.example.org:3128"
    )),
    "nobody is there": State(fault("refuse"), view, Failure(
        Unavailable, "{url} can't be reached: is Jenkins up, and JENKINS_URL right?"
    )),
    "it cuts every connection": State(fault("drop_get", times=99), view, Failure(
        Unavailable, "{url} broke off the connection: try again later, or write JENKINS_URL with https:// if it always "
        "does"
    )),
    # The trigger
    "refused": State(also(app(), fault("drop_post", "before", after=1)), trigger, Failure(
        Unavailable, "{url} can't be reached; nothing was sent: is Jenkins up, and JENKINS_URL right?"
    )),
    "cut during the POST": State(also(app(), fault("drop_post", "during")), trigger, Failure(
        TriggerUncertain, f"{{url}} broke off the connection. {UNSURE}"
    )),
    "cut after the POST": State(also(app(), fault("drop_post", "after")), trigger, Failure(
        TriggerUncertain, f"{{url}} broke off the connection. {UNSURE}"
    )),
    "504 to the POST": State(also(app(), fault("status", 504, method="POST")), trigger, Failure(
        TriggerUncertain, "the server, or a proxy before it, answered POST /job/app/build with 504 Gateway Timeout. "
        f"{UNSURE}",
    )),
    "an unknown parameter": State(app("NAME"), given(NAEM="x"), Failure(
        BadParameters, "nothing was sent to app: it has no parameter NAEM (did you mean NAME?)"
    )),
    "a bad choice": State(app(CHOICE), given(WHERE="prod"), Failure(
        BadParameters, "nothing was sent to app: WHERE can't be 'prod' (one of: staging, production)"
    )),
    "a job without parameters": State(app(), given(A="1"), Failure(
        BadParameters, "nothing was sent to app: it has no parameter A; it takes none; a Pipeline learns its "
        "parameters from its Jenkinsfile in its first build",
    )),
    "a disabled job": State(also(app(), job(disabled=True)), trigger, Failure(
        NotBuildable, "app is disabled: enable it on its page in Jenkins"
    )),
    "a branch with a slash": State(
        lambda jenkins: jenkins.add_multibranch("shop", ["feature/login"]),
        lambda client: client.trigger("shop", branch="feature/login").job, "shop/feature%2Flogin",
    ),
    # The build
    "a result before the end": State(app(duration=60.0, result="FAILURE", result_at=5.0), run, "FAILURE"),
    # Files
    "packed files": State(also(built(artifacts={"a": b"1"}), server(gzip_artifacts=True)), files, [b"1"]),
    "files on another host": State(
        also(built(artifacts={"a": b"1"}), lambda jenkins: jenkins.keep_artifacts_elsewhere()), files, [b"1"]
    ),
    "a name that leads out": State(built(artifacts={"../a": b"1"}), files, Failure(
        JenkinsError, "the server names an artifact '../a', which is no plain path: it is not downloaded"
    )),
    # Plugins
    "no stages": State(
        also(built(stages=[Stage("Build")]), without("pipeline-stage-view"), without("pipeline-graph-view")),
        lambda client: client.stages(client.build("app")), (),
    ),
    "no test report": State(built(), lambda client: client.tests(client.build("app")), None),
    "no validator": State(without("pipeline-model-definition"), lambda client: client.lint("pipeline {}"), Failure(
        NotFound, "this Jenkins has no validator: the plugin pipeline-model-definition is missing"
    )),
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_what_becomes_of_it(
    jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: State
) -> None:
    """A result, or an error with a line for people; a trigger is sent once at most."""
    monkeypatch.chdir(tmp_path)
    state.arrange(jenkins)
    if isinstance(state.outcome, Failure):
        with pytest.raises(state.outcome.kind) as error:
            state.act(client)
        assert str(error.value) == state.outcome.message.format(url=jenkins.url[:-1])
    else:
        assert state.act(client) == state.outcome
    assert sum(jenkins.posts.values()) <= 1


def test_a_stale_crumb(jenkins: JenkinsDouble, make_client: MakeClient) -> None:
    """The one state in which a POST is sent again: Jenkins has refused it before it did anything."""
    app()(jenkins)
    client = make_client(token=jenkins.password)
    client.trigger("app")
    jenkins.users.forget_sessions()
    client.wait_for_start(client.trigger("app"))
    assert (len(jenkins.find("app").builds), jenkins.posts.total()) == (2, 4)


WAITS = {
    "in the queue": app(buildable=9999.0),
    "in the log": app(duration=9999.0, log=b"x\n" * 99),
    "a restart without end": also(app(duration=9999.0), later(20.0, lambda one: one.enter("starting"))),
    "a server that is gone": also(app(duration=9999.0), later(20.0, lambda one: one.enter("refused"))),
}


@pytest.mark.parametrize("arrange", WAITS.values(), ids=WAITS)
def test_what_never_ends_is_waited_for_as_long_as_was_said(
    jenkins: JenkinsDouble, client: JenkinsClient, arrange: Arrange
) -> None:
    arrange(jenkins)
    began = jenkins.clock.now()
    with pytest.raises((WaitTimeout, Unavailable)) as error:
        client.run("app", timeout=60.0, log=lambda text: None)
    assert error.value.exit_code in (5, 7) and str(error.value).isprintable()
    assert 60 <= jenkins.clock.now() - began <= 61
