"""The configuration of a Jenkins job that runs a repository's Jenkinsfile, as XML.

Elements and values are those of jenkins-job-builder 6.5.0, without those that only repeat what Jenkins assumes.
"""

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from msgspec import Struct

from ci.errors import UsageError

#: What XML 1.0 can't hold (its section 2.2).
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FLOW = "org.jenkinsci.plugins.workflow"
_FOLDER = "com.cloudbees.hudson.plugins.folder"
_MULTIBRANCH = f"{_FLOW}.multibranch.WorkflowMultiBranchProject"
#: Stays when the repository moves: with another id Jenkins takes the branches for new ones.
_SOURCE_ID = "ci"

#: The intervals that Jenkins offers, in minutes, and how often it looks whether one is over.
_INTERVALS = {
    1: "* * * * *", 2: "*/2 * * * *", 5: "*/5 * * * *", 10: "H/6 * * * *", 15: "H/6 * * * *", 20: "H/3 * * * *",
    25: "H/3 * * * *", 30: "H/2 * * * *", 60: "H * * * *", 120: "H * * * *", 240: "H * * * *", 480: "H * * * *",
    720: "H H * * *", 1440: "H H * * *", 2880: "H H * * *", 10080: "H H * * *", 20160: "H H * * *", 40320: "H H * * *",
}


class Repository(Struct, frozen=True):
    """Where the Jenkinsfile comes from: ``credentials`` is the id of a credential in Jenkins, not a secret."""

    url: str
    credentials: str | None = None
    jenkinsfile: str = "Jenkinsfile"


def pipeline_from_scm(
    repository: Repository, *, branch: str = "main", description: str = "", keep_builds: int = 30,
    poll: str | None = None,
) -> str:
    """A Pipeline job that builds one branch. ``poll`` is a cron line of Jenkins, for servers without a webhook."""
    root = _pipeline(description, keep_builds, poll)
    definition = SubElement(root, "definition", {"class": f"{_FLOW}.cps.CpsScmFlowDefinition"})
    _git(definition, repository, branch)
    _fill(definition, {"scriptPath": repository.jenkinsfile, "lightweight": "true"})
    return _text(root)


def pipeline_from_text(jenkinsfile: str, *, description: str = "", keep_builds: int = 30) -> str:
    """A Pipeline job with its script in Jenkins itself, to try things out. It runs in the sandbox."""
    root = _pipeline(description, keep_builds, None)
    definition = SubElement(root, "definition", {"class": f"{_FLOW}.cps.CpsFlowDefinition"})
    _fill(definition, {"script": jenkinsfile, "sandbox": "true"})
    return _text(root)


def _pipeline(description: str, keep_builds: int, poll: str | None) -> Element:
    """A Pipeline job without its definition."""
    root = Element("flow-definition")
    _fill(root, {"actions": "", **_described(description), "keepDependencies": "false"})
    properties = SubElement(root, "properties")
    discarder = SubElement(properties, "jenkins.model.BuildDiscarderProperty")
    strategy = SubElement(discarder, "strategy", {"class": "hudson.tasks.LogRotator"})
    _fill(strategy, {"daysToKeep": "-1", "numToKeep": str(keep_builds)})
    _fill(strategy, {"artifactDaysToKeep": "-1", "artifactNumToKeep": "-1"})
    if poll is not None:
        trigger = _below(properties, f"{_FLOW}.job.properties.PipelineTriggersJobProperty", "triggers")
        _fill(_below(trigger, "hudson.triggers.SCMTrigger"), {"spec": poll, "ignorePostCommitHooks": "false"})
    return root


def _git(definition: Element, repository: Repository, branch: str) -> None:
    scm = SubElement(definition, "scm", {"class": "hudson.plugins.git.GitSCM"})
    _fill(scm, {"configVersion": "2"})
    _fill(_below(scm, "userRemoteConfigs", "hudson.plugins.git.UserRemoteConfig"), _remote(repository, "url"))
    _fill(_below(scm, "branches", "hudson.plugins.git.BranchSpec"), {"name": f"*/{branch}"})
    _fill(scm, {"doGenerateSubmoduleConfigurations": "false", "extensions": ""})


