"""``python3 -m ci`` from a fresh clone to the command line, through every kind of accident; no network anywhere."""

import ast
import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ci.offline_machine import BASE_PYTHON, SOURCES, Machine, reaches_only_a_closed_port
from tests.processes import is_alive, until

VERSION = ".".join(map(str, sys.version_info[:3]))
MADE = f"ci: making .venv with Python {VERSION} (1 packages, uv)\nci: done in N s\n"
GREETING = "hello run fast\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One place for all machines here: an environment that was made once works in every test, at the same path."""
    return tmp_path_factory.mktemp("module")


@pytest.fixture
def machine(folder: Path) -> Iterator[Machine]:
    """A machine with uv and an index, without a network."""
    yield Machine(folder / "machine")
    shutil.rmtree(folder / "machine")


@pytest.fixture
def root(machine: Machine) -> Path:
    """A project that nobody has set up yet."""
    return machine.project()


@pytest.fixture
def environment(folder: Path, machine: Machine, root: Path) -> None:
    """The project's environment, as the first command leaves it."""
    kept = folder / "environment"
    if kept.exists():
        shutil.copytree(kept, root / ".venv", symlinks=True)
    else:
        assert started(machine, root) == (7, MADE + GREETING)
        shutil.copytree(root / ".venv", kept, symlinks=True)


def started(machine: Machine, root: Path, *arguments: str) -> tuple[int, str]:
    """The exit code and the output of ``python3 -m ci``, seconds replaced by N."""
    code, output = machine.run("-m", "ci", *(arguments or ("run", "fast")), cwd=root)
    return code, re.sub(r"\d+\.\d s$", "N s", output, flags=re.MULTILINE)


def test_first_command_makes_the_environment_and_runs(machine: Machine, root: Path) -> None:
    assert started(machine, root) == (7, MADE + GREETING)


@pytest.mark.usefixtures("environment")
def test_second_command_only_runs_and_needs_no_index(machine: Machine, root: Path) -> None:
    machine.variables = reaches_only_a_closed_port(machine.variables)
    assert started(machine, root) == (7, GREETING)


@pytest.mark.usefixtures("environment")
def test_second_command_needs_no_write_permission(machine: Machine, root: Path) -> None:
    before = sorted((path, path.lstat().st_mtime_ns) for path in (root / ".venv").rglob("*"))
    started(machine, root)
    assert sorted((path, path.lstat().st_mtime_ns) for path in (root / ".venv").rglob("*")) == before


@pytest.mark.usefixtures("environment")
def test_packages_arrive_compiled(machine: Machine, root: Path) -> None:
    """Also where PYTHONDONTWRITEBYTECODE is set, as in many containers: else every start would compile again."""
    assert list((root / ".venv").glob("lib/python*/site-packages/__pycache__/demo_package.*.pyc"))


@pytest.mark.usefixtures("environment")
def test_launcher_runs_the_tool_from_any_folder(machine: Machine, root: Path, tmp_path: Path) -> None:
    call = "import os, sys; os.execv(sys.argv[1], sys.argv[1:])"
    assert machine.run("-c", call, root / ".venv/bin/ci", "a 'b", cwd=tmp_path) == (7, "hello a 'b\n")


@pytest.mark.parametrize("arguments", [(), ("-h",), ("--help",)])
def test_help_makes_no_environment(machine: Machine, root: Path, arguments: tuple[str, ...]) -> None:
    code, output = machine.run("-m", "ci", *arguments, cwd=root)
    assert (code, output.splitlines()[0]) == (0, "Usage: python3 -m ci COMMAND [OPTIONS]")
    assert not (root / ".venv").exists()


def test_older_python_reads_one_clear_line(machine: Machine, root: Path) -> None:
    for file in ("__init__.py", "__main__.py"):
        ast.parse((SOURCES / file).read_text(), feature_version=(3, 8))
    code = (
        "import runpy, sys; sys.version_info, sys.version = (3, 8, 18), '3.8.18'; "
        "runpy.run_module('ci', run_name='__main__')"
    )
    assert machine.run("-c", code, cwd=root) == (
        2,
        f"ci: needs Python 3.11 or newer, and this is 3.8.18 ({BASE_PYTHON}); "
        "install a newer one, with its venv module\n",
    )


@pytest.mark.usefixtures("environment")
def test_start_imports_next_to_nothing(machine: Machine, root: Path) -> None:
    """Beside what Python itself loads: every module more would be paid at every command."""
    code = """
import runpy, sys
before = set(sys.modules)
try:
    runpy.run_module("ci", run_name="__main__")
except SystemExit:
    print(*sorted(set(sys.modules) - before))
"""
    _, output = machine.run("-c", code, cwd=root, python=root / ".venv/bin/python")
    assert output.splitlines()[-1] == "ci ci.cli ci.layout ci.stamp demo_package"


