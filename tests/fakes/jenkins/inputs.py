"""Questions that stop a build until they are answered."""

import json
from typing import Any

from tests.fakes.jenkins import pages
from tests.fakes.jenkins.messages import Response, data
from tests.fakes.jenkins.outcome import Input
from tests.fakes.jenkins.routing import BUILD, Call

PLUGIN = "pipeline-input-step"


def shown_id(question: Input) -> str:
    """The id as Jenkins has it: the first letter is upper case."""
    return question.id[:1].upper() + question.id[1:]


@BUILD.add("GET", "wfapi/pendingInputActions", plugin="pipeline-stage-view")
def pending(call: Call) -> Response:
    """The questions that wait."""
    question = call.build.paused
    if question is None:
        return data([])
    path = f"/{call.job.path}{call.build.number}/"
    name = shown_id(question)
    inputs = [
        {"type": "StringParameterDefinition", "name": one, "description": "", "definition": {"defaultVal": ""}}
        for one in question.parameters
    ]
    waiting = {"id": name, "proceedText": question.proceed, "message": question.message, "inputs": inputs}
    waiting["proceedUrl"] = f"{path}wfapi/inputSubmit?inputId={name}"
    waiting["abortUrl"] = f"{path}input/{name}/abort"
    waiting["redirectApprovalUrl"] = f"{path}input/"
    return data([waiting])


@BUILD.add("POST", "input/{id}/proceedEmpty", plugin=PLUGIN)
def proceed_empty(call: Call) -> Response:
    """Yes, and nothing more."""
    return _settle(call, proceed=True, values={})


@BUILD.add("POST", "input/{id}/proceed", plugin=PLUGIN)
def proceed(call: Call) -> Response:
    """Yes, with values in the form's field ``json``."""
    form = json.loads(call.request.form.get("json", ["{}"])[0])
    entries = form.get("parameter", [])
    entries = [entries] if isinstance(entries, dict) else entries
    return _settle(call, proceed=True, values={entry["name"]: entry["value"] for entry in entries})


@BUILD.add("POST", "input/{id}/abort", plugin=PLUGIN)
def abort(call: Call) -> Response:
    """No: the build ends."""
    return _settle(call, proceed=False, values={})


def _settle(call: Call, *, proceed: bool, values: dict[str, Any]) -> Response:
    wanted = call.arguments["id"]
    question = next((one for one in call.build.outcome.inputs if shown_id(one) == wanted), None)
    if question is None:
        raise call.not_found()
    if question is not call.build.paused:
        return pages.refusal("This input has been already given")
    if question.denied:
        return pages.refusal("You need to be somebody else to submit this")
    call.build.settle(question, proceed=proceed)
    call.build.answers[question.id] = values
    return Response(200)
