"""Is a detected pose a human being? Skin at the face or the hands says so."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import RgbImage, SoftMask
from tryon.geometry import slices_around
from tryon.ports import DetectedPose

# Skin of all tones in the share red and green have of a pixel, which light does not change.
# Source: Soriano, Martinkauppi, Huovinen, Laaksonen, Pattern Recognition 36(3), 2003, simplified.
_RED, _GREEN = (0.358, 0.60), (0.22, 0.357)
MIN_LIGHT = 45  # sum of the three channels: below it colour is noise
COLOURLESS = 1.0  # Lab units: 95th percentile of chroma in a black-and-white photo
LEAST_SKIN = 0.03  # of the upper fifth: the face or neck of a wearer covers more
FINE_SIDE = 512  # px: skin is looked for at about this size
MIN_SKIN = 0.1  # share of face or hands that must look like skin


def shows_a_person(photo_rgb: RgbImage, pose: DetectedPose) -> bool:
    """Whether a detected pose is a human being and not an empty hoodie.

    The pose model also finds people in some flat garment photos. A person shows skin at the face
    or at the hands; in a black-and-white photo that cannot be told, and the model is believed.
    """
    if _is_colourless(photo_rgb):
        return True
    step = max(1, max(photo_rgb.shape[:2]) // FINE_SIDE)
    small_rgb = photo_rgb[::step, ::step]
    points = (pose.points_xy + 0.5) / step - 0.5
    eyes, mouth = points[[2, 5]].mean(axis=0), points[[9, 10]].mean(axis=0)
    face_px = float(np.hypot(*(mouth - eyes)))
    spots = [((eyes + mouth) / 2, 0.6 * face_px)]
    spots += [(points[hand].mean(axis=0), face_px) for hand in ([15, 17, 19], [16, 18, 20])]
    return any(_skin_share(small_rgb, centre, radius) > MIN_SKIN for centre, radius in spots)


def may_show_skin(photo_rgb: RgbImage, alpha: SoftMask) -> bool:
    """Whether the upper fifth of what stands out may hold a face, a neck or nothing but grey.

    A quick look that spares most garment photos the search for somebody wearing the garment.
    """
    small_rgb, shown = photo_rgb[::8, ::8], alpha[::8, ::8] > 0.5
    rows = np.flatnonzero(shown.any(axis=1))
    if not len(rows):
        return False
    upper = np.s_[rows[0] : rows[0] + max(1, len(rows) // 5)]
    skin = looks_like_skin(small_rgb[upper])[shown[upper]]
    return _is_colourless(photo_rgb) or float(skin.mean()) > LEAST_SKIN


def _is_colourless(photo_rgb: RgbImage) -> bool:
    lab = cv2.cvtColor(photo_rgb[::4, ::4], cv2.COLOR_RGB2Lab).astype(np.float32) - 128
    return float(np.percentile(np.hypot(lab[..., 1], lab[..., 2]), 95)) < COLOURLESS


def looks_like_skin(photo_rgb: RgbImage) -> NDArray[np.uint8]:
    """(H, W) uint8, 1 where the colour is one that skin can have."""
    red, green, blue = cv2.split(photo_rgb)
    light = red.astype(np.float32) + green + blue
    least = np.maximum(light, 1)
    red_share, green_share = red / least, green / least
    skin = (red_share > _RED[0]) & (red_share < _RED[1])
    skin &= (green_share > _GREEN[0]) & (green_share < _GREEN[1])
    return np.asarray(skin & (light > MIN_LIGHT), np.uint8)


def _skin_share(photo_rgb: RgbImage, centre: NDArray[np.float64], radius: float) -> float:
    """Of a round spot, as far as the photo shows it: 0..1."""
    spot = np.zeros(photo_rgb.shape[:2], np.uint8)
    cv2.circle(spot, (round(centre[0]), round(centre[1])), max(2, round(radius)), 1, -1)
    here = slices_around(spot > 0, 0)
    if here is None:
        return 0.0
    return float((looks_like_skin(photo_rgb[here])[spot[here] > 0] > 0).mean())
