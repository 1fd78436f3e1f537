"""Connections break, servers restart, and time passes as a test says."""

import threading

import pytest
import requests

from tests.fakes.jenkins import JenkinsDouble, RealClock
from tests.fakes.jenkins_double.browser import Browser

PLAIN = "job/plain/build"


@pytest.mark.parametrize(("when", "carried_out"), [("before", 0), ("during", 0), ("after", 1)])
def test_a_lost_post(jenkins: JenkinsDouble, browser: Browser, when: str, carried_out: int) -> None:
    """Refused, cut before, or cut after it was carried out; the double knows which."""
    jenkins.add_job("plain")
    jenkins.faults.drop_post(when)
    with pytest.raises(requests.ConnectionError):
        browser.ask("POST " + PLAIN)
    jenkins.open()
    assert len(browser.json("queue/api/json")["items"]) == carried_out
    assert jenkins.posts["/" + PLAIN] == (when != "before")


def test_a_port_closed_after_the_next_answer(jenkins: JenkinsDouble, browser: Browser) -> None:
    """So that a check succeeds, and the trigger after it is refused."""
    jenkins.add_job("plain")
    browser.json("api/json")
    jenkins.faults.drop_post("before", after=1)
    browser.json("job/plain/api/json")
    with pytest.raises(requests.ConnectionError):
        browser.ask("POST " + PLAIN)
    assert jenkins.posts["/" + PLAIN] == 0


def test_errors_cuts_and_chunks(jenkins: JenkinsDouble, browser: Browser) -> None:
    """Each for as many requests as was said."""
    jenkins.add_job("app").add_build(artifacts={"a": b"0123456789"})
    jenkins.faults.status(429, headers={"Retry-After": "1"})
    jenkins.faults.status(502, path="/api/*")
    assert [browser.ask("GET api/json").status_code for _ in range(3)] == [429, 502, 200]
    jenkins.faults.drop_body(4, path="*/artifact/*")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="4 bytes read, 6 more expected"):
        browser.ask("GET job/app/1/artifact/a")
    jenkins.faults.chunked(3)
    answer = browser.ask("GET job/app/1/artifact/a", stream=True)
    assert list(answer.iter_content(None)) == [b"012", b"345", b"678", b"9"]
    assert jenkins.requests[-2].bytes_sent == 4


def test_an_answer_that_is_cut_in_its_first_line(jenkins: JenkinsDouble, browser: Browser) -> None:
    """What was asked for is carried out."""
    jenkins.add_job("plain")
    jenkins.faults.drop_head(4, method="POST")
    with pytest.raises(requests.ConnectionError):
        browser.ask("POST " + PLAIN)
    assert len(browser.json("queue/api/json")["items"]) == 1


def test_an_answer_byte_by_byte(jenkins: JenkinsDouble, browser: Browser) -> None:
    """From the first byte of the headers on."""
    jenkins.add_job("plain")
    jenkins.faults.drip(0.0, times=1)
    assert browser.json("job/plain/api/json")["name"] == "plain"


def test_an_answer_that_is_late_ends_with_the_server(jenkins: JenkinsDouble, browser: Browser) -> None:
    jenkins.faults.delay(3600.0)
    closing = threading.Timer(0.05, jenkins.close)
    closing.start()
    with pytest.raises(requests.ConnectionError):
        browser.ask("GET api/json")
    closing.join()


def test_a_restart(jenkins: JenkinsDouble, browser: Browser) -> None:
    """503, refused, 503 in other words, up; items that left are forgotten, the others are not."""
    jenkins.add_job("plain").on_trigger(quiet=0)
    jenkins.add_job("late").on_trigger(quiet=1000)
    browser.ask("POST " + PLAIN)
    browser.ask("POST job/late/build")
    browser.ask("POST restart")
    seen: list[str] = []
    for _ in range(5):
        try:
            answer = browser.ask("GET api/json")
            words = "is restarting", "is getting ready to work"
            said = next((word for word in words if word in answer.text), "")
            seen.append(f"{answer.status_code} {said}")
            assert ("X-Jenkins" in answer.headers) == (answer.status_code == 200)
        except requests.ConnectionError:
            seen.append("refused")
        jenkins.clock.sleep(6.5)
    assert seen == ["503 is restarting", "503 is restarting", "refused", "503 is getting ready to work", "200 "]
    statuses = [browser.ask(f"GET queue/item/{number}/api/json").status_code for number in (1001, 1002)]
    assert statuses == [404, 200]


def test_real_time() -> None:
    """For clients in a process of their own, if need be in haste."""
    with JenkinsDouble(RealClock(speed=1000)) as jenkins, Browser(jenkins) as browser:
        jenkins.add_job("plain").on_trigger(quiet=5, duration=1)
        browser.ask("POST job/plain/build")
        jenkins.clock.sleep(20)
        assert browser.json("queue/item/1001/api/json")["executable"]["number"] == 1
