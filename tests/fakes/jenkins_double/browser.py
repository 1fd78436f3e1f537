"""Somebody who asks the double, request by request."""

import json
from typing import Any

import requests

from tests.fakes.jenkins import JenkinsDouble


class Browser(requests.Session):
    """Asks one double, as the user it knows; follows no redirects."""

    def __init__(self, jenkins: JenkinsDouble) -> None:
        super().__init__()
        self.jenkins = jenkins
        self.trust_env = False
        self.auth = (jenkins.user, jenkins.token)

    def ask(self, call: str, **more: Any) -> requests.Response:
        """The answer to "METHOD path"."""
        method, path = call.split(" ", 1)
        more.setdefault("allow_redirects", False)
        return self.request(method, self.jenkins.url + path, timeout=10, **more)

    def json(self, path: str) -> Any:
        """The JSON of a path."""
        response = self.ask("GET " + path)
        assert response.status_code == 200, response.text
        return response.json()


def submitted(*pairs: tuple[str, str]) -> dict[str, str]:
    """The form that a browser would send."""
    return {"json": json.dumps({"parameter": [{"name": name, "value": value} for name, value in pairs]})}
