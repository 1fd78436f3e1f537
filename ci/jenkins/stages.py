"""The stages of a build, from whichever plugin the server has: Stage View or Graph View (before and after 2026-02)."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import Struct

from ci.jenkins.build_contents import Stage, StageStatus
from ci.jenkins.builds import build_path
from ci.jenkins.errors import NotFound
from ci.jenkins.paths import below
from ci.jenkins.results import Build
from ci.jenkins.transport import Transport

_STATUSES: dict[str, StageStatus] = {
    "SUCCESS": "success", "UNSTABLE": "unstable", "FAILED": "failed", "FAILURE": "failed", "ABORTED": "aborted",
    "IN_PROGRESS": "running", "RUNNING": "running", "PAUSED_PENDING_INPUT": "paused", "PAUSED": "paused",
    "SKIPPED": "skipped", "NOT_EXECUTED": "not executed", "NOT_BUILT": "not executed", "QUEUED": "not executed",
}


class StageError(Struct, frozen=True):
    """Why a stage failed."""

    message: str | None = None


class ViewStage(Struct, frozen=True, rename="camel"):
    """A stage, or a step of one, as Stage View has it. Times in milliseconds."""

    id: str
    name: str
    status: str
    error: StageError | None = None
    start_time_millis: int = 0
    duration_millis: int = 0
    pause_duration_millis: int = 0


class View(Struct, frozen=True):
    """A build as Stage View has it."""

    stages: list[ViewStage] = []


class Steps(Struct, frozen=True, rename="camel"):
    """A stage with its steps."""

    stage_flow_nodes: list[ViewStage] = []


class StepLog(Struct, frozen=True):
    """The end of what a step wrote, as HTML."""

    text: str = ""


class GraphStage(Struct, frozen=True, rename="camel"):
    """A stage as Graph View has it; branches of parallel stages are its children."""

    id: str | int
    name: str
    state: str
    start_time_millis: int | None = None
    total_duration_millis: int | None = None
    pause_duration_millis: int | None = None
    children: list["GraphStage"] = []


class Graph(Struct, frozen=True):
    """The stages as Graph View has them."""

    stages: list[GraphStage] = []


class GraphAnswer(Struct, frozen=True):
    """Graph View's answer."""

    data: Graph = Graph()


def of_build(client: Transport, build: Build) -> tuple[Stage, ...]:
    """See `Queries.stages`."""
    path = build_path(build)
    try:
        view = client.decoded(client.get(f"{path}wfapi/describe"), View)
        return tuple(_from_view(one) for one in view.stages)
    except NotFound:
        pass
    for place in ("stages/tree", "pipeline-overview/tree"):
        try:
            graph = client.decoded(client.get(path + place), GraphAnswer).data
            return tuple(stage for one in graph.stages for stage in _from_graph(one))
        except NotFound:
            pass
    return ()


def _from_view(one: ViewStage) -> Stage:
    return Stage(
        one.id, one.name, status(one.status), _time(one.start_time_millis),
        one.duration_millis / 1000, one.pause_duration_millis / 1000, one.error.message if one.error else None,
    )


def _from_graph(one: GraphStage) -> Iterator[Stage]:
    yield Stage(
        str(one.id), one.name, status(one.state), _time(one.start_time_millis),
        (one.total_duration_millis or 0) / 1000, (one.pause_duration_millis or 0) / 1000,
    )
    for child in one.children:
        yield from _from_graph(child)


def status(word: str) -> StageStatus:
    """A plugin's word for how a stage stands, as ours."""
    return _STATUSES.get(word.upper(), "not executed")


def _time(milliseconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None


def log(client: Transport, build: Build, stage: Stage) -> str | None:
    """See `Queries.stage_log`: Stage View keeps the logs of a stage's steps."""
    nodes = f"{build_path(build)}execution/node/"
    try:
        steps = client.decoded(client.get(f"{nodes}{below(stage.id)}/wfapi/describe"), Steps).stage_flow_nodes
        failed = [one for one in steps if status(one.status) == "failed"]
        logs = [client.decoded(client.get(f"{nodes}{below(one.id)}/wfapi/log"), StepLog) for one in failed or steps]
    except NotFound:
        return None
    return "".join(html.unescape(re.sub(r"<[^>]*>", "", one.text)) for one in logs)
