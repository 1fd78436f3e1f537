"""What `ci releases` says of a server, and which releases are kept to go back to; without a server."""

import os
from pathlib import Path

import pytest

from ci.deploy.server import listing
from ci.deploy.server.directory import Release, ServerDirectory
from ci.errors import UsageError


@pytest.fixture
def place(tmp_path: Path) -> ServerDirectory:
    """An empty server directory."""
    found = ServerDirectory(tmp_path / "server")
    with found.locked("testing"):
        return found


def add(place: ServerDirectory, folder: str, *, result: str = "deployed", time: int = 1) -> Release:
    """A release in the folder of that name, as the one that is current now; ``time`` orders releases."""
    path = place.releases / folder
    path.mkdir(exist_ok=True)
    os.utime(path, (time, time))
    release = Release(folder.rpartition("-")[0], path)
    place.point_to(release)
    place.record(release, result)
    return release


def listed(place: ServerDirectory) -> list[tuple[str, str, bool, str]]:
    """The releases that are shown, without time and user."""
    return [(one.name, one.status, one.is_current, one.description) for one in listing.releases(place.path)]


def test_where_nothing_was_ever_deployed(tmp_path: Path) -> None:
    assert listing.releases(tmp_path / "nothing") == ()


def test_each_release_is_shown_once_with_what_happened_to_it_last(place: ServerDirectory) -> None:
    first = add(place, "1-a")
    place.record(Release("2", place.releases / "2-b"), "failed: the server ended by itself")
    add(place, "3-c")
    place.record(first, "rolled back")
    place.point_to(first)
    place.record(first, "stopped")
    assert listed(place) == [
        ("1", "rolled back", True, "not running"),
        ("3", "deployed", False, ""),
        ("2", "failed", False, "the server ended by itself"),
    ]


def test_two_archives_of_one_name_are_told_apart_by_their_folders(place: ServerDirectory) -> None:
    add(place, "1-dirty-a")
    add(place, "1-dirty-b")
    assert [name for name, *_ in listed(place)] == ["1-dirty-b", "1-dirty-a"]
    assert place.find("1-dirty-a").folder.name == "1-dirty-a"


def test_what_was_killed_before_it_could_be_written_down_is_shown_too(place: ServerDirectory) -> None:
    add(place, "1-a")
    place.revisions.unlink()
    assert listed(place) == [("1", "deployed", True, "not running")]


def test_as_many_releases_are_kept_as_wanted_with_the_current_and_the_one_before(place: ServerDirectory) -> None:
    before = add(place, "1-a", time=1)
    for number, folder in enumerate(("2-b", "3-c", "4-d"), start=2):
        add(place, folder, time=number)
    place.prune(before, keep=3)
    assert [one.name for one in place.kept()] == ["4", "3", "1"]
    assert ("2", "removed", False, "") in listed(place)


def test_a_release_that_is_not_there_is_named_with_those_that_are(place: ServerDirectory) -> None:
    add(place, "1-a", time=1)
    add(place, "2-b", time=2)
    assert place.find(None).name == "1"
    with pytest.raises(UsageError, match=f"there is no release 3 in {place.path}; there are: 2, 1"):
        place.find("3")
