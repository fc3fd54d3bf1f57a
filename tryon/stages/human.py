"""Is a detected pose a human being? Skin at the face or the hands says so."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import RgbImage
from tryon.ports import DetectedPose

# Skin of all tones in YCrCb. Source: Chai and Ngan, IEEE TCSVT 9(4), 1999, a little widened.
_SKIN_CR, _SKIN_CB = (133, 180), (75, 135)
COLOURLESS = 1.0  # Lab units: 95th percentile of chroma in a black-and-white photo
MIN_SKIN = 0.1  # share of face or hands that must look like skin


def shows_a_person(photo_rgb: RgbImage, pose: DetectedPose) -> bool:
    """Whether a detected pose is a human being and not an empty hoodie.

    The pose model also finds people in some flat garment photos. A person shows skin at the face
    or at the hands; in a black-and-white photo that cannot be told, and the model is believed.
    """
    lab = cv2.cvtColor(photo_rgb[::4, ::4], cv2.COLOR_RGB2Lab).astype(np.float32) - 128
    if float(np.percentile(np.hypot(lab[..., 1], lab[..., 2]), 95)) < COLOURLESS:
        return True
    ycc = cv2.cvtColor(photo_rgb, cv2.COLOR_RGB2YCrCb)
    is_skin = cv2.inRange(ycc, (0, _SKIN_CR[0], _SKIN_CB[0]), (255, _SKIN_CR[1], _SKIN_CB[1]))
    points = pose.points_xy
    eyes, mouth = points[[2, 5]].mean(axis=0), points[[9, 10]].mean(axis=0)
    face_px = float(np.hypot(*(mouth - eyes)))
    spots = [((eyes + mouth) / 2, 0.6 * face_px)]
    spots += [(points[hand].mean(axis=0), face_px) for hand in ([15, 17, 19], [16, 18, 20])]
    return any(_share(is_skin, centre, radius) > MIN_SKIN for centre, radius in spots)


def _share(is_skin: NDArray[np.uint8], centre: NDArray[np.float64], radius: float) -> float:
    spot = np.zeros_like(is_skin)
    cv2.circle(spot, (round(centre[0]), round(centre[1])), max(2, round(radius)), 1, -1)
    inside = is_skin[spot > 0]
    return float((inside > 0).mean()) if len(inside) else 0.0
