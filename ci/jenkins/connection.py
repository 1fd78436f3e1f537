"""Connections that fail: whether the request can have arrived, and what to look at."""

import re
import socket
import ssl
from collections.abc import Iterator
from http.client import BadStatusLine, RemoteDisconnected
from urllib.parse import urlsplit

import requests
from requests import exceptions
from urllib3.exceptions import ConnectTimeoutError, LocationValueError, NewConnectionError, ReadTimeoutError

from ci.jenkins.errors import JenkinsError, TimedOut, Unavailable

#: Methods that change nothing.
READING = ("GET", "HEAD")
#: Errors of a connection that was not there yet: nothing was sent.
_BEFORE = (NewConnectionError, ConnectTimeoutError)
#: requests' words for an address that it can't use, and one of urllib3 that it lets through.
_MISTAKES = (exceptions.InvalidURL, exceptions.InvalidSchema, exceptions.MissingSchema, LocationValueError)
#: A connection that ended while it was being secured: another one may go well.
_TORN = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionError, TimeoutError)

#: The standard library's words for a proxy that opens no tunnel.
_TUNNEL = re.compile(r"Tunnel connection failed: ([^']*)")


def connection_error(request: requests.Request, error: Exception, *, proxied: bool) -> JenkinsError:
    """The error for a request that got no answer, or half of one; ``proxied``: it was to go through a proxy."""
    address = urlsplit(str(request.url))
    server, variable = f"{address.scheme}://{address.netloc}", f"{address.scheme.upper()}_PROXY"
    changing = request.method not in READING
    causes = tuple(_causes(error))
    mistake = _mistake(error, server, variable, proxied=proxied)
    if mistake:
        return mistake
    if isinstance(error, exceptions.SSLError):
        return _not_secured(server, causes, changing=changing)
    if isinstance(error, exceptions.ProxyError):
        return _not_let_through(server, causes, variable)
    if any(isinstance(one, _BEFORE) for one in causes):
        return _not_reached(server, causes, changing=changing)
    if isinstance(error, exceptions.Timeout) or any(isinstance(one, ReadTimeoutError) for one in causes):
        return TimedOut(f"{server} took too long to answer{'' if changing else ': try again later'}", sent=changing)
    return _broken_off(server, causes, changing=changing)


def _mistake(error: Exception, server: str, variable: str, *, proxied: bool) -> JenkinsError | None:
    """The error for what no server can help."""
    if isinstance(error, _MISTAKES) and proxied:
        return JenkinsError(
            f"the proxy before {server} has no address that can be used: write {variable} (or ALL_PROXY) as "
            "http://proxy.example.org:3128"
        )
    if isinstance(error, _MISTAKES):
        return JenkinsError(f"{server} is no address of a Jenkins server: see JENKINS_URL")
    if isinstance(error, exceptions.TooManyRedirects):
        return JenkinsError(f"{server} only points from one address to the next: see JENKINS_URL")
    if isinstance(error, OSError) and not isinstance(error, exceptions.RequestException):  # files that are not there
        return JenkinsError(f"{error}: see REQUESTS_CA_BUNDLE, JENKINS_CLIENT_CERT and JENKINS_CLIENT_KEY")
    return None


def _not_reached(server: str, causes: tuple[BaseException, ...], *, changing: bool) -> Unavailable:
    nothing = "; nothing was sent" if changing else ""
    unknown = [one for one in causes if isinstance(one, socket.gaierror)]
    if unknown:
        return Unavailable(
            f"nothing is known of the host of {server}{nothing}: is JENKINS_URL right?",
            lasting=unknown[0].errno != socket.EAI_AGAIN,
        )
    return Unavailable(f"{server} can't be reached{nothing}: is Jenkins up, and JENKINS_URL right?")


def _not_secured(server: str, causes: tuple[BaseException, ...], *, changing: bool) -> Unavailable:
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in causes):
        return Unavailable(
            f"no trust in the certificate of {server}: name the file of its authority in REQUESTS_CA_BUNDLE",
            lasting=True,
        )
    return Unavailable(
        f"no secure connection with {server}: see JENKINS_URL, REQUESTS_CA_BUNDLE and JENKINS_CLIENT_CERT",
        sent=changing, lasting=not any(isinstance(one, _TORN) for one in causes),
    )


def _not_let_through(server: str, causes: tuple[BaseException, ...], variable: str) -> Unavailable:
    """A proxy that is not there, or that opens no tunnel: the request itself has not been sent."""
    found = [refusal for one in causes if (refusal := _TUNNEL.search(str(one)))]
    if not found:
        return Unavailable(f"the proxy before {server} does not answer: see {variable} and NO_PROXY")
    return Unavailable(
        f"the proxy before {server} opens no way to it ({found[0][1]}): see {variable} and NO_PROXY",
        lasting=found[0][1].startswith("4"),
    )


def _broken_off(server: str, causes: tuple[BaseException, ...], *, changing: bool) -> Unavailable:
    plain = server.startswith("http://")
    if any(_is_no_http(one) for one in causes):
        secured = ", and whether it wants https://" if plain else ""
        return Unavailable(f"{server} is no web server: see JENKINS_URL{secured}", sent=changing, lasting=True)
    again = "" if changing else ": try again later"
    if plain and not changing and any(isinstance(one, RemoteDisconnected | ConnectionResetError) for one in causes):
        again += ", or write JENKINS_URL with https:// if it always does"
    return Unavailable(f"{server} broke off the connection{again}", sent=changing)


def _is_no_http(error: BaseException) -> bool:
    """Whether what came in place of a status is something else, and not the beginning of one."""
    if not isinstance(error, BadStatusLine) or isinstance(error, RemoteDisconnected):
        return False
    line = str(error).rstrip()
    return not line.startswith("HTTP/") and not "HTTP/".startswith(line)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """``error`` and what is behind it, as requests and urllib3 wrap it."""
    found: object = error
    while isinstance(found, BaseException):
        yield found
        inside = (*found.args, getattr(found, "reason", None))
        found = next((one for one in inside if isinstance(one, Exception)), None) or found.__cause__
