"""A time limit holds whatever the server does: says nothing, or answers byte by byte, for ever."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ci.jenkins import (
    Build, JenkinsClient, Queued, TimedOut, TriggerUncertain, Unavailable, WaitTimeout, limits, sending,
)
from tests.ci.jenkins.conftest import MakeClient
from tests.fakes.jenkins import JenkinsDouble, Outcome

#: Longer than any test may take: what ends by this has not ended by its own limit.
FOR_EVER = 3600.0
#: Real seconds.
LIMIT = 0.3


@pytest.fixture(autouse=True)
def nobody_is_left(jenkins: JenkinsDouble, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Requests that were given up end with the server's connections."""
    monkeypatch.setattr(limits, "GRACE", 0.05)
    yield
    jenkins.close()
    for thread in threading.enumerate():
        if thread.name == limits.THREAD:
            thread.join(60)
            assert not thread.is_alive()


@pytest.fixture
def real(make_client: MakeClient) -> JenkinsClient:
    """A client in real time."""
    return make_client(sleep=time.sleep, clock=time.monotonic)


@pytest.fixture
def build(jenkins: JenkinsDouble, real: JenkinsClient) -> Build:
    """A build that runs for a while, with a file of a build before."""
    job = jenkins.add_job("app")
    job.add_build(log=b"line\n" * 5000, artifacts={"big": b"x" * 5000})
    job.start(jenkins.clock.now(), Outcome(duration=5000.0, log=[(0.0, b"line\n" * 5000)]), {})
    return real.build("app", 2)


def silent(jenkins: JenkinsDouble, path: str = "*") -> None:
    """Takes requests and never answers."""
    jenkins.faults.delay(FOR_EVER, times=99, path=path)


def dripping_head(jenkins: JenkinsDouble, path: str = "*") -> None:
    """Never comes to the end of the headers."""
    jenkins.faults.drip(0.02, path=path)


def dripping_body(jenkins: JenkinsDouble, path: str = "*") -> None:
    """Never comes to the end of the text."""
    jenkins.faults.status(200, times=99, path=path, body=b" " * 10_000, headers={"X-Text-Size": "10000"})
    jenkins.faults.slow_body(0.02, size=1, times=99, path=path)


Trouble = Callable[[JenkinsDouble], None]
TROUBLES = pytest.mark.parametrize("trouble", [silent, dripping_head, dripping_body])


@TROUBLES
def test_a_question(jenkins: JenkinsDouble, real: JenkinsClient, trouble: Trouble) -> None:
    jenkins.add_job("app")
    trouble(jenkins)
    with pytest.raises(WaitTimeout) as error:
        real.limited(LIMIT).build("app")
    assert str(error.value) == f"the time limit of 0.3 s is over, and {jenkins.url[:-1]} has not answered"
    assert error.value.exit_code == 7


@TROUBLES
def test_waiting_for_the_start(jenkins: JenkinsDouble, real: JenkinsClient, trouble: Trouble) -> None:
    jenkins.add_job("app")
    trouble(jenkins)
    with pytest.raises(WaitTimeout) as error:
        real.wait_for_start(Queued(7, "app"), timeout=LIMIT)
    assert str(error.value) == (
        f"the time limit of 0.3 s is over, and {jenkins.url[:-1]} has not answered; "
        "app (queue item 7) waited: it has just been queued"
    )
    assert error.value.queued == Queued(7, "app")


@TROUBLES
def test_waiting_for_the_end(jenkins: JenkinsDouble, real: JenkinsClient, build: Build, trouble: Trouble) -> None:
    trouble(jenkins)
    with pytest.raises(WaitTimeout) as error:
        real.wait(build, timeout=LIMIT)
    assert str(error.value) == (
        f"the time limit of 0.3 s is over, and {jenkins.url[:-1]} has not answered; "
        f"app #2 ran when it was last seen: {build.url}"
    )
    assert error.value.build == build


@TROUBLES
def test_following_a_log(jenkins: JenkinsDouble, real: JenkinsClient, build: Build, trouble: Trouble) -> None:
    trouble(jenkins)
    with pytest.raises(WaitTimeout, match="the time limit of 0.3 s is over, and (the log|http).* has not") as error:
        list(real.log_chunks(build, timeout=LIMIT))
    assert error.value.build == build


