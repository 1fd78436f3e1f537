"""The whole state of the server: items, queue, users, plugins, and what it is doing."""

from collections.abc import Sequence
from typing import Any

from tests.fakes.jenkins.clock import Clock
from tests.fakes.jenkins.items import Folder, Job, Multibranch, encoded
from tests.fakes.jenkins.parameters import Parameter
from tests.fakes.jenkins.queue import Queue
from tests.fakes.jenkins.users import Users

PLUGINS = {
    "pipeline-stage-view": "2.38",
    "pipeline-graph-view": "900.v0",
    "pipeline-input-step": "540.v0",
    "pipeline-model-definition": "2.2300.v0",
    "junit": "1400.v0",
    "workflow-job": "1600.v0",
}


class World:
    """The state; every public attribute may be set by a test."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.root = Folder(self, None, "")
        self.queue = Queue(self)
        self.users = Users()
        self.version = "2.579"
        self.session = "7c0ffee1"
        """X-Jenkins-Session: another one after a restart."""
        self.plugins = dict(PLUGINS)
        """By short name; take one out to see what is missing then."""
        self.graph_view = "stages"
        """Where the newer stage view answers: "stages", or "pipeline-overview" before 2026-02."""
        self.root_url = ""
        """What the server believes its address to be; it ends with a slash."""
        self.location_root: str | None = None
        """Another root for Location headers, as behind a badly set proxy."""
        self.behind_proxy = True
        """Whether a proxy refuses %2F in paths."""
        self.crumb_issuer = True
        self.anonymous_read = False
        self.quieting: str | None = None
        """The reason for which no build begins."""
        self.phase = "up"
        """up, restarting, refused or starting."""
        self.restart_pending = False
        self.gzip = False
        """Whether JSON is compressed for those who accept it; counts of bytes then say less."""
        self.gzip_artifacts = False
        self.ranges = True
        """Whether artifacts can be had in parts."""
        self.artifact_host: str | None = None
        """The root of another host that artifacts are fetched from."""
        self.kept_elsewhere: dict[str, bytes] = {}
        """What is there, by path."""
        self.lint_errors: list[str] = []
        """What the Jenkinsfile linter finds; empty: only what is no pipeline at all is wrong."""

    def add_folder(self, path: str) -> Folder:
        """The folder of that path; made, with those above it, when there is none."""
        folder = self.root
        for name in filter(None, path.split("/")):
            child = folder.find(name)
            if child is None:
                child = Folder(self, folder, name)
                folder.add(child)
            if not isinstance(child, Folder):
                raise ValueError(f"{name} in {path} is not a folder")
            folder = child
        return folder

    def add_job(
        self, path: str, parameters: Sequence[str | Parameter] = (), *, freestyle: bool = False
    ) -> Job:
        """Add a job; folders on its way are made."""
        above, _, name = path.rpartition("/")
        folder = self.add_folder(above)
        job = Job(self, folder, name, parameters, freestyle=freestyle)
        folder.add(job)
        return job

    def add_multibranch(self, path: str, branches: Sequence[str] = ("main",)) -> Multibranch:
        """Add a multibranch project with a job for each branch."""
        above, _, name = path.rpartition("/")
        folder = self.add_folder(above)
        project = Multibranch(self, folder, name)
        folder.add(project)
        for branch in branches:
            self.add_branch(project, branch)
        return project

    def add_branch(
        self, project: Multibranch, branch: str, parameters: Sequence[str | Parameter] = ()
    ) -> Job:
        """Add the job of one branch, whose name it bears encoded."""
        job = Job(self, project, encoded(branch), parameters)
        job.display_name = branch
        project.add(job)
        return job

    def find(self, full_name: str) -> Any:
        """The item of a full name, or None."""
        item: Any = self.root
        for name in full_name.split("/"):
            item = item.find(name) if isinstance(item, Folder) else None
        return item

    def jobs(self) -> list[Job]:
        """Every job."""
        return [item for item in self.root.all() if isinstance(item, Job)]

    def settle(self) -> None:
        """Let everything happen that is due."""
        self.queue.settle()
        if self.restart_pending and not any(build.building for job in self.jobs() for build in job.builds[-5:]):
            self.restart_pending = False
            self.restart()

    def quiet_down(self, reason: str = "Jenkins is about to shut down") -> None:
        """Let no build begin."""
        self.quieting = reason

    def cancel_quiet_down(self) -> None:
        """Let builds begin again."""
        self.quieting = None
        self.queue.release()

    def safe_restart(self) -> None:
        """Restart when no build runs any more."""
        self.quiet_down()
        self.restart_pending = True

    def restart(self, *, closing: float = 10.0, refused: float = 5.0, starting: float = 10.0) -> None:
        """503 for ``closing`` seconds, then refused connections, then 503 while loading, then up."""
        self.enter("restarting")
        self.clock.after(closing, lambda: self.enter("refused"))
        self.clock.after(closing + refused, lambda: self.enter("starting"))
        self.clock.after(closing + refused + starting, lambda: self.enter("up"))

    def enter(self, phase: str) -> None:
        """Go over to a phase; what is only in memory is lost when the process ends."""
        self.phase = phase
        if phase == "refused":
            self.queue.restart()
            self.users.forget_sessions()
            self.session = f"{int(self.session, 16) + 1:08x}"
        elif phase == "up":
            self.cancel_quiet_down()
