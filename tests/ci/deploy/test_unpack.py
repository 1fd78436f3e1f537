"""Archives are unpacked without trust in what they hold."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ci.deploy import unpack
from ci.deploy.unpack import BadArchive

NEEDED_FILES = ("release.json", "requirements.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the archive shall be unpacked."""
    (tmp_path / "releases").mkdir()
    return tmp_path / "releases" / "new"


@pytest.fixture
def pack(tmp_path: Path) -> Callable[..., Path]:
    """Make an archive of what a release needs and some entries more."""

    def pack(*entries: tarfile.TarInfo, without: str = "", release: bytes = b'{"release": "1"}') -> Path:
        path = tmp_path / "shop.tar.gz"
        with tarfile.open(path, "w:gz") as opened:
            for name in NEEDED_FILES:
                if name != without:
                    add(opened, entry(name), release)
            for one in entries:
                add(opened, one, b"evil")
        return path

    return pack


def add(archive: tarfile.TarFile, member: tarfile.TarInfo, content: bytes) -> None:
    """Add an entry, with content if it is a file."""
    member.size = len(content) if member.isreg() else 0
    archive.addfile(member, io.BytesIO(content))


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """An entry of an archive."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def test_files_and_folders_are_unpacked(pack: Callable[..., Path], folder: Path) -> None:
    unpack.unpack(pack(entry("app", tarfile.DIRTYPE), entry("app/x.py")), folder, needed=NEEDED_FILES)
    found = sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
    assert found == ["app", "app/x.py", "release.json", "requirements.txt"]


@pytest.mark.parametrize(
    "evil",
    [
        entry("../evil"),
        entry("app/../../evil"),
        entry("/evil"),
        entry(".."),
        entry("app/link", tarfile.SYMTYPE, "../../evil"),
        entry("app/link", tarfile.SYMTYPE, "/evil"),
        entry("app/link", tarfile.SYMTYPE, "inside"),
        entry("hard", tarfile.LNKTYPE, "../evil"),
        entry("hard", tarfile.LNKTYPE, "release.json"),
        entry("device", tarfile.CHRTYPE),
        entry("disk", tarfile.BLKTYPE),
        entry("pipe", tarfile.FIFOTYPE),
    ],
    ids=lambda evil: f"{evil.name}-{evil.type.decode()}-{evil.linkname}",
)
def test_what_ci_build_never_writes_is_refused(
    pack: Callable[..., Path], folder: Path, evil: tarfile.TarInfo
) -> None:
    with pytest.raises(BadArchive, match="leads out of the release|is neither a file nor a folder"):
        unpack.unpack(pack(evil), folder, needed=NEEDED_FILES)
    assert not list(folder.parent.parent.rglob("evil"))


def test_rights_beyond_reading_and_starting_are_taken_away(pack: Callable[..., Path], folder: Path) -> None:
    member = entry("run")
    member.mode = 0o6777
    unpack.unpack(pack(member), folder, needed=NEEDED_FILES)
    assert (folder / "run").stat().st_mode & 0o7777 == 0o755


def test_a_file_that_comes_twice_is_refused(pack: Callable[..., Path], folder: Path) -> None:
    with pytest.raises(BadArchive, match="'release.json' comes twice"):
        unpack.unpack(pack(entry("release.json")), folder, needed=NEEDED_FILES)


@pytest.mark.parametrize("name", NEEDED_FILES)
def test_a_missing_file_is_named(pack: Callable[..., Path], folder: Path, name: str) -> None:
    with pytest.raises(BadArchive, match=f"holds no {name}; name them in: ci build PATH"):
        unpack.unpack(pack(without=name), folder, needed=NEEDED_FILES)


@pytest.mark.parametrize("content", [b"", b"text", b"\x1f\x8b\x08\x00\x00"])
def test_a_file_that_is_no_archive(tmp_path: Path, folder: Path, content: bytes) -> None:
    path = tmp_path / "shop.tar.gz"
    path.write_bytes(content)
    with pytest.raises(BadArchive, match="is not the archive of a release"):
        unpack.release_name(path)
    with pytest.raises(BadArchive, match="can't be unpacked"):
        unpack.unpack(path, folder, needed=NEEDED_FILES)


def test_an_archive_that_is_cut_off(pack: Callable[..., Path], folder: Path) -> None:
    path = pack(*(entry(f"file{number}") for number in range(50)))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(BadArchive):
        unpack.unpack(path, folder, needed=NEEDED_FILES)


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"[]",
        b"no",
        b'{"release": 1}',
        b'{"release": "../x"}',
        b'{"release": ""}',
        b'{"release": "a b"}',
    ],
)
def test_a_release_needs_a_name_that_may_be_a_folder(pack: Callable[..., Path], content: bytes) -> None:
    with pytest.raises(BadArchive):
        unpack.release_name(pack(release=content))
