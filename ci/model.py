"""What a definition can say: the keys of ``ci/pipeline.toml`` as frozen types, and nothing else.

The JSON schema beside the definition is made from these types, so their descriptions are what an editor shows.
What a definition *means* (inheritance, matrix, order, shell text) is decided in ``plan.py``.
"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Event = Literal["push", "pull-request", "schedule", "manual"]


def text_of(pattern: str, description: str, *, longest: int | None = None) -> Meta:
    """What a whole text must be. ``description`` begins with an article: it also says what a wrong one is not.

    In Python a ``$`` alone would let a newline after the text pass; this form means the same in JSON schemas too.
    """
    return Meta(pattern=rf"^(?:{pattern})$(?!\n)", max_length=longest, description=description)


Name = Annotated[
    str, text_of("[a-z][a-z0-9-]*", "A name of small letters, digits and hyphens, first a letter.", longest=40)
]
PipelineName = Annotated[
    str, text_of("[A-Za-z0-9][A-Za-z0-9 ._-]*", "A name of letters, digits, blanks and . _ -", longest=60)
]
PythonVersion = Annotated[str, text_of(r"3\.[1-9][0-9]?", 'A Python version in quotes, as "3.13".')]
Duration = Annotated[str, text_of("[1-9][0-9]{0,4}[smh]", 'A time as "90s", "15m" or "2h".')]
Share = Annotated[str, text_of(r"(?!0+(\.0+)?%)[0-9]{1,3}(\.[0-9]{1,2})?%", 'A share as "5%" or "2.5%".')]
Variable = Annotated[
    str, text_of("[A-Za-z_][A-Za-z0-9_]*", "A name of an environment variable: letters, digits and _")
]
Branch = Annotated[
    str, text_of(r"[A-Za-z0-9._/+-]+\*?|\*", "A name of a branch or tag, or its beginning and a final *.")
]
BranchName = Annotated[str, text_of("[A-Za-z0-9._/+-]+", "A name of a branch.")]
FilePath = Annotated[str, text_of(r"[\w.+@][\w./+@-]*", "A file inside the checkout, with forward slashes.")]
FilePattern = Annotated[
    str, text_of(r"[\w.+@*?][\w./+@*?-]*", "A pattern of files in the checkout: * within a folder, ** across folders.")
]
CachePath = Annotated[str, text_of(r"(~/)?[\w.+@][\w./+@-]*", "A folder to cache; ~/ is the home.")]
MatrixText = Annotated[
    str, text_of("[A-Za-z0-9][A-Za-z0-9._+-]*", "A value of letters, digits and . _ + -", longest=40)
]
MatrixValue = MatrixText | Annotated[int, Meta(ge=0, le=999_999_999)]
Words = Annotated[tuple[str, ...], Meta(min_length=1)]
Command = str | Words
Environment = dict[Variable, str]


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab", omit_defaults=True):
    """A table of the definition: keys are written with hyphens, an unknown key is an error."""


class Keep(Table, frozen=True, kw_only=True):
    """How long an engine keeps what a run leaves."""

    runs: Annotated[int, Meta(ge=1, le=1000, description="Number of runs (Jenkins).")] = 30
    artifact_days: Annotated[int, Meta(ge=1, le=90, description="Days for reports and artifacts.")] = 14


class Cache(Table, frozen=True, kw_only=True):
    """Folders that may be kept between runs. A hint: an engine without a cache drops it.

    Kept once and used until a key file changes, or with ``grows`` kept anew after every run.
    """

    paths: Annotated[tuple[CachePath, ...], Meta(min_length=1)]
    key_files: Annotated[
        tuple[FilePath, ...], Meta(description="The cache is made again when one of these changes.")
    ] = ()
    grows: Annotated[bool, Meta(description="Each run adds to it, in place of `key-files`.")] = False


class Triggers(Table, frozen=True, kw_only=True):
    """What starts a run."""

    push: Annotated[tuple[Branch, ...], Meta(description="Branches.")] = ()
    pull_request: Annotated[tuple[Branch, ...], Meta(description="Branches that a pull request goes to.")] = ()
    schedule: Annotated[tuple[str, ...], Meta(description="Five cron fields, in UTC.")] = ()
    manual: Annotated[bool, Meta(description="A person may start a run.")] = True


class When(Table, frozen=True, kw_only=True):
    """When a stage or job runs. Every key must hold; in a list, one entry. Branch and tag together: either.

    What does not hold is skipped, and counts as passed.
    """

    branch: Annotated[tuple[Branch, ...], Meta(description="Never holds for a pull request or a tag.")] = ()
    tag: Annotated[tuple[Branch, ...], Meta(description="Tag names.")] = ()
    event: tuple[Event, ...] = ()
    variable: Annotated[
        tuple[Variable, ...],
        Meta(description="Settings of the engine that must not be empty; the job gets them in its environment."),
    ] = ()


class Reports(Table, frozen=True, kw_only=True):
    """Files that a job leaves for people. Kept also when the job fails; a missing file is an error."""

    junit: FilePath | UnsetType = UNSET
    benchmark: Annotated[FilePath | UnsetType, Meta(description="JSON of pytest-benchmark.")] = UNSET
    flake8: Annotated[FilePath | UnsetType, Meta(description="Output of flake8 in its default format.")] = UNSET
    page: Annotated[FilePath | UnsetType, Meta(description="HTML that needs no other file.")] = UNSET


class Work(Table, frozen=True, kw_only=True):
    """What a stage and each of its jobs can say."""

    timeout: Duration | UnsetType = UNSET
    env: Environment = {}
    setup: Annotated[
        tuple[Command, ...] | UnsetType, Meta(description="Commands before `run`; replaces an outer list, [] is none.")
    ] = UNSET
    when: When | UnsetType = UNSET


class JobKeys(Work, frozen=True, kw_only=True):
    """What one job can say."""

    run: Annotated[
        tuple[Command, ...],
        Meta(description="Commands, each a step under `sh -e`: one string, or a list of words that is quoted for you."),
    ] = ()
    runs_on: Name | UnsetType = UNSET
    matrix: Annotated[
        dict[Name, Annotated[tuple[MatrixValue, ...], Meta(min_length=1)]],
        Meta(description="One job for each combination; the axis `python` picks the interpreter."),
    ] = {}
    cache: tuple[Cache, ...] | UnsetType = UNSET
    reports: Reports = Reports()
    artifacts: Annotated[
        dict[Name, Annotated[tuple[FilePattern, ...], Meta(min_length=1)]], Meta(description="Kept on success.")
    ] = {}
    inputs: Annotated[tuple[Name, ...], Meta(description="Artifacts of earlier stages, put back where they were.")] = ()
    secrets: Annotated[
        dict[Variable, Name], Meta(description="Environment variable = id of the secret on the engine.")
    ] = {}
    retry: Annotated[int, Meta(ge=0, le=10, description="Extra attempts of each `run` command.")] = 0
    allow_failure: Annotated[bool, Meta(description="A failure is shown, and the pipeline goes on.")] = False
    history: Annotated[bool, Meta(description="The checkout also knows the commits before.")] = False
    exclusive: Annotated[bool, Meta(description="`ci run` runs nothing beside it.")] = False
    local: Annotated[bool, Meta(description="false: `ci run` leaves it out unless it is named.")] = True


class Job(JobKeys, frozen=True, kw_only=True):
    """A job of a stage with several."""

    name: Name


class Stage(JobKeys, frozen=True, kw_only=True):
    """A stage: one job of the same name (`run`), or several that run side by side (`[[stage.job]]`)."""

    name: Name
    approval: Annotated[
        Name | UnsetType, Meta(description="A person must agree; the name of the protected environment.")
    ] = UNSET
    job: tuple[Job, ...] = ()


class Bench(Table, frozen=True, kw_only=True):
    """What `ci bench` does where its options don't say."""

    paths: Annotated[
        tuple[FilePath, ...], Meta(min_length=1, description="Files and folders that hold the benchmarks.")
    ] = ("tests/benchmarks",)
    tolerance: Annotated[Share, Meta(description="How much slower is too slow.")] = "5%"
    budget: Annotated[Duration, Meta(description="Time to measure; set-up is not counted.")] = "60s"
    history: Annotated[
        CachePath | UnsetType,
        Meta(description="Folder that keeps what each commit of the default branch changed; ~/ is the home."),
    ] = UNSET
    strict: Annotated[bool, Meta(description="A benchmark about which the budget left doubt fails too.")] = False


