"""Read YAML for a check: strictly, so that a key that stands twice is an error and not a value that got lost."""

from functools import cache
from typing import Any, TypeVar

import msgspec

from ci import wording

StructType = TypeVar("StructType", bound=msgspec.Struct)

#: What ``ci.adapters.validators.rules`` says where the package is missing.
PACKAGES = {"yaml": "pip install pyyaml"}


def read(text: str) -> Any:
    """The content of a document. Raises ValueError, with the line, for what is no YAML or has a key twice."""
    import yaml

    try:
        return yaml.load(text, _loader())  # a SafeLoader
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark else ""
        raise ValueError(f"{line}{getattr(error, 'problem', None) or error}") from None


def read_as(text: str, kind: type[StructType]) -> StructType:
    """The content of a document as a type. Raises ValueError, with the place, for what is no such thing."""
    content = read(text)
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        if not isinstance(content, dict):
            raise ValueError("is no mapping") from None
        raise ValueError(wording.place(wording.problem(str(error), content, kind, ()), content)) from None


@cache
def _loader() -> Any:
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Refuses duplicate keys, which YAML forbids (1.2.2, section 3.2.1.1) and PyYAML takes."""

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            """A mapping of different keys."""
            seen: set[Any] = set()
            for key_node, _value in node.value:
                key = self.construct_object(key_node, deep=True)
                if isinstance(key, (dict, list)) or key in seen:
                    problem = f"the key {key!r} stands here twice" if key in seen else "a key has to be a text"
                    raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
                seen.add(key)
            mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
            return mapping

    return Loader
