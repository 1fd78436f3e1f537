"""The text of a job's only step. TeamCity runs it without ``-e``: what counts is the last exit code."""

import shlex
from collections.abc import Iterator

from ci import plan as planning
from ci.model import When
from ci.plan import Job, Plan, Stage

#: The branch as a variable: TeamCity pastes a parameter into the text of a script, and a branch may be named ``$(id)``.
BRANCH = "CI_BRANCH"

#: Set to the environment's name by the person who starts a run that may deploy there.
APPROVED = "CI_APPROVED"

#: What the branch is called where it is the default one (seen with a public server's builds).
_DEFAULT = "<default>"


def script(job: Job, stage: Stage, plan: Plan) -> str:
    """Conditions, then the commands under their time limit, then the reports, whatever became of the commands."""
    gates = [line for when in (stage.when, job.when) if when for line in _gates(when, plan)]
    approval = [_approval(job.approval)] if job.approval else []
    return "\n".join([*dict.fromkeys(gates), *approval, *_work(job)])


def needs_branch(job: Job, stage: Stage) -> bool:
    """Whether the script asks for the branch."""
    return any(when and when.branch for when in (stage.when, job.when))


def _gates(when: When, plan: Plan) -> Iterator[str]:
    if when.branch:
        patterns = [*when.branch, *([shlex.quote(_DEFAULT)] if _is_default(when, plan) else [])]
        skip = f'echo "skipped on the branch ${BRANCH}"; exit 0'
        yield f"case ${BRANCH} in {' | '.join(patterns)}) ;; *) {skip} ;; esac"
    elif when.tag:
        yield 'echo "skipped: TeamCity builds no tags"; exit 0'
    for name in when.variable:
        yield f'[ -n "${name}" ] || {{ echo "skipped: {name} is empty"; exit 0; }}'


def _is_default(when: When, plan: Plan) -> bool:
    branch = plan.default_branch
    return any(branch == one or (one.endswith("*") and branch.startswith(one[:-1])) for one in when.branch)


def _approval(environment: str) -> str:
    said = f"skipped: nobody agreed to {environment}; start a run with env.{APPROVED} = {environment}"
    return f'[ "${APPROVED}" = {environment} ] || {{ echo "{said}"; exit 0; }}'


def _work(job: Job) -> Iterator[str]:
    text = planning.whole_job(job)
    if not job.reports:
        yield text
        return
    yield f"code=0\n{text} || code=$?"
    if job.summary_step:
        yield f"{job.summary_step.text} || true"
    files = " ".join(shlex.quote(report.path) for report in job.reports)
    yield f"for report in {files}; do"
    yield '  [ -f "$report" ] || { echo "no report $report"; code=$((code ? code : 1)); }\ndone'
    yield 'exit "$code"'
