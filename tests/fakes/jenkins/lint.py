"""The server's own check of Jenkinsfiles."""

import re

from tests.fakes.jenkins import pages
from tests.fakes.jenkins.messages import Response, data, text
from tests.fakes.jenkins.routing import SERVER, Call

PLUGIN = "pipeline-model-definition"
NO_PIPELINE = "did not contain the 'pipeline' step"


def errors(call: Call) -> list[str] | None:
    """What is wrong with the Jenkinsfile; None when there is none."""
    sent = call.request.form.get("jenkinsfile")
    if sent is None:
        return None
    return call.world.lint_errors or ([] if re.search(r"(?m)^\s*pipeline\s*\{", sent[0]) else [NO_PIPELINE])


@SERVER.add("POST", "pipeline-model-converter/validateJenkinsfile", plugin=PLUGIN)
def validate_as_json(call: Call) -> Response:
    """The verdict as JSON; the status is 200 either way."""
    found = errors(call)
    if found is None:
        found = ["No Jenkinsfile specified"]
    said = {"result": "failure", "errors": [{"error": one} for one in found]} if found else {"result": "success"}
    return data({"status": "ok", "data": said})


@SERVER.add("POST", "pipeline-model-converter/validate", plugin=PLUGIN)
def validate(call: Call) -> Response:
    """The verdict in words."""
    found = errors(call)
    if found is None:
        return pages.error(400, "No Jenkinsfile specified", call.request.path)
    if found:
        return text("Errors encountered validating Jenkinsfile:\n" + "\n".join(found) + "\n\n")
    return text("Jenkinsfile successfully validated.\n")
