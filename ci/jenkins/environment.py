"""A client from environment variables: the names are those of Jenkins' own command line."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from ci.errors import UsageError
from ci.jenkins.client import JenkinsClient


def from_env(environ: Mapping[str, str] = os.environ) -> JenkinsClient:
    """A client for JENKINS_URL with JENKINS_USER_ID and JENKINS_API_TOKEN, without these from ~/.netrc.

    JENKINS_CLIENT_CERT and JENKINS_CLIENT_KEY name the files of a client certificate; proxies and certificate
    authorities are those of requests (HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE). Raises UsageError.
    """
    user = environ.get("JENKINS_USER_ID", "").strip() or None
    token = environ.get("JENKINS_API_TOKEN", "").strip() or None  # often read from a file, with the end of its line
    if (user is None) != (token is None):
        there, missing = ("JENKINS_USER_ID", "JENKINS_API_TOKEN") if user else ("JENKINS_API_TOKEN", "JENKINS_USER_ID")
        raise UsageError(f"{there} is set and {missing} is not: set both, or none to use ~/.netrc")
    return JenkinsClient(server_address(environ), user, token, cert=_certificate(environ))


def server_address(environ: Mapping[str, str] = os.environ) -> str:
    """JENKINS_URL. Raises UsageError, which does not show it: it may hold a password."""
    url = environ.get("JENKINS_URL", "").strip()
    if not url:
        raise UsageError("JENKINS_URL is not set: export JENKINS_URL=https://jenkins.example.org/")
    if "@" in url:
        raise UsageError("JENKINS_URL holds a user: put it into JENKINS_USER_ID, and the token into JENKINS_API_TOKEN")
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.query or parts.fragment:
        raise UsageError("JENKINS_URL is no address of a server: write it as https://jenkins.example.org/")
    return url


def _certificate(environ: Mapping[str, str]) -> Path | tuple[Path, Path] | None:
    cert, key = environ.get("JENKINS_CLIENT_CERT"), environ.get("JENKINS_CLIENT_KEY")
    if not cert:
        return None
    for path in filter(None, (cert, key)):
        if not Path(path).is_file():
            raise UsageError(f"there is no client certificate or key {path}: see JENKINS_CLIENT_CERT")
    return (Path(cert), Path(key)) if key else Path(cert)
