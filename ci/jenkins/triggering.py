"""One POST that starts a build, and what its answer means. It is sent once, whatever happens.

What Jenkins answers (hudson.model.ParametersDefinitionProperty and Queue): 201 with the address of a queue item; 303
with that of an equal item that waits already; 302 to the job's page when something vetoed it.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import requests
from msgspec import Struct

from ci.errors import UsageError
from ci.jenkins import parameters
from ci.jenkins.builds import one_build
from ci.jenkins.errors import BadParameters, NotBuildable, Refused, ServerError, TriggerUncertain, Unavailable
from ci.jenkins.jobs import item_kind
from ci.jenkins.paths import full_name, job_path
from ci.jenkins.results import Build, ParameterValue, Queued
from ci.jenkins.transport import Transport

_ITEM = re.compile(r"/queue/item/(\d{1,18})/?$")
_REDIRECTS = (301, 302, 303, 307, 308)


class Order(Struct, frozen=True):
    """What is to be built. ``next_number``: of the job's next build, if that is known."""

    job: str
    form: Mapping[str, str]
    files: Mapping[str, Path]
    delay: float
    next_number: int | None = None

    def path(self, endpoint: str) -> str:
        """Where it is sent. Parameters go into the body: addresses end up in logs, and their length is limited."""
        seconds = self.delay
        delay = f"{round(seconds)}sec" if float(seconds).is_integer() else f"{round(seconds * 1000)}"
        return f"{job_path(self.job)}/{endpoint}?delay={delay}"


def trigger(
    client: Transport, job: str, params: Mapping[str, ParameterValue], *, branch: str | None,
    files: Mapping[str, Path], delay: float, validate: bool,
) -> Queued:
    """See `JenkinsClient.trigger`."""
    name = full_name(job, branch)
    form = {one: parameters.text(value) for one, value in params.items()}
    if not validate:
        return send_unchecked(client, Order(name, form, files, delay))
    found = parameters.asked(client, job, branch)
    known = found.parameters()
    _check_buildable(name, found)
    parameters.check(name, known, params, files)
    order = Order(name, form, files, delay, found.next_build_number)
    return send(client, order, "buildWithParameters" if known else "build")


def _check_buildable(name: str, found: parameters.RawJob) -> None:
    kind = item_kind(found.kind)
    if kind != "job":
        what, advice = ("multibranch project", "branch of") if kind == "multibranch" else ("folder", "job in")
        raise NotBuildable(
            f"{name} is a {what} and has no builds of its own: name a {advice} it (`ci jenkins jobs {name}` lists them)"
        )
    if not found.buildable:
        raise NotBuildable(f"{name} is disabled: enable it on its page in Jenkins")


def send_unchecked(client: Transport, order: Order, *, token: str | None = None) -> Queued:
    """Without knowing whether the job has parameters: a refusal of the first request says that nothing was done."""
    try:
        return send(client, order, "buildWithParameters", token=token)
    except Refused as error:
        if "is not parameterized" not in str(error) or order.form or order.files:
            raise
    return send(client, order, "build", token=token)


def send(client: Transport, order: Order, endpoint: str, *, token: str | None = None) -> Queued:
    """Send the one POST. Raises what `JenkinsClient.trigger` raises."""
    form: dict[str, Any] = dict(order.form) | ({"token": token} if token else {})
    try:
        files = {name: (path.name, path.read_bytes()) for name, path in order.files.items()}
    except OSError as error:
        raise UsageError(f"nothing was sent to {order.job}: {error.filename}: {error.strerror}") from None
    try:
        response = client.post(order.path(endpoint), data=form, files=files)
    except Unavailable as error:
        if not error.sent:
            raise
        _uncertain(order, str(error))
    except ServerError as error:
        _uncertain(order, f"{error}; often a value that the job does not take")
    return _queued(order, response)


def _queued(order: Order, response: requests.Response) -> Queued:
    """What an answer without an error means."""
    location = response.headers.get("Location", "")
    item = _ITEM.search(location.partition("?")[0])
    if item:
        return Queued(int(item[1]), order.job, merged=response.status_code in _REDIRECTS)
    if response.status_code not in _REDIRECTS:
        _uncertain(order, f"the answer ({response.status_code}) names no queue item")
    if re.search(r"/(build|buildWithParameters)(\?|$)", location):
        raise Refused(f"{order.job} was not triggered: the server has moved, set JENKINS_URL to where it is now")
    if "login" in location:
        raise Refused(f"{order.job} was not triggered: the server, or a proxy before it, wants a login in a browser")
    raise Refused(
        f"Jenkins did not queue {order.job} and does not say why: a plugin may have vetoed it, or it is no job"
    )


def _uncertain(order: Order, what: str) -> NoReturn:
    since = f" (number {order.next_number} or above is new)" if order.next_number else ""
    raise TriggerUncertain(
        f"{what}. So nobody knows whether {order.job} was triggered; it was not sent again. "
        f"Look before you repeat it: ci jenkins list {order.job}{since}",
        job=order.job, next_number=order.next_number,
    ) from None


def rebuild(client: Transport, build: Build, overrides: Mapping[str, ParameterValue | Path]) -> Queued:
    """See `JenkinsClient.rebuild`."""
    old = build if build.parameters else one_build(client, build.job, build.number, None)
    files = {name: value for name, value in overrides.items() if isinstance(value, Path)}
    params: dict[str, ParameterValue] = {
        one.name: one.value for one in old.parameters if one.value is not None and one.name not in files
    }
    params |= {name: value for name, value in overrides.items() if not isinstance(value, Path)}
    secret = [one.name for one in old.parameters if one.name not in params and one.name not in files]
    if secret:
        raise BadParameters(
            f"Jenkins does not tell what {', '.join(secret)} of {build.name} was: give it again",
            invalid=dict.fromkeys(secret, "is not told by Jenkins"),
        )
    return trigger(client, build.job, params, branch=None, files=files, delay=0.0, validate=True)


def scan(client: Transport, project: str) -> None:
    """See `JenkinsClient.scan`; Jenkins answers with a redirect and queues nothing."""
    try:
        client.post(f"{job_path(project)}/build?delay=0sec")
    except ServerError as error:
        raise Refused(f"{project} can't be scanned, is it disabled? ({error})") from None


def notify(client: Transport, job: str) -> Queued | None:
    """See `JenkinsClient.notify`."""
    name = full_name(job)
    found = parameters.asked(client, name, None)
    if item_kind(found.kind) == "multibranch":
        scan(client, name)
        return None
    _check_buildable(name, found)
    order = Order(name, {}, {}, 0.0, found.next_build_number)
    return send(client, order, "buildWithParameters" if found.parameters() else "build")
