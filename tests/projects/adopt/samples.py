"""Projects to adopt: those of `tests/projects/samples/`, and small ones of a test's own, as git repositories."""

import shutil
import subprocess
from pathlib import Path

import uv

from ci.projects.adopt.survey import Survey, survey
from ci.projects.adopt.tree import read_tree
from tests.repository import Repository

SAMPLES = Path(__file__).parents[1] / "samples"
NAMES = sorted(path.name for path in SAMPLES.iterdir())

#: The folder of the project in its repository, where that is not the top.
FOLDERS = {"monorepo": "packages/shop"}


#: A lock that names the places of its packages, and so is made where it is needed.
MADE = {"uv-library": "uv.lock"}


def sample(name: str, folder: Path, *, locked: bool = False) -> Repository:
    """The sample as a repository at ``folder``, committed; ``locked``: with a real lock, which asks the index."""
    shutil.copytree(SAMPLES / name, folder)
    made = Repository.create(folder)
    if name in MADE and locked:
        subprocess.run([uv.find_uv_bin(), "lock", "--quiet"], cwd=folder, check=True)
    elif name in MADE:
        made.write({MADE[name]: "version = 1\n"})
    made.commit()
    return made


def surveyed(folder: Path, files: dict[str, str]) -> Survey:
    """What is known of a project that consists of ``files``."""
    Repository.create(folder).commit(files)
    return survey(read_tree(folder, ""))
