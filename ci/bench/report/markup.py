"""HTML and SVG as trees of the standard library, which writes and escapes them."""

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def element(tag: str, *content: str | Element, **attributes: str | float) -> Element:
    """An element with its attributes and content: ``element("text", "5 %", text_anchor="middle", x="12%")``.

    In names of attributes ``_`` is a hyphen, and one at the end is for words of Python (``class_``). Numbers are
    written with at most two decimals.
    """
    names = {name.rstrip("_").replace("_", "-"): _value(value) for name, value in attributes.items()}
    made = Element(tag, names)
    for part in content:
        if isinstance(part, Element):
            made.append(part)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + clean(part)
        else:
            made.text = (made.text or "") + clean(part)
    return made


def page(root: Element) -> str:
    """A whole HTML document."""
    return f"<!doctype html>\n{ElementTree.tostring(root, encoding='unicode', method='html')}\n"


def clean(text: str) -> str:
    """Text without the characters that HTML can't hold."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)


def _value(value: str | float) -> str:
    return clean(value) if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
