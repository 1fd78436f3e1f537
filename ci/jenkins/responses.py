"""What Jenkins says when it does not do as asked: a status and a page become one of our errors."""

import html
import re

import requests

from ci.jenkins.connection import READING
from ci.jenkins.errors import (
    AuthError, JenkinsError, NotBuildable, NotFound, PermissionDenied, Refused, ServerError, Unavailable,
)

_LONGEST = 300
#: So much of a page, or of a header, is looked at, in characters.
_READ = 20_000
_STARTING = re.compile(r"getting ready to work|is restarting|is starting", re.IGNORECASE)


def error_of(response: requests.Response) -> JenkinsError:
    """The error that an answer of 400 or more means; its message holds no markup and nothing of the request."""
    status, said = response.status_code, reason(response)
    what = f"{response.request.method} {_path(response)}"
    if status == 401:
        return AuthError(
            f"Jenkins does not take these credentials ({what}): see JENKINS_USER_ID and JENKINS_API_TOKEN; an API "
            "token is made on the user's page, under Security"
        )
    if status in (403, 422):  # 422: an item of the queue that only others may cancel
        return _forbidden(response, what, said)
    if status == 404:
        return NotFound(f"Jenkins has nothing at {_path(response)}, or hides it from this user")
    if status == 409:
        return NotBuildable(f"Jenkins can't build it: {said}")
    if status in (407, 429, 502, 503, 504):
        return _unavailable(response, what)
    if status < 500:
        return Refused(f"Jenkins refused {what}: {said} ({status})")
    if "X-Jenkins" in response.headers:
        return ServerError(f"Jenkins failed at {what}: {said} ({status}); its own log says more")
    return ServerError(f"Jenkins, or a proxy before it, failed at {what}: {said} ({status}); their logs say more")


def reason(response: requests.Response) -> str:
    """Why, in one line: the X-Error header, or what stands in the page."""
    if "X-Error" in response.headers:
        return _one_line(response.headers["X-Error"])
    text = response.text[:_READ]
    message = re.search(r"<th>MESSAGE:</th>\s*<td>(.*?)</td>", text, re.DOTALL)
    if message:
        return _one_line(message[1])
    text = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", text)
    return _one_line(text) or response.reason or "no reason given"


def lacks_crumb(response: requests.Response) -> bool:
    """Whether a request was refused, before anything was done, for want of a current crumb."""
    return response.status_code == 403 and "No valid crumb" in response.text


def _forbidden(response: requests.Response, what: str, said: str) -> JenkinsError:
    missing = re.search(r"missing the (\S+) permission", said)
    permission = missing[1] if missing else response.headers.get("X-Required-Permission")
    who = response.headers.get("X-You-Are-Authenticated-As")
    if "/login?from=" in response.text or who == "anonymous":
        return AuthError(f"Jenkins wants a login for {what}: set JENKINS_USER_ID and JENKINS_API_TOKEN")
    if permission:
        return PermissionDenied(
            f"{who or 'this user'} lacks the permission {permission} for {what}: ask who runs the Jenkins server",
            permission=permission,
        )
    return PermissionDenied(f"Jenkins forbids {what}: {said}")


def _unavailable(response: requests.Response, what: str) -> Unavailable:
    status = response.status_code
    starting = status == 503 and bool(_STARTING.search(response.text))
    if starting:
        return Unavailable("Jenkins is starting or restarting: try again in a minute", status=503, starting=True)
    if status == 429:
        return Unavailable(f"Jenkins takes no more requests just now ({what}, 429): try again later", status=429)
    if status == 407:
        return Unavailable(
            f"the proxy before Jenkins wants a login for {what}: write HTTP_PROXY as "
            "http://user:password@proxy.example.org:3128", status=407, lasting=True,
        )
    changing = response.request.method not in READING
    again = "" if changing else ": try again later"
    return Unavailable(
        f"the server, or a proxy before it, answered {what} with {status} {response.reason}{again}",
        status=status, sent=changing,
    )


def _path(response: requests.Response) -> str:
    return (response.request.path_url or "/").partition("?")[0]


def _one_line(text: str) -> str:
    plain = " ".join(html.unescape(re.sub(r"<[^<>]*>", " ", text[:_READ])).split())
    plain = "".join(letter for letter in plain if letter.isprintable())
    return plain if len(plain) <= _LONGEST else plain[:_LONGEST] + "..."
