"""What gunicorn is called with."""

from pathlib import Path

import pytest

from ci.deploy.server import command
from ci.errors import CiError


def test_without_a_procfile_the_factory_is_served(tmp_path: Path) -> None:
    assert command.arguments(tmp_path) == ("app:create_app()",)


def test_the_procfile_says_what_gunicorn_gets(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text(
        "# web: no\nrelease: x\nweb: gunicorn --threads 8 'shop:create_app()'\n"
    )
    assert command.arguments(tmp_path) == ("--threads", "8", "shop:create_app()")


@pytest.mark.parametrize("procfile", ["", "release: x\n", "web: waitress-serve shop:app\n"])
def test_a_procfile_for_another_server_is_refused(tmp_path: Path, procfile: str) -> None:
    (tmp_path / "Procfile").write_text(procfile)
    with pytest.raises(CiError, match='no line that begins with "web: gunicorn"'):
        command.arguments(tmp_path)


def test_a_web_line_with_a_quote_too_few_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("web: gunicorn 'app:create_app()\n")
    with pytest.raises(CiError, match="the web line .* can't be read: No closing quotation"):
        command.arguments(tmp_path)


def called(*words: str, listener: int | None = None, **env: str) -> list[str]:
    """The command line behind the pid file."""
    made = command.line(Path("/current"), words, pid_file=Path("/pid"), env=env, listener=listener)
    assert made[:2] == ["/current/.venv/bin/python", "/current/.venv/bin/gunicorn"]
    return made[2:]


def test_every_path_goes_through_the_link() -> None:
    """gunicorn itself would look for them where it was started, and again after the link has moved."""
    assert called("app:create_app()") == [
        "--chdir", "/current", "-c", "/current/gunicorn.conf.py", "--pid", "/pid", "app:create_app()",
    ]  # fmt: skip
    assert called("--chdir", "src", "-c", "conf/gunicorn.py", "shop.wsgi") == [
        "--chdir", "/current/src", "-c", "/current/conf/gunicorn.py", "--pid", "/pid", "shop.wsgi",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [["--bind", "0.0.0.0:$PORT"], ["--bind=0.0.0.0:${PORT}"], ["-b", "0.0.0.0:${PORT:-5000}"], ["-b0.0.0.0:$PORT"]],
)
def test_a_web_line_for_heroku_serves_on_the_port_and_in_a_rehearsal_on_the_given_socket(words: list[str]) -> None:
    assert called(*words, "shop.wsgi", PORT="8001")[-3:] == ["--bind", "0.0.0.0:8001", "shop.wsgi"]
    assert called(*words, "shop.wsgi", PORT="8001", listener=7)[-5:] == [
        "--bind", "fd://7", "--workers", "1", "shop.wsgi",
    ]  # fmt: skip


def test_variables_are_filled_in() -> None:
    assert called("-w", "$WEB_CONCURRENCY", "-t", "${TIMEOUT:-30}", "a$NONE", WEB_CONCURRENCY="3")[-5:] == [
        "-w", "3", "-t", "30", "a",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("--bind 0.0.0.0:5000", "binds 0.0.0.0:5000: write $PORT there, which the server chooses"),
        ("-b unix:/run/shop.sock", "binds unix:/run/shop.sock: write $PORT there, which the server chooses"),
        ("--daemon", "must not say --pid or --daemon: the server sees to both"),
        ("-p shop.pid", "must not say --pid or --daemon: the server sees to both"),
        ("--bind", "of this release can't be read: argument -b/--bind: expected one argument"),
    ],
)
def test_what_the_server_sees_to_is_refused(tmp_path: Path, words: str, reason: str) -> None:
    (tmp_path / "Procfile").write_text(f"web: gunicorn shop.wsgi {words}\n")
    with pytest.raises(CiError) as caught:
        command.arguments(tmp_path)
    assert str(caught.value) == f"the web line in the Procfile {reason}"
