"""Leave a service alone that is down, instead of keeping every visitor waiting for it."""

import threading
import time
from collections.abc import Callable


class Breaker:
    """Opens after several outages in a row; after a pause lets one call through to see.

    Args:
        most_outages: in a row before it opens.
        pause_s: how long it stays open.
        now: a clock in seconds.
    """

    def __init__(
        self, most_outages: int, pause_s: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._most_outages = most_outages
        self._pause_s = pause_s
        self._now = now
        self._lock = threading.Lock()
        self._outages = 0
        self._open_until = 0.0

    def allows(self) -> bool:
        """Whether to call now. While open, the first to ask after the pause may, alone."""
        with self._lock:
            if self._outages < self._most_outages:
                return True
            if self._now() < self._open_until:
                return False
            self._open_until = self._now() + self._pause_s
            return True

    def tell(self, *, is_outage: bool) -> None:
        """How a call ended; anything but an outage closes it again."""
        with self._lock:
            self._outages = self._outages + 1 if is_outage else 0
            if self._outages >= self._most_outages:
                self._open_until = self._now() + self._pause_s
