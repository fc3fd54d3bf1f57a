"""Final pictures of a visitor: made beside the page, cancellable, kept so none is paid twice."""

import hashlib
import logging
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from tryon.artifacts.files import final_png
from tryon.fit import TryOn
from tryon.generation.final import Final as FinalPicture
from tryon.generation.generators import GeneratorInfo
from tryon.generation.options import FinalOptions
from tryon.process import give_way
from tryon.steps import OnStep, ignore
from tryon.ui.files import picture_jpeg
from tryon.ui.sessions import Sessions

LOG = logging.getLogger(__name__)

SLOTS: Final = 2  # at once; a remote generator mostly waits, the offline one takes a core
MOST_KEPT: Final = 12  # of one visitor; the oldest go first
PREVIEW_PX: Final = 1600
RECORD: Final = "finals.json"


class Finisher(Protocol):
    """What the final step needs of `tryon.studio.Studio`."""

    def finish(
        self,
        try_on: TryOn,
        options: FinalOptions | None,
        on_step: OnStep,
        is_cancelled: Callable[[], bool],
    ) -> FinalPicture:
        """Stage 6. Raises TryOnError."""

    def generators(self) -> tuple[GeneratorInfo, ...]:
        """Who can make final pictures."""


@dataclass(slots=True, eq=False)
class Making:
    """One final picture under way."""

    future: "Future[FinalPicture]"
    _stop: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Stop it as soon as the generator can be left."""
        self._stop.set()
        self.future.cancel()

    @property
    def is_cancelled(self) -> bool:
        """Whether someone asked to stop."""
        return self._stop.is_set()


class Finals:
    """Makes and keeps final pictures.

    Args:
        finisher: makes them.
        sessions: keeps them in the visitor's folder.
    """

    def __init__(self, finisher: Finisher, sessions: Sessions) -> None:
        self.finisher = finisher
        self._sessions = sessions
        self._pool = ThreadPoolExecutor(SLOTS, "final", give_way)

    def make(self, try_on: TryOn, options: FinalOptions) -> Making:
        """Begin one; the future has it, or raises what went wrong."""
        stop = threading.Event()
        future = self._pool.submit(self.finisher.finish, try_on, options, ignore, stop.is_set)
        return Making(future, stop)

    def keep(
        self, visitor: str, pair: str, try_on: TryOn, options: FinalOptions, final: FinalPicture
    ) -> None:
        """Add a finished picture to the visitor's.

        Raises:
            StorageError: the disk said no.
        """
        name = secrets.token_hex(8)
        best = try_on.best
        pictures = {
            "full": final_png(final),
            "final": picture_jpeg(final.image, PREVIEW_PX),
            "draft": picture_jpeg(best.draft.rgb, PREVIEW_PX),
            "before": picture_jpeg(try_on.person.photo.rgb, PREVIEW_PX),
        }
        for kind, content in pictures.items():
            self._sessions.save_file(visitor, _file(name, kind), content)
        kept = self.all(visitor)
        kept.append({
            "id": name,
            "pair": pair,
            "size": [final.image.shape[1], final.image.shape[0]],
            "generator": final.generator,
            "model": final.model,
            "realism": options.realism_level,
            "seconds": round(final.seconds, 1),
            "cost_usd": final.cost_usd,
            "notes": list(final.notes),
            "failure": final.failure.to_json() if final.failure else None,
            "checks": [{"message": c.message, "passed": c.passed} for c in final.checks],
        })  # fmt: skip
        for old in kept[:-MOST_KEPT]:
            for kind in pictures:
                self._sessions.drop_file(visitor, _file(old["id"], kind))
        self._sessions.save(visitor, RECORD, {"finals": kept[-MOST_KEPT:]})

    def all(self, visitor: str) -> list[dict[str, Any]]:
        """Records of the visitor's pictures, the oldest first."""
        found = self._sessions.load(visitor, RECORD).get("finals", [])
        return list(found) if isinstance(found, list) else []

    def picture(self, visitor: str, name: str, kind: str) -> bytes | None:
        """`final`, `draft` and `before` are previews, `full` is the PNG at full size."""
        known = {record["id"] for record in self.all(visitor)}
        return self._sessions.read_file(visitor, _file(name, kind)) if name in known else None


def pair_of(person: bytes, garment: bytes) -> str:
    """What the finals of the same two photos have in common."""
    both = hashlib.sha256(person).digest() + hashlib.sha256(garment).digest()
    return hashlib.sha256(both).hexdigest()


def _file(name: str, kind: str) -> str:
    return f"final-{name}-{kind}.{'png' if kind == 'full' else 'jpg'}"
