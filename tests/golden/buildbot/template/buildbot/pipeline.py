# Generated from ci/pipeline.toml; do not edit, run: ci generate
# manual-setup: runs-on: name workers for linux in master.cfg; they need git and python3
# manual-setup: keep: the master keeps the files of all runs: remove those beyond 30 runs or 14 days by a job of the system
# approximated: timeout: leaves out the checkout and the files that a job fetches and keeps
# lost: on.pull-request: pull requests start nothing; what is only for them never runs
# approximated: deploy: approval: a person starts it, with the number of the run that passed; master.cfg says who (production)
# approximated: lint: reports: Buildbot has no page for flake8: the file is kept on the master
# approximated: test: reports: Buildbot has no page for junit: the file is kept on the master
# approximated: benchmark: reports: Buildbot has no page for junit: the file is kept on the master
# approximated: benchmark: reports: Buildbot has no page for benchmark: the file is kept on the master
# approximated: benchmark: reports: Buildbot has no page for page: the file is kept on the master
# manual-setup: deploy: secrets: give the master the secret heroku-api-key (SecretInAFile)
# approximated: deploy: secrets: the worker replaces ${NAME} inside a secret by that variable
# manual-setup: deploy: when.variable: set configure(variables={'HEROKU_APP': ...}) in master.cfg; without it the job is skipped
# flake8: noqa: E501
"""The pipeline ci as builders and schedulers of Buildbot: see docs/buildbot.md."""

import math
import shlex
import time
from dataclasses import dataclass
from typing import Any

from buildbot.plugins import changes, schedulers, steps, util
from buildbot.process.buildstep import BuildStep
from buildbot.process.results import FAILURE, SUCCESS, WARNINGS
from twisted.internet import defer

