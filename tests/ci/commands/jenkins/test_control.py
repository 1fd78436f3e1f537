"""``ci jenkins cancel`` and ``approve``."""

import json

from tests.ci.commands.jenkins.console import Console
from tests.fakes.jenkins import Input, JenkinsDouble, Outcome


def test_cancel_stops_a_build_and_takes_out_an_item(jenkins: JenkinsDouble, console: Console) -> None:
    job = jenkins.add_job("app")
    job.start(jenkins.clock.now(), Outcome(duration=3600.0, ignores=("stop",)), {})
    assert console("cancel", "app").stdout == "asked Jenkins to end app #1\n"
    told = json.loads(console("cancel", "app", "1", "--term", "--json").stdout)
    assert (told["queued"], told["build"]["number"], job.builds[0].aborts) == (None, 1, ["stop", "term"])
    ended = console("cancel", "app")
    assert (ended.returncode, ended.stderr) == (6, "ci: there is nothing to stop: - app #1: ABORTED in 0.0 s\n")
    item, _new = jenkins.queue.schedule(job, {}, quiet=3600.0)
    assert console("cancel", "app", "--item", "1001").stdout == "item 1001 is out of the queue\n"
    assert item.cancelled


def test_approve_lets_a_build_go_on_or_ends_it(jenkins: JenkinsDouble, console: Console) -> None:
    job = jenkins.add_job("app")
    waits = Outcome(duration=10.0, inputs=[Input("deploy", "Deploy?", parameters=["VERSION"])])
    for _ in range(2):
        job.start(jenkins.clock.now(), waits, {})
    first = console("approve", "app", "1", "-p", "VERSION=2")
    assert (first.returncode, first.stdout) == (0, "approved app #1: Deploy?\n")
    assert list(job.builds[0].answers.values()) == [{"VERSION": "2"}]
    told = json.loads(console("approve", "app", "--abort", "--json").stdout)
    assert (told["action"], told["input"]["id"], job.builds[1].result) == ("aborted", "Deploy", "ABORTED")
    again = console("approve", "app")
    assert (again.returncode, again.stderr.count("\n")) == (3, 1)
