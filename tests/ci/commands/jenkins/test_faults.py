"""Every state that a server can be in ends in the right exit code, with a line that says what happened and what to do.

In the server's own time, so that waiting takes none.
"""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, NamedTuple

import pytest

from tests.ci.commands.jenkins.console import Console
from tests.fakes.jenkins import JenkinsDouble, Parameter

Arrange = Callable[[JenkinsDouble, Console], object]


class Fault(NamedTuple):
    """What is wrong, the call that meets it, its exit code, and a pattern of what is said (nothing: all went well)."""

    arrange: Arrange
    call: str
    code: int
    said: str = ""


def app(jenkins: JenkinsDouble, _: Console, *, parameters: Sequence[str | Parameter] = (), **outcome: Any) -> None:
    """A job whose builds go like ``outcome``."""
    jenkins.add_job("app", parameters).on_trigger(**({"quiet": 0.0, "duration": 60.0} | outcome))


def built(jenkins: JenkinsDouble, _: Console, **build: Any) -> None:
    """A job with one build that has ended."""
    jenkins.add_job("app").add_build(**build)


def queued(jenkins: JenkinsDouble, console: Console) -> None:
    """A job of which a build waits in the queue."""
    app(jenkins, console, blocked=900.0)
    jenkins.queue.schedule(jenkins.find("app"), {}, quiet=0.0)


def forgotten(jenkins: JenkinsDouble, console: Console) -> None:
    """A failed build, whose item the queue no longer knows."""
    app(jenkins, console, result="FAILURE")
    jenkins.queue.schedule(jenkins.find("app"), {}, quiet=0.0)
    jenkins.settle()
    jenkins.clock.advance(900.0)


def after(*steps: Arrange) -> Arrange:
    """One after the other."""
    return lambda jenkins, console: [step(jenkins, console) for step in steps]


def answers(status: int, body: bytes | None = None, *, times: float = 99, **where: Any) -> Arrange:
    """Requests get this answer: the next ones, or those ``where`` it says so."""
    return lambda jenkins, _: jenkins.faults.status(status, times=times, body=body, **where)


def cut(times: int) -> Arrange:
    """So many connections end without an answer."""
    return lambda jenkins, _: jenkins.faults.drop_get(times=times)


def lost(when: str, *, after: int = 0) -> Arrange:
    """The trigger is lost on its way, or its answer is."""
    return lambda jenkins, _: jenkins.faults.drop_post(when, after=after)


def later(seconds: float, what: Callable[[JenkinsDouble], object], **outcome: Any) -> Arrange:
    """A build of a minute, ``seconds`` after whose trigger something happens."""
    def arrange(jenkins: JenkinsDouble, console: Console) -> None:
        app(jenkins, console, **outcome)
        jenkins.clock.after(seconds, lambda: what(jenkins))
    return arrange


def environment(**values: str) -> Arrange:
    """Variables, in which ``{port}`` is the server's."""
    return lambda jenkins, console: console.set(
        **{name: value.format(port=jenkins.url.split(":")[2].rstrip("/")) for name, value in values.items()}
    )


def without(*plugins: str) -> Arrange:
    """A server that lacks plugins."""
    return lambda jenkins, _: [jenkins.plugins.pop(plugin) for plugin in plugins]


def but(what: str, **attributes: Any) -> Arrange:
    """The job ``app``, or the server, in another state."""
    def arrange(jenkins: JenkinsDouble, _: Console) -> None:
        for name, value in attributes.items():
            setattr(jenkins.find("app") if what == "app" else jenkins, name, value)
    return arrange


def refused(jenkins: JenkinsDouble, _: Console | None = None) -> None:
    """Nobody listens any more."""
    jenkins.faults.refuse()


def interrupt(_: JenkinsDouble) -> None:
    """Ctrl-C."""
    raise KeyboardInterrupt


def interrupt_when_it_is_away(jenkins: JenkinsDouble) -> None:
    """Ctrl-C, while nobody listens."""
    refused(jenkins)
    raise KeyboardInterrupt


def anonymous(jenkins: JenkinsDouble, console: Console) -> None:
    """Nobody has logged in; the double would complain of it."""
    jenkins.strict = False
    console.set(JENKINS_USER_ID="", JENKINS_API_TOKEN="")


def with_password(jenkins: JenkinsDouble, console: Console) -> None:
    """A login that needs crumbs, of which the first is stale."""
    app(jenkins, console)
    console.set(JENKINS_API_TOKEN=jenkins.password)
    jenkins.clock.after(20.0, jenkins.users.forget_sessions)


