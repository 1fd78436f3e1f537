"""Jobs of plans as an adapter's files should hold them, and plans that hold a hostile text."""

from collections.abc import Iterator

from msgspec import Struct

from ci import checks, model, plan


class JobAsRead(Struct, frozen=True):
    """What stands in an engine's files for one job, after the engine's own unescaping.

    ``commands`` are the texts that the engine hands to a shell, ``env`` is the job's whole environment, without secrets
    and ``when.variable``.
    """

    commands: tuple[str, ...]
    env: dict[str, str]


def commands_of_steps(job: plan.Job) -> tuple[str, ...]:
    """For an engine that provides Python: each step."""
    return tuple(step.text for step in job.steps)


def commands_in_environment(job: plan.Job) -> tuple[str, ...]:
    """For an engine that doesn't: the step that makes an environment, then each step in it."""
    first = (job.python_step.text,) if job.python_step else ()
    return (*first, *(job.in_environment(step) for step in job.steps))


def command_of_whole_job(job: plan.Job) -> tuple[str, ...]:
    """For an engine that knows no steps."""
    return (plan.whole_job(job),)


def plans_with(text: str) -> Iterator[plan.Plan]:
    """Plans of one job that hold ``text``: as far as a definition can, as a command, an argument and in variables."""
    for commands in [(text,), (("printf", "%s", text), "true")]:
        job = model.Stage(name="hostile", env={"INNER": text}, setup=("true", *commands), run=commands, retry=1)
        for env in ({"OUTER": text}, {}):
            pipeline = model.Pipeline(version=1, name="hostile", env=env, stage=(job,))
            if not any(checks.problems(pipeline)):
                yield plan.compile(pipeline)
