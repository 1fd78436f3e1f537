"""The parameters of a job: how they are defined, and what Jenkins makes of what is sent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.fakes.jenkins.messages import Part

KINDS = ("String", "Text", "Boolean", "Choice", "Password", "File")


class BadValue(ValueError):
    """Jenkins answers with its page for exceptions."""


@dataclass(frozen=True)
class Parameter:
    """One definition; ``kind`` is one of KINDS, and Choice when there are choices."""

    name: str
    default: Any = ""
    kind: str = "String"
    choices: Sequence[str] = ()
    description: str = ""

    def __post_init__(self) -> None:
        if self.choices:
            object.__setattr__(self, "kind", "Choice")
            object.__setattr__(self, "default", self.default or self.choices[0])
        if self.kind not in KINDS:
            raise ValueError(f"no such kind of parameter: {self.kind}")

    @property
    def type(self) -> str:
        """The type as Jenkins shows it."""
        return f"{self.kind}ParameterDefinition"

    @property
    def readable(self) -> bool:
        """Whether a build tells its value."""
        return self.kind not in ("Password", "File")

    def value(self, sent: Any) -> Any:
        """What the build gets for what was ``sent``; BadValue when it is none of the choices."""
        if self.kind == "Boolean":
            return sent is True or str(sent).lower() in ("true", "on")
        if self.kind == "Choice" and sent not in self.choices:
            raise BadValue(f"Illegal choice for parameter {self.name}: {sent}")
        return sent


def as_parameter(definition: "str | Parameter") -> Parameter:
    """A bare name is a string parameter without a default."""
    return Parameter(definition) if isinstance(definition, str) else definition


def from_fields(
    defined: Sequence[Parameter], fields: Mapping[str, Sequence[str]], files: Mapping[str, Part]
) -> dict[str, Any]:
    """The values of buildWithParameters: defaults for what is missing, nothing for what is unknown."""
    values: dict[str, Any] = {}
    for one in defined:
        sent = fields.get(one.name, [])
        if len(sent) > 1:
            raise BadValue(f"{one.name} is there twice")
        if one.kind == "File":
            if one.name in files:
                values[one.name] = files[one.name].content
        else:
            values[one.name] = one.value(sent[0]) if sent else one.default
    return values


def from_json(defined: Sequence[Parameter], form: Any, files: Mapping[str, Part]) -> dict[str, Any]:
    """The values of the field ``json`` of a submitted form; ValueError when it has not the right shape.

    Unlike buildWithParameters it refuses names that are not defined.
    """
    entries = form["parameter"] if isinstance(form, dict) and "parameter" in form else None
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list):
        raise ValueError("the form holds no list of parameters")
    by_name = {one.name: one for one in defined}
    values: dict[str, Any] = {}
    for entry in entries:
        name = entry["name"]
        if name not in by_name:
            raise BadValue(f"No such parameter definition: {name}")
        if name in values:
            raise BadValue(f"{name} is there twice")
        if by_name[name].kind == "File":
            values[name] = files[entry["file"]].content if entry.get("file") in files else b""
        else:
            values[name] = by_name[name].value(entry["value"])
    return values


def seconds(delay: str) -> float:
    """The time that ``delay`` names: plain milliseconds, or a number with a unit; BadValue for others."""
    found = re.fullmatch(r"(\d+)\s*(|sec|secs|min|mins|hour|hours|day|days)", delay.strip())
    if not found:
        raise BadValue(f"not a duration: {delay}")
    unit = {"": 0.001, "sec": 1, "min": 60, "hour": 3600, "day": 86400}[found[2].removesuffix("s")]
    return int(found[1]) * unit
