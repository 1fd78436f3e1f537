"""Heroku's API and registry over HTTP: each call is sent once or, if it changes nothing, again with a back-off.

What it answers is read by `heroku_answers`.
"""

from collections.abc import Callable, Iterator

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from ci.deploy import heroku_calls as calls
from ci.deploy.heroku_answers import Answer, App, Health, Manifest, Problem, Processes, Release, decoded
from ci.deploy.heroku_calls import Call
from ci.deploy.heroku_settings import Patience, Settings
from ci.deploy.smoke import Unhealthy
from ci.errors import CiError

Authorization = Callable[[requests.PreparedRequest], requests.PreparedRequest]


class HerokuError(CiError):
    """Heroku refused, failed or did not answer."""


def _anonymous(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from looking for a login in ~/.netrc, where Heroku's command line puts one."""
    return request


class HerokuApi:
    """The calls for one app; to be closed."""

    def __init__(self, settings: Settings, patience: Patience) -> None:
        self._settings = settings
        self._timeout = (patience.connect, patience.answer)
        retries = Retry(
            total=patience.retries,
            allowed_methods={"GET"},
            status_forcelist={429, 500, 502, 503, 504},
            backoff_factor=patience.backoff,
            respect_retry_after_header=False,
            raise_on_status=False,
        )
        self._session, self._once = requests.Session(), requests.Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retries))

    def __enter__(self) -> "HerokuApi":
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()
        self._once.close()

    @property
    def app_name(self) -> str:
        """The app's name."""
        return self._settings.app

    def app(self) -> App:
        """The app. This and the following methods raise HerokuError."""
        return self._ask(calls.app(self.app_name), App)

    def latest_release(self) -> Release | None:
        """The latest release; None for a new app."""
        found = self._ask(calls.latest_release(self.app_name), list[Release])
        return found[0] if found else None

    def release(self, identity: str) -> Release:
        """One release."""
        return self._ask(calls.release(self.app_name, identity), Release)

    def release_image(self, digest: str) -> None:
        """Make the pushed image with the ID ``digest`` the app's web processes."""
        self._send(calls.release_image(self.app_name, digest))

    def web_processes(self) -> int:
        """How many web processes the app has."""
        found = self._ask(calls.formation(self.app_name), list[Processes])
        return sum(one.quantity for one in found if one.type == "web")

    def start_web(self) -> None:
        """Give the app one web process."""
        self._send(calls.start_web(self.app_name))

    def pushed_image(self) -> str:
        """The ID of the image that the registry holds."""
        call = calls.manifest(self.app_name)
        address = self._settings.registry + call.path
        response = self._request(call, address, ("", self._settings.key))
        if not (response.status_code == 404 and b"OCI" in response.content):
            self._check(call, response)
            if manifest := decoded(response.content, Manifest):
                if manifest.media_type == calls.DOCKER_MANIFEST:
                    return manifest.config.digest
        raise HerokuError(
            f"{self._settings.image} is no image in Docker's format (manifest v2, schema 2), the only one that Heroku "
            "takes: turn off docker's containerd image store, or use podman or buildah in place of docker"
        )

    def output(self, address: str, *, timeout: float) -> Iterator[str] | None:
        """What a release process writes, line by line, as it comes; None if it is not there yet.

        The stream ends silently where the connection breaks, and after ``timeout`` seconds without a line.
        """
        try:
            response = self._once.get(address, auth=_anonymous, stream=True, timeout=(self._timeout[0], timeout))
        except requests.RequestException:
            return None
        if response.status_code != 200:
            response.close()
            return None
        return _lines(response)

    def release_at(self, address: str) -> str:
        """The name of the release that answers at ``address``. Raises Unhealthy."""
        headers = {"Connection": "close", "Accept": "application/json"}
        try:
            response = self._once.get(
                f"{address}/healthz", headers=headers, auth=_anonymous, timeout=self._timeout, allow_redirects=False
            )
        except requests.RequestException as error:
            raise Unhealthy(f"{address}/healthz does not answer: {type(error).__name__}") from None
        if response.status_code != 200:
            raise Unhealthy(f"{address}/healthz answers {response.status_code}")
        if health := decoded(response.content, Health):
            return health.release
        raise Unhealthy(f"{address}/healthz answers without the name of a release")

    def _ask(self, call: Call, kind: type[Answer]) -> Answer:
        answer = decoded(self._send(call), kind)
        if answer is None:
            raise HerokuError(f"Heroku's answer to {call.method} {call.path} is not as documented")
        return answer

    def _send(self, call: Call) -> bytes:
        response = self._request(call, self._settings.api + call.path, self._bearer)
        self._check(call, response)
        return response.content

    def _bearer(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._settings.key}"
        return request

    def _request(self, call: Call, address: str, auth: Authorization | tuple[str, str]) -> requests.Response:
        try:
            return self._session.request(
                call.method,
                address,
                headers=call.headers(),
                json=call.body,
                auth=auth,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            what = f"{call.method} {address} got no answer ({type(error).__name__})"
        if call.method == "GET":
            raise HerokuError(f"{what}: check the network, and the proxy if there is one")
        raise HerokuError(
            f"{what}, so nobody knows whether it was done: look with `heroku releases --app {self.app_name}` "
            "before you deploy again"
        )

    def _check(self, call: Call, response: requests.Response) -> None:
        if not 200 <= response.status_code < 300:
            problem = decoded(response.content, Problem)
            said = self._settings.presentable(problem.message if problem else "")[:200]
            raise HerokuError(_refusal(response.status_code, call, self.app_name) + (f' ("{said}")' if said else ""))


def _refusal(status: int, call: Call, app: str) -> str:
    known = {
        401: "Heroku does not accept HEROKU_API_KEY: make a new one with `heroku authorizations:create`, and set it",
        403: f"the owner of HEROKU_API_KEY may not deploy {app}: let the app's owner run `heroku access:add`",
        404: f"Heroku has no app {app}, or HEROKU_API_KEY may not see it: check HEROKU_APP",
        429: "Heroku takes no more calls with this key for now: deploy again in a few minutes",
    }
    if status in known and (status != 404 or call == calls.app(app)):
        return known[status]
    if status >= 500:
        return f"Heroku has a problem, status {status}: look at https://status.heroku.com, then deploy again"
    return f"Heroku answers {call.method} {call.path} with status {status}"


def _lines(response: requests.Response) -> Iterator[str]:
    with response:
        try:
            for line in response.iter_lines():
                yield line.decode(errors="replace")
        except requests.RequestException:
            return
