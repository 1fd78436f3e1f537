"""The double shows what a request names, as the real one would."""

import pytest

from tests.fakes.jenkins import JenkinsDouble
from tests.fakes.jenkins.tree import MalformedTree, parse
from tests.fakes.jenkins_double.browser import Browser


def test_tree_names_what_is_shown(jenkins: JenkinsDouble, browser: Browser) -> None:
    """Unknown names are left out, a range is half open, and what has no brackets shows only its class."""
    app = jenkins.add_job("team/app")
    for _ in range(5):
        app.add_build()
    run = "org.jenkinsci.plugins.workflow.job.WorkflowRun"
    assert browser.json("job/TEAM/job/App/api/json?tree=name,nothing,builds[number]{1,3},lastBuild") == {
        "_class": "org.jenkinsci.plugins.workflow.job.WorkflowJob",
        "name": "app",
        "builds": [{"_class": run, "number": 4}, {"_class": run, "number": 3}],
        "lastBuild": {"_class": run},
    }


@pytest.mark.parametrize(
    ("written", "expected"), [("", [0, 1, 2, 3]), ("{2}", [2]), ("{,2}", [0, 1]), ("{2,}", [2, 3]), ("{1,3}", [1, 2])]
)
def test_ranges(written: str, expected: list[int]) -> None:
    """{N} is one, the others are from and to."""
    assert parse("a[b]" + written).children["a"].limit([0, 1, 2, 3]) == expected


@pytest.mark.parametrize("tree", ["", "a[", "a[b", "a]", "a,", "[a]", "a[]", "a{", "a{x}", "a{,}", "a{1"])
def test_malformed_trees(browser: Browser, tree: str) -> None:
    """They are the page for exceptions."""
    with pytest.raises(MalformedTree):
        parse(tree)
    assert browser.ask("GET api/json", params={"tree": tree}).status_code == 500


def test_depth_shows_more_and_only_a_hundred_builds_are_listed(jenkins: JenkinsDouble, browser: Browser) -> None:
    """allBuilds is there only by tree."""
    app = jenkins.add_job("app")
    for _ in range(250):
        app.add_build()
    shallow, deep = browser.json("job/app/api/json"), browser.json("job/app/api/json?depth=1")
    assert [one["number"] for one in shallow["builds"]] == list(range(250, 150, -1))
    assert shallow["builds"][0].keys() == {"_class", "number", "url"} and "allBuilds" not in deep
    assert deep["builds"][0]["result"] == "SUCCESS"
    assert len(browser.json("job/app/api/json?tree=allBuilds[number]")["allBuilds"]) == 250


def test_permalinks(jenkins: JenkinsDouble, browser: Browser) -> None:
    """Successful may be unstable, stable is not; 404 when there is none."""
    app = jenkins.add_job("app")
    for result in ("SUCCESS", "UNSTABLE", "FAILURE"):
        app.add_build(result=result)
    names = ("lastSuccessfulBuild", "lastStableBuild", "lastUnstableBuild", "lastUnsuccessfulBuild", "lastFailedBuild")
    assert [browser.json(f"job/app/{name}/api/json")["number"] for name in names] == [2, 1, 2, 3, 3]
    jenkins.add_job("new")
    assert browser.ask("GET job/new/lastBuild/api/json").status_code == 404


def test_branches_with_slashes(jenkins: JenkinsDouble, browser: Browser) -> None:
    """The job bears the encoded name, which is encoded once more in the path."""
    project = jenkins.add_multibranch("mb", ["feature/login"])
    branch = browser.json("job/mb/job/feature%252Flogin/api/json?tree=name,displayName,fullName,url")
    assert branch.pop("url") == jenkins.url + "job/mb/job/feature%252Flogin/"
    assert list(branch.values())[1:] == ["feature/login", "mb/feature%2Flogin", "feature%2Flogin"]
    assert browser.ask("POST job/mb/build").status_code == 302 and project.scans == 1
    assert browser.ask("GET job/mb/job/feature%2Flogin/api/json").status_code == 404
    assert jenkins.violations == ["GET /job/mb/job/feature%2Flogin/api/json: a proxy would take %2F for a slash"]
    jenkins.violations.clear()
