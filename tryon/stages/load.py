"""Stage 0: from bytes to a `Photo`. The only decoder in the project."""

from dataclasses import dataclass

from tryon.arrays import RgbImage, SoftMask, frozen


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A decoded picture at working size.

    Attributes:
        rgb: (H, W, 3) uint8 sRGB, EXIF turned, transparent parts over white.
        alpha: (H, W) float32, the picture's own transparency; None when it is opaque.
        given_wh: (width, height) of the picture as given, after the EXIF turn.
        sha256: hex digest of the bytes as given.
        notes: sentences a person should read (only the first frame of an animation is used ...).
    """

    rgb: RgbImage
    alpha: SoftMask | None
    given_wh: tuple[int, int]
    sha256: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        frozen(self.rgb)
        if self.alpha is not None:
            frozen(self.alpha)

    @property
    def size_wh(self) -> tuple[int, int]:
        """(width, height) of the working picture."""
        return (self.rgb.shape[1], self.rgb.shape[0])

    @property
    def scale(self) -> float:
        """Working size / given size; at most 1."""
        return max(self.size_wh) / max(self.given_wh)
