"""Clients that ask a server all the time, and remember every failure and the longest time without an answer."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

#: Seconds between two requests: the machine has a deployment to do, too.
_PAUSE = 0.005


class Client:
    """Asks one server again and again, on a new connection each time or on one that is kept."""

    def __init__(self, port: int, *, keep_alive: bool) -> None:
        self.answers: Counter[str] = Counter()
        self.failures: list[str] = []
        self.longest_gap = 0.0  # seconds
        self._headers = {} if keep_alive else {"Connection": "close"}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def end(self) -> None:
        """Ask no more."""
        self._ended.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        last = time.monotonic()
        while not self._ended.is_set():
            try:
                self.answers[self._ask()] += 1
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.failures.append(repr(error))
                self._connection.close()
            now = time.monotonic()
            self.longest_gap, last = max(self.longest_gap, now - last), now
            self._ended.wait(_PAUSE)

    def _ask(self) -> str:
        self._connection.request("GET", "/", headers=self._headers)
        response = self._connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise OSError(f"status {response.status}")
        return str(json.loads(content)["release"])


@contextmanager
def clients(port: int) -> Iterator[list[Client]]:
    """Two clients with new connections and two that keep theirs, until the block ends."""
    asking = [Client(port, keep_alive=kept) for kept in (False, False, True, True)]
    for client in asking:
        client.start()
    try:
        yield asking
    finally:
        for client in asking:
            client.end()


def assert_nothing_was_lost(asking: list[Client]) -> None:
    """No request failed; the longest gap is printed, not judged: it depends on what else the machine does."""
    for client in asking:
        print(f"{sum(client.answers.values())} answers, longest gap {client.longest_gap * 1000:.0f} ms")
        assert client.failures == []
        assert client.answers
