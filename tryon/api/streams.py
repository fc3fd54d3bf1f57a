"""How many streams of events may be open: each holds a connection and asks the table for hours."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Final

from fastapi import Request

from tryon.api.caller import CallerOf
from tryon.errors import RateLimited

MOST: Final = 200  # in one process; they make 500 looks at the table a second
MOST_OF_ONE: Final = 50  # of one key; of one address, where there is no key


class Streams:
    """Counts those that are open. Belongs to one event loop."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    async def place(self, request: Request, caller: CallerOf) -> AsyncIterator[None]:
        """A dependency: a place, held until the stream has ended or its client is gone.

        Raises:
            RateLimited: there is none.
        """
        address = request.client.host if request.client else "unknown"
        who = caller.owner if caller.can_list else f"address {address}"
        if self._open[who] >= MOST_OF_ONE:
            raise _refused(f"You have {MOST_OF_ONE} streams of events open already.")
        if self._open.total() >= MOST:
            raise _refused("Too many streams of events are open.")
        self._open[who] += 1
        try:
            yield
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]


def _refused(message: str) -> RateLimited:
    remedy = "Ask for the status now and then instead, or close streams nobody watches any more."
    return RateLimited(message=message, remedy=remedy)
