"""What checks the module: Buildbot itself, with a configuration that has a worker for every label."""

import shutil
import tempfile
from pathlib import Path

from ci.adapters.validators import PATIENCE, Validator
from ci.process import run

_CONFIGURATION = """
import runpy
from buildbot.plugins import worker

c = BuildmasterConfig = {"protocols": {"null": {}}, "buildbotNetUsageData": None}
c["workers"] = [worker.LocalWorker("coordinator"), worker.LocalWorker("machine")]
module = runpy.run_path(MODULE)
labels = {job["runs_on"] for chain in module["CHAINS"] for stage in chain["stages"] for job in stage["jobs"]}
module["configure"](
    c, repository="https://git.example.org/project.git", workers={label: ["machine"] for label in labels},
    coordinators=["coordinator"],
)
"""


def checkconfig(file: str) -> Validator:
    """``buildbot checkconfig`` of a master that loads the module ``file``."""

    def check(folder: Path) -> list[str]:
        with tempfile.TemporaryDirectory() as made:
            text = f"MODULE = {str(folder / file)!r}\n{_CONFIGURATION}"
            Path(made, "master.cfg").write_text(text, encoding="utf-8")
            ended = run(["buildbot", "checkconfig", made], cwd=folder, check=False, timeout=PATIENCE)
        return [] if ended.exit_code == 0 else [(ended.stdout + ended.stderr).strip()]

    def missing() -> str:
        return "" if shutil.which("buildbot") else 'pip install "buildbot[bundle]"'

    return Validator("buildbot checkconfig", check, missing)
