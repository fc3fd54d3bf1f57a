"""Clothes taken off a photo: layers of colour painted over them, with the photo's own sharpness."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, RgbImage
from tryon.geometry import slices_around
from tryon.stages.old_clothes.continued import Continued, lay_cloth
from tryon.stages.old_clothes.fill import fill_from
from tryon.stages.old_clothes.old_clothes import OldClothes
from tryon.stages.person.person_colours import PersonColours, enlarged, rounded

# Where to paint, where its colours are seen, and how many pixels of these are needed.
Part: TypeAlias = tuple[BoolMask, BoolMask, float]

MIN_KNOWN_PX = 60  # of the small grid: fewer say nothing of a colour
EDGE_SHADE = 0.2  # of its brightness: how much darker a round limb is at its edge
RIM_PX = 3  # of the small grid, beside the person: their colour is mixed with the background's


@dataclass(frozen=True, slots=True, eq=False)
class Coat:
    """A coat of paint, on the small grid.

    Attributes:
        place: (h, w) bool, where it is.
        colours: (h, w, 3) uint8, going on beyond that.
        cloth: how trousers or a skirt go on in it; None where they do not.
    """

    place: BoolMask
    colours: RgbImage
    cloth: Continued | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Underlay:
    """What is painted over clothes, on the small grid.

    Attributes:
        coats: bottom first.
        over: (h, w) bool, where they are painted.
    """

    coats: tuple[Coat, ...]
    over: BoolMask


def layered(
    small: PersonColours,
    parts: Sequence[Part],
    shade: NDArray[np.float32],
    old: BoolMask,
    kept: BoolMask,
) -> Underlay:
    """Every part in its colours, over old clothes and a rim around them.

    Args:
        small: the photo on its small grid.
        parts: each where to paint, (h, w) bool; where its colours are seen, (h, w) bool; and how
            many pixels of these are needed. Later parts lie over earlier ones; the last is body.
        shade: (h, w) float32, of the body: 0 in the middle of a limb .. 1 at its edge.
        old: (h, w) bool, the clothes to paint over.
        kept: (h, w) bool, what of the rim stays as it is.
    """
    # Colours at the border are mixed with those of the old clothes: paint a little beyond.
    rim = cv2.dilate(old.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    over = np.zeros(small.shape_hw, bool)
    coats = []
    for place, known, least_px in parts:
        seen = int(known.sum()) >= least_px
        over[place] = seen
        if seen and (place & rim).any():
            coats.append(Coat(place, fill_from(small.rgb, known)))
    body = parts[-1][0]
    if coats and coats[-1].place is body:
        # Its edge is as dark outside as inside: enlarged, it would have a light rim else.
        dark = np.where(body, shade, cv2.dilate(shade, np.ones((5, 5), np.uint8)))
        darker = cv2.cvtColor(1 - EDGE_SHADE * dark, cv2.COLOR_GRAY2RGB)
        shaded = np.asarray(cv2.multiply(coats[-1].colours, darker, dtype=cv2.CV_8U))
        coats[-1] = Coat(body, shaded)
    over[~rim | kept] = False
    return Underlay(tuple(coats), over)


def behind(small: PersonColours) -> BoolMask:
    """(h, w) bool: the background, away from the person's soft edge."""
    fringe = np.ones((2 * RIM_PX + 1, 2 * RIM_PX + 1), np.uint8)
    return np.asarray(cv2.dilate(small.person.astype(np.uint8), fringe) == 0)


def take_off(photo_rgb: RgbImage, old: BoolMask, underlay: Underlay) -> OldClothes:
    """Old clothes at full size, and the photo with the underlay over them.

    Args:
        photo_rgb: (H, W, 3) uint8.
        old: (h, w) bool, on the small grid.
        underlay: on the same.
    """
    size_wh = (photo_rgb.shape[1], photo_rgb.shape[0])
    mask = np.asarray(cv2.resize(old.astype(np.float32), size_wh), np.float32)
    alpha = np.asarray(cv2.resize(underlay.over.astype(np.float32), size_wh), np.float32)
    without = photo_rgb.copy()
    here = slices_around(alpha > 0, 0)
    if here is not None and underlay.coats:
        first, *others = underlay.coats
        colours = enlarged(first.colours, size_wh, here)
        for coat in others:
            seen, own = rounded(coat.place, size_wh, here), enlarged(coat.colours, size_wh, here)
            if coat.cloth is not None:
                lay_cloth(photo_rgb, own, here, coat.cloth)
            colours = cv2.blendLinear(own, colours, seen, 1 - seen)
        weight = np.ascontiguousarray(alpha[here])
        under = photo_rgb[here].copy()
        mixed = cv2.blendLinear(colours, under, weight, 1 - weight)
        without[here] = cv2.copyTo(mixed, (weight > 0).astype(np.uint8), under)
    return OldClothes(mask, without, (mask > 0.5) & (alpha < 0.5))
