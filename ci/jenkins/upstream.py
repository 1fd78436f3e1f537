"""python-jenkins, which has no type annotations, as the rest of the package sees it."""

from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:

    class Jenkins:
        """What the package uses and overrides of `jenkins.Jenkins`, as python-jenkins 1.8.3 defines it."""

        server: str
        timeout: Any
        auth: Any
        crumb: Any
        _session: requests.Session
        _auth_resolved: bool

        def __init__(self, url: str, username: str | None = None, password: str | None = None) -> None: ...

        def jenkins_request(
            self, req: requests.Request, add_crumb: bool = True, resolve_auth: bool = True, stream: bool | None = None
        ) -> requests.Response: ...

    class JenkinsException(Exception):
        """The base of everything that python-jenkins raises."""

    class NotFoundException(JenkinsException):
        """Status 404."""

    class TimeoutException(JenkinsException):
        """No answer in time."""

else:
    from jenkins import Jenkins, JenkinsException, NotFoundException, TimeoutException

__all__ = ["Jenkins", "JenkinsException", "NotFoundException", "TimeoutException"]
