"""Back to an earlier release: on demand, and by itself where a new one does not serve."""

import signal
from dataclasses import replace

import pytest

from ci.deploy.heroku import target
from ci.deploy.heroku.target import Options
from ci.deploy.heroku.transport import HerokuError
from ci.deploy.targets import Context, Deployed
from ci.errors import UsageError
from tests.ci.deploy.heroku.conftest import PATIENCE, Deploy, Rollback
from tests.fakes.container_engine import Installed
from tests.fakes.heroku import Heroku

IMPATIENT = replace(PATIENCE, healthy=0.1, release=0.1)


@pytest.fixture
def two(heroku: Heroku) -> Heroku:
    """An app with two releases."""
    heroku.add_release("sha256:1", "one")
    heroku.add_release("sha256:2", "two")
    return heroku


def states(heroku: Heroku) -> list[str]:
    """What each release came from."""
    return [one["description"] for one in heroku.releases]


def test_a_rollback_is_these_calls(rollback: Rollback, two: Heroku, said: list[str]) -> None:
    assert rollback() == Deployed("one", two.address, "v2")
    assert two.calls == [
        "GET /apps/shop",
        "GET /apps/shop/releases",
        "GET /healthz",
        "POST /apps/shop/releases",
        "GET /apps/shop/formation",
        *["GET /apps/shop/dynos", "GET /healthz", "GET /"] * 3,
    ]
    assert said == ["release v3 is v1 again", f"waiting for v3 to answer at {two.address}"]


def test_a_dry_run_says_the_calls_and_makes_none(rollback: Rollback, heroku: Heroku, said: list[str]) -> None:
    assert rollback("v1", dry_run=True) is None
    api = f"{heroku.address}/apps/shop"
    assert said == [
        f"GET {api}",
        f"GET {api}/releases  # v1",
        "GET the app's /healthz  # which release serves now",
        f"POST {api}/releases  # it becomes a new release, followed until it is not pending",
        f"GET {api}/formation  # without a web process: PATCH to 1",
        f"GET {api}/dynos  # until all web processes run it",
        "GET the app's /healthz and / until they answer",
    ]
    assert heroku.calls == []


@pytest.mark.parametrize("wanted", ["v1", "1"])
def test_a_release_is_named_by_its_version(rollback: Rollback, two: Heroku, wanted: str) -> None:
    two.add_release("sha256:3", "three")
    assert rollback(wanted) == Deployed("one", two.address, "v3")


@pytest.mark.parametrize("wanted", ["4f2a9c1d07be", "4f2a9c1d", "4f2a9c1"])
def test_a_release_that_was_pushed_with_git_is_named_by_its_commit(
    rollback: Rollback, heroku: Heroku, wanted: str
) -> None:
    heroku.add_release("sha256:1", "one", description="Deploy 4f2a9c1d")
    heroku.add_release("sha256:2", "two", description="Deploy 77777777")
    assert rollback(wanted) == Deployed("one", heroku.address, "v2")


def test_a_release_beyond_the_list_is_asked_for(rollback: Rollback, two: Heroku) -> None:
    for number in range(3, 24):
        two.add_release(f"sha256:{number}", f"number {number}")
    assert rollback("v2") == Deployed("two", two.address, "v23")
    assert two.calls[2] == "GET /apps/shop/releases/2"


def test_the_release_process_of_a_rollback_is_followed(rollback: Rollback, two: Heroku, said: list[str]) -> None:
    two.output, two.pending = ["migrating back"], 2
    assert rollback()
    assert "  migrating back" in said


def test_processes_that_still_run_the_former_release_are_awaited(rollback: Rollback, two: Heroku) -> None:
    two.lingers = 5
    assert rollback() == Deployed("one", two.address, "v2")


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("v4", "v4 is what shop runs already"),
        ("v1", "v1 has expired: Heroku has deleted its image; there is a way back to v3"),
        ("v2", "v2 failed when it was released; there is a way back to v3"),
        ("v5", "v5 is still being released; there is a way back to v3"),
        ("v6", "v6 is one that Heroku does not go back to; there is a way back to v3"),
    ],
)
def test_a_release_that_can_not_come_back_says_why(
    rollback: Rollback, heroku: Heroku, wanted: str, message: str
) -> None:
    for number, status in enumerate(["expired", "failed", "succeeded", "succeeded", "pending", "failed"], 1):
        heroku.add_release(f"sha256:{number}", f"number {number}", status)
    heroku.releases[5] |= {"status": "odd"}
    with pytest.raises(UsageError) as refused:
        rollback(wanted)
    assert str(refused.value) == message
    assert "POST /apps/shop/releases" not in heroku.calls


@pytest.mark.parametrize("wanted", ["v9", "4f2a9c1d07be", "two"])
def test_an_unknown_release_is_said(rollback: Rollback, two: Heroku, wanted: str) -> None:
    with pytest.raises(UsageError, match=rf"^shop has no release {wanted}: Heroku knows its releases by number"):
        rollback(wanted)


