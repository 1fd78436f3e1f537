"""The folder of a server, without a server."""

import os
import re
from pathlib import Path

import pytest

from ci.deploy import archive
from ci.deploy.server.directory import Release, ServerDirectory
from ci.deploy.unpack import BadArchive
from ci.errors import UsageError
from ci.installer import EnvironmentProblem
from tests.ci.deploy.releases import PATHS, Project


@pytest.fixture
def place(tmp_path: Path) -> ServerDirectory:
    """An empty server directory."""
    found = ServerDirectory(tmp_path / "server")
    with found.locked("testing"):
        return found


def empty_environment(lock: Path, folder: Path) -> None:
    """In place of a Python environment."""
    folder.mkdir(exist_ok=True)


def add(place: ServerDirectory, project: Project, *, requirements: str = "", age: int = 0) -> Release:
    """Add a new release, ``age`` seconds ago."""
    project.write({"requirements.txt": requirements})
    release = place.add(project.build(), empty_environment)
    os.utime(release.folder, (1_000_000 - age, 1_000_000 - age))
    return release


def test_a_release_gets_a_folder_and_an_environment(place: ServerDirectory, project: Project) -> None:
    release = add(place, project)
    assert re.fullmatch(rf"{release.name}-[0-9a-f]{{8}}", release.folder.name)
    assert (release.folder / ".venv").resolve().parent == place.environments
    assert not os.path.isabs(os.readlink(release.folder / ".venv"))


def test_releases_with_equal_requirements_share_an_environment(
    place: ServerDirectory, project: Project
) -> None:
    first, second, third = (add(place, project, requirements=text) for text in ("a==1\n", "a==1\n", "a==2\n"))
    folders = [(release.folder / ".venv").resolve() for release in (first, second, third)]
    assert folders[0] == folders[1] != folders[2]


def test_a_change_in_an_included_file_makes_another_environment(place: ServerDirectory, project: Project) -> None:
    folders = set()
    for text in ("a==1\n", "a==2\n"):
        project.write({"base.txt": text, "requirements.txt": "--requirement=base.txt\n-c base.txt\n"})
        project.commit()
        built = archive.build(project.root, [*PATHS, "base.txt"], environ={})
        folders.add((place.add(built, empty_environment).folder / ".venv").resolve())
    assert len(folders) == 2


@pytest.mark.parametrize("line", ["-e .", "--editable=./lib", ".", "./lib.whl", "/srv/lib", "lib @ file:///srv/lib"])
def test_requirements_that_are_paths_are_refused(place: ServerDirectory, project: Project, line: str) -> None:
    """The environment is shared, so the next release would run the code of this one."""
    with pytest.raises(UsageError, match="requirements.txt asks for '.*', a path, and releases with equal"):
        add(place, project, requirements=f"flask\n{line}\n")
    add(place, project, requirements="lib @ git+https://example.org/lib\n-e git+https://example.org/lib#egg=lib\n")


def test_a_switch_can_be_undone(place: ServerDirectory, project: Project) -> None:
    old, new = add(place, project), add(place, project)
    place.point_to(old)
    place.begin_switch(new)
    assert place.current_release() == new
    place.undo_switch()
    assert place.current_release() == old
    place.begin_switch(new)
    place.end_switch()
    place.undo_switch()
    assert place.current_release() == new


def test_the_newest_five_releases_are_kept(place: ServerDirectory, project: Project) -> None:
    releases = [add(place, project, requirements=f"a=={age}\n", age=age) for age in range(8)]
    place.point_to(releases[7])
    place.prune(releases[6])
    kept = [*releases[:3], releases[6], releases[7]]
    assert set(place.releases.iterdir()) == {release.folder for release in kept}
    assert set(place.environments.iterdir()) == {(release.folder / ".venv").resolve() for release in kept}


@pytest.mark.parametrize("wrong", ["archive", "environment"])
def test_what_can_not_be_prepared_leaves_nothing(
    place: ServerDirectory, project: Project, wrong: str
) -> None:
    def fail(lock: Path, folder: Path) -> None:
        raise BadArchive("no environment")

    archive = project.build()
    if wrong == "archive":
        archive.write_bytes(archive.read_bytes()[:-200])
    with pytest.raises(BadArchive):
        place.add(archive, fail)
    assert list(place.releases.iterdir()) == []


def test_a_kept_release_whose_deployment_fails_stays_to_go_back_to(place: ServerDirectory, project: Project) -> None:
    def fail(lock: Path, folder: Path) -> None:
        raise EnvironmentProblem("no network")

    archive = project.build()
    release = place.add(archive, empty_environment)
    with pytest.raises(EnvironmentProblem):
        place.add(archive, fail)
    assert place.kept() == [release]


def test_a_damaged_release_is_whole_after_its_next_deployment(place: ServerDirectory, project: Project) -> None:
    archive = project.build()
    release = place.add(archive, empty_environment)
    (release.folder / "app.py").unlink()
    assert place.add(archive, empty_environment) == release
    assert (release.folder / "app.py").is_file()


def test_a_way_back_leads_to_the_environment_that_the_release_ran_in(place: ServerDirectory, project: Project) -> None:
    """Also when this Python is another one."""
    release = add(place, project)
    earlier = place.environments / "of-another-python"
    (release.folder / ".venv").unlink()
    (release.folder / ".venv").symlink_to("../../environments/of-another-python")
    place.mend(release, empty_environment)
    assert (release.folder / ".venv").resolve() == earlier
    assert earlier.is_dir()


def test_a_way_back_to_a_damaged_release_is_refused(place: ServerDirectory, project: Project) -> None:
    release = add(place, project)
    (release.folder / "requirements.txt").unlink()
    with pytest.raises(UsageError, match=f"release {release.name} is damaged: {release.folder} lacks"):
        place.mend(release, empty_environment)


def test_what_a_killed_deployment_left_is_removed(place: ServerDirectory, project: Project) -> None:
    (place.releases / "1-12345678.unfinished" / "app").mkdir(parents=True)
    release = add(place, project)
    assert list(place.releases.iterdir()) == [release.folder]


def test_a_line_per_deployment_is_written(place: ServerDirectory) -> None:
    place.record(None, "failed: two\nlines\tand a tab")
    line = (place.path / "revisions.log").read_text()
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ\t-\t[^\t]+\tfailed: two lines and a tab\n", line)


def test_nobody_else_reads_what_is_shared(place: ServerDirectory) -> None:
    assert place.shared.stat().st_mode & 0o777 == 0o700
