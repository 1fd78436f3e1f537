"""The two installers, uv and pip: find or fetch one, run it with the right settings, say plainly why it failed.

Standard library only, since this runs before anything is installed.
"""

import glob
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from configparser import ConfigParser, Error
from pathlib import Path

from ci.causes import cause_of
from ci.errors import CiError
from ci.progress import Finished, run

#: pip's settings, and the variables by which uv learns the same.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "proxy": "ALL_PROXY",
    "cert": "SSL_CERT_FILE",
}

#: Variables that would make a tool read or write elsewhere than it is told, or leave bytecode out.
MISLEADING = ("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PIP_TARGET", "PIP_PREFIX", "PIP_NO_COMPILE")

#: Prints the two folders that may hold the wheel of pip.
WHERE_PIP_IS = """
import ensurepip, sysconfig
print(ensurepip.__path__[0] + "/_bundled")
print(sysconfig.get_config_var("WHEEL_PKG_DIR"))
"""


class EnvironmentProblem(CiError):
    """An environment can't be made: the message says which step failed and what to do."""

    exit_code = 2


class ToolFailed(EnvironmentProblem):
    """An installer ended with an error. ``is_explained``: the cause is known, and the other one would meet it too."""

    def __init__(self, step: str, tool: str, code: int, output: str) -> None:
        cause = cause_of(output)
        self.is_explained = cause is not None and cause.is_shared
        lines = re.sub(r"(://)[^/@\s]+@", r"\1***@", output).strip().splitlines()[-5:]
        shown = "".join(f"\n    {line[:160]}" for line in lines)
        said, advice = (f" {cause.said}", cause.advice) if cause else ("", "Put that right.")
        again = "Then run the same command again: it goes on from here."
        super().__init__(f"{step} failed ({tool}, exit code {code}):{said}{shown}\n{advice} {again}")


def no_venv(python: str) -> EnvironmentProblem:
    """What to say of a Python whose distributor has split off a part that is needed."""
    return EnvironmentProblem(
        f"{python} lacks a part of the standard library (venv, ensurepip): install it (Debian, Ubuntu: apt-get install "
        "python3-venv), then run the same command again."
    )


def python_of(prefix: str) -> str:
    """The interpreter of the environment at ``prefix``."""
    return os.path.join(prefix, "bin", "python3")


def find_uv(prefix: str) -> str | None:
    """A uv that works: on PATH, beside the running interpreter, or in the environment at ``prefix``."""
    places = [shutil.which("uv"), *(os.path.join(folder, "bin", "uv") for folder in (sys.prefix, prefix))]
    for uv in places:
        if uv and os.access(uv, os.X_OK) and run("looking for uv", [uv, "--version"], uv_settings()).code == 0:
            return uv
    return None


def uv_entry(lock: str) -> str | None:
    """The lines of the file ``lock`` that pin uv; None if it doesn't."""
    with open(lock, encoding="utf-8", errors="replace") as file:
        entry = re.search(r"^uv *==(?:.*\\\n)*.*\n?", file.read(), re.MULTILINE)
    return entry[0] if entry else None


def fetch_uv(prefix: str, lock: str, *, hold: int) -> str | None:
    """Install uv alone, as the lock pins it, with pip; None if the lock has none or there is none for this machine."""
    entry = uv_entry(lock)
    if entry is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        alone = os.path.join(folder, "uv.txt")
        Path(alone).write_text(entry, encoding="utf-8")
        options = ["--require-hashes", "--only-binary=:all:", "--no-deps", "-r", alone]
        try:
            _pip("installing uv", prefix, options, hold=hold)
        except ToolFailed as problem:
            if problem.is_explained:
                raise
            return None
    return find_uv(prefix)


def install(prefix: str, lock: str, uv: str | None, *, reinstall: bool, hold: int) -> None:
    """Install what ``lock`` says, bytecode compiled: with ``uv``, or if there is none or it can't, pip.

    Hashes are checked; a file without any is installed as it is.
    ``reinstall`` writes every file again. ``hold`` is the descriptor of a locked file, which the tools keep open:
    it stays locked until they have ended, even if this process has not lived so long. Raises ToolFailed.
    """
    step = f"installing the packages of {os.path.basename(lock)}"
    is_hashed = b"--hash=" in Path(lock).read_bytes()
    options = [*(["--require-hashes"] if is_hashed else []), "-r", lock]
    if uv:
        own = ["--python", python_of(prefix), "--compile-bytecode", *(["--reinstall"] if reinstall else [])]
        result = _run_uv(step, [uv, "pip", "install", *own, *options], is_hashed=is_hashed, hold=hold)
        if result.code == 0:
            return
        failure = ToolFailed(step, "uv", result.code, result.output)
        if failure.is_explained:
            raise failure
    _pip(step, prefix, ["--compile", *options, *(["--force-reinstall"] if reinstall else [])], hold=hold)


