"""The studio's anchor editor on the labelling screen: it opens a kept fit and lays it anew.

A kept fit has no uploaded photos any more. It is made again from its working picture and from the
garment's cutout, whose own transparency stands for the mask. Scores are not told: reviewers judge
blind.
"""

from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from tryon import pictures
from tryon.anchors import AnchorPair, Tuck
from tryon.arrays import SoftMask
from tryon.errors import StorageError
from tryon.fit import FitOptions, TryOn
from tryon.ui import editor_words
from tryon.ui.anchor_editor import draft_address, outline, point_rows, with_points
from tryon.ui.runner import TryOnService
from tryon.ui.workbench import Fit, Workbench

PERSON: Final = "person.png"
GARMENT: Final = "garment_cutout.png"
SLOTS: Final = 1  # visitors of the studio share the machine
HELD: Final = 2


class ReviewAnchors:
    """See `tryon.api.review.AnchorEditor`."""

    def __init__(self, service: TryOnService) -> None:
        self._bench = Workbench(service, SLOTS, HELD)

    def open(self, folder: Path, found: AnchorPair, now: AnchorPair, tuck: Tuck) -> dict[str, Any]:
        """What the editor draws; pictures are named by the page, which has them.

        Args:
            folder: the artifacts of the fit.
            found: the anchors of the fit.
            now: as the reviewer left them, or `found`.
            tuck: how the fit was asked for.

        Raises:
            StorageError: the cutout cannot be read.
        """
        now = _like(found, now)
        options = FitOptions(
            garment_type=found.garment_type, anchors=now, tuck=tuck, max_retries=0
        )  # fmt: skip
        fit = self._bench.open_kept(folder / PERSON, folder / GARMENT, options, found)
        # Prepared while the reviewer looks for the point to move.
        self._bench.refit(fit.key, lambda options: options, lambda _fit, _made: None)
        garment_wh = (found.garment.width, found.garment.height)
        return {
            "key": fit.key,
            "revision": fit.revision,
            "garment": {
                "size": list(garment_wh),
                "outline": outline(_cutout_alpha(folder / GARMENT, garment_wh)),
            },
            "person": {"size": [found.person.width, found.person.height]},
            "anchors": point_rows(now, found),
            "words": editor_words.EDITOR,
            "sure": pictures.SURE,
        }

    def lay(self, key: str, points: Any) -> "Future[dict[str, Any] | None]":
        """The draft with the points where they are now; None: newer ones came meanwhile.

        Raises:
            FitExpired: the key is not known (any more); open it again.
            InvalidAnchors: (from the future) these are no points of this garment.
        """
        fit = self._bench.get(key)

        def drawn(_fit: Fit, try_on: TryOn) -> dict[str, Any]:
            return {"draft": draft_address(try_on)}

        return self._bench.refit(key, lambda options: with_points(fit, options, points), drawn)


def _like(found: AnchorPair, now: AnchorPair) -> AnchorPair:
    """`now` in the pixels of `found`; `found` when it is of another kind of garment."""
    if now.garment_type != found.garment_type:
        return found
    garment = now.garment.resized(found.garment.width, found.garment.height)
    return AnchorPair(
        now.garment_type, garment, now.person.resized(found.person.width, found.person.height)
    )


def _cutout_alpha(path: Path, size_wh: tuple[int, int]) -> SoftMask:
    cutout = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if cutout is None or cutout.ndim != 3 or cutout.shape[2] != 4:
        raise StorageError(str(path), message="The garment of this item cannot be read.")
    small = cv2.resize(cutout[..., 3], size_wh, None, 0, 0, cv2.INTER_AREA)
    return np.asarray(small, np.float32) / np.float32(255)
