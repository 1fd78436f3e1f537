"""The configuration of a Jenkins job that runs a repository's Jenkinsfile, as XML."""

from msgspec import Struct


class Repository(Struct, frozen=True):
    """Where the Jenkinsfile comes from: ``credentials`` is the id of a credential in Jenkins, not a secret."""

    url: str
    credentials: str | None = None
    jenkinsfile: str = "Jenkinsfile"


def pipeline_from_scm(
    repository: Repository, *, branch: str = "main", description: str = "", keep_builds: int = 30,
    poll: str | None = None,
) -> str:
    """A Pipeline job that builds one branch. ``poll`` is a cron line of Jenkins, for servers without a webhook."""
    raise NotImplementedError


def multibranch(
    repository: Repository, *, branches: str | None = None, description: str = "", keep_branches: int = 20,
    keep_days: int = 30, scan_minutes: int | None = 60,
) -> str:
    """A multibranch project with a job for every branch that has the Jenkinsfile.

    ``branches``: only those that match (globs, space-separated). Jobs of branches that are gone are kept for
    ``keep_days``, ``keep_branches`` of them. ``scan_minutes``: look for new code that often; None: only when told.
    """
    raise NotImplementedError
