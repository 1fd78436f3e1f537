"""No request is lost, whatever is deployed while clients ask."""

from pathlib import Path

import pytest

from ci.deploy import server
from ci.deploy.server.activation import DeploymentFailed
from ci.deploy.server.directory import ServerDirectory
from ci.errors import CiError
from tests.ci.deploy.conftest import Deploy
from tests.ci.deploy.releases import Project, make_environment, settings
from tests.engines.delivery.clients import assert_nothing_was_lost, clients

pytestmark = pytest.mark.engine

#: What is wrong with a release: code that runs at its start, at each answer, or in gunicorn's configuration.
BROKEN = {
    "can't be imported": {"starting": "raise ImportError('no such thing')"},
    "never binds": {"conf": "import time; time.sleep(60)"},
    "is too slow to start": {"starting": "import time; time.sleep(60)"},
    "names another release": {"starting": "release = 'another'"},
    "answers 500 at /healthz": {"answering": "status = '500 Broken'"},
    "answers 500 at /": {"answering": "if environ['PATH_INFO'] == '/': status = '500 Broken'"},
    "breaks when it serves": {
        "answering": "if environ['PATH_INFO'] == '/healthz' and answered > 2: status = '500 Tired'"
    },
}


def test_ten_exchanges(project: Project, deploy: Deploy, port: int) -> None:
    archives = [project.build() for _ in range(11)]
    deploy(archives[0])
    with clients(port) as asking:
        made = [deploy(archive).release for archive in archives[1:]]
    assert_nothing_was_lost(asking)
    assert set(made) < set().union(*(client.answers for client in asking))


def test_releases_that_are_broken(project: Project, deploy: Deploy, port: int, directory: Path) -> None:
    """The old release answers, all the time, and a good one can be deployed afterwards."""
    good = deploy(project.build()).release
    with clients(port) as asking:
        for fault, code in BROKEN.items():
            with pytest.raises(DeploymentFailed, match=f"Release {good} serves on."):
                deploy(project.build(**code), timeout=2.0)
            assert (directory / "current").resolve().name.startswith(good), fault
    assert_nothing_was_lost(asking)
    deploy(project.build())


def test_when_both_releases_fall_ill_one_way_back_is_taken(project: Project, deploy: Deploy, directory: Path) -> None:
    """As when the database is down: there is no use in going to and fro."""
    ill = directory.parent / "ill"
    tired = f"if pathlib.Path({str(ill)!r}).exists() and answered % 4 == 3: status = '500 Tired'"
    good = deploy(project.build(answering=tired)).release
    ill.touch()
    with pytest.raises(DeploymentFailed) as failure:
        deploy(project.build(answering=tired))
    assert f"Release {good} was brought back and fails too: " in str(failure.value)
    assert f"Release {good} serves on." in str(failure.value)


def test_a_kept_release_that_fails_now_stays_to_go_back_to(project: Project, deploy: Deploy, directory: Path) -> None:
    """It may be the machine that is ill today."""
    ill = directory.parent / "ill"
    old = project.build(starting=f"assert not pathlib.Path({str(ill)!r}).exists()")
    names = {deploy(old).release, deploy(project.build()).release}
    ill.touch()
    with pytest.raises(DeploymentFailed):
        deploy(old)
    assert {one.name for one in ServerDirectory(directory).kept()} == names


def test_a_way_back_and_forth(project: Project, deploy: Deploy, port: int, directory: Path) -> None:
    old, new = deploy(project.build()).release, deploy(project.build()).release
    with clients(port) as asking:
        for name, expected in ((None, old), (new, new), (old, old)):
            back = server.rollback(
                name, directory, environ=settings(port), make_environment=make_environment, say=print
            )
            assert back.release == expected
        with pytest.raises(CiError, match="there is no release before the current one"):
            server.rollback(None, directory, environ=settings(port), make_environment=make_environment)
    assert_nothing_was_lost(asking)
