"""asv (Airspeed Velocity) with interleaved rounds, as a way to compare two checkouts in the calibration.

asv compares commits of one repository, in an environment that it makes itself. So the page's module of both checkouts
becomes two commits of a scratch repository beside the head, once, and every trial measures them anew.
"""

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import msgspec
from msgspec import Struct

from tests.benchmarks.calibration_methods import Reading
from tests.repository import Repository

#: Of the environment, once for each head.
SETUP_SECONDS = 300.0
#: Of a trial; asv needs 5 s on a calm machine.
TRIAL_SECONDS = 60.0
MACHINE = "calibration"

BENCHMARK = dedent(
    """
    from site_app import app

    get = app.test_client().get


    def time_page():
        assert get("/").status_code == 200
    """
)
#: A virtualenv that is made without a network, and has the packages that the other methods measure with.
ENVIRONMENT = dedent(
    """
    import sysconfig
    from pathlib import Path

    from asv.plugins.virtualenv import Virtualenv


    class Shared(Virtualenv):
        tool_name = "shared"

        def _install_requirements(self):
            for folder in Path(self._path).glob("lib/python*/site-packages"):
                (folder / "shared.pth").write_text(sysconfig.get_path("purelib"))
    """
)
INSTALL = "import shutil, sysconfig; shutil.copy('{build_dir}/site_app.py', sysconfig.get_path('purelib'))"
SETTINGS = {
    "version": 1,
    "project": "site",
    "repo": "site",
    "branches": ["main"],
    "plugins": [".shared_environment"],
    "environment_type": "shared",
    "build_command": [],
    "install_command": [f'python -c "{INSTALL}"'],
    "uninstall_command": [],
    "launch_method": "spawn",  # leaves no server behind when asv is killed
}
VERDICTS = {
    "PERFORMANCE DECREASED.": "slower",
    "PERFORMANCE INCREASED.": "faster",
    "BENCHMARKS NOT SIGNIFICANTLY CHANGED.": "same",
}


class Results(Struct):
    """A file of asv's results: for each benchmark the values of the columns, each with one entry per parameter."""

    commit_hash: str
    result_columns: list[str]
    results: dict[str, list[msgspec.Raw]]

    def seconds(self, benchmark: str) -> float:
        """The median that asv took for this commit."""
        value = self.results[benchmark][self.result_columns.index("result")]
        return msgspec.json.decode(value, type=tuple[float])[0]


def is_installed() -> bool:
    """Whether this interpreter has asv."""
    return importlib.util.find_spec("asv") is not None


def interleaved_rounds(base: Path, head: Path, tolerance: float, select: str) -> list[Reading]:
    """`asv continuous --interleave-rounds`; "unsure" when it isn't done in time.

    :param select: as for the others, ``test_page`` is ``time_page`` here
    """
    project = head.with_name(f"{head.name}-asv")
    if not project.exists():
        _prepare(project, base, head)
    began = time.monotonic()
    flags = ["--interleave-rounds", f"--factor={1 + tolerance}", f"--bench={select.replace('test', 'time')}"]
    try:
        output = _asv(project, "continuous", *flags, f"--machine={MACHINE}", "base", "main", limit=TRIAL_SECONDS)
    except subprocess.TimeoutExpired:
        return [Reading("asv, interleaved rounds", "unsure", None, time.monotonic() - began)]
    return [Reading("asv, interleaved rounds", answer(output), _ratio(project), time.monotonic() - began)]


def answer(output: str) -> str:
    """What asv printed, in the words of the gate.

    :raises ValueError: if asv did not come to an end
    """
    *_, last = output.rstrip().splitlines() or [""]
    if last not in VERDICTS:
        raise ValueError(f"asv compared nothing. It said:\n{output}")
    return VERDICTS[last]


def _ratio(project: Path) -> float:
    files = (project / "results" / MACHINE).glob("*-*.json")
    found = [msgspec.json.decode(file.read_bytes(), type=Results) for file in files]
    seconds = {results.commit_hash: results.seconds("page.time_page") for results in found}
    base, head = Repository(project / "site").git("rev-parse", "base", "main").split()
    return seconds[head] / seconds[base]


def _prepare(project: Path, base: Path, head: Path) -> None:
    """A project of asv with its environment."""
    (project / "benchmarks").mkdir(parents=True)
    (project / "benchmarks" / "__init__.py").touch()
    (project / "benchmarks" / "page.py").write_text(BENCHMARK)
    (project / "shared_environment.py").write_text(ENVIRONMENT)
    (project / "asv.conf.json").write_bytes(msgspec.json.encode(SETTINGS))
    site = Repository.create(project / "site")
    for side in (base, head):
        site.commit({"site_app.py": (side / "site_app.py").read_text("utf-8")}, message=side.name)
    site.git("tag", "base", "main~1")
    _asv(project, "machine", "--yes", f"--machine={MACHINE}", limit=SETUP_SECONDS)
    _asv(project, "setup", limit=SETUP_SECONDS)


def _asv(project: Path, *arguments: str, limit: float) -> str:
    """What asv prints. Its exit code is that of the comparison, and the file of this machine goes into the project."""
    environment = os.environ | {
        "HOME": str(project),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONDONTWRITEBYTECODE": "1",  # else two commits installed in one second share it
    }
    return subprocess.run(
        [sys.executable, "-m", "asv", *arguments], cwd=project, env=environment, text=True, timeout=limit,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ).stdout