@pytest.mark.parametrize("releases", [0, 1])
def test_without_an_earlier_release_there_is_no_way_back(rollback: Rollback, heroku: Heroku, releases: int) -> None:
    for number in range(releases):
        heroku.add_release(f"sha256:{number}", "one")
    with pytest.raises(UsageError, match="^shop has no earlier release to go back to$"):
        rollback()


def test_processes_that_crash_are_seen(rollback: Rollback, two: Heroku) -> None:
    two.state = "crashed"
    with pytest.raises(HerokuError, match=r"^v3 did not answer within 0\.1 s: web\.1 is crashed"):
        rollback(patience=IMPATIENT)


def test_a_rollback_that_does_not_serve_is_taken_back(rollback: Rollback, two: Heroku) -> None:
    two.broken, two.broken_again = {"/healthz": 503}, 1
    with pytest.raises(HerokuError) as failed:
        rollback(patience=IMPATIENT)
    assert str(failed.value) == (
        f"v3 did not answer within 0.1 s: {two.address}/healthz answers 503 (`heroku logs --app shop` says why)\n"
        f"release two serves again at {two.address}: v4, which is v2 again"
    )
    assert states(two)[2:] == ["Rollback to v1", "Rollback to v2"]


@pytest.mark.parametrize("path", ["/healthz", "/"])
def test_a_release_that_does_not_answer_is_taken_back(
    deploy: Deploy, heroku: Heroku, docker: Installed, name: str, said: list[str], path: str
) -> None:
    heroku.add_release("sha256:old", "old")
    heroku.broken = {path: 503}
    with pytest.raises(HerokuError) as failed:
        deploy(patience=IMPATIENT)
    assert str(failed.value) == (
        f"release {name} did not answer within 0.1 s: {heroku.address}{path} answers 503 "
        "(`heroku logs --app shop` says why)\n"
        f"release old serves again at {heroku.address}: v3, which is v1 again"
    )
    assert states(heroku)[2:] == ["Rollback to v1"]
    assert said[-2:] == ["v2 is taken back: releasing v1 again", "release v3 is v1 again"]


def test_a_failed_or_expired_release_is_skipped_on_the_way_back(
    deploy: Deploy, heroku: Heroku, docker: Installed
) -> None:
    for status in ("succeeded", "expired", "failed"):
        heroku.add_release(f"sha256:{status}", status, status)
    heroku.broken = {"/healthz": 503}
    with pytest.raises(HerokuError, match="\nrelease succeeded serves again at .*: v5, which is v1 again$"):
        deploy(patience=IMPATIENT)


@pytest.mark.parametrize("before", [[], ["expired"]])
def test_without_a_way_back_the_failure_says_what_runs(
    deploy: Deploy, heroku: Heroku, docker: Installed, before: list[str]
) -> None:
    for status in before:
        heroku.add_release("sha256:old", "old", status)
    heroku.broken = {"/healthz": 503}
    with pytest.raises(HerokuError) as failed:
        deploy(patience=IMPATIENT)
    last = str(failed.value).splitlines()[-1]
    assert last == f"there is no earlier release to go back to: v{len(before) + 1} is what shop runs"


def test_a_way_back_that_fails_too_says_both(deploy: Deploy, heroku: Heroku, docker: Installed) -> None:
    heroku.add_release("sha256:old", "old")
    heroku.broken, heroku.broken_again = {"/healthz": 503}, 9
    with pytest.raises(HerokuError) as failed:
        deploy(patience=IMPATIENT)
    lines = str(failed.value).splitlines()
    assert [lines[0].split(":")[0].rpartition(" did ")[2], *lines[1:]] == [
        "not answer within 0.1 s",
        f"the way back failed too: release old did not answer within 0.1 s: {heroku.address}/healthz answers 503",
        "nobody knows what serves: look with `heroku releases --app shop`, go back with `ci rollback`",
    ]


def test_the_same_image_again_that_does_not_answer_stays(deploy: Deploy, heroku: Heroku, docker: Installed) -> None:
    """It is what served before: there is nothing to undo."""
    deploy()
    heroku.web_url = f"{heroku.address}/nowhere"
    heroku.statuses["GET /nowhere/healthz"] = [404] * 99
    with pytest.raises(HerokuError, match="\nv1 is still the release$"):
        deploy(patience=IMPATIENT)
    assert len(heroku.releases) == 1


