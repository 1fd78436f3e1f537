"""What nox runs in a project: the sessions of noxfile.py, which is parsed and not run."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from ci.projects.adopt.settings import texts
from ci.projects.adopt.tree import Tree

FILE = "noxfile.py"


class Session(Struct, frozen=True):
    """A session; ``pythons`` where it is written for several, ``takes_arguments``: it hands on what follows ``--``."""

    name: str
    pythons: tuple[str, ...]
    takes_arguments: bool


def read_nox(tree: Tree) -> tuple[Session, ...]:
    """The sessions in their order; none where noxfile.py is missing or can't be parsed."""
    try:
        module = ast.parse(tree.text(FILE))
    except (SyntaxError, ValueError, RecursionError):
        return ()
    values = {
        target.id: node.value for node in module.body if isinstance(node, ast.Assign)
        for target in node.targets if isinstance(target, ast.Name)
    }
    return tuple(_sessions(module, values))


def _sessions(module: ast.Module, values: dict[str, ast.expr]) -> Iterator[Session]:
    for function in module.body:
        if not isinstance(function, ast.FunctionDef):
            continue
        for decorator in function.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            if ast.unparse(call.func if call else decorator) in ("nox.session", "session"):
                words = {word.arg: word.value for word in call.keywords} if call else {}
                name = texts(_literal(words.get("name"), values))
                pythons = _literal(words.get("python"), values)
                takes = any(isinstance(node, ast.Starred) and ast.unparse(node.value) == "session.posargs"
                            for node in ast.walk(function))
                yield Session(name[0] if name else function.name, texts(pythons), takes)


def _literal(node: ast.expr | None, values: dict[str, ast.expr]) -> object:
    """What an argument is, written out or by the name of a constant."""
    node = values.get(node.id) if isinstance(node, ast.Name) else node
    try:
        return ast.literal_eval(node) if node else None
    except (ValueError, TypeError, RecursionError):
        return None