NAME = "ci"
ID = "ci"
DEFAULT_BRANCH = "main"
PUSH = ("main",)
SCHEDULES = ()
MANUAL = True
GRACE = 30
CHAINS = (
    {
        "builder": "ci",
        "after": "",
        "approval": "",
        "force": "",
        "lock": "",
        "stages": (
            {
                "name": "lint",
                "jobs": (
                    {
                        "name": "lint",
                        "builder": "ci-lint",
                        "runs_on": "linux",
                        "when": (),
                        "history": False,
                        "exclusive": False,
                        "allow_failure": False,
                        "variables": (),
                        "secrets": {},
                        "inputs": (),
                        "reports": {"lint-flake8": "reports/flake8.txt"},
                        "artifacts": {},
                        "env": {"CI": "true"},
                        "limit": 600,
                        "commands": (
                            ("Python 3.13", "python3 -m ci environment --python 3.13 .venv"),
                            (
                                "python -m ci setup",
                                (
                                    'export PATH="$PWD/.venv/bin:$PATH"\n'
                                    "python -m ci setup"
                                ),
                            ),
                            (
                                "python -m flake8 --tee …",
                                (
                                    'export PATH="$PWD/.venv/bin:$PATH"\n'
                                    "python -m flake8 --tee --output-file=reports/flake8.txt app ci tests gunicorn.conf.py"
                                ),
                            ),
                            (
                                "python -m mypy",
                                (
                                    'export PATH="$PWD/.venv/bin:$PATH"\n'
                                    "python -m mypy"
                                ),
                            ),
                            (
                                "python -m ci generate --check",
                                (
                                    'export PATH="$PWD/.venv/bin:$PATH"\n'
                                    "python -m ci generate --check"
                                ),
                            ),
                        ),
                    },
                ),
            },
            {
                "name": "test",
                "jobs": (
                    {
                        "name": "test (3.11)",
                        "builder": "ci-test-3.11",
                        "runs_on": "linux",
                        "when": (),
                        "history": False,
                        "exclusive": False,
                        "allow_failure": False,
                        "variables": (),
                        "secrets": {},
                        "inputs": (),
                        "reports": {"test-3.11-junit": "reports/junit.xml"},
                        "artifacts": {},
                        "env": {"CI": "true"},
                        "limit": 900,
                        "commands": (
                            ("Python 3.11", "python3 -m ci environment --python 3.11 .venv"),
                            (
                                "python -m ci setup",
                                (
                                    'export PATH="$PWD/.venv/bin:$PATH"\n'
                                    "python -m ci setup"
                                ),
                            ),
                            (
                                "python -m pytest -m 'not engine' …",
                                (
                                    'export PATH="$PWD/.venv/bin:$PATH"\n'
                                    "python -m pytest -m 'not engine' --ignore=tests/benchmarks -p no:benchmark \\\n"
                                    "    --numprocesses=2 --dist=loadfile --junitxml=reports/junit.xml"
                                ),
                            ),
                        ),
                    },
                    {
                        "name": "test (3.13)",
                        "builder": "ci-test-3.13",
                        "runs_on": "linux",
                        "when": (),
                        "history": False,
                        "exclusive": False,
                        "allow_failure": False,
                        "variables": (),
                        "secrets": {},
                        "inputs": (),
                        "reports": {"test-3.13-junit": "reports/junit.xml"},
                        "artifacts": {},
                        "env": {"CI": "true"},
                        "limit": 900,
                        "commands": (
                            ("Python 3.13", "python3 -m ci environment --python 3.13 .venv"),
                            (
                                "python -m ci setup",
                                (
                                    'export PATH="$PWD/.venv/bin:$PATH"\n'
                                    "python -m ci setup"
                                ),
                            ),
                            (
                                "python -m pytest -m 'not engine' …",
                                (
                                    'export PATH="$PWD/.venv/bin:$PATH"\n'
                                    "python -m pytest -m 'not engine' --ignore=tests/benchmarks -p no:benchmark \\\n"
                                    "    --numprocesses=2 --dist=loadfile --junitxml=reports/junit.xml"
                                ),
                            ),
                        ),
                    },
                ),
            },
            {
                "name": "benchmark",
                "jobs": (
                    {
                        "name": "benchmark",
                        "builder": "ci-benchmark",
                        "runs_on": "linux",
                        "when": (),
                        "history": True,
                        "exclusive": True,
                        "allow_failure": False,
                        "variables": (),
                        "secrets": {},
                        "inputs": (),
                        "reports": {
                            "benchmark-junit": "reports/benchmark.xml",
                            "benchmark-benchmark": "reports/benchmark.json",
                            "benchmark-page": "reports/benchmark.html",
                        },
                        "artifacts": {},
                        "env": {"CI": "true"},
                        "limit": 900,
                        "commands": (
                            ("Python 3.13", "python3 -m ci environment --python 3.13 .venv"),
                            (
                                "python -m ci setup",
                                (
                                    'export PATH="$PWD/.venv/bin:$PATH"\n'
                                    "python -m ci setup"
                                ),
                            ),
                            (
                                "python -m ci bench",
                                (
                                    'export PATH="$PWD/.venv/bin:$PATH"\n'
                                    "python -m ci bench"
                                ),
                            ),
                        ),
                    },
                ),
            },
            {
                "name": "build",
                "jobs": (
                    {
                        "name": "build",
                        "builder": "ci-build",
                        "runs_on": "linux",
                        "when": (),
                        "history": False,
                        "exclusive": False,
                        "allow_failure": False,
                        "variables": (),
                        "secrets": {},
                        "inputs": (),
                        "reports": {},
                        "artifacts": {"dist": ("dist/*",)},
                        "env": {"CI": "true"},
                        "limit": 900,
                        "commands": (
                            ("Python 3.13", "python3 -m ci environment --python 3.13 .venv"),
                            (
                                "python -m ci setup",
                                (
                                    'export PATH="$PWD/.venv/bin:$PATH"\n'
                                    "python -m ci setup"
                                ),
                            ),
                            (
                                "python -m ci build --stage build app …",
                                (
                                    'export PATH="$PWD/.venv/bin:$PATH"\n'
                                    "python -m ci build --stage build app gunicorn.conf.py requirements.txt Procfile Dockerfile .dockerignore"
                                ),
                            ),
                        ),
                    },
                ),
            },
        ),
    },
    {
        "builder": "ci approve deploy",
        "after": "ci",
        "approval": "production",
        "force": "approve_ci_deploy",
        "lock": "approved",
        "stages": (
            {
                "name": "deploy",
                "jobs": (
                    {
                        "name": "deploy",
                        "builder": "ci-deploy",
                        "runs_on": "linux",
                        "when": (
                            {
                                "branch": ("main",),
                                "tag": (),
                                "event": ("push", "manual"),
                                "variable": ("HEROKU_APP",),
                            },
                        ),
                        "history": False,
                        "exclusive": False,
                        "allow_failure": False,
                        "variables": ("HEROKU_APP",),
                        "secrets": {"HEROKU_API_KEY": "heroku-api-key"},
                        "inputs": ("dist",),
                        "reports": {},
                        "artifacts": {},
                        "env": {"CI": "true", "CI_ENVIRONMENT": "production"},
                        "limit": 900,
                        "commands": (
                            ("Python 3.13", "python3 -m ci environment --python 3.13 .venv"),
                            (
                                "python -m ci setup",
                                (
                                    'export PATH="$PWD/.venv/bin:$PATH"\n'
                                    "python -m ci setup"
                                ),
                            ),
                            (
                                "python -m ci deploy",
                                (
                                    'export PATH="$PWD/.venv/bin:$PATH"\n'
                                    "python -m ci deploy"
                                ),
                            ),
                        ),
                    },
                ),
            },
        ),
    },
)
PACK = (
    '"""Make an archive of the files that patterns name: ``pack.py ARCHIVE PATTERN...``.\n'
    "\n"
    "``*`` and ``?`` stay within a folder, ``**`` crosses folders, a folder stands for all in it, hidden files are left out;\n"
    "a pattern without a file is an error. A program of its own, with nothing but the standard library: adapters of engines\n"
    "whose artifacts know less put its text into what they generate.\n"
    '"""\n'
    "\n"
    "import os\n"
    "import re\n"
    "import sys\n"
    "import tarfile\n"
    "\n"
    '_WILD = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}\n'
    "\n"
    "\n"
    "def expression(pattern: str) -> str:\n"
    '    """A regular expression for the paths that a pattern names."""\n'
    '    parts = re.split(r"(\\*\\*/|\\*\\*|\\*|\\?)", pattern)\n'
    '    return "".join(_WILD.get(part, re.escape(part)) for part in parts) + "(?:/.*)?"\n'
    "\n"
    "\n"
    "def visible_files() -> list[str]:\n"
    '    """All files below the working directory, but hidden ones."""\n'
    "    found = []\n"
    '    for folder, folders, names in os.walk("."):\n'
    '        folders[:] = [name for name in folders if not name.startswith(".")]\n'
    '        found += [os.path.relpath(os.path.join(folder, name)) for name in names if not name.startswith(".")]\n'
    "    return sorted(found)\n"
    "\n"
    "\n"
    "def pack(archive: str, patterns: list[str]) -> None:\n"
    '    """Write the archive, or end with a message."""\n'
    "    files = visible_files()\n"
    '    with tarfile.open(archive, "w:gz") as made:\n'
    "        for pattern in patterns:\n"
    "            found = [file for file in files if re.fullmatch(expression(pattern), file, re.DOTALL)]\n"
    "            if not found:\n"
    '                sys.exit(f"no file is called {pattern} (hidden files are left out)")\n'
    "            for file in found:\n"
    "                made.add(file)\n"
    "\n"
    "\n"
    'if __name__ == "__main__":\n'
    "    pack(sys.argv[1], sys.argv[2:])\n"
)

