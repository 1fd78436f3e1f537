"""The double answers triggers row by row, and queues what it takes."""

import pytest

from tests.fakes.jenkins import JenkinsDouble, Job
from tests.fakes.jenkins_double.browser import Browser, submitted

PLAIN = "job/plain/build"
WITH = "job/team/job/app/buildWithParameters"
FORMED = "job/team/job/app/build"


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        (PLAIN, {}, 201),
        ("job/plain/buildWithParameters", {"A": "1"}, 400),
        (FORMED, {}, 400),
        (FORMED, {"VERSION": "2"}, 400),
        (FORMED, submitted(("VERSION", "2"), ("ENV", "production")), 201),
        (WITH, {}, 201),
        (WITH, {"UNKNOWN": "1"}, 201),
        (WITH, {"ENV": "nowhere"}, 500),
        (WITH, {"VERSION": ["1", "2"]}, 500),
        (WITH, {"delay": "0sec"}, 201),
        ("job/disabled/build", {}, 409),
        ("job/denied/build", {}, 403),
        ("job/hidden/build", {}, 404),
        ("job/vetoed/build", {}, 302),
        ("job/guarded/build", {"token": "wrong"}, 403),
    ],
)
def test_triggers(
    jenkins: JenkinsDouble, browser: Browser, job: Job, path: str, form: dict[str, str], status: int
) -> None:
    """Each row of the table of answers; a Location names the item."""
    jenkins.add_job("plain")
    jenkins.add_job("disabled").disabled = True
    jenkins.add_job("denied").denied.add("Job/Build")
    jenkins.add_job("hidden").denied |= {"Job/Read", "Job/Discover"}
    jenkins.add_job("vetoed").vetoed = True
    jenkins.add_job("guarded").token = "right"
    answer = browser.ask("POST " + path, data=form)
    assert answer.status_code == status
    if status == 201:
        assert answer.headers["Location"] == jenkins.url + "queue/item/1001/"


def test_equal_triggers_are_merged(browser: Browser, job: Job, jenkins: JenkinsDouble) -> None:
    """By 303 with parameters, by 302 from a form, and by the old number without parameters."""
    jenkins.add_job("plain")
    first = browser.ask(f"POST {WITH}", data={"VERSION": "2", "ENV": "staging"})
    second = browser.ask(f"POST {WITH}", data={"VERSION": "2"})
    other = browser.ask(f"POST {WITH}", data={"VERSION": "3"})
    assert [one.status_code for one in (first, second, other)] == [201, 303, 201]
    assert first.headers["Location"] == second.headers["Location"] != other.headers["Location"]
    assert [browser.ask(f"POST {PLAIN}").headers["Location"][-5:] for _ in range(2)] == ["1003/", "1003/"]
    form = submitted(("VERSION", "2"), ("ENV", "staging"))
    assert [browser.ask(f"POST {FORMED}", data=form).status_code for _ in range(2)] == [302, 302]
    assert browser.ask("GET queue/item/1001/").text == "Queue item 1001: team/app\n"


def test_files_are_parameters(jenkins: JenkinsDouble, browser: Browser, job: Job) -> None:
    """By their own names, or as the form says; and no value is shown."""
    browser.ask(f"POST {WITH}?delay=0sec", data={"VERSION": "2"}, files={"FILE": ("a.bin", b"\0\r\n--\xff")})
    jenkins.clock.advance(1)
    browser.json("job/team/job/app/api/json?tree=name")
    assert job.builds[0].parameters == {"VERSION": "2", "ENV": "staging", "FILE": b"\0\r\n--\xff"}
    actions = browser.json("job/team/job/app/1/api/json?tree=actions[parameters[name,value]]")["actions"]
    assert [one.get("value") for one in actions[0]["parameters"]] == ["2", "staging", None]


def test_location_of_a_badly_set_proxy(jenkins: JenkinsDouble, browser: Browser) -> None:
    """Only the number can be relied upon."""
    jenkins.add_job("plain")
    jenkins.location_root = "http://inside:8080/jenkins/"
    assert browser.ask("POST " + PLAIN).headers["Location"] == "http://inside:8080/jenkins/queue/item/1001/"


def test_an_item_goes_through_its_states(jenkins: JenkinsDouble, browser: Browser) -> None:
    """It leaves before its build begins, and is forgotten after five minutes."""
    jenkins.add_job("plain").on_trigger(quiet=5, blocked=5, buildable=5, gap=5, duration=10)
    browser.ask("POST " + PLAIN)
    seen = []
    for _ in range(5):
        item = browser.json("queue/item/1001/api/json")
        executable = (item.get("executable") or {}).get("number")
        seen.append((item["_class"].removeprefix("hudson.model.Queue$"), item["why"] is None, executable))
        jenkins.clock.advance(5)
    assert seen == [
        ("WaitingItem", False, None),
        ("BlockedItem", False, None),
        ("BuildableItem", False, None),
        ("LeftItem", True, None),
        ("LeftItem", True, 1),
    ]
    jenkins.clock.advance(300)
    assert browser.ask("GET queue/item/1001/api/json").status_code == 404
    assert browser.json("job/plain/api/json?tree=builds[number,queueId]{0,100}")["builds"][0]["queueId"] == 1001


def test_cancelling(jenkins: JenkinsDouble, browser: Browser) -> None:
    """204 once, 500 when it has left, 404 when there is none, 422 without permission."""
    plain = jenkins.add_job("plain")
    browser.ask("POST " + PLAIN)
    plain.denied.add("Job/Cancel")
    assert browser.ask("POST queue/cancelItem?id=1001").status_code == 422
    plain.denied.clear()
    statuses = [browser.ask(f"POST queue/cancelItem?id={number}").status_code for number in (1001, 1001, 9)]
    assert statuses == [204, 500, 404]
    item = browser.json("queue/item/1001/api/json?tree=cancelled,executable[number],why")
    assert (item["cancelled"], item["executable"], item["why"]) == (True, None, None)


def test_quieting_down_holds_items(jenkins: JenkinsDouble, browser: Browser) -> None:
    """They are taken and stay, until it is cancelled."""
    jenkins.add_job("plain").on_trigger(quiet=0)
    browser.ask("POST quietDown")
    assert browser.ask("POST " + PLAIN).status_code == 201
    jenkins.clock.advance(60)
    assert browser.json("queue/item/1001/api/json")["why"] == "Jenkins is about to shut down"
    assert browser.json("api/json?tree=quietingDown")["quietingDown"] is True
    browser.ask("POST cancelQuietDown")
    assert browser.json("queue/item/1001/api/json")["executable"]["number"] == 1
