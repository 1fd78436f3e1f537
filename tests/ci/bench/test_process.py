"""A worker that ends before it has said anything."""

from pathlib import Path

import pytest

from ci.bench.messages import Collected, Order
from ci.bench.process import Worker, WorkerFault
from ci.bench.settings import Side


@pytest.mark.parametrize(("last", "how"), [
    ("exit 3", "ended with exit code 3"), ("kill -9 $$", "was ended by SIGKILL"),
    ("kill -40 $$", "was ended by signal 40"),  # of those that have no name
])
def test_it_is_said_how_it_ended_and_what_it_wrote(tmp_path: Path, last: str, how: str) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho last words\n{last}\n")
    python.chmod(0o755)
    order = Order(arguments=(), folder="", other="", seed=0)
    side = Side(name="base", folder=tmp_path, python=python)
    with pytest.raises(WorkerFault) as caught:
        Worker(side, order, tmp_path, hash_seed=0, hang=30).receive(Collected)
    assert (caught.value.side, caught.value.how, caught.value.output) == ("base", how, "last words")
