"""The form of ``.teamcity.yml`` as far as we write it.

JetBrains' schema lets unknown keys of a step pass, and ids with blanks and hyphens.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from ci.model import text_of

Identifier = Annotated[str, text_of("[A-Za-z0-9_]+", "An id of letters, digits and _", longest=200)]
Parameter = Annotated[str, text_of(r"[A-Za-z0-9_][A-Za-z0-9._-]*", "A name of a parameter.")]
SecretName = Annotated[str, text_of(r"(?!env\.)[A-Za-z0-9_][A-Za-z0-9._-]*", "A name of a secret, without `env.`")]
Token = Annotated[str, text_of("credentialsJSON:[0-9a-f-]{36}", "A token that the server made (credentialsJSON:...).")]
Path = Annotated[str, text_of(r"[^/%\s][^%\n]*", "A path or pattern in the checkout.")]


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="kebab"):
    """A mapping of the file: an unknown key is an error."""


class Step(Table, frozen=True, kw_only=True):
    """A script, in a container or not."""

    type: Literal["script"]
    script_content: Annotated[str, Meta(min_length=1)]
    name: str | UnsetType = UNSET
    docker_image: Annotated[str, Meta(min_length=1)] | UnsetType = UNSET
    working_directory: Path | UnsetType = UNSET


class Published(Table, frozen=True, kw_only=True):
    """Files that people see, or that later jobs get."""

    path: Path
    publish_artifact: bool = True
    share_with_jobs: bool = False


Reaction = Literal["run-add-problem", "run-ignore-problem", "mark-as-failed-to-start", "cancel"]


class Dependency(Table, frozen=True, kw_only=True):
    """What becomes of a job when another one did not do its work."""

    reuse: Literal["none", "successful", "successful-or-failed"] | UnsetType = UNSET
    on_failed_dependency: Reaction | UnsetType = UNSET
    on_incomplete_dependency: Reaction | UnsetType = UNSET


class Requirement(Table, frozen=True, kw_only=True):
    """What an agent of one's own must be."""

    os_family: Literal["Linux", "Windows", "macOS"] | UnsetType = UNSET
    arch: Literal["x86", "x86_64", "arm", "aarch64", "ia64", "sparc", "riscv64"] | UnsetType = UNSET
    ram: Annotated[str, Meta(pattern=r"^\d+GB$")] | UnsetType = UNSET
    cpu: int | UnsetType = UNSET


class SelfHosted(Table, frozen=True, kw_only=True):
    """Agents of one's own."""

    self_hosted: Annotated[tuple[Requirement, ...], Meta(min_length=1)]


class Job(Table, frozen=True, kw_only=True):
    """A job; there is no key for a time limit, a condition, a trigger, a matrix or a retry."""

    name: str
    runs_on: Annotated[str, Meta(min_length=1)] | SelfHosted
    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]
    dependencies: tuple[
        Identifier | Annotated[dict[Identifier, Dependency], Meta(min_length=1, max_length=1)], ...
    ] = ()
    parameters: dict[Parameter, str] = {}
    files_publication: tuple[Published, ...] = ()
    allow_reuse: bool = True
    enable_dependency_cache: bool = False


class File(Table, frozen=True, kw_only=True):
    """``.teamcity.yml``."""

    version: Literal[1]
    jobs: Annotated[dict[Identifier, Job], Meta(min_length=1)]
    parameters: dict[Parameter, str] = {}
    secrets: dict[SecretName, Token] = {}
