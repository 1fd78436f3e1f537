"""``--json``: one JSON document on standard output, of every command, and also where the waiting ends early."""

import json
import re
from typing import Any

import click
import pytest

from ci.commands.jenkins import jenkins as group
from tests.ci.commands.jenkins.console import Console
from tests.fakes.jenkins import Case, Input, JenkinsDouble, Outcome, Parameter, Stage
from tests.repository import Repository

PIPELINE = 'version = 1\nname = "shop"\n[[stage]]\nname = "lint"\nrun = ["true"]\n'
FOLLOWED = ["queued", "build"]
CHANGE = ["job", "action", "differences", "diff", "config"]

#: A call, its exit code, and the keys of what it prints, or of each that it lists.
CALLS: dict[str, tuple[int, list[str]]] = {
    "run app": (0, FOLLOWED),
    "run app --wait": (0, FOLLOWED),
    "run app --follow": (0, FOLLOWED),
    "rebuild app 1 --wait": (0, FOLLOWED),
    "watch app 1": (11, FOLLOWED),
    "watch asks --no-wait": (8, FOLLOWED),
    "watch app --item 1001": (0, FOLLOWED),
    "list app": (0, ["job", "number", "url", "building", "result", "started", "duration"]),
    "latest app --failed": (0, ["job", "number", "url", "building", "result", "started", "duration"]),
    "jobs": (0, ["name", "kind", "branch", "last", "running", "disabled"]),
    "view app 1": (0, ["build", "stages", "tests", "artifacts", "inputs"]),
    "view app 1 --stages": (0, ["build", "stages"]),
    "view app 1 --tests": (0, ["build", "tests"]),
    "view app 1 --failed": (0, ["build", "failed"]),
    "view app 1 --log": (0, ["build", "log"]),
    "log app 1": (0, ["build", "log"]),
    "log app 1 -f --tail 1": (0, ["build", "log"]),
    "download app 1 -D out": (0, ["build", "files"]),
    "cancel asks": (0, FOLLOWED),
    "cancel app --item 1001": (0, FOLLOWED),
    "approve asks": (0, ["build", "input", "action"]),
    "approve asks --abort": (0, ["build", "input", "action"]),
    "lint": (0, ["valid", "errors"]),
    "sync --check": (1, CHANGE),
    "sync": (0, CHANGE),
    "hook app": (0, ["job", "script", "file"]),
}


@pytest.fixture
def world(jenkins: JenkinsDouble, console: Console) -> None:
    """``app`` with a failed build and an item in the queue, ``asks`` with a build that waits, and a repository."""
    app = jenkins.add_job("app", [Parameter("A")])
    app.add_build(
        {"A": "\u00e4"}, result="FAILURE", log=b"\xff \xc3\xa4\n",
        stages=[Stage("t\u00e4st", 9.0, "FAILED", b"\xff\n")],
        tests=[Case("a", "b", "FAILED")], artifacts={"dist/\u00e4.tar": b"x"},
    )
    jenkins.queue.schedule(app, {}, quiet=5.0)
    asks = jenkins.add_job("asks")
    asks.start(jenkins.clock.now(), Outcome(duration=60.0, inputs=[Input("deploy", "Deploy?")]), {})
    repository = Repository.create(console.folder)
    repository.write({"ci/pipeline.toml": PIPELINE, "Jenkinsfile": "pipeline {\n}\n"})
    repository.git("remote", "add", "origin", "https://git.example.com/shop.git")


def test_the_table_has_every_command() -> None:
    assert {call.split()[0] for call in CALLS} == set(group.list_commands(click.Context(group)))


@pytest.mark.parametrize("call", CALLS)
def test_every_command_prints_one_document_and_nothing_else(console: Console, world: None, call: str) -> None:
    done = console(*call.split(), "--json")
    told = json.loads(done.stdout)
    one: dict[str, Any] = told[0] if isinstance(told, list) else told
    code, keys = CALLS[call]
    assert (done.returncode, list(one)[:len(keys)]) == (code, keys)
    assert "ci:" not in done.stderr


@pytest.mark.parametrize("call", CALLS)
def test_without_it_every_command_writes_plain_text_for_people(console: Console, world: None, call: str) -> None:
    """No colours, no line that is written over: here is no terminal."""
    done = console(*call.split())
    assert (done.returncode, done.stdout != "" or "--tail" in call) == (CALLS[call][0], True)
    assert not re.search(r"[\x1b\r]", done.stdout + done.stderr)


def started(jenkins: JenkinsDouble, **outcome: Any) -> None:
    jenkins.add_job("app").on_trigger(**({"quiet": 0.0} | outcome))


def numbers(out: str) -> tuple[int | None, int | None]:
    """The queue item and the build that a document names."""
    told = json.loads(out)
    return told["queued"] and told["queued"]["id"], told["build"] and told["build"]["number"]


