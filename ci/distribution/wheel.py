"""The wheel: a zip file that is the same, byte for byte, wherever the same files are packed by the same zlib.

https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

import base64
import hashlib
import io
import zipfile
from dataclasses import dataclass

from ci.distribution.contents import FILE_NAME, Contents

#: The oldest time that a zip file can say: none of the machine that packs.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Wheel:
    """A wheel's file ``name``, the ``version`` that it holds, and its ``content``."""

    name: str
    version: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Its hash, as locks name it."""
        return hashlib.sha256(self.content).hexdigest()


def name_of(version: str) -> str:
    """The file name of the wheel of a ``version``."""
    return f"{FILE_NAME}-{version}-py3-none-any.whl"


def of(contents: Contents) -> Wheel:
    """The wheel that holds ``contents``."""
    folder = f"{FILE_NAME}-{contents.version}.dist-info"
    information = {f"{folder}/{name}": content for name, content in sorted(contents.information.items())}
    files = {**dict(sorted(contents.files.items())), **information}
    record = f"{folder}/RECORD"
    lines = [f"{path},sha256={_digest(content)},{len(content)}" for path, content in files.items()]
    files[record] = "".join(f"{line}\n" for line in [*lines, f"{record},,"]).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, content in files.items():
            archive.writestr(_entry(path), content, compresslevel=9)
    return Wheel(name_of(contents.version), contents.version, packed.getvalue())


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, _NO_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system, entry.external_attr = 3, 0o100644 << 16  # Unix, a plain file that everybody may read
    return entry


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
