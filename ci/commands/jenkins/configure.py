"""``ci jenkins lint`` and ``sync``: this repository's Jenkinsfile, and the job that runs it."""

import shlex
from typing import IO, TYPE_CHECKING

import click

from ci.commands.jenkins import arguments, screen
from ci.commands.jenkins.server import connect
from ci.errors import UsageError

if TYPE_CHECKING:
    from ci.jenkins import JenkinsClient, JobChange


@click.command("lint")
@click.argument("file", type=click.File("rb"), default="Jenkinsfile")
@arguments.json_option
def lint_command(*, file: IO[bytes], as_json: bool) -> int:
    """Check a Jenkinsfile with the server's own validator.

    It knows declarative ones. "-" is standard input. Exit code 1 if it finds something wrong.

    \b
    ci jenkins lint
    """
    try:
        text = file.read().decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{file.name} is not UTF-8 ({error.reason} at byte {error.start})") from None
    result = connect().lint(text)
    if as_json:
        screen.show_json(result)
    elif result.valid:
        screen.show([f"{file.name}: valid"])
    else:
        screen.show(f"{file.name}: {screen.plain(error)}" for error in result.errors)
    return 0 if result.valid else 1


@click.command("sync")
@arguments.job_argument
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if the job is not as it should be.")
@click.option("--multibranch/--pipeline", default=True,
              help="A job for every branch (the default), or one for a single branch.")
@click.option("--repository", metavar="URL", help="Where Jenkins finds the code; without it, git's origin.")
@click.option("--credentials", metavar="ID", help="The id of the credential in Jenkins that reads it.")
@click.option("--branches", metavar="GLOBS", help="Multibranch: only these branches, e.g. 'main release/*'.")
@click.option("--branch", "-b", metavar="NAME", help="Pipeline: which branch; without it, the default branch.")
@arguments.json_option
def sync_command(
    *, job: str | None, check: bool, multibranch: bool, repository: str | None, credentials: str | None,
    branches: str | None, branch: str | None, as_json: bool,
) -> int:
    """Create or update a job that runs this repository's Jenkinsfile.

    JOB is the pipeline's name where neither it nor JENKINS_JOB is given. What would change is shown first; where
    nothing would, nothing is sent. Folders have to be there.

    \b
    ci jenkins sync --check
    ci jenkins sync team/shop --credentials deploy-key --branches 'main release/*'
    """
    from ci.commands.jenkins import this_repository
    from ci.jenkins import job_xml

    if (branch and multibranch) or (branches and not multibranch):
        raise UsageError("--branch goes with --pipeline, --branches with --multibranch")
    here = this_repository.find(repository)
    source = job_xml.Repository(url=here.url, credentials=credentials, jenkinsfile=here.jenkinsfile)
    config = (
        job_xml.multibranch(source, branches=branches) if multibranch
        else job_xml.pipeline_from_scm(source, branch=branch or here.default_branch)
    )
    name = arguments.job_or(job, here.name)
    client = connect()
    change = client.compare(name, config)
    if not as_json:
        kind = "multibranch project" if multibranch else "Pipeline job"
        _show(change, f"{kind} for {here.jenkinsfile} of {here.url}")
    if change.action != "none" and not check:
        _apply(client, name, config, scan=multibranch, as_json=as_json)
    if as_json:
        screen.show_json(change)
    return _drift(change, as_json=as_json) if check else 0


def _show(change: "JobChange", wanted: str) -> None:
    what = {
        "create": f"is not there; it will be a {wanted}", "update": f"is not yet the {wanted}",
        "none": f"is the {wanted}",
    }[change.action]
    screen.show([f"{screen.plain(change.job)} {screen.plain(what)}"])
    if change.action == "update":
        screen.show(f"  {screen.plain(line)}" for line in change.differences)


def _apply(client: "JenkinsClient", name: str, config: str, *, scan: bool, as_json: bool) -> None:
    done = client.upsert(name, config)
    if scan:
        client.scan(name)
    if not as_json:
        verb = {"create": "created", "update": "updated", "none": "meanwhile somebody else did it:"}[done.action]
        after = "Jenkins looks for branches now, see ci jenkins jobs" if scan else "start it: ci jenkins run"
        screen.show([f"{verb} {screen.plain(done.job)}; {after} {shlex.quote(screen.plain(done.job))}"])


def _drift(change: "JobChange", *, as_json: bool) -> int:
    if change.action == "none":
        return 0
    if not as_json:
        click.echo("to mend it run the same command without --check", err=True)
    return 1
