"""From the queue to the end of a build, with few requests and through everything that may come between."""

import math
from collections.abc import Callable

import pytest

from ci.jenkins import (
    Build, BuildFailed, JenkinsClient, NotFound, PermissionDenied, Queued, QueueCancelled, QueueExpired, Refused,
    Unavailable, WaitTimeout,
)
from ci.jenkins.waiting import look
from tests.ci.jenkins.conftest import MakeClient
from tests.fakes.jenkins import JenkinsDouble, Parameter


def test_the_queue_is_asked_at_short_intervals_that_grow(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").on_trigger(buildable=15.0)
    client.wait_for_start(client.trigger("app"))
    assert jenkins.clock.slept == [0.25 * 1.5**n for n in range(8)] + [5.0]


def test_why_a_build_does_not_start_is_told(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").on_trigger(buildable=1.0)
    told: list[str] = []
    client.wait_for_start(client.trigger("app"), on_tick=told.append)
    assert set(told) == {"Waiting for next available executor"}


def test_an_item_that_has_left_without_a_build_is_asked_again(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    """Between the queue and the executor there is a moment without either."""
    jenkins.add_job("app").on_trigger(gap=3.0)
    told: list[str] = []
    assert client.wait_for_start(client.trigger("app"), on_tick=told.append).number == 1
    assert set(told) == {"it is about to start"}


def test_a_cancelled_item_ends_the_wait(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").on_trigger(cancel_after=2.0, buildable=60.0)
    with pytest.raises(QueueCancelled, match="the build of app was cancelled before it started") as error:
        client.wait_for_start(client.trigger("app"))
    assert error.value.exit_code == 12


def test_a_forgotten_item_is_found_by_its_number_at_the_builds(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").on_trigger()
    queued = client.trigger("app")
    jenkins.clock.advance(600)
    assert client.wait_for_start(queued).queue_id == queued.id


def test_a_forgotten_item_without_a_build_is_an_error(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app")
    with pytest.raises(QueueExpired, match="knows neither queue item 7 nor a build of app") as error:
        client.wait_for_start(Queued(7, "app"))
    assert error.value.exit_code == 3


def test_a_build_that_never_starts(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").on_trigger(buildable=math.inf)
    with pytest.raises(WaitTimeout, match="has not started: Waiting for next available executor") as error:
        client.wait_for_start(client.trigger("app"), timeout=60)
    assert error.value.exit_code == 7 and sum(jenkins.clock.slept) == pytest.approx(60, abs=1)


def test_a_server_about_to_shut_down_is_the_reason(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app")
    jenkins.quiet_down()
    with pytest.raises(WaitTimeout, match="has not started: Jenkins is about to shut down"):
        client.wait_for_start(client.trigger("app"), timeout=60)
    assert client.status().reason == "Jenkins is about to shut down"


def test_a_build_is_seldom_asked_after_while_it_is_likely_to_run(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    job = jenkins.add_job("app")
    job.add_build(duration=100.0)
    job.on_trigger(duration=100.0)
    build = client.wait_for_start(client.trigger("app"))
    jenkins.clock.slept.clear()
    build = client.wait(build)
    assert (build.result, build.duration, build.building) == ("SUCCESS", 100.0, False)
    assert jenkins.clock.slept == [pytest.approx(30, abs=1)] * 3 + [1.0, 1.5, 2.25, 3.375, 5.0625]


def test_a_build_that_fails_early_is_soon_noticed(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    job = jenkins.add_job("app")
    job.add_build(duration=3600.0)
    job.on_trigger(duration=20.0, result="FAILURE")
    build = client.wait_for_start(client.trigger("app"))
    jenkins.clock.slept.clear()
    assert client.wait(build).result == "FAILURE"
    assert sum(jenkins.clock.slept) == 30.0


def test_a_build_without_an_estimate_is_asked_ever_less_often(
    jenkins: JenkinsDouble, client: JenkinsClient, running: Callable[..., Build]
) -> None:
    build = running(duration=60.0)
    jenkins.clock.slept.clear()
    client.wait(build)
    assert jenkins.clock.slept == [1.0 * 1.5**n for n in range(6)] + [10.0] * 4


def test_a_result_is_not_the_end(client: JenkinsClient, running: Callable[..., Build]) -> None:
    """A running build may have one, and get worse."""
    build = running(duration=30.0, result="FAILURE", result_at=5.0)
    seen: list[Build] = []
    assert client.wait(build, on_tick=seen.append).duration == 30.0
    assert any(one.building and one.result == "FAILURE" for one in seen)


def test_those_who_watch_hear_every_second(client: JenkinsClient, running: Callable[..., Build]) -> None:
    running(duration=20.0)
    seen: list[Build] = []
    client.wait(running(duration=20.0), on_tick=seen.append)
    assert len(seen) >= 19
    assert [one.duration for one in seen] == sorted(one.duration for one in seen)


def test_waiting_ends_in_time_and_the_build_goes_on(
    jenkins: JenkinsDouble, client: JenkinsClient, running: Callable[..., Build]
) -> None:
    build = running(duration=1000.0)
    with pytest.raises(WaitTimeout, match="the time limit of 60 s is over, and app #1 still runs: http") as error:
        client.wait(build, timeout=60)
    assert error.value.build is not None and error.value.build.exit_code == 8
    assert jenkins.find("app").builds[0].aborts == []


def test_a_build_that_ends_in_the_last_pause_has_ended(
    client: JenkinsClient, running: Callable[..., Build]
) -> None:
    """The last look is when the time limit has come."""
    assert client.wait(running(duration=55.0), timeout=56).result == "SUCCESS"


def test_what_has_ended_is_not_asked(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").add_build()
    build = client.latest("app")
    jenkins.forget_requests()
    assert client.wait(build) is build and jenkins.calls == []


def test_a_restart_of_the_server_is_waited_for(
    jenkins: JenkinsDouble, client: JenkinsClient, running: Callable[..., Build]
) -> None:
    build = running(duration=120.0)
    jenkins.clock.after(30.0, jenkins.restart)
    assert client.wait(build).result == "SUCCESS"


def test_a_restart_while_the_build_is_in_the_queue_is_waited_for(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").on_trigger(buildable=10.0)
    queued = client.trigger("app")
    jenkins.restart()
    assert client.wait_for_start(queued).number == 1


def test_a_server_that_does_not_come_back_ends_the_wait_in_time(
    jenkins: JenkinsDouble, make_client: MakeClient, running: Callable[..., Build]
) -> None:
    build = running(duration=30.0)
    jenkins.enter("starting")
    began = jenkins.clock.now()
    with pytest.raises(Unavailable):
        make_client(retries=0).wait(build, timeout=60)
    assert 60 <= jenkins.clock.now() - began < 75


@pytest.mark.parametrize(("result", "code"), [
    ("SUCCESS", 0), ("UNSTABLE", 10), ("FAILURE", 11), ("ABORTED", 12), ("NOT_BUILT", 13),
])
def test_a_result_has_its_exit_code(jenkins: JenkinsDouble, client: JenkinsClient, result: str, code: int) -> None:
    jenkins.add_job("app").on_trigger(result=result)
    assert client.run("app").exit_code == code


def test_a_failure_is_an_error_for_those_who_want_it(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").on_trigger(result="UNSTABLE")
    with pytest.raises(BuildFailed, match="app #1 ended with UNSTABLE: http") as error:
        client.run("app", check=True)
    assert error.value.exit_code == 10


def test_run_hands_on_the_log_as_it_grows(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").on_trigger(duration=10.0, log=[(0.0, b"one\n"), (5.0, b"two\n")])
    log: list[str] = []
    assert client.run("app", log=log.append).result == "SUCCESS"
    assert log == ["one\n", "two\n"]


def test_the_time_limit_of_run_is_for_all_of_it(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").on_trigger(buildable=40.0, duration=1000.0)
    began = jenkins.clock.now()
    with pytest.raises(WaitTimeout):
        client.run("app", timeout=60, log=lambda text: None)
    assert jenkins.clock.now() - began == pytest.approx(60, abs=1)


def test_readiness_is_waited_for_through_a_restart(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.restart()
    assert client.wait_until_ready().version == "2.579"


def test_a_server_that_does_not_get_ready(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.enter("starting")
    with pytest.raises(Unavailable, match="was not ready after 60 s: Jenkins is starting or restarting"):
        client.wait_until_ready(60)


def test_what_will_not_change_is_not_waited_for(jenkins: JenkinsDouble, running: Callable[..., Build]) -> None:
    """Here a server that does not speak HTTPS: neither when it is to get ready nor in the middle of a build."""
    build = running(duration=100.0)
    jenkins.clock.slept.clear()
    with JenkinsClient(jenkins.url.replace("http", "https"), "alice", "token", sleep=jenkins.clock.sleep) as client:
        for wait in (client.wait_until_ready, lambda: client.log_tail(build, 1), lambda: look(client, build)):
            with pytest.raises(Unavailable, match="^no secure connection with https://127.0.0.1:") as error:
                wait()
            assert error.value.lasting
    assert jenkins.clock.slept == []


@pytest.mark.parametrize("mode", ["stop", "term", "kill"])
def test_a_build_is_stopped_as_hard_as_wanted(
    jenkins: JenkinsDouble, client: JenkinsClient, running: Callable[..., Build], mode: str
) -> None:
    build = running(duration=1000.0)
    client.cancel(build, mode=mode)  # type: ignore[arg-type]
    assert client.wait(build).result == "ABORTED"
    assert jenkins.posts[f"/job/app/1/{mode}"] == 1


def test_an_item_is_taken_out_of_the_queue(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").on_trigger(buildable=math.inf)
    queued = client.trigger("app")
    client.cancel(queued)
    with pytest.raises(QueueCancelled):
        client.wait_for_start(queued)


def test_an_item_that_only_others_may_cancel(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    job = jenkins.add_job("app")
    job.on_trigger(buildable=math.inf)
    queued = client.trigger("app")
    job.denied = {"Job/Cancel"}
    with pytest.raises(PermissionDenied, match="You do not have permission to cancel this item"):
        client.cancel(queued)


@pytest.mark.parametrize("later", [20.0, 1000.0])
def test_an_item_that_has_left_the_queue_is_not_cancelled(
    jenkins: JenkinsDouble, client: JenkinsClient, later: float
) -> None:
    jenkins.add_job("app", [Parameter("A")])
    queued = client.trigger("app")
    jenkins.clock.advance(later)
    with pytest.raises(Refused, match="queue item 1001 has left the queue: cancel its build"):
        client.cancel(queued)


def test_a_deleted_build_ends_the_wait(
    jenkins: JenkinsDouble, client: JenkinsClient, running: Callable[..., Build]
) -> None:
    build = running(duration=100.0)
    jenkins.find("app").builds.clear()
    with pytest.raises(NotFound):
        client.wait(build)
