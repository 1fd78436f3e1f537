"""Job configurations on the server: created, or changed where they differ in what was set.

Jenkins rewrites a configuration when it saves it: versions of plugins, order, defaults. So what is there is compared
by what was set, not as text, and what others have set stays.
"""

from ci.jenkins.errors import NotFound, Refused
from ci.jenkins.job_comparison import differences, merged, unified_diff
from ci.jenkins.paths import below, folder_path, full_name, job_path
from ci.jenkins.results import JobChange
from ci.jenkins.transport import Transport

_XML = {"Content-Type": "text/xml; charset=utf-8"}


def config(client: Transport, job: str) -> str | None:
    """See `Queries.job_config`."""
    try:
        return client.get(f"{job_path(job)}/config.xml").content.decode("utf-8", "replace")
    except NotFound:
        return None


def compare(client: Transport, job: str, wanted: str) -> JobChange:
    """See `JenkinsClient.compare`."""
    name = full_name(job)
    current = config(client, name)
    if current is None:
        return JobChange(name, "create", (f"there is no {name} yet",), unified_diff(None, wanted, job=name), wanted)
    found = differences(current, wanted)
    if not found:
        return JobChange(name, "none", (), "", current)
    new = merged(current, wanted)
    return JobChange(name, "update", found, unified_diff(current, new, job=name), new)


def apply(client: Transport, change: JobChange) -> None:
    """Do what `compare` found."""
    if change.action == "update":
        _change(client, change.job, change.config)
    elif change.action == "create":
        _create(client, change.job, change.config)


def replace(client: Transport, name: str, new: str) -> None:
    """Create the job with that full name, or replace all of its configuration."""
    if config(client, name) is None:
        _create(client, name, new)
    else:
        _change(client, name, new)


def _change(client: Transport, name: str, new: str) -> None:
    client.post(f"{job_path(name)}/config.xml", data=new.encode(), headers=_XML)


def _create(client: Transport, full: str, new: str) -> None:
    folder, _, name = full.rpartition("/")
    try:
        client.post(f"{folder_path(folder)}createItem?name={below(name)}", data=new.encode(), headers=_XML)
    except NotFound:
        raise Refused(f"there is no folder {folder}, or it is hidden from this user: create it first") from None
