"""What anybody may ask, without the key: the app itself, and the output of a release process."""

from collections.abc import Iterator

import requests
import urllib3

from ci.deploy.heroku.answers import Health, decoded
from ci.deploy.heroku.settings import Patience
from ci.deploy.smoke import Unhealthy, beginning


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
        status, content = self._page(f"{address}/healthz")
        if status != 200:
            raise Unhealthy(f"{address}/healthz answers {status}")
        if health := decoded(content, Health):
            return health.release
        raise Unhealthy(f"{address}/healthz answers without the name of a release")

    def check_page(self, address: str) -> None:
        """Raises Unhealthy if the page at ``address`` is an error; one that leads elsewhere, to a login, is none."""
        status, _ = self._page(f"{address}/")
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

    def _page(self, address: str) -> tuple[int, bytes]:
        """Status and content."""
        try:
            with self._session.get(
                address,
                # A new connection each time: it may meet another process.
                headers={"Connection": "close", "Accept-Encoding": "identity"},
                auth=_anonymous,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                return response.status_code, beginning(response.raw, timeout=self._timeout[1])
        except (requests.RequestException, urllib3.exceptions.HTTPError, TimeoutError) as error:
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
