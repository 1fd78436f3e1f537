"""A wanted job configuration against the one on the server: what is set there otherwise, and the two in one."""

import copy
import difflib
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, fromstring, indent, tostring

from ci.jenkins.errors import Refused

#: What a new job needs or has by itself, and nobody wants to change.
_SCAFFOLD = frozenset({"actions", "folderViews", "icon", "id", "keepDependencies", "owner"})


def differences(current: str, wanted: str) -> tuple[str, ...]:
    """What is set otherwise, a line each: ``definition/scriptPath: Jenkinsfile.old -> Jenkinsfile``.

    What ``wanted`` does not mention is no difference. Raises Refused if the two are not of one kind.
    """
    return tuple(_differences(*_both(current, wanted), ""))


def merged(current: str, wanted: str) -> str:
    """``current`` with all that ``wanted`` sets. Raises Refused as `differences`."""
    root, values = _both(current, wanted)
    _merge(root, values)
    return _text(root)


def unified_diff(current: str | None, wanted: str, *, job: str) -> str:
    """The two as people compare files; attributes that name versions of plugins left out."""
    old, new = ("" if text is None else _text(_without_versions(_parsed(text))) for text in (current, wanted))
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"{job} on the server", f"{job} as wanted"
    )
    return "".join(lines)


def _both(current: str, wanted: str) -> tuple[Element, Element]:
    root, values = _parsed(current), _parsed(wanted)
    if root.tag != values.tag:
        raise Refused(f"the job is there and is of another kind ({root.tag}): choose another name, or delete it first")
    return root, values


def _parsed(text: str) -> Element:
    """XML 1.1 allows control characters, which Python's parser does not read."""
    try:
        return fromstring(text.encode())
    except ParseError as error:
        raise Refused(f"the job's configuration on the server can't be read ({error}): change it there") from None


def _differences(current: Element, wanted: Element, path: str) -> Iterator[str]:
    if not len(wanted) and _value(current) != _value(wanted):
        yield f"{path}: {_value(current) or 'nothing'} -> {_value(wanted) or 'nothing'}"
    for child, there in _pairs(current, wanted):
        where = f"{path}/{_short(child.tag)}".lstrip("/")
        if there is None:
            yield f"{where}: not there yet" + (f" -> {_value(child)}" if _value(child) else "")
        elif there.get("class") != child.get("class"):
            yield f"{where}: {_short(there.get('class') or 'another')} -> {_short(child.get('class') or 'another')}"
        else:
            yield from _differences(there, child, where)


def _merge(current: Element, wanted: Element) -> None:
    if not len(wanted) and _value(current) != _value(wanted):
        current[:], current.text = [], wanted.text
    for child, there in tuple(_pairs(current, wanted)):
        if there is None:
            current.append(copy.deepcopy(child))
        elif there.get("class") != child.get("class"):
            current[list(current).index(there)] = copy.deepcopy(child)
        else:
            _merge(there, child)


def _pairs(current: Element, wanted: Element) -> Iterator[tuple[Element, Element | None]]:
    """The children of ``wanted``, each with its like in ``current``: the first of its name, the second, ..."""
    seen: Counter[str] = Counter()
    for child in wanted:
        alike = [one for one in current if one.tag == child.tag]
        place = seen[child.tag]
        seen[child.tag] += 1
        if child.tag not in _SCAFFOLD:
            yield child, alike[place] if place < len(alike) else None


def _value(element: Element) -> str:
    """Its text; of an element with others in it nothing, as it only holds them."""
    return "" if len(element) else (element.text or "").strip()


def _short(name: str) -> str:
    """A Java class without its package."""
    return name.rpartition(".")[2]


def _without_versions(root: Element) -> Element:
    for element in root.iter():
        element.attrib.pop("plugin", None)
    return root


def _text(root: Element) -> str:
    indent(root)
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{tostring(root, encoding='unicode')}\n"