#: What a job's build and a person's approval know of the run that they belong to.
RUN = ("run", "run_branch", "run_event", "run_revision")

#: What may not happen twice at once: runs (where they queue), and what a person approved.
ONE_AT_A_TIME = {name: util.MasterLock(f"{ID}-{name}") for name in ("run", "approved")}

#: A job has its machine with others, an exclusive one for itself.
MACHINE = util.WorkerLock(f"{ID}-machine", maxCount=1000)

#: Seconds after the last commit that the poller saw: a push of several commits starts one run, of the newest.
SETTLED = 5

#: Results of a step whose command was executed.
RAN = (SUCCESS, WARNINGS, FAILURE)


@dataclass(frozen=True, kw_only=True)
class Site:
    """What the operator decides."""

    repository: str
    workers: dict[str, list[str]]
    coordinators: list[str]
    variables: dict[str, str]
    environment: dict[str, Any]


def configure(
    c: dict[str, Any],
    *,
    repository: str,
    workers: dict[str, list[str]],
    coordinators: list[str],
    variables: dict[str, str] | None = None,
    environment: dict[str, Any] | None = None,
    poll: int = 300,
) -> None:
    """Add this pipeline to the Buildbot configuration ``c``.

    ``repository`` is what workers clone. ``workers`` names those for each label of ``runs-on``; ``coordinators``
    wait for whole runs, so they must not be among them (a LocalWorker will do). ``variables`` are the settings that
    conditions of the pipeline ask for, ``environment`` is for every command (``{"PATH": [...]}``), and ``poll`` the
    number of seconds between two looks at the repository, 0 for none (then a hook has to tell, with project NAME).
    """
    labels = {job["runs_on"] for chain in CHAINS for stage in chain["stages"] for job in stage["jobs"]}
    if missing := sorted(label for label in labels if not workers.get(label)):
        raise ValueError(f"configure(workers=...) names no worker for runs-on {', '.join(missing)}")
    if shared := sorted(set(coordinators).intersection(*[sum((workers[label] for label in labels), [])])):
        raise ValueError(f"{', '.join(shared)} can't be coordinator and worker: a waiting run would block its own jobs")
    site = Site(
        repository=repository, workers=workers, coordinators=coordinators, variables=variables or {},
        environment=environment or {},
    )
    for chain in CHAINS:
        add_chain(c, chain, site)
    add_triggers(c, repository, poll)


