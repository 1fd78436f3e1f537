"""A whole deployment to Heroku, and every way in which one is known to go wrong."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ci.deploy.heroku import Deployed
from ci.deploy.heroku_api import HerokuError
from ci.errors import CiError
from tests.ci.deploy.heroku.conftest import PATIENCE, Deploy
from tests.fakes.container_engine import Installed
from tests.fakes.heroku import ERRORS, KEY, Heroku

IMPATIENT = replace(PATIENCE, healthy=0.1, release=0.1)
HAND_OVER = "PATCH /apps/shop/formation"


def test_a_deployment_is_these_calls(
    deploy: Deploy, heroku: Heroku, docker: Installed, name: str, said: list[str]
) -> None:
    heroku.add_release("sha256:old", "old")
    assert deploy() == Deployed(name, heroku.address, "v2", "v1")
    assert heroku.calls == [
        "GET /apps/shop",
        "GET /v2/",
        "PUT /v2/shop/web/manifests/latest",
        "GET /v2/shop/web/manifests/latest",
        "GET /apps/shop/releases",
        "PATCH /apps/shop/formation",
        "GET /apps/shop/releases",
        "GET /apps/shop/formation",
        *["GET /healthz"] * 3,
    ]
    host = heroku.address.removeprefix("http://")
    assert docker.commands() == [
        f"login --username=_ --password-stdin {host}",
        f"build --tag {host}/shop/web --provenance false --sbom false --build-arg RELEASE={name} .",
        f"push {host}/shop/web",
    ]
    digest = heroku.pushed["config"]["digest"]
    assert said == [
        f"building the image of release {name} with docker",
        "  STEP 1/2: FROM base",
        "  STEP 2/2: COPY . ./",
        f"pushing {host}/shop/web",
        f"  latest: digest: {digest}",
        "release v2",
        f"waiting for {heroku.address}/healthz to name release {name}",
        f"release {name} runs at {heroku.address} as v2 of shop",
    ]


def test_the_key_comes_to_docker_on_standard_input_only(deploy: Deploy, docker: Installed) -> None:
    deploy()
    login, *others = docker.calls()
    assert login["stdin"] == hashlib.sha256(KEY.encode()).hexdigest()
    assert KEY not in json.dumps([login, *others])


def test_the_image_is_built_from_the_archive_whatever_the_umask(
    deploy: Deploy, docker: Installed, release: Path
) -> None:
    """Its user is not the one who unpacked: a folder that only this one may enter would hide the app."""
    before = os.umask(0o077)
    try:
        deploy()
    finally:
        os.umask(before)
    files = docker.calls()[1]["files"]
    assert files == {
        ".dockerignore": "0o644",
        "Dockerfile": "0o644",
        "app": "0o755",
        "app.py": "0o644",
        "app/home.html": "0o644",
        "gunicorn.conf.py": "0o644",
        "pyproject.toml": "0o644",
        "release.json": "0o644",
        "requirements.txt": "0o644",
    }


def test_the_address_is_noted_for_the_end_of_a_run(
    deploy: Deploy, docker: Installed, environ: dict[str, str], heroku: Heroku, tmp_path: Path
) -> None:
    environ["CI_NOTICE_FILE"] = str(tmp_path / "notice")
    deploy()
    assert (tmp_path / "notice").read_text() == heroku.address + "\n"


def test_a_dry_run_says_the_calls_and_makes_none(
    deploy: Deploy, heroku: Heroku, docker: Installed, name: str, said: list[str]
) -> None:
    assert deploy(dry_run=True) is None
    host = heroku.address.removeprefix("http://")
    assert said == [
        f"GET {heroku.address}/apps/shop",
        f"docker login --username=_ --password-stdin {host}  # HEROKU_API_KEY on standard input",
        f"docker build --tag {host}/shop/web --provenance false --sbom false --build-arg RELEASE={name} .",
        f"docker push {host}/shop/web",
        f"GET {heroku.address}/v2/shop/web/manifests/latest",
        f"GET {heroku.address}/apps/shop/releases",
        f"PATCH {heroku.address}/apps/shop/formation  # the image becomes a release",
        f"GET {heroku.address}/apps/shop/releases  # followed until it is not pending",
        f"GET {heroku.address}/apps/shop/formation  # without a web process: PATCH to 1",
        f"GET the app's /healthz until it names release {name}",
    ]
    assert (heroku.calls, docker.calls()) == ([], [])


def test_requests_is_imported_by_a_real_deployment_only() -> None:
    code = "import sys, ci.deploy.heroku; sys.exit('requests' in sys.modules or 'urllib3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_same_image_again_is_nothing_new(
    deploy: Deploy, heroku: Heroku, docker: Installed, said: list[str]
) -> None:
    deploy()
    deployed = deploy()
    assert deployed is not None
    assert (deployed.version, deployed.previous, len(heroku.releases)) == ("v1", None, 1)
    assert "v1 is this image already: nothing to do" in said


def test_an_app_on_another_stack_is_refused_before_the_build(deploy: Deploy, heroku: Heroku, docker: Installed) -> None:
    heroku.stack = "heroku-24"
    with pytest.raises(HerokuError) as refused:
        deploy()
    assert str(refused.value) == (
        "the app shop is on the stack heroku-24 and takes no images: run `heroku stack:set container --app shop` once"
    )
    assert (docker.calls(), heroku.calls) == ([], ["GET /apps/shop"])


def test_an_app_without_an_address_is_refused_before_the_build(
    deploy: Deploy, heroku: Heroku, docker: Installed
) -> None:
    heroku.web_url = None
    with pytest.raises(HerokuError, match="^the app shop has no web address"):
        deploy()
    assert docker.calls() == []


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "Heroku does not accept HEROKU_API_KEY: make a new one with `heroku authorizations:create`, and set it"),
        (403, "the owner of HEROKU_API_KEY may not deploy shop: let the app's owner run `heroku access:add`"),
        (404, "Heroku has no app shop, or HEROKU_API_KEY may not see it: check HEROKU_APP"),
        (422, "Heroku answers GET /apps/shop with status 422"),
        (429, "Heroku takes no more calls with this key for now: deploy again in a few minutes"),
        (500, "Heroku has a problem, status 500: look at https://status.heroku.com, then deploy again"),
    ],
)
def test_each_refusal_is_one_line_that_says_what_to_do(
    deploy: Deploy, heroku: Heroku, docker: Installed, status: int, message: str
) -> None:
    heroku.statuses["GET /apps/shop"] = [status] * 9
    with pytest.raises(HerokuError) as refused:
        deploy()
    assert str(refused.value) == f'{message} ("{ERRORS[status]["message"]}")'
    assert docker.calls() == []


@pytest.mark.parametrize("status", [429, 500])
def test_a_question_is_asked_again(deploy: Deploy, heroku: Heroku, docker: Installed, status: int) -> None:
    heroku.statuses["GET /apps/shop"] = [status, status]
    assert deploy()
    assert heroku.calls[:4] == [*["GET /apps/shop"] * 3, "GET /v2/"]


@pytest.mark.parametrize("status", [429, 500])
def test_the_image_is_handed_over_only_once(deploy: Deploy, heroku: Heroku, docker: Installed, status: int) -> None:
    heroku.statuses[HAND_OVER] = [status]
    with pytest.raises(HerokuError):
        deploy()
    assert heroku.calls.count(HAND_OVER) == 1
    assert heroku.calls[-1] == HAND_OVER


def test_a_lost_answer_leads_to_no_second_release(deploy: Deploy, heroku: Heroku, docker: Installed) -> None:
    heroku.unanswered.add(HAND_OVER)
    with pytest.raises(HerokuError) as lost:
        deploy()
    assert str(lost.value) == (
        f"PATCH {heroku.address}/apps/shop/formation got no answer (ConnectionError), so nobody knows whether it was "
        "done: look with `heroku releases --app shop` before you deploy again"
    )
    assert heroku.calls.count(HAND_OVER) == 1


def test_a_problem_after_the_hand_over_says_so(deploy: Deploy, heroku: Heroku, docker: Installed) -> None:
    heroku.pending = 1
    heroku.statuses["GET /apps/shop/releases/01234567-89ab-cdef-0123-000000000001"] = [500] * 9
    with pytest.raises(HerokuError) as problem:
        deploy()
    assert str(problem.value) == (
        'Heroku has a problem, status 500: look at https://status.heroku.com, then deploy again '
        '("Internal server error.")\n'
        "the image was handed over: `heroku releases --app shop` shows what became of it"
    )


def test_a_login_in_netrc_does_not_take_the_place_of_the_key(
    deploy: Deploy, heroku: Heroku, docker: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """requests prefers ~/.netrc to an Authorization header, and Heroku's command line writes its login there."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    heroku.output = ["done"]
    assert deploy()


