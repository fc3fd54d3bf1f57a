"""Bent sheets of cloth composed on a photo, behind what is in front of them."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import AnyArray, PixelMap, RgbaImage, RgbImage, SoftMask, to_uint8
from tryon.errors import WarpFailed
from tryon.geometry import Resize
from tryon.stages.warping.gaps import Room, find_gaps
from tryon.stages.warping.warp import Part, Warp

EVERY = 7  # pixels of the garment: how evenly it is stretched is told from one in so many
MIN_REGION_PX = 200  # a picture showing less garment than this shows nothing


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One sheet of cloth, bent.

    Attributes:
        colours: (h, w, 3) float32 0..255, of `warp.part`.
        alpha: (h, w) float32, of the same.
        seen: (h, w) float32, what of it nothing hides.
        warp: how it is bent.
    """

    colours: NDArray[np.float32]
    alpha: SoftMask
    seen: SoftMask
    warp: Warp


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """A photo with the sheets on it; the attributes are those of `Draft`."""

    rgb: RgbImage
    warped: RgbaImage
    region: SoftMask
    garment_xy: PixelMap
    folded_px: int
    stretch: float


def compose(
    crew: Executor,
    photo_rgb: RgbImage,
    part: Part,
    sheets: Sequence[Sheet],
    room: Room | None,
    given: Resize,
) -> Composite:
    """Lay the sheets on a photo.

    Args:
        crew: makes what the picture itself does not need, meanwhile.
        photo_rgb: (H, W, 3) uint8, without the clothes that are replaced.
        part: rows and columns that hold all sheets.
        sheets: bottom first.
        room: where gaps between them may be closed, in pixels of the part; None for nowhere.
        given: from the garment's working pixels to those of its photo as given.

    Raises:
        WarpFailed: next to nothing of the garment is seen.
    """
    shape_hw = (photo_rgb.shape[0], photo_rgb.shape[1])
    warped = crew.submit(whole_garment, part, sheets, shape_hw)
    garment_xy = crew.submit(seen_xy, part, sheets, given, shape_hw)
    even = crew.submit(evenness, sheets)
    canvas = Canvas.of(part)
    for sheet in sheets:
        canvas.lay(sheet, sheet.seen)
    if room is not None:
        gaps = find_gaps(canvas.region, room)
        if gaps is not None:
            gaps.close(canvas.colours, canvas.region)
    if int((canvas.region > 0.5).sum()) < MIN_REGION_PX:
        raise WarpFailed("nothing of the garment is visible")
    return Composite(
        canvas.painted(photo_rgb),
        warped.result(),
        in_whole_photo(canvas.region, part, shape_hw),
        garment_xy.result(),
        *even.result(),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """Paint on a part of the photo.

    Attributes:
        part: rows and columns of the photo.
        colours: (h, w, 3) float32 0..255, multiplied by `region`.
        region: (h, w) float32, how much of each pixel is painted.
    """

    part: Part
    colours: NDArray[np.float32]
    region: SoftMask

    @staticmethod
    def of(part: Part) -> "Canvas":
        """One with nothing on it."""
        size = _shape(part)
        return Canvas(part, np.zeros((*size, 3), np.float32), np.zeros(size, np.float32))

    def lay(self, sheet: Sheet, alpha: SoftMask) -> None:
        """Paint a sheet over what is there, as far as (h, w) float32 `alpha` says."""
        here = within(sheet.warp.part, self.part)
        paint, matte, rest = self.colours[here], self.region[here], 1 - alpha
        cv2.blendLinear(sheet.colours, paint, alpha, rest, paint)
        matte *= rest
        matte += alpha

    def painted(self, photo_rgb: RgbImage) -> RgbImage:
        """(H, W, 3) uint8: every pixel without paint is the photo's, exactly."""
        picture = photo_rgb.copy()
        under = photo_rgb[self.part].copy()
        rest = cv2.cvtColor(1 - self.region, cv2.COLOR_GRAY2RGB)
        kept = cv2.multiply(under, rest, dtype=cv2.CV_32F)
        mixed = cv2.add(kept, self.colours, dtype=cv2.CV_8U)  # rounds and clips
        picture[self.part] = cv2.copyTo(mixed, (self.region > 0).astype(np.uint8), under)
        return picture


def whole_garment(part: Part, sheets: Sequence[Sheet], shape_hw: tuple[int, int]) -> RgbaImage:
    """(H, W, 4) uint8 with straight alpha: the sheets with nothing in front of them."""
    canvas = Canvas.of(part)
    for sheet in sheets:
        canvas.lay(sheet, sheet.alpha)
    weight = cv2.cvtColor(np.maximum(canvas.region, 1e-3), cv2.COLOR_GRAY2RGB)
    straight = cv2.divide(canvas.colours, weight, dtype=cv2.CV_8U)
    rgba = np.asarray(cv2.merge([*cv2.split(straight), to_uint8(canvas.region)]))
    return in_whole_photo(rgba, part, shape_hw)


def seen_xy(
    part: Part, sheets: Sequence[Sheet], given: Resize, shape_hw: tuple[int, int]
) -> PixelMap:
    """(H, W, 2) float32, the pixel of the garment photo as given; NaN where none is seen."""
    garment_xy = np.full((*_shape(part), 2), np.nan, np.float32)
    for sheet in sheets:
        shown = (sheet.seen > 0.5).astype(np.uint8)
        cv2.copyTo(sheet.warp.source_xy, shown, garment_xy[within(sheet.warp.part, part)])
    return in_whole_photo(given.points(garment_xy), part, shape_hw, np.nan)


def evenness(sheets: Sequence[Sheet]) -> tuple[int, float]:
    """`folded_px` and `stretch` of a `Draft`."""
    folded_px, ratios = 0, []
    for sheet in sheets:
        solid = sheet.alpha > 0.5
        folded_px += int(np.count_nonzero(solid & (sheet.warp.area <= 0)))
        area = sheet.warp.area.ravel()[np.flatnonzero(solid)[::EVERY]]
        ratios.append(np.sqrt(np.maximum(area, 1e-6)))
    scale = np.concatenate(ratios)
    if not len(scale):
        return folded_px, 1.0
    relative = scale / np.median(scale)
    return folded_px, float(np.percentile(np.maximum(relative, 1 / relative), 95))


def part_around(parts: Sequence[Part]) -> Part:
    """The rows and columns that hold all parts."""
    rows, cols = (
        slice(min(own[axis].start for own in parts), max(own[axis].stop for own in parts))
        for axis in (0, 1)
    )
    return (rows, cols)


def within(inner: Part, outer: Part) -> Part:
    """A part of the photo, in pixels of another that holds it."""
    rows, cols = (
        slice(own.start - whole.start, own.stop - whole.start)
        for own, whole in zip(inner, outer, strict=True)
    )
    return (rows, cols)


def in_whole_photo(
    own: AnyArray, part: Part, shape_hw: tuple[int, int], empty: float = 0
) -> AnyArray:
    """An array of a part within an empty one of the whole photo."""
    full = np.full((*shape_hw, *own.shape[2:]), empty, own.dtype)
    full[part] = own
    return full  # type: ignore[return-value]


def _shape(part: Part) -> tuple[int, int]:
    return (part[0].stop - part[0].start, part[1].stop - part[1].start)