class Pipeline(Table, frozen=True, kw_only=True):
    """ci/pipeline.toml: how this project is checked and shipped, for `ci run` and for every engine."""

    version: Literal[1]
    name: PipelineName
    stage: Annotated[tuple[Stage, ...], Meta(min_length=1)]
    default_branch: BranchName = "main"
    python: PythonVersion | UnsetType = UNSET
    runs_on: Name = "linux"
    timeout: Duration = "30m"
    keep: Keep = Keep()
    concurrency: Annotated[
        Literal["cancel-superseded-pr", "queue", "parallel"],
        Meta(description="What a new run does to older ones of the same branch or pull request."),
    ] = "cancel-superseded-pr"
    env: Environment = {}
    setup: tuple[Command, ...] = ()
    cache: tuple[Cache, ...] = ()
    on: Triggers = Triggers()
    bench: Bench = Bench()
    targets: Annotated[
        tuple[Name, ...], Meta(description="Engines that `ci generate` writes for.")
    ] = ("jenkins", "github")
    target: Annotated[
        dict[Name, dict[str, Any]], Meta(description="Settings of one engine: see its page in docs/.")
    ] = {}
    environment: Annotated[
        dict[Name, dict[str, Any]],
        Meta(description="Where `ci deploy NAME` goes: `target` is server or heroku, the other keys are the target's."),
    ] = {}