VIEW, RUN, WAIT, FOLLOW = "view app", "run app", "run app --wait", "run app --follow"
GO_ON = "(go on: ci jenkins watch app 1)"
CHOICE = Parameter("TARGET", choices=("a", "b"))

FAULTS = {
    # Who asks
    "wrong credentials": Fault(after(built, environment(JENKINS_API_TOKEN="wrong")), VIEW, 4, "*JENKINS_API_TOKEN*"),
    "no credentials": Fault(after(built, anonymous), VIEW, 4, "*wants a login*: set JENKINS_USER_ID *"),
    "forbidden": Fault(after(built, answers(403)), VIEW, 4, "*forbids GET /job/app/*"),
    "no permission": Fault(
        after(app, but("app", denied={"Job/Build"})), WAIT, 4, "alice lacks * Job/Build *: ask who runs *"
    ),
    "a password": Fault(with_password, f"{WAIT} --abort-on-interrupt", 0),
    # Where
    "hidden": Fault(after(app, but("app", denied={"Job/Read", "Job/Discover"})), WAIT, 3, "*hid*"),
    "no such job": Fault(after(), VIEW, 3, "*app*hidden from this user: see `ci jenkins jobs`"),
    "no build": Fault(app, VIEW, 3, "app has no build*"),
    "no stages, tests, inputs": Fault(
        after(built, without("pipeline-stage-view", "pipeline-graph-view", "junit")), VIEW, 0
    ),
    "no validator": Fault(without("pipeline-model-definition"), "lint Jenkinsfile", 3, "*the plugin * is missing*"),
    "no address": Fault(environment(JENKINS_URL="jenkins"), VIEW, 2, "JENKINS_URL *: write it as https://*"),
    # What answers
    "500": Fault(
        after(built, answers(500, headers={"X-Jenkins": "2.579"})), VIEW, 1,
        "Jenkins failed at GET *500*; its own log says more"
    ),
    "500 of a proxy": Fault(after(built, answers(500)), VIEW, 1, "Jenkins, or a proxy *failed at GET *; their logs *"),
    "a proxy that wants a login": Fault(after(built, answers(407)), VIEW, 5, "the proxy * wants a login *HTTP_PROXY *"),
    "502": Fault(after(built, answers(502)), VIEW, 5, "*proxy* with 502 *: try again later"),
    "503 of a proxy": Fault(after(built, answers(503, b"<html>")), VIEW, 5, "*proxy* with 503 *: try again later"),
    "a Jenkins that starts": Fault(after(built, answers(503)), VIEW, 5, "Jenkins is starting*: try again in a minute"),
    "429 for a moment": Fault(after(built, answers(429, times=2)), VIEW, 0),
    "a login page": Fault(after(built, answers(200, b"<html>Log in")), VIEW, 1, "*GET /job/app/*: see JENKINS_URL"),
    "another server's JSON": Fault(after(built, answers(200, b"[]")), VIEW, 1, "*GET /job/app/*: see JENKINS_URL"),
    "another server's log": Fault(
        after(built, answers(200, b"log", path="*/logText/*")), "log app", 1, "*no log of Jenkins*"
    ),
    # How it gets there
    "nobody there": Fault(after(app, refused), RUN, 5, "{url} can't be reached*JENKINS_URL*"),
    "cut for a moment": Fault(after(built, cut(times=2)), VIEW, 0),
    "cut for good": Fault(after(built, cut(times=99)), VIEW, 5, "{url} broke off the connection: try again *"),
    "no HTTPS there": Fault(environment(JENKINS_URL="https://127.0.0.1:{port}/"), VIEW, 5, "no secure *JENKINS_URL*"),
    "wrong proxy": Fault(environment(NO_PROXY="", HTTP_PROXY="http://127.0.0.1:9"), VIEW, 5, "the proxy *NO_PROXY*"),
    # The trigger
    "refused": Fault(after(app, lost("before", after=1)), WAIT, 5, "{url} can't be reached; nothing was sent: *"),
    "cut off": Fault(after(app, lost("during")), WAIT, 1, "*nobody knows*: ci jenkins list app *"),
    "answer lost": Fault(after(queued, lost("after")), WAIT, 1, "*ci jenkins list app *\nsince then, *--item 1001"),
    "504": Fault(after(app, answers(504, method="POST")), RUN, 1, "*with 504 *nobody knows*: ci jenkins list app *"),
    "vetoed": Fault(after(app, but("app", vetoed=True)), WAIT, 6, "Jenkins did not queue app *plugin*"),
    "disabled": Fault(after(app, but("app", disabled=True)), WAIT, 6, "app is disabled: enable it *"),
    "disabled since": Fault(after(built, but("app", disabled=True)), "rebuild app", 6, "app is disabled: enable it *"),
    "a folder": Fault(lambda jenkins, _: jenkins.add_folder("app"), RUN, 6, "app is a folder *: name a job in it *"),
    "merged": Fault(queued, RUN, 0),
    "Jenkins has another address": Fault(after(app, but("server", location_root="http://nowhere.invalid/")), WAIT, 0),
    "unknown parameter": Fault(partial(app, parameters=["TARGET"]), f"{RUN} -p TARGT=x", 2, "*did you mean TARGET?*"),
    "bad choice": Fault(partial(app, parameters=[CHOICE]), f"{RUN} -p TARGET=c", 2, "nothing was sent *one of: a, b*"),
    "no parameters": Fault(app, f"{RUN} -p A=1", 2, "nothing was sent to app: it has no parameter A; *"),
    # The queue
    "left the queue, not started": Fault(partial(app, gap=30.0), WAIT, 0),
    "cancelled in the queue": Fault(partial(app, blocked=90.0, cancel_after=30.0), WAIT, 12, "*app was cancelled *"),
    "no such item": Fault(app, "watch app --item 7", 3, "* queue item 7 *: see `ci jenkins list app`"),
    "item forgotten, build found": Fault(forgotten, "watch app --item 1001", 11),
    "shutting down": Fault(
        after(app, lambda jenkins, _: jenkins.quiet_down()), f"{WAIT} --timeout 60", 7,
        "* has not started: Jenkins is about to shut down (go on: ci jenkins watch app --item 1001)",
    ),
    # The build
    "restart in the middle": Fault(later(20.0, JenkinsDouble.restart), WAIT, 0),
    "restart in the log": Fault(later(20.0, JenkinsDouble.restart, log=b"a\nb\n"), FOLLOW, 0),
    "away between the log and the result": Fault(
        after(partial(app, log=b"a\n"), answers(503, times=5, path="/job/app/1/api/json")), FOLLOW, 0
    ),
    "no log file": Fault(partial(app, log=b""), FOLLOW, 0),
    "away for good": Fault(later(20.0, refused), WAIT, 5, f"{{url}} can't be reached* {GO_ON}"),
    "too slow": Fault(
        partial(app, duration=900.0), f"{WAIT} --timeout 60", 7, f"*app #1 still runs: {{url}}/* {GO_ON}"
    ),
    "result before the end": Fault(partial(app, result_at=10.0, result="FAILURE"), WAIT, 11),
    "unstable": Fault(partial(app, result="UNSTABLE"), WAIT, 10),
    "aborted": Fault(partial(app, result="ABORTED"), WAIT, 12),
    "not built": Fault(partial(app, result="NOT_BUILT"), WAIT, 13),
    "Ctrl-C": Fault(later(20.0, interrupt), WAIT, 130, "interrupted; app #1 goes on: *\nto end it: *cancel app 1"),
    "Ctrl-C, and it cannot be ended": Fault(
        later(20.0, interrupt_when_it_is_away), f"{WAIT} --abort-on-interrupt", 130,
        "*\ninterrupted; app #1 goes on: *\nto end it: *cancel app 1",
    ),
    # The artifacts
    "no artifact": Fault(built, "download app", 3, "app #1 kept no file*"),
    "an evil name": Fault(partial(built, artifacts={"../evil": b"x"}), "download app", 1, "*'../evil'*not downloaded"),
    "an artifact that is gone": Fault(
        after(partial(built, artifacts={"a": b"x"}), answers(404, path="*/artifact/a")), "download app", 3,
        "*/artifact/a*",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_state_ends_in_its_exit_code_with_a_line_that_says_what_to_do(
    jenkins: JenkinsDouble, console: Console, name: str
) -> None:
    fault = FAULTS[name]
    fault.arrange(jenkins, console)
    (console.folder / "Jenkinsfile").write_text("pipeline {}")
    done = console(*fault.call.split())
    lines, expected = done.stderr.removeprefix("ci: ").splitlines(), fault.said.splitlines()
    pairs = zip(lines, (one.format(url=jenkins.url.rstrip("/")) for one in expected), strict=False)
    assert (done.returncode, len(lines)) == (fault.code, len(expected)), done
    assert all(fnmatchcase(line, pattern) for line, pattern in pairs), done.stderr
    assert len(jenkins.queue.items) <= 1
