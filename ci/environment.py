"""Virtual environments: made, filled from the hashed lock, mended; and the two commands by which pipelines ask for it.

Whatever interrupts the work, at whatever moment, the next call mends it: the stamp is written last (``ci.stamp``),
and a note says before the first change that work has begun (``ci.claim``). Standard library only.
"""

import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ci import installer, layout, stamp
from ci.claim import OURS, THEIRS, Claim, claimed, shown
from ci.installer import EnvironmentProblem as EnvironmentProblem
from ci.installer import python_of
from ci.interpreters import Interpreter, fetch, find, probe
from ci.progress import run

Say = Callable[[str], None]


def make(prefix: str, python: str, lock: str, *, say: Say, root: str | None = None) -> None:
    """Make or mend the environment at ``prefix`` so that it holds what the file ``lock`` says; quick if it does.

    A working environment is completed, whoever made it and with whichever Python. Else it is made with the
    interpreter ``python``. ``root`` adds ``PREFIX/bin/ci``, which starts the tool of that repository.
    Raises EnvironmentProblem.
    """
    with claimed(prefix, say, new=True) as claim:
        found = _working(prefix)
        if found and stamp.is_current(prefix, lock, version=found.minor):
            return
        with _timed(say):
            content = f"({_count(lock)} packages, {_tool(prefix, lock)})"
            reason = _fault(prefix, found, claim)
            if found is None or reason:
                _make_anew(prefix, _starting(python), claim, say, content + reason)
            else:
                say(f"updating {shown(prefix)} with Python {found.version} {content}")
            _fill(prefix, lock, claim, root=root)


def create(prefix: str, python: str, lock: str | None, *, say: Say) -> None:
    """Make an environment with exactly the interpreter ``python`` and nothing in it but pip, unless it is there.

    uv comes with it if this machine has none and a ``lock`` names it. Raises EnvironmentProblem.
    """
    with claimed(prefix, say, new=True) as claim:
        wanted, found = _starting(python), _working(prefix)
        reason = _fault(prefix, found, claim)
        if found and found.minor != wanted.minor:
            if claim.owner == THEIRS:
                raise EnvironmentProblem(
                    f"{shown(prefix)} holds Python {found.version}, and this tool did not make it: remove it, or "
                    f"name another folder: `python3 -m ci environment --python {wanted.minor} FOLDER`."
                )
            reason = f": it held Python {found.version}"
        if found and not reason:
            say(f"{shown(prefix)} is there, with Python {found.version}")
            return
        with _timed(say):
            _make_anew(prefix, wanted, claim, say, f"and pip{reason}")
            _equip(prefix, lock, claim)
            claim.finish()


def complete(prefix: str, lock: str, *, say: Say, root: str | None = None) -> None:
    """Install what ``lock`` says into the environment at ``prefix``, whose Python works. Raises EnvironmentProblem."""
    with claimed(prefix, say, new=False) as claim:
        found = _starting(python_of(prefix))
        if stamp.is_current(prefix, lock, version=found.minor):
            return
        with _timed(say):
            content = f"{_count(lock)} packages into {shown(prefix)} (Python {found.version})"
            say(f"installing {content} with {_tool(prefix, lock)}")
            _fill(prefix, lock, claim, root=root)


def _starting(python: str) -> Interpreter:
    found = probe(python)
    if found is None:
        raise EnvironmentProblem(f"{python} does not start: repair or remove it.")
    return found


def _working(prefix: str) -> Interpreter | None:
    """The interpreter of the environment at ``prefix``, if it starts there and finds its packages there."""
    found = probe(python_of(prefix))
    return found if found and found.prefix == os.path.realpath(prefix) and found.has_packages else None


def _fault(prefix: str, found: Interpreter | None, claim: Claim) -> str:
    """Why an environment has to be made anew, as the end of a sentence; empty if it can stay or there is none."""
    if found is None:
        return ": its Python does not work" if os.path.exists(os.path.join(prefix, "pyvenv.cfg")) else ""
    if claim.owner == OURS and claim.was_unfinished:
        return ": the last set-up was not finished"
    if claim.owner == OURS and _was_moved(prefix):
        return ": it was made for another folder"
    return ""


def _was_moved(prefix: str) -> bool:
    found = stamp.read(prefix)
    return found is not None and found[1] != os.path.realpath(prefix)


def _make_anew(prefix: str, interpreter: Interpreter, claim: Claim, say: Say, details: str) -> None:
    """Replace everything at ``prefix`` by an environment without packages."""
    say(f"making {shown(prefix)} with Python {interpreter.version} {details}")
    claim.begin(OURS)
    for entry in os.scandir(prefix):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry)
        elif entry.name != os.path.basename(claim.path):
            os.unlink(entry)
    step = f"making {shown(prefix)}"
    command = [interpreter.path, "-m", "venv", "--without-pip", os.path.realpath(prefix)]  # it refuses a link
    result = run(step, command, installer.pip_settings(), hold=claim.descriptor)
    if "No module named venv" in result.output:
        raise installer.no_venv(interpreter.path)
    if result.code:
        raise installer.ToolFailed(step, "venv", result.code, result.output)


def _equip(prefix: str, lock: str | None, claim: Claim) -> None:
    """Add pip, and uv if it can be had."""
    try:
        uv = installer.find_uv(prefix) or (lock and installer.fetch_uv(prefix, lock, hold=claim.descriptor)) or None
    except installer.ToolFailed:
        uv = None  # no network: good enough until something is installed
    installer.add_pip(prefix, uv, hold=claim.descriptor)