def test_the_release_process_is_followed(deploy: Deploy, heroku: Heroku, docker: Installed, said: list[str]) -> None:
    """Its output is not there at first."""
    heroku.output, heroku.output_missing, heroku.pending = ["migrating", f"\033[31mred\033[0m\a {KEY}"], 2, 2
    assert deploy()
    start = said.index("release v1") + 1
    assert said[start:][:2] == ["  migrating", "  red ***"]


def test_a_release_process_whose_output_never_comes_is_awaited(
    deploy: Deploy, heroku: Heroku, docker: Installed, said: list[str]
) -> None:
    heroku.output, heroku.output_missing, heroku.pending = ["never"], 99, 1
    assert deploy()
    assert "the output of the release process did not come" in said


@pytest.mark.parametrize(
    ("outcome", "reason"), [("failed", "its release process failed"), ("expired", "its image was deleted")]
)
def test_a_release_that_fails_fails_the_deployment(
    deploy: Deploy, heroku: Heroku, docker: Installed, outcome: str, reason: str
) -> None:
    heroku.outcome, heroku.output, heroku.pending = outcome, ["migrating"], 1
    with pytest.raises(HerokuError) as failed:
        deploy()
    assert str(failed.value) == (
        f"release v1 is {outcome} ({reason}); what served before still serves. "
        "Look with: heroku releases:output v1 --app shop"
    )
    assert "GET /healthz" not in heroku.calls


