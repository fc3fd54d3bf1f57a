"""What visitors bring and make on the page, all of it kept as long and erased together."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from tryon.fit import FitOptions
from tryon.ui.files import keep_erasing
from tryon.ui.finals import Finals, Finisher
from tryon.ui.saved import SavedTryOns
from tryon.ui.sessions import Sessions
from tryon.ui.tile_fits import Dresser
from tryon.ui.wardrobe import Wardrobes

SWEEP_S: Final = 600  # how often files past their time are looked for


class Maker(Dresser, Finisher, Protocol):
    """What visits need of `tryon.studio.Studio`."""


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """Every visitor's work.

    Attributes:
        sessions: photos and decisions, kept over a reload, in files below `folder`.
        wardrobes: fills visitors' tables in the background.
        finals: makes final pictures.
        saved: keeps try-ons that are shown to others.
        folder: of the files.
        hours: they are erased after this time.
    """

    sessions: Sessions
    wardrobes: Wardrobes
    finals: Finals
    saved: SavedTryOns
    folder: Path
    hours: float

    @classmethod
    def open(cls, folder: Path, studio: Maker, defaults: FitOptions, hours: float) -> "Visits":
        """Everything that lies in a folder.

        Args:
            folder: made when the first visitor comes.
            studio: does the work.
            defaults: options of the wardrobe's fits.
            hours: how long files are kept.
        """
        sessions = Sessions(folder)
        return cls(
            sessions, Wardrobes(studio, sessions, defaults), Finals(studio, sessions),
            SavedTryOns(sessions, hours), folder, hours,
        )  # fmt: skip

    @property
    def keep_s(self) -> int:
        """Seconds that files are kept."""
        return max(1, round(self.hours * 3600))

    @property
    def sweep_s(self) -> int:
        """How often files past their time are looked for."""
        return min(SWEEP_S, self.keep_s)

    async def keep_erasing(self) -> None:
        """Erase what is past its time now and then, until cancelled."""
        await keep_erasing(self.keep_s, self.sweep_s, self.folder)

    def close(self) -> None:
        """Stop what still works in the background."""
        self.wardrobes.close()
