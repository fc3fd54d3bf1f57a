"""Counting requests: in one process, and in Redis for all of them."""

import pytest

from tests.servers import Process
from tryon.adapters.rate_limiter import SlidingWindows

RATES = {"any": "3/day"}  # a test may meet the end of a minute


def test_each_is_counted_for_itself() -> None:
    """One address too many leaves the others alone, and says how long to wait."""
    windows = SlidingWindows(RATES)

    waits = [windows.wait_s("any", ["a"]) for _ in range(4)]

    assert waits[:3] == [0, 0, 0]
    assert 1 <= waits[3] <= 86_400
    assert windows.wait_s("any", ["b"]) == 0


def test_processes_count_together_in_redis(redis: Process) -> None:
    """Ten API processes do not mean ten times the limit."""
    url = f"redis://127.0.0.1:{redis.port}/0"
    one, other = SlidingWindows(RATES, url), SlidingWindows(RATES, url)

    waits = [windows.wait_s("any", ["a"]) for windows in (one, other, one, other)]

    assert waits[:3] == [0, 0, 0]
    assert waits[3] > 0


def test_without_redis_each_process_counts_for_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither is everybody refused, nor is there no limit."""
    windows = SlidingWindows(RATES, "redis://127.0.0.1:1/0")

    waits = [windows.wait_s("any", ["a"]) for _ in range(4)]

    assert [wait > 0 for wait in waits] == [False, False, False, True]
    assert "counted by each process" in caplog.text


@pytest.mark.parametrize("rate", ["many", "0/minute", "1/second;20/minute", ""])
def test_a_rate_that_is_none_is_refused_at_start(rate: str) -> None:
    """With an example of one; of two rates none is left out in silence."""
    with pytest.raises(ValueError, match="one rate like 60/minute"):
        SlidingWindows({"any": rate})
