"""``when`` as GitHub's ``if``."""

from collections.abc import Iterator

from ci.model import When
from ci.plan import Job, Plan, Stage

EVENTS = {"push": "push", "pull-request": "pull_request", "schedule": "schedule", "manual": "workflow_dispatch"}

#: A job whose need was skipped is skipped too, unless its condition calls a status function. With these it runs after
#: a skipped stage, and doesn't after a failed one. A job at its time limit is no failure on GitHub: it is cancelled,
#: and ``cancelled()`` is about the whole run, so the results of the jobs before are asked too.
AFTER_EARLIER_STAGES = "!cancelled() && !failure() && !contains(needs.*.result, 'cancelled')"

#: Holds for all but pull requests from forks, whose runs get no secrets. (``head.repo.fork`` is also true for a pull
#: request within a repository that is a fork itself.)
FROM_HERE = "github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository"

_LONGEST_LINE = 100


def condition(job: Job, stage: Stage, plan: Plan, *, certain: str | None = None) -> str | None:
    """The ``if`` of a job; None where it always runs. ``certain`` is an earlier job that a failure alone can skip."""
    clauses = [] if stage is plan.stages[0] else [AFTER_EARLIER_STAGES]
    if certain:
        clauses.append(f"needs.{certain}.result != 'skipped'")
    clauses += own_clauses(job, stage, plan)
    if len(clauses) > 1:
        clauses = [f"({clause})" if " || " in clause else clause for clause in clauses]
    line = " && ".join(clauses)
    lines = "\n&& ".join(clauses)
    return f"${{{{ {line if len(line) <= _LONGEST_LINE else lines} }}}}" if clauses else None


def own_clauses(job: Job, stage: Stage, plan: Plan) -> list[str]:
    """What a job asks for, whatever comes before it; all of it must hold."""
    given = [clause for when in (stage.when, job.when) if when for clause in _clauses(when)]
    return [*dict.fromkeys(given), *([FROM_HERE] if is_kept_from_forks(job, stage, plan) else [])]


def is_kept_from_forks(job: Job, stage: Stage, plan: Plan) -> bool:
    """Whether a pull request from a fork would otherwise start a job that needs secrets."""
    return bool(job.secrets) and runs_for_pull_requests(job, stage, plan)


def runs_for_pull_requests(job: Job, stage: Stage, plan: Plan) -> bool:
    """Whether a pull request may start a job."""
    given = [when for when in (stage.when, job.when) if when]
    by_ref = any(when.branch or when.tag for when in given)
    by_event = all("pull-request" in when.event for when in given if when.event)
    return bool(plan.triggers.pull_request) and by_event and not by_ref


def deploys_pull_requests(plan: Plan) -> bool:
    """Whether the run of a pull request may hold a deployment, which must not be cancelled half-way."""
    approved = [(job, stage) for stage in plan.stages if stage.approval for job in stage.jobs]
    return any(runs_for_pull_requests(job, stage, plan) for job, stage in approved)


def whens(plan: Plan) -> list[When]:
    """Every condition of a plan."""
    given = [*(stage.when for stage in plan.stages), *(job.when for job in plan.jobs)]
    return [when for when in given if when]


def tag_patterns(plan: Plan) -> list[str]:
    """The tags that a stage or job waits for; a push of one of them starts a run."""
    return list(dict.fromkeys(pattern for when in whens(plan) for pattern in when.tag))


def _clauses(when: When) -> Iterator[str]:
    """What must hold, all of it."""
    refs = [_ref("heads", branch) for branch in when.branch] + [_ref("tags", tag) for tag in when.tag]
    if refs:
        yield " || ".join(refs)
    if when.event:
        yield " || ".join(f"github.event_name == '{EVENTS[event]}'" for event in when.event)
    yield from (f"vars.{name} != ''" for name in when.variable)


def _ref(kind: str, pattern: str) -> str:
    """A branch or tag by name, or by its beginning. On a pull request the ref is ``refs/pull/...``: neither."""
    if pattern.endswith("*"):
        return f"startsWith(github.ref, 'refs/{kind}/{pattern[:-1]}')"
    return f"github.ref == 'refs/{kind}/{pattern}'"
