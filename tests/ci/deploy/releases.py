"""Small real releases: a repository whose app is one WSGI file, and environments without a network."""

import os
import sys
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from ci import stamp
from ci.deploy import archive
from tests.repository import GIT, Repository

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


class Project(Repository):
    """A repository with releases in it."""

    variables = {**GIT, "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z"}

    @classmethod
    def create(cls, root: Path, *options: str) -> Self:
        """A repository with one commit, whose app is one WSGI file."""
        made = super().create(root, *options)
        made.commit({
            "pyproject.toml": '[project]\nname = "shop"\n', "requirements.txt": "gunicorn==27.0.1\n",
            "gunicorn.conf.py": GUNICORN, "app.py": APP.format(starting="", answering=""),
        })
        return made

    def commit(self, files: Mapping[str, str] = {}, *, message: str = "") -> str:
        """Commit everything; without a ``message`` the commit is like no other, although all have one date."""
        return super().commit(files, message=message or f"change {os.urandom(4).hex()}")

    def build(
        self, *, starting: str = "", answering: str = "", conf: str = "", content: str = "first"
    ) -> Path:
        """The archive of a new commit.

        ``starting``, ``answering`` and ``conf`` are code: when the app is imported, at each answer
        (``answered`` counts those of /healthz), and at the end of gunicorn.conf.py.
        """
        app = APP.format(starting=starting, answering=answering).replace("first", content)
        self.commit({"app.py": app, "gunicorn.conf.py": GUNICORN + conf})
        built = archive.build(self.root, PATHS, environ={})
        kept = self.root.parent / built.name  # the next build removes it from dist/
        return built.rename(kept)


def release_of(archive: Path) -> str:
    """The release that an archive of ``Project`` is named after."""
    return archive.name.removeprefix("shop-").removesuffix(".tar.gz")


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
