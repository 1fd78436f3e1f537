"""What can go wrong with a Jenkins server. Each is an error of python-jenkins and of `ci`, and has its exit code."""

from collections.abc import Mapping, Sequence

from ci.errors import CiError
from ci.jenkins.results import Build, Queued
from ci.jenkins.upstream import JenkinsException, NotFoundException, TimeoutException
from ci.visible import one_line


class JenkinsError(JenkinsException, CiError):
    """The base of the family; by itself: what came is not what Jenkins documents.

    The message is one line, without anything that a terminal would take for a command: part of it may be the server's.
    """

    def __str__(self) -> str:
        return one_line(super().__str__())


class AuthError(JenkinsError):
    """Jenkins does not know who asks: no, wrong or expired credentials."""

    exit_code = 4


class PermissionDenied(JenkinsError):
    """Jenkins knows who asks, and does not allow it. ``permission`` such as ``Job/Build``, None if it is not said."""

    exit_code = 4

    def __init__(self, message: str, *, permission: str | None = None) -> None:
        super().__init__(message)
        self.permission = permission


class ServerError(JenkinsError):
    """Jenkins itself failed (status 500): it does not say why, its log does."""


class NotFound(JenkinsError, NotFoundException):
    """There is no such job, build or file, or it is hidden from the user: Jenkins does not tell which."""

    exit_code = 3


def no_such(name: str, kind: str = "job") -> NotFound:
    """The error for a job, or a folder, that is not there."""
    return NotFound(f"there is no {kind} {name} on this server, or it is hidden from this user: see `ci jenkins jobs`")


class BadParameters(JenkinsError):
    """Parameters that the job does not have or does not take, found before anything was sent.

    ``unknown``: names. ``invalid``: what is wrong, by name.
    """

    exit_code = 2

    def __init__(self, message: str, *, unknown: Sequence[str] = (), invalid: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.unknown = tuple(unknown)
        self.invalid = dict(invalid or {})


class NotBuildable(JenkinsError):
    """The job is disabled, or is a folder or multibranch project, which has no builds of its own."""

    exit_code = 6


class Refused(JenkinsError):
    """Jenkins understood and did not do it."""

    exit_code = 6


class QueueCancelled(JenkinsError):
    """The build was cancelled before it started."""

    exit_code = 12

    def __init__(self, message: str, *, queued: Queued) -> None:
        super().__init__(message)
        self.queued = queued


class QueueExpired(JenkinsError):
    """Jenkins has forgotten the queue item (5 minutes after it left the queue), and no build carries its number."""

    exit_code = 3

    def __init__(self, message: str, *, queued: Queued) -> None:
        super().__init__(message)
        self.queued = queued


class TriggerUncertain(JenkinsError):
    """Nobody knows whether the build was queued: the answer to the request was lost. It was sent once, never again.

    ``next_number`` is the number that the job's next build would have had, None if it is not known:
    `JenkinsClient.find_uncertain` looks for what came since.
    """

    def __init__(self, message: str, *, job: str, next_number: int | None = None) -> None:
        super().__init__(message)
        self.job = job
        self.next_number = next_number


class Unavailable(JenkinsError):
    """The server can't be reached or is not ready; later it may be.

    ``status`` is the HTTP status, None without an answer. ``starting``: Jenkins itself says that it starts or
    restarts. ``sent``: the request may have arrived and been carried out all the same. ``lasting``: to ask again is
    no use.
    """

    exit_code = 5

    def __init__(
        self, message: str, *, status: int | None = None, starting: bool = False, sent: bool = False,
        lasting: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.starting = starting
        self.sent = sent
        self.lasting = lasting


class TimedOut(Unavailable, TimeoutException):
    """The server did not answer within the time limit of one request."""


class WaitTimeout(JenkinsError):
    """The time limit is over; a build goes on.

    ``build`` is None if it has not started, then see ``queued``; both are None for a question that got no answer.
    """

    exit_code = 7

    def __init__(self, message: str, *, build: Build | None = None, queued: Queued | None = None) -> None:
        super().__init__(message)
        self.build = build
        self.queued = queued


class BuildFailed(JenkinsError):
    """The build has ended, and not with success; the exit code says how: see `Build.exit_code`."""

    def __init__(self, build: Build) -> None:
        super().__init__(f"{build.name} ended with {build.result}: {build.url}")
        self.build = build
        self.exit_code = build.exit_code
