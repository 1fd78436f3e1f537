"""Builds of the double go on, wait, end and begin again."""

import math
from xml.etree import ElementTree

from tests.fakes.jenkins import Input, JenkinsDouble
from tests.fakes.jenkins_double.browser import Browser, submitted


def test_inputs(jenkins: JenkinsDouble, browser: Browser) -> None:
    """The build waits as long as it takes, and goes on once."""
    app = jenkins.add_job("app")
    app.on_trigger(quiet=0, duration=10, inputs=[Input("ship", "Ship it?", at=5, parameters=["WHERE"])])
    browser.ask("POST job/app/build")
    browser.json("api/json")
    assert browser.json("job/app/1/wfapi/pendingInputActions") == []
    jenkins.clock.advance(1000)
    assert [one["id"] for one in browser.json("job/app/1/wfapi/pendingInputActions")] == ["Ship"]
    answers = [browser.ask("POST job/app/1/input/Ship/proceed", data=submitted(("WHERE", "x"))) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 400] and "X-Error" in answers[1].headers
    assert app.builds[0].answers == {"ship": {"WHERE": "x"}} and app.builds[0].building
    jenkins.clock.advance(5.1)
    assert browser.json("job/app/1/api/json?tree=building,result")["result"] == "SUCCESS"


def test_a_result_may_be_there_before_the_end(jenkins: JenkinsDouble, browser: Browser) -> None:
    """Done is when it does not build any more."""
    jenkins.add_job("app").on_trigger(quiet=0, duration=10, result="FAILURE", result_at=5)
    browser.ask("POST job/app/build")
    browser.json("api/json")
    seen = []
    for _ in range(3):
        build = browser.json("job/app/1/api/json?tree=building,result")
        seen.append((build["building"], build["result"]))
        jenkins.clock.advance(5)
    assert seen == [(True, None), (True, "FAILURE"), (False, "FAILURE")]


def test_stopping_and_running_again(jenkins: JenkinsDouble, browser: Browser) -> None:
    """Some builds heed only a stronger word; a rerun tells its item only in the newer plugin."""
    app = jenkins.add_job("app")
    app.on_trigger(quiet=0, duration=math.inf, ignores=("stop",))
    browser.ask("POST job/app/build")
    browser.json("api/json")
    for word, building in (("stop", True), ("stop", True), ("term", False)):
        assert browser.ask(f"POST job/app/1/{word}").status_code == 302
        assert browser.json("job/app/1/api/json?tree=building")["building"] is building
    assert app.builds[0].result == "ABORTED"
    replayed = browser.ask("POST job/app/1/replay/run", data={"json": '{"mainScript": "pipeline {}"}'})
    assert (replayed.status_code, replayed.headers["Location"]) == (302, "../..")
    assert browser.ask("POST job/app/1/stages/rerun").json()["data"]["queueId"] == 1003
    assert app.builds[-1].script == "pipeline {}"


def test_the_linter_and_jobs_by_xml(jenkins: JenkinsDouble, browser: Browser) -> None:
    """The server keeps XML in its own words."""
    lint = "POST pipeline-model-converter/validateJenkinsfile"
    verdicts = [browser.ask(lint, data={"jenkinsfile": text}).json() for text in ("pipeline {\n}", "node {}")]
    assert [one["data"]["result"] for one in verdicts] == ["success", "failure"]
    xml = b"<flow-definition><disabled>true</disabled></flow-definition>"
    kind = {"Content-Type": "text/xml"}
    names = ("app", "app", "a*b")
    answers = [browser.ask(f"POST createItem?name={name}", data=xml, headers=kind) for name in names]
    assert [one.status_code for one in answers] == [200, 400, 400] and "X-Error" in answers[1].headers
    kept = browser.ask("GET job/app/config.xml").text
    assert kept.startswith("<?xml version='1.1'") and ElementTree.fromstring(kept)[0].tag == "actions"
    assert browser.json("job/app/api/json?tree=buildable")["buildable"] is False
    assert browser.ask("POST job/app/doDelete").status_code == 302
    assert browser.ask("GET job/app/api/json").status_code == 404
