"""Signals in work that has to be undone: raised while it goes on, only noted while it is set up and removed."""

import os
import signal

import pytest

from ci.runner.interrupt import caught


def test_a_signal_is_raised_inside_and_noted_outside() -> None:
    steps = []
    with caught() as interrupt:
        with pytest.raises(KeyboardInterrupt), interrupt.raised():
            os.kill(os.getpid(), signal.SIGTERM)
            steps.append("not reached")
        os.kill(os.getpid(), signal.SIGTERM)
        steps.append("removed in peace")
    assert (steps, interrupt.signal, interrupt.is_forced) == (["removed in peace"], signal.SIGTERM, True)


def test_a_signal_that_came_before_is_raised_at_once() -> None:
    with caught() as interrupt:
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt), interrupt.raised():
            pytest.fail("it should not begin")
