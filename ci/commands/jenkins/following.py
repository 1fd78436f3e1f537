"""From the queue to the end of a build: what ``run``, ``rebuild`` and ``watch`` have in common."""

import math
import shlex
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import click

from ci.commands.jenkins import log_text, screen, wording
from ci.commands.jenkins.build_progress import BuildProgress
from ci.commands.jenkins.interruption import EXIT_CODE, interrupted

if TYPE_CHECKING:
    from ci.jenkins import Build, JenkinsClient, Queued, TriggerUncertain

#: Seconds that a command without --wait waits for the number of the build.
_SOON = 5.0
_UNSTABLE = 10


class Ending(NamedTuple):
    """What the options of a command say about the build's end. ``timeout`` in seconds, None for ever."""

    wait: bool
    follow: bool
    timeout: float | None
    abort_on_interrupt: bool
    unstable_ok: bool
    as_json: bool

    @property
    def awaited(self) -> bool:
        """Whether the command goes on until the build has ended."""
        return self.wait or self.follow

    def exit_code(self, build: "Build") -> int:
        """The code for a build that has ended."""
        return 0 if self.unstable_ok and build.exit_code == _UNSTABLE else build.exit_code


class Follower:
    """One build on its way, from the time ``timeout`` counts from. Prints as it goes; JSON at the end, however it ends.

    ``client`` is for every question on the way: its time is over with ``timeout``.
    """

    def __init__(self, client: "JenkinsClient", ending: Ending) -> None:
        self.client = client.limited(ending.timeout)
        self._unlimited = client
        self._ending = ending
        self._queued: "Queued | None" = None
        self._build: "Build | None" = None

    def trigger(self, job: str, send: "Callable[[], Queued]") -> int:
        """Start a build of ``job`` by ``send`` and go on as `from_queue`. Returns the exit code."""
        from ci.jenkins import TriggerUncertain

        try:
            queued = send()
        except KeyboardInterrupt:
            click.echo(f"interrupted; perhaps a build was queued: ci jenkins list {shlex.quote(job)}", err=True)
            self._show_json(possible=None)
            return EXIT_CODE
        except TriggerUncertain as error:
            return self._answer_lost(error)
        return self.from_queue(queued)

    def from_queue(self, queued: "Queued") -> int:
        """Wait for the start and, if that is wanted, for the end. Returns the exit code."""
        self._queued = queued
        return self._reported(lambda: self._start(queued))

    def from_build(self, build: "Build") -> int:
        """Wait for the end of a build that has started. Returns the exit code."""
        self._build = build
        return self._reported(lambda: self._finish(build))

    def _reported(self, follow: Callable[[], int]) -> int:
        """What ``follow`` or Ctrl-C returns. What is known then is the JSON, also where an error ends the waiting."""
        from ci.jenkins import Unavailable, WaitTimeout

        try:
            return follow()
        except KeyboardInterrupt:
            return interrupted(self._unlimited, self._target(), abort=self._ending.abort_on_interrupt)
        except (WaitTimeout, Unavailable) as error:
            if isinstance(error, WaitTimeout):
                self._build = error.build or self._build
            error.args = (f"{error} (go on: ci jenkins watch {wording.arguments(self._target())})",)
            raise
        finally:
            self._show_json()

    def _target(self) -> "Build | Queued":
        target = self._build or self._queued
        assert target is not None, "nothing is waited for before it is known"
        return target

    def _answer_lost(self, error: "TriggerUncertain") -> int:
        """Say what has come into being since the request whose answer was lost. Returns the exit code."""
        from ci.jenkins import Build, JenkinsError

        click.echo(f"ci: {error}", err=True)
        try:
            found = self.client.find_uncertain(error)
        except JenkinsError:  # the server is gone altogether
            self._show_json(possible=None)
            return error.exit_code
        for one in found:
            click.echo(f"since then, perhaps by this request: ci jenkins watch {wording.arguments(one)}", err=True)
        self._show_json(possible=[
            {"queued": None, "build": one} if isinstance(one, Build) else {"queued": one, "build": None}
            for one in found
        ])
        return error.exit_code

    def _start(self, queued: "Queued") -> int:
        """Go on to the build as soon as it is there; one that nobody awaits may stay in the queue."""
        build = self._started(queued)
        if build is None:
            merged = ", joined to an equal one that waited already" if queued.merged else ""
            self._say(f"{screen.plain(queued.job)} waits in the queue as item {queued.id}{merged}")
            self._say(f"go on watching: ci jenkins watch {wording.arguments(queued)}")
            return 0
        self._build = build
        self._say(f"{wording.name(build)} started: {screen.plain(build.url)}")
        return self._finish(build) if self._ending.awaited else 0

    def _started(self, queued: "Queued") -> "Build | None":
        """The build; None if it is not awaited and has not started soon."""
        from ci.jenkins import Unavailable, WaitTimeout

        awaited = self._ending.awaited
        with screen.Progress() as progress:
            progress.update(f"{queued.job}: queued")
            try:
                return self.client.wait_for_start(
                    queued, timeout=math.inf if awaited else _SOON,
                    on_tick=lambda why: progress.update(f"{queued.job}: {why}"),
                )
            except (WaitTimeout, Unavailable):
                if awaited:
                    raise
                return None  # it is queued, and that is what was asked for

    def _finish(self, build: "Build") -> int:
        self._build = ended = self._with_log(build) if self._ending.follow else self._awaited(build)
        self._say(wording.headline(ended))
        if ended.exit_code not in (0, 8):
            self._say(f"what happened: ci jenkins view {wording.arguments(ended)}")
        return self._ending.exit_code(ended)

    def _with_log(self, build: "Build") -> "Build":
        from ci.jenkins.waiting import look

        out = sys.stderr if self._ending.as_json else sys.stdout
        if not log_text.show(self.client, build, 0, out):
            click.echo(file=out)
        ended = look(self.client, build, whole=True)
        return self._awaited(ended) if ended.building else ended

    def _awaited(self, build: "Build") -> "Build":
        with BuildProgress(self.client) as progress:
            ended = self.client.wait(build, on_tick=progress.tick)
            progress.end(ended)
        return ended

    def _say(self, line: screen.Line | str) -> None:
        if not self._ending.as_json:
            screen.show([line])

    def _show_json(self, **more: object) -> None:
        if self._ending.as_json:
            screen.show_json({"queued": self._queued, "build": self._build, **more})
