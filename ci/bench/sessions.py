"""Opening sessions of the sides: fresh processes each time, with what is left to chance drawn anew."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from ci.bench.messages import Collected
from ci.bench.pair import Outcome, Pair, Turns
from ci.bench.process import WorkerFault
from ci.bench.settings import Settings, Side
from ci.errors import UsageError


class Sessions:
    """Sessions of one comparison. ``folder`` is for what they write."""

    def __init__(self, settings: Settings, folder: Path, dice: random.Random) -> None:
        self._settings, self._folder, self._dice = settings, folder, dice

    def open(self, sides: Sequence[Side]) -> Pair:
        """Fresh processes of the ``sides``, started in this order."""
        return Pair(sides, self._settings, self._folder, seed=self._dice.randrange(2**32))

    def alone(self, side: Side, ids: Sequence[str], turns: Turns) -> Iterator[Outcome]:
        """Run benchmarks of one side with no other beside it; in a new session after each that ends its own."""
        rest = list(ids)
        while rest:
            with self.open([side]) as session:
                collected(session)
                for outcome in session.run(rest, turns):
                    rest = rest[1:]
                    yield outcome


def collected(session: Pair) -> dict[str, Collected]:
    """What a session has collected. Raises UsageError if pytest could not even begin."""
    try:
        return session.collect()
    except WorkerFault as fault:
        raise UsageError(no_beginning(fault)) from None


def no_beginning(fault: WorkerFault) -> str:
    """What to say of a session that ended before it had collected."""
    return f"pytest could not begin on the {fault.side}, it {fault.how}\n{fault.output}".strip()
