"""Jobs and folders as JSON shows them."""

from typing import Any

from tests.fakes.jenkins.build_view import build_bean, value_bean
from tests.fakes.jenkins.builds import find_build
from tests.fakes.jenkins.items import FREESTYLE, Folder, Item, Job, Multibranch
from tests.fakes.jenkins.parameters import Parameter
from tests.fakes.jenkins.queue_view import queue_bean
from tests.fakes.jenkins.tree import Bean, Exported, bean
from tests.fakes.jenkins.world import World


def definition_bean(one: Parameter) -> Bean:
    """The definition of a parameter."""
    values: dict[str, Any] = {"defaultParameterValue": value_bean(one, one.default) if one.kind != "File" else None}
    values |= {"description": one.description, "name": one.name, "type": one.type}
    if one.kind == "Choice":
        values["choices"] = list(one.choices)
    return bean(f"hudson.model.{one.type}", 3, **values)


def _properties(job: Job) -> list[Bean]:
    found = [bean("hudson.plugins.jira.JiraProjectProperty"), bean("jenkins.model.BuildDiscarderProperty")]
    if job.parameters:
        definitions = [definition_bean(one) for one in job.parameters]
        found.append(bean("hudson.model.ParametersDefinitionProperty", 2, parameterDefinitions=definitions))
    return found


def _health(job: Job) -> list[Bean]:
    if not job.builds:
        return []
    words = "Build stability: No recent builds failed."
    return [bean(None, 2, description=words, iconClassName="icon-health-80plus", iconUrl="80.png", score=100)]


def _build(name: str) -> Exported[Job]:
    def read(job: Job) -> Bean | None:
        found = find_build(job.builds, name)
        return build_bean(found) if found else None

    return Exported(read)


def _first(job: Job) -> Bean | None:
    return build_bean(job.builds[0]) if job.builds else None


def _waiting(job: Job) -> Bean | None:
    item = job.world.queue.of(job)
    return queue_bean(item) if item else None


ITEM: dict[str, Exported[Any]] = {
    "actions": Exported(lambda item: [bean(None), bean("com.cloudbees.plugins.credentials.ViewCredentialsAction")]),
    "description": Exported(lambda item: item.description),
    "displayName": Exported(lambda item: item.display_name),
    "displayNameOrNull": Exported(lambda item: None),
    "fullDisplayName": Exported(lambda item: item.full_name.replace("/", " » ")),
    "fullName": Exported(lambda item: item.full_name),
    "name": Exported(lambda item: item.name, 999),
    "url": Exported(lambda item: item.url, 999),
}

JOB: dict[str, Exported[Any]] = ITEM | {
    "buildable": Exported(lambda job: job.buildable),
    "builds": Exported(lambda job: [*map(build_bean, job.builds[:-101:-1])]),
    "allBuilds": Exported(lambda job: [*map(build_bean, reversed(job.builds))], -2),
    "color": Exported(lambda job: job.color, 2),
    "firstBuild": Exported(_first),
    "healthReport": Exported(_health),
    "inQueue": Exported(lambda job: job.world.queue.of(job) is not None),
    "keepDependencies": Exported(lambda job: False),
    "lastBuild": _build("lastBuild"),
    "lastCompletedBuild": _build("lastCompletedBuild"),
    "lastFailedBuild": _build("lastFailedBuild"),
    "lastStableBuild": _build("lastStableBuild"),
    "lastSuccessfulBuild": _build("lastSuccessfulBuild"),
    "lastUnstableBuild": _build("lastUnstableBuild"),
    "lastUnsuccessfulBuild": _build("lastUnsuccessfulBuild"),
    "nextBuildNumber": Exported(lambda job: job.next_number),
    "property": Exported(_properties),
    "queueItem": Exported(_waiting),
    "concurrentBuild": Exported(lambda job: job.kind != FREESTYLE),
    "disabled": Exported(lambda job: job.disabled),
    "resumeBlocked": Exported(lambda job: False),
}

FREESTYLE_JOB: dict[str, Exported[Any]] = {name: JOB[name] for name in JOB if name != "resumeBlocked"} | {
    "downstreamProjects": Exported(lambda job: []),
    "labelExpression": Exported(lambda job: None),
    "scm": Exported(lambda job: bean("hudson.scm.NullSCM")),
    "upstreamProjects": Exported(lambda job: []),
}


def _views(folder: Folder) -> list[Bean]:
    return [bean("hudson.model.AllView", 2, name="all", url=folder.url)]


def _jobs(folder: Folder) -> list[Bean]:
    return [item_bean(child) for child in folder.items]


FOLDER: dict[str, Exported[Any]] = ITEM | {
    "healthReport": Exported(lambda folder: []),
    "jobs": Exported(_jobs),
    "primaryView": Exported(lambda folder: _views(folder)[0]),
    "views": Exported(_views),
}

MULTIBRANCH_PROJECT: dict[str, Exported[Any]] = FOLDER | {
    "buildable": Exported(lambda project: not project.disabled),
    "sources": Exported(lambda project: [bean(None)]),
}


def item_bean(item: Item) -> Bean:
    """A job or folder."""
    if isinstance(item, Job):
        return Bean(item.kind, FREESTYLE_JOB if item.kind == FREESTYLE else JOB, item)
    return Bean(item.kind, MULTIBRANCH_PROJECT if isinstance(item, Multibranch) else FOLDER, item)


ROOT: dict[str, Exported[Any]] = {
    "assignedLabels": Exported(lambda world: [bean(None, name="built-in")]),
    "mode": Exported(lambda world: "NORMAL"),
    "nodeDescription": Exported(lambda world: "the Jenkins controller's built-in node"),
    "nodeName": Exported(lambda world: ""),
    "numExecutors": Exported(lambda world: 0),
    "description": Exported(lambda world: None),
    "jobs": Exported(lambda world: _jobs(world.root)),
    "overallLoad": Exported(lambda world: bean(None)),
    "primaryView": Exported(lambda world: _views(world.root)[0]),
    "quietDownReason": Exported(lambda world: world.quieting),
    "quietingDown": Exported(lambda world: world.quieting is not None),
    "slaveAgentPort": Exported(lambda world: -1),
    "unlabeledLoad": Exported(lambda world: bean("jenkins.model.UnlabeledLoadStatistics")),
    "url": Exported(lambda world: world.root_url),
    "useCrumbs": Exported(lambda world: world.crumb_issuer),
    "useSecurity": Exported(lambda world: True),
    "views": Exported(lambda world: _views(world.root)),
}


def root_bean(world: World) -> Bean:
    """The server itself."""
    return Bean("hudson.model.Hudson", ROOT, world)
