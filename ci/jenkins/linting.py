"""The server's own validator for declarative Jenkinsfiles."""

from msgspec import Struct

from ci.jenkins.errors import NotFound
from ci.jenkins.results import LintResult
from ci.jenkins.transport import Transport


class Finding(Struct, frozen=True):
    """What is wrong: one message, or several."""

    error: str | list[str] = ""


class Verdict(Struct, frozen=True):
    """Success or failure."""

    result: str = ""
    errors: list[Finding] = []


class LintAnswer(Struct, frozen=True):
    """The validator's answer."""

    data: Verdict = Verdict()


def lint(client: Transport, jenkinsfile: str) -> LintResult:
    """See `JenkinsClient.lint`."""
    try:
        response = client.post("pipeline-model-converter/validateJenkinsfile", data={"jenkinsfile": jenkinsfile})
    except NotFound:
        raise NotFound("this Jenkins has no validator: the plugin pipeline-model-definition is missing") from None
    verdict = client.decoded(response, LintAnswer).data
    errors = [one.error if isinstance(one.error, list) else [one.error] for one in verdict.errors]
    return LintResult(verdict.result == "success", tuple(text for several in errors for text in several))