def _fill(prefix: str, lock: str, claim: Claim, *, root: str | None) -> None:
    """Install what ``lock`` says, then stamp the environment."""
    text = stamp.read_lock(lock)
    # What an interrupted set-up or another folder left can't be trusted; where ci made the environment nothing is left.
    reinstall = claim.owner == THEIRS and (claim.was_unfinished or _was_moved(prefix))
    claim.begin(claim.owner)
    stamp.remove(prefix)
    uv = installer.find_uv(prefix) or installer.fetch_uv(prefix, lock, hold=claim.descriptor)
    installer.install(prefix, lock, uv, reinstall=reinstall, hold=claim.descriptor)
    found = _starting(python_of(prefix))
    if not found.has_pip:
        installer.add_pip(prefix, uv, hold=claim.descriptor)
    if root:
        _write_launcher(prefix, root)
    stamp.write(prefix, version=found.minor, lock=text)
    claim.finish()


def _write_launcher(prefix: str, root: str) -> None:
    """``PREFIX/bin/ci``: the tool of the repository ``root``, from any folder.

    A shell starts it and reads line 2 alone: a ``#!`` line can't hold every path.
    """
    path = os.path.join(prefix, "bin", "ci")
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(f"""#!/bin/sh
'''exec' "${{0%/*}}/python" "$0" "$@" #'''
import sys
sys.path[0] = {root!r}
from ci.__main__ import main
sys.exit(main())
""")
    os.chmod(path + ".new", 0o755)
    os.replace(path + ".new", path)


def _count(lock: str) -> int:
    if not os.path.exists(lock):
        raise EnvironmentProblem(f"{lock} is missing: it lists what to install.")
    return len(re.findall(rb"^\w", stamp.read_lock(lock), re.MULTILINE))


def _tool(prefix: str, lock: str) -> str:
    return "uv" if installer.find_uv(prefix) or installer.uv_entry(lock) else "pip"


@contextmanager
def _timed(say: Say) -> Iterator[None]:
    started = time.monotonic()
    yield
    say(f"done in {time.monotonic() - started:.1f} s")


def prepare(home: layout.Home) -> int:
    """For ``python3 -m ci``: ``make()`` the tool's environment with this Python. Returns 0, or the exit code."""
    return _reported(lambda: make(home.prefix, sys.executable, home.lock, say=_say_aside, root=_source_of(home)))


def _source_of(home: layout.Home) -> str | None:
    """The repository that ``PREFIX/bin/ci`` has to name; None where the lock brings that program."""
    return home.root if home.is_source else None


def setup_command(arguments: list[str]) -> int:
    """``ci setup``: install what the lock says into the environment of the running Python. Returns the exit code."""
    from ci.plain_arguments import Parser

    Parser(
        "ci setup",
        description="Install the locked packages for this Python.\n\n"
        "What the lock says, into its environment: a virtual one, or the Python of a CI machine. Quick when that is "
        "done already.",
        example="python -m ci setup",
    ).parse_args(arguments)
    return _reported(_set_up_this_python)


def _set_up_this_python() -> None:
    import sysconfig

    home = layout.home(layout.find_root())
    if home is None:
        raise EnvironmentProblem(
            f"no {layout.COMMON_LOCK} says what to install: run this in a project that brings its tool along, "
            "with the files that `ci new` or `ci adopt` writes."
        )
    if stamp.is_current(sys.prefix, home.lock, version=stamp.RUNNING):
        _say(f"{shown(sys.prefix)} holds what {os.path.relpath(home.lock, home.root)} says")
        return

    marker = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
    if sys.prefix == sys.base_prefix and os.path.exists(marker):
        raise EnvironmentProblem(
            f"{sys.executable} belongs to the operating system, which wants no packages in it. Make an environment "
            "first: `python3 -m ci environment`, then `.venv/bin/python -m ci setup`."
        )
    is_ours = os.path.realpath(sys.prefix) == os.path.realpath(home.prefix)
    complete(sys.prefix, home.lock, say=_say, root=_source_of(home) if is_ours else None)


def environment_command(arguments: list[str]) -> int:
    """``ci environment``: an environment with one version of Python, and only pip in it. Returns the exit code."""
    from ci.plain_arguments import Parser

    parser = Parser(
        "ci environment",
        description="Make an empty environment of one Python version.\n\n"
        "In FOLDER, without it .venv, for `python -m ci setup` to fill. Does nothing if it is there.",
        example="python3 -m ci environment --python 3.12\n.venv/bin/python -m ci setup",
    )
    parser.add_argument(
        "--python", metavar="VERSION", default=stamp.RUNNING, help=f"As 3.12; without it this one, {stamp.RUNNING}."
    )
    parser.add_argument("prefix", metavar="[FOLDER]", nargs="?", default=".venv")
    options = parser.parse_args(arguments)
    if not re.fullmatch(r"3\.\d{1,2}(\.\d{1,2})?", options.python):
        parser.error(f"--python {options.python}: write a version, as 3.12")
    return _reported(lambda: _create_with(options.python, os.path.abspath(options.prefix)))


def _create_with(version: str, prefix: str) -> None:
    python = find(version)
    if python is None:
        _say(f"there is no Python {version} on this machine: fetching it")
        python = fetch(version)
    home = layout.home(layout.find_root())
    create(prefix, python, home.lock if home else None, say=_say)


def _say(text: str) -> None:
    print(f"ci: {text}", flush=True)


def _say_aside(text: str) -> None:
    """Standard output belongs to the command that comes after."""
    print(f"ci: {text}", file=sys.stderr, flush=True)


def _reported(work: Callable[[], None]) -> int:
    """Do ``work``, and tell what stopped it: 0, 2 or 130."""
    try:
        work()
    except EnvironmentProblem as problem:
        _say_aside(str(problem))
        return problem.exit_code
    except KeyboardInterrupt:
        _say_aside("interrupted; the same command goes on from here")
        return 130
    return 0