def add_chain(c: dict[str, Any], chain: dict[str, Any], site: Site) -> None:
    """A builder that starts the jobs of its stages, stage by stage, and a builder for each job."""
    builders, found = c.setdefault("builders", []), c.setdefault("schedulers", [])
    begin = approved(chain) if chain["after"] else resolved(site)
    waiting = [stage_step(stage, site) for stage in chain["stages"]]
    held = [ONE_AT_A_TIME[chain["lock"]].access("exclusive")] if chain["lock"] else []
    builders.append(util.BuilderConfig(
        name=chain["builder"], workernames=site.coordinators, factory=util.BuildFactory([*begin, *waiting]),
        locks=held, collapseRequests=False,
    ))
    for stage in chain["stages"]:
        for job in stage["jobs"]:
            found.append(schedulers.Triggerable(name=job["builder"], builderNames=[job["builder"]]))
            builders.append(job_builder(job, chain["builder"], site))
    if chain["after"]:
        found.append(schedulers.ForceScheduler(
            name=chain["force"], label=f"Approve {chain['approval']}", buttonName=f"Approve {chain['approval']}",
            builderNames=[chain["builder"]], codebases=[fixed_codebase(site.repository)],
            properties=[util.IntParameter(name="run", label=f"Number of the build of {chain['after']} that passed")],
        ))


def resolved(site: Site) -> list[Any]:
    """Steps that fix the commit of a run, for all of its jobs."""
    return [
        steps.Git(
            name="commit", repourl=site.repository, mode="incremental", logEnviron=False, haltOnFailure=True,
        ),
        steps.SetProperties(name="run", hideStepIf=succeeded, properties={
            "run": util.Property("buildnumber"),
            "run_branch": util.Property("branch", default=DEFAULT_BRANCH),
            "run_event": util.Property("event", default="manual"),
            "run_revision": util.Property("got_revision"),
        }),
    ]


