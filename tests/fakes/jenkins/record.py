"""What was asked, and what became of it."""

from collections import Counter
from dataclasses import dataclass

from tests.fakes.jenkins.messages import Request


@dataclass
class Exchange:
    """One request and what became of it; ``status`` 0 means that the connection was cut."""

    request: Request
    at: float
    """When it came, in seconds of the scenario."""
    status: int = 0
    bytes_sent: int = 0

    def __str__(self) -> str:
        return f"{self.request.method} {self.request.target}"


class Record:
    """All requests, in order."""

    def __init__(self) -> None:
        self.requests: list[Exchange] = []

    @property
    def calls(self) -> list[str]:
        """Method and target of every request."""
        return [str(one) for one in self.requests]

    @property
    def posts(self) -> Counter[str]:
        """How many POSTs each path got, lost ones included."""
        return Counter(one.request.path for one in self.requests if one.request.method == "POST")

    @property
    def bytes_sent(self) -> int:
        """Bytes of all bodies."""
        return sum(one.bytes_sent for one in self.requests)

    def forget_requests(self) -> None:
        """Count from here."""
        self.requests.clear()
