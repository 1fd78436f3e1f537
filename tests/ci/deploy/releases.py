"""Small real releases: a repository whose app is one WSGI file, and environments without a network."""

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path

from ci import stamp
from ci.deploy import archive

#: Answers /healthz as every app has to, and shows at / what the tests want to know.
APP = """
import json, os, pathlib
release = json.loads((pathlib.Path(__file__).resolve().parent / "release.json").read_text())["release"]
CONTENT = "first"
answered = 0
{starting}

def create_app():
    def app(environ, start_response):
        global answered
        answered += environ["PATH_INFO"] == "/healthz"
        status = "200 OK"
        {answering}
        start_response(status, [("Content-Type", "application/json")])
        shown = {{"release": release, "content": CONTENT, "environment": dict(os.environ)}}
        return [json.dumps({{"release": release}} if environ["PATH_INFO"] == "/healthz" else shown).encode()]
    return app
"""

GUNICORN = """
import os
bind = "127.0.0.1:" + os.environ["PORT"]
worker_class, threads, workers = "gthread", 2, 2
control_socket_disable = True
keepalive = 1
"""

PATHS = ("app.py", "gunicorn.conf.py", "requirements.txt")


class Project:
    """A repository with releases in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        self.write("pyproject.toml", '[project]\nname = "shop"\n')
        self.write("requirements.txt", "gunicorn==27.0.1\n")
        self.write("gunicorn.conf.py", GUNICORN)
        self.write("app.py", APP.format(starting="", answering=""))
        self.commit()

    def git(self, *arguments: str) -> str:
        """Run git in the repository."""
        identity = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        for role in ("AUTHOR", "COMMITTER"):
            identity |= {f"GIT_{role}_NAME": "A", f"GIT_{role}_EMAIL": "a@example.org"}
            identity |= {f"GIT_{role}_DATE": "2026-01-02T03:04:05Z"}
        environ = {**os.environ, **identity}
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env=environ, check=True, capture_output=True, text=True
        )
        return done.stdout.rstrip("\n")

    def write(self, name: str, content: str) -> None:
        """Write a file of the working tree."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def commit(self) -> str:
        """Commit everything; return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", f"change {os.urandom(4).hex()}")
        return self.git("rev-parse", "HEAD")

    def build(
        self, *, starting: str = "", answering: str = "", conf: str = "", content: str = "first"
    ) -> Path:
        """The archive of a new commit.

        ``starting``, ``answering`` and ``conf`` are code: when the app is imported, at each answer
        (``answered`` counts those of /healthz), and at the end of gunicorn.conf.py.
        """
        self.write("app.py", APP.format(starting=starting, answering=answering).replace("first", content))
        self.write("gunicorn.conf.py", GUNICORN + conf)
        self.commit()
        built = archive.build(self.root, PATHS, environ={})
        kept = self.root.parent / built.name  # the next build removes it from dist/
        return built.rename(kept)


def make_environment(lock: Path, folder: Path) -> None:
    """An environment that sees the packages of the running interpreter, and says that it holds what ``lock`` lists."""
    if folder.exists():
        return
    venv.create(folder, with_pip=False, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    (packages / "running.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (folder / "bin" / "gunicorn").write_text("from gunicorn.app.wsgiapp import run\nrun()\n")
    stamp.write(str(folder), version=stamp.RUNNING, lock=lock.read_bytes())


def settings(port: int, **more: str) -> Mapping[str, str]:
    """The environment of a deployment to ``port``."""
    return {"PATH": os.environ["PATH"], "PORT": str(port), **more}


def main() -> None:
    """ARCHIVE DIRECTORY PORT [CLASS METHOD before|after]: deploy, and be killed at that call."""
    from ci.deploy import server
    from ci.deploy.server import directory, gunicorn

    archive_path, folder, port, *moment = sys.argv[1:]
    if moment:
        kind = {"ServerDirectory": directory.ServerDirectory, "Server": gunicorn.Server}[moment[0]]
        _kill_at(kind, moment[1], moment[2])
    server.deploy(
        Path(archive_path),
        Path(folder),
        environ={**os.environ, "PORT": port},
        make_environment=make_environment,
    )


def _kill_at(kind: type, name: str, when: str) -> None:
    import signal

    original = getattr(kind, name)

    def killed(*arguments: object, **options: object) -> None:
        if when == "after":
            original(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(kind, name, killed)


if __name__ == "__main__":
    main()
