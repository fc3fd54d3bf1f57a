"""Whole fits give way to those who drag."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tryon.process import BACKGROUND, WHOLE_FIT, give_way

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only there a thread has its own")


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_a_pool_that_gives_way_leaves_other_threads_as_they_are() -> None:
    """The page's loop and the corrections keep the priority of the process."""
    before = niceness()

    with ThreadPoolExecutor(1, initializer=give_way) as pool:
        assert pool.submit(niceness).result() == max(before, WHOLE_FIT)

    assert niceness() == before


def test_threads_begun_by_one_that_gives_way_do_so_too() -> None:
    """A fit prepares its garment on a thread of its own, and networks bring theirs."""

    def beside() -> int:
        with ThreadPoolExecutor(1) as inner:
            return inner.submit(niceness).result()

    with ThreadPoolExecutor(1, initializer=give_way, initargs=(BACKGROUND,)) as pool:
        assert pool.submit(beside).result() == max(niceness(), BACKGROUND)
