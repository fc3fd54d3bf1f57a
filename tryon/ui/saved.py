"""Try-ons saved to be shown to others: each under a name nobody can guess, until its time is over.

A saved try-on is a copy in a folder of its own, beside those of the visitors and erased by the same
clock. The visitor's folder has the names, so that "delete my photos" finds them all.
"""

import hashlib
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, get_args

from tryon.errors import FitExpired
from tryon.ui.sessions import Sessions

Kind = Literal["before", "draft", "final"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MOST_SAVED: Final = 20  # of one visitor; the oldest go first
RECORD: Final = "try-on.json"
LIST: Final = "saved.json"
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class SavedTryOns:
    """Keeps them and finds them by name.

    Args:
        sessions: where they lie.
        retention_hours: how long.
    """

    def __init__(self, sessions: Sessions, retention_hours: float) -> None:
        self._sessions = sessions
        self.hours = retention_hours
        self._lock = threading.Lock()  # a try-on is saved or erased as one
        self._num_forgotten: Counter[str] = Counter()

    def watch(self, visitor: str) -> int:
        """A number to give to `save`: it has changed when everything was erased meanwhile."""
        return self._num_forgotten[visitor]

    def save(
        self, visitor: str, watched: int, record: Mapping[str, Any], pictures: Mapping[Kind, bytes]
    ) -> str:
        """Keep a copy; its name.

        Args:
            visitor: whose it is.
            watched: what `watch` said before the pictures were made.
            record: what is said of it; JSON.
            pictures: JPEG files.

        Raises:
            FitExpired: the visitor erased everything meanwhile.
            StorageError: the disk said no.
        """
        name = secrets.token_urlsafe(32)
        ends = time.time() + self.hours * 3600
        with self._lock:
            if self._num_forgotten[visitor] != watched:
                raise FitExpired("everything was erased while it was saved")
            names = [*self._names(visitor), name]
            for old in names[:-MOST_SAVED]:
                self._sessions.forget(_folder(old))
            self._sessions.save(visitor, LIST, {"names": names[-MOST_SAVED:]})  # before any file
            for kind, jpeg in pictures.items():
                self._sessions.save_file(_folder(name), f"{kind}.jpg", jpeg)
            self._sessions.save(_folder(name), RECORD, {**record, "ends": ends})
        return name

    def load(self, name: str) -> dict[str, Any] | None:
        """What is said of it; None: there is none, or its time is over."""
        if not _NAME.fullmatch(name):
            return None
        record = self._sessions.load(_folder(name), RECORD)
        return record if record.get("ends", 0) > time.time() else None

    def picture(self, name: str, kind: str) -> bytes | None:
        """A JPEG of it; None: there is none, or its time is over."""
        if kind not in KINDS or self.load(name) is None:
            return None
        return self._sessions.read_file(_folder(name), f"{kind}.jpg")

    def take_back(self, visitor: str, name: str) -> None:
        """Erase one that this visitor saved."""
        with self._lock:
            names = self._names(visitor)
            if name in names:
                self._sessions.forget(_folder(name))
                self._sessions.save(visitor, LIST, {"names": [n for n in names if n != name]})

    def forget(self, visitor: str) -> None:
        """Erase all that this visitor saved. Call it before `Sessions.forget`."""
        with self._lock:
            self._num_forgotten[visitor] += 1
            for name in self._names(visitor):
                self._sessions.forget(_folder(name))
            self._sessions.drop_file(visitor, LIST)

    def _names(self, visitor: str) -> Sequence[str]:
        found = self._sessions.load(visitor, LIST).get("names", [])
        return [name for name in found if isinstance(name, str) and _NAME.fullmatch(name)]


def _folder(name: str) -> str:
    """Sessions know folders by digests; the disk does not tell the names."""
    return hashlib.sha256(f"saved {name}".encode()).hexdigest()
