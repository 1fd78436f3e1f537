"""The workflow file: what starts it, what it may do, its jobs, and the gate behind them."""

from collections.abc import Mapping
from itertools import groupby

from ci import adapters
from ci.adapters import Note, yaml_text
from ci.adapters.github import conditions, jobs, order, pins, refusals
from ci.adapters.github.expressions import environment
from ci.adapters.yaml_text import Plain, Spaced, Value
from ci.plan import Plan

PIN_RULE = "Action pins are the exception: this file owns them, Dependabot may move them here."

#: A run stands in one group with the runs that it waits for or cancels; a group named by the run's id has no other.
_GROUP = "${{ github.workflow }}-${{ %s }}"
_PULL_REQUEST = _GROUP % "github.event.pull_request.number || github.run_id"
_CANCEL_SUPERSEDED: dict[str, Value] = {
    "group": _PULL_REQUEST,
    "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
}
_WAIT_FOR_SUPERSEDED: dict[str, Value] = {"group": _PULL_REQUEST, "cancel-in-progress": False}
_QUEUE: dict[str, Value] = {"group": _GROUP % "github.ref", "cancel-in-progress": False, "queue": "max"}
_PARALLEL: dict[str, Value] = {"group": _GROUP % "github.run_id", "cancel-in-progress": False}

_GATE = """\
for result in $RESULTS; do
  case $result in
    success | skipped) ;;
    *) echo "a job before this one ended with: $result"; exit 1 ;;
  esac
done
"""


def render(
    plan: Plan, runners: Mapping[str, refusals.Labels], pinned: Mapping[str, pins.Pin], notes: tuple[Note, ...]
) -> str:
    """The text of the workflow file."""
    content = Spaced({"name": plan.name, Plain("on"): _triggers(plan), "permissions": {}})
    content["concurrency"] = _concurrency(plan)
    if plan.env:
        content["env"] = environment(plan.env)
    content["defaults"] = {"run": {"shell": "sh"}}
    content["jobs"] = _jobs(plan, runners, pinned)
    return yaml_text.document(adapters.header(notes, PIN_RULE), content)


def _triggers(plan: Plan) -> dict[str, Value]:
    on = plan.triggers
    push: dict[str, Value] = {}
    if on.push:
        push["branches"] = [_filter(branch) for branch in on.push]
    if tags := conditions.tag_patterns(plan):
        push["tags"] = [_filter(tag) for tag in tags]
    triggers: dict[str, Value] = {"push": push} if push else {}
    if on.pull_request:
        triggers["pull_request"] = {"branches": [_filter(branch) for branch in on.pull_request]}
    if on.schedule:
        triggers["schedule"] = [{"cron": fields} for fields in on.schedule]
    if on.manual:
        triggers["workflow_dispatch"] = None
    return triggers


def _concurrency(plan: Plan) -> dict[str, Value]:
    if plan.concurrency == "queue":
        return _QUEUE
    if plan.concurrency == "parallel" or not plan.triggers.pull_request:
        return _PARALLEL
    return _WAIT_FOR_SUPERSEDED if conditions.deploys_pull_requests(plan) else _CANCEL_SUPERSEDED


def _filter(pattern: str) -> str:
    """A branch or tag pattern as a filter of GitHub, where ``**`` is any rest and ``+`` repeats what is before it."""
    fixed = pattern.removesuffix("*").replace("+", r"\+")
    return f"{fixed}**" if pattern.endswith("*") else fixed


def _jobs(plan: Plan, runners: Mapping[str, refusals.Labels], pinned: Mapping[str, pins.Pin]) -> Spaced:
    content = Spaced()
    for stage, before in order.stages(plan):
        for group, cells in groupby(stage.jobs, key=lambda job: job.group):
            content[group] = jobs.job(tuple(cells), stage, plan, before, runners, pinned)
    checks = [group for stage in plan.stages if not stage.approval for group in order.groups(stage)]
    if checks:
        content["gate"] = _gate(checks, runners[plan.jobs[0].runs_on])
    return content


def _gate(checks: list[str], labels: refusals.Labels) -> dict[str, Value]:
    """One check that stands for all: names of jobs change with the matrix, this one doesn't."""
    return {
        "name": "gate",
        "needs": checks,
        "if": "${{ always() }}",
        "runs-on": labels,
        "timeout-minutes": 5,
        "permissions": {},
        "steps": [
            {
                "name": "Every job passed or was skipped",
                "run": _GATE,
                "env": {"RESULTS": "${{ join(needs.*.result, ' ') }}"},
            }
        ],
    }
