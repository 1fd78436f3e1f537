"""How far the stages of a build are: the stage view's API and the newer plugin's."""

import itertools
from dataclasses import dataclass
from typing import Any

from tests.fakes.jenkins.build_view import is_freestyle, milliseconds
from tests.fakes.jenkins.builds import Build
from tests.fakes.jenkins.messages import Response, data
from tests.fakes.jenkins.outcome import Stage
from tests.fakes.jenkins.routing import BUILD, Call

VIEW = "pipeline-stage-view"
GRAPH = "pipeline-graph-view"
LOG_LIMIT = 10 * 1024
FIRST_NODE = 6
STATES = {"FAILED": "failure", "IN_PROGRESS": "running", "NOT_EXECUTED": "not_built"}
STATES |= {"PAUSED_PENDING_INPUT": "paused"}
RUN_STATES = {"FAILURE": "FAILED", "NOT_BUILT": "NOT_EXECUTED"}


@dataclass(frozen=True)
class Progress:
    """A stage that began: its node, its status now, and times in seconds of the scenario."""

    stage: Stage
    node: int
    status: str
    started: float
    seconds: float


def begun(build: Build) -> list[Progress]:
    """The stages that began."""
    ran = build.progress()
    starts = itertools.accumulate((stage.seconds for stage in build.outcome.stages), initial=0.0)
    return [
        Progress(stage, FIRST_NODE + 10 * place, _status(build, stage, ran - start), build.started + start,
                 min(ran - start, stage.seconds))
        for place, (stage, start) in enumerate(zip(build.outcome.stages, starts, strict=False))
        if start < ran or (start == ran and build.building) or not build.building and not build.aborts
    ]


def _status(build: Build, stage: Stage, ran: float) -> str:
    if build.building:
        if ran >= stage.seconds:
            return stage.status
        return "PAUSED_PENDING_INPUT" if build.paused else "IN_PROGRESS"
    return "ABORTED" if ran < stage.seconds and build.result == "ABORTED" else stage.status


def run_status(build: Build) -> str:
    """The status of the whole, in the words of the stage view."""
    if build.building:
        return "PAUSED_PENDING_INPUT" if build.paused else "IN_PROGRESS"
    return RUN_STATES.get(str(build.result), str(build.result))


@BUILD.add("GET", "wfapi", "wfapi/describe", plugin=VIEW)
def describe(call: Call) -> Response:
    """The build and its stages."""
    build = _pipeline(call)
    path = f"/{call.job.path}{build.number}/"
    ended = build.ended if not build.building else build.now
    shown: dict[str, Any] = {"_links": {"self": {"href": f"{path}wfapi/describe"}}, "id": str(build.number)}
    shown |= {"name": f"#{build.number}", "status": run_status(build), **_times(build.started, ended)}
    shown |= {"queueDurationMillis": 3, "pauseDurationMillis": _paused(build)}
    return data(shown | {"stages": [_node(one, path, "", one.node) for one in begun(build)]})


@BUILD.add("GET", "execution/node/{id}/wfapi/describe", "execution/node/{id}/wfapi", plugin=VIEW)
def describe_node(call: Call) -> Response:
    """A stage, and the one step in it that writes its log."""
    one = _progress(call)
    path = f"/{call.job.path}{call.build.number}/"
    step = _node(one, path, "sh", one.node + 1)
    step["_links"]["log"] = {"href": f"{path}execution/node/{one.node + 1}/wfapi/log"}
    step |= {"parameterDescription": "make", "parentNodes": [str(one.node)]}
    return data(_node(one, path, "", one.node) | {"stageFlowNodes": [step]})


@BUILD.add("GET", "execution/node/{id}/wfapi/log", plugin=VIEW)
def node_log(call: Call) -> Response:
    """The log of a step, of which only the end is told; a stage by itself has none."""
    one = _progress(call)
    node = call.arguments["id"]
    shown: dict[str, Any] = {"nodeId": node, "nodeStatus": one.status, "length": 0, "hasMore": False}
    if node == str(one.node + 1):
        log = one.stage.log
        shown |= {"length": len(log), "hasMore": len(log) > LOG_LIMIT}
        shown["text"] = log[-LOG_LIMIT:].decode(errors="replace")
    return data(shown | {"consoleUrl": f"/{call.job.path}{call.build.number}/execution/node/{node}/log"})


@BUILD.add("GET", "stages/tree", "pipeline-overview/tree", plugin=GRAPH)
def tree(call: Call) -> Response:
    """The stages as the newer plugin tells them."""
    if call.request.segments[-2] != call.world.graph_view:
        raise call.not_found()
    build = _pipeline(call)
    found = [
        {"id": str(one.node), "name": one.stage.name, "title": one.stage.name, "type": "STAGE", "children": []}
        | {"state": STATES.get(one.status, one.status.lower()), "pauseDurationMillis": 0}
        | {"startTimeMillis": milliseconds(one.started), "totalDurationMillis": milliseconds(one.seconds)}
        for one in begun(build)
    ]
    return data({"status": "ok", "data": {"complete": not build.building, "stages": found}})


def _pipeline(call: Call) -> Build:
    if is_freestyle(call.job):
        raise call.not_found()
    return call.build


def _progress(call: Call) -> Progress:
    wanted = call.arguments["id"]
    found = next((one for one in begun(_pipeline(call)) if wanted in (str(one.node), str(one.node + 1))), None)
    if found is None:
        raise call.not_found()
    return found


def _times(started: float, ended: float) -> dict[str, int]:
    first, last = milliseconds(started), milliseconds(ended)
    return {"startTimeMillis": first, "endTimeMillis": last, "durationMillis": last - first}


def _paused(build: Build) -> int:
    return milliseconds(max(min(build.now, build.ended) - build.started - build.progress(), 0.0))


def _node(one: Progress, path: str, name: str, node: int) -> dict[str, Any]:
    link = {"self": {"href": f"{path}execution/node/{node}/wfapi/describe"}}
    shown: dict[str, Any] = {"_links": link, "id": str(node), "name": name or one.stage.name, "execNode": ""}
    shown |= {"status": one.status, "startTimeMillis": milliseconds(one.started)}
    if one.stage.error is not None:
        shown["error"] = {"message": one.stage.error, "type": "hudson.AbortException"}
    return shown | {"durationMillis": milliseconds(one.seconds), "pauseDurationMillis": 0}
