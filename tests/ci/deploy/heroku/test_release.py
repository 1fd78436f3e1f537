"""A whole deployment to Heroku, and every way in which one is known to go wrong."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ci.deploy.heroku.transport import HerokuError
from ci.deploy.targets import Deployed
from tests.ci.deploy.heroku.conftest import PATIENCE, Deploy
from tests.fakes.container_engine import Installed
from tests.fakes.heroku import KEY, Heroku

IMPATIENT = replace(PATIENCE, healthy=0.1, release=0.1)
HAND_OVER = "PATCH /apps/shop/formation"


def test_a_deployment_is_these_calls(
    deploy: Deploy, heroku: Heroku, docker: Installed, name: str, said: list[str]
) -> None:
    heroku.add_release("sha256:old", "old")
    assert deploy() == Deployed(name, heroku.address, "v1")
    assert heroku.calls == [
        "GET /apps/shop",
        "GET /healthz",
        "GET /v2/",
        "PUT /v2/shop/web/manifests/latest",
        "GET /v2/shop/web/manifests/latest",
        "GET /apps/shop/releases",
        "PATCH /apps/shop/formation",
        "GET /apps/shop/releases",
        "GET /apps/shop/formation",
        *["GET /healthz", "GET /"] * 3,
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
        f"release {name} is v2 of shop",
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


def test_a_dry_run_says_the_calls_and_makes_none(
    deploy: Deploy, heroku: Heroku, docker: Installed, name: str, said: list[str]
) -> None:
    assert deploy(dry_run=True) is None
    host = heroku.address.removeprefix("http://")
    assert said == [
        f"GET {heroku.address}/apps/shop",
        "GET the app's /healthz  # which release serves now",
        f"docker login --username=_ --password-stdin {host}  # HEROKU_API_KEY on standard input",
        f"docker build --tag {host}/shop/web --provenance false --sbom false --build-arg RELEASE={name} .",
        f"docker push {host}/shop/web",
        f"GET {heroku.address}/v2/shop/web/manifests/latest",
        f"GET {heroku.address}/apps/shop/releases",
        f"PATCH {heroku.address}/apps/shop/formation  # the image becomes a release",
        f"GET {heroku.address}/apps/shop/releases  # followed until it is not pending",
        f"GET {heroku.address}/apps/shop/formation  # without a web process: PATCH to 1",
        f"GET the app's /healthz until it names release {name}, and /",
        f"POST {heroku.address}/apps/shop/releases  # only if it does not: the release before",
    ]
    assert (heroku.calls, docker.calls()) == ([], [])


def test_requests_is_imported_by_a_real_deployment_only() -> None:
    code = "import sys, ci.deploy.heroku.target, ci.deploy.heroku.image, ci.deploy.heroku.preview; "
    code += "sys.exit('requests' in sys.modules or 'urllib3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_same_image_again_is_nothing_new(
    deploy: Deploy, heroku: Heroku, docker: Installed, said: list[str]
) -> None:
    deploy()
    deployed = deploy()
    assert deployed is not None
    assert (deployed.previous, len(heroku.releases)) == (None, 1)
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
    assert said[start:][:2] == ["  migrating", "  red  ***"]


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
    assert heroku.calls.count("GET /healthz") == 1


def test_a_release_that_stays_pending_is_given_up(deploy: Deploy, heroku: Heroku, docker: Installed) -> None:
    heroku.pending = 10**9
    with pytest.raises(HerokuError, match=r"^release v1 is still pending after 0\.1 s\n`heroku releases"):
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
