"""Builds as Jenkins' JSON tells them, and as we do. Asked by ``tree``: the whole JSON is several times as long."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated

import msgspec
import requests
from msgspec import Meta, Struct

from ci.jenkins.errors import NotBuildable, NotFound, no_such
from ci.jenkins.paths import full_name, job_path
from ci.jenkins.results import Build, Given, Kind, Result, TestCounts
from ci.jenkins.transport import Transport

#: What is needed to know how a build stands.
BRIEF = "number,result,building,timestamp,duration"
EXPECTED = f"{BRIEF},estimatedDuration"
LISTED = f"{BRIEF},actions[parameters[name,value]]"
WHOLE = (
    f"{EXPECTED},queueId,description,"
    "actions[parameters[name,value],causes[shortDescription],failCount,skipCount,totalCount]"
)
#: In milliseconds; Python knows no later time.
_YEAR_9999 = 253_370_764_800_000
#: Jenkins lists so many builds; more only by loading all of them from its disk.
LISTED_AT_MOST = 100

PERMALINKS: Mapping[Kind, str] = {
    "any": "lastBuild", "completed": "lastCompletedBuild", "successful": "lastSuccessfulBuild",
    "stable": "lastStableBuild", "unstable": "lastUnstableBuild", "unsuccessful": "lastUnsuccessfulBuild",
    "failed": "lastFailedBuild",
}


class Value(Struct, frozen=True):
    """A parameter of a build."""

    name: str
    value: object = None


class Cause(Struct, frozen=True, rename="camel"):
    """Why a build was started."""

    short_description: str = ""


class Action(Struct, frozen=True, rename="camel"):
    """One of the many things that plugins attach to a build."""

    parameters: list[Value] = []
    causes: list[Cause] = []
    fail_count: int = 0
    skip_count: int = 0
    total_count: int | None = None


class RawBuild(Struct, frozen=True, rename="camel"):
    """A build. Times in milliseconds; -1 if unknown."""

    number: int
    timestamp: Annotated[int, Meta(ge=0, le=_YEAR_9999)]
    building: bool = False
    result: Result | None = None
    duration: int = 0
    estimated_duration: int = -1
    queue_id: int = -1
    description: str | None = None
    actions: list[Action | None] = []


class RawBuilds(Struct, frozen=True, rename="camel"):
    """The builds of a job; None if it is a folder."""

    builds: list[RawBuild] | None = None
    all_builds: list[RawBuild] | None = None


def build_path(build: Build) -> str:
    """The path of a build, with a slash at its end."""
    return f"{job_path(build.job)}/{build.number}/"


def made(client: Transport, job: str, raw: RawBuild, response: requests.Response) -> Build:
    """The build ``raw`` of a job's full name."""
    started = datetime.fromtimestamp(raw.timestamp / 1000, UTC)
    actions = [action for action in raw.actions if action]
    counts = [TestCounts(one.total_count, one.fail_count, one.skip_count) for one in actions if one.total_count]
    return Build(
        job=job,
        number=raw.number,
        url=f"{client.server}{job_path(job)}/{raw.number}/",
        building=raw.building,
        result=raw.result,
        started=started,
        duration=running_for(started, response) if raw.building else raw.duration / 1000,
        estimate=raw.estimated_duration / 1000 if raw.estimated_duration >= 0 else None,
        queue_id=raw.queue_id if raw.queue_id >= 0 else None,
        description=raw.description,
        parameters=tuple(Given(one.name, _plain(one.value)) for action in actions for one in action.parameters),
        causes=tuple(one.short_description for action in actions for one in action.causes),
        tests=counts[0] if counts else None,
    )


def running_for(started: datetime, response: requests.Response) -> float:
    """Seconds from ``started`` to an answer, by the server's own clock; 0 if it does not tell."""
    try:
        now = parsedate_to_datetime(response.headers["Date"])
        return max((now - started).total_seconds(), 0.0)
    except (KeyError, ValueError, TypeError):
        return 0.0


def _plain(value: object) -> str | bool | int | float | None:
    return value if isinstance(value, str | bool | int | float) else None


def one_build(client: Transport, job: str, number: int | Kind, branch: str | None, *, tree: str = WHOLE) -> Build:
    """See `Queries.build` and `Queries.latest`."""
    name, path = full_name(job, branch), job_path(job, branch)
    which = number if isinstance(number, int) else PERMALINKS[number]
    try:
        response = client.get(f"{path}/{which}/api/json?tree={tree}")
    except NotFound:
        _demand(client, name)
        kind = f"build {number}" if isinstance(number, int) else "build" if number == "any" else f"{number} build"
        raise NotFound(f"{name} has no {kind}") from None
    return made(client, name, client.decoded(response, RawBuild), response)


def _demand(client: Transport, name: str) -> None:
    """Raises NotFound if there is no such job."""
    try:
        client.get(f"{job_path(name)}/api/json?tree=name")
    except NotFound:
        raise no_such(name) from None


def listed(client: Transport, job: str, branch: str | None, limit: int, result: Result | None) -> tuple[Build, ...]:
    """See `Queries.builds`."""
    wanted = limit if result is None else max(limit, LISTED_AT_MOST)
    found = newest(client, full_name(job, branch), wanted, LISTED)
    return tuple(build for build in found if result is None or (build.result == result and not build.building))[:limit]


def newest(client: Transport, name: str, count: int, tree: str) -> tuple[Build, ...]:
    """The newest builds of the job with that full name, newest first."""
    which = "builds" if count <= LISTED_AT_MOST else "allBuilds"
    try:
        response = client.get(f"{job_path(name)}/api/json?tree={which}[{tree}]{{0,{count}}}")
    except NotFound:
        raise no_such(name) from None
    raw = client.decoded(response, RawBuilds)
    builds = raw.builds if which == "builds" else raw.all_builds
    if builds is None:
        raise NotBuildable(f"{name} is a folder or a multibranch project: name a job in it, or a branch")
    return tuple(made(client, name, one, response) for one in builds)


def updated(client: Transport, build: Build) -> Build:
    """``build`` as it stands now; what does not change is not asked again."""
    response = client.get(f"{build_path(build)}api/json?tree={BRIEF}")
    raw = client.decoded(response, RawBuild)
    duration = running_for(build.started, response) if raw.building else raw.duration / 1000
    return msgspec.structs.replace(build, building=raw.building, result=raw.result, duration=duration)
