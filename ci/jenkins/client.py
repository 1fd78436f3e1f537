"""The client: questions, and what changes something on the server. A request that does is sent once, never again."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path

from ci.errors import UsageError
from ci.jenkins import cancelling, configuration, inputs, linting, triggering, uncertainty, waiting
from ci.jenkins.build_contents import InputRequest
from ci.jenkins.errors import BuildFailed, TriggerUncertain
from ci.jenkins.job_xml import Repository, pipeline_from_scm, pipeline_from_text
from ci.jenkins.paths import full_name
from ci.jenkins.queries import Queries
from ci.jenkins.results import Build, JobChange, LintResult, ParameterValue, Queued, StopMode


class JenkinsClient(Queries):
    """A Jenkins server. It is python-jenkins' `jenkins.Jenkins` with its defects put right, and more.

    One client serves several threads. It can't be pickled, as it holds a password.
    """

    def trigger(
        self, job: str, params: Mapping[str, ParameterValue] | None = None, *, branch: str | None = None,
        files: Mapping[str, Path] | None = None, delay: float = 0.0, validate: bool = True,
    ) -> Queued:
        """Queue a build of ``job``, to start after ``delay`` seconds.

        ``validate`` compares names, choices and files with what the job takes before anything is sent (one request).
        Raises BadParameters, NotBuildable, Refused, Unavailable (nothing was queued) and TriggerUncertain.
        """
        return triggering.trigger(
            self, job, params or {}, branch=branch, files=files or {}, delay=delay, validate=validate
        )

    def find_uncertain(self, error: TriggerUncertain) -> tuple[Queued | Build, ...]:
        """What the job has queued or started since the trigger that nobody knows of; perhaps that of others."""
        return uncertainty.find_uncertain(self, error)

    def wait_for_start(
        self, queued: Queued, *, timeout: float = 600.0, on_tick: Callable[[str], object] | None = None
    ) -> Build:
        """Wait until the build has started.

        ``on_tick`` gets Jenkins' words why it has not, after each look. A server that restarts is waited for.
        Raises QueueCancelled, QueueExpired, WaitTimeout.
        """
        return waiting.wait_for_start(self, queued, timeout=timeout, on_tick=on_tick)

    def wait(
        self, build: Build, *, timeout: float | None = None, on_tick: Callable[[Build], object] | None = None
    ) -> Build:
        """Wait until the build has ended. ``on_tick`` gets the build as last seen, about once a second.

        A server that restarts is waited for. Raises WaitTimeout; the build goes on.
        """
        return waiting.wait(self, build, timeout=timeout, on_tick=on_tick)

    def run(
        self, job: str, params: Mapping[str, ParameterValue] | None = None, *, branch: str | None = None,
        files: Mapping[str, Path] | None = None, delay: float = 0.0, validate: bool = True,
        timeout: float | None = None, log: Callable[[str], object] | None = None, check: bool = False,
    ) -> Build:
        """Trigger and wait for the end, ``timeout`` seconds in all; ``log`` gets the log's text as it grows.

        Raises what `trigger`, `wait_for_start` and `wait` raise; with ``check`` BuildFailed unless it is SUCCESS.
        """
        client = self.limited(timeout)
        queued = client.trigger(job, params, branch=branch, files=files, delay=delay, validate=validate)
        build = client.wait_for_start(queued, timeout=math.inf)
        if log is not None:
            for text in client.stream_log(build):
                log(text)
            build = waiting.look(client, build)
        build = client.wait(build)
        if check and build.exit_code != 0:
            raise BuildFailed(build)
        return build

    def rebuild(self, build: Build, /, **overrides: ParameterValue | Path) -> Queued:
        """Queue a build with the parameters of ``build``; those in ``overrides`` replace them, a Path is a file.

        Raises BadParameters if the build had passwords or files, which Jenkins does not tell, and they are not given.
        """
        return triggering.rebuild(self, build, overrides)

    def cancel(self, target: Queued | Build, *, mode: StopMode = "stop") -> None:
        """Take an item out of the queue, or stop a build: ``stop``, then for a Pipeline ``term``, then ``kill``.

        Returns when Jenkins has taken the request. Raises Refused if the item has left the queue.
        """
        cancelling.cancel(self, target, mode)

    def approve(
        self, build: Build, id: str | None = None, params: Mapping[str, ParameterValue] | None = None
    ) -> InputRequest:
        """Let a waiting build proceed; ``id`` may be left out if it waits for one thing only.

        Returns what was approved. Raises NotFound if it waits for no such thing, Refused if it is settled.
        """
        return inputs.approve(self, build, id, params or {})

    def reject(self, build: Build, id: str | None = None) -> InputRequest:
        """Abort a waiting build; otherwise as `approve`."""
        return inputs.reject(self, build, id)

    def lint(self, jenkinsfile: str) -> LintResult:
        """What the server's own validator says of a declarative Jenkinsfile. Raises NotFound without the plugin."""
        return linting.lint(self, jenkinsfile)

    def compare(self, job: str, config: str) -> JobChange:
        """What `upsert` would do."""
        return configuration.compare(self, job, config)

    def upsert(self, job: str, config: str) -> JobChange:
        """Create the job, or change what ``config`` sets and leave the rest; nothing is sent if all is as wanted.

        ``config`` is XML as `job_xml` makes it. Raises Refused with Jenkins' reason.
        """
        change = self.compare(job, config)
        configuration.apply(self, change)
        return change

    def upsert_pipeline(self, job: str, *, scm: Repository | None = None, jenkinsfile: str | None = None) -> JobChange:
        """`upsert` a Pipeline job that runs the Jenkinsfile of a repository's main branch, or ``jenkinsfile`` itself.

        Raises UsageError unless one of the two is given.
        """
        if scm is not None and jenkinsfile is None:
            return self.upsert(job, pipeline_from_scm(scm))
        if jenkinsfile is not None and scm is None:
            return self.upsert(job, pipeline_from_text(jenkinsfile))
        raise UsageError("give either the repository with the Jenkinsfile, or its text")

    def scan(self, project: str) -> None:
        """Have a multibranch project look for new branches and commits. Raises Refused if it is disabled."""
        triggering.scan(self, full_name(project))

    def notify(self, job: str) -> Queued | None:
        """Tell Jenkins that there is new code for ``job``: `scan` a multibranch project, `trigger` a job."""
        return triggering.notify(self, job)
