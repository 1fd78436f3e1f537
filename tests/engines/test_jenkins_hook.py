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


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_it_runs_in_any_shell(shell: str, tmp_path: Path) -> None:
    """First a branch is pushed that is not wanted, then one that is; here nobody can be reached."""
    hook, proxy = tmp_path / "post-receive", "http://127.0.0.1:9"
    hook.write_text(script("it's", "https://jenkins.example.org/job/it%27s", "refs/heads/a*"))
    said = [
        subprocess.run(
            [need(shell), str(hook)], input=f"{'0' * 40} {'1' * 40} refs/heads/{branch}\n", check=True, timeout=60,
            env={"PATH": str(Path(need("curl")).parent), "https_proxy": proxy}, capture_output=True, text=True,
        ).stderr for branch in ("main", "a1")
    ]
    assert said == ["", "jenkins: did not reach https://jenkins.example.org/job/it%27s\n"]
