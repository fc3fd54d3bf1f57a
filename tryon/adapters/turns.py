"""One at a time through what keeps every core busy, and out of it together."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Lets one thread in after the other, and nobody go on before all who wait have been in.

    For work that uses every core, followed by work that uses one: whoever is done first would only
    take cores from the next, and have nothing left to do when that one is alone.
    """

    def __init__(self) -> None:
        self._inside = threading.Lock()
        self._changed = threading.Condition()
        self._num_came = self._num_done = 0

    @property
    def num_here(self) -> int:
        """How many wait for their turn or have it."""
        with self._changed:
            return self._num_came - self._num_done

    @contextmanager
    def take(self) -> Iterator[None]:
        """Wait for a turn; afterwards, for those who came before it was over."""
        with self._changed:
            self._num_came += 1
        try:
            with self._inside:
                yield
        finally:
            with self._changed:
                self._num_done += 1
                self._changed.notify_all()
                all_by_now = self._num_came
                self._changed.wait_for(lambda: self._num_done >= all_by_now)
