"""Questions that a build asks people, and their answers."""

import json
from collections.abc import Mapping

from msgspec import Struct, field

from ci.errors import UsageError
from ci.jenkins.build_contents import InputRequest
from ci.jenkins.builds import build_path
from ci.jenkins.errors import NotFound
from ci.jenkins.parameters import text
from ci.jenkins.paths import below
from ci.jenkins.results import Build, Parameter, ParameterValue
from ci.jenkins.transport import Transport
from ci.visible import one_line


class Detail(Struct, frozen=True, rename="camel"):
    """What a parameter of a question is when it is not given, and what it may be."""

    default_val: object = None
    choices: list[str] | None = None


class RawParameter(Struct, frozen=True):
    """A parameter of a question."""

    name: str
    type: str
    description: str | None = None
    definition: Detail = Detail()

    def made(self) -> Parameter:
        """As the package's users see it."""
        default = self.definition.default_val
        return Parameter(
            self.name, self.type.removesuffix("ParameterDefinition"),
            default if isinstance(default, str | bool | int | float) else None,
            tuple(self.definition.choices or ()), self.description or "",
        )


class RawInput(Struct, frozen=True, rename="camel"):
    """A question."""

    id: str
    message: str = ""
    proceed_text: str = "Proceed"
    parameters: list[RawParameter] = field(name="inputs", default_factory=list)


def pending(client: Transport, build: Build) -> tuple[InputRequest, ...]:
    """See `Queries.inputs`."""
    try:
        response = client.get(f"{build_path(build)}wfapi/pendingInputActions")
    except NotFound:
        return ()
    return tuple(
        InputRequest(one.id, one.message, one.proceed_text, tuple(each.made() for each in one.parameters))
        for one in client.decoded(response, list[RawInput])
    )


def approve(
    client: Transport, build: Build, wanted: str | None, params: Mapping[str, ParameterValue]
) -> InputRequest:
    """See `JenkinsClient.approve`."""
    request = _chosen(client, build, wanted)
    unknown = params.keys() - {one.name for one in request.parameters}
    if unknown:
        raise UsageError(f"{build.name} does not ask for {', '.join(sorted(unknown))} in {one_line(request.id)}")
    if not request.parameters:
        client.post(f"{_path(build, request)}/proceedEmpty")
        return request
    given = {one.name: params.get(one.name, one.default) for one in request.parameters}
    values = [
        {"name": name, "value": value if isinstance(value, bool) else text(value)}
        for name, value in given.items() if value is not None
    ]
    form = {"proceed": request.proceed, "json": json.dumps({"parameter": values})}
    client.post(f"{_path(build, request)}/proceed", data=form)
    return request


def reject(client: Transport, build: Build, wanted: str | None) -> InputRequest:
    """See `JenkinsClient.reject`."""
    request = _chosen(client, build, wanted)
    client.post(f"{_path(build, request)}/abort")
    return request


def _path(build: Build, request: InputRequest) -> str:
    return f"{build_path(build)}input/{below(request.id)}"


def _chosen(client: Transport, build: Build, wanted: str | None) -> InputRequest:
    """The question ``wanted``, or the only one. Jenkins makes the first letter of an id upper-case."""
    waiting = pending(client, build)
    name = wanted[:1].upper() + wanted[1:] if wanted else None
    found = [one for one in waiting if name in (None, one.id)]
    known = one_line(", ".join(one.id for one in waiting))
    if not found:
        raise NotFound(
            f"{build.name} does not wait for {wanted or 'anybody'}" + (f"; it waits for {known}" if known else "")
        )
    if len(found) > 1:
        raise UsageError(f"{build.name} waits for more than one thing: name one of {known}")
    return found[0]
