"""Builds as JSON shows them."""

from collections.abc import Sequence
from typing import Any

from tests.fakes.jenkins.builds import Build
from tests.fakes.jenkins.items import FREESTYLE, Job
from tests.fakes.jenkins.outcome import Case
from tests.fakes.jenkins.parameters import Parameter
from tests.fakes.jenkins.tree import Bean, Exported, bean

REVISION = "0123456789abcdef0123456789abcdef01234567"
GIT = "hudson.plugins.git.util.BuildData"


def value_bean(definition: Parameter, value: Any) -> Bean:
    """The value of a parameter; it is not told when it is a password or a file."""
    kind = definition.kind if definition.kind != "Choice" else "String"
    shown = {"name": definition.name} | ({"value": value} if definition.readable else {})
    return bean(f"hudson.model.{kind}ParameterValue", 4, **shown)


def _parameters(build: Build) -> Bean:
    defined = {one.name: one for one in build.job.parameters}
    values = [value_bean(defined.get(name, Parameter(name)), value) for name, value in build.parameters.items()]
    return bean("hudson.model.ParametersAction", 2, parameters=values)


def _cause(build: Build) -> Bean:
    cause = bean(
        "hudson.model.Cause$UserIdCause", 3, shortDescription=build.cause, userId="alice", userName="Alice"
    )
    return bean("hudson.model.CauseAction", 2, causes=[cause])


def _git(build: Build) -> Bean:
    branch = [bean(None, 9, SHA1=REVISION, name="refs/remotes/origin/main")]
    revision = bean(None, 9, SHA1=REVISION, branch=branch)
    what = {"buildNumber": build.number, "buildResult": None, "marked": revision, "revision": revision}
    by_branch = bean(None, 9, **{"refs/remotes/origin/main": bean("hudson.plugins.git.util.Build", 9, **what)})
    remotes = ["https://git.example.com/shop/app.git"]
    return bean(GIT, 2, buildsByBranchName=by_branch, lastBuiltRevision=revision, remoteUrls=remotes, scmName="")


def _times(build: Build) -> Bean:
    spent = {"blockedDurationMillis": 0, "blockedTimeMillis": 0, "buildableDurationMillis": 3}
    spent |= {"buildableTimeMillis": 3, "buildingDurationMillis": milliseconds(build.duration)}
    spent |= {"executingTimeMillis": milliseconds(build.duration), "executorUtilization": 1, "subTaskCount": 0}
    spent |= {"waitingDurationMillis": 5003, "waitingTimeMillis": 5003}
    return bean("jenkins.metrics.impl.TimeInQueueAction", 2, **spent)


def count(cases: Sequence[Case]) -> dict[str, int]:
    """How many failed, were skipped and are there."""
    failed = sum(case.status in ("FAILED", "REGRESSION") for case in cases)
    skipped = sum(case.status == "SKIPPED" for case in cases)
    return {"failCount": failed, "skipCount": skipped, "totalCount": len(cases)}


def _actions(build: Build) -> list[Bean]:
    found = [_cause(build)]
    if build.parameters:
        found.insert(0, _parameters(build))
    found += [_times(build), _git(build), bean(None), bean("org.jenkinsci.plugins.workflow.job.views.FlowGraphAction")]
    if build.outcome.tests and not build.building and "junit" in build.job.world.plugins:
        totals: dict[str, Any] = count(build.outcome.tests) | {"urlName": "testReport"}
        found.append(bean("hudson.tasks.junit.TestResultAction", 2, **totals))
    found += [bean(f"org.jenkinsci.plugins.{name}") for name in ("pipeline.modeldefinition.actions.RestartAction",)]
    return found


def _artifacts(build: Build) -> list[Bean]:
    if build.building:
        return []
    names = [(path.rpartition("/")[2], path) for path in build.outcome.artifacts]
    return [bean(None, 3, displayPath=name, fileName=name, relativePath=path) for name, path in names]


def _neighbour(build: Build, step: int) -> Bean | None:
    wanted = build.number + step
    found = next((one for one in build.job.builds if one.number == wanted), None)
    return bean(None, 2, number=found.number, url=found.url) if found else None


def _change_set(build: Build) -> Bean:
    return bean("hudson.plugins.git.GitChangeSetList", 2, items=[], kind="git")


def milliseconds(seconds: float) -> int:
    """Whole milliseconds; -1 stays -1."""
    return round(seconds * 1000) if seconds >= 0 else -1


def _name(build: Build) -> str:
    return build.outcome.display_name or f"#{build.number}"


BUILD: dict[str, Exported[Any]] = {
    "actions": Exported(_actions),
    "artifacts": Exported(_artifacts),
    "building": Exported(lambda build: build.building),
    "description": Exported(lambda build: build.outcome.description),
    "displayName": Exported(_name),
    "duration": Exported(lambda build: milliseconds(build.duration)),
    "estimatedDuration": Exported(lambda build: milliseconds(build.job.estimate)),
    "executor": Exported(lambda build: bean(None) if build.building else None),
    "fullDisplayName": Exported(lambda build: f"{build.job.full_name.replace('/', ' » ')} {_name(build)}"),
    "id": Exported(lambda build: str(build.number)),
    "inProgress": Exported(lambda build: build.in_progress),
    "keepLog": Exported(lambda build: build.outcome.keep),
    "number": Exported(lambda build: build.number, 2),
    "queueId": Exported(lambda build: build.queue_id),
    "result": Exported(lambda build: build.result),
    "timestamp": Exported(lambda build: milliseconds(build.started)),
    "url": Exported(lambda build: build.url, 2),
}

PIPELINE_BUILD: dict[str, Exported[Any]] = BUILD | {
    "changeSets": Exported(lambda build: [_change_set(build)]),
    "culprits": Exported(lambda build: []),
    "nextBuild": Exported(lambda build: _neighbour(build, 1)),
    "previousBuild": Exported(lambda build: _neighbour(build, -1)),
}

FREESTYLE_BUILD: dict[str, Exported[Any]] = BUILD | {
    "builtOn": Exported(lambda build: ""),
    "changeSet": Exported(_change_set),
    "culprits": Exported(lambda build: []),
}


def build_bean(build: Build) -> Bean:
    """A build."""
    if is_freestyle(build.job):
        return Bean("hudson.model.FreeStyleBuild", FREESTYLE_BUILD, build)
    return Bean("org.jenkinsci.plugins.workflow.job.WorkflowRun", PIPELINE_BUILD, build)


def is_freestyle(job: Job) -> bool:
    """Whether its builds are no pipelines."""
    return job.kind == FREESTYLE
