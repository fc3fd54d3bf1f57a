"""Keep the results of slow work by content, a few at a time."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Turn:
    """Whose turn it is to make one key; kept as long as anybody waits."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0


class ContentCache(Generic[T]):
    """The last few results by key; two threads asking for one key make it once.

    Args:
        size: how many results are kept.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, T] = OrderedDict()
        self._making: dict[str, _Turn] = {}

    def get(self, key: str) -> T | None:
        """What is kept under a key, now the youngest; None when there is nothing."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def get_or_make(self, key: str, make: Callable[[], T]) -> T:
        """What is kept under a key, or else what `make` returns. An error keeps nothing."""
        with self._lock:
            turn = self._making.setdefault(key, _Turn())
            turn.users += 1
        try:
            with turn.lock:
                found = self.get(key)
                if found is None:
                    found = make()
                    with self._lock:
                        self._kept[key] = found
                        while len(self._kept) > self._size:
                            self._kept.popitem(last=False)
                return found
        finally:
            with self._lock:
                turn.users -= 1
                if not turn.users:
                    del self._making[key]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
