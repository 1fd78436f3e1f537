"""The steps of a Jenkinsfile, executed: commands by ``sh -xe`` on a file, as the durable-task plugin does."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.engines.jenkinsfile import Node

RESULTS = ("SUCCESS", "UNSTABLE", "FAILURE", "NOT_BUILT", "ABORTED")
#: Seconds that a command may take here, whatever the pipeline allows.
_LONGEST_COMMAND = 150
_SECONDS = {"SECONDS": 1, "MINUTES": 60, "HOURS": 3600}


class StepFailed(Exception):
    """A step failed (AbortException)."""


class Interrupted(Exception):
    """The build was stopped, or a time limit was up (FlowInterruptedException)."""


@dataclass(frozen=True)
class Command:
    """A command that a shell has run: its text, its environment, what it wrote and its exit code."""

    stage: str
    text: str
    environment: dict[str, str]
    output: bytes
    exit_code: int


@dataclass
class Record:
    """What a build leaves: commands, kept files, stashes, reports, and a result that can only get worse."""

    folder: Path
    result: str = "SUCCESS"
    commands: list[Command] = field(default_factory=list)
    junit: list[str] = field(default_factory=list)
    unstable: set[str] = field(default_factory=set)

    @property
    def archive(self) -> Path:
        """The folder of kept files."""
        return self.folder / "archive"

    def stash(self, name: str) -> Path:
        """The folder of a stash."""
        return self.folder / "stashes" / name

    def worsen(self, result: str) -> None:
        """Set the build's result, unless it is worse already."""
        self.result = max(self.result, result, key=RESULTS.index)

    def kept(self) -> list[str]:
        """The kept files, by name."""
        return sorted(str(path.relative_to(self.archive)) for path in self.archive.rglob("*") if path.is_file())


@dataclass(frozen=True)
class Place:
    """Where steps run: stage, folder, environment, source, and the time that is left (monotonic seconds)."""

    stage: str
    folder: Path
    environment: dict[str, str]
    source: Path
    record: Record
    deadline: float = float("inf")


def run(nodes: Iterable[Node], place: Place) -> None:
    """Run steps in order. Raises StepFailed or Interrupted."""
    for node in nodes:
        if node.name == "sh":
            _sh(node, place)
        else:
            _STEPS[node.name](node, place)


def _sh(node: Node, place: Place) -> None:
    text = node.value("script") if node.named else node.value(0)
    script = place.record.folder / f"script-{len(place.record.commands)}.sh"
    script.write_bytes(text.encode())
    script.chmod(0o755)
    command = [str(script)] if text.startswith("#!") else ["sh", "-xe", str(script)]
    exit_code, output = _process(command, place)
    place.record.commands.append(Command(place.stage, text, place.environment, output, exit_code))
    if exit_code:
        raise StepFailed(f"script returned exit code {exit_code}")


def _process(command: list[str], place: Place) -> tuple[int, bytes]:
    """Exit code and output. The whole process group ends when the time is up."""
    left = min(place.deadline - time.monotonic(), _LONGEST_COMMAND)
    with subprocess.Popen(
        command, cwd=place.folder, env=place.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, start_new_session=True,
    ) as process:
        try:
            output, _trace = process.communicate(timeout=max(left, 0))
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise Interrupted("Timeout has been exceeded") from None
    return process.returncode, output


def _delete_dir(node: Node, place: Place) -> None:
    shutil.rmtree(place.folder, ignore_errors=True)
    place.folder.mkdir(parents=True)


def _checkout(node: Node, place: Place) -> None:
    """Of a multibranch job: HEAD is detached, and no branch is known but the one that is built."""
    assert node.value(0) == "scm" and not list(place.folder.iterdir()), "checkout needs an empty workspace"
    refspec = f"+HEAD:refs/remotes/origin/{place.environment['BRANCH_NAME']}"
    for command in (
        ["init", "--quiet"], ["remote", "add", "origin", str(place.source)],
        ["fetch", "--quiet", "--no-tags", "origin", refspec], ["checkout", "--quiet", "--force", "FETCH_HEAD"],
    ):
        subprocess.run(["git", *command], cwd=place.folder, check=True)


def _files(folder: Path, patterns: str) -> list[Path]:
    """The files that Ant's patterns mean."""
    found: set[Path] = set()
    for pattern in patterns.split(", "):
        found.update(folder.glob(f"{pattern}/*" if pattern.endswith("**") else pattern))
    return [path.relative_to(folder) for path in sorted(found) if path.is_file()]


def _copy(files: Iterable[Path], source: Path, target: Path) -> None:
    for file in files:
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / file, target / file)


def _stash(node: Node, place: Place) -> None:
    files = _files(place.folder, node.value("includes"))
    if not files:
        raise StepFailed(f"no files included in stash {node.value('name')!r}")
    _copy(files, place.folder, place.record.stash(node.value("name")))


def _unstash(node: Node, place: Place) -> None:
    stash = place.record.stash(node.value(0))
    if not stash.is_dir():
        raise StepFailed(f"no such saved stash {node.value(0)!r}")
    _copy(_files(stash, "**"), stash, place.folder)


def _archive(node: Node, place: Place) -> None:
    files = _files(place.folder, node.value("artifacts"))
    if not files:
        raise StepFailed(f"no artifacts found that match {node.value('artifacts')!r}")
    _copy(files, place.folder, place.record.archive)


def _junit(node: Node, place: Place) -> None:
    """A failed test changes no result here: ``skipMarkingBuildUnstable``."""
    assert node.value("skipMarkingBuildUnstable") is True and node.value("allowEmptyResults") is False
    files = _files(place.folder, node.value("testResults"))
    if not files:
        raise StepFailed("no test report files were found")
    place.record.junit += [(place.folder / file).read_text() for file in files]


def _timeout(node: Node, place: Place) -> None:
    deadline = time.monotonic() + node.value("time") * _SECONDS[node.value("unit")]
    run(node.body or (), replace(place, deadline=min(deadline, place.deadline)))


def _dir(node: Node, place: Place) -> None:
    folder = place.folder / node.value(0)
    folder.mkdir(parents=True, exist_ok=True)
    run(node.body or (), replace(place, folder=folder))


def _catch_error(node: Node, place: Place) -> None:
    """An interruption goes through with ``catchInterruptions: false`` (CatchErrorStep)."""
    assert node.value("catchInterruptions") is False
    try:
        run(node.body or (), place)
    except StepFailed:
        place.record.worsen(node.value("buildResult"))
        if node.value("stageResult") == "UNSTABLE":
            place.record.unstable.add(place.stage)


def _try(node: Node, place: Place) -> None:
    body, last = node.body or ()
    try:
        run(body.body or (), place)
    finally:
        run(last.body or (), place)


def _script(node: Node, place: Place) -> None:
    run(node.body or (), place)


_STEPS: dict[str, Callable[[Node, Place], None]] = {
    "deleteDir": _delete_dir,
    "checkout": _checkout,
    "stash": _stash,
    "unstash": _unstash,
    "archiveArtifacts": _archive,
    "junit": _junit,
    "timeout": _timeout,
    "dir": _dir,
    "catchError": _catch_error,
    "script": _script,
    "try": _try,
}