@pytest.mark.usefixtures("environment")
def test_changed_lock_is_followed(machine: Machine, root: Path) -> None:
    with (root / "requirements-dev.txt").open("a") as lock:
        lock.write("# a newer one\n")
    expected = f"ci: updating .venv with Python {VERSION} (1 packages, uv)\nci: done in N s\n"
    assert started(machine, root) == (7, expected + GREETING)
    assert started(machine, root) == (7, GREETING)


@pytest.mark.usefixtures("environment")
def test_python_that_went_away_is_replaced(machine: Machine, root: Path) -> None:
    """As after an upgrade of the system's Python: the links of the environment lead nowhere."""
    for link in (root / ".venv/bin").glob("python*"):
        link.unlink()
        link.symlink_to("/nonexistent/python3")
    assert started(machine, root) == (7, MADE.replace("uv)", "uv): its Python does not work") + GREETING)


@pytest.mark.usefixtures("environment")
def test_package_that_went_away_is_named(machine: Machine, root: Path) -> None:
    """No check at the start would find it soon enough to be worth its time."""
    for file in (root / ".venv/lib").rglob("demo_package.*"):
        file.unlink()
    message = f"ci: {root}/.venv lacks the package demo_package: remove that folder, then run the same command again\n"
    assert started(machine, root) == (2, message)


@pytest.mark.usefixtures("environment")
def test_damaged_note_is_a_note_of_unfinished_work(machine: Machine, root: Path) -> None:
    (root / ".venv/ci-lock").unlink()
    (root / ".venv/ci-state").write_bytes(b"\xff\0\xff")
    assert started(machine, root) == (7, MADE.replace("making", "updating") + GREETING)


