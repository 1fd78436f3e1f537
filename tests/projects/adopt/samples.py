"""Projects to adopt: those of `tests/projects/samples/`, and small ones of a test's own, as git repositories."""

import shutil
from pathlib import Path

from ci.projects.adopt.survey import Survey, survey
from ci.projects.adopt.tree import read_tree
from tests.repository import Repository

SAMPLES = Path(__file__).parents[1] / "samples"
NAMES = sorted(path.name for path in SAMPLES.iterdir())

#: The folder of the project in its repository, where that is not the top.
FOLDERS = {"monorepo": "packages/shop"}


def sample(name: str, folder: Path) -> Repository:
    """The sample as a repository at ``folder``, committed."""
    shutil.copytree(SAMPLES / name, folder)
    made = Repository.create(folder)
    made.commit()
    return made


def surveyed(folder: Path, files: dict[str, str]) -> Survey:
    """What is known of a project that consists of ``files``."""
    Repository.create(folder).commit(files)
    return survey(read_tree(folder, ""))
