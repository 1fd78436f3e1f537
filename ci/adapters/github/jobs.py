"""One job of the workflow; the cells of a matrix are one job here."""

from collections.abc import Mapping, Sequence

from ci.adapters.github import conditions, notes, pins, refusals, steps
from ci.adapters.github.expressions import cell_values, in_every_cell
from ci.adapters.github.order import Before
from ci.adapters.yaml_text import Remarked, Value
from ci.plan import Job, Plan, Stage


def job(
    cells: tuple[Job, ...],
    stage: Stage,
    plan: Plan,
    before: Before,
    runners: Mapping[str, refusals.Labels],
    pinned: Mapping[str, pins.Pin],
) -> dict[str, Value]:
    """The job of ``cells``, after the jobs ``before`` it. A job without a matrix is one cell."""
    first = cells[0]
    content: dict[str, Value] = {"name": _name(first)}
    if before.needs:
        content["needs"] = before.needs
    if condition := conditions.condition(first, stage, plan, certain=before.certain):
        content["if"] = condition
    content["runs-on"] = runners[first.runs_on]
    content["timeout-minutes"] = notes.minutes(first)
    if first.allow_failure:
        content["continue-on-error"] = True
    content["permissions"] = {"contents": Remarked("read", "checkout")}
    if first.approval:
        content["environment"] = first.approval
        content["concurrency"] = {"group": _deploy_group(first, stage), "cancel-in-progress": False}
    if first.cell:
        content["strategy"] = {"fail-fast": False, "matrix": _matrix(cells)}
    if env := _env(cells, plan):
        content["env"] = env
    content["steps"] = steps.steps(first, plan, pinned)
    return content


def _name(job: Job) -> str:
    return f"{job.group} ({', '.join(cell_values(job))})" if job.cell else job.name


def _deploy_group(job: Job, stage: Stage) -> str:
    """Two runs never deploy at once. A group holds one waiting job only, so the jobs of one stage don't share it."""
    group = f"deploy-{job.approval}"
    return group if len(stage.jobs) == 1 else "-".join([group, job.group, *cell_values(job)])


def _matrix(cells: Sequence[Job]) -> dict[str, Value]:
    axes = [axis for axis, _value in cells[0].cell]
    return {axis: list(dict.fromkeys(dict(cell.cell)[axis] for cell in cells)) for axis in axes}


def _env(cells: Sequence[Job], plan: Plan) -> dict[str, Value]:
    """What a job's environment has beyond the workflow's."""
    own = [name for name, value in cells[0].env.items() if plan.env.get(name) != value]
    env: dict[str, Value] = {name: in_every_cell([cell.env[name] for cell in cells], cells) for name in own}
    return {**env, **{name: f"${{{{ vars.{name} }}}}" for name in cells[0].variables}}
