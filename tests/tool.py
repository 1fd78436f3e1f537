"""The tool of this checkout, whatever the folder in which it is called holds, a package of its name for example."""

import io
import json
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).parents[1]
_MAIN = "import sys; sys.path[0] = {}; from ci.cli import main; sys.exit(main())"

#: Starts it, without the set-up that `python -m ci` does first.
CI = [sys.executable, "-c", _MAIN.format(json.dumps(str(ROOT)))]


def call(*arguments: str | Path, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """What it does in the folder ``cwd``, and says there, where no terminal is; in this process, which is quicker."""
    from ci.cli import main

    words = [str(argument) for argument in arguments]
    out, err = io.StringIO(), io.StringIO()
    with chdir(cwd), mock.patch.object(sys, "argv", ["ci", *words]), redirect_stdout(out), redirect_stderr(err):
        code = main()
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())
