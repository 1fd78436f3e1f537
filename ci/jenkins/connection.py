"""Connections that fail: whether the request can have arrived, and what to look at."""

import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
from requests import exceptions
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from ci.jenkins.errors import JenkinsError, TimedOut, Unavailable

#: Errors of a connection that was not there yet: nothing was sent.
_BEFORE = (NewConnectionError, ConnectTimeoutError)
_MISTAKES = (exceptions.InvalidURL, exceptions.InvalidSchema, exceptions.MissingSchema, exceptions.TooManyRedirects)


def connection_error(request: requests.Request, error: exceptions.RequestException) -> JenkinsError:
    """The error for a request that got no answer, or half of one."""
    address = urlsplit(str(request.url))
    server = f"{address.scheme}://{address.netloc}"
    if isinstance(error, _MISTAKES):
        return JenkinsError(f"{server} is no address of a Jenkins server: see JENKINS_URL")
    changing = request.method not in ("GET", "HEAD")
    causes = tuple(_causes(error))
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in causes):
        return Unavailable(
            f"no trust in the certificate of {server}: name the file of its authority in REQUESTS_CA_BUNDLE"
        )
    if isinstance(error, exceptions.SSLError):
        return Unavailable(
            f"no secure connection with {server}: see JENKINS_URL, REQUESTS_CA_BUNDLE and JENKINS_CLIENT_CERT",
            sent=changing,
        )
    if isinstance(error, exceptions.ProxyError):
        return Unavailable(f"the proxy before {server} does not answer: see HTTPS_PROXY and NO_PROXY")
    if any(isinstance(one, _BEFORE) for one in causes):
        nothing = "; nothing was sent" if changing else ""
        return Unavailable(f"{server} can't be reached{nothing}: is Jenkins up, and JENKINS_URL right?")
    if isinstance(error, exceptions.Timeout):
        return TimedOut(f"{server} took too long to answer: try again later", sent=changing)
    return Unavailable(f"{server} broke off the connection: try again later", sent=changing)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """``error`` and what is behind it, as requests and urllib3 wrap it."""
    found: object = error
    while isinstance(found, BaseException):
        yield found
        found = getattr(found, "reason", None) or next((one for one in found.args if isinstance(one, Exception)), None)
