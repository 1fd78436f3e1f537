"""What checks the module: rules over its data, and Buildbot itself, with a worker for every label.

``buildbot checkconfig`` says nothing of a stage that starts an unknown scheduler or itself, of a lock without access,
of a condition that can't be called and of variables that are no mapping (4.3, tried): the configuration asks for these.
"""

import ast
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ci.adapters.validators import PATIENCE, Validator
from ci.adapters.validators import rules as rules_of
from ci.process import run

#: What Buildbot takes as the name of a builder (buildbot.config).
LONGEST_NAME = 70

#: A master.cfg; MODULE is set above it.
CONFIGURATION = """
import runpy
from buildbot.locks import LockAccess
from buildbot.plugins import steps, worker

c = BuildmasterConfig = {"protocols": {"null": {}}, "buildbotNetUsageData": None}
c["workers"] = [worker.LocalWorker("coordinator"), worker.LocalWorker("machine")]
module = runpy.run_path(MODULE)
labels = {job["runs_on"] for chain in module["CHAINS"] for stage in chain["stages"] for job in stage["jobs"]}
module["configure"](
    c, repository="https://git.example.org/project.git", workers={label: ["machine"] for label in labels},
    coordinators=["coordinator"],
)
started = {scheduler.name: scheduler.builderNames for scheduler in c["schedulers"]}
for builder in c["builders"]:
    if not all(isinstance(lock, LockAccess) for lock in builder.locks):
        raise ValueError(f"{builder.name}: a lock without access")
    for step in builder.factory.steps:
        given = step.kwargs
        for name in given.get("schedulerNames", []):
            if builder.name in started.get(name, [builder.name]):
                raise ValueError(f"{builder.name}: starts itself, or {name}, which is not there")
        if not (callable(given.get("doStepIf", True)) or isinstance(given.get("doStepIf", True), bool)):
            raise ValueError(f"{builder.name}: a condition that can't be called")
        if not isinstance(given.get("env", {}), dict):
            raise ValueError(f"{builder.name}: variables that are no mapping")
"""


def checkconfig(file: str) -> Validator:
    """``buildbot checkconfig`` of a master that loads the module ``file``."""

    def check(folder: Path) -> list[str]:
        with tempfile.TemporaryDirectory() as made:
            text = f"MODULE = {str(folder / file)!r}\n{CONFIGURATION}"
            Path(made, "master.cfg").write_text(text, encoding="utf-8")
            ended = run(["buildbot", "checkconfig", made], cwd=folder, check=False, timeout=PATIENCE)
        return [] if ended.exit_code == 0 else [(ended.stdout + ended.stderr).strip()]

    def missing() -> str:
        return "" if shutil.which("buildbot") else 'pip install "buildbot[bundle]"'

    return Validator("buildbot checkconfig", check, missing)


def rules(file: str) -> Validator:
    """Rules of ours over the data of the module ``file``."""

    def problems(files: Mapping[str, str]) -> list[str]:
        return [f"{file}: {text}" for text in _problems(files[file])] if file in files else []

    return rules_of(problems)


def data(text: str) -> dict[str, Any]:
    """The data at the top of a module, by name, as Python reads it. Raises SyntaxError."""
    return dict(_constants(ast.parse(text).body))


def _constants(body: list[ast.stmt]) -> Iterator[tuple[str, Any]]:
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                yield node.targets[0].id, ast.literal_eval(node.value)
            except ValueError:
                continue  # computed, so it is part of the code


def _problems(text: str) -> Iterator[str]:
    try:
        chains = data(text)["CHAINS"]
        yield from _in_names([*_builders(chains)])
        yield from _in_order(chains)
        for job in _jobs(chains):
            yield from _in_job(job)
    except (SyntaxError, KeyError, TypeError, AttributeError) as error:
        yield f"can't be read: {type(error).__name__} {error}"


def _jobs(chains: Any) -> Iterator[Any]:
    for chain in chains:
        for stage in chain["stages"]:
            yield from stage["jobs"]


def _builders(chains: Any) -> Iterator[str]:
    yield from (chain["builder"] for chain in chains)
    yield from (job["builder"] for job in _jobs(chains))


def _in_names(names: list[str]) -> Iterator[str]:
    yield from (f"there are two builders {name}" for name, times in Counter(names).items() if times > 1)
    for name in names:
        if not 0 < len(name) <= LONGEST_NAME or name.startswith("_"):
            yield f"a builder can't be called {name!r}: up to {LONGEST_NAME} letters, the first no _"


def _in_order(chains: Any) -> Iterator[str]:
    """Approvals follow the run that they are for, inputs the stage that makes them."""
    before = ""
    made: set[str] = set()
    for chain in chains:
        if chain["after"] != before:
            yield f"{chain['builder']} follows {chain['after'] or 'nothing'} and not {before or 'nothing'}"
        if chain["after"] and (chain["lock"] != "approved" or not chain["approval"] or not chain["force"]):
            yield f"{chain['builder']} could run without a person, or twice at once"
        before = chain["builder"]
        for stage in chain["stages"]:
            asked = {name for job in stage["jobs"] for name in job["inputs"]}
            yield from (f"{stage['name']}: no stage before it makes {name}" for name in sorted(asked - made))
            made |= {name for job in stage["jobs"] for name in job["artifacts"]}


def _in_job(job: Any) -> Iterator[str]:
    name = job["builder"]
    if not job["commands"] or not all(_are_texts(command) and len(command) == 2 for command in job["commands"]):
        yield f"{name}: commands are pairs of a label and a text, and there is at least one"
    if type(job["limit"]) is not int or job["limit"] < 1:
        yield f"{name}: the time limit {job['limit']!r} is no number of seconds"
    for key in ("env", "secrets", "reports"):
        if not _are_texts([*job[key].keys(), *job[key].values()]):
            yield f"{name}: {key} holds more than texts"


def _are_texts(values: Iterable[Any]) -> bool:
    return not isinstance(values, str) and all(isinstance(value, str) for value in values)
