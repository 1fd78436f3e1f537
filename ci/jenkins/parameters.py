"""What a job takes, and whether it is what somebody wants to give: Jenkins ignores unknown names without a word."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from ci.jenkins.errors import BadParameters, NotFound, no_such
from ci.jenkins.paths import full_name, job_path
from ci.jenkins.results import Parameter, ParameterValue
from ci.jenkins.transport import Transport

_DEFINITION = "name,type,choices"
_FOR_PEOPLE = f"{_DEFINITION},description,defaultParameterValue[value]"
#: Characters of a wrong name or value that a message repeats.
_LONGEST = 100
_TREE = "buildable,nextBuildNumber,property[parameterDefinitions[{}]]"


class Secret(str):
    """A parameter's text that no message shows, whatever the job takes it for."""

    def __repr__(self) -> str:
        return "(not shown)"


class Default(Struct, frozen=True):
    """What a parameter is when it is not given."""

    value: object = None


class Definition(Struct, frozen=True, rename="camel"):
    """A parameter of a job, or of a question that a build asks."""

    name: str
    type: str
    choices: list[str] | None = None
    description: str | None = None
    default_parameter_value: Default | None = None

    def made(self) -> Parameter:
        """As the package's users see it."""
        default = self.default_parameter_value.value if self.default_parameter_value else None
        return Parameter(
            name=self.name,
            type=self.type.removesuffix("ParameterDefinition"),
            default=default if isinstance(default, str | bool | int | float) else None,
            choices=tuple(self.choices or ()),
            description=self.description or "",
        )


class Property(Struct, frozen=True, rename="camel"):
    """One of a job's many properties; only one kind holds parameters."""

    parameter_definitions: list[Definition] = []


class RawJob(Struct, frozen=True, rename="camel"):
    """What has to be known of a job before it is triggered."""

    kind: str = field(name="_class", default="")
    buildable: bool = True
    next_build_number: int | None = None
    properties: list[Property | None] = field(name="property", default_factory=list)

    def parameters(self) -> tuple[Parameter, ...]:
        """What it takes."""
        found = (one for each in self.properties if each for one in each.parameter_definitions)
        return tuple(one.made() for one in found)


def asked(client: Transport, job: str, branch: str | None, *, for_people: bool = False) -> RawJob:
    """A job, with defaults and descriptions only ``for_people``."""
    tree = _TREE.format(_FOR_PEOPLE if for_people else _DEFINITION)
    try:
        return client.ask(f"{job_path(job, branch)}/", tree, RawJob)
    except NotFound:
        raise no_such(full_name(job, branch)) from None


def check(
    job: str, known: Sequence[Parameter], params: Mapping[str, ParameterValue], files: Mapping[str, Path]
) -> None:
    """Compare what is to be given with what the job takes. Raises BadParameters that names everything at once."""
    by_name = {one.name: one for one in known}
    unknown = [name for name in (*params, *files) if name not in by_name]
    invalid = dict(_wrong(by_name, params, files))
    if not unknown and not invalid:
        return
    problems = [f"it has no parameter {_short(name)}{_suggestion(name, by_name)}" for name in unknown]
    problems += [f"{name} {what}" for name, what in invalid.items()]
    if not known:
        problems.append("it takes none; a Pipeline learns its parameters from its Jenkinsfile in its first build")
    raise BadParameters(f"nothing was sent to {job}: {'; '.join(problems)}", unknown=unknown, invalid=invalid)


def _wrong(
    by_name: Mapping[str, Parameter], params: Mapping[str, ParameterValue], files: Mapping[str, Path]
) -> Iterator[tuple[str, str]]:
    """Names of parameters, and what is wrong with them."""
    for name, parameter in by_name.items():
        if name in files:
            yield from _wrong_file(parameter, files[name], given_twice=name in params)
        elif parameter.type == "File":
            yield name, "is a file: give one" if name not in params else "is a file: give its path, not its text"
        elif name in params:
            yield from _wrong_value(parameter, text(params[name]), shown=not isinstance(params[name], Secret))


def _wrong_file(parameter: Parameter, path: Path, *, given_twice: bool) -> Iterator[tuple[str, str]]:
    if parameter.type not in ("File", "StashedFile", "Base64File"):
        yield parameter.name, f"is no file but {parameter.type}"
    elif given_twice:
        yield parameter.name, "is given both as a file and as text"
    elif not path.is_file():
        yield parameter.name, f"names no file: {path}"


def _wrong_value(parameter: Parameter, value: str, *, shown: bool) -> Iterator[tuple[str, str]]:
    said = repr(_short(value)) if shown else "what was given"
    if parameter.type == "Choice" and value not in parameter.choices:
        near = _suggestion(value, parameter.choices) if shown else ""
        yield parameter.name, f"can't be {said}" + (near or f" (one of: {', '.join(parameter.choices)})")
    elif parameter.type == "Boolean" and value not in ("true", "false"):
        yield parameter.name, f"is true or false, not {said}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _suggestion(wrong: str, known: Mapping[str, object] | Sequence[str]) -> str:
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(wrong.lower(), by_lower, n=1)
    return f" (did you mean {by_lower[near[0]]}?)" if near else ""


def text(value: ParameterValue) -> str:
    """A value as Jenkins reads it from a form; plain text also of a `Secret`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(value)
    return str(value)