def approved(chain: dict[str, Any]) -> list[Any]:
    """The step without which nothing that needs approval starts."""
    return [Approved(after=chain["after"], name="approved", haltOnFailure=True)]


def stage_step(stage: dict[str, Any], site: Site) -> Any:
    """Start the jobs of a stage side by side and wait for them."""
    return StageJobs(
        name=stage["name"], jobs=stage["jobs"], site=site, waitForFinish=True, haltOnFailure=True,
        schedulerNames=[job["builder"] for job in stage["jobs"]],
        sourceStamps=[{
            "codebase": "", "project": NAME, "repository": site.repository,
            "branch": util.Property("run_branch"), "revision": util.Property("run_revision"),
        }],
        set_properties={name: util.Property(name) for name in RUN},
        doStepIf=lambda step: any(holds(job, step, site) for job in stage["jobs"]),
    )


def job_builder(job: dict[str, Any], parent: str, site: Site) -> Any:
    """The builder of one job: a fresh checkout, its inputs, its commands, what it keeps."""
    return util.BuilderConfig(
        name=job["builder"], workernames=site.workers[job["runs_on"]], collapseRequests=False,
        locks=[MACHINE.access("exclusive" if job["exclusive"] else "counting")],
        factory=util.BuildFactory([
            StartedBy(parent=parent, name="started by", haltOnFailure=True, hideStepIf=succeeded),
            steps.Git(
                name="checkout", repourl=site.repository, mode="full", method="fresh", tags=True, logEnviron=False,
                haltOnFailure=True,
            ),
            *([branches_of(site.repository)] if job["history"] else []),
            *[step for artifact in job["inputs"] for step in put_back(artifact)],
            *commands(job, site),
            *[kept_report(artifact, path) for artifact, path in job["reports"].items()],
            *[step for name, patterns in job["artifacts"].items() for step in kept_artifact(name, patterns)],
        ]),
    )


def branches_of(repository: str) -> Any:
    """The branches as origin/...: a checkout that is used again keeps those of its first time."""
    return steps.ShellCommand(
        name="history", logEnviron=False, haltOnFailure=True, descriptionDone=["fetched history"],
        command=["git", "fetch", "--quiet", "--prune", repository, "+refs/heads/*:refs/remotes/origin/*"],
    )


def commands(job: dict[str, Any], site: Site) -> list[Any]:
    """A step for each command of a job; the first that fails ends it."""
    settings = {name: site.variables[name] for name in job["variables"] if name in site.variables}
    secrets = {variable: util.Secret(id) for variable, id in job["secrets"].items()}
    return [
        steps.ShellCommand(
            name=f"run {number}", command=within_limit(job["limit"], exported({**job["env"], **settings}) + text),
            env={**site.environment, **secrets}, logEnviron=False, timeout=None, haltOnFailure=True,
            description=[label], descriptionDone=[f"{job['name']}: {label}"],
        )
        for number, (label, text) in enumerate(job["commands"], 1)
    ]


