"""From the queue to the end of a build: what ``run``, ``rebuild`` and ``watch`` have in common."""

import math
import shlex
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import click

from ci.commands.jenkins import log_text, screen, wording
from ci.commands.jenkins.build_progress import BuildProgress

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

    def exit_code(self, build: "Build") -> int:
        """The code for a build that has ended."""
        return 0 if self.unstable_ok and build.exit_code == _UNSTABLE else build.exit_code


class _Current(NamedTuple):
    """What Ctrl-C would leave behind: an item or a build, its name, and its words for the command line."""

    target: "Queued | Build"
    name: str
    words: str


class Follower:
    """One build on its way, from the time ``timeout`` counts from. Prints as it goes, or all as JSON at the end."""

    def __init__(self, client: "JenkinsClient", ending: Ending) -> None:
        self._client = client
        self._ending = ending
        self._deadline = math.inf if ending.timeout is None else time.monotonic() + ending.timeout
        self._current: _Current | None = None

    def trigger(self, job: str, send: "Callable[[], Queued]") -> int:
        """Start a build of ``job`` by ``send`` and go on as `from_queue`. Returns the exit code."""
        from ci.jenkins import TriggerUncertain

        try:
            queued = send()
        except KeyboardInterrupt:
            click.echo(f"interrupted; perhaps a build was queued: ci jenkins list {shlex.quote(job)}", err=True)
            return 130
        except TriggerUncertain as error:
            return self._answer_lost(error)
        return self.from_queue(queued)

    def from_queue(self, queued: "Queued") -> int:
        """Wait for the start and, if that is wanted, for the end. Returns the exit code."""
        name = f"{screen.plain(queued.job)} (item {queued.id})"
        self._current = _Current(queued, name, wording.item_arguments(queued))
        try:
            build = self._start(queued)
            if build is None:
                return self._still_queued(queued)
            self._current = _Current(build, screen.plain(build.name), wording.arguments(build))
            self._say(f"{self._current.name} started: {screen.plain(build.url)}")
            if self._ending.wait or self._ending.follow:
                return self._finish(build, queued)
        except KeyboardInterrupt:
            return self._interrupted()
        if self._ending.as_json:
            screen.show_json({"queued": queued, "build": build})
        return 0

    def from_build(self, build: "Build") -> int:
        """Wait for the end of a build that has started. Returns the exit code."""
        self._current = _Current(build, screen.plain(build.name), wording.arguments(build))
        try:
            return self._finish(build, None)
        except KeyboardInterrupt:
            return self._interrupted()

    def _answer_lost(self, error: "TriggerUncertain") -> int:
        """Say what has come into being since the request whose answer was lost. Returns the exit code."""
        from ci.jenkins import Build, JenkinsError

        click.echo(f"ci: {error}", err=True)
        try:
            found = self._client.find_uncertain(error)
        except JenkinsError:
            return error.exit_code  # the server is gone altogether
        for one in found:
            words = wording.arguments(one) if isinstance(one, Build) else wording.item_arguments(one)
            click.echo(f"since then, perhaps by this request: ci jenkins watch {words}", err=True)
        return error.exit_code

    def _start(self, queued: "Queued") -> "Build | None":
        """The build; None if it is not awaited and has not started soon."""
        from ci.jenkins import Unavailable, WaitTimeout

        awaited = self._ending.wait or self._ending.follow
        left = self._left() if awaited else min(self._left(), _SOON)
        with screen.Progress() as progress:
            progress.update(f"{queued.job}: queued")
            try:
                return self._client.wait_for_start(
                    queued, timeout=left, on_tick=lambda why: progress.update(f"{queued.job}: {why}")
                )
            except (WaitTimeout, Unavailable):
                if awaited:
                    raise
                return None  # it is queued, and that is what was asked for

    def _finish(self, build: "Build", queued: "Queued | None") -> int:
        ended = self._with_log(build) if self._ending.follow else self._awaited(build)
        if self._ending.as_json:
            screen.show_json({"queued": queued, "build": ended})
        else:
            screen.show([wording.headline(ended)])
            if ended.exit_code not in (0, 8):
                screen.show([f"what happened: ci jenkins view {wording.arguments(ended)}"])
        return self._ending.exit_code(ended)

    def _with_log(self, build: "Build") -> "Build":
        from ci.jenkins.pauses import Pauses, patiently

        out = sys.stderr if self._ending.as_json else sys.stdout
        ended_line = log_text.show(self._client, build, 0, out, timeout=self._limit())
        if not ended_line:
            click.echo(file=out)
        limit = Pauses(self._client, first=1.0, longest=1.0, timeout=self._limit())
        ended = patiently(self._client, lambda: self._client.build(build.job, build.number), limit)
        return self._awaited(ended) if ended.building else ended

    def _awaited(self, build: "Build") -> "Build":
        with BuildProgress(self._client) as progress:
            ended = self._client.wait(build, timeout=self._limit(), on_tick=progress.tick)
            progress.end(ended)
        return ended

    def _still_queued(self, queued: "Queued") -> int:
        if self._ending.as_json:
            screen.show_json({"queued": queued, "build": None})
            return 0
        merged = ", joined to an equal one that waited already" if queued.merged else ""
        self._say(f"{screen.plain(queued.job)} waits in the queue as item {queued.id}{merged}")
        self._say(f"go on watching: ci jenkins watch {wording.item_arguments(queued)}")
        return 0

    def _interrupted(self) -> int:
        """Ctrl-C: end the build if that was asked for, else say how to. Returns the exit code."""
        assert self._current is not None, "nothing is interrupted before it is begun"
        target, name, words = self._current
        if self._ending.abort_on_interrupt:
            self._cancel(target)
            click.echo(f"interrupted; asked Jenkins to end {name}", err=True)
        else:
            click.echo(f"interrupted; {name} goes on: ci jenkins watch {words}", err=True)
            click.echo(f"to end it: ci jenkins cancel {words}", err=True)
        return 130

    def _cancel(self, target: "Queued | Build") -> None:
        """End it, also if it has left the queue since it was last looked at."""
        from ci.jenkins import Queued, Refused

        try:
            self._client.cancel(target)
        except Refused:
            if not isinstance(target, Queued):
                raise
            self._client.cancel(self._client.wait_for_start(target, timeout=_SOON))

    def _left(self) -> float:
        return max(self._deadline - time.monotonic(), 0.0)

    def _limit(self) -> float | None:
        """What is left of the time, in a round number, as it may be told in a message."""
        return None if self._ending.timeout is None else round(self._left(), 1)

    def _say(self, text: str) -> None:
        if not self._ending.as_json:
            screen.show([text])
