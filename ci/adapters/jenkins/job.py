"""One job as one declarative stage with an agent of its own."""

from collections.abc import Collection, Iterable

from ci import plan
from ci.adapters.jenkins.conditions import Condition, when_block
from ci.adapters.jenkins.files import ALLOWED, Kept, artifacts, post
from ci.adapters.jenkins.groovy_text import KEYWORDS, block, inline, literal, script
from ci.adapters.jenkins.settings import Options
from ci.errors import DefinitionError
from ci.plan import Job, Step

#: Seconds that checkout and inputs of a job with a time limit in the shell may take beside it.
MARGIN = 600

#: Bytes of the longest constant in a Java class file.
LONGEST_LITERAL = 65_535


def job_stage(
    job: Job, outer_env: dict[str, str], kept: Kept, options: Options, when: Collection[Condition], ask: list[str]
) -> list[str]:
    """The stage of a job. ``ask`` is the ``input`` section, where the job is a stage of the plan by itself."""
    body = [
        *when_block(when, with_input=bool(ask)),
        *ask,
        *agent(job, options),
        *environment(job, outer_env),
        *block("steps", _allowed(job, _timed(job, kept))),
        *post(job, kept),
    ]
    return block(f"stage({literal(job.name)})", body)


def agent(job: Job, options: Options) -> list[str]:
    """Where the job runs. Raises DefinitionError for a ``runs-on`` that has no label."""
    label = options.labels.get(job.runs_on)
    if label is None and job.runs_on != "linux":
        raise DefinitionError(
            f'ci/pipeline.toml: job "{job.name}" runs on {job.runs_on!r}, and [target.jenkins.labels] does not say '
            f'which agents those are: add {job.runs_on} = "a label" there'
        )
    if options.docker and job.python is not None:
        return _container(options.image.replace("{python}", job.python), label)
    return ["agent any"] if label is None else [inline("agent", f"label {literal(label)}")]


def _container(image: str, label: str | None) -> list[str]:
    """Jenkins runs a container as the agent's user, who has no home in the image."""
    where = [] if label is None else [f"label {literal(label)}"]
    return block("agent", block("docker", [f"image {literal(image)}", *where, "args '--env HOME=/tmp'"]))


def environment(job: Job, outer_env: dict[str, str]) -> list[str]:
    """What the job adds to the pipeline's environment, and its secrets."""
    own = {name: literal(value) for name, value in job.env.items() if outer_env.get(name) != value}
    secrets = {secret.variable: f"credentials({literal(secret.id)})" for secret in job.secrets}
    return environment_block({**own, **secrets})


def environment_block(values: dict[str, str]) -> list[str]:
    """The section for Groovy ``values`` by name. Raises DefinitionError for a name that Groovy can't read."""
    for name in values:
        if name in KEYWORDS:
            raise DefinitionError(
                f"ci/pipeline.toml: {name!r} is a word of Groovy, so a Jenkinsfile can't set a variable of that name: "
                "choose another"
            )
    return block("environment", [f"{name} = {value}" for name, value in values.items()])


def _timed(job: Job, kept: Kept) -> list[str]:
    """The job's work under its time limit: inside ``steps``, where waiting for a person or an agent does not count."""
    seconds = job.timeout + MARGIN if job.allow_failure else job.timeout
    return block(f"timeout({_duration(seconds)})", _work(job, kept))


def _allowed(job: Job, lines: list[str]) -> list[str]:
    return block(ALLOWED, lines) if job.allow_failure else lines


def _duration(seconds: int) -> str:
    for unit, size in (("HOURS", 3600), ("MINUTES", 60)):
        if seconds % size == 0:
            return f"time: {seconds // size}, unit: '{unit}'"
    return f"time: {seconds}, unit: 'SECONDS'"


def _work(job: Job, kept: Kept) -> Iterable[str]:
    """A fresh checkout, the inputs, the commands, and what is kept of a success.

    Artifacts are kept here and not in ``post``: its condition ``success`` looks at the result of the whole build, which
    another job of the stage may have changed, and does not hold back where an allowed failure was caught.
    """
    yield "deleteDir()"
    yield "checkout scm"
    yield from (f"unstash {literal(artifact.name)}" for artifact in job.inputs)
    yield from _commands(job)
    yield from artifacts(job, kept)


def _commands(job: Job) -> list[str]:
    """The steps; one for the whole job where its failure is allowed.

    Jenkins calls a build aborted when a ``timeout`` was up, even inside ``catchError``. So that a time-out is a failure
    as any other, the shell keeps the time of such a job.
    """
    if job.allow_failure:
        text = plan.whole_job(job)
        if len(text.encode("utf-8", "surrogatepass")) > LONGEST_LITERAL:
            raise DefinitionError(
                f'ci/pipeline.toml: the commands of job "{job.name}" are too long together for Jenkins, which runs a '
                "job with `allow-failure` as one script: move them into a script file"
            )
        return [_sh(Step(job.name, text), text)]
    first = [_sh(job.python_step, job.python_step.text)] if job.python_step else []
    return first + [_sh(step, job.in_environment(step)) for step in job.steps]


def _sh(step: Step, text: str) -> str:
    """A command. It needs no label where its text is one."""
    return f"sh {literal(text)}" if text == step.label else f"sh label: {literal(step.label)}, script: {script(text)}"
