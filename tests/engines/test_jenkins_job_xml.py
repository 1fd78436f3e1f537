"""Job configurations against those that jenkins-job-builder writes from the same wishes."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from ci.jenkins import Repository, multibranch, pipeline_from_scm
from ci.jenkins.job_comparison import differences
from tests.engines.programs import need_module

SHOP = Repository("https://git.example.org/shop.git", credentials="git-login")

SETTINGS = """\
[job_builder]
ignore_cache=True
[jenkins]
url=http://127.0.0.1:9
query_plugins_info=False
"""

JOBS = """\
- job:
    name: pipeline
    project-type: pipeline
    concurrent: true
    sandbox: true
    pipeline-scm:
      script-path: Jenkinsfile
      lightweight-checkout: true
      scm:
        - git: {url: https://git.example.org/shop.git, credentials-id: git-login, branches: ['*/main'], \
wipe-workspace: false}
    triggers:
      - pollscm: {cron: "H/5 * * * *"}
    properties:
      - build-discarder: {num-to-keep: 30}
- job:
    name: branches
    project-type: multibranch
    script-path: Jenkinsfile
    number-to-keep: 20
    days-to-keep: 30
    prune-dead-branches: true
    periodic-folder-trigger: INTERVAL
    scm:
      - git:
          url: https://git.example.org/shop.git
          credentials-id: git-login
          discover-branches: true
          wipe-workspace: false
          filter-by-name-wildcard: {includes: "main release/*", excludes: ""}
"""

#: What jenkins-job-builder spells out though it is what Jenkins assumes.
ASSUMED = {
    "flow-definition/definition/sandbox": "true",
    "scm/disableSubmodules": "false", "scm/recursiveSubmodules": "false", "scm/remotePoll": "false",
    "scm/gitTool": "Default", "scm/reference": "", "scm/gitConfigName": "", "scm/gitConfigEmail": "",
    "scm/submoduleCfg": "", "UserRemoteConfig/name": "origin",
    "UserRemoteConfig/refspec": "+refs/heads/*:refs/remotes/origin/*",
    "orphanedItemStrategy/abortBuilds": "false",
}
#: Of a multibranch project it also writes what only a Freestyle job has, and views.
NOT_OURS = {
    "views", "viewsTabBar", "healthMetrics", "keepDependencies", "blockBuildWhenDownstreamBuilding",
    "blockBuildWhenUpstreamBuilding", "concurrentBuild", "canRoam", "publishers", "buildWrappers", "description", "id",
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What jenkins-job-builder writes."""
    need_module("jenkins_jobs")
    return build(tmp_path_factory.mktemp("jobs"), "5m")


def build(folder: Path, interval: str) -> dict[str, str]:
    """The XML of both jobs, by name. No server is asked."""
    (folder / "jjb.ini").write_text(SETTINGS)
    (folder / "jobs.yaml").write_text(JOBS.replace("INTERVAL", interval))
    program = [sys.executable, "-W", "ignore", "-m", "jenkins_jobs", "--conf", "jjb.ini"]
    command = [*program, "test", "jobs.yaml", "-o", "out"]
    home = {"HOME": str(folder)}
    subprocess.run(command, cwd=folder, env=os.environ | home, check=True, capture_output=True, timeout=60)
    return {name: (folder / "out" / name).read_text() for name in ("pipeline", "branches")}


def extra(theirs: Element, ours: Element, path: str) -> list[str]:
    """What is in theirs only, apart from what is assumed or not ours."""
    found = []
    for child in theirs:
        where = f"{path}/{child.tag}"
        alike = [one for one in ours if one.tag == child.tag]
        if alike:
            found += extra(child, alike[0], where)
        elif child.tag not in NOT_OURS and not _is_assumed(where, child):
            found.append(where)
    return found


def _is_assumed(where: str, child: Element) -> bool:
    end = next((end for end in ASSUMED if where.endswith(end)), None)
    return end is not None and (child.text or "").strip() == ASSUMED[end]


@pytest.mark.engine
def test_a_pipeline_job_is_the_same(written: dict[str, str]) -> None:
    ours = pipeline_from_scm(SHOP, poll="H/5 * * * *")
    assert differences(written["pipeline"], ours) == ()
    theirs = fromstring(written["pipeline"])
    assert extra(theirs, fromstring(ours.encode()), theirs.tag) == []


@pytest.mark.engine
def test_a_multibranch_project_is_the_same(written: dict[str, str]) -> None:
    ours = multibranch(SHOP, branches="main release/*", scan_minutes=5)
    assert differences(written["branches"], ours) == ()
    theirs = fromstring(written["branches"])
    assert extra(theirs, fromstring(ours.encode()), theirs.tag) == []


@pytest.mark.engine
@pytest.mark.parametrize(("theirs", "minutes"), [("1m", 1), ("30m", 30), ("12h", 720), ("1d", 1440), ("4w", 40320)])
def test_intervals_are_the_same(theirs: str, minutes: int, tmp_path: Path) -> None:
    need_module("jenkins_jobs")
    ours = multibranch(SHOP, scan_minutes=minutes)
    assert differences(build(tmp_path, theirs)["branches"], ours) == ()