def test_a_log_that_comes_slowly_is_read_as_far_as_the_time_goes(
    jenkins: JenkinsDouble, real: JenkinsClient, build: Build
) -> None:
    jenkins.faults.slow_body(0.01, size=100, path="*progressiveText")
    got = []
    with pytest.raises(WaitTimeout, match="the time limit of 0.3 s is over, and the log has not come to its end"):
        for chunk in real.log_chunks(build, timeout=LIMIT):
            got.append(chunk)
    assert b"".join(got).startswith(b"line\n")


@pytest.mark.parametrize("trouble", [silent, dripping_head, dripping_body])
def test_a_download(
    jenkins: JenkinsDouble, real: JenkinsClient, build: Build, tmp_path: Path,
    trouble: Callable[[JenkinsDouble, str], None],
) -> None:
    first = real.build("app", 1)
    trouble(jenkins, "*/artifact/big")
    with pytest.raises(WaitTimeout, match="the time limit of 0.3 s is over"):
        real.limited(LIMIT).download(first, dest=tmp_path)
    assert list(tmp_path.iterdir()) == []


@TROUBLES
def test_a_trigger_that_is_not_answered_may_have_arrived(
    jenkins: JenkinsDouble, real: JenkinsClient, trouble: Trouble
) -> None:
    jenkins.add_job("app")
    client = real.limited(LIMIT)
    with pytest.raises(TriggerUncertain, match=f"{jenkins.url[:-1]} took too long to answer. So nobody knows"):
        trouble(jenkins)
        client.trigger("app", validate=False)
    assert jenkins.posts == {"/job/app/buildWithParameters": 1}


def test_a_server_that_is_not_ready(jenkins: JenkinsDouble, real: JenkinsClient) -> None:
    silent(jenkins)
    with pytest.raises(Unavailable, match="Jenkins was not ready: the time limit of 0.3 s is over"):
        real.wait_until_ready(LIMIT)


@pytest.mark.parametrize("trouble", [silent, dripping_head, dripping_body])
def test_without_a_limit_of_ones_own_there_is_another(
    jenkins: JenkinsDouble, make_client: MakeClient, trouble: Trouble
) -> None:
    trouble(jenkins)
    with pytest.raises(TimedOut, match="took too long to answer: try again later"):
        make_client(timeout=(0.05, 0.05), retries=0).status()


def test_a_download_that_goes_on_may_take_longer(
    jenkins: JenkinsDouble, make_client: MakeClient, build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes bit by bit comes; only the answers of which nothing can be used before the end are limited."""
    monkeypatch.setattr(sending, "DRIPPING", 1)
    jenkins.faults.slow_body(0.02, size=100, path="*/artifact/big")
    client = make_client(timeout=(0.1, 0.2))
    client.download(client.build("app", 1), dest=tmp_path)
    assert (tmp_path / "big").read_bytes() == b"x" * 5000


def test_all_of_run_has_one_limit_and_that_is_named(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    """Also when most of it was spent in the queue."""
    jenkins.add_job("app").on_trigger(buildable=40.0, duration=1000.0)
    with pytest.raises(WaitTimeout) as error:
        client.run("app", timeout=60)
    assert str(error.value) == f"the time limit of 60 s is over, and app #1 still runs: {jenkins.url}job/app/1/"


def test_nothing_is_sent_after_the_deadline(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    limited = client.limited(60)
    jenkins.clock.advance(61)
    for ask in (limited.status, lambda: limited.trigger("app"), lambda: limited.lint("pipeline {}")):
        with pytest.raises(WaitTimeout, match="the time limit of 60 s is over, so nothing more was sent"):
            ask()
    assert jenkins.calls == []


def test_nothing_is_repeated_after_the_deadline(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.faults.status(502, times=99)
    with pytest.raises(Unavailable, match="502 Bad Gateway"):
        client.limited(1.2).status()
    assert jenkins.clock.slept == [0.5]


def test_an_earlier_limit_stays(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    limited = client.limited(60)
    assert limited.limited(90) is limited and limited.limited(None) is limited and client.limited(None) is client
    assert limited.limited(30).deadline.seconds == 30
    assert client.deadline.left == float("inf")


def test_a_limited_client_is_the_same_client(jenkins: JenkinsDouble, make_client: MakeClient) -> None:
    """It has the same connections and the same crumb."""
    client = make_client(token=jenkins.password)
    for _ in range(2):
        assert client.limited(60).lint("pipeline {}").valid
    assert jenkins.calls.count("GET /crumbIssuer/api/json") == 1
