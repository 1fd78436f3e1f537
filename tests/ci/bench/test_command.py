"""`ci bench` as people call it, as far as nothing is measured; the rest is in tests/engines/test_bench_commits.py."""

import os
import pwd
import signal
import socket
import subprocess

import pytest

from ci.bench import history
from ci.bench.results import Commit, Comparison, Interval, Result
from ci.commands.bench import bench as command
from ci.errors import UsageError
from ci.runner import descendants
from tests.ci.bench.command import bench
from tests.repository import Repository
from tests.tool import CI

DEFINITION = 'version = 1\nname = "x"\n[bench]\n%s\n[[stage]]\nname = "a"\nrun = ["true"]\n'


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--base", "nowhere"], "ci: --base nowhere: there is no such commit here"),
        (["--history"], 'ci: no history is kept: name a folder for it, as [bench] history = "~/.cache/..."'),
        (["--history", "--base", "HEAD", "-k", "page"], "Error: --history has no use for --base and -k"),
        (["--calibrate", "--json"], "Error: --calibrate has no use for --json"),
        (["--tolerance", "5"], "Error: Invalid value for '--tolerance': '5' is not a share as \"5%\" or \"2.5%\""),
        (["--budget", "1d"], "Error: Invalid value for '--budget': '1d' is not a time as \"90s\", \"15m\" or \"2h\""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_call_is_exit_2(repository: Repository, arguments: list[str], message: str) -> None:
    repository.commit({"ci/pipeline.toml": DEFINITION % ""})
    done = bench(repository, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith(message)


def test_the_history_is_drawn_without_measuring(repository: Repository) -> None:
    repository.commit({"ci/pipeline.toml": DEFINITION % 'history = "kept"'})
    result = Result(
        id="tests/test_it.py::test_page", group=None, answer="same", tolerance=0.05,
        interval=Interval(1.01, 1.0, 1.02), base=0.1, head=0.101,
    )
    history.append(repository.root / "kept", Comparison(
        base=Commit(name="HEAD~1", id="1" * 40), head=Commit(name="main", id="2" * 40), results=(result,), seconds=1.0,
        time="2026-11-22T12:00:00+00:00", machine="a machine",
    ))
    done = bench(repository, "--history")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].endswith("reports/benchmark-history.html")
    assert "test_page" in (repository.root / "reports/benchmark-history.html").read_text()


def test_where_nobody_has_a_home_it_is_said_that_no_history_is_there(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container that runs as a number."""
    def nobody(_number: int) -> None:
        raise KeyError

    repository.commit({"ci/pipeline.toml": DEFINITION % 'history = "~/kept"'})
    monkeypatch.chdir(repository.root)
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(UsageError, match="^no history: ~/kept is below the home, and this user has none; set HOME$"):
        command.main(["--history"], standalone_mode=False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "term"])
def test_an_engine_that_aborts_while_the_base_is_fetched_leaves_no_process(
    repository: Repository, number: signal.Signals
) -> None:
    """The server takes the connection and says nothing."""
    repository.git("branch", "--move", "topic")
    repository.commit({"ci/pipeline.toml": DEFINITION % ""})
    cookie = f"{os.urandom(8).hex()}/"
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        repository.git("remote", "add", "origin", f"http://127.0.0.1:{server.getsockname()[1]}/shop.git")
        process = subprocess.Popen(
            [*CI, "bench"], cwd=repository.root, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "CI": "true", descendants.COOKIE: cookie},
        )
        connection, _address = server.accept()
        with connection:
            process.send_signal(number)
            said = process.communicate(timeout=30)[1]
            assert (process.returncode, said.splitlines()[-1]) == (130, "interrupted")
            assert not descendants.alive(cookie)
