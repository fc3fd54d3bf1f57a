"""Stage 3: the garment without its background, what kind it is, and its anchors."""

from dataclasses import dataclass

import numpy as np

from tryon.anchors import AnchorSet, GarmentType
from tryon.arrays import RgbaImage, RgbImage, SoftMask, frozen, to_uint8
from tryon.stages.load import Photo


@dataclass(frozen=True, slots=True, eq=False)
class Garment:
    """A garment ready to be laid over a body.

    Attributes:
        photo: where it came from.
        rgb: (H, W, 3) uint8, working size; colours at the edge freed of the background.
        alpha: (H, W) float32 cutout alpha.
        garment_type: detected or given.
        type_confidence: 0..1; 1 when given.
        anchors: in pixels of the working picture.
        cutout_confidence: 0..1, how plausible the cutout is.
        notes: sentences a person should read.
    """

    photo: Photo
    rgb: RgbImage
    alpha: SoftMask
    garment_type: GarmentType
    type_confidence: float
    anchors: AnchorSet
    cutout_confidence: float
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        frozen(self.rgb)
        frozen(self.alpha)

    @property
    def cutout(self) -> RgbaImage:
        """(H, W, 4) uint8, straight alpha."""
        return np.dstack([self.rgb, to_uint8(self.alpha)])
