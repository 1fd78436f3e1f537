"""What started a build, and whether a ``when`` holds for it, as pipeline-model-definition decides it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.engines.jenkinsfile import Node

TIMER = "TimerTriggerCause"
PERSON = "UserIdCause"
PUSH = "BranchEventCause"


@dataclass(frozen=True)
class Start:
    """What the server knows of a build: variables of a multibranch job, causes, and its global properties."""

    environment: Mapping[str, str]
    causes: tuple[str, ...] = (PUSH,)
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def known(self) -> dict[str, str]:
        """The environment before the Jenkinsfile adds to it; Jenkins itself sets CI."""
        return {**self.properties, "CI": "true", **self.environment}


def branch(name: str, *causes: str, **properties: str) -> Start:
    """A build of a branch; by a push, if no other cause is given."""
    return Start({"BRANCH_NAME": name}, causes or (PUSH,), properties)


def tag(name: str, *causes: str) -> Start:
    """A build of a tag, which has the tag's name as its branch too."""
    return Start({"BRANCH_NAME": name, "TAG_NAME": name}, causes or (PUSH,))


def pull_request(number: int, *causes: str, fork: str = "", **properties: str) -> Start:
    """A build of a pull request; ``fork`` names the repository it comes from, if that is another."""
    known = {"BRANCH_NAME": f"PR-{number}", "CHANGE_ID": str(number), "CHANGE_TARGET": "main"}
    return Start(known | ({"CHANGE_FORK": fork} if fork else {}), causes or (PUSH,), properties)


def holds(when: Node | None, start: Start) -> bool:
    """Whether every condition of a ``when`` section holds."""
    return when is None or all(_holds(node, start) for node in when.body or () if not node.name.startswith("before"))


def _holds(node: Node, start: Start) -> bool:
    if node.name in ("allOf", "anyOf", "not"):
        inner = [_holds(child, start) for child in node.body or ()]
        return {"allOf": all(inner), "anyOf": any(inner), "not": not any(inner)}[node.name]
    return _PLAIN[node.name](node, start)


def _compared(node: Node, name: str, actual: str) -> bool:
    """An empty value matches nothing; a regular expression must match the whole value."""
    wanted = node.value(name)
    if not actual:
        return False
    if node.value("comparator") == "REGEXP":
        return re.fullmatch(wanted, actual) is not None
    assert node.value("comparator") == "EQUALS"
    return bool(actual == wanted)


def _change_request(node: Node, start: Start) -> bool:
    if "CHANGE_ID" not in start.environment:
        return False
    return "fork" not in node.named or _compared(node, "fork", start.environment.get("CHANGE_FORK", ""))


def _triggered_by(node: Node, start: Start) -> bool:
    """The beginning of the name of a cause, as ``Utils.shouldRunBeAllowed`` compares it."""
    return any(cause.lower().startswith(node.value(0).lower()) for cause in start.causes)


def _expression(node: Node, start: Start) -> bool:
    """``env.NAME``: an empty text is false in Groovy."""
    assert node.body and len(node.body) == 1
    found = re.fullmatch(r"env\.(\w+)", node.body[0].args[0].value)
    assert found, node
    return bool(start.known.get(found[1]))


_PLAIN: dict[str, Callable[[Node, Start], bool]] = {
    "branch": lambda node, start: _compared(node, "pattern", start.environment.get("BRANCH_NAME", "")),
    "tag": lambda node, start: _compared(node, "pattern", start.environment.get("TAG_NAME", "")),
    "buildingTag": lambda node, start: "TAG_NAME" in start.environment,
    "changeRequest": _change_request,
    "triggeredBy": _triggered_by,
    "expression": _expression,
}
