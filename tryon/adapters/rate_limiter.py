"""Counts requests in a sliding window: in this process, or in Redis for all of them together."""

import logging
import math
import time
from collections.abc import Mapping, Sequence
from typing import Final, cast

from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

LOG = logging.getLogger(__name__)

REDIS_TIMEOUT_S: Final = 1.0


class SlidingWindows:
    """Limits by group of requests. Safe to use from several threads.

    With Redis away each process counts for itself: to refuse everybody, or to let everybody in
    without limit, would be worse.

    Args:
        rates: by group, like "60/minute".
        redis_url: None to count in this process.

    Raises:
        ValueError: a rate that is none.
    """

    def __init__(self, rates: Mapping[str, str], redis_url: str | None = None) -> None:
        self._rates: dict[str, RateLimitItem] = {}
        for group, rate in rates.items():
            self._rates[group] = _parsed(rate)
        self._local = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = None
        if redis_url is not None:
            storage = storage_from_string(
                redis_url, wrap_exceptions=True,
                socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S,
            )  # fmt: skip
            self._shared = SlidingWindowCounterRateLimiter(cast("Storage", storage))

    def wait_s(self, group: str, who: Sequence[str]) -> int:
        """Count one request of each of `who`; seconds to wait when one has had too many, else 0."""
        if self._shared is not None:
            try:
                return self._wait_s(self._shared, group, who)
            except StorageError as exc:
                LOG.warning("requests are counted by each process: %s", type(exc).__name__)
        return self._wait_s(self._local, group, who)

    def _wait_s(
        self, limiter: SlidingWindowCounterRateLimiter, group: str, who: Sequence[str]
    ) -> int:
        rate = self._rates[group]
        waits = [
            limiter.get_window_stats(rate, group, one).reset_time - time.time()
            for one in who
            if not limiter.hit(rate, group, one)
        ]
        return max((max(1, math.ceil(wait)) for wait in waits), default=0)


def _parsed(rate: str) -> RateLimitItem:
    """One rate that lets somebody in. Raises ValueError."""
    try:
        [parsed] = parse_many(rate)
        if parsed.amount < 1:
            raise ValueError(rate)
    except ValueError as exc:
        raise ValueError(
            f"RATE_LIMIT and SUBMIT_LIMIT: want one rate like 60/minute, got {rate!r}"
        ) from exc
    return parsed
