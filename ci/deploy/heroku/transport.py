"""Calls over HTTP: one that changes something is sent once, a question again with a back-off."""

from collections.abc import Callable

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from ci.deploy.heroku import calls
from ci.deploy.heroku.answers import Problem, decoded
from ci.deploy.heroku.calls import Call
from ci.deploy.heroku.settings import KEY, Patience, Settings
from ci.errors import CiError

Authorization = Callable[[requests.PreparedRequest], requests.PreparedRequest]

_UNKNOWN = "so nobody knows whether it was done, and it was not sent again"


class HerokuError(CiError):
    """Heroku refused, failed or did not answer."""


class Transport:
    """Sends the calls for one app; to be closed."""

    def __init__(self, settings: Settings, patience: Patience) -> None:
        self.settings = settings
        self._timeout = (patience.connect, patience.answer)
        retries = Retry(
            total=patience.retries,
            allowed_methods={"GET"},
            status_forcelist={429, 500, 502, 503, 504},
            backoff_factor=patience.backoff,
            retry_after_max=int(patience.retry_after),
            raise_on_status=False,
        )
        self._session = requests.Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retries))

    def close(self) -> None:
        """Close its connections."""
        self._session.close()

    def send(self, call: Call, *, missing_ok: bool = False) -> bytes | None:
        """Send a call to the API; return the body of the answer, None if ``missing_ok`` and the answer is 404.

        Raises HerokuError.
        """
        response = self._request(call, self.settings.api, self._bearer)
        if missing_ok and response.status_code == 404:
            return None
        self._check(call, response)
        return response.content

    def ask_registry(self, call: Call) -> bytes | None:
        """Send a question to the registry; return the body, None if it has the image in OCI's format only.

        Raises HerokuError.
        """
        response = self._request(call, self.settings.registry, ("", self.settings.key))
        if response.status_code == 404 and b"OCI" in response.content:
            return None
        self._check(call, response)
        return response.content

    def _bearer(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.settings.key}"
        return request

    def _request(self, call: Call, base: str, auth: Authorization | tuple[str, str]) -> requests.Response:
        try:
            return self._session.request(
                call.method,
                base + call.path,
                headers=call.headers(),
                json=call.body,
                auth=auth,
                timeout=self._timeout,
                allow_redirects=False,  # the key goes nowhere else
            )
        except requests.RequestException as error:
            what = f"{call.method} {base}{call.path} got no answer ({type(error).__name__})"
        if call.method == "GET":
            raise HerokuError(f"{what}: check the network, and the proxy if there is one")
        raise HerokuError(f"{what}, {_UNKNOWN}")

    def _check(self, call: Call, response: requests.Response) -> None:
        if not 200 <= response.status_code < 300:
            problem = decoded(response.content, Problem)
            said = self.settings.presentable(problem.message if problem else "")[:200]
            raise HerokuError(self._refusal(call, response) + (f' ("{said}")' if said else ""))

    def _refusal(self, call: Call, response: requests.Response) -> str:
        status, app = response.status_code, self.settings.app
        wait = response.headers.get("Retry-After", "")
        when = f"in {wait} seconds" if wait.isdecimal() else "in a few minutes"
        known = {
            401: f"Heroku does not accept {KEY}: make a new one with `heroku authorizations:create`, and set it",
            403: f"the owner of {KEY} may not deploy {app}: let the app's owner run `heroku access:add`",
            404: f"Heroku has no app {app}, or {KEY} may not see it: check HEROKU_APP",
            429: f"Heroku takes no more calls with this key for now: try again {when}",
        }
        if status in known and (status != 404 or call in (calls.app(app), calls.releases(app), calls.formation(app))):
            return known[status]
        if status >= 500 and call.method != "GET":
            return f"{call.method} {call.path} met a problem of Heroku's, status {status}, {_UNKNOWN}"
        if status >= 500:
            return f"Heroku has a problem, status {status}: look at https://status.heroku.com, then try again"
        if 300 <= status < 400:
            return f"{call.method} {call.path} was sent elsewhere, status {status}, which no call follows: a proxy?"
        return f"Heroku answers {call.method} {call.path} with status {status}"