@pytest.fixture
def interruptible() -> None:
    """Ctrl-C raises KeyboardInterrupt, whatever the test's own starter made of it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize(
    "call",
    [
        "GET /apps/shop",
        "GET /v2/",
        "PUT /v2/shop/web/manifests/latest",
        "GET /v2/shop/web/manifests/latest",
        "GET /apps/shop/releases",
    ],
)
def test_ctrl_c_before_the_hand_over_changes_nothing(
    deploy: Deploy, heroku: Heroku, docker: Installed, interruptible: None, call: str
) -> None:
    heroku.add_release("sha256:old", "old")
    heroku.interrupts = {(call, 1)}
    with pytest.raises(KeyboardInterrupt):
        deploy()
    assert len(heroku.releases) == 1


@pytest.mark.parametrize(
    "call",
    [
        ("PATCH /apps/shop/formation", 1),
        ("GET /apps/shop/releases", 2),
        ("GET /apps/shop/releases/01234567-89ab-cdef-0123-000000000002", 1),
    ],
)
def test_ctrl_c_while_heroku_makes_the_release_says_where_to_look(
    deploy: Deploy, heroku: Heroku, docker: Installed, interruptible: None, said: list[str], call: tuple[str, int]
) -> None:
    """Nobody knows then whether there is a release that could be taken back."""
    heroku.add_release("sha256:old", "old")
    heroku.pending, heroku.interrupts = 3, {call}
    with pytest.raises(KeyboardInterrupt):
        deploy()
    assert said[-1] == "`heroku releases --app shop` shows what became of it"


@pytest.mark.parametrize("call", [("GET /apps/shop/formation", 1), ("GET /healthz", 2), ("GET /", 1)])
def test_ctrl_c_before_the_release_is_proven_takes_it_back(
    deploy: Deploy, heroku: Heroku, docker: Installed, interruptible: None, said: list[str], call: tuple[str, int]
) -> None:
    heroku.add_release("sha256:old", "old")
    heroku.interrupts = {call}
    with pytest.raises(KeyboardInterrupt):
        deploy()
    assert states(heroku)[2:] == ["Rollback to v1"]
    assert said[-1] == f"interrupted; release old serves again at {heroku.address}: v3, which is v1 again"


def test_a_second_ctrl_c_ends_the_way_back_and_says_where_to_look(
    deploy: Deploy, heroku: Heroku, docker: Installed, interruptible: None, said: list[str]
) -> None:
    heroku.add_release("sha256:old", "old")
    heroku.interrupts = {("GET /", 1), ("GET /apps/shop/dynos", 1)}
    with pytest.raises(KeyboardInterrupt):
        deploy()
    assert said[-1] == (
        "nobody knows what serves: look with `heroku releases --app shop`, go back with `ci rollback`"
    )


def test_config_vars_are_neither_read_nor_changed(
    deploy: Deploy, rollback: Rollback, heroku: Heroku, docker: Installed, context: Context
) -> None:
    heroku.add_release("sha256:old", "old")
    deploy()
    rollback()
    target.releases(Options(), context=context, patience=PATIENCE)
    target.stop(Options(), context=context, patience=PATIENCE)
    assert [call for call in heroku.calls if "config" in call] == []


def test_releases_are_listed_as_heroku_names_them(context: Context, heroku: Heroku) -> None:
    heroku.add_release("sha256:0123456789ab", "one")
    heroku.add_release("sha256:2", "two", "failed", description="Deploy\x1b[31m 1a2b3c4d")
    listed = target.releases(Options(), context=context, patience=PATIENCE)
    assert [(one.name, one.who, one.status, one.is_current, one.description) for one in listed] == [
        ("v2", "ann@example.org", "failed", False, "Deploy 1a2b3c4d"),
        ("v1", "ann@example.org", "succeeded", True, "Deployed web (0123456789ab)"),
    ]
    assert [str(one.when) for one in listed] == ["2026-11-22 10:00:02+00:00", "2026-11-22 10:00:01+00:00"]


def test_stop_scales_web_to_none_and_the_next_deployment_starts_it(
    deploy: Deploy, context: Context, heroku: Heroku, docker: Installed, said: list[str]
) -> None:
    heroku.web = 2
    target.stop(Options(), context=context, patience=PATIENCE)
    target.stop(Options(), context=context, patience=PATIENCE)
    assert heroku.web == 0
    assert said == [
        "stopped shop: it had 2 web processes. The next deployment starts one, "
        "`heroku ps:scale web=2 --app shop` all",
        "no web process of shop runs",
    ]
    assert deploy()
    assert heroku.web == 1


def test_stop_has_a_dry_run(context: Context, heroku: Heroku, said: list[str]) -> None:
    target.stop(Options(), context=replace(context, dry_run=True))
    assert said == [
        f"GET {heroku.address}/apps/shop/formation",
        f"PATCH {heroku.address}/apps/shop/formation  # web to 0, if it is not",
    ]
    assert heroku.calls == []


def test_the_app_of_the_definition_comes_before_that_of_the_environment(context: Context, heroku: Heroku) -> None:
    elsewhere = replace(context, environ={**context.environ, "HEROKU_APP": "other"})
    assert target.releases(Options(app="shop"), context=elsewhere, patience=PATIENCE) == ()
