"""The form of a file for GoCD's YAML plugin (format 10), as far as we write it: stricter than the plugin.

The plugin passes over keys and values that it doesn't know (seen with its source: ``run_if: always``, ``argument:``, a
cron of five fields, ``format_version: 99``). ``schema.json`` beside this file is made from these types, for editors.
"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from ci.model import text_of

Name = Annotated[str, text_of("[a-zA-Z0-9_-][a-zA-Z0-9_.-]*", "A name of letters, digits and . _ -", longest=255)]
Text = Annotated[
    str, text_of("(?:[^#]|##)*", "A text with each # twice: the server reads a single one as a parameter's start.")
]
Value = Annotated[str, text_of("(?:[^#]|##)+", "A text that is not empty, with each # twice.")]
Variables = dict[Annotated[str, Meta(pattern=r"^[^=\s]+$")], Value]
Texts = Annotated[tuple[Text, ...], Meta(min_length=1)]
RunIf = Literal["passed", "failed", "any"]


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A mapping of the file: an unknown key is an error."""


class Exec(Table, frozen=True, kw_only=True):
    """A program with its arguments."""

    command: Text
    arguments: Texts | UnsetType = UNSET
    working_directory: Text | UnsetType = UNSET
    run_if: RunIf = "passed"


class Fetch(Table, frozen=True, kw_only=True):
    """Files of a job of an earlier stage."""

    stage: Name
    job: Name
    source: Text
    destination: Text = ""
    is_file: bool = False
    artifact_origin: Literal["gocd"] = "gocd"
    run_if: RunIf = "passed"


class Task(Table, frozen=True, kw_only=True):
    """One of the two."""

    exec: Exec | UnsetType = UNSET
    fetch: Fetch | UnsetType = UNSET


class Files(Table, frozen=True, kw_only=True):
    """Files that the server keeps."""

    source: Text
    destination: Text = ""


class Artifact(Table, frozen=True, kw_only=True):
    """One of the two; ``test`` are reports that GoCD reads."""

    build: Files | UnsetType = UNSET
    test: Files | UnsetType = UNSET


class Job(Table, frozen=True, kw_only=True):
    """``timeout`` is minutes of silence."""

    tasks: Annotated[tuple[Task, ...], Meta(min_length=1)]
    timeout: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    resources: Annotated[tuple[Name, ...], Meta(min_length=1)] | UnsetType = UNSET
    elastic_profile_id: Name | UnsetType = UNSET
    environment_variables: Variables = {}
    secure_variables: Variables = {}
    artifacts: tuple[Artifact, ...] = ()
    tabs: dict[str, Text] = {}


class Approval(Table, frozen=True, kw_only=True):
    """Whether a person has to agree, and who may."""

    type: Literal["manual", "success"]
    allow_only_on_success: bool = False
    roles: Texts | UnsetType = UNSET
    users: Texts | UnsetType = UNSET


class Stage(Table, frozen=True, kw_only=True):
    """Jobs side by side."""

    jobs: Annotated[dict[Name, Job], Meta(min_length=1)]
    approval: Approval | Literal["manual", "success"] | UnsetType = UNSET
    clean_workspace: bool = False
    fetch_materials: bool = True
    keep_artifacts: bool = False
    environment_variables: Variables = {}
    secure_variables: Variables = {}


class Material(Table, frozen=True, kw_only=True):
    """The repository that this file lies in (``type: configrepo``), another one, or another pipeline's stage."""

    type: Literal["configrepo"] | UnsetType = UNSET
    git: Text | UnsetType = UNSET
    branch: Text | UnsetType = UNSET
    pipeline: Name | UnsetType = UNSET
    stage: Name | UnsetType = UNSET
    destination: Text | UnsetType = UNSET
    shallow_clone: bool = False
    auto_update: bool = True
    ignore: Texts | UnsetType = UNSET
    includes: Texts | UnsetType = UNSET


class Timer(Table, frozen=True, kw_only=True):
    """A Quartz expression: seconds first."""

    spec: Annotated[str, text_of(r"\S+( \S+){5,6}", "A Quartz expression: six fields, seconds first.")]
    only_on_changes: bool = False


class TrackingTool(Table, frozen=True, kw_only=True):
    """Where commit messages link to."""

    link: Annotated[str, text_of(r"(?:[^#]|##)*\$\{ID\}(?:[^#]|##)*", "An address with ${ID}, and each # twice.")]
    regex: Text


class Pipeline(Table, frozen=True, kw_only=True):
    """A pipeline."""

    group: Name
    materials: Annotated[dict[Name, Material], Meta(min_length=1)]
    stages: Annotated[tuple[Annotated[dict[Name, Stage], Meta(min_length=1, max_length=1)], ...], Meta(min_length=1)]
    display_order: int | UnsetType = UNSET
    label_template: Annotated[str, Meta(pattern=r"\$\{")] | UnsetType = UNSET
    lock_behavior: Literal["none", "lockOnFailure", "unlockWhenFinished"] = "none"
    tracking_tool: TrackingTool | UnsetType = UNSET
    timer: Timer | UnsetType = UNSET
    environment_variables: Variables = {}
    secure_variables: Variables = {}


class Environment(Table, frozen=True, kw_only=True):
    """Pipelines and agents that belong together."""

    pipelines: tuple[Name, ...] = ()
    agents: tuple[str, ...] = ()
    environment_variables: Variables = {}
    secure_variables: Variables = {}


class File(Table, frozen=True, kw_only=True):
    """A file ``*.gocd.yaml`` of a config repository."""

    format_version: Literal[10]
    pipelines: Annotated[dict[Name, Pipeline], Meta(min_length=1)]
    environments: dict[Name, Environment] = {}
    common: Any = None
