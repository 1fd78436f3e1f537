"""The server half of this package as one file that Python runs: what a host gets over ssh, and what keeps a server up.

A zip file of modules that need the standard library only (https://docs.python.org/3/library/zipapp.html).
"""

import io
import zipfile
from pathlib import Path

#: The folder, or the zip file, that holds the package ``ci``.
_HOME = Path(__file__).parents[3]

MODULES = (
    "ci/__init__.py", "ci/causes.py", "ci/claim.py", "ci/environment.py", "ci/errors.py", "ci/installer.py",
    "ci/interpreters.py", "ci/layout.py", "ci/plugins.py", "ci/progress.py", "ci/stamp.py", "ci/deploy/__init__.py",
    "ci/deploy/contract.py", "ci/deploy/signals.py", "ci/deploy/smoke.py", "ci/deploy/targets.py",
    "ci/deploy/unpack.py", "ci/deploy/server/__init__.py", "ci/deploy/server/activation.py",
    "ci/deploy/server/command.py", "ci/deploy/server/connection.py", "ci/deploy/server/directory.py",
    "ci/deploy/server/gunicorn.py", "ci/deploy/server/history.py", "ci/deploy/server/links.py",
    "ci/deploy/server/listing.py", "ci/deploy/server/lock.py", "ci/deploy/server/program.py",
    "ci/deploy/server/remote.py", "ci/deploy/server/requirements.py", "ci/deploy/server/service.py",
    "ci/deploy/server/settings.py", "ci/deploy/server/state.py", "ci/deploy/server/supervisor.py",
)  # fmt: skip

_MAIN = "import sys\nfrom ci.deploy.server.supervisor import main\nsys.exit(main())\n"


def content() -> bytes:
    """The file: the same modules always give the same bytes. Run by Python, it is `supervisor.main`."""
    if _HOME.is_file():
        return _HOME.read_bytes()  # this is that file
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as program:
        program.writestr(zipfile.ZipInfo("__main__.py"), _MAIN)
        for name in MODULES:
            program.writestr(zipfile.ZipInfo(name), (_HOME / name).read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
