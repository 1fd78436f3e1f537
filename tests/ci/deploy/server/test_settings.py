"""What a server is started with."""

import socket
from pathlib import Path

import pytest

from ci.deploy.server import settings
from ci.errors import CiError, UsageError


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    """Where the settings of the server are; the file is not there yet."""
    return tmp_path / ".env"


def test_the_settings_file_is_lines_of_name_and_value(env_file: Path) -> None:
    env_file.write_text("# ours\nA=b=c\n\nexport EMPTY=\nB='x y'\n  C=\"z\"\n")
    assert settings.read_env_file(env_file) == {"A": "b=c", "EMPTY": "", "B": "x y", "C": "z"}


def test_a_wrong_line_is_named_and_not_shown(env_file: Path) -> None:
    env_file.write_text("A=b\nsecret value\n")
    with pytest.raises(CiError) as failure:
        settings.read_env_file(env_file)
    assert str(failure.value) == f"{env_file}:2: this line is not NAME=value"


def test_only_known_variables_reach_the_server(env_file: Path) -> None:
    env_file.write_text("TZ=Europe/Paris\nPORT=1\n")
    environ = {"PATH": "/bin", "TZ": "UTC", "CI_COMMIT": "1", "HEROKU_API_KEY": "x", "PYTHONPATH": "/x"}
    assert settings.environment(environ, env_file, 8001) == {
        "PATH": "/bin", "TZ": "Europe/Paris", "PORT": "8001", "PYTHONUNBUFFERED": "1",
    }  # fmt: skip


def test_the_port_of_the_call_wins_over_that_of_the_settings_file(env_file: Path) -> None:
    assert settings.wanted_port({}, env_file) is None
    env_file.write_text("PORT=9001\n")
    assert settings.wanted_port({}, env_file) == 9001
    assert settings.wanted_port({"PORT": "9002"}, env_file) == 9002


@pytest.mark.parametrize("wrong", ["0", "65536", "http", "-1", "80 ", "８０"])
def test_a_wrong_port_is_a_wrong_call(env_file: Path, wrong: str) -> None:
    with pytest.raises(UsageError, match=f"PORT must be a number from 1 to 65535, not '{wrong}'"):
        settings.wanted_port({"PORT": wrong}, env_file)


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_port_where_anybody_listens_is_passed_over(address: str) -> None:
    with socket.create_server((address, 0)) as listener:
        taken = listener.getsockname()[1]
        if taken < 65000:
            assert taken < settings.free_port(taken) <= taken + settings.MORE_PORTS


def test_a_settings_file_in_another_encoding_is_one_message(env_file: Path) -> None:
    env_file.write_bytes("NAME=Käse".encode("latin-1"))
    with pytest.raises(CiError, match=f"{env_file} is no text in UTF-8"):
        settings.read_env_file(env_file)
