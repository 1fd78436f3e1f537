"""Making, changing and removing items by their XML."""

from tests.fakes.jenkins import pages
from tests.fakes.jenkins.config_xml import KINDS, BadXml, apply, initial, parsed, rewritten
from tests.fakes.jenkins.items import UNSAFE, Folder, Item, Job, Multibranch
from tests.fakes.jenkins.messages import Response, content, redirect
from tests.fakes.jenkins.routing import ITEM, SERVER, Answer, Call

XML = ("text/xml", "application/xml")
FOLDER_MODE = "com.cloudbees.hudson.plugins.folder.Folder"


@SERVER.add("POST", "createItem")
@ITEM.add("POST", "createItem")
def create(call: Call) -> Response:
    """A new item from XML, as a copy, or an empty folder."""
    folder = call.folder
    call.require("Job/Create")
    name = _new_name(call, folder)
    mode = call.request.parameter("mode")
    if mode == "copy":
        source = call.world.find((call.request.parameter("from") or "").strip("/"))
        if source is None:
            return pages.refusal(f"No such job: {call.request.parameter('from')}")
        _make(folder, name, source.xml or initial(source))
    elif mode == FOLDER_MODE:
        folder.add(Folder(call.world, folder, name))
    elif mode is not None:
        return pages.refusal(f"No such job type: {mode}")
    elif call.request.media_type in XML:
        _make(folder, name, _xml(call))
        return Response(200)
    else:
        return pages.refusal("No mode given")
    return redirect(f"http://{call.request.headers['host']}/{folder.children[name.lower()].path}")


@ITEM.add("GET", "config.xml")
def read(call: Call) -> Response:
    """The XML as the server keeps it."""
    call.require("Job/ExtendedRead")
    call.item.xml = call.item.xml or initial(call.item)
    return content(call.item.xml.encode(), "application/xml")


@ITEM.add("POST", "config.xml")
def write(call: Call) -> Response:
    """Other XML; the server keeps it in its own way."""
    call.require("Job/Configure")
    if call.request.media_type not in XML:
        call.checks.note(f"{call.request.path}: XML that does not say so")
    _configure(call.item, _xml(call))
    return Response(200)


@ITEM.add("POST", "doDelete")
def delete(call: Call) -> Response:
    """Remove the item."""
    _remove(call)
    above = call.item.parent.path if call.item.parent else ""
    return redirect(f"http://{call.request.headers['host']}/{above}")


@ITEM.add("DELETE", "")
def delete_rest(call: Call) -> Response:
    """Remove the item."""
    _remove(call)
    return Response(204)


@ITEM.add("POST", "enable", "disable")
def switch(call: Call) -> Response:
    """Let it build, or not."""
    call.require("Job/Configure")
    if not isinstance(call.item, Job | Multibranch):
        raise call.not_found()
    call.item.disabled = call.request.segments[-1] == "disable"
    call.item.xml = None
    return redirect(".")


def _remove(call: Call) -> None:
    call.require("Job/Delete")
    assert call.item.parent is not None
    del call.item.parent.children[call.item.name.lower()]


def _new_name(call: Call, folder: Folder) -> str:
    name = call.request.parameter("name")
    if not name:
        raise Answer(pages.refusal("No name is specified"))
    for letter in name:
        if letter in UNSAFE or ord(letter) < 32:
            raise Answer(pages.refusal(f"'{letter}' is an unsafe character"))
    if name.endswith("."):
        raise Answer(pages.refusal("A name cannot end with '.'"))
    if folder.find(name) is not None:
        raise Answer(pages.refusal(f"A job already exists with the name '{name}'"))
    return name


def _xml(call: Call) -> str:
    try:
        return rewritten(call.request.body)
    except BadXml:
        raise Answer(pages.oops()) from None


def _make(folder: Folder, name: str, xml: str) -> None:
    kind = KINDS.get(parsed(xml.encode()).tag)
    if kind is None:
        raise Answer(pages.oops())
    item = kind(folder.world, folder, name)
    _configure(item, xml)
    folder.add(item)


def _configure(item: Item, xml: str) -> None:
    item.xml = xml
    apply(item, parsed(xml.encode()))
