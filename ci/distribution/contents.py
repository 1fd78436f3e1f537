"""What the distribution holds: the package ``ci`` with its data, and nothing beside it.

Part of the data is the sample app, which ``ci new`` writes. In the repository it lies where a project has it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from ci.distribution import core_metadata

#: The distribution's name on the package index, and in the names of files.
NAME = "pipeline-everywhere"
FILE_NAME = "pipeline_everywhere"

#: What a new project takes over from the repository as it stands there, and where the package keeps it.
SAMPLE = (
    ".dockerignore", ".flake8", "Dockerfile", "Procfile", "app", "app.json", "gunicorn.conf.py", "heroku.yml",
    "requirements.txt", "tests/app", "tests/benchmarks/test_app.py",
)  # fmt: skip
SAMPLE_FOLDER = "ci/projects/sample"

#: The releases and what changed in them, for `ci update`; and where the package keeps it.
CHANGELOG = "CHANGELOG.md"
CHANGELOG_FILE = f"ci/projects/{CHANGELOG}"

#: Of the folder ``ci`` of the repository: its own pipeline, and what makes the distribution.
_NOT_PACKED = ("ci/README.md", "ci/lock.sh", "ci/pipeline.toml", "ci/pyproject.toml")

_LICENSE = "LICENSE"

_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Contents:
    """``version`` of the distribution, its ``files`` by path, and those of its ``dist-info`` folder by name."""

    version: str
    files: dict[str, bytes]
    information: dict[str, bytes]


def source() -> Path | None:
    """The repository from which the tool runs; None where it is installed."""
    return _PACKAGE.parent if (_PACKAGE / "pyproject.toml").exists() else None


def of_running(*, without: Collection[str] = ()) -> Contents:
    """The distribution that runs: of its repository, ``without`` some of the files there, or as it was installed."""
    repository = source()
    return of_source(repository, without=without) if repository else _of_installed(_PACKAGE.parent)


def of_source(repository: Path, *, without: Collection[str] = ()) -> Contents:
    """The distribution that the files of a ``repository`` of this tool make, ``without`` some of them.

    A fork may lack the changelog and the licence.
    """
    names, left_out = ("ci", *SAMPLE, CHANGELOG, _LICENSE), {*without, *_NOT_PACKED}
    found = (entry for name in names for entry in _below(repository, name))
    kept = {path: content for path, content in found if path not in left_out}
    version = core_metadata.version_of((repository / "ci" / "__init__.py").read_text(encoding="utf-8"))
    information = core_metadata.files(repository / "ci", version)
    if _LICENSE in kept:
        information[f"licenses/{_LICENSE}"] = kept.pop(_LICENSE)
    return Contents(version, {_packed(path): content for path, content in kept.items()}, information)


def _packed(path: str) -> str:
    """Where the package keeps a file of the repository."""
    if path == CHANGELOG:
        return CHANGELOG_FILE
    return path if path.startswith("ci/") else f"{SAMPLE_FOLDER}/{path}"


def _of_installed(folder: Path) -> Contents:
    """The same from ``folder``, where pip or uv unpacked it, without what they added."""
    distribution = next(iter(metadata.distributions(name=NAME, path=[str(folder)])))
    names = (*core_metadata.NAMES, f"licenses/{_LICENSE}")
    texts = {name: distribution.read_text(name) or "" for name in names}
    return Contents(
        distribution.version, dict(_below(folder, "ci")), {name: text.encode() for name, text in texts.items()}
    )


def sample(fork: Path | None = None, *, without: Collection[str] = ()) -> dict[str, bytes]:
    """The files of the sample app by their paths in a project: as they are in a ``fork``, else as the tool has them.

    Those ``without`` which it is to be are left out.
    """
    kept = _PACKAGE.parent / SAMPLE_FOLDER
    root = fork or (kept if kept.is_dir() else _PACKAGE.parent)
    found = (entry for name in SAMPLE for entry in _below(root, name))
    return {path: content for path, content in found if path not in without}


def _below(root: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """The file ``name`` of ``root``, or the files in that folder, without bytecode and what desktops leave."""
    place = root / name
    paths = sorted(place.rglob("*")) if place.is_dir() else [place]
    for path in paths:
        if path.is_file() and not any(map(_is_left_behind, path.relative_to(place).parts)):
            yield path.relative_to(root).as_posix(), path.read_bytes()


def _is_left_behind(part: str) -> bool:
    return part == "__pycache__" or (part.startswith(".") and part not in SAMPLE)
