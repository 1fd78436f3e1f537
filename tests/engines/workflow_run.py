"""Run a project's GitHub workflow on this machine: act executes the commands, `standins/` serve the actions.

act 0.2.89 differs from GitHub: it doesn't filter triggers, wait for approvals or end a job at its time limit, and it
ignores `continue-on-error` of a job; `tolerant` mends the last.
"""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ci.adapters.github import pins
from tests.engines.programs import need
from tests.repository import Repository

STANDINS = Path(__file__).with_name("standins")
REPOSITORY = "example/project"
LABELS = ("ubuntu-24.04",)

#: Seconds that one run may take.
DEADLINE = 120


class WorkflowRun(NamedTuple):
    """What a run came to: each job's result by name, the steps that ran, what was printed, the artifacts' folder.

    A job that was skipped, for whatever reason, has no result.
    """

    results: dict[str, str]
    steps: list[str]
    output: str
    artifacts: Path


def run_workflow(
    project: Path,
    work: Path,
    event: str = "push",
    *,
    payload: Mapping[str, Any] = {},
    secrets: Mapping[str, str] = {},
    variables: Mapping[str, str] = {},
    environment: Mapping[str, str] = {},
    caches: Path | None = None,
) -> WorkflowRun:
    """Run the workflow of ``project``, a git repository with a commit, in the empty folder ``work``.

    ``payload`` is what GitHub sends with the event: a push of a tag is ``{"ref": "refs/tags/v1"}``. ``environment`` is
    what the machine sets for every job, beside PATH and a HOME of the run's own. ``caches`` holds what earlier runs
    saved and gets what this one saves; without it nothing is kept.
    """
    act, artifacts, caches = need("act"), work / "artifacts", caches or work / "caches"
    artifacts.mkdir(parents=True)
    caches.mkdir(exist_ok=True)
    (work / "event.json").write_text(json.dumps(payload))
    given = [*_options("--secret", secrets), *_options("--var", variables), *_actions(project)]
    given += [option for label in LABELS for option in ("--platform", f"{label}=-self-hosted")]
    own_files = [f"--{kind}-file={os.devnull}" for kind in ("env", "secret", "var", "input")]
    command = [act, event, "--json", "--eventpath", str(work / "event.json"), "--no-cache-server"]
    command += ["--action-cache-path", str(work / "cache"), *own_files, *given]
    command += ["--env", f"GITHUB_RUN_ID={time.time_ns()}"]  # act gives all runs the same
    env = {"PATH": os.environ["PATH"], "HOME": str(work), **environment}
    env |= {"STANDIN_ARTIFACTS": str(artifacts), "STANDIN_CACHES": str(caches)}
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=DEADLINE)
    output = done.stdout + done.stderr
    assert "Skipping unsupported platform" not in output, output
    lines = list(_lines(done.stdout))
    ran = _results(lines)
    assert ran or done.returncode == 0, output
    return WorkflowRun(ran, _steps(lines), output, artifacts)


def commit(project: Path, *, branch: str = "main") -> None:
    """Make ``project`` the git repository ``REPOSITORY``, if it is none, and commit all its files on ``branch``."""
    repository = Repository.create(project, f"--initial-branch={branch}")
    repository.git("config", "remote.origin.url", f"https://github.com/{REPOSITORY}.git")
    repository.commit()


def tolerant(workflow: str) -> str:
    """A workflow in which each step of a `continue-on-error` job has it too: act then goes on as GitHub does.

    Only right for a job with one command.
    """
    jobs = re.split(r"(?m)^(?=  [a-z][a-z0-9-]*:$)", workflow)
    return "".join(
        job.replace("      - name:", "      - continue-on-error: true\n        name:")
        if "\n    continue-on-error: true\n" in job
        else job
        for job in jobs
    )


def _options(name: str, values: Mapping[str, str]) -> list[str]:
    return [part for key, value in values.items() for part in (name, f"{key}={value}")]


def _actions(project: Path) -> list[str]:
    """A stand-in for each action that the workflows name."""
    files = [path for path in (project / ".github").rglob("*.y*ml")]
    used = {(action, pin.ref) for path in files for action, pin in pins.read(path.read_text("utf-8"))}
    used = {(action, ref) for action, ref in used if action != "actions/checkout"}
    missing = [action for action, _ref in used if not (STANDINS / action).is_dir()]
    assert not missing, f"write stand-ins for {missing} in {STANDINS}"
    return _options("--local-repository", {f"{action}@{ref}": str(STANDINS / action) for action, ref in used})


def _lines(output: str) -> Iterator[dict[str, Any]]:
    for line in output.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def _results(lines: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Each job's result, from its steps: act lets the cells of a matrix share theirs."""
    failed: dict[str, bool] = {}
    ended: set[str] = set()
    for line in lines:
        if "jobID" in line:
            name = _job_name(line)
            failed[name] = failed.get(name, False) or line.get("stepResult") == "failure"
            ended |= {name} if "jobResult" in line else set()
    results = {name: "failure" if bad else "success" for name, bad in failed.items()}
    return {name: result if name in ended else "unfinished" for name, result in results.items()}


def _steps(lines: Iterable[Mapping[str, Any]]) -> list[str]:
    return [line["step"] for line in lines if "stepResult" in line and line.get("stage") == "Main" and "step" in line]


def _job_name(line: Mapping[str, Any]) -> str:
    values = ", ".join(str(value) for value in (line.get("matrix") or {}).values())
    return f"{line['jobID']} ({values})" if values else str(line["jobID"])
