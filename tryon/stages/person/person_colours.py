"""The person photo on a smaller grid, for models of colour: skin, hair, arms."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from tryon.arrays import AnyArray, BoolMask, RgbImage, SoftMask, to_unit_float
from tryon.geometry import fit_within
from tryon.stages.body.human import looks_like_skin
from tryon.stages.pose import Pose

COLOUR_SIDE = 384  # px: colour models need no more detail
NUM_BINS = 22  # along each axis of the histograms
RARE = 1.5e-3  # share of a part's pixels: colours rarer than this in it prove nothing
RARE_DULL = 6e-4  # the same for finer cells
STAIR_PX, ROUND_GAIN = 1.5, 2.5  # blur of the small grid that hides its stairs, and its remedy


@dataclass(frozen=True, slots=True, eq=False)
class PersonColours:
    """The photo and its pose on a smaller grid.

    Attributes:
        rgb: (h, w, 3) uint8.
        lab: (h, w, 3) float32, L 0..100, a and b about -100..100, slightly smoothed.
        bins: (h, w) int32, the cell of a colour histogram each pixel falls into.
        dull_bins: the same for cells that are smaller where there is little colour.
        person: (h, w) bool.
        may_be_skin: (h, w) bool, colours that skin can have in some light.
        pose: in pixels of this grid.
    """

    rgb: RgbImage
    lab: NDArray[np.float32]
    bins: NDArray[np.int32]
    dull_bins: NDArray[np.int32]
    person: BoolMask
    may_be_skin: BoolMask
    pose: Pose

    @property
    def shape_hw(self) -> tuple[int, int]:
        """(height, width) of the grid."""
        return (self.lab.shape[0], self.lab.shape[1])

    @staticmethod
    def of(photo_rgb: RgbImage, pose: Pose, person: SoftMask) -> "PersonColours":
        """Shrink all three together: (H, W, 3) uint8, a pose on it, (H, W) float32."""
        small_wh = fit_within((photo_rgb.shape[1], photo_rgb.shape[0]), COLOUR_SIDE)
        small_rgb = cv2.resize(photo_rgb, small_wh, None, 0, 0, cv2.INTER_AREA)
        lab = cv2.GaussianBlur(
            cv2.cvtColor(to_unit_float(small_rgb), cv2.COLOR_RGB2Lab), (0, 0), 0.8
        )
        inside = cv2.resize(person, small_wh, None, 0, 0, cv2.INTER_AREA) > 0.5
        light, hues = lab[..., 0] / 5, [lab[..., 1], lab[..., 2]]
        even = _cells(light, *((hue + 64) / 6 for hue in hues))
        roots = (np.sign(hue) * np.sqrt(np.abs(hue)) / 8 for hue in hues)
        dull = _cells(light, *(NUM_BINS / 2 * (1 + root) for root in roots))
        may_be_skin = looks_like_skin(small_rgb) > 0
        return PersonColours(
            small_rgb, lab, even, dull, inside, may_be_skin, pose.resized(small_wh)
        )

    def share_of_colour(self, ours: BoolMask, others: BoolMask, *, dull: bool = False) -> SoftMask:
        """(h, w) float32: how much of each pixel's colour belongs to one part, not another.

        P(ours | colour) from smoothed histograms with equal priors; low for colours of neither.

        Args:
            ours: (h, w) bool, where one part is seen.
            others: (h, w) bool, where the other is seen.
            dull: tell shades of grey and brown apart, as of dark hair on a black top.
        """
        bins, rare = (self.dull_bins, RARE_DULL) if dull else (self.bins, RARE)
        counts = []
        for part in (ours, others):
            histogram = np.bincount(bins[part], minlength=NUM_BINS**3).astype(np.float32)
            cube = ndimage.uniform_filter(histogram.reshape((NUM_BINS,) * 3), 3, mode="nearest")
            counts.append(cube.reshape(-1) / max(1, int(part.sum())))
        share = counts[0] / (counts[0] + counts[1] + rare)
        return np.asarray(np.take(share, bins), np.float32)  # a third of the time of share[bins]


def _cells(*axes: NDArray[np.float32]) -> NDArray[np.int32]:
    """(h, w) int32: one number for each cell, from how many cells along each axis it lies."""
    cell = np.zeros(axes[0].shape, np.int32)
    for axis in axes:
        cell = cell * NUM_BINS + np.clip(axis, 0, NUM_BINS - 1).astype(np.int32)
    return cell


def enlarged(image: AnyArray, size_wh: tuple[int, int], here: tuple[slice, slice]) -> AnyArray:
    """Some rows and columns of what `cv2.resize` makes of an image on the small grid."""
    rows, cols = here
    scale_xy = np.array([image.shape[1] / size_wh[0], image.shape[0] / size_wh[1]])
    corner = (np.array([cols.start, rows.start]) + 0.5) * scale_xy - 0.5
    part_wh = (cols.stop - cols.start, rows.stop - rows.start)
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    to_small = np.column_stack([np.diag(scale_xy), corner])
    large = cv2.warpAffine(image, to_small, part_wh, None, how, cv2.BORDER_REPLICATE)
    return np.asarray(large)  # type: ignore[return-value]


def rounded(
    mask: BoolMask, size_wh: tuple[int, int], here: tuple[slice, slice] | None = None
) -> SoftMask:
    """(H, W) float32: a mask enlarged, or rows and columns of it, without the grid's stairs."""
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), STAIR_PX)
    sharper = ROUND_GAIN * soft + np.float32(0.5 - 0.5 * ROUND_GAIN)
    large = cv2.resize(sharper, size_wh) if here is None else enlarged(sharper, size_wh, here)
    return np.asarray(np.clip(large, 0, 1, out=large), np.float32)
