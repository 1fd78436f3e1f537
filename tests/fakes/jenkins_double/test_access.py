"""The double knows who may what, and tells what should never have been sent."""

from typing import Any

import pytest

from tests.fakes.jenkins import JenkinsDouble
from tests.fakes.jenkins_double.browser import Browser

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PLAIN = "job/plain/build"


def test_credentials(jenkins: JenkinsDouble, browser: Browser) -> None:
    """Wrong: 401. None: 403 with the login. Known without permission: 403 with the reason."""
    jenkins.add_job("app").denied.add("Job/Build")
    denied = browser.ask("POST job/app/build")
    assert (denied.status_code, denied.headers["X-You-Are-Authenticated-As"]) == (403, "alice")
    assert denied.headers["X-Required-Permission"] == "hudson.model.Item.Build"
    browser.auth = ("alice", "wrong")
    wrong = browser.ask("GET api/json")
    assert (wrong.status_code, wrong.headers["WWW-Authenticate"]) == (401, 'Basic realm="Jenkins"')
    browser.auth = None
    unknown = browser.ask("GET api/json")
    assert unknown.status_code == 403 and "/login?from=" in unknown.text and "X-Jenkins" in unknown.headers
    assert jenkins.violations == ["GET /api/json: no credentials"]
    jenkins.violations.clear()


def test_a_password_needs_a_crumb_and_its_cookie(jenkins: JenkinsDouble, browser: Browser) -> None:
    """Both go stale together."""
    jenkins.add_job("plain")
    browser.auth = (jenkins.user, jenkins.password)
    without = browser.ask("POST " + PLAIN)
    assert without.status_code == 403 and "No valid crumb was included in the request" in without.text
    crumb = browser.json("crumbIssuer/api/json")
    header = {crumb["crumbRequestField"]: crumb["crumb"]}
    assert browser.ask("POST " + PLAIN, headers=header).status_code == 201
    jenkins.users.forget_sessions()
    assert browser.ask("POST " + PLAIN, headers=header).status_code == 403
    jenkins.crumb_issuer = False
    assert browser.ask("GET crumbIssuer/api/json").status_code == 404


@pytest.mark.parametrize(
    ("call", "more", "violation"),
    [
        ("GET nowhere", {}, "GET /nowhere: no such path is known here"),
        ("GET quietDown", {}, "GET /quietDown: not this method"),
        ("POST job/app/build", {"data": b"json={", "headers": FORM}, "the form cannot be read"),
        ("POST job/app/buildWithParameters?A=1", {}, "the parameter A is in the address"),
        ("GET api/json?t=11" + "0123456789abcdef" * 2, {}, "a secret is in the address"),
        ("POST job/app/build", {"data": {"p": "correct horse battery staple"}}, "a secret is in the body"),
        ("GET job/app/build", {}, "not this method"),
    ],
)
def test_wrong_requests_fail_the_test(call: str, more: dict[str, Any], violation: str) -> None:
    """What must never be sent is told at the end."""
    with pytest.raises(AssertionError, match=violation):
        with JenkinsDouble() as jenkins, Browser(jenkins) as browser:
            jenkins.add_job("app")
            browser.ask(call, **more)
