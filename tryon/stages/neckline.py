"""The collar of a garment: middle of its back and of its front, from outline and picture."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.anchors import Anchor
from tryon.arrays import BoolMask, RgbImage, to_unit_float
from tryon.stages.garment_sleeves import GUESSED, LIKELY, SEEN
from tryon.stages.silhouette import Silhouette

OPEN_NECK = 0.06  # of the torso width: a dip this deep means the back of the collar is not seen
HOOD_SIZE: Final = (0.17, 0.36)  # of the torso width: a hood is at least this high and this broad
DEPTHS = np.arange(0.04, 0.56, 0.01)  # torso widths below the neck points that are tried
USUAL_DEPTH, SHALLOWER, DEEPER = 0.20, 0.06, 0.16  # of front necklines, with spreads; what lies
# higher is mostly the lower edge of the collar's back, which has a strong edge too
POWERS: Final = (1.0, 1.6, 2.4)  # V, round, square: y = depth * (1 - |t| ** power)
SAME_COLLAR = 0.06  # torso widths: upper and lower edge of one ribbed collar lie this close
STRONG = 0.9  # of the best edge: the collar's upper edge may be this much weaker
INSET = 0.022  # torso widths inside the outline where no edge counts
MIN_EDGE = 2.0  # Lab units: mean change along a curve that counts as seen


def find_neckline(
    shape: Silhouette,
    photo_rgb: RgbImage,
    left_neck: Anchor,
    right_neck: Anchor,
    torso_width: float,
) -> dict[str, Anchor]:
    """Middle of the collar, back and front, by name.

    Args:
        shape: of the garment.
        photo_rgb: (H, W, 3) uint8 of the same size.
        left_neck: the wearer's left neck point, on the right of the picture.
        right_neck: the other one.
        torso_width: pixels.
    """
    x = (left_neck.x + right_neck.x) / 2
    neck_y = (left_neck.y + right_neck.y) / 2
    top_y = float(shape.top(x))
    if neck_y - top_y > HOOD_SIZE[0] * torso_width:  # a hood: its collar lies below its top
        top_y = neck_y
    back_y, back_seen = top_y, SEEN
    if top_y - neck_y > OPEN_NECK * torso_width:  # what is seen at the middle is the front
        front_y, front_seen = top_y, SEEN
        back_y, back_seen = neck_y + 0.02 * torso_width, GUESSED
    else:
        front_y, front_seen = _front_edge(shape, photo_rgb, left_neck, right_neck, torso_width)
    return {
        "neck_back": Anchor("neck_back", x, back_y, back_seen),
        "neck_front": Anchor("neck_front", x, front_y, front_seen),
    }


def _front_edge(
    shape: Silhouette, photo_rgb: RgbImage, left: Anchor, right: Anchor, torso_width: float
) -> tuple[float, float]:
    """Row of the front neckline's middle and how sure that is.

    Of all curves that hang from the two neck points, the one along which the colour changes most
    across the curve; a print may have a strong edge somewhere, but not along all of such a curve.
    """
    t = np.linspace(-0.8, 0.8, 41)
    x = (left.x + right.x) / 2 + t * (left.x - right.x) / 2
    level = (left.y + right.y) / 2 + t * (left.y - right.y) / 2
    drops = (1 - np.abs(t) ** np.array(POWERS)[:, None]) * torso_width
    y = level + DEPTHS[:, None, None] * drops  # (depths, powers, t)
    edges, corner = _edges_around(shape.mask, photo_rgb, (x, y), INSET * torso_width)
    curves_x = np.broadcast_to(x - corner[0], y.shape).reshape(-1, len(t)).astype(np.float32)
    curves_y = (y - corner[1]).reshape(-1, len(t)).astype(np.float32)
    along = cv2.remap(edges, curves_x, curves_y, cv2.INTER_LINEAR)
    # The lower quartile asks for an edge along the whole curve, not for one strong spot.
    score = 0.5 * np.percentile(along, 25, axis=1) + 0.5 * along.mean(axis=1)
    best_by_depth = score.reshape(len(DEPTHS), len(POWERS)).max(axis=1)
    spread = np.where(DEPTHS < USUAL_DEPTH, SHALLOWER, DEEPER)
    likely = np.exp(-0.5 * ((DEPTHS - USUAL_DEPTH) / spread) ** 2)
    weighted = (best_by_depth + 0.3 * MIN_EDGE) * likely
    best = int(np.argmax(weighted))
    near = (DEPTHS[best] > DEPTHS) & (DEPTHS[best] - SAME_COLLAR < DEPTHS)
    strong = near & (best_by_depth > STRONG * best_by_depth[best]) & _is_peak(best_by_depth)
    if strong.any():  # the neckline is the upper edge of the collar
        best = int(np.flatnonzero(strong)[0])
    seen = LIKELY if best_by_depth[best] > MIN_EDGE else GUESSED
    return float((left.y + right.y) / 2 + DEPTHS[best] * torso_width), seen


def _edges_around(
    mask: BoolMask,
    photo_rgb: RgbImage,
    points: tuple[NDArray[np.float64], NDArray[np.float64]],
    inset_px: float,
) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """Edge strength inside the garment, where points (x, y) lie; only that part is looked at.

    Returns:
        (h, w) float32, 0 in the garment's rim and outside it; x and y of its corner.
    """
    margin = round(inset_px) + 10  # more than a blur or an erosion reaches
    (left, right), (top, bottom) = (
        (
            int(np.clip(values.min() - margin, 0, length - 2)),
            int(np.clip(values.max() + margin, 2, length)),
        )
        for values, length in zip(points, mask.shape[::-1], strict=True)
    )
    here = np.s_[top:bottom, left:right]
    inside = _inside(mask[here], inset_px)
    return np.where(inside, _edge_strength(photo_rgb[here]), np.float32(0)), (left, top)


def _edge_strength(photo_rgb: RgbImage) -> NDArray[np.float32]:
    """(H, W) float32: how much the colour changes downwards, Lab units a few pixels."""
    lab = cv2.GaussianBlur(cv2.cvtColor(to_unit_float(photo_rgb), cv2.COLOR_RGB2Lab), (0, 0), 1.5)
    step = 2
    change = np.zeros_like(lab)
    change[step:-step] = lab[2 * step :] - lab[: -2 * step]
    return np.asarray(np.sqrt(np.einsum("ijk,ijk->ij", change, change)), np.float32)


def _inside(mask: BoolMask, inset_px: float) -> BoolMask:
    """The mask without a rim, so that the garment's own outline is no neckline."""
    size = 2 * max(1, round(inset_px)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.asarray(cv2.erode(mask.astype(np.uint8), kernel) > 0)


def _is_peak(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    padded = np.pad(values, 1, mode="edge")
    return (values >= padded[:-2]) & (values >= padded[2:])
