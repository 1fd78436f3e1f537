"""The package teamcity-messages and we speak the same language."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ci.adapters.testing import HOSTILE
from ci.report import teamcity
from tests.engines.programs import need_module

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_text_is_escaped_alike(text: str) -> None:
    """Where the package leaves a letter as it is, ours is its number, which a server reads as the same letter."""
    package = need_module("teamcity.messages")
    ours = teamcity.message("x", value=text).removeprefix("##teamcity[x value='").removesuffix("']")
    assert ours == "".join(numbered(letter) for letter in package.escape_value(text))


def numbered(letter: str) -> str:
    """A letter outside of ASCII as TeamCity's escape."""
    if ord(letter) < 0x80:
        return letter
    units = letter.encode("utf-16-be").hex()
    return "".join(f"|0x{units[start:start + 4]}" for start in range(0, len(units), 4))


def test_pytest_tells_its_tests_itself(tmp_path: Path) -> None:
    """As soon as TEAMCITY_VERSION is set, and the package is installed."""
    need_module("teamcity.messages")
    (tmp_path / "test_it.py").write_text("def test_it():\n    pass\n", "utf-8")
    env = {**os.environ, "TEAMCITY_VERSION": "2026.1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60)
    assert "##teamcity[testStarted" in done.stdout and "name='test_it.test_it'" in done.stdout


def test_flake8_tells_its_findings_itself(tmp_path: Path) -> None:
    need_module("teamcity.messages")
    (tmp_path / "it.py").write_text("import os\n", "utf-8")
    env = {**os.environ, "TEAMCITY_VERSION": "2026.1"}
    command = [sys.executable, "-m", "flake8", "it.py"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "##teamcity[testFailed" in done.stdout and "F401" in done.stdout
