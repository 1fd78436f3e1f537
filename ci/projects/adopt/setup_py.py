"""The arguments of ``setup()`` in a setup.py that are written out; it is parsed, not run."""

import ast
from collections.abc import Mapping
from typing import Any


def arguments(text: str) -> Mapping[str, Any]:
    """The keyword arguments of the call of ``setup`` that are literals, by name; empty where there is none."""
    try:
        calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    except (SyntaxError, ValueError, RecursionError):
        return {}
    found = [call for call in calls if ast.unparse(call.func) in ("setup", "setuptools.setup")]
    return {word.arg: value for call in found for word in call.keywords if word.arg and (value := _literal(word.value))}


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError):
        return None
