"""A Jenkinsfile as a tree, read by Groovy's own parser (the version that Jenkins' plugins are built with)."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ci.plan import Job, whole_job
from tests.engines.programs import need

SCRIPT = Path(__file__).with_suffix(".groovy")


class NotGroovy(Exception):
    """The text is not Groovy; the message is the parser's."""


@dataclass(frozen=True)
class Value:
    """An argument. ``kind`` is text, number, truth, null, name, call, choice or source (any other expression)."""

    kind: str
    value: Any


@dataclass(frozen=True)
class Node:
    """A statement: a call with its closure, or ``=``, ``try`` or ``?``."""

    name: str
    args: tuple[Value, ...] = ()
    named: Mapping[str, Value] = field(default_factory=dict)
    body: tuple["Node", ...] | None = None
    line: int = 0

    def all(self, *names: str) -> list["Node"]:
        """The statements of the closure that have one of the names."""
        return [node for node in self.body or () if node.name in names]

    def one(self, name: str) -> "Node | None":
        """The one statement of that name in the closure, if there is any."""
        found = self.all(name)
        assert len(found) < 2, f"{name} stands {len(found)} times in {self.name}"
        return found[0] if found else None

    def walk(self) -> Iterator["Node"]:
        """This statement and all inside, in order."""
        yield self
        for node in self.body or ():
            yield from node.walk()

    def value(self, name: str | int) -> Any:
        """The plain value of an argument, by name or position."""
        found = self.args[name] if isinstance(name, int) else self.named[name]
        assert found.kind in ("text", "number", "truth", "name"), f"{found} of {self.name} is no plain value"
        return found.value


class Reader:
    """A running parser: one start of the JVM for many files."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def read(self, text: str) -> Node:
        """The file as one node, whose body is what stands at the top. Raises NotGroovy."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(text) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if answer["error"]:
            raise NotGroovy(answer["error"])
        return Node("file", body=tuple(map(_node, answer["nodes"])))


@contextmanager
def reader() -> Iterator[Reader]:
    """A parser that ends with the block."""
    java_home = Path(need("java")).resolve().parent.parent
    command = [need("groovy"), "--encoding", "UTF-8", str(SCRIPT)]
    environment = {"JAVA_HOME": str(java_home), **os.environ, "JAVA_OPTS": "-Xss8m -XX:TieredStopAtLevel=1"}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            yield Reader(process)
        finally:
            process.kill()


def commands(node: Node) -> list[str]:
    """What the shells get, in order."""
    found = [inner for inner in node.walk() if inner.name == "sh"]
    return [inner.value("script") if inner.named else inner.value(0) for inner in found]


def planned_commands(job: Job) -> list[str]:
    """What the plan says that the shells get."""
    if job.allow_failure:
        return [whole_job(job)]
    first = [job.python_step.text] if job.python_step else []
    return first + [job.in_environment(step) for step in job.steps]


def _node(found: Mapping[str, Any]) -> Node:
    return Node(
        found["name"],
        tuple(map(_value, found["args"])),
        {name: _value(value) for name, value in found["named"].items()},
        None if found["body"] is None else tuple(map(_node, found["body"])),
        found["line"],
    )


def _value(found: Mapping[str, Any]) -> Value:
    kind, value = found["kind"], found["value"]
    if kind == "call":
        return Value(kind, _node(value))
    if kind == "choice":
        return Value(kind, (value[0], _value(value[1]), _value(value[2])))
    return Value(kind, value)