def test_a_release_that_stays_pending_is_given_up(deploy: Deploy, heroku: Heroku, docker: Installed) -> None:
    heroku.pending = 10**9
    with pytest.raises(HerokuError, match=r"^release v1 is still pending after 0\.1 s\nthe image was handed over"):
        deploy(patience=IMPATIENT)


def test_a_first_release_without_a_web_process_gets_one(
    deploy: Deploy, heroku: Heroku, docker: Installed, said: list[str]
) -> None:
    heroku.web = 0
    assert deploy()
    assert heroku.calls.count(HAND_OVER) == 2
    assert "the app has no web process: starting one" in said


def test_the_former_release_may_answer_for_a_while(deploy: Deploy, heroku: Heroku, docker: Installed) -> None:
    heroku.add_release("sha256:old", "old")
    heroku.lingers = 5
    assert deploy()


def test_a_release_that_does_not_answer_fails_and_says_how_to_go_back(
    deploy: Deploy, heroku: Heroku, docker: Installed, name: str
) -> None:
    heroku.add_release("sha256:old", "old")
    heroku.breaks = True
    with pytest.raises(HerokuError) as failed:
        deploy(patience=IMPATIENT)
    assert str(failed.value) == (
        f"release {name} did not answer within 0.1 s: {heroku.address}/healthz answers 503\n"
        "to go back: heroku releases:rollback v1 --app shop (`heroku logs --app shop` says why)"
    )


@pytest.mark.parametrize("before", [[], ["expired"]])
def test_it_does_not_advise_to_go_back_where_that_is_impossible(
    deploy: Deploy, heroku: Heroku, docker: Installed, before: list[str]
) -> None:
    for status in before:
        heroku.add_release("sha256:old", "old", status)
    heroku.breaks = True
    with pytest.raises(HerokuError, match="\nthere is no earlier release to go back to"):
        deploy(patience=IMPATIENT)


def test_nobody_there_is_one_line(deploy: Deploy, docker: Installed, environ: dict[str, str], port: int) -> None:
    environ["HEROKU_API_URL"] = f"http://127.0.0.1:{port}"
    with pytest.raises(CiError) as failed:
        deploy()
    assert str(failed.value) == (
        f"GET http://127.0.0.1:{port}/apps/shop got no answer (ConnectionError): "
        "check the network, and the proxy if there is one"
    )
