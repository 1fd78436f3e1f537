"""The unit of a server, and the program that it runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from ci.deploy.server import program, service

UNIT = """\
# Made by `ci deploy`. Starts the server with the machine, and again when it has ended by itself:
#   systemctl --user enable --now /srv/shop/shop.service
#   loginctl enable-linger
[Unit]
Description=The release in /srv/shop
After=network.target

[Service]
Type=exec
ExecStart=/srv/shop/current/.venv/bin/python -I /srv/shop/serve.pyz
Restart=on-failure
RestartSec=2
KillMode=mixed
TimeoutStopSec=60

[Install]
WantedBy=default.target
"""


def test_the_unit() -> None:
    assert service.unit(Path("/srv/shop")) == UNIT


@pytest.mark.parametrize(
    ("folder", "word"),
    [
        ("/srv/my shop", '"/srv/my shop/serve.pyz"'),
        ("/srv/100%", "/srv/100%%/serve.pyz"),
        ("/srv/a=b", "/srv/a=b/serve.pyz"),
        ("/srv/$HOME", "/srv/$$HOME/serve.pyz"),
        ('/srv/a"b', '"/srv/a\\"b/serve.pyz"'),
    ],
)
def test_paths_mean_themselves(folder: str, word: str) -> None:
    assert f" -I {word}\n" in service.unit(Path(folder))


def test_a_program_that_systemd_would_not_take_is_an_argument() -> None:
    """It refuses quotes in the name of a program, and takes ``$$`` there as it is."""
    assert (
        """ExecStart=/bin/sh -c 'exec "$$0" "$$@"' /srv/$$HOME/current/.venv/bin/python -I /srv/$$HOME/serve.pyz\n"""
        in service.unit(Path("/srv/$HOME"))
    )


def test_the_program_is_the_same_each_time_and_needs_no_package(tmp_path: Path) -> None:
    """All of its modules can be imported by a Python without site-packages; what it packs again is itself."""
    path = tmp_path / "ci.pyz"
    path.write_bytes(program.content())
    names = [name.removesuffix(".py").replace("/", ".") for name in program.MODULES if "__init__" not in name]
    code = f"""
import sys
sys.path.insert(0, {str(path)!r})
for name in {names}:
    __import__(name)
from ci.deploy.server import program
sys.stdout.buffer.write(program.content())
"""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True)
    assert (done.stderr, done.stdout) == (b"", path.read_bytes())


def test_a_folder_without_a_release_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "serve.pyz"
    path.write_bytes(program.content())
    done = subprocess.run([sys.executable, "-I", path], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (1, f"nothing has been deployed to {tmp_path}\n", "")
