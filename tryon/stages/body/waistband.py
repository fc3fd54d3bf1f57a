"""Where the top a person wears now ends: it tells whether tops are tucked in, nothing else."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from tryon.arrays import RgbImage, SoftMask, to_unit_float
from tryon.stages.body.spine import Spine
from tryon.stages.pose import Pose

ROW = 0.02  # shoulder widths between looked-at rows
HALF_BREADTH = 0.32  # shoulder widths to either side of the spine
FROM, TO = 0.55, 0.75  # from this share of the trunk to this many shoulder widths below the hips
WINDOW = 0.16  # shoulder widths above and below that are compared
MIN_HIPS_SEEN = 0.5  # visibility of the hips below which nothing of the waist can be told
RIVAL = 0.7  # share of the strongest change from which a lower one is as likely the end
MIN_CONTRAST = 5.0  # Lab units: navy on black still shows this much on labelled photos


def find_top_end(photo_rgb: RgbImage, pose: Pose, hidden: SoftMask) -> float | None:
    """How far below the shoulders the present top ends: the lowest strong change of colour.

    Args:
        photo_rgb: (H, W, 3) uint8.
        pose: of the person.
        hidden: (H, W) float32, where the trunk is not seen: arms, hair, background.

    Returns:
        Distance along the spine from the shoulder line in shoulder widths (`Pose.scale_px`);
        None where no clear change is seen.
    """
    if min(pose.seen("left_hip"), pose.seen("right_hip")) < MIN_HIPS_SEEN:
        return None  # the photo ends above the hips: what is seen there is no waistband
    spine = Spine.of(pose)
    rows = np.arange(0.3, spine.length + TO, ROW)
    cols = np.linspace(-HALF_BREADTH, HALF_BREADTH, 33)
    offsets = rows[:, None, None] * spine.down + cols[None, :, None] * spine.across
    grid = spine.top_xy + spine.unit_px * offsets
    x, y = (grid[..., i].astype(np.float32) for i in (0, 1))
    colours = cv2.cvtColor(
        to_unit_float(_look(photo_rgb, x, y, cv2.BORDER_REPLICATE)), cv2.COLOR_RGB2Lab
    )
    is_seen = _look(hidden, x, y, cv2.BORDER_CONSTANT, 1.0) < 0.3
    window = max(3, round(WINDOW / ROW))
    contrast = _contrast(colours, is_seen, window)
    contrast[rows < FROM * spine.length] = 0.0
    strongest = float(contrast.max())
    if strongest < MIN_CONTRAST:
        return None
    peaks, _ = find_peaks(contrast, height=RIVAL * strongest, distance=max(1, window // 2))
    # Borders and large prints have strong edges too, but the top goes on below them.
    return float(rows[peaks[-1]]) if len(peaks) else float(rows[np.argmax(contrast)])


def _look(
    image: RgbImage | SoftMask,
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    border: int,
    value: float = 0.0,
) -> Any:
    return cv2.remap(image, x, y, cv2.INTER_LINEAR, None, border, value)


def _contrast(
    colours: NDArray[np.float32], is_seen: NDArray[np.bool_], window: int
) -> NDArray[np.float64]:
    """(rows,) median over columns of the colour change across each row; 0 where little is seen."""
    weight = is_seen.astype(np.float64)
    sums = np.cumsum(np.pad(colours * weight[..., None], ((1, 0), (0, 0), (0, 0))), axis=0)
    counts = np.cumsum(np.pad(weight, ((1, 0), (0, 0))), axis=0)
    last = len(colours)
    row = np.arange(last)
    above, below = (row - window, row - 1), (row + 2, np.minimum(row + 1 + window, last))
    usable_rows = (above[0] >= 0) & (below[0] < last - 2)
    means, seen = [], []
    for first, end in (above, below):
        first, end = np.clip(first, 0, last), np.clip(end, 0, last)
        count = counts[end] - counts[first]
        means.append((sums[end] - sums[first]) / np.maximum(count, 1)[..., None])
        seen.append(count)
    usable = (seen[0] > 0.6 * (window - 1)) & (seen[1] >= 3)
    change = np.where(usable, np.linalg.norm(means[0] - means[1], axis=2), np.nan)
    enough = usable_rows & (usable.sum(axis=1) >= 6)
    result = np.zeros(last)
    result[enough] = np.nanmedian(change[enough], axis=1)
    return result
