"""The git hook that ``ci jenkins hook`` writes is a good shell script, whatever the job is called."""

import subprocess
from pathlib import Path

import pytest

from ci.commands.jenkins.hook import script
from tests.engines.programs import need

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("wanted", ["refs/heads/*", "refs/heads/feature/it's a `b`"])
@pytest.mark.parametrize("job", ["folder/app", "it's \"quoted\"/$(app) `x`"])
def test_shellcheck_finds_nothing(job: str, wanted: str, tmp_path: Path) -> None:
    """Not even what is a matter of style, but that $ and ` in a name are letters; and a shell reads it."""
    hook = tmp_path / "post-receive"
    hook.write_text(script(job, "https://jenkins.example.org/job/app", wanted))
    command = [need("shellcheck"), "--severity=style", "--exclude=SC2016", str(hook)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    assert subprocess.run(["sh", "-n", str(hook)]).returncode == 0
