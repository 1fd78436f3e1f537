"""Downloaded files are whole or not there, and below their directory whatever the server names them."""

import gzip
import resource
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ci.jenkins import Artifact, Build, JenkinsClient, JenkinsError, NotFound, Unavailable
from ci.jenkins.artifacts import matches
from ci.jenkins.destination import Destination
from tests.fakes.jenkins import JenkinsDouble

BIG = bytes(range(256)) * 2000


def kept(jenkins: JenkinsDouble, client: JenkinsClient, artifacts: Mapping[str, bytes]) -> Build:
    """A build with these files."""
    jenkins.add_job("app").add_build(artifacts=artifacts)
    return client.build("app")


def files(folder: Path) -> dict[str, bytes]:
    """All files below a directory."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_files_come_as_they_are(jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path) -> None:
    artifacts = {"a.txt": b"", "dist/größe 100%#?.json": b'{"\xff": 1}', "dist/deep/er/漢字": BIG}
    build = kept(jenkins, client, artifacts)
    seen: list[tuple[Artifact, Path]] = []
    places = client.download(build, dest=tmp_path / "new", on_file=lambda *one: seen.append(one))
    assert files(tmp_path / "new") == artifacts
    assert [path for _, path in seen] == list(places) == [tmp_path / "new" / name for name in artifacts]


@pytest.mark.parametrize(("pattern", "path", "fits"), [
    ("*.whl", "dist/a.whl", True),
    ("dist/*.whl", "dist/a.whl", True),
    ("dist/*.whl", "dist/old/a.whl", False),
    ("**/*.whl", "a.whl", True),
    ("**/*.whl", "dist/old/a.whl", True),
    ("dist/**", "dist/old/a.whl", True),
    ("dist/**", "distant", False),
    ("?.txt", "a.txt", True),
    ("[a].txt", "[a].txt", True),
    ("**", "any/thing", True),
])
def test_patterns(pattern: str, path: str, fits: bool) -> None:
    assert matches(path, pattern) is fits


def test_only_what_matches_comes(jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path) -> None:
    build = kept(jenkins, client, {"dist/a.whl": b"1", "log.txt": b"2"})
    client.download(build, "*.whl", tmp_path)
    assert files(tmp_path) == {"dist/a.whl": b"1"}


def test_nothing_matches(jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path) -> None:
    build = kept(jenkins, client, {"a.txt": b"1"})
    with pytest.raises(NotFound, match=r"app #1 kept no file that matches \*.whl, but 1 others: see"):
        client.download(build, "*.whl", tmp_path)


def test_a_broken_connection_is_taken_up_where_it_broke(
    jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path
) -> None:
    build = kept(jenkins, client, {"big": BIG})
    jenkins.faults.drop_body(300_000, path="*/big")
    client.download(build, dest=tmp_path)
    assert files(tmp_path) == {"big": BIG}
    ranges = [one.request.headers.get("range") for one in jenkins.requests if one.request.path.endswith("/big")]
    assert ranges[0] is None and len(ranges) == 2 and ranges[1] is not None


def test_without_parts_a_broken_download_begins_again(
    jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path
) -> None:
    jenkins.ranges = False
    build = kept(jenkins, client, {"big": BIG})
    jenkins.faults.drop_body(300_000, path="*/big", times=2)
    client.download(build, dest=tmp_path)
    assert files(tmp_path) == {"big": BIG}


def test_a_server_that_breaks_off_again_and_again_leaves_nothing_behind(
    jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path
) -> None:
    jenkins.ranges = False
    build = kept(jenkins, client, {"big": BIG})
    jenkins.faults.drop_body(1000, path="*/big", times=99)
    with pytest.raises(Unavailable, match="broke off"):
        client.download(build, dest=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_compressed_answers_are_unpacked(jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path) -> None:
    jenkins.faults.status(
        200, path="*/a.txt", headers={"Content-Encoding": "gzip"}, body=gzip.compress(b"plain")
    )
    client.download(kept(jenkins, client, {"a.txt": b"x"}), dest=tmp_path)
    assert files(tmp_path) == {"a.txt": b"plain"}


def test_files_that_are_kept_on_another_host(jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path) -> None:
    """The double fails if credentials arrive there."""
    jenkins.keep_artifacts_elsewhere()
    client.download(kept(jenkins, client, {"dist/a b.txt": b"1"}), dest=tmp_path)
    assert files(tmp_path) == {"dist/a b.txt": b"1"}


@pytest.mark.parametrize("name", [
    "../out", "a/../../out", "/etc/out", "a//b", "", ".", "a/.", "a\0b", "a\nb", "..\\out", "C:\\out",
])
def test_names_that_lead_out_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(JenkinsError, match="which is no plain path: it is not downloaded"):
        Destination(tmp_path / "in").place(name)


@pytest.mark.parametrize("name", [".git/config", "shop/.GIT/hooks/post-checkout"])
def test_the_configuration_of_a_git_repository_is_no_artifact(name: str, tmp_path: Path) -> None:
    """Downloads go to the working directory, and git runs what its configuration names."""
    with pytest.raises(JenkinsError, match="could be part of a git repository here"):
        Destination(tmp_path).place(name)


def test_one_bad_name_and_nothing_is_written(jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path) -> None:
    build = kept(jenkins, client, {"good.txt": b"1", "../out": b"2"})
    with pytest.raises(JenkinsError, match="'../out'"):
        client.download(build, dest=tmp_path / "in")
    assert list(tmp_path.iterdir()) == []


def test_one_name_for_two_files_and_nothing_is_written(
    jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path
) -> None:
    build = kept(jenkins, client, {"a.txt": b"1"})
    listing = b'{"artifacts":[{"relativePath":"a.txt"},{"relativePath":"a.txt"}]}'
    jenkins.faults.status(200, path="*/1/api/json", body=listing)
    with pytest.raises(JenkinsError, match="lists 'a.txt' of app #1 more than once, .* nothing is downloaded"):
        client.download(build, dest=tmp_path / "in")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_through_a_link(jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "dist").symlink_to(tmp_path / "outside")
    with pytest.raises(JenkinsError, match="is a symbolic link, and dist/a.txt would be written through it"):
        client.download(kept(jenkins, client, {"dist/a.txt": b"1"}), dest=tmp_path / "in")
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_link_in_the_place_of_a_file_is_replaced_not_followed(
    jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path
) -> None:
    (tmp_path / "outside").write_bytes(b"mine")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").symlink_to(tmp_path / "outside")
    client.download(kept(jenkins, client, {"a.txt": b"1"}), dest=tmp_path / "in")
    assert (tmp_path / "outside").read_bytes() == b"mine"
    assert (tmp_path / "in" / "a.txt").read_bytes() == b"1"


def test_two_names_for_one_file_do_not_replace_each_other(tmp_path: Path) -> None:
    """As README and readme on some systems; a hard link plays that here."""
    destination = Destination(tmp_path)
    with destination.writing("README") as file:
        file.write(b"1")
    (tmp_path / "readme").hardlink_to(tmp_path / "README")
    with pytest.raises(JenkinsError, match="are the same file on this system"):
        with destination.writing("readme"):
            pass
    assert (tmp_path / "README").read_bytes() == b"1"


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file of this process may be longer than 100 kB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("small_disk")
def test_a_file_that_does_not_fit_leaves_no_half_of_it(
    jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path
) -> None:
    """What came before it stays, and the file that it would have replaced."""
    (tmp_path / "big").write_bytes(b"old")
    with pytest.raises(JenkinsError) as error:
        client.download(kept(jenkins, client, {"a.txt": b"1", "big": BIG}), dest=tmp_path)
    assert str(error.value) == f"{tmp_path}/big can't be written: File too large"
    assert files(tmp_path) == {"a.txt": b"1", "big": b"old"}


def test_a_directory_in_the_place_of_a_file(jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(JenkinsError, match="a.txt can't be written: Is a directory"):
        client.download(kept(jenkins, client, {"a.txt": b"1"}), dest=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
