"""Rules of declarative pipelines, checked on the tree of a Jenkinsfile.

The first part is what Jenkins' own validator refuses (pipeline-model-definition); the second what it lets through and a
careful person does not write: secrets for every stage, a time limit that counts the wait for an approval, and the like.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from tests.engines.jenkinsfile import Node

Problems = Iterator[str]

_PIPELINE = {"agent", "stages", "environment", "options", "parameters", "triggers", "tools", "libraries", "post"}
_STAGE = {"agent", "environment", "tools", "options", "input", "when", "post", "failFast"}
_WORK = {"steps", "stages", "parallel", "matrix"}
_POST = {
    "always", "changed", "fixed", "regression", "aborted", "success", "unsuccessful", "unstable", "failure",
    "notBuilt", "cleanup",
}
_CONDITIONS = {
    "branch", "buildingTag", "changelog", "changeset", "changeRequest", "environment", "equals", "expression",
    "isRestartedRun", "tag", "triggeredBy", "not", "allOf", "anyOf",
}
_EARLY = {"beforeAgent", "beforeInput", "beforeOptions"}
_OPTIONS = {"buildDiscarder", "disableConcurrentBuilds", "skipDefaultCheckout"}
_TRIGGERS = {"cron", "pollSCM", "upstream"}
_AGENTS = {"any", "none"}
_STEPS = {
    "deleteDir", "checkout", "unstash", "sh", "stash", "dir", "archiveArtifacts", "junit", "timeout", "catchError",
    "script", "try", "body", "finally",
}
_LONGEST_LITERAL = 65_535


def problems(file: Node) -> list[str]:
    """What is wrong with a Jenkinsfile, in words; nothing where it is right."""
    if [node.name for node in file.body or ()] != ["pipeline"]:
        return ["a file is one pipeline block and nothing else"]
    pipeline = file.all("pipeline")[0]
    found = [*_sections(pipeline, "pipeline", _PIPELINE, ["agent", "stages"]), *_top(pipeline)]
    for stage in _stages(pipeline):
        found += [problem for rule in RULES for problem in rule(stage)]
    return found + [*_names(pipeline), *_steps(pipeline), *_stashes(pipeline)]


def _stages(pipeline: Node) -> list[Node]:
    return [node for node in pipeline.walk() if node.name == "stage" and node.body is not None]


def _title(stage: Node) -> str:
    return f"stage {stage.value(0)!r}" if stage.args else "stage"


def _sections(node: Node, title: str, known: Iterable[str], required: Iterable[str] = ()) -> Problems:
    """Each section is known, stands once, and is not empty."""
    names = Counter(section.name for section in node.body or ())
    yield from (f"{title}: {name} is no section" for name in names if name not in known)
    yield from (f"{title}: {name} stands {count} times" for name, count in names.items() if count > 1)
    yield from (f"{title}: {name} is missing" for name in required if name not in names)
    yield from (f"{title}: {section.name} is empty" for section in node.body or () if section.body == ())


def _top(pipeline: Node) -> Problems:
    for section, known in (("options", _OPTIONS), ("triggers", _TRIGGERS)):
        for node in pipeline.all(section):
            yield from _sections(node, section, known)
    yield from _environment(pipeline, "pipeline")
    for node in pipeline.all("environment"):
        if any(value.args[1].kind == "call" for value in node.body or ()):
            yield "pipeline: a secret is in the environment of every stage"
    for node in pipeline.walk():
        if node.name == "disableConcurrentBuilds" and "abortPrevious" in node.named:
            if node.named["abortPrevious"].kind == "truth":
                yield "options: abortPrevious would end a running deploy"


def _environment(node: Node, title: str) -> Problems:
    names: list[str] = []
    for section in node.all("environment"):
        for line in section.body or ():
            if line.name != "=" or line.args[0].kind != "name":
                yield f"{title}: environment holds assignments only"
                continue
            names.append(line.args[0].value)
            value = line.args[1]
            if value.kind != "text" and not (value.kind == "call" and value.value.name == "credentials"):
                yield f"{title}: {names[-1]} is neither a text nor credentials('id')"
    yield from (f"{title}: {name} is set twice" for name, count in Counter(names).items() if count > 1)


def _shape(stage: Node) -> Problems:
    work = [node.name for node in stage.body or () if node.name in _WORK]
    yield from _sections(stage, _title(stage), _STAGE | _WORK)
    yield from _environment(stage, _title(stage))
    if len(work) != 1:
        yield f"{_title(stage)}: needs exactly one of steps, stages, parallel, matrix"
    if {"parallel", "matrix"} & set(work):
        if stage.all("agent", "tools"):
            yield f"{_title(stage)}: has parallel stages, so it can't have an agent"
        inner = [node.name for section in stage.all(*work) for node in section.walk() if node is not section]
        if {"parallel", "matrix"} & set(inner):
            yield f"{_title(stage)}: parallel inside parallel"
    elif not stage.all("agent"):
        yield f"{_title(stage)}: no agent, and the pipeline has none"


def _agents(stage: Node) -> Problems:
    for agent in stage.all("agent"):
        if agent.body is None and (len(agent.args) != 1 or agent.args[0].value not in _AGENTS):
            yield f"{_title(stage)}: unknown agent"
        if agent.body is not None and [node.name for node in agent.body] not in (["label"], ["docker"]):
            yield f"{_title(stage)}: unknown agent"


def _timing(stage: Node) -> Problems:
    if any(option.name in ("timeout", "retry") for options in stage.all("options") for option in options.body or ()):
        yield f"{_title(stage)}: a timeout in options counts the wait for people and agents"
    for steps in stage.all("steps"):
        limited = [node for limit in steps.walk() if limit.name == "timeout" for node in limit.walk()]
        if any(node.name == "sh" and node not in limited for node in steps.walk()):
            yield f"{_title(stage)}: a command without a time limit"


def _when(stage: Node) -> Problems:
    for when in stage.all("when"):
        early = {node.name for node in when.body or () if node.name in _EARLY and node.value(0) is True}
        if "beforeAgent" not in early:
            yield f"{_title(stage)}: takes an agent before it knows whether it runs"
        if stage.all("input") and "beforeInput" not in early:
            yield f"{_title(stage)}: asks before it knows whether it runs"
        yield from _conditions(stage, [node for node in when.body or () if node.name not in _EARLY])


def _conditions(stage: Node, nodes: list[Node]) -> Problems:
    if not nodes:
        yield f"{_title(stage)}: an empty condition"
    for node in nodes:
        if node.name not in _CONDITIONS:
            yield f"{_title(stage)}: {node.name} is no condition"
        if node.name in ("not", "allOf", "anyOf"):
            yield from _conditions(stage, list(node.body or ()))
        if node.name == "not" and len(node.body or ()) != 1:
            yield f"{_title(stage)}: not holds one condition"
        if node.name in ("branch", "tag") and "comparator" not in node.named:
            yield f"{_title(stage)}: {node.name} without a comparator ignores case"


def _post(stage: Node) -> Problems:
    for post in stage.all("post"):
        yield from _sections(post, f"{_title(stage)}: post", _POST)


RULES: tuple[Callable[[Node], Problems], ...] = (_shape, _agents, _timing, _when, _post)


def _names(pipeline: Node) -> Problems:
    names = Counter(stage.value(0) for stage in _stages(pipeline))
    yield from (f"stage {name!r} stands {count} times" for name, count in names.items() if count > 1)


def _steps(pipeline: Node) -> Problems:
    for place in pipeline.walk():
        if place.name not in ("steps", *_POST):
            continue
        for node in place.walk():
            if node is not place and node.name not in _STEPS and node.name not in _POST:
                yield f"line {node.line}: {node.name} is no step that every Jenkins has"
            yield from _step(node)


def _step(node: Node) -> Problems:
    if node.name == "sh":
        text = node.named.get("script") or (node.args[0] if node.args else None)
        if text is None or text.kind != "text":
            yield f"line {node.line}: a command must be a plain text, so that Groovy replaces nothing in it"
        elif text.value.startswith("#!"):
            yield f"line {node.line}: a command that begins with #! runs without -e"
        elif len(text.value.encode()) > _LONGEST_LITERAL:
            yield f"line {node.line}: a literal is longer than a class file can hold"
    if node.name == "junit" and "skipMarkingBuildUnstable" not in node.named:
        yield f"line {node.line}: junit would decide the verdict"
    if node.name == "catchError" and not ("catchInterruptions" in node.named and not node.value("catchInterruptions")):
        yield f"line {node.line}: catchError would go on after a person stopped the build"


def _stashes(pipeline: Node) -> Problems:
    """Every stash has one name, and is made before it is used."""
    made: list[str] = []
    for node in pipeline.walk():
        if node.name == "stash":
            made.append(node.value("name"))
        if node.name == "unstash" and node.value(0) not in made:
            yield f"line {node.line}: nothing made the stash {node.value(0)!r} before"
    yield from (f"stash {name!r} is made {count} times" for name, count in Counter(made).items() if count > 1)
