"""Apps that keep the contract in another way than the sample: real gunicorns, real clients."""

from dataclasses import replace
from pathlib import Path

import pytest

from ci.deploy import archive, server
from ci.deploy.contract import Contract
from ci.deploy.server.activation import Activation, DeploymentFailed
from ci.deploy.server.directory import ServerDirectory
from ci.deploy.unpack import BadArchive
from ci.errors import CiError
from tests.ci.deploy.conftest import Deploy, load, page
from tests.ci.deploy.releases import Project, make_environment, release_of, settings

#: Its health names no release, and nothing of it is where the sample has it. Its page says the release to the tests.
APP = """
import json, pathlib
folder = pathlib.Path(__file__).resolve().parent
release = json.loads((folder.parent / "release.json").read_text())["release"]
{starting}

def application(environ, start_response):
    found = environ["PATH_INFO"] in ("{health}", "/")
    start_response("200 OK" if found else "404 Not Found", [("Content-Type", "application/json")])
    return [b"OK" if environ["PATH_INFO"] != "/" else json.dumps({{"release": release}}).encode()]
"""

TERMS = Contract(health="/up", page="", requirements="requirements/production.txt", state=())


def build(project: Project, *, starting: str = "", health: str = "/up") -> Path:
    """The archive of a new commit of the app, as `git push heroku` would take it."""
    project.commit({
        "src/shop.py": APP.format(starting=starting, health=health),
        "Procfile": "web: gunicorn -w 2 -b 0.0.0.0:$PORT --chdir src shop",
        "requirements/production.txt": "-r base.txt\n", "requirements/base.txt": "gunicorn\n",
    })  # fmt: skip
    made = archive.build(project.root, ["src", "Procfile", "requirements"], environ={})
    return made.rename(project.root.parent / made.name)


def test_an_app_that_names_no_release_and_has_no_settings_of_gunicorn(
    project: Project, deploy: Deploy, directory: Path, port: int
) -> None:
    """It serves on PORT, is exchanged without a lost request, and goes back."""
    old, new = build(project), build(project)
    assert deploy(old, terms=TERMS).address == f"http://127.0.0.1:{port}"
    with load(port) as clients:
        deploy(new, terms=TERMS)
        assert page(port)["release"] == release_of(new)
        server.rollback(None, directory, environ=settings(port), make_environment=make_environment)
        assert page(port)["release"] == release_of(old)
    assert clients.failures == []
    assert set(clients.answers) == {release_of(old), release_of(new)}


@pytest.mark.parametrize("fault", ["raise ImportError", "import time; time.sleep(60)"])
def test_an_answer_of_the_old_release_is_not_taken_for_one_of_the_new(
    project: Project, deploy: Deploy, port: int, fault: str
) -> None:
    """Both say OK on one port; the new one starts in the rehearsal, and then never again."""
    good = build(project)
    deploy(good, terms=TERMS)
    once = f"if (folder / 'started').exists(): {fault}\n(folder / 'started').touch()"
    with load(port) as clients:
        with pytest.raises(DeploymentFailed, match=f"Release {release_of(good)} serves on."):
            deploy(build(project, starting=once), terms=TERMS, timeout=3.0)
    assert clients.failures == []
    assert set(clients.answers) == {release_of(good)}


def test_a_release_is_asked_in_the_way_that_it_was_deployed_with(
    project: Project, deploy: Deploy, directory: Path, port: int
) -> None:
    """Also when the definition has changed since: after a rollback, when it is brought back, and with the machine."""
    old, new = build(project, health="/well"), build(project)
    deploy(old, terms=replace(TERMS, health="/well"))
    deploy(new, terms=TERMS)
    server.rollback(None, directory, environ=settings(port), make_environment=make_environment)
    assert page(port)["release"] == release_of(old)
    with pytest.raises(DeploymentFailed, match=f"/well answers 404 Not Found. Release {release_of(old)} serves on."):
        deploy(new, terms=replace(TERMS, health="/well"), timeout=1.0)
    server.stop(directory)
    place = ServerDirectory(directory)
    with place.locked("starting"):
        Activation(place, environ=settings(port), say=print, timeout=20).resume()
    assert page(port)["release"] == release_of(old)


def test_the_requirements_have_to_be_in_the_archive(project: Project, deploy: Deploy) -> None:
    with pytest.raises(BadArchive, match="holds no requirements.txt; name them in: ci build PATH"):
        deploy(build(project))


def test_packages_without_hashes_are_installed_and_gunicorn_has_to_be_one(
    project: Project, directory: Path, port: int
) -> None:
    said: list[str] = []
    project.write({"requirements.txt": "# nothing yet\n"})
    with pytest.raises(CiError, match="requirements.txt lists no gunicorn, which serves the release: add it and build"):
        server.deploy(project.build(), directory, environ=settings(port), say=said.append)
    assert said[0] == "requirements.txt has no hashes: what the package index delivers is installed unchecked"
    assert said[1].startswith(f"making {directory}/environments/")
