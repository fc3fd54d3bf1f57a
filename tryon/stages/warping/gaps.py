"""Narrow gaps between the sheets of a worn garment and beside arms: cloth in a crease."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, SoftMask

CREASE = 0.85  # brightness of cloth in a crease
EVEN_PX = 9  # of the half resolution: bumps of the old clothes up to half of this are no edges
SOFT_PX = 1.2  # of the half resolution: roundness of the edge of added cloth
EDGE_PX = 4  # of the half resolution: the outermost of a cutout is darker than its cloth
CALM_PX = 11  # of the half resolution: teeth of an edge are not mirrored
SMOOTH_PX = 3  # of the half resolution: nor its steps
AROUND_PX = 5  # of the half resolution: what smoothing and enlarging look at
MIN_SHARE = 0.2  # of an edge pixel: with less cloth in it, its colour is not told
MIN_GAP_PX = 20  # fewer pixels of gaps than this are not worth closing


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """Where cloth may go on, at half the resolution.

    Attributes:
        dressed: (h, w) bool, over gaps in the cloth and to the edges of arms.
        sleeved: (h, w) bool, beside cloth, so that no skin shows there.
        arms: (h, w) bool, arms in front of the cloth: a gap may end at them too.
        gap_px: gaps up to this width are closed; pixels of the full resolution.
    """

    dressed: BoolMask
    sleeved: BoolMask
    arms: BoolMask
    gap_px: float

    @staticmethod
    def of(dressed: SoftMask, sleeved: SoftMask, arms: SoftMask, gap_px: float) -> "Room":
        """From (H, W) float32 masks of the full resolution."""
        dressed, sleeved, arms = (_half(mask) for mask in (dressed, sleeved, arms))
        even = cv2.blur(dressed, (EVEN_PX, EVEN_PX))
        return Room(np.asarray(even > 0.5), sleeved > 0.5, arms > 0.5, gap_px)


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """Cloth to add.

    Attributes:
        weight: (H, W) float32, how much of a pixel, as far as it is not cloth yet.
        light: (H, W) float32, the same times its brightness.
        at: (N,) flat indices of the half resolution: where cloth is added, and around.
        mirrored: (N,) flat indices of the half resolution: where it is seen.
    """

    weight: SoftMask
    light: SoftMask
    at: NDArray[np.intp]
    mirrored: NDArray[np.intp]

    def close(self, colours: NDArray[np.float32], region: SoftMask) -> None:
        """Add it, in place: the cloth mirrored at its edge, stripes and prints included.

        Args:
            colours: (H, W, 3) float32 0..255, contiguous; the cloth so far, times `region`.
            region: (H, W) float32, contiguous; how much of each pixel is cloth.
        """
        width = region.shape[1]
        cloth = self._added(colours, region)
        at = np.flatnonzero(self.weight > 0)  # few pixels, in all corners of the garment
        y, x = np.divmod(at, width)
        rows, cols = np.minimum(y // 2, cloth.shape[0] - 1), np.minimum(x // 2, cloth.shape[1] - 1)
        rest = 1 - region.ravel()[at]
        light = (rest * self.light.ravel()[at])[:, None]
        colours.reshape(-1, 3)[at] += cloth[rows, cols] * light
        region.ravel()[at] += rest * self.weight.ravel()[at]

    def _added(self, colours: NDArray[np.float32], region: SoftMask) -> NDArray[np.float32]:
        """(h, w, 3) float32 0..255 of the half resolution: the cloth to add, 0 elsewhere."""
        height, width = region.shape
        half_wh = (max(1, width // 2), max(1, height // 2))
        y, x = np.divmod(self.mirrored, half_wh[0])
        four = [
            np.minimum(2 * y + down, height - 1) * width + np.minimum(2 * x + right, width - 1)
            for down in (0, 1)
            for right in (0, 1)
        ]
        share = np.maximum(sum(region.ravel()[own] for own in four), 4 * MIN_SHARE)[:, None]
        cloth = np.zeros((half_wh[1], half_wh[0], 3), np.float32)
        cloth.reshape(-1, 3)[self.at] = sum(colours.reshape(-1, 3)[own] for own in four) / share
        return np.asarray(cv2.blur(cloth, (SMOOTH_PX, SMOOTH_PX)), np.float32)


def find_gaps(region: SoftMask, room: Room) -> Gaps | None:
    """What a garment leaves open that cloth would cover; None where that is next to nothing.

    Args:
        region: (H, W) float32, how much of each pixel is garment.
        room: of the same pixels.
    """
    covered = (_half(region) > 0.5).astype(np.uint8)
    half_gap = max(1, round(room.gap_px / 4))  # in these pixels
    size = 2 * half_gap + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))  # a square shows its corners
    padded = np.pad(covered | room.arms, size)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, disc)
    near = cv2.distanceTransform(1 - covered, cv2.DIST_L2, 3) <= 2 * half_gap
    creases = closed[size:-size, size:-size] * room.dressed * (1 - covered)
    rims = ((near > covered) & room.sleeved).astype(np.uint8)  # lines along a soft edge are none
    rims = cv2.morphologyEx(rims, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    gap = np.maximum(creases, rims).astype(np.float32)
    if int((gap > 0.5).sum()) < MIN_GAP_PX:
        return None
    seam = cv2.dilate(gap, np.ones((3, 3), np.uint8)) * covered  # no line where cloth meets cloth
    soft = cv2.GaussianBlur(gap, (0, 0), SOFT_PX)  # nor stairs at its edge
    gap = np.maximum(np.clip(3 * soft - 1, 0, 1), seam).astype(np.float32)
    lit = gap * np.where(creases > rims, np.float32(CREASE), np.float32(1))
    size_wh = (region.shape[1], region.shape[0])
    weight, light = (np.asarray(cv2.resize(part, size_wh), np.float32) for part in (gap, lit))
    around = np.flatnonzero(cv2.dilate(gap, np.ones((AROUND_PX, AROUND_PX), np.uint8)) > 0)
    return Gaps(weight, light, around, _mirrored(covered, around))


def _mirrored(covered: NDArray[np.uint8], at: NDArray[np.intp]) -> NDArray[np.intp]:
    """(N,) flat indices: as far within the edge of the cloth as pixels are beyond it.

    Args:
        covered: (h, w) uint8, 1 where cloth is.
        at: (N,) flat indices of the pixels.
    """
    height, width = covered.shape
    inner = covered * (cv2.blur(255 * covered, (CALM_PX, CALM_PX)) > 127)
    calm = inner if inner.any() else covered
    from_edge, nearest = cv2.distanceTransformWithLabels(
        1 - calm, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    calm_at = np.flatnonzero(calm)
    of_label = np.zeros(len(calm_at) + 1, np.intp)
    of_label[nearest.ravel()[calm_at]] = calm_at
    edge = of_label[nearest.ravel()[at]]
    further = 1 + EDGE_PX / np.maximum(from_edge.ravel()[at], 1)
    (edge_y, edge_x), (y, x) = np.divmod(edge, width), np.divmod(at, width)
    rows = np.clip(np.rint(edge_y + (edge_y - y) * further).astype(np.intp), 0, height - 1)
    cols = np.clip(np.rint(edge_x + (edge_x - x) * further).astype(np.intp), 0, width - 1)
    mirrored = rows * width + cols
    return np.asarray(np.where(covered.ravel()[mirrored] > 0, mirrored, edge), np.intp)


def _half(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    half_wh = (max(1, picture.shape[1] // 2), max(1, picture.shape[0] // 2))
    return np.asarray(cv2.resize(picture, half_wh, None, 0, 0, cv2.INTER_AREA), np.float32)
