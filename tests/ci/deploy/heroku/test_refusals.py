"""What Heroku refuses, fails at or leaves open, and which calls are then sent again."""

from dataclasses import replace

import pytest

from ci.deploy.heroku.transport import HerokuError
from ci.errors import CiError
from tests.ci.deploy.heroku.conftest import PATIENCE, Deploy, Rollback
from tests.fakes.container_engine import Installed
from tests.fakes.heroku import ERRORS, Heroku

HAND_OVER = "PATCH /apps/shop/formation"
ROLL_BACK = "POST /apps/shop/releases"


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "Heroku does not accept HEROKU_API_KEY: make a new one with `heroku authorizations:create`, and set it"),
        (403, "the owner of HEROKU_API_KEY may not deploy shop: let the app's owner run `heroku access:add`"),
        (404, "Heroku has no app shop, or HEROKU_API_KEY may not see it: check HEROKU_APP"),
        (422, "Heroku answers GET /apps/shop with status 422"),
        (429, "Heroku takes no more calls with this key for now: try again in a few minutes"),
        (500, "Heroku has a problem, status 500: look at https://status.heroku.com, then try again"),
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


def test_the_key_follows_no_redirect(deploy: Deploy, heroku: Heroku, docker: Installed) -> None:
    heroku.statuses["GET /apps/shop"] = [302]
    heroku.headers["Location"] = f"{heroku.address}/elsewhere"
    with pytest.raises(HerokuError) as refused:
        deploy()
    assert str(refused.value) == (
        "GET /apps/shop was sent elsewhere, status 302, which no call follows: a proxy?"
    )
    assert heroku.calls == ["GET /apps/shop"]


@pytest.mark.parametrize("status", [429, 500])
def test_a_question_is_asked_again(deploy: Deploy, heroku: Heroku, docker: Installed, status: int) -> None:
    heroku.statuses["GET /apps/shop"] = [status, status]
    assert deploy()
    assert heroku.calls[:4] == [*["GET /apps/shop"] * 3, "GET /healthz"]


def test_it_waits_as_long_as_heroku_says_but_not_for_ever(deploy: Deploy, heroku: Heroku, docker: Installed) -> None:
    """An hour is cut to the limit, here no time at all."""
    heroku.statuses["GET /apps/shop"] = [429]
    heroku.headers["Retry-After"] = "3600"
    assert deploy(patience=replace(PATIENCE, retry_after=0))


def test_a_limit_of_calls_says_when_it_ends(deploy: Deploy, heroku: Heroku, docker: Installed) -> None:
    heroku.statuses[HAND_OVER] = [429]
    heroku.headers["Retry-After"] = "90"
    with pytest.raises(HerokuError, match=r"no more calls with this key for now: try again in 90 seconds"):
        deploy()


@pytest.mark.parametrize("status", [429, 500])
def test_the_image_is_handed_over_only_once(deploy: Deploy, heroku: Heroku, docker: Installed, status: int) -> None:
    heroku.statuses[HAND_OVER] = [status]
    with pytest.raises(HerokuError):
        deploy()
    assert heroku.calls.count(HAND_OVER) == 1
    assert heroku.calls[-1] == HAND_OVER


@pytest.mark.parametrize("status", [429, 500])
def test_a_rollback_is_sent_only_once(rollback: Rollback, heroku: Heroku, status: int) -> None:
    heroku.add_release("sha256:1", "one")
    heroku.add_release("sha256:2", "two")
    heroku.statuses[ROLL_BACK] = [status]
    with pytest.raises(HerokuError):
        rollback()
    assert heroku.calls[-1] == ROLL_BACK
    assert len(heroku.releases) == 2


def test_a_lost_answer_leads_to_no_second_release(deploy: Deploy, heroku: Heroku, docker: Installed) -> None:
    heroku.unanswered.add(HAND_OVER)
    with pytest.raises(HerokuError) as lost:
        deploy()
    assert str(lost.value) == (
        f"PATCH {heroku.address}/apps/shop/formation got no answer (ConnectionError), so nobody knows whether it was "
        "done, and it was not sent again\n`heroku releases --app shop` shows what became of it"
    )
    assert heroku.calls.count(HAND_OVER) == 1


def test_a_change_that_met_a_problem_may_have_been_made(deploy: Deploy, heroku: Heroku, docker: Installed) -> None:
    heroku.statuses[HAND_OVER] = [500]
    with pytest.raises(HerokuError) as problem:
        deploy()
    assert str(problem.value) == (
        "PATCH /apps/shop/formation met a problem of Heroku's, status 500, so nobody knows whether it was done, and it "
        'was not sent again ("Internal server error.")\n`heroku releases --app shop` shows what became of it'
    )


def test_a_problem_after_the_hand_over_says_so(deploy: Deploy, heroku: Heroku, docker: Installed) -> None:
    heroku.pending = 1
    heroku.statuses["GET /apps/shop/releases/01234567-89ab-cdef-0123-000000000001"] = [500] * 9
    with pytest.raises(HerokuError) as problem:
        deploy()
    assert str(problem.value) == (
        "Heroku has a problem, status 500: look at https://status.heroku.com, then try again "
        '("Internal server error.")\n`heroku releases --app shop` shows what became of it'
    )


def test_nobody_there_is_one_line(deploy: Deploy, docker: Installed, environ: dict[str, str], port: int) -> None:
    environ["HEROKU_API_URL"] = f"http://127.0.0.1:{port}"
    with pytest.raises(CiError) as failed:
        deploy()
    assert str(failed.value) == (
        f"GET http://127.0.0.1:{port}/apps/shop got no answer (ConnectionError): "
        "check the network, and the proxy if there is one"
    )
