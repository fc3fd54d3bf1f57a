"""The cache of prepared photos: made once, kept a few, forgotten on demand."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.servers import HELD_S, WAIT_S
from tryon.cache import ContentCache


def test_two_threads_asking_for_one_key_make_it_once() -> None:
    """Two visitors with the same photo do not both wait for the models."""
    cache: ContentCache[object] = ContentCache(2)
    made: list[object] = []

    def make() -> object:
        made.append(object())
        time.sleep(0.05)
        return made[-1]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: cache.get_or_make("photo", make), range(4)))

    assert len(made) == 1
    assert all(f is made[0] for f in found)


def test_different_keys_are_made_at_the_same_time() -> None:
    """A slow photo of one visitor does not hold up another's."""
    cache: ContentCache[bool] = ContentCache(2)
    both = threading.Barrier(2, timeout=WAIT_S)

    def make() -> bool:
        both.wait()  # passes only while the other is being made as well
        return True

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda key: cache.get_or_make(key, make), ["one", "two"]))

    assert found == [True, True]


def test_the_oldest_is_dropped_and_use_keeps_young() -> None:
    """Memory stays bounded, and the photo somebody works with is the last to go."""
    cache: ContentCache[str] = ContentCache(2)
    cache.get_or_make("a", lambda: "A")
    cache.get_or_make("b", lambda: "B")
    cache.get("a")

    cache.get_or_make("c", lambda: "C")

    assert (cache.get("a"), cache.get("b"), cache.get("c")) == ("A", None, "C")


def test_a_failure_keeps_nothing_and_the_next_try_is_made() -> None:
    """A cancelled or failed photo can simply be tried again."""
    cache: ContentCache[str] = ContentCache(2)

    def fail() -> str:
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011
        cache.get_or_make("a", fail)

    assert cache.get_or_make("a", lambda: "A") == "A"


def test_failures_leave_nothing_behind() -> None:
    """A server that refuses a million bad photos is as large as before."""
    cache: ContentCache[str] = ContentCache(2)

    def fail() -> str:
        raise OSError

    for key in "abc":
        with pytest.raises(OSError):  # noqa: PT011
            cache.get_or_make(key, fail)

    assert cache._making == {}


def test_who_waited_for_a_failure_still_makes_it_once() -> None:
    """After one visitor cancels, those who waited for the same photo make it once, not each."""
    cache: ContentCache[str] = ContentCache(2)
    made: list[str] = []
    entered, may_fail = threading.Event(), threading.Event()

    def fail() -> str:
        entered.set()
        may_fail.wait(HELD_S)
        raise OSError

    def make() -> str:
        time.sleep(0.1)
        made.append("A")
        return "A"

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(cache.get_or_make, "a", fail)
        assert entered.wait(WAIT_S)
        second = pool.submit(cache.get_or_make, "a", make)
        while _waiting(cache) < 2:
            time.sleep(0.001)
        may_fail.set()
        with pytest.raises(OSError):  # noqa: PT011
            first.result(WAIT_S)
        third = pool.submit(cache.get_or_make, "a", make)

        assert (second.result(WAIT_S), third.result(WAIT_S)) == ("A", "A")
    assert made == ["A"]


def _waiting(cache: ContentCache[str]) -> int:
    turn = cache._making.get("a")
    return turn.users if turn else 0


def test_clearing_forgets_everything() -> None:
    """What a visitor erased is not served to the next."""
    cache: ContentCache[str] = ContentCache(2)
    cache.get_or_make("a", lambda: "A")

    cache.clear()

    assert cache.get("a") is None
