"""What anybody may ask, without the key: the app itself, and the output of a release process."""

from collections.abc import Iterator

import requests

from ci.deploy.heroku.answers import Health, decoded
from ci.deploy.heroku.settings import Patience
from ci.deploy.smoke import Unhealthy


class Visitor:
    """Asks over HTTP, through the proxy if there is one; to be closed."""

    def __init__(self, patience: Patience) -> None:
        self._timeout = (patience.connect, patience.answer)
        self._session = requests.Session()

    def close(self) -> None:
        """Close its connections."""
        self._session.close()

    def release_at(self, address: str) -> str:
        """The name of the release that answers at ``address``. Raises Unhealthy."""
        response = self._page(f"{address}/healthz")
        if response.status_code != 200:
            raise Unhealthy(f"{address}/healthz answers {response.status_code}")
        if health := decoded(response.content, Health):
            return health.release
        raise Unhealthy(f"{address}/healthz answers without the name of a release")

    def check_page(self, address: str) -> None:
        """Raises Unhealthy if the page at ``address`` is an error; one that leads elsewhere, to a login, is none."""
        status = self._page(f"{address}/").status_code
        if status >= 400:
            raise Unhealthy(f"{address}/ answers {status}")

    def output(self, address: str, *, timeout: float) -> Iterator[str] | None:
        """What a release process writes, line by line, as it comes; None if it is not there yet.

        The stream ends silently where the connection breaks, and after ``timeout`` seconds without a line.
        """
        try:
            response = self._session.get(address, auth=_anonymous, stream=True, timeout=(self._timeout[0], timeout))
        except requests.RequestException:
            return None
        if response.status_code != 200:
            response.close()
            return None
        return _lines(response)

    def _page(self, address: str) -> requests.Response:
        try:
            return self._session.get(
                address,
                headers={"Connection": "close"},  # a new connection each time: it may meet another process
                auth=_anonymous,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise Unhealthy(f"{address} does not answer: {type(error).__name__}") from None


def _anonymous(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from looking for a login in ~/.netrc, where Heroku's command line puts one."""
    return request


def _lines(response: requests.Response) -> Iterator[str]:
    with response:
        try:
            for line in response.iter_lines():
                yield line.decode(errors="replace")
        except requests.RequestException:
            return
