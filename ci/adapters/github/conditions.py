"""``when`` as GitHub's ``if``."""

from collections.abc import Iterable, Iterator

from ci.model import When
from ci.plan import Plan

EVENTS = {"push": "push", "pull-request": "pull_request", "schedule": "schedule", "manual": "workflow_dispatch"}

#: A job whose need was skipped is skipped too, unless its condition calls a status function. With this one it runs
#: after a skipped stage, and doesn't after a failed or cancelled one.
AFTER_EARLIER_STAGES = "!cancelled() && !failure()"

_LONGEST_LINE = 100


def condition(whens: Iterable[When | None], *, first: bool) -> str | None:
    """The ``if`` of a job that runs when all of ``whens`` hold; ``first``: it belongs to the first stage."""
    clauses = [] if first else [AFTER_EARLIER_STAGES]
    clauses += dict.fromkeys(clause for when in whens if when for clause in _clauses(when))
    if len(clauses) > 1:
        clauses = [f"({clause})" if " || " in clause else clause for clause in clauses]
    line = " && ".join(clauses)
    lines = "\n&& ".join(clauses)
    return f"${{{{ {line if len(line) <= _LONGEST_LINE else lines} }}}}" if clauses else None


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