def _run_uv(step: str, install: list[str], *, is_hashed: bool, hold: int) -> Finished:
    """How the last attempt ended. What hashes name is right wherever it lies, so the cache alone is tried first."""
    settings = uv_settings(is_hashed=is_hashed)
    if _pip_configuration(os.environ).get("no-index", "0").lower() in ("1", "true", "yes", "on"):
        install = [*install, "--no-index"]  # the one setting for which uv has no variable
    if is_hashed:
        result = run(step, [*install, "--offline"], settings, hold=hold)
        if result.code == 0:
            return result
    return run(step, install, settings, hold=hold)


def add_pip(prefix: str, uv: str | None, *, hold: int) -> None:
    """Give an environment the pip that came with its interpreter; no network needed.

    An interpreter that came without one leaves it at ``uv``; raises EnvironmentProblem if there is no uv either.
    """
    step = "installing pip"
    try:
        wheel = _bundled_pip(prefix)
    except EnvironmentProblem:
        if uv:
            return
        raise
    if uv:
        command = [uv, "pip", "install", "--offline", "--no-deps", "--python", python_of(prefix), wheel]
        if run(step, command, uv_settings(), hold=hold).code == 0:
            return
    command = [python_of(prefix), f"{wheel}/pip", "install", "--no-index", "--no-deps", "--no-compile", wheel]
    result = run(step, command, pip_settings(), hold=hold)
    if result.code:
        raise ToolFailed(step, "pip", result.code, result.output)


def _pip(step: str, prefix: str, options: list[str], *, hold: int) -> None:
    pip = [python_of(prefix), "-m", "pip"]
    if run("looking for pip", [*pip, "--version"], pip_settings()).code:
        # Its wheel can be run as it is, which is how pip installs itself. Installing it first costs seconds more.
        pip = [python_of(prefix), f"{_bundled_pip(prefix)}/pip"]
    command = [*pip, "install", "--no-input", "--progress-bar=off", *options]
    result = run(step, command, pip_settings(), hold=hold)
    if result.code:
        raise ToolFailed(step, "pip", result.code, result.output)


def _bundled_pip(prefix: str) -> str:
    """The wheel that ensurepip would install (CPython: ``ensurepip/_bundled``; Debian: folder ``WHEEL_PKG_DIR``)."""
    result = run("looking for pip", [python_of(prefix), "-I", "-c", WHERE_PIP_IS], pip_settings())
    places = result.output.splitlines() if result.code == 0 else []
    wheels = [wheel for place in places for wheel in glob.glob(f"{place}/pip-*.whl")]
    if not wheels:
        raise no_venv(python_of(prefix))
    return wheels[0]


def pip_settings() -> dict[str, str]:
    """The environment variables for pip, and for any Python that is asked something."""
    kept = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    return kept | {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}


def uv_settings(*, is_hashed: bool = True) -> dict[str, str]:
    """The environment variables for uv: pip's settings too, so that one pip.conf serves both, and a usable cache."""
    settings = pip_settings()
    has_own_index = any(name in settings for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_FIND_LINKS"))
    for key, value in _pip_configuration(settings).items():
        if key in PIP_TO_UV and not (has_own_index and key in ("index-url", "extra-index-url", "find-links")):
            separator = "," if key == "find-links" else " "
            settings.setdefault(PIP_TO_UV[key], separator.join(value.split()))
    if is_hashed:  # every file is checked against a hash of the lock, so any index may deliver it
        settings.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    cache = settings.get("UV_CACHE_DIR") or _cache_home(settings)
    if not cache or not _is_writable(Path(cache)):
        settings["UV_NO_CACHE"] = "1"
    return settings


def _pip_configuration(variables: Mapping[str, str]) -> dict[str, str]:
    """What the files and the variables of pip say, later ones over earlier ones, as pip has it."""
    home = variables.get("HOME", "")
    files = ["/etc/pip.conf", f"{home}/.pip/pip.conf", f"{home}/.config/pip/pip.conf", f"{sys.prefix}/pip.conf"]
    chosen = variables.get("PIP_CONFIG_FILE", "")
    configuration = ConfigParser(interpolation=None)
    try:
        configuration.read([] if chosen == os.devnull else [*files, chosen], encoding="utf-8")
    except (Error, UnicodeError):
        pass  # pip will say so, if it is needed
    said: dict[str, str] = {}
    for section in ("global", "install"):
        said |= configuration[section] if section in configuration else {}
    said |= {name[4:].lower(): value for name, value in variables.items() if name.startswith("PIP_")}
    return {key.replace("_", "-"): value for key, value in said.items() if value}


def _cache_home(variables: Mapping[str, str]) -> str:
    return variables.get("XDG_CACHE_HOME") or (f"{variables['HOME']}/.cache" if variables.get("HOME") else "")


def _is_writable(folder: Path) -> bool:
    """Whether files can be written in ``folder``, which need not exist yet."""
    existing = next(place for place in (folder.absolute(), *folder.absolute().parents) if os.path.exists(place))
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
