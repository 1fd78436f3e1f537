"""``ci jenkins hook``: a git hook that tells Jenkins of new code, for servers that no web hook reaches."""

import shlex
from pathlib import Path

import click

from ci import process
from ci.commands.jenkins import arguments, screen
from ci.errors import UsageError

_MARK = "# Written by `ci jenkins hook`."

#: The request: `build` rescans a multibranch project and starts a job; 400 is the answer of a job with parameters.
_HOOK = r"""#!/bin/sh
%MARK% A post-receive hook: tells Jenkins that there is new code.
# Asks as JENKINS_USER_ID with JENKINS_API_TOKEN, without these as ~/.netrc says. Never fails a push, and holds it up
# for 20 seconds at most.
job=%JOB%
address=%ADDRESS%
wanted=%WANTED%

# A line for each ref: old commit, new commit, name. Only zeros: the branch was deleted, and has no new code.
pushed='' failed=''
while read -r _ new ref; do
    case $new in
        *[!0]*) ;;
        *) continue ;;
    esac
    # The name is a pattern: refs/heads/* is every branch.
    # shellcheck disable=SC2254
    case $ref in
        $wanted) pushed=yes ;;
    esac
done
[ -n "$pushed" ] || exit 0

# The token comes by standard input: arguments can be read by every user of this machine.
login() {
    if [ -n "${JENKINS_API_TOKEN:-}" ]; then
        user=$(printf '%s' "${JENKINS_USER_ID:-}:$JENKINS_API_TOKEN" | sed 's/[\\"]/\\&/g')
        printf 'user = "%s"\n' "$user"
    else
        echo netrc-optional
    fi
}
# The status and where it points to; that is never shown, as curl writes the login into it.
ask() {
    login | curl --config - --silent --globoff --max-time 10 --request POST --output /dev/null \
        --write-out '%{http_code} %{redirect_url}' "$1"
}

answer=$(ask "$address/build?delay=0sec")
case $answer in
    400*) answer=$(ask "$address/buildWithParameters?delay=0sec") ;;
esac
case $answer in
    000*) echo "jenkins: did not reach $address" >&2 ;;
    # Sent on to the same place elsewhere, or to a login: nothing has been done.
    3*/build | 3*/build\?* | 3*/buildWithParameters\?* | 3*/login\?*) failed=yes ;;
    2* | 3*/job/* | 3*/queue/item/*) echo "jenkins: told $job of the push" ;;
    *) failed=yes ;;
esac
if [ -n "$failed" ]; then
    echo "jenkins: could not tell $job of the push: status ${answer%% *} from $address" >&2
fi
exit 0
"""


@click.command("hook")
@arguments.job_argument
@click.option("--branch", "-b", metavar="NAME", help="Only when this branch was pushed; without it, any.")
@click.option("--install", metavar="REPOSITORY", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Write it into this repository's hooks.")
@arguments.json_option
def hook_command(*, job: str | None, branch: str | None, install: Path | None, as_json: bool) -> int:
    """Print a git hook that tells Jenkins of a push.

    A post-receive hook, for the repository on the server: it has Jenkins build JOB, or look for the branches of a
    multibranch project. It is a shell script that needs curl only, and asks as JENKINS_USER_ID with JENKINS_API_TOKEN,
    without these as ~/.netrc of whoever receives the push.

    \b
    ci jenkins hook shop > /srv/git/shop.git/hooks/post-receive
    ci jenkins hook shop --install /srv/git/shop.git
    """
    from ci.jenkins.environment import server_address
    from ci.jenkins.paths import full_name, job_path

    name = full_name(arguments.to_job(job))
    address = f"{server_address().rstrip('/')}/{job_path(name)}"
    text = script(name, address, f"refs/heads/{arguments.readable(branch, '-b')}" if branch else "refs/heads/*")
    file = _install(text, install) if install else None
    if as_json:
        screen.show_json({"job": name, "script": text, "file": screen.file_name(file) if file else None})
    else:
        screen.show([f"wrote {file}"] if file else [text.removesuffix("\n")])
    return 0


def script(job: str, address: str, wanted: str) -> str:
    """The hook: asks for a build at ``address`` when a ref that fits ``wanted`` was pushed."""
    text = _HOOK.replace("%MARK%", _MARK)
    for name, value in (("%JOB%", job), ("%ADDRESS%", address), ("%WANTED%", wanted)):
        text = text.replace(name, shlex.quote(value))
    return text


def _install(text: str, repository: Path) -> Path:
    """Write the hook; another one that is there already stays. Returns its path. Raises UsageError."""
    path = process.run(["git", "rev-parse", "--git-path", "hooks/post-receive"], cwd=repository).stdout
    file = repository / path.removesuffix("\n")
    if file.exists() and _MARK not in file.read_text(errors="replace"):
        raise UsageError(f"{file} is there and is another one: add what `ci jenkins hook` prints to it by hand")
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)
    return file
