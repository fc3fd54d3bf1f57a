"""What visitors sent to review: sent by one function, remembered, taken back with their photos."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from tryon.errors import FitExpired, TryOnError
from tryon.fit import FitOptions, TryOn
from tryon.ui.sessions import Sessions

RECORD: Final = "review.json"
From = Literal["studio", "grid"]


@dataclass(frozen=True, slots=True)
class ReviewDesk:
    """Where fits are reviewed, as the page needs it.

    Attributes:
        send: hands a fit and how it was asked for over and returns the id of the copy; raises
            `TryOnError`.
        erase: erases the copies of these ids, those that are gone already too; raises `TryOnError`.
        keep_days: after so many days reviewers' copies are erased; None: when somebody does it.
    """

    send: Callable[[TryOn, FitOptions, From], str]
    erase: Callable[[Sequence[str]], object]
    keep_days: float | None = None


class Sent:
    """Sends fits of visitors to review and knows whose they are.

    Args:
        desk: takes them.
        sessions: a list of what was sent lies in the visitor's folder, and goes with it.
        retention_hours: how long that list lasts at least, so how long one can take back.
    """

    def __init__(self, desk: ReviewDesk, sessions: Sessions, retention_hours: float) -> None:
        self._desk = desk
        self._sessions = sessions
        self._hours = retention_hours
        self._lock = threading.Lock()  # two pages of one visitor may send at once
        self._num_forgotten: Counter[str] = Counter()

    @property
    def terms(self) -> dict[str, Any]:
        """What a visitor is told before sending, for `js/ask_review.js`."""
        days = self._desk.keep_days
        return {"hours": f"{self._hours:g}", "days": "" if days is None else f"{days:g}"}

    def tiles(self, visitor: str) -> list[str]:
        """Ids of the wardrobe's tiles that the visitor sent."""
        return self._list(visitor, "tiles")

    def send(
        self, visitor: str, try_on: TryOn, options: FitOptions, source: From, tile: str = ""
    ) -> None:
        """Send one fit; what cannot be remembered is not left with the reviewers.

        Args:
            visitor: whose it is.
            try_on: the fit.
            options: it was made with.
            source: which page it comes from.
            tile: id of the tile it was made for again, if any.

        Raises:
            TryOnError: it was not sent.
        """
        before = self._num_forgotten[visitor]
        item = self._desk.send(try_on, options, source)
        try:
            with self._lock:
                if self._num_forgotten[visitor] != before:
                    raise FitExpired("everything was erased while it was sent")
                items = [*self._list(visitor, "items"), item]
                self._remember(visitor, items, [*self.tiles(visitor), *([tile] if tile else [])])
        except TryOnError:
            self._desk.erase([item])
            raise

    def forget(self, visitor: str) -> TryOnError | None:
        """Erase the visitor's folder and what was sent from it; why the latter failed, if it did.

        What could not be erased stays on the list, so that it can be tried again.
        """
        with self._lock:
            self._num_forgotten[visitor] += 1
            items = self._list(visitor, "items")
            self._sessions.forget(visitor)
            try:
                if items:
                    self._desk.erase(items)
            except TryOnError as error:
                self._remember(visitor, items, [])
                return error
        return None

    def _list(self, visitor: str, name: str) -> list[str]:
        found = self._sessions.load(visitor, RECORD).get(name, [])
        return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []

    def _remember(self, visitor: str, items: Sequence[str], tiles: Sequence[str]) -> None:
        self._sessions.save(visitor, RECORD, {"items": list(items), "tiles": list(tiles)})
