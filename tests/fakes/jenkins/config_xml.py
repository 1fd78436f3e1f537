"""The XML of items, as the server rewrites it when it saves: plugins' versions, defaults, its own order."""

from collections.abc import Callable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from tests.fakes.jenkins.items import FOLDER, FREESTYLE, MULTIBRANCH, Folder, Item, Job, Multibranch
from tests.fakes.jenkins.parameters import KINDS as PARAMETER_KINDS
from tests.fakes.jenkins.parameters import Parameter
from tests.fakes.jenkins.world import World

PROLOG = "<?xml version='1.1' encoding='UTF-8'?>\n"
DEFINITIONS = "properties/hudson.model.ParametersDefinitionProperty/parameterDefinitions"

KINDS: dict[str, Callable[[World, Folder, str], Item]] = {
    "flow-definition": Job,
    "project": lambda world, folder, name: Job(world, folder, name, freestyle=True),
    FOLDER: Folder,
    MULTIBRANCH: Multibranch,
}

PLUGINS = {
    "flow-definition": "workflow-job@1600.v0",
    "org.jenkinsci.plugins.workflow.cps.": "workflow-cps@4200.v0",
    "org.jenkinsci.plugins.workflow.multibranch.": "workflow-multibranch@821.v0",
    "com.cloudbees.hudson.plugins.folder.": "cloudbees-folder@6.1050.v0",
    "hudson.plugins.git.": "git@5.8.0",
    "jenkins.plugins.git.": "git@5.8.0",
    "jenkins.branch.": "branch-api@2.1230.v0",
}

ORDER = ("actions", "description", "displayName", "keepDependencies", "properties", "definition", "scm")
COMMON = {"actions": "", "properties": "", "disabled": "false"}
DEFAULTS = {
    "flow-definition": COMMON | {"keepDependencies": "false", "triggers": ""},
    "project": COMMON | {"keepDependencies": "false", "canRoam": "true"},
    FOLDER: {"actions": "", "properties": "", "healthMetrics": ""},
    MULTIBRANCH: COMMON | {"healthMetrics": ""},
}


class BadXml(ValueError):
    """It cannot be read."""


def parsed(xml: bytes) -> Element:
    """The root element; BadXml when it cannot be read."""
    try:
        return ElementTree.fromstring(xml)
    except ElementTree.ParseError as problem:
        raise BadXml(str(problem)) from problem


def rewritten(xml: bytes) -> str:
    """The same configuration in the server's own words; BadXml when it cannot be read."""
    root = parsed(xml)
    for name, value in DEFAULTS.get(root.tag, {}).items():
        if root.find(name) is None:
            SubElement(root, name).text = value or None
    root[:] = sorted(root, key=lambda one: ORDER.index(one.tag) if one.tag in ORDER else len(ORDER))
    for element in root.iter():
        _name_plugin(element)
    ElementTree.indent(root)
    return PROLOG + ElementTree.tostring(root, encoding="unicode")


def _name_plugin(element: Element) -> None:
    for start, plugin in PLUGINS.items():
        if element.tag.startswith(start) or element.get("class", "").startswith(start):
            element.set("plugin", plugin)


def apply(item: Item, root: Element) -> None:
    """Let the item be as its XML says."""
    item.description = root.findtext("description")
    item.display_name = root.findtext("displayName") or item.display_name
    if isinstance(item, Job | Multibranch):
        item.disabled = root.findtext("disabled") == "true"
    if isinstance(item, Job):
        definitions = root.find(DEFINITIONS)
        item.parameters = tuple(_parameter(one) for one in definitions) if definitions is not None else ()


def _parameter(element: Element) -> Parameter:
    kind = element.tag.removeprefix("hudson.model.").removesuffix("ParameterDefinition")
    choices = tuple(one.text or "" for one in element.iterfind("choices//string"))
    default = element.findtext("defaultValue") or ""
    return Parameter(
        element.findtext("name") or "",
        default == "true" if kind == "Boolean" else default,
        kind if kind in PARAMETER_KINDS else "String",
        choices,
        element.findtext("description") or "",
    )


def initial(item: Item) -> str:
    """The XML of an item that a test made."""
    if not isinstance(item, Job):
        return rewritten(f"<{item.kind}/>".encode())
    root = Element("project" if item.kind == FREESTYLE else "flow-definition")
    SubElement(root, "description").text = item.description
    SubElement(root, "disabled").text = "true" if item.disabled else "false"
    if item.parameters:
        parent = root
        for name in DEFINITIONS.split("/"):
            parent = SubElement(parent, name)
        for one in item.parameters:
            _write(SubElement(parent, f"hudson.model.{one.type}"), one)
    return rewritten(ElementTree.tostring(root))


def _write(element: Element, one: Parameter) -> None:
    SubElement(element, "name").text = one.name
    SubElement(element, "description").text = one.description
    if one.kind == "Choice":
        choices = SubElement(SubElement(element, "choices", {"class": "java.util.Arrays$ArrayList"}), "a")
        choices.set("class", "string-array")
        for choice in one.choices:
            SubElement(choices, "string").text = choice
    else:
        SubElement(element, "defaultValue").text = str(one.default).lower() if one.kind == "Boolean" else one.default
