"""Ending builds, and running them again."""

import json
from typing import Any

from tests.fakes.jenkins import pages
from tests.fakes.jenkins.messages import Response, data, redirect
from tests.fakes.jenkins.queue import QueueItem
from tests.fakes.jenkins.routing import BUILD, Answer, Call


@BUILD.add("POST", "stop", "term", "kill")
def end(call: Call) -> Response:
    """Make it end; a second time does no harm."""
    call.require("Job/Cancel")
    call.build.end(call.request.segments[-1])
    return redirect(".")


@BUILD.add("POST", "doDelete")
def delete(call: Call) -> Response:
    """Remove the build."""
    call.require("Run/Delete")
    call.job.builds.remove(call.build)
    return redirect(f"http://{call.request.headers['host']}/{call.job.path}")


@BUILD.add("POST", "replay/run")
def replay(call: Call) -> Response:
    """Run it again, with another text."""
    form = json.loads(call.request.form.get("json", ["null"])[0])
    if not isinstance(form, dict) or "mainScript" not in form:
        return pages.error(400, "This page expects a form submission", call.request.path)
    _again(call, script=form["mainScript"])
    return redirect("../..")


@BUILD.add("POST", "replay/rebuild")
def rebuild(call: Call) -> Response:
    """Run it again as it was."""
    _again(call)
    return redirect("../..")


@BUILD.add("POST", "stages/rerun", "pipeline-overview/rerun", plugin="pipeline-graph-view")
def rerun(call: Call) -> Response:
    """Run it again as it was, and say which item of the queue that is."""
    if call.request.segments[-2] != call.world.graph_view:
        raise call.not_found()
    return data({"status": "ok", "data": {"success": True, "queueId": _again(call).id}})


def _again(call: Call, script: Any = None) -> QueueItem:
    if not call.job.buildable:
        raise Answer(pages.error(409, f"{call.job.full_name} is not buildable", call.request.path))
    call.require("Run/Replay")
    cause = f"Replayed #{call.build.number}"
    return call.world.queue.schedule(call.job, call.build.parameters, 0.0, script=script, cause=cause)[0]
