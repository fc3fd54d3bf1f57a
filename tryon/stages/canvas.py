"""What a draft is painted on: the part of the photo where the garment lies."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import AnyArray, PixelMap, RgbaImage, RgbImage, SoftMask, to_uint8
from tryon.geometry import Resize
from tryon.stages.warp import Part, Warp

EVERY = 7  # pixels of the garment: how evenly it is stretched is told from one in so many


@dataclass(slots=True, eq=False)
class Canvas:
    """The part of the photo where the garment lies, while layers are laid on it, bottom first."""

    part: Part
    colours: NDArray[np.float32]  # what is seen of the garment, weighted by `region`
    region: SoftMask
    whole: NDArray[np.float32]  # the same without occlusion, weighted by `whole_alpha`
    whole_alpha: SoftMask
    garment_xy: PixelMap
    ratios: list[NDArray[np.float32]] = field(default_factory=list)
    stiffness: list[float] = field(default_factory=list)
    folded_px: int = 0

    @staticmethod
    def around(parts: Sequence[Part]) -> "Canvas":
        """An empty canvas that holds all parts."""
        rows = slice(min(p[0].start for p in parts), max(p[0].stop for p in parts))
        cols = slice(min(p[1].start for p in parts), max(p[1].stop for p in parts))
        size = (rows.stop - rows.start, cols.stop - cols.start)
        return Canvas(
            (rows, cols),
            np.zeros((*size, 3), np.float32),
            np.zeros(size, np.float32),
            np.zeros((*size, 3), np.float32),
            np.zeros(size, np.float32),
            np.full((*size, 2), np.nan, np.float32),
        )

    def lay(
        self, colours: NDArray[np.float32], alpha: SoftMask, warp: Warp, front: SoftMask
    ) -> None:
        """Paint one sheet of cloth over what is there.

        Args:
            colours, alpha: as `sample` sees them through `warp`.
            front: (h, w) float32 of this part, what the cloth lies behind.
        """
        rows, cols = (
            slice(own.start - ours.start, own.stop - ours.start)
            for own, ours in zip(warp.part, self.part, strict=True)
        )
        here = (rows, cols)
        seen = alpha * (1 - front[here])
        for paint, matte, weight in (
            (self.whole[here], self.whole_alpha[here], alpha),
            (self.colours[here], self.region[here], seen),
        ):
            rest = 1 - weight
            cv2.blendLinear(colours, paint, weight, rest, paint)
            matte *= rest
            matte += weight
        cv2.copyTo(warp.source_xy, (seen > 0.5).astype(np.uint8), self.garment_xy[here])
        solid = alpha > 0.5
        self.folded_px += int(np.count_nonzero(solid & (warp.area <= 0)))
        area = warp.area.ravel()[np.flatnonzero(solid)[::EVERY]]
        self.ratios.append(np.sqrt(np.maximum(area, 1e-6)))
        self.stiffness.append(warp.stiffness)

    def painted(self, photo_rgb: RgbImage) -> RgbImage:
        """The draft; every pixel without garment is the photo's, exactly."""
        draft = photo_rgb.copy()
        under = photo_rgb[self.part].copy()
        rest = cv2.merge([1 - self.region] * 3)
        kept = cv2.multiply(under, rest, dtype=cv2.CV_32F)
        mixed = cv2.add(kept, self.colours, dtype=cv2.CV_8U)  # rounds and clips
        draft[self.part] = cv2.copyTo(mixed, (self.region > 0).astype(np.uint8), under)
        return draft

    def warped_rgba(self, shape_hw: tuple[int, int]) -> RgbaImage:
        """(H, W, 4) uint8 with straight alpha, of the whole photo."""
        weight = cv2.merge([np.maximum(self.whole_alpha, 1e-3)] * 3)
        straight = cv2.divide(self.whole, weight, dtype=cv2.CV_8U)
        rgba = np.asarray(cv2.merge([*cv2.split(straight), to_uint8(self.whole_alpha)]))
        return self.whole_photo(rgba, shape_hw, 0)

    def seen_xy(self, given: Resize, shape_hw: tuple[int, int]) -> PixelMap:
        """(H, W, 2) float32, the pixel of the garment photo as given; NaN where none is seen."""
        return self.whole_photo(given.points(self.garment_xy), shape_hw, np.nan)

    def whole_photo(self, own: AnyArray, shape_hw: tuple[int, int], empty: float) -> AnyArray:
        """An array of this part within an empty one of the whole photo."""
        full = np.full((*shape_hw, *own.shape[2:]), empty, own.dtype)
        full[self.part] = own
        return full  # type: ignore[return-value]

    def stretch(self) -> float:
        """See `Draft.stretch`."""
        ratios = np.concatenate(self.ratios)
        if not len(ratios):
            return 1.0
        relative = ratios / np.median(ratios)
        return float(np.percentile(np.maximum(relative, 1 / relative), 95))
