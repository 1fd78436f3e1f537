"""From the queue to the end of a build with few requests: long pauses where nothing can happen yet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
from msgspec import Struct

from ci.jenkins.builds import BRIEF, EXPECTED, RawBuild, made, newest, one_build, updated
from ci.jenkins.errors import NotFound, QueueCancelled, QueueExpired, WaitTimeout
from ci.jenkins.pauses import Pauses, patiently
from ci.jenkins.results import Build, Queued
from ci.jenkins.transport import Transport

#: The part of its estimated duration for which a build is seldom asked after.
SURE_TO_RUN = 0.9
#: Between two looks when the end is near, in seconds.
LONGEST = 10.0
#: No longer, in seconds: a build that fails early should not be noticed when it would have ended.
LONGEST_SLEEP = 30.0
TICK = 1.0


class RawItem(Struct, frozen=True, rename="camel"):
    """An item of the queue. It may have left (``why`` is null) a while before ``executable`` is there."""

    cancelled: bool = False
    why: str | None = None
    executable: RawBuild | None = None


def wait_for_start(
    client: Transport, queued: Queued, *, timeout: float, on_tick: Callable[[str], object] | None
) -> Build:
    """See `JenkinsClient.wait_for_start`."""
    limited = client.limited(timeout)
    pauses = Pauses(limited, first=0.25, longest=5.0)
    why = "it has just been queued"
    try:
        while not pauses.over:
            pauses.pause()
            found = patiently(limited, lambda: _look(limited, queued))
            if isinstance(found, Build):
                return found
            why = found or "it is about to start"
            if on_tick:
                on_tick(why)
    except NotFound:
        return patiently(limited, lambda: _by_queue_id(limited, queued))
    except WaitTimeout as error:
        raise WaitTimeout(f"{error}; {queued.job} (queue item {queued.id}) waited: {why}", queued=queued) from None
    raise WaitTimeout(
        f"{limited.deadline}, and {queued.job} (queue item {queued.id}) has not started: {why}", queued=queued
    )


def _look(client: Transport, queued: Queued) -> Build | str | None:
    """The build, or why it has not started."""
    response = client.get(f"queue/item/{queued.id}/api/json?tree=cancelled,why,executable[{EXPECTED}]")
    item = client.decoded(response, RawItem)
    if item.cancelled:
        raise QueueCancelled(
            f"the build of {queued.job} was cancelled before it started (queue item {queued.id})", queued=queued
        )
    if item.executable is None:
        return item.why
    build = made(client, queued.job, item.executable, response)
    return msgspec.structs.replace(build, queue_id=queued.id)


def _by_queue_id(client: Transport, queued: Queued) -> Build:
    """The build of an item that Jenkins has forgotten."""
    builds = newest(client, queued.job, 100, f"{BRIEF},queueId")
    for build in builds:
        if build.queue_id == queued.id:
            return build
    raise QueueExpired(
        f"Jenkins knows neither queue item {queued.id} nor a build of {queued.job} that came of it: "
        f"see `ci jenkins list {queued.job}`",
        queued=queued,
    )


def wait(
    client: Transport, build: Build, *, timeout: float | None, on_tick: Callable[[Build], object] | None
) -> Build:
    """See `JenkinsClient.wait`."""
    limited = client.limited(timeout)
    pauses = Pauses(limited, first=1.0, longest=LONGEST)
    if build.building and build.estimate is None:
        build = look(limited, build, whole=True)
    if build.building and build.estimate:
        build = _sleep(limited, build, _sure(build), pauses, on_tick)
    while build.building:
        build = look(limited, build)
        if build.building and pauses.over:
            raise still_running(limited, build)
        if build.building:
            sure = _sure(build)
            build = _sleep(limited, build, sure if sure > LONGEST else pauses.following(), pauses, on_tick)
    return build


def _sure(build: Build) -> float:
    """Seconds for which the build is likely to go on, as far as one may sleep."""
    return min(SURE_TO_RUN * (build.estimate or 0.0) - build.duration, LONGEST_SLEEP)


def still_running(client: Transport, build: Build) -> WaitTimeout:
    """The error when nobody wants to wait any longer."""
    return WaitTimeout(f"{client.deadline}, and {build.name} still runs: {build.url}", build=build)


def look(client: Transport, build: Build, *, whole: bool = False) -> Build:
    """The build as it stands now, or as soon as the server is there again; ``whole``: also what never changes.

    Raises WaitTimeout.
    """
    with last_seen(build):
        if whole:
            return patiently(client, lambda: one_build(client, build.job, build.number, None))
        return patiently(client, lambda: updated(client, build))


@contextmanager
def last_seen(build: Build) -> Iterator[None]:
    """A WaitTimeout inside says which build was waited for."""
    try:
        yield
    except WaitTimeout as error:
        if error.build:
            raise
        raise WaitTimeout(f"{error}; {build.name} ran when it was last seen: {build.url}", build=build) from None


def _sleep(
    client: Transport, build: Build, seconds: float, pauses: Pauses, on_tick: Callable[[Build], object] | None
) -> Build:
    """Let time pass in which nobody asks; those who watch get a tick every second. Returns the build, older by that."""
    if on_tick is None:
        pauses.sleep(seconds)
        return build
    end = client.clock() + seconds
    while (left := end - client.clock()) > 0 and not pauses.over:
        on_tick(build)
        pauses.sleep(min(left, TICK))
        build = msgspec.structs.replace(build, duration=build.duration + min(left, TICK))
    return build
