"""Can this outline be a garment? What no garment looks like is refused; the score doubts more."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.anchors import GarmentType
from tryon.arrays import BoolMask, RgbImage, SoftMask
from tryon.errors import SegmentationFailed

MIN_SHARE = 0.01  # of the photo: a smaller cutout is no garment
MAX_SHARE = 0.97  # a larger one is a photo without background
SIDE = 192  # px: outlines are judged at about this size
# Beyond these it is no garment. Of 54 garments none comes near; the nearest are named.
LEAST_WHOLE = 0.4  # largest part / all parts; garments 0.997: letters, coins, stars in the sky
LEAST_EVEN = 0.55  # IoU with its mirror image; garments 0.89: horses, machines
MOST_ELLIPTIC = 0.95  # IoU with an ellipse; a blouse 0.906: plates, balls, fruits
MOST_RECTANGULAR = 0.975  # share of the smallest rectangle around it; shorts 0.926
PLATE = 0.99  # the same, whatever is seen on it: cloth has no sides that straight; books, screens
FLAT = 3.0  # grey levels: the spread within a rectangle of one colour; cloth has folds
TURNS = (0, -15, 15, -30, 30, -45, 45)  # degrees: a garment may lie turned in its photo
SHIFTS = (0, -6, 6, -3, 3)  # px: the axis may lie beside the centre of mass


@dataclass(frozen=True, slots=True)
class _Outline:
    """What an outline says about being a garment, each 0..1."""

    whole: float
    even: float
    ellipse: float
    rectangle: float


def require_plausible(alpha: SoftMask) -> None:
    """Raises SegmentationFailed when (H, W) float32 alpha is next to nothing or the whole photo."""
    share = np.count_nonzero(alpha > 0.5) / alpha.size
    if not MIN_SHARE < share < MAX_SHARE:
        raise SegmentationFailed(
            f"cutout covers {share:.3f} of the photo",
            message="No garment could be told from the background.",
            remedy="Use a photo of one garment lying flat on a plain background of another colour,"
            " or a PNG with a transparent background.",
        )


def require_garment_outline(
    photo_rgb: RgbImage, alpha: SoftMask, garment_type: GarmentType | None
) -> None:
    """Refuse what stands out from its background and cannot be a garment.

    Args:
        photo_rgb: (H, W, 3) uint8.
        alpha: (H, W) float32.
        garment_type: given by somebody: who names the garment is believed that it is one, unless
            it is a rectangle of one colour.

    Raises:
        SegmentationFailed: it is next to nothing, the whole photo, or no garment.
    """
    require_plausible(alpha)
    step = max(1, round(max(alpha.shape) / SIDE))
    seen = _measured(alpha[::step, ::step] > 0.5)
    never = seen.rectangle > MOST_RECTANGULAR and _is_flat(photo_rgb, alpha)
    hardly = (
        seen.whole < LEAST_WHOLE
        or seen.even < LEAST_EVEN
        or seen.ellipse > MOST_ELLIPTIC
        or seen.rectangle > PLATE
    )
    if never or (hardly and garment_type is None):
        raise SegmentationFailed(
            f"no garment: {seen}",
            message="What stands out in this photo does not look like a garment.",
            remedy="Use a photo of one garment lying flat on a plain background. If it is one,"
            " choose its type.",
        )


def _measured(mask: BoolMask) -> _Outline:
    """Of a (h, w) mask; holes do not count."""
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    main = max(outlines, key=cv2.contourArea)
    filled = cv2.drawContours(np.zeros(mask.shape, np.uint8), [main], -1, 1, cv2.FILLED)
    _, (broad, high), _ = cv2.minAreaRect(main)
    return _Outline(
        whole=float((mask & (filled > 0)).sum() / mask.sum()),
        even=_evenness(filled),
        ellipse=_iou(filled, _same_ellipse(filled)),
        rectangle=float(filled.sum() / ((broad + 1) * (high + 1))),
    )


def _same_ellipse(filled: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The ellipse with the same area, middle and turn."""
    of = cv2.moments(filled, True)
    middle = (of["m10"] / of["m00"], of["m01"] / of["m00"])
    spread = np.array([[of["mu20"], of["mu11"]], [of["mu11"], of["mu02"]]]) / of["m00"]
    (small, large), axes = np.linalg.eigh(spread)
    turn = float(np.degrees(np.arctan2(axes[1, 1], axes[0, 1])))
    axes_px = (4 * float(np.sqrt(large)), 4 * float(np.sqrt(small)))
    height, width = filled.shape
    drawn = np.zeros((height, width), np.uint8)
    cv2.ellipse(drawn, (middle, axes_px, turn), 1, cv2.FILLED)
    return drawn


def _evenness(filled: NDArray[np.uint8]) -> float:
    """IoU with the best mirror image; that of the first one good enough."""
    of = cv2.moments(filled, True)
    middle = (of["m10"] / of["m00"], of["m01"] / of["m00"])
    side = 2 * max(filled.shape)
    best = 0.0
    for turn in TURNS:
        turned = cv2.getRotationMatrix2D(middle, turn, 1.0)
        turned[:, 2] += (side - 1) / 2 - np.array(middle)
        centred = cv2.warpAffine(filled, turned, (side, side), flags=cv2.INTER_NEAREST)
        flipped = np.ascontiguousarray(centred[:, ::-1])
        for by in SHIFTS:
            best = max(best, _iou(centred, np.roll(flipped, 2 * by, axis=1)))
            if best > LEAST_EVEN:
                return best
    return best


def _iou(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float((one & other).sum() / max(1, (one | other).sum()))


def _is_flat(photo_rgb: RgbImage, alpha: SoftMask) -> bool:
    """Whether its inside is of one colour, as a rectangle drawn or a window."""
    inside = cv2.erode((alpha[::4, ::4] > 0.98).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    colours = photo_rgb[::4, ::4][inside]
    return len(colours) > 0 and float(colours.std(axis=0).max()) < FLAT
