"""The environment variables of a job."""

import json
from collections.abc import Mapping
from pathlib import Path

from ci.checks import LOCAL
from ci.errors import UsageError
from ci.plan import ENVIRONMENT_VARIABLE, Job, Plan
from ci.process import GIT_VARIABLES
from ci.runner.checkout import Source
from ci.runner.conditions import is_rehearsal
from ci.runner.descendants import COOKIE

#: Path of a file that a job may write; its text is shown at the end of the run.
NOTICE_FILE = "CI_NOTICE_FILE"

#: JSON list of the jobs that succeeded in earlier stages: what `ci build` may say of the release.
CHECKS = "CI_CHECKS"

#: Where `ci deploy` keeps its releases: every job has a checkout of its own, and the server outlives them all.
SERVER_DIRECTORY = "CI_SERVER_DIRECTORY"
_PYTHON = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
_OWN = ("CI_DIRTY", CHECKS, ENVIRONMENT_VARIABLE)


def secret_names(plan: Plan) -> frozenset[str]:
    """The variables by which this machine knows the secrets of all jobs."""
    return frozenset(secret.variable for job in plan.jobs for secret in job.secrets)


def of_run(plan: Plan, source: Source, environ: Mapping[str, str], *, server: Path) -> dict[str, str]:
    """What all jobs of a run share: this process's environment without what belongs to single jobs or to git."""
    private = secret_names(plan) | {variable for job in plan.jobs for variable in job.variables}
    dropped = private | GIT_VARIABLES | set(_OWN)
    shared = {name: value for name, value in environ.items() if name not in dropped}
    own = {"CI": "true", "CI_COMMIT": source.commit, SERVER_DIRECTORY: str(server)}
    return {**shared, **own, **({"CI_DIRTY": "1"} if source.dirty else {})}


def of_job(
    job: Job, shared: Mapping[str, str], environ: Mapping[str, str], *, cookie: str, notice: Path,
    passed: tuple[str, ...],
) -> dict[str, str]:
    """What one job gets beside its Python. Raises UsageError if a secret that it needs is not set."""
    own = {} if is_rehearsal(job) else _private(job, environ)
    outer = shared.get(COOKIE)
    return {
        **shared, **job.env, **own, CHECKS: json.dumps(passed), NOTICE_FILE: str(notice),
        COOKIE: f"{outer}:{cookie}" if outer else cookie,
        ENVIRONMENT_VARIABLE: LOCAL,  # in every job: no command of a definition deploys elsewhere from a laptop
    }


def _private(job: Job, environ: Mapping[str, str]) -> dict[str, str]:
    names = [secret.variable for secret in job.secrets]
    missing = [name for name in names if not environ.get(name)]
    if missing:
        raise UsageError(f"the secret {missing[0]} is not set: put it into the environment of `ci run`")
    return {name: environ[name] for name in (*names, *job.variables) if name in environ}


def with_python(env: Mapping[str, str], prefix: Path) -> dict[str, str]:
    """``env`` with the virtual environment at ``prefix`` activated."""
    kept = {name: value for name, value in env.items() if name not in _PYTHON}
    return {**kept, "VIRTUAL_ENV": str(prefix), "PATH": f"{prefix / 'bin'}:{env.get('PATH', '/usr/bin:/bin')}"}
