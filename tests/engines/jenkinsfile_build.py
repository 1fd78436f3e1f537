"""Runs a Jenkinsfile's stages the way Jenkins does (ModelInterpreter of pipeline-model-definition), on this machine.

Order around a stage: ``when``, ``input``, agent, environment with credentials, steps, ``post``. Parallel stages all
run, whatever becomes of the others; after a stage that failed nothing else starts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.engines.jenkinsfile import Node
from tests.engines.jenkinsfile_conditions import Start, holds
from tests.engines.jenkinsfile_steps import Interrupted, Place, Record, StepFailed, run

_ORDER = ("always", "changed", "success", "failure", "cleanup")


class Refused(Exception):
    """A person answered an ``input`` with no."""


@dataclass
class Build:
    """One build. ``jobs`` holds success, failure, timed-out, skipped or not-run for each stage without inner ones."""

    source: Path
    start: Start
    record: Record
    secrets: Mapping[str, str]
    environment: dict[str, str]
    approved: bool = True
    jobs: dict[str, str] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    failed: bool = False

    @property
    def result(self) -> str:
        """SUCCESS, UNSTABLE, FAILURE or ABORTED."""
        return self.record.result

    @property
    def allowed(self) -> set[str]:
        """Jobs that failed and were allowed to."""
        return self.record.unstable


def build(
    file: Node, source: Path, folder: Path, start: Start, *, environment: Mapping[str, str],
    secrets: Mapping[str, str] | None = None, approved: bool = True,
) -> Build:
    """Run a Jenkinsfile from the repository at ``source`` below ``folder``; ``environment`` is the agents'."""
    (pipeline,) = file.all("pipeline")
    folder.mkdir(parents=True)
    made = Build(source, start, Record(folder), secrets or {}, {**environment, **start.known}, approved)
    made.environment.update(_assignments(made, pipeline))
    for stage in pipeline.one("stages").all("stage"):  # type: ignore[union-attr]
        _stage(made, stage)
    return made


def _stage(made: Build, stage: Node) -> None:
    """One stage of the top; its failure keeps the later ones from running."""
    if made.failed:
        _mark(made, stage, "not-run")
        return
    try:
        _evaluate(made, stage)
    except (StepFailed, Interrupted, Refused) as error:
        made.failed = True
        made.record.worsen("FAILURE" if isinstance(error, StepFailed) else "ABORTED")


def _evaluate(made: Build, stage: Node) -> None:
    if not holds(stage.one("when"), made.start):
        _mark(made, stage, "skipped")
        return
    if question := stage.one("input"):
        made.questions.append(question.one("message").value(0))  # type: ignore[union-attr]
        if not made.approved:
            _mark(made, stage, "not-run")
            raise Refused
    parallel = stage.one("parallel")
    if parallel is None:
        _job(made, stage)
        return
    errors = []
    for branch in parallel.all("stage"):
        try:
            _evaluate(made, branch)
        except (StepFailed, Interrupted) as error:
            errors.append(error)
    if errors:
        raise errors[0]


def _mark(made: Build, stage: Node, result: str) -> None:
    for inner in stage.walk():
        if inner.name == "stage" and not inner.all("parallel"):
            made.jobs[inner.value(0)] = result


def _job(made: Build, stage: Node) -> None:
    """A stage with an agent. Its workspace is dirty, as those of real agents are."""
    name = stage.value(0)
    folder = made.record.folder / f"workspace-{len(made.jobs)}"
    folder.mkdir()
    (folder / "left-over").write_text("from another build\n")
    environment = {**made.environment, **_assignments(made, stage), "WORKSPACE": str(folder)}
    place = Place(name, folder, environment, made.source, made.record)
    error: Exception | None = None
    try:
        run(stage.one("steps").body or (), place)  # type: ignore[union-attr]
    except (StepFailed, Interrupted) as failure:
        error = failure
    error = _post(stage, place, error)
    caught = name in made.record.unstable
    made.jobs[name] = "timed-out" if isinstance(error, Interrupted) else "failure" if error or caught else "success"
    if error:
        raise error


def _post(stage: Node, place: Place, error: Exception | None) -> Exception | None:
    """Every condition that holds, in Jenkins' order; the first error of the stage is its error."""
    sections = {node.name: node for post in stage.all("post") for node in post.body or ()}
    for name in _ORDER:
        if name in sections and {"success": not error, "failure": bool(error)}.get(name, True):
            try:
                run(sections[name].body or (), place)
            except (StepFailed, Interrupted) as failure:
                error = error or failure
    assert not list(place.folder.iterdir()), "a job leaves an empty workspace"
    return error


def _assignments(made: Build, node: Node) -> dict[str, str]:
    """The ``environment`` section; a credential becomes its secret."""
    lines = [line for section in node.all("environment") for line in section.body or ()]
    values = {line.value(0): line.args[1] for line in lines}
    return {
        name: made.secrets[value.value.value(0)] if value.kind == "call" else value.value
        for name, value in values.items()
    }
