"""What a deployment to a server asks of an app, and what of it an environment may set: docs/contract-of-an-app.md."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ci.deploy.unpack import RELEASE_FILE

#: Keeps a release's contract in the folder of the release, which may be brought back after the definition has changed.
FILE = ".contract.json"


@dataclass(frozen=True)
class Contract:
    """How one app is asked and kept.

    ``health`` is the path that answers 200 and may name the release, ``page`` one that must not be an error (empty:
    none is asked for), ``requirements`` the file that lists the packages, and ``state`` the folders of a release
    whose content outlives it.
    """

    health: str = "/healthz"
    page: str = "/"
    requirements: str = "requirements.txt"
    state: tuple[str, ...] = ("instance",)

    @property
    def needed_files(self) -> tuple[str, ...]:
        """What the archive of a release has to hold."""
        return (RELEASE_FILE, self.requirements)


def decoded(found: Mapping[str, Any]) -> Contract:
    """The contract that ``dataclasses.asdict`` and JSON made ``found`` from; keys of other versions are left out."""
    known = {field.name: found[field.name] for field in fields(Contract) if field.name in found}
    return Contract(**{**known, "state": tuple(known.get("state", Contract.state))})


def read(release: Path) -> Contract:
    """The contract under which the release in the folder ``release`` has answered; the usual one if none is there."""
    try:
        return decoded(json.loads((release / FILE).read_bytes()))
    except (FileNotFoundError, ValueError):
        return Contract()


def write(release: Path, contract: Contract) -> None:
    """Keep the contract under which the release in the folder ``release`` has answered."""
    (release / FILE).write_text(json.dumps(asdict(contract)), encoding="utf-8")
