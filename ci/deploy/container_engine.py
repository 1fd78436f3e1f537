"""The program that builds and pushes images: docker, podman or buildah, whichever is there.

What each does differently was measured with Docker 20.10, Podman 4.3.1 and Buildah 1.28.2.
"""

import json
import os
import platform
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ci.deploy.targets import Say
from ci.errors import CiError, CommandError
from ci.process import run, start

PROGRAMS = ("docker", "podman", "buildah")

_X86 = ("x86_64", "AMD64")
_ANSWER = 30.0  # seconds for a question about the program itself


@dataclass(frozen=True)
class Engine:
    """A container engine: its ``program``, and which of PROGRAMS it is (docker may be a name of podman).

    ``attests``: its builds add attestations unless told not to.
    """

    program: str
    kind: str
    attests: bool = False

    def login(self, registry: str, *, secure: bool) -> list[str]:
        """The command that logs in as the user ``_``; it reads the password from standard input."""
        return [self.program, "login", *self._verify(secure), "--username=_", "--password-stdin", registry]

    def build(self, image: str, *, release: str, machine: str | None = None) -> list[str]:
        """The command that builds the working directory into ``image``.

        A registry that knows Docker's format only gets exactly this: podman and buildah would make an OCI image, and
        docker an index, because of the attestations. ``machine`` is the processor, by default this machine's: on
        another than x86 the image is built for x86.
        """
        command = [self.program, "bud" if self.kind == "buildah" else "build", "--tag", image]
        if self.kind != "docker":
            command += ["--format", "docker"]
        if self.attests:
            command += ["--provenance", "false", "--sbom", "false"]
        if (machine or platform.machine()) not in _X86:
            command += ["--platform", "linux/amd64"]
        return [*command, "--build-arg", f"RELEASE={release}", "."]

    def push(self, image: str, *, secure: bool) -> list[str]:
        """The command that pushes ``image`` to the registry in its name."""
        return [self.program, "push", *self._verify(secure), image]

    def _verify(self, secure: bool) -> list[str]:
        """Docker takes http on this machine as it is; the others have to be told."""
        return [] if secure or self.kind == "docker" else ["--tls-verify=false"]


def find(environ: Mapping[str, str]) -> Engine:
    """The first of PROGRAMS on the PATH of ``environ`` that can work. Raises CiError if there is none."""
    installed = [program for program in PROGRAMS if shutil.which(program, path=environ.get("PATH"))]
    for program in installed:
        engine = _docker(environ) if program == "docker" else Engine(program, program)
        if engine:
            return engine
    if installed:
        raise CiError("docker is installed, and its daemon does not answer: start it, or install podman or buildah")
    raise CiError("building the image needs docker, podman or buildah, and none of them is on PATH: install one")


def _docker(environ: Mapping[str, str]) -> Engine | None:
    """What the program docker is: docker, or podman under its name; None if it is docker without its daemon."""
    version = run(["docker", "version"], env=environ, timeout=_ANSWER, check=False)
    if version.exit_code:
        return None
    if "Podman" in version.stdout:
        return Engine("docker", "podman")
    usage = run(["docker", "build", "--help"], env=environ, timeout=_ANSWER, check=False).stdout
    return Engine("docker", "docker", attests="--provenance" in usage)


@contextmanager
def logged_in(
    login: Sequence[str], key: str, *, engine: Engine, environ: Mapping[str, str], timeout: float
) -> Iterator[Mapping[str, str]]:
    """Log in with the command ``login``; yield the environment in which a push is allowed.

    The engines write what they are logged in with into a file. Here that is one in a folder of its own, which is gone
    when the block ends; the logins of the user stay as they are. Raises CommandError without ``key``
    in it.
    """
    with tempfile.TemporaryDirectory(prefix="ci-login-") as folder:
        inside = {**environ, **_login_place(engine, Path(folder), environ)}
        ended = run(login, env=inside, input=key, timeout=timeout, check=False)
        if ended.exit_code:
            said = " ".join((ended.stderr + ended.stdout).replace(key, "***").split())
            raise CommandError(f"{engine.program} can't log in to {login[-1]}, exit code {ended.exit_code}: {said}")
        yield inside


def _login_place(engine: Engine, folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    if engine.kind != "docker":
        return {"REGISTRY_AUTH_FILE": str(folder / "auth.json")}
    _copy_docker_config(Path(environ.get("DOCKER_CONFIG") or Path(environ.get("HOME", "/")) / ".docker"), folder)
    return {"DOCKER_CONFIG": str(folder)}


def _copy_docker_config(own: Path, folder: Path) -> None:
    """Docker's settings but logins: which daemon it talks to, its plugins."""
    try:
        config = json.loads((own / "config.json").read_bytes())
        others = [path for path in own.iterdir() if path.name != "config.json"]
    except (OSError, ValueError):
        return
    kept = {key: value for key, value in config.items() if key not in ("auths", "credsStore", "credHelpers")}
    (folder / "config.json").write_text(json.dumps(kept), encoding="utf-8")
    for path in others:
        (folder / path.name).symlink_to(path.absolute())


def follow(
    command: Sequence[str], *, cwd: Path, environ: Mapping[str, str], say: Say, timeout: float
) -> None:
    """Run a long command and pass on its lines as they come.

    Raises CommandError if it fails or takes longer than ``timeout`` seconds.
    """
    late = threading.Event()
    reading, writing = os.pipe()
    with open(reading, encoding="utf-8", errors="replace") as lines:
        try:
            process = start(command, cwd=cwd, env=environ, output=writing)
        finally:
            os.close(writing)
        timer = threading.Timer(timeout, _end_late, (process, late))
        timer.start()
        try:
            for line in lines:
                say("  " + line.rstrip())
            exit_code = process.wait()
        finally:
            timer.cancel()
            _kill(process)
    if late.is_set():
        raise CommandError(f"`{' '.join(command)}` did not end within {timeout:g} seconds")
    if exit_code:
        raise CommandError(f"`{' '.join(command)}` ended with exit code {exit_code}; its last lines above say why")


def _end_late(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process, if it runs, with all that it has started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
