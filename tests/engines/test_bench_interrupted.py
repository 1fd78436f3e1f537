"""Ctrl-C, a polite end and a kill of `ci bench` at any moment: nothing is left, or the next run removes it."""

import os
import random
import signal
import subprocess
import time
import uuid
from pathlib import Path

import pytest

from tests.processes import until
from tests.repository import GIT, Repository
from tests.tool import CI

pytestmark = pytest.mark.engine


BENCHMARKS = """\
import pathlib
import tempfile


def test_sum(benchmark):
    benchmark(lambda: sum(range(1000)))


def test_files(benchmark, tmp_path):
    benchmark(lambda: (tmp_path / "file").write_text("text"))
"""

PIPELINE = 'version = 1\nname = "x"\n[bench]\nbudget = "6s"\n[[stage]]\nname = "a"\nrun = ["true"]\n'

#: Seconds after the start at which it is stopped: while it starts, prepares, measures.
LATEST = 5.0


class Interrupted:
    """Runs of `ci bench` that are stopped, in a place of their own."""

    def __init__(self, folder: Path) -> None:
        self.repository = Repository.create(folder / "project")
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self._mark = uuid.uuid4().hex
        self._env = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(self.temporary),
            "PYTHONDONTWRITEBYTECODE": "1", "MARK": self._mark, **GIT,
        }

    def start(self) -> subprocess.Popen[str]:
        """Start a comparison as the leader of a process group, as a shell does."""
        return subprocess.Popen(
            [*CI, "bench", "--base", "HEAD"], cwd=self.repository.root, env=self._env, text=True,
            start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )

    def files(self) -> list[str]:
        """What is left of comparisons."""
        places = (self.repository.root / "var" / "bench", self.temporary)
        left = [str(path) for place in places if place.exists() for path in place.iterdir()]
        return left + self.repository.git("worktree", "list").splitlines()[1:]

    def processes(self) -> list[str]:
        """The commands of all processes that came of comparisons and still live."""
        return [" ".join(command) for command in filter(None, map(self._command, Path("/proc").glob("[0-9]*")))]

    def _command(self, process: Path) -> list[str]:
        try:
            if self._mark.encode() in (process / "environ").read_bytes():
                return (process / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            pass
        return []


@pytest.fixture
def interrupted(tmp_path: Path) -> Interrupted:
    """A repository with two benchmarks."""
    made = Interrupted(tmp_path)
    made.repository.commit({
        "ci/pipeline.toml": PIPELINE, "tests/benchmarks/test_it.py": BENCHMARKS,
        ".gitignore": "/var/\n/reports/\n__pycache__/\n",
    })
    return made


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "term"])
def test_nothing_is_left_whenever_it_is_stopped(interrupted: Interrupted, number: signal.Signals) -> None:
    seed = random.randrange(2**32)
    moments = random.Random(seed)
    for _time in range(6):
        moment = moments.uniform(0, LATEST)
        process = interrupted.start()
        time.sleep(moment)
        os.killpg(process.pid, number)
        output, _ = process.communicate(timeout=30)
        where = f"seed {seed}, after {moment} s: {output}"
        assert process.returncode in (0, 130, -number), where
        assert "Traceback" not in output or process.returncode == -number, where
        assert interrupted.files() == [], where
        assert interrupted.processes() == [], where
        assert interrupted.repository.git("status", "--porcelain") == "", where


def test_what_a_kill_left_is_gone_after_the_next_run(interrupted: Interrupted) -> None:
    process = interrupted.start()
    until(lambda: len(interrupted.processes()) >= 3)
    process.kill()
    process.communicate(timeout=30)
    assert interrupted.files()
    following = interrupted.start()
    output, _ = following.communicate(timeout=60)
    assert (following.returncode, "an earlier run was killed: removed its folder" in output) == (0, True), output
    assert interrupted.files() == []
    assert interrupted.processes() == []