def test_environment_may_be_a_link_to_another_disk(machine: Machine, root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (root / ".venv").symlink_to(tmp_path / "elsewhere")
    assert started(machine, root) == (7, MADE + GREETING)
    assert started(machine, root) == (7, GREETING)


def test_link_to_nothing_is_said(machine: Machine, root: Path) -> None:
    (root / ".venv").symlink_to("/nonexistent/folder")
    assert started(machine, root) == (2, "ci: .venv is not a folder: move it away, or name another place.\n")


def test_path_that_venv_can_not_have_is_said(machine: Machine, root: Path) -> None:
    moved = root.rename(root.with_name("two\nlines"))
    message = "ci: the path of this folder holds a line break, which Python's venv can't: rename it.\n"
    assert started(machine, moved) == (2, message)


@pytest.mark.usefixtures("environment")
def test_moved_project_is_made_anew(machine: Machine, root: Path) -> None:
    """Scripts in the environment hold the folder's name: of a copy, they would start the original's Python."""
    moved = root.rename(root.with_name("renamed"))
    assert started(machine, moved) == (7, MADE.replace("uv)", "uv): it was made for another folder") + GREETING)
    assert str(moved) in (moved / ".venv/bin/demo").read_text()


def test_environment_of_the_user_is_completed(machine: Machine, root: Path) -> None:
    """Without pip too, and nothing in it is lost."""
    machine.run("-m", "venv", "--without-pip", root / ".venv", cwd=root)
    (root / ".venv/mine").touch()
    assert started(machine, root) == (7, MADE.replace("making", "updating") + GREETING)
    assert (root / ".venv/mine").exists() and (root / ".venv/bin/pip").exists()


def test_folder_of_something_else_is_left_alone(machine: Machine, root: Path) -> None:
    (root / ".venv").mkdir()
    (root / ".venv/thesis.txt").touch()
    expected = "ci: .venv holds files and is not a Python environment: move it away, or name another folder.\n"
    assert started(machine, root) == (2, expected)
    assert os.listdir(root / ".venv") == ["thesis.txt"]


def test_unreachable_index_is_explained_and_mended_by_the_next_run(machine: Machine, root: Path) -> None:
    online = machine.variables
    machine.variables = reaches_only_a_closed_port(online)
    code, output = started(machine, root)
    assert code == 2
    assert re.search(
        r"ci: installing the packages of requirements-dev.txt failed \(uv, exit code \d\): "
        "no network: the server can't be reached\n", output,
    )
    assert output.endswith(
        "Check the connection; behind a proxy set HTTPS_PROXY. For a package index of your own set PIP_INDEX_URL. "
        "Then run the same command again: it goes on from here.\n"
    )
    machine.variables = online
    assert started(machine, root) == (7, MADE.replace("uv)", "uv): the last set-up was not finished") + GREETING)


def test_full_disk_is_named(machine: Machine, root: Path) -> None:
    machine.program("uv", '[ "$1" = --version ] || { echo "error: No space left on device (os error 28)"; exit 2; }')
    assert started(machine, root)[1].endswith(
        "failed (uv, exit code 2): the disk is full\n    error: No space left on device (os error 28)\n"
        "Make room. Then run the same command again: it goes on from here.\n"
    )


def test_password_of_an_index_is_never_shown(machine: Machine, root: Path) -> None:
    address = "http://someone:SeSaMe@127.0.0.1:9/simple"
    machine.program("uv", f'[ "$1" = --version ] || {{ echo "error: connection refused: {address}"; exit 2; }}')
    output = started(machine, root)[1]
    assert "http://***@127.0.0.1:9/simple" in output and "SeSaMe" not in output


def test_an_index_is_not_asked_for_what_the_cache_holds(machine: Machine, root: Path) -> None:
    """It may be slow; the hashes of the lock say what is right, wherever it lies."""
    with machine.serves_its_index() as asked:
        assert started(machine, root) == (7, MADE + GREETING)
        assert asked
        asked.clear()
        shutil.rmtree(root / ".venv")
        assert started(machine, root) == (7, MADE + GREETING)
        assert asked == []


def test_changed_package_is_refused(machine: Machine, root: Path) -> None:
    lock = root / "requirements-dev.txt"
    lock.write_text(re.sub("sha256:.{8}", "sha256:00000000", lock.read_text()))
    code, output = started(machine, root)
    assert (code, output.splitlines()[-1]) == (
        2,
        "Don't use it: ask its publisher, or make the lock again. "
        "Then run the same command again: it goes on from here.",
    )


@pytest.mark.usefixtures("environment")
def test_what_uv_can_not_install_is_given_to_pip(machine: Machine, root: Path) -> None:
    """A stand-in that notes how it is called; tests/engines has pip itself, which takes seconds."""
    (package,) = (root / ".venv").glob("lib/*/site-packages/pip")
    (package / "__main__.py").write_text("import sys\nopen('called', 'a').write(' '.join(sys.argv[1:]) + '\\n')\n")
    machine.program("uv", '[ "$1" = --version ] || { echo "error: not on a day like this"; exit 2; }')
    lock = root / "requirements-dev.txt"
    lock.write_text(lock.read_text() + "# a newer one\n")
    assert started(machine, root) == (7, MADE.replace("making", "updating") + GREETING)
    assert (root / "called").read_text() == (
        f"--version\ninstall --no-input --progress-bar=off --compile --require-hashes -r {lock}\n"
    )


def test_two_at_once_work_one_after_the_other(machine: Machine, root: Path) -> None:
    gate = machine.folder / "gate"
    wait = f'while [ ! -e "{gate}" ]; do /bin/sleep 0.02; done'
    machine.program("uv", f'case "$*" in *-r*) {wait};; esac; exec "$uv" "$@"')
    with machine.start("-m", "ci", "first", cwd=root) as first:
        assert first.stdout and first.stdout.readline().startswith("ci: making .venv")
        with machine.start("-m", "ci", "second", cwd=root) as second:
            assert second.stdout
            assert second.stdout.readline() == "ci: waiting for another process that is setting up .venv\n"
            gate.touch()
            assert second.stdout.read() == "hello second\n"
        assert first.stdout.read().endswith("hello first\n")


def test_ctrl_c_ends_quietly_and_takes_the_installer_along(machine: Machine, root: Path) -> None:
    running = machine.folder / "running"
    hang = f'echo $$ >"{running}.new"; /bin/mv "{running}.new" "{running}"; exec /bin/sleep 60'
    machine.program("uv", f'case "$*" in *-r*) {hang};; esac; exec "$uv" "$@"')
    with machine.start("-m", "ci", "run", cwd=root) as process:
        until(running.exists)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert output.splitlines()[1:] == ["ci: interrupted; the same command goes on from here"]
    until(lambda: not is_alive(int(running.read_text())))


def test_kill_while_an_installer_works_is_mended(machine: Machine, root: Path) -> None:
    """The next run waits for the installer that was left alone; tests/engines kills at any moment."""
    running, gate = machine.folder / "running", machine.folder / "gate"
    wait = f'>"{running}"; while [ ! -e "{gate}" ]; do /bin/sleep 0.02; done'
    machine.program("uv", f'case "$*" in *-r*) {wait};; esac; exec "$uv" "$@"')
    with machine.start("-m", "ci", "run", "fast", cwd=root) as killed:
        until(running.exists)
        killed.kill()
    with machine.start("-m", "ci", "run", "fast", cwd=root) as process:
        assert process.stdout
        assert process.stdout.readline() == "ci: waiting for another process that is setting up .venv\n"
        gate.touch()
        assert process.stdout.read().splitlines()[-1] + "\n" == GREETING
    assert process.returncode == 7
