"""Folders, multibranch projects and jobs: what there is, and how it is found by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.fakes.jenkins.builds import Build, find_build
from tests.fakes.jenkins.outcome import Outcome, outcome
from tests.fakes.jenkins.parameters import Parameter, as_parameter

if TYPE_CHECKING:
    from tests.fakes.jenkins.world import World

FOLDER = "com.cloudbees.hudson.plugins.folder.Folder"
MULTIBRANCH = "org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject"
PIPELINE = "org.jenkinsci.plugins.workflow.job.WorkflowJob"
FREESTYLE = "hudson.model.FreeStyleProject"

COLORS = {"SUCCESS": "blue", "UNSTABLE": "yellow", "FAILURE": "red", "ABORTED": "aborted", "NOT_BUILT": "notbuilt"}

UNSAFE = "?*/\\%!@#$^&|<>[]:;"


class Item:
    """What folders and jobs have in common."""

    kind = FOLDER

    def __init__(self, world: World, parent: Folder | None, name: str) -> None:
        self.world = world
        self.parent = parent
        self.name = name
        self.display_name = name
        self.description: str | None = None
        self.denied: set[str] = set()
        """Permissions that nobody has here, as in "Job/Build"; without Job/Read the item is hidden."""
        self.xml: str | None = None
        """Its configuration, once one was sent or asked for."""

    @property
    def full_name(self) -> str:
        """The names from the root on, with slashes."""
        if self.parent is None or self.parent.parent is None:
            return self.name
        return f"{self.parent.full_name}/{self.name}"

    @property
    def path(self) -> str:
        """The path below the root, as in job/A/job/B/, quoted."""
        above = self.parent.path if self.parent is not None else ""
        return f"{above}job/{quote(self.name, safe='')}/" if self.parent is not None else ""

    @property
    def url(self) -> str:
        """The address as the server believes it."""
        return self.world.root_url + self.path

    @property
    def hidden(self) -> bool:
        """Whether it is not in lists."""
        return "Job/Read" in self.denied


class Folder(Item):
    """A folder, or the root."""

    def __init__(self, world: World, parent: Folder | None, name: str) -> None:
        super().__init__(world, parent, name)
        self.children: dict[str, Item] = {}

    def add(self, child: Item) -> None:
        """Take an item in; look-up ignores case."""
        self.children[child.name.lower()] = child

    def find(self, name: str) -> Item | None:
        """The child of that name, written in any case."""
        return self.children.get(name.lower())

    @property
    def items(self) -> list[Item]:
        """The children that are shown, in order of name."""
        return [child for _, child in sorted(self.children.items()) if not child.hidden]

    def all(self) -> Iterator[Item]:
        """Everything below."""
        for child in self.children.values():
            yield child
            if isinstance(child, Folder):
                yield from child.all()


class Multibranch(Folder):
    """A multibranch project; its jobs bear the encoded names of branches."""

    kind = MULTIBRANCH
    disabled = False
    scans = 0
    """How often it was told to look for branches."""

    def find(self, name: str) -> Item | None:
        """By the encoded name, or else by the branch's own."""
        return super().find(name) or super().find(encoded(name))


class Job(Item):
    """A Pipeline or Freestyle job."""

    kind = PIPELINE

    def __init__(
        self,
        world: World,
        parent: Folder,
        name: str,
        parameters: Sequence[str | Parameter] = (),
        *,
        freestyle: bool = False,
    ) -> None:
        super().__init__(world, parent, name)
        self.kind = FREESTYLE if freestyle else PIPELINE
        self.parameters = tuple(as_parameter(one) for one in parameters)
        self.disabled = False
        self.vetoed = False
        """Whether something refuses to queue it."""
        self.token: str | None = None
        """What ``token=`` has to be, if it is given."""
        self.builds: list[Build] = []
        self.next_number = 1
        self.outcome = Outcome()

    def on_trigger(self, **changes: Any) -> None:
        """Say how the builds go that are triggered from now on; see Outcome for the names."""
        self.outcome = outcome(**changes)

    def add_build(
        self, parameters: Mapping[str, Any] | None = None, *, queue_id: int = -1, **changes: Any
    ) -> Build:
        """Add a build that is over; see Outcome for the names of what can be said about it."""
        told = outcome(**changes)
        latest = self.world.clock.now() - told.duration - told.lingers - 1.0
        begun = min(latest, latest - 86400.0 + 60.0 * self.next_number)
        return self.start(begun, told, parameters or {}, queue_id)

    def start(
        self, when: float, outcome: Outcome, parameters: Mapping[str, Any], queue_id: int = -1
    ) -> Build:
        """Begin the next build."""
        build = Build(self, self.next_number, when, outcome, dict(parameters), queue_id)
        self.next_number += 1
        self.builds.append(build)
        return build

    @property
    def estimate(self) -> float:
        """Seconds that a build is likely to take; -1 when nobody knows.

        The mean of three: the last successful build, others of the last six that are, then those that failed.
        """
        last = find_build(self.builds, "lastSuccessfulBuild")
        late = [build for build in self.builds[:-7:-1] if not build.building and build is not last]
        good = [build for build in late if build.result in ("SUCCESS", "UNSTABLE")]
        failed = [build for build in late if build.result == "FAILURE"]
        known = [build.duration for build in ([last] if last else []) + good + failed][:3]
        return sum(known) / len(known) if known else -1.0

    @property
    def color(self) -> str:
        """The color of the last result, which blinks while a build runs."""
        if self.disabled:
            return "disabled"
        over = next((build for build in reversed(self.builds) if not build.building), None)
        steady = COLORS[str(over.result)] if over else "notbuilt"
        return steady + "_anime" if self.builds and self.builds[-1].building else steady

    @property
    def buildable(self) -> bool:
        """Whether it can be triggered."""
        return not self.disabled


def encoded(branch: str) -> str:
    """The name of the job for a branch."""
    if branch in ("", ".", ".."):
        return {"": "%00", ".": "%2E", "..": "%2E."}[branch]
    return "".join(f"%{ord(letter):02X}" if letter in "#%/?[]\\" else letter for letter in branch)
