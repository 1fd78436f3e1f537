"""Questions to a Jenkins server: nothing here changes anything there, so every request may be repeated."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ci.jenkins import (
    artifacts, builds, configuration, inputs, jobs, logs, parameters, reports, server_status, stages,
)
from ci.jenkins.build_contents import Artifact, InputRequest, LogPart, Stage, StageHeading, TestReport
from ci.jenkins.corrections import Corrections
from ci.jenkins.results import Build, JobSummary, Kind, Parameter, Result, ServerStatus


class Queries(Corrections):
    """What can be asked. ``job`` is ``app`` or ``folder/app``; ``branch`` as people write it: ``feature/login``.

    Everything raises AuthError, PermissionDenied, NotFound and Unavailable.
    """

    def status(self) -> ServerStatus:
        """The server's version, and whether it is about to shut down."""
        return server_status.status(self)

    def build(self, job: str, number: int | Kind = "any", *, branch: str | None = None) -> Build:
        """A build with all that is known of it; ``number`` may say which: ``"any"`` is the last one."""
        return builds.one_build(self, job, number, branch)

    def builds(
        self, job: str, *, branch: str | None = None, limit: int = 100, result: Result | None = None
    ) -> tuple[Build, ...]:
        """The newest builds, newest first, in one request.

        With ``result`` only those, out of the newest 100 (or ``limit``, if that is more).
        """
        return builds.listed(self, job, branch, limit, result)

    def latest(self, job: str, kind: Kind = "stable", *, branch: str | None = None) -> Build:
        """The newest build of a kind, in one request: how it ended and when. Raises NotFound if there is none."""
        return builds.one_build(self, job, kind, branch, tree=builds.BRIEF)

    def jobs(self, folder: str = "", *, recursive: bool = True) -> tuple[JobSummary, ...]:
        """All jobs, folders and branches below ``folder``, each folder before what is in it."""
        return jobs.listed(self, folder, recursive=recursive)

    def parameters(self, job: str, *, branch: str | None = None) -> tuple[Parameter, ...]:
        """What the job takes."""
        return parameters.asked(self, job, branch, for_people=True).parameters()

    def stages(self, build: Build) -> tuple[Stage, ...]:
        """The build's stages in order; empty if the server has no plugin that knows them."""
        return stages.of_build(self, build)

    def stage_log(self, build: Build, stage: Stage) -> str | None:
        """What a stage wrote (Jenkins cuts it at 10 KiB); None if the server can't tell."""
        return stages.log(self, build, stage)

    def tests(self, build: Build, *, failed_only: bool = True) -> TestReport | None:
        """The build's test report; None if it has none."""
        return reports.of_build(self, build, failed_only=failed_only)

    def artifacts(self, build: Build) -> tuple[Artifact, ...]:
        """The files that the build kept."""
        return artifacts.listed(self, build)

    def download(
        self, build: Build, pattern: str = "**", dest: Path = Path("."),
        *, on_file: Callable[[Artifact, Path], object] | None = None,
    ) -> tuple[Path, ...]:
        """Save the artifacts that match ``pattern`` below ``dest``, and return where they are.

        ``*`` and ``?`` stop at a slash, ``**`` does not; a pattern without a slash is compared with the file's name.
        A file is complete or not there: it is written beside and renamed, and a broken connection is taken up again.
        Raises NotFound if nothing matches, JenkinsError for a name that would lead out of ``dest``.
        """
        return artifacts.download(self, build, pattern, dest, on_file=on_file)

    def inputs(self, build: Build) -> tuple[InputRequest, ...]:
        """What the build waits for people to decide."""
        return inputs.pending(self, build)

    def log_chunks(
        self, build: Build, start: int = 0, *, timeout: float | None = None, follow: bool = True
    ) -> Iterator[bytes]:
        """The build's log as it grows, until it ends: bytes as they are in it, lines ended by LF.

        Without ``follow`` it ends with what is there now. ``start`` is an offset of Jenkins (from `log_tail`). A
        server that restarts meanwhile is waited for.
        Raises WaitTimeout after ``timeout`` seconds.
        """
        return logs.chunks(self, build, start, timeout=timeout, follow=follow)

    def stream_log(
        self, build: Build, start: int = 0, *, timeout: float | None = None, follow: bool = True
    ) -> Iterator[str]:
        """`log_chunks` as text, never half a character; what is not UTF-8 becomes U+FFFD."""
        return logs.decoded(self.log_chunks(build, start, timeout=timeout, follow=follow))

    def log_events(
        self, build: Build, start: int = 0, *, timeout: float | None = None, follow: bool = True
    ) -> Iterator[str | StageHeading]:
        """`stream_log` with a heading before each stage of a Pipeline begins."""
        return logs.with_headings(self.stream_log(build, start, timeout=timeout, follow=follow))

    def log_tail(self, build: Build, lines: int) -> LogPart:
        """The log's last ``lines`` lines, without reading the rest; its ``next`` is where to follow from."""
        return logs.tail(self, build, lines)

    def job_config(self, job: str) -> str | None:
        """The job's configuration as XML; None if there is no such job."""
        return configuration.config(self, job)

    def wait_until_ready(self, timeout: float = 300.0) -> ServerStatus:
        """Wait while the server starts or restarts, its port closed or not. Raises Unavailable at the end."""
        return server_status.wait_until_ready(self, timeout)