def test_a_wait_that_takes_too_long_tells_the_build(jenkins: JenkinsDouble, console: Console) -> None:
    started(jenkins, duration=3600.0)
    done = console("run", "app", "--wait", "--timeout", "60", "--json")
    assert (done.returncode, numbers(done.stdout), done.stderr.count("\n")) == (7, (1001, 1), 1)
    told = json.loads(done.stdout)["build"]
    assert (told["building"], told["duration"] >= 50.0) == (True, True)
    watched = console("watch", "app", "1", "--timeout", "60", "--json")
    assert (watched.returncode, numbers(watched.stdout), watched.stderr.count("\n")) == (7, (None, 1), 1)


def test_a_log_that_takes_too_long_tells_the_build(jenkins: JenkinsDouble, console: Console) -> None:
    started(jenkins, duration=3600.0, log=b"")
    done = console("run", "app", "--follow", "--timeout", "60", "--json")
    assert (done.returncode, numbers(done.stdout)) == (7, (1001, 1))


def test_a_wait_in_the_queue_that_takes_too_long_tells_the_item(jenkins: JenkinsDouble, console: Console) -> None:
    started(jenkins, blocked=3600.0)
    done = console("run", "app", "--wait", "--timeout", "60", "--json")
    assert (done.returncode, numbers(done.stdout), done.stderr.count("\n")) == (7, (1001, None), 1)


def test_a_build_cancelled_in_the_queue_tells_the_item(jenkins: JenkinsDouble, console: Console) -> None:
    started(jenkins, blocked=100.0, cancel_after=30.0)
    done = console("run", "app", "--wait", "--json")
    assert (done.returncode, numbers(done.stdout), done.stderr.count("\n")) == (12, (1001, None), 1)


def test_a_server_that_goes_away_for_good_leaves_what_was_known(jenkins: JenkinsDouble, console: Console) -> None:
    started(jenkins, duration=3600.0)
    jenkins.clock.after(60.0, jenkins.faults.refuse)
    done = console("run", "app", "--wait", "--json")
    assert (done.returncode, numbers(done.stdout), done.stderr.count("\n")) == (5, (1001, 1), 1)


def test_an_interrupt_tells_the_build(jenkins: JenkinsDouble, console: Console) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    started(jenkins, duration=3600.0)
    jenkins.clock.after(60.0, interrupt)
    done = console("run", "app", "--wait", "--json")
    assert (done.returncode, numbers(done.stdout)) == (130, (1001, 1))
    assert done.stderr.startswith("interrupted; app #1 goes on: ci jenkins watch app 1\n")


@pytest.mark.parametrize(("outcome", "possible"), [({"blocked": 3600.0}, (1001, None)), ({}, (None, 1))])
def test_a_lost_answer_tells_what_has_come_since(
    jenkins: JenkinsDouble, console: Console, outcome: dict[str, float], possible: tuple[int | None, int | None]
) -> None:
    started(jenkins, **outcome)
    jenkins.faults.drop_post("after")
    done = console("run", "app", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["queued"], told["build"]) == (1, None, None)
    assert [numbers(json.dumps(one)) for one in told["possible"]] == [possible]


def test_a_lost_answer_of_a_server_that_is_gone_tells_that_nobody_knows(
    jenkins: JenkinsDouble, console: Console
) -> None:
    started(jenkins)
    jenkins.faults.drop_post("during")
    jenkins.faults.status(502, times=99, path="/queue/*")
    done = console("run", "app", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (1, {"queued": None, "build": None, "possible": None})


def test_a_download_that_fails_tells_what_is_there(jenkins: JenkinsDouble, console: Console) -> None:
    jenkins.add_job("app").add_build(artifacts={"a.txt": b"a", "b.txt": b"b"})
    jenkins.faults.status(404, path="*/artifact/b.txt")
    done = console("download", "app", "--json")
    assert (done.returncode, json.loads(done.stdout)["files"]) == (3, [{"artifact": "a.txt", "file": "a.txt"}])


@pytest.mark.parametrize(("call", "code"), [
    ("run nope", 3), ("run app -p B=1", 2), ("view app 7", 3), ("cancel app", 6), ("watch app --item 1", 3),
    ("list app --result nope", 2), ("latest app --stable", 3), ("approve app", 3), ("sync --branch x", 2),
])
def test_an_error_is_on_standard_error_alone(
    jenkins: JenkinsDouble, console: Console, world: None, call: str, code: int
) -> None:
    done = console(*call.split(), "--json")
    expected = FOLLOWED if "--item" in call else None
    told = list(json.loads(done.stdout)) if done.stdout else None
    assert (done.returncode, told, done.stderr != "") == (code, expected, True)