def multibranch(
    repository: Repository, *, branches: str | None = None, description: str = "", keep_branches: int = 20,
    keep_days: int = 30, scan_minutes: int | None = 60,
) -> str:
    """A multibranch project with a job for every branch that has the Jenkinsfile.

    ``branches``: only those that match (globs, space-separated). Jobs of branches that are gone are kept for
    ``keep_days``, ``keep_branches`` of them. ``scan_minutes``: look for new code that often; None: only when told.
    Raises UsageError for an interval that Jenkins does not offer.
    """
    root = Element(_MULTIBRANCH)
    _fill(root, {"actions": "", **_described(description), "properties": ""})
    _owned(SubElement(root, "folderViews", {"class": "jenkins.branch.MultiBranchProjectViewHolder"}))
    _owned(SubElement(root, "icon", {"class": "jenkins.branch.MetadataActionFolderIcon"}))
    kept = SubElement(root, "orphanedItemStrategy", {"class": f"{_FOLDER}.computed.DefaultOrphanedItemStrategy"})
    _fill(kept, {"pruneDeadBranches": "true", "daysToKeep": str(keep_days), "numToKeep": str(keep_branches)})
    triggers = SubElement(root, "triggers")
    if scan_minutes is not None:
        interval = {"spec": _cron(scan_minutes), "interval": str(scan_minutes * 60_000)}
        _fill(_below(triggers, f"{_FOLDER}.computed.PeriodicFolderTrigger"), interval)
    sources = SubElement(root, "sources", {"class": "jenkins.branch.MultiBranchProject$BranchSourceList"})
    _source(_below(sources, "data", "jenkins.branch.BranchSource"), repository, branches)
    _owned(sources)
    factory = SubElement(root, "factory", {"class": f"{_FLOW}.multibranch.WorkflowBranchProjectFactory"})
    _owned(factory)
    _fill(factory, {"scriptPath": repository.jenkinsfile})
    return _text(root)


def _source(parent: Element, repository: Repository, branches: str | None) -> None:
    source = SubElement(parent, "source", {"class": "jenkins.plugins.git.GitSCMSource"})
    _fill(source, {"id": _SOURCE_ID, **_remote(repository, "remote")})
    traits = _below(source, "traits")
    _below(traits, "jenkins.plugins.git.traits.BranchDiscoveryTrait")
    if branches is not None:
        wildcards = _below(traits, "jenkins.scm.impl.trait.WildcardSCMHeadFilterTrait")
        _fill(wildcards, {"includes": branches, "excludes": ""})


def _cron(minutes: int) -> str:
    if minutes not in _INTERVALS:
        known = ", ".join(map(str, _INTERVALS))
        raise UsageError(f"Jenkins can't scan every {minutes} minutes, only every {known}")
    return _INTERVALS[minutes]


def _remote(repository: Repository, url: str) -> dict[str, str]:
    credentials = {"credentialsId": repository.credentials} if repository.credentials else {}
    return {url: repository.url} | credentials


def _described(description: str) -> dict[str, str]:
    """Without a description the one that the job has stays."""
    return {"description": description} if description else {}


def _owned(element: Element) -> None:
    """Parts of a folder point back to it, by a path as XStream writes it."""
    SubElement(element, "owner", {"class": _MULTIBRANCH, "reference": "../.."})


def _below(parent: Element, *tags: str) -> Element:
    for tag in tags:
        parent = SubElement(parent, tag)
    return parent


def _fill(parent: Element, texts: Mapping[str, str]) -> None:
    for tag, text in texts.items():
        if found := _NO_XML.search(text):
            raise UsageError(f"{tag} of the job holds {found[0]!r}, which Jenkins can't keep: leave it out")
        SubElement(parent, tag).text = text or None


def _text(root: Element) -> str:
    indent(root)
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{tostring(root, encoding='unicode')}\n"
