"""Questions to a Jenkins server: nothing here changes anything there, so every request may be repeated."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ci.jenkins.results import (
    Artifact, Build, InputRequest, JobSummary, Kind, LogPart, Parameter, Result, ServerStatus, Stage, StageHeading,
    TestReport,
)
from ci.jenkins.transport import Transport


class Queries(Transport):
    """What can be asked. ``job`` is ``app`` or ``folder/app``; ``branch`` as people write it: ``feature/login``.

    Everything raises AuthError, PermissionDenied, NotFound and Unavailable.
    """

    def status(self) -> ServerStatus:
        """The server's version, and whether it is about to shut down."""
        raise NotImplementedError

    def build(self, job: str, number: int | Kind = "any", *, branch: str | None = None) -> Build:
        """A build with all that is known of it; ``number`` may say which: ``"any"`` is the last one."""
        raise NotImplementedError

    def builds(
        self, job: str, *, branch: str | None = None, limit: int = 100, result: Result | None = None
    ) -> tuple[Build, ...]:
        """The newest builds, newest first, in one request.

        With ``result`` only those, out of the newest 100 (or ``limit``, if that is more).
        """
        raise NotImplementedError

    def latest(self, job: str, kind: Kind = "stable", *, branch: str | None = None) -> Build:
        """The newest build of a kind, in one request. Raises NotFound if there is none."""
        raise NotImplementedError

    def jobs(self, folder: str = "", *, recursive: bool = True) -> tuple[JobSummary, ...]:
        """All jobs, folders and branches below ``folder``, each folder before what is in it."""
        raise NotImplementedError

    def parameters(self, job: str, *, branch: str | None = None) -> tuple[Parameter, ...]:
        """What the job takes."""
        raise NotImplementedError

    def stages(self, build: Build) -> tuple[Stage, ...]:
        """The build's stages in order; empty if the server has no plugin that knows them."""
        raise NotImplementedError

    def stage_log(self, build: Build, stage: Stage) -> str | None:
        """What a stage wrote (Jenkins cuts it at 10 KiB); None if the server can't tell."""
        raise NotImplementedError

    def tests(self, build: Build, *, failed_only: bool = True) -> TestReport | None:
        """The build's test report; None if it has none."""
        raise NotImplementedError

    def artifacts(self, build: Build) -> tuple[Artifact, ...]:
        """The files that the build kept."""
        raise NotImplementedError

    def download(
        self, build: Build, pattern: str = "**", dest: Path = Path("."),
        *, on_file: Callable[[Artifact, Path], object] | None = None,
    ) -> tuple[Path, ...]:
        """Save the artifacts that match ``pattern`` below ``dest``, and return where they are.

        ``*`` and ``?`` stop at a slash, ``**`` does not; a pattern without a slash is compared with the file's name.
        A file is complete or not there: it is written beside and renamed, and a broken connection is taken up again.
        Raises NotFound if nothing matches, JenkinsError for a name that would lead out of ``dest``.
        """
        raise NotImplementedError

    def inputs(self, build: Build) -> tuple[InputRequest, ...]:
        """What the build waits for people to decide."""
        raise NotImplementedError

    def log_chunks(self, build: Build, start: int = 0, *, timeout: float | None = None) -> Iterator[bytes]:
        """The build's log as it grows, until it ends: bytes as they are in it, lines ended by LF.

        ``start`` is an offset of Jenkins (from `log_tail`). A server that restarts meanwhile is waited for.
        Raises WaitTimeout after ``timeout`` seconds.
        """
        raise NotImplementedError

    def stream_log(self, build: Build, start: int = 0, *, timeout: float | None = None) -> Iterator[str]:
        """`log_chunks` as text, never half a character; what is not UTF-8 becomes U+FFFD."""
        raise NotImplementedError

    def log_events(
        self, build: Build, start: int = 0, *, timeout: float | None = None
    ) -> Iterator[str | StageHeading]:
        """`stream_log` with a heading before each stage of a Pipeline begins."""
        raise NotImplementedError

    def log_tail(self, build: Build, lines: int) -> LogPart:
        """The log's last ``lines`` lines, without reading the rest; its ``next`` is where to follow from."""
        raise NotImplementedError

    def job_config(self, job: str) -> str | None:
        """The job's configuration as XML; None if there is no such job."""
        raise NotImplementedError

    def wait_until_ready(self, timeout: float = 300.0) -> ServerStatus:
        """Wait while the server starts or restarts, its port closed or not. Raises Unavailable at the end."""
        raise NotImplementedError