def exported(variables: dict[str, str]) -> str:
    """Shell text that sets variables. In ``env`` the worker would replace ``${NAME}``, and there is no escape."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())


def within_limit(limit: int, text: str) -> Any:
    """A command with the seconds that the job has left: ``maxTime`` would be for each command anew."""
    @util.renderer  # type: ignore[untyped-decorator]
    def command(properties: Any) -> list[str]:
        begun = properties.getProperty("begun")
        if begun is None:
            begun = time.monotonic()
            properties.setProperty("begun", begun, "run")
        left = max(1, math.ceil(begun + limit - time.monotonic()))
        return ["timeout", "-k", str(GRACE), str(left), "/bin/sh", "-ec", "--", text]

    return command


def kept_report(artifact: str, path: str) -> Any:
    """Keep a report, whatever the verdict; one that is not there is an error."""
    return steps.FileUpload(
        name="report", workersrc=path, masterdest=in_run(f"{artifact}/{path.rpartition('/')[2]}"),
        alwaysRun=True, doStepIf=commands_ran, descriptionDone=[f"kept {path}"[:50]], haltOnFailure=False,
    )


def kept_artifact(name: str, patterns: tuple[str, ...]) -> list[Any]:
    """Keep files on the master, at their paths, for later jobs and for people."""
    packed = f"../{name}.tar.gz"
    return [
        steps.ShellCommand(
            name="pack", command=["python3", "-c", PACK, packed, *patterns], logEnviron=False, haltOnFailure=True,
            descriptionDone=[f"packed {name}"[:50]],
        ),
        steps.FileUpload(
            name="artifact", workersrc=packed, masterdest=in_run(f"{name}.tar.gz"), haltOnFailure=True,
            descriptionDone=[f"kept {name}"[:50]],
        ),
    ]


def put_back(artifact: str) -> list[Any]:
    """Fetch an artifact of an earlier job and put its files where they were."""
    packed = f"../{artifact}.tar.gz"
    return [
        steps.FileDownload(
            name="input", mastersrc=in_run(f"{artifact}.tar.gz"), workerdest=packed, haltOnFailure=True,
            descriptionDone=[f"fetched {artifact}"[:50]],
        ),
        steps.ShellCommand(
            name="unpack", command=["tar", "-xzf", packed], logEnviron=False, haltOnFailure=True,
            descriptionDone=[f"unpacked {artifact}"[:50]],
        ),
    ]


def in_run(path: str) -> Any:
    """A path on the master, in the folder of the run."""
    return util.Interpolate(f"artifacts/{ID}/%(prop:run)s/{path}")


def holds(job: dict[str, Any], step: Any, site: Site) -> bool:
    """Whether the conditions of a job and of its stage hold in this run."""
    ref, event = str(step.getProperty("run_branch")), str(step.getProperty("run_event"))
    return all(condition_holds(when, ref, event, site.variables) for when in job["when"])


def condition_holds(when: dict[str, Any], ref: str, event: str, variables: dict[str, str]) -> bool:
    """Whether every key of a condition holds; ``ref`` is a branch, or a tag as refs/tags/NAME."""
    is_tag = ref.startswith("refs/tags/")
    patterns = when["tag"] if is_tag else when["branch"]
    right_ref = any(matches(pattern, ref.removeprefix("refs/tags/")) for pattern in patterns)
    if not right_ref and (when["branch"] or when["tag"]):
        return False
    return (not when["event"] or event in when["event"]) and all(variables.get(name) for name in when["variable"])


def matches(pattern: str, name: str) -> bool:
    """Whether a name, or its beginning and a final ``*``, is the pattern."""
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def succeeded(results: int, step: Any) -> bool:
    """Whether a step that only prepares can be hidden."""
    return bool(results == SUCCESS)


def commands_ran(step: Any) -> bool:
    """Whether the job's commands were executed, whatever their verdict."""
    return any(done.name == "run 1" and done.results in RAN for done in step.build.executedSteps)


class StageJobs(steps.Trigger):  # type: ignore[misc]
    """Starts those jobs of a stage whose condition holds; one that may fail does not decide the verdict."""

    def __init__(self, *, jobs: Any, site: Site, **rest: Any) -> None:
        super().__init__(**rest)
        self.jobs, self.site = jobs, site
        self.red: list[str] = []

    @defer.inlineCallbacks
    def run(self) -> Any:
        results = yield super().run()
        for request in self.brids:
            builds = yield self.master.data.get(("buildrequests", request, "builds"))
            last = max(builds, key=lambda build: build["number"], default=None)  # a lost worker makes one more
            if last and last["results"] not in (SUCCESS, WARNINGS):
                builder = yield self.master.data.get(("builders", last["builderid"]))
                self.red += [job["name"] for job in self.jobs if job["builder"] == builder["name"]]
        return results

    def getResultSummary(self) -> dict[str, str]:
        return {"step": f"not green: {', '.join(self.red)}"} if self.red else {}

    def getSchedulersAndProperties(self) -> list[dict[str, Any]]:
        return [
            {"sched_name": job["builder"], "props_to_set": self.set_properties, "unimportant": job["allow_failure"]}
            for job in self.jobs
            if holds(job, self, self.site)
        ]


