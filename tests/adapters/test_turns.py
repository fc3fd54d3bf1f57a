"""Turns at work that keeps every core busy."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tryon.adapters.turns import Turns

PATIENCE_S = 30.0
ENOUGH_TO_GO_ON_S = 0.1  # for a thread that nothing holds back


def until_here(turns: Turns, number: int) -> None:
    """Wait until this many threads wait for their turn or have it."""
    give_up = time.monotonic() + PATIENCE_S
    while turns.num_here < number:
        assert time.monotonic() < give_up
        time.sleep(0.001)


def test_nobody_goes_on_before_those_who_wait_had_their_turn() -> None:
    """Person and garment are taken apart side by side, a core each, once both have their alpha."""
    turns, first_went_on = Turns(), Event()

    def second() -> bool:
        with turns.take():
            return first_went_on.wait(ENOUGH_TO_GO_ON_S)

    with ThreadPoolExecutor(1) as pool:
        with turns.take():
            met_inside = pool.submit(second)
            until_here(turns, 2)
        first_went_on.set()

        assert not met_inside.result(PATIENCE_S)
        assert turns.num_here == 0


def test_one_alone_does_not_wait() -> None:
    """A picture whose partner is in memory already is answered at once."""
    turns = Turns()

    for _ in range(2):
        with turns.take():
            assert turns.num_here == 1

    assert turns.num_here == 0


def test_a_failure_inside_gives_the_turn_back() -> None:
    """A network that cannot be opened must not lock everybody else out."""
    turns = Turns()

    with pytest.raises(OSError, match="no model"), turns.take():
        raise OSError("no model")

    with turns.take():
        assert turns.num_here == 1
