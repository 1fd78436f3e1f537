"""A client from environment variables: the names are those of Jenkins' own command line."""

import os
from collections.abc import Mapping

from ci.jenkins.client import JenkinsClient


def from_env(environ: Mapping[str, str] = os.environ) -> JenkinsClient:
    """A client for JENKINS_URL with JENKINS_USER_ID and JENKINS_API_TOKEN, without these from ~/.netrc.

    JENKINS_CLIENT_CERT and JENKINS_CLIENT_KEY name the files of a client certificate; proxies and certificate
    authorities are those of requests (HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE). Raises UsageError.
    """
    raise NotImplementedError
