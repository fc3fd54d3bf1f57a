"""Array kinds: one name, one meaning, and the guards at public entries.

Range changes happen here and nowhere else (`to_unit_float`, `to_uint8`).
"""

from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

RgbImage: TypeAlias = NDArray[np.uint8]  # (H, W, 3), sRGB, 0..255; never BGR, never RGBA
RgbaImage: TypeAlias = NDArray[np.uint8]  # (H, W, 4), sRGB with straight alpha, 0..255
BoolMask: TypeAlias = NDArray[np.bool_]  # (H, W), True = inside
SoftMask: TypeAlias = NDArray[np.float32]  # (H, W), 0.0 outside .. 1.0 inside
PixelMap: TypeAlias = NDArray[np.float32]  # (H, W, 2), xy of the source pixel seen here
PointsXY: TypeAlias = NDArray[np.float64]  # (N, 2), x right, y down, pixels

AnyArray = TypeVar("AnyArray", bound=np.ndarray)


def frozen(array: AnyArray) -> AnyArray:
    """The same array, read-only: a frozen dataclass does not freeze its arrays."""
    array.setflags(write=False)
    return array


def require_rgb(image: RgbImage, name: str) -> None:
    """Guard a public entry. A wrong array is our bug, so ValueError, not a user error."""
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f"{name}: want (H, W, 3) uint8, got {image.shape} {image.dtype}")


def require_soft(mask: SoftMask, name: str) -> None:
    """Guard a public entry for (H, W) float32 masks."""
    if mask.dtype != np.float32 or mask.ndim != 2:
        raise ValueError(f"{name}: want (H, W) float32, got {mask.shape} {mask.dtype}")


def to_unit_float(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """0..255 uint8 to 0.0..1.0 float32, any shape."""
    return np.asarray(image * np.float32(1 / 255), dtype=np.float32)


def to_uint8(unit: NDArray[np.floating]) -> NDArray[np.uint8]:
    """0.0..1.0 to 0..255 uint8, rounded and clipped, any shape."""
    return np.asarray(np.clip(unit * 255.0 + 0.5, 0, 255), dtype=np.uint8)
