"""Back to an earlier release: to which one.

Heroku deletes the images of releases that are older than 30 days and beyond the last 20; their status is then
`expired`, and there is no way back to them.
"""

import re
from collections.abc import Iterable, Sequence

from ci.deploy.heroku.answers import Release
from ci.deploy.heroku.api import HerokuApi
from ci.errors import UsageError

_VERSION = re.compile(r"v?([0-9]{1,9})")


def choose(api: HerokuApi, wanted: str | None) -> tuple[Release | None, Release]:
    """The current release, and the one to go back to.

    ``wanted`` is a version as ``v12``, or the commit that stands in the description of a release that was pushed with
    git; None is the one before the current. Raises UsageError if there is no way back to it.
    """
    listed = api.releases()
    current = next((one for one in listed if one.current), None)
    if wanted is None:
        found = _newest(listed, before=current.version if current else 10**9)
        if found is None:
            raise UsageError(f"{api.app_name} has no earlier release to go back to")
        return current, found
    found = _called(api, wanted, listed)
    if current and found.id == current.id:
        raise UsageError(f"v{found.version} is what {api.app_name} runs already")
    _check(found, listed)
    return current, found


def last_before(api: HerokuApi, version: int) -> Release | None:
    """The newest release before ``version`` that can serve again. Raises HerokuError."""
    return _newest(api.releases(), before=version)


def _newest(listed: Iterable[Release], *, before: int) -> Release | None:
    return next((one for one in listed if one.version < before and _is_possible(one)), None)


def _is_possible(release: Release) -> bool:
    return release.status == "succeeded" and release.eligible_for_rollback


def _called(api: HerokuApi, wanted: str, listed: Sequence[Release]) -> Release:
    version = _VERSION.fullmatch(wanted)
    if version:
        number = int(version[1])
        found = next((one for one in listed if one.version == number), None) or api.release_of_version(number)
    else:
        found = next((one for one in listed if _is_commit(wanted, one.description)), None)
    if found is None:
        raise UsageError(
            f"{api.app_name} has no release {wanted}: Heroku knows its releases by number, and those that were pushed "
            "with git by commit too; `ci releases` lists them"
        )
    return found


def _is_commit(wanted: str, description: str) -> bool:
    """Heroku describes a push as `Deploy 1a2b3c4d`."""
    commits = re.findall(r"\b[0-9a-f]{7,40}\b", description)
    return any(wanted.startswith(commit) or (len(wanted) >= 7 and commit.startswith(wanted)) for commit in commits)


def _check(release: Release, listed: Sequence[Release]) -> None:
    reasons = {
        "expired": "has expired: Heroku has deleted its image",
        "failed": "failed when it was released",
        "pending": "is still being released",
    }
    if not _is_possible(release):
        possible = ", ".join(f"v{one.version}" for one in listed if _is_possible(one) and not one.current)
        raise UsageError(
            f"v{release.version} {reasons.get(release.status, 'is one that Heroku does not go back to')}; "
            f"there is a way back to {possible or 'no other'}"
        )
