"""A real sshd on this machine, with keys of its own, for one user: the one that runs the tests."""

import getpass
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engines.programs import need
from tests.ports import free_port, is_served
from tests.processes import until

_SERVER = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PidFile none
UsePAM no
SetEnv TMPDIR={folder}
"""

_CLIENT = """
Host shop
    HostName 127.0.0.1
    Port {port}
    User {user}
    IdentityFile {folder}/user
    IdentitiesOnly yes
    UserKnownHostsFile {folder}/known_hosts
    GlobalKnownHostsFile /dev/null
"""


@contextmanager
def running(folder: Path) -> Iterator[Path]:
    """Start sshd with its files in ``folder``; yield the configuration by which ssh reaches it as host ``shop``."""
    program, keygen = need("sshd"), need("ssh-keygen")
    Path("/run/sshd").mkdir(exist_ok=True)  # sshd wants it; the service makes it at each start of the machine
    for name in ("host", "user"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", folder / name], check=True)
    port = free_port()
    (folder / "sshd_config").write_text(_SERVER.format(port=port, folder=folder))
    config = folder / "ssh_config"
    config.write_text(_CLIENT.format(port=port, folder=folder, user=getpass.getuser()))
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    with (folder / "sshd.log").open("wb") as log:
        server = subprocess.Popen([program, "-D", "-e", "-f", folder / "sshd_config"], stderr=log)
    try:
        until(lambda: is_served(port))
        yield config
    finally:
        server.terminate()
        server.wait()
