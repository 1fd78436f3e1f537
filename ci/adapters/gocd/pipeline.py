"""The pipeline: what starts it, its stages and their approval."""

from collections.abc import Mapping, Sequence

from ci.adapters.gocd import branches, jobs, names
from ci.adapters.gocd.quartz import quartz
from ci.adapters.gocd.settings import Options
from ci.adapters.yaml_text import Spaced, Value
from ci.errors import DefinitionError
from ci.plan import Plan, Stage


def pipeline(plan: Plan, options: Options) -> dict[str, Value]:
    """The entry of ``pipelines``. Raises DefinitionError for what GoCD can't have."""
    names.check(plan)
    kept = branches.stages(plan)
    if not kept:
        raise DefinitionError(
            f"ci/pipeline.toml: `when` leaves no job for GoCD, which builds {plan.default_branch} only"
        )
    content = Spaced({"group": options.group, **_starts(plan)})
    content["materials"] = {"repository": {"type": "configrepo"}}
    if env := jobs.environment(plan.env):
        content["environment_variables"] = env
    by_hand = not is_built(plan)
    content["stages"] = [
        {one.stage.name: _stage(one, plan, options, by_hand=by_hand and number == 0)} for number, one in enumerate(kept)
    ]
    return {names.of_pipeline(plan): doubled(content)}


def is_built(plan: Plan) -> bool:
    """Whether a push to the default branch starts a run."""
    return any(branches.names(pattern, plan.default_branch) for pattern in plan.triggers.push)


def timers(plan: Plan) -> list[str]:
    """The schedules that a timer of GoCD can have; a pipeline has one timer."""
    return [text for text in plan.triggers.schedule if quartz(text)]


def doubled(value: Value) -> Value:
    """Every ``#`` twice: the server reads a single one as the start of a parameter, in all texts of a pipeline."""
    if isinstance(value, str):
        return value.replace("#", "##")
    if isinstance(value, Mapping):
        return type(value)({key: doubled(entry) for key, entry in value.items()})  # type: ignore[call-arg]
    return [doubled(entry) for entry in value] if isinstance(value, Sequence) else value


def _starts(plan: Plan) -> dict[str, Value]:
    starts: dict[str, Value] = {}
    if plan.concurrency == "queue":
        starts["lock_behavior"] = "unlockWhenFinished"
    if found := timers(plan):
        starts["timer"] = {"spec": quartz(found[0]), "only_on_changes": False}
    return starts


def _stage(kept: branches.Kept, plan: Plan, options: Options, *, by_hand: bool) -> dict[str, Value]:
    content: dict[str, Value] = {"clean_workspace": True}
    if kept.stage.approval:
        content["approval"] = _approval(kept.stage, options)
    elif by_hand:
        content["approval"] = "manual"
    content["jobs"] = {names.of_job(job): jobs.job(job, plan, options) for job in kept.jobs}
    return content


def _approval(stage: Stage, options: Options) -> dict[str, Value]:
    content: dict[str, Value] = {"type": "manual", "allow_only_on_success": True}
    if stage.approval in options.roles:
        content["roles"] = list(options.roles[stage.approval])
    return content
