"""The fit of one tile of the wardrobe: from which photos, with which options, what came of it."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Protocol

from tryon.errors import Cancelled, TryOnError
from tryon.fit import FitOptions, TryOn
from tryon.steps import OnStep, ignore
from tryon.ui import words
from tryon.ui.files import picture_jpeg
from tryon.ui.sessions import Sessions
from tryon.ui.wardrobe_table import Tile

LOG = logging.getLogger(__name__)

ERASED: Final = "The photo was erased because its time was over."
ERASED_REMEDY: Final = "Add it once more."


class Dresser(Protocol):
    """What the wardrobe needs of `tryon.studio.Studio`."""

    def try_on(
        self,
        person: bytes,
        garment: Sequence[bytes],
        options: FitOptions,
        on_step: OnStep,
        is_cancelled: Callable[[], bool],
    ) -> TryOn:
        """Dress a person in one garment or several. Raises TryOnError."""

    def turned(self, photo: bytes, quarters: int) -> bytes:
        """A picture file turned to the right by quarters. Raises TryOnError."""


class TileFits:
    """Fits tiles, each from what its visitor keeps.

    Args:
        service: does the fits.
        sessions: keeps photos and drafts.
        options: of every fit that nobody corrected.
    """

    def __init__(self, service: Dresser, sessions: Sessions, options: FitOptions) -> None:
        self._service = service
        self._sessions = sessions
        self._options = options

    def photos(self, visitor: str, tile: Tile) -> list[bytes]:
        """Person, then garments; empty when one of them is erased."""
        keys = (tile.person, *tile.garments)
        found = [photo for key in keys if (photo := self._sessions.photo(visitor, key))]
        return found if len(found) == len(keys) else []

    def options(self, visitor: str, tile: Tile | None) -> FitOptions:
        """How it was fitted: with what was corrected by hand, where it was."""
        if tile is None or not tile.is_corrected:
            return self._options
        work = self._sessions.load_work(visitor, tile.work_file)
        return work.options if work else self._options

    def fit(self, visitor: str, tile: Tile, is_cancelled: Callable[[], bool]) -> Tile | None:
        """The tile with what came of it; None when it was stopped."""
        start = time.perf_counter()
        photos = self.photos(visitor, tile)
        if not photos:
            return replace(tile, state="failed", reason=ERASED, remedy=ERASED_REMEDY)
        try:
            try_on = self._service.try_on(
                photos[0], photos[1:], self._options, on_step=ignore, is_cancelled=is_cancelled
            )
            if is_cancelled():
                return None
            self._sessions.save_file(visitor, tile.draft_file, picture_jpeg(try_on.best.draft.rgb))
            return replace(tile.with_fit(try_on), seconds=round(time.perf_counter() - start, 3))
        except Cancelled:
            return None
        except TryOnError as error:
            LOG.info("a tile failed: %s", error)
            return replace(tile, state="failed", reason=error.message, remedy=error.remedy,
                           cause=error.reason or "")  # fmt: skip
        except Exception:  # a bug: the log keeps the traceback, the visitor a sentence
            LOG.exception("a tile failed")
            return replace(tile, state="failed", reason=words.INTERNAL["message"],
                           remedy=words.INTERNAL["remedy"])  # fmt: skip
