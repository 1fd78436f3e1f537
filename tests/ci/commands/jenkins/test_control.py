"""``ci jenkins cancel`` and ``approve``."""

import json

from tests.ci.commands.jenkins.shell import Shell
from tests.fakes.jenkins import Input, JenkinsDouble


def test_cancel_stops_a_build_and_takes_out_an_item(jenkins: JenkinsDouble, ci: Shell) -> None:
    job = jenkins.add_job("app")
    job.on_trigger(quiet=0.0, duration=3600.0, ignores=("stop",))
    ci("run", "app")
    assert ci("cancel", "app").stdout == "asked Jenkins to end app #1\n"
    told = json.loads(ci("cancel", "app", "1", "--term", "--json").stdout)
    assert (told["queued"], told["build"]["number"], job.builds[0].aborts) == (None, 1, ["stop", "term"])
    ended = ci("cancel", "app")
    assert (ended.returncode, ended.stderr) == (6, "ci: there is nothing to stop: - app #1: ABORTED in 0.0 s\n")
    job.on_trigger(blocked=3600.0)
    ci("run", "app", "--timeout", "0.1")
    assert ci("cancel", "app", "--item", "1002").stdout == "item 1002 is out of the queue\n"
    assert jenkins.queue.items[1002].cancelled


def test_approve_lets_a_build_go_on_or_ends_it(jenkins: JenkinsDouble, ci: Shell) -> None:
    job = jenkins.add_job("app")
    job.on_trigger(quiet=0.0, duration=10.0, inputs=[Input("deploy", "Deploy?", parameters=["VERSION"])])
    for _ in range(2):
        ci("run", "app")
    first = ci("approve", "app", "1", "-p", "VERSION=2")
    assert (first.returncode, first.stdout) == (0, "approved app #1: Deploy?\n")
    assert list(job.builds[0].answers.values()) == [{"VERSION": "2"}]
    told = json.loads(ci("approve", "app", "--abort", "--json").stdout)
    assert (told["action"], told["input"]["id"], job.builds[1].result) == ("aborted", "Deploy", "ABORTED")
    again = ci("approve", "app")
    assert (again.returncode, again.stderr.count("\n")) == (3, 1)
