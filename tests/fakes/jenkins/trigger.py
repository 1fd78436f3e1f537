"""Starting builds: build and buildWithParameters, with every answer they have."""

import json
from typing import Any

from tests.fakes.jenkins import pages
from tests.fakes.jenkins.items import Job, Multibranch
from tests.fakes.jenkins.messages import Response, redirect
from tests.fakes.jenkins.parameters import from_fields, from_json, seconds
from tests.fakes.jenkins.queue import QueueItem
from tests.fakes.jenkins.routing import ITEM, Answer, Call


@ITEM.add("POST", "build")
def build(call: Call) -> Response:
    """Start without parameters, or with those of a submitted form; on a multibranch project: scan."""
    if isinstance(call.item, Multibranch):
        return _scan(call, call.item)
    job = _buildable(call)
    if not job.parameters:
        item, _ = call.world.queue.schedule(job, {}, _quiet(call))
        return _created(call, item) if not job.vetoed else redirect(".")
    if not call.request.form and not call.request.files:
        raise Answer(pages.error(400, "Nothing is submitted", call.request.path))
    if "json" not in call.request.form:
        raise Answer(pages.error(400, "This page expects a form submission", call.request.path))
    form = json.loads(call.request.form["json"][0])
    return _schedule(call, job, from_json(job.parameters, form, call.request.files), merged=redirect("."))


@ITEM.add("POST", "buildWithParameters")
def build_with_parameters(call: Call) -> Response:
    """Start with parameters as fields; what is missing takes its default."""
    job = _buildable(call)
    if not job.parameters:
        raise Answer(pages.error(400, f"{job.full_name} is not parameterized", call.request.path))
    values = from_fields(job.parameters, call.request.parameters, call.request.files)
    return _schedule(call, job, values, merged=None)


@ITEM.add("GET", "build")
def build_form(call: Call) -> Response:
    """Nothing starts by GET; a job with parameters shows its form."""
    call.checks.note(f"GET {call.request.path}: not this method")
    answer = pages.error(405, "Method Not Allowed", call.request.path, Allow="POST")
    if isinstance(call.item, Job) and call.item.parameters:
        answer = pages.page("Build", "<form method='post' action='build?delay=0sec'></form>", 405)
        answer.headers["Allow"] = "POST"
    return answer


def _buildable(call: Call) -> Job:
    job = call.job
    if not job.buildable:
        raise Answer(pages.error(409, f"{job.full_name} is not buildable", call.request.path))
    sent = call.request.parameter("token")
    if job.token is not None and sent is not None and sent != job.token:
        raise Answer(pages.error(403, "Invalid token provided.", call.request.path))
    if sent is None or sent != job.token:
        call.require("Job/Build")
    return job


def _quiet(call: Call) -> float | None:
    delay = call.request.parameter("delay")
    return None if delay is None else seconds(delay)


def _schedule(call: Call, job: Job, values: dict[str, Any], merged: Response | None) -> Response:
    if job.vetoed:
        return redirect(".")
    item, new = call.world.queue.schedule(job, values, _quiet(call))
    if new:
        return _created(call, item)
    return merged or redirect(_location(call, item), 303)


def _created(call: Call, item: QueueItem) -> Response:
    return redirect(_location(call, item), 201)


def _location(call: Call, item: QueueItem) -> str:
    root = call.world.location_root or f"http://{call.request.headers['host']}/"
    return f"{root}queue/item/{item.id}/"


def _scan(call: Call, project: Multibranch) -> Response:
    call.require("Job/Build")
    if project.disabled:
        return pages.error(500, f"{project.full_name} cannot be recomputed", call.request.path)
    project.scans += 1
    return redirect(".")