class StartedBy(BuildStep):  # type: ignore[misc]
    """Refuses a job that somebody starts, or rebuilds, by itself: it would run without the stages before it."""

    def __init__(self, *, parent: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.parent = parent

    @defer.inlineCallbacks
    def run(self) -> Any:
        buildset = yield self.master.data.get(("buildsets", self.build.requests[0].bsid))
        if buildset["parent_buildid"] is not None:
            build = yield self.master.data.get(("builds", buildset["parent_buildid"]))
            builder = yield self.master.data.get(("builders", build["builderid"]))
            if builder["name"] == self.parent and not build["complete"]:
                return SUCCESS
        self.descriptionDone = [f"only {self.parent} starts this"]
        return FAILURE


class Approved(BuildStep):  # type: ignore[misc]
    """Refuses unless the run that a person names has passed; then takes over what that run was."""

    def __init__(self, *, after: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.after = after

    @defer.inlineCallbacks
    def run(self) -> Any:
        number = self.getProperty("run")
        builder = yield self.master.data.updates.findBuilderId(self.after)
        build = None
        if isinstance(number, int):
            build = yield self.master.data.get(("builders", builder, "builds", number))
        if build is None or build["results"] not in (SUCCESS, WARNINGS):
            self.descriptionDone = [f"no build {number} of {self.after} has passed"]
            return FAILURE
        properties = yield self.master.data.get(("builds", build["buildid"], "properties"))
        for name in RUN:
            self.setProperty(name, properties[name][0], self.after)
        self.descriptionDone = [f"build {number} of {self.after} has passed"]
        return SUCCESS


def add_triggers(c: dict[str, Any], repository: str, poll: int) -> None:
    """What starts a run: pushes, the clock, a person."""
    found, first = c.setdefault("schedulers", []), CHAINS[0]["builder"]
    if PUSH:
        if poll:
            c.setdefault("change_source", []).append(changes.GitPoller(
                repourl=repository, project=NAME, pollInterval=poll, pollAtLaunch=True,
                branches=lambda ref: is_pushed(ref.removeprefix("refs/heads/")),
            ))
        found.append(schedulers.AnyBranchScheduler(
            name=f"push_{ID}", builderNames=[first], treeStableTimer=SETTLED, properties={"event": "push"},
            change_filter=util.ChangeFilter(project=NAME, branch_fn=is_pushed),
        ))
    for number, fields in enumerate(SCHEDULES, 1):
        found.append(schedulers.Nightly(
            name=f"schedule_{ID}_{number}", builderNames=[first], branch=DEFAULT_BRANCH,
            properties={"event": "schedule"}, **fields,
        ))
    if MANUAL:
        found.append(schedulers.ForceScheduler(
            name=f"force_{ID}", label=f"Run {NAME}", buttonName="Run", builderNames=[first],
            codebases=[util.CodebaseParameter(
                "", project=util.FixedParameter(name="project", default=NAME),
                repository=util.FixedParameter(name="repository", default=repository),
                branch=util.StringParameter(name="branch", default=DEFAULT_BRANCH, regex=r"\w[\w./+-]*\Z"),
                revision=util.FixedParameter(name="revision", default=""),
            )],
            properties=[util.FixedParameter(name="event", default="manual")],
        ))


def is_pushed(branch: str | None) -> bool:
    """Whether pushes to a branch start a run."""
    return any(matches(pattern, branch or DEFAULT_BRANCH) for pattern in PUSH)


def fixed_codebase(repository: str) -> Any:
    """The commit of an approval is that of the run, so nothing is asked."""
    return util.CodebaseParameter(
        "", branch=util.FixedParameter(name="branch", default=DEFAULT_BRANCH),
        revision=util.FixedParameter(name="revision", default=""),
        repository=util.FixedParameter(name="repository", default=repository),
        project=util.FixedParameter(name="project", default=NAME),
    )
