"""`ci build`: the archive of a commit."""

import json
import os
import tarfile
from pathlib import Path

import pytest

from ci.deploy import archive
from ci.errors import UsageError
from tests.ci.deploy.releases import PATHS, Project

EPOCH = {"SOURCE_DATE_EPOCH": "1767323045"}  # 2026-01-02T03:04:05Z, when the commits of `Project` were made


def members(path: Path) -> list[tuple[str, int, int, int, str]]:
    """Name, mode, time, owner and kind of all that an archive holds."""
    with tarfile.open(path) as opened:
        return [(one.name, one.mode, one.mtime, one.uid, one.uname) for one in opened]  # type: ignore[misc]


def release_json(path: Path) -> object:
    """What the archive says of itself."""
    with tarfile.open(path) as opened:
        member = opened.extractfile("release.json")
        assert member
        return json.load(member)


def test_an_archive_holds_the_tracked_files_and_what_it_is(project: Project) -> None:
    project.write({"static/ä b.txt": "x", "run.sh": "x"})
    os.chmod(project.root / "run.sh", 0o700)
    commit = project.commit()
    project.write({"static/not tracked.txt": "x"})
    project.git("remote", "add", "origin", "git@example.org:org/shop.git")
    built = archive.build(
        project.root, ["static", "run.sh", "app.py"], checks=["lint", "test (3.13)"], environ=EPOCH
    )
    assert built == project.root / "dist" / f"shop-{commit[:12]}.tar.gz"
    assert members(built) == [
        ("app.py", 0o644, 1767323045, 0, ""),
        ("release.json", 0o644, 1767323045, 0, ""),
        ("run.sh", 0o755, 1767323045, 0, ""),
        ("static/ä b.txt", 0o644, 1767323045, 0, ""),
    ]
    assert release_json(built) == {
        "release": commit[:12],
        "commit": commit,
        "built": "2026-01-02T03:04:05Z",
        "checks": ["lint", "test (3.13)"],
        "repository": "https://example.org/org/shop",
    }


def test_two_builds_of_a_commit_are_equal_to_the_last_byte(project: Project, tmp_path: Path) -> None:
    first = archive.build(project.root, PATHS, environ=EPOCH).read_bytes()
    other = project.clone(tmp_path / "elsewhere")
    other.git("remote", "remove", "origin")
    os.utime(other.root / "app.py", (1, 1))
    os.chmod(other.root / "app.py", 0o600)
    assert archive.build(other.root, reversed_paths(), environ=EPOCH).read_bytes() == first


def reversed_paths() -> list[str]:
    """The same paths in another order, one of them twice."""
    return [*reversed(PATHS), PATHS[0]]


def test_a_changed_file_makes_the_release_dirty(project: Project) -> None:
    project.write({"app.py": "changed"})
    commit = project.head
    built = archive.build(project.root, PATHS, environ={})
    assert built.name == f"shop-{commit[:12]}-dirty.tar.gz"
    with tarfile.open(built) as opened:
        member = opened.extractfile("app.py")
        assert member and member.read() == b"changed"


def test_a_file_that_is_not_tracked_does_not_make_it_dirty(project: Project) -> None:
    project.write({"notes.txt": "x"})
    assert not archive.build(project.root, PATHS, environ={}).name.endswith("-dirty.tar.gz")


def test_a_deleted_file_is_left_out(project: Project) -> None:
    (project.root / "gunicorn.conf.py").unlink()
    built = archive.build(project.root, PATHS, environ={})
    assert [name for name, *_ in members(built)] == ["app.py", "release.json", "requirements.txt"]
    assert built.name.endswith("-dirty.tar.gz")


@pytest.mark.parametrize(("dirty", "suffix"), [({}, ""), ({"CI_DIRTY": "1"}, "-dirty")])
def test_the_engine_may_name_the_commit(project: Project, dirty: dict[str, str], suffix: str) -> None:
    """`ci run` does: the checkout in which it builds says nothing about the one it came from."""
    commit = project.head
    project.commit()
    project.write({"app.py": "changed"})
    built = archive.build(project.root, PATHS, environ={"CI_COMMIT": commit, **dirty})
    assert built.name == f"shop-{commit[:12]}{suffix}.tar.gz"


def test_archives_of_other_releases_are_removed(project: Project) -> None:
    first = archive.build(project.root, PATHS, environ={})
    kept = ["shop-1.0.tar.gz", "other-0123456789ab.tar.gz", "shop-0123456789ab.zip"]
    for name in kept:
        (first.parent / name).touch()
    project.commit()
    second = archive.build(project.root, PATHS, environ={})
    assert sorted(path.name for path in first.parent.iterdir()) == sorted([*kept, second.name])


@pytest.mark.parametrize("path", ["nothing", "*.py", ":(top)", "../shop/nothing", "/"])
def test_a_path_without_tracked_files_is_an_error(project: Project, path: str) -> None:
    with pytest.raises(UsageError, match="."):
        archive.build(project.root, ["app.py", path], environ={})
    assert not (project.root / "dist").exists()


def test_an_error_says_which_path_and_what_to_do(project: Project) -> None:
    with pytest.raises(UsageError) as failure:
        archive.build(project.root, ["ap.py"], environ={})
    assert str(failure.value) == "git tracks nothing at 'ap.py'; check its spelling, or add it with: git add"


def test_a_link_can_not_be_built(project: Project) -> None:
    (project.root / "link").symlink_to("app.py")
    project.commit()
    with pytest.raises(UsageError, match="link is no plain file"):
        archive.build(project.root, ["link"], environ={})


def test_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    with pytest.raises(UsageError, match="is no git repository that can be read"):
        archive.build(tmp_path, ["x"], environ={"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})


@pytest.mark.parametrize("text", ["", "[project]\n", '[tool.ruff]\nline-length = 100\n', None])
def test_a_project_without_metadata_is_called_as_its_pipeline(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(UsageError, match="the project has no name: write one under .project. in pyproject.toml"):
        archive.project_name(tmp_path)
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci" / "pipeline.toml").write_text('version = 1\nname = "My Shop 2"\n')
    assert archive.project_name(tmp_path) == "My-Shop-2"


@pytest.mark.parametrize(
    ("text", "reason"),
    [('[project]\nname = "../x"\n', "the project has no name"), ("not toml", "pyproject.toml can't be read: Expected")],
)
def test_a_name_that_is_wrong_is_not_passed_over(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(UsageError, match=reason):
        archive.project_name(tmp_path)


@pytest.mark.parametrize("variable", ["CI_COMMIT", "SOURCE_DATE_EPOCH"])
def test_a_wrong_variable_is_named(project: Project, variable: str) -> None:
    with pytest.raises(UsageError, match=f"{variable} must be"):
        archive.build(project.root, PATHS, environ={variable: "today"})
