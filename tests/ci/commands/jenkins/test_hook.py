"""``ci jenkins hook``: a real push to a real repository starts a build."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.ci.commands.jenkins.console import Console
from tests.ci.commands.jenkins.shell import Shell
from tests.fakes.jenkins import JenkinsDouble
from tests.repository import Repository

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="the hook needs curl")


@pytest.fixture
def server(ci: Shell, tmp_path: Path) -> Path:
    """A repository that is pushed to; the working copy, with a commit on main and a tag, is the shell's folder."""
    working_copy = Repository.create(ci.folder)
    working_copy.commit()
    working_copy.git("tag", "v1")
    return Repository.create(tmp_path / "server.git", "--bare").root


def push(ci: Shell, server: Path, *refs: str) -> str:
    """Push, and return what is said meanwhile."""
    command = ["git", "push", "-q", str(server), *refs]
    done = subprocess.run(
        command, cwd=ci.folder, env=ci.environment, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stderr


@needs_curl
@pytest.mark.parametrize("parameters", [[], ["ENVIRONMENT"]])
def test_a_push_of_the_branch_starts_a_build(
    jenkins: JenkinsDouble, ci: Shell, console: Console, server: Path, parameters: list[str]
) -> None:
    jenkins.add_job("it's \"quoted\"/app", parameters)
    done = console("hook", "it's \"quoted\"/app", "-b", "main", "--install", str(server))
    assert (done.returncode, done.stdout) == (0, f"wrote {server}/hooks/post-receive\n")
    push(ci, server, "main:other")
    assert jenkins.calls == []
    said = push(ci, server, "main")
    assert [line.rstrip() for line in said.splitlines()] == ["remote: jenkins: told it's \"quoted\"/app of the push"]
    assert len(jenkins.queue.items) == 1


@needs_curl
def test_a_push_of_several_refs_tells_jenkins_once_and_deletions_tell_nothing(
    jenkins: JenkinsDouble, ci: Shell, console: Console, server: Path
) -> None:
    jenkins.add_multibranch("shop")
    console("hook", "shop", "--install", str(server))
    push(ci, server, "v1")
    assert jenkins.calls == []
    said = push(ci, server, "main:one", "main:feature/\u00e4", "main:two", "v1:refs/tags/v2")
    assert [line.rstrip() for line in said.splitlines()] == ["remote: jenkins: told shop of the push"]
    push(ci, server, ":one", ":two", ":v1")
    assert (jenkins.calls, jenkins.find("shop").scans) == (["POST /job/shop/build?delay=0sec"], 1)


def test_the_token_is_no_argument(ci: Shell, console: Console, server: Path) -> None:
    """Every user of the machine can read the arguments of curl; here a program in its place writes them down."""
    console("hook", "shop", "--install", str(server))
    ci.project({"bin/curl": '#!/bin/sh\necho "$@" > arguments\ncat > input\nprintf "201 "\n'})
    (ci.folder / "bin/curl").chmod(0o755)
    ci.environment |= {"PATH": f"{ci.folder / 'bin'}:{ci.environment['PATH']}", "JENKINS_API_TOKEN": 'tok"en\\'}
    push(ci, server, "main")
    assert "tok" not in (server / "arguments").read_text()
    assert (server / "input").read_text() == 'user = "alice:tok\\"en\\\\"\n'


@needs_curl
def test_a_push_never_fails_and_says_what_was_wrong(
    jenkins: JenkinsDouble, ci: Shell, console: Console, server: Path
) -> None:
    jenkins.add_multibranch("shop")
    console("hook", "shop", "--install", str(server))
    ci.environment["JENKINS_API_TOKEN"] = 'wrong"'
    said = push(ci, server, "main:one")
    address = f"{jenkins.url}job/shop"
    assert said.strip() == f"remote: jenkins: could not tell shop of the push: status 401 from {address}"
    ci.environment["JENKINS_API_TOKEN"] = jenkins.token
    push(ci, server, "main:two")
    assert jenkins.find("shop").scans == 1
    jenkins.faults.refuse()
    assert push(ci, server, "main:three").strip() == f"remote: jenkins: did not reach {address}"


@needs_curl
@pytest.mark.parametrize(("status", "location", "told"), [
    (302, "job/shop/", True),
    (303, "queue/item/7/", True),
    (301, "elsewhere/job/shop/build?delay=0sec", False),
    (302, "login?from=%2Fjob%2Fshop", False),
    (307, "sso", False),
])
def test_a_push_is_told_only_where_jenkins_itself_has_answered(
    jenkins: JenkinsDouble, ci: Shell, console: Console, server: Path, status: int, location: str, told: bool
) -> None:
    """A proxy that sends on to HTTPS or to a login has told nobody."""
    jenkins.add_multibranch("shop")
    jenkins.faults.status(status, headers={"Location": f"/{location}"})
    console("hook", "shop", "--install", str(server))
    said = push(ci, server, "main:one").strip()
    failure = f"could not tell shop of the push: status {status} from {jenkins.url}job/shop"
    assert said == f"remote: jenkins: {'told shop of the push' if told else failure}"


def test_a_foreign_hook_stays_and_an_own_one_is_renewed(console: Console, server: Path) -> None:
    hook = server / "hooks" / "post-receive"
    told = json.loads(console("hook", "app", "--install", str(server), "--json").stdout)
    assert (told["script"], told["file"]) == (hook.read_text(), str(hook))
    assert console("hook", "shop", "--install", str(server)).returncode == 0
    hook.write_text("#!/bin/sh\n")
    done = console("hook", "app", "--install", str(server))
    assert (done.returncode, hook.read_text()) == (2, "#!/bin/sh\n")


def test_the_script_asks_where_the_variable_says(console: Console) -> None:
    done = console("hook", "shop", JENKINS_URL="https://jenkins.example.com/root")
    assert "address=https://jenkins.example.com/root/job/shop\n" in done.stdout


@pytest.mark.parametrize("url", ["", "https://", "https://alice:sesame@jenkins.example.com/", "https://host/?job=1"])
def test_an_address_that_is_none_gets_into_no_script(console: Console, url: str) -> None:
    done = console("hook", "shop", JENKINS_URL=url)
    assert (done.returncode, done.stdout, "sesame" in done.stderr) == (2, "", False)
