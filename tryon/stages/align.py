"""Stage 4: the garment laid over the body, with what is in front of it kept in front."""

from dataclasses import dataclass

from tryon.anchors import AnchorPair
from tryon.arrays import PixelMap, RgbaImage, RgbImage, SoftMask, frozen


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A fit, painted.

    Attributes:
        rgb: (H, W, 3) uint8, the draft composite; equals the photo wherever `region` is 0.
        warped: (H, W, 4) uint8, the whole warped garment before occlusion.
        region: (H, W) float32, how much of the draft is garment, after occlusion.
        garment_xy: (H, W, 2) float32, garment-photo pixel (as given) seen here; NaN where none.
        anchors: the pairs of points it was made from, in working pixels of both pictures.
        folded_px: pixels of the garment where the warp turns over (should be 0).
        stretch: 95th percentile of local scale against the median scale, 1 = even.
    """

    rgb: RgbImage
    warped: RgbaImage
    region: SoftMask
    garment_xy: PixelMap
    anchors: AnchorPair
    folded_px: int
    stretch: float

    def __post_init__(self) -> None:
        for array in (self.rgb, self.warped, self.region, self.garment_xy):
            frozen(array)
