"""Stage 0: from bytes to a `Photo`. The only decoder in the project.

What a file is comes from its first bytes, and its decoder class is called directly: nothing else
that Pillow could open is reachable, its global limits stay as they are, and a multi-picture JPEG
from a phone is simply its first JPEG. Fetching and reading files happens elsewhere.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final, cast

import numpy as np
from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ExifTags import Base as ExifTag
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from tryon.arrays import RgbImage, SoftMask, frozen
from tryon.errors import ImageTooLarge, InvalidImageFormat
from tryon.geometry import fit_within
from tryon.stages.loading.colour import over_white, plain, to_srgb, without_alpha
from tryon.stages.loading.file_kinds import PictureKind, file_kind

MIN_SIDE_PX: Final = 64
"""Measured on 12 photos of people shrunk to this shorter side: shoulders and hips stay within 0.10
shoulder widths of where they are found at full size; at 32 px nobody is found in 3 of the 12."""

MAX_PIXELS: Final = 120_000_000
"""12000 x 10000. Peak memory measured there: JPEG 0.3 GB (progressive 0.8), PNG 0.75, HEIC 0.85,
AVIF 1.1, WebP 1.9 (its decoder keeps two canvases). Four at once fit beside the models in 16 GB."""

MAX_JPEG_SCANS: Final = 64
"""Progressive JPEGs have about 10 passes over the picture. A small file can have thousands, each
costing 0.1 s at `MAX_PIXELS`; phones' second pictures are counted too, hence the room."""

REDUCING_GAP: Final = 2.0
"""Whole-number reduction (fast, box average) stops this far above the wanted size; Lanczos does
the rest. Pillow's thumbnails use the same figure."""

BAND_ROWS: Final = 512
"""Rows converted at a time, so that no second full-size copy of a large picture exists."""

_DECODERS: Final[dict[PictureKind, Callable[[BytesIO], ImageFile]]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WebP": WebPImageFile,
    "GIF": GifImageFile,
    "BMP": BmpImageFile,
    "AVIF": AvifImageFile,
}
_CUT_OFF: Final = ("truncated", "end of file", "unexpected end", "not enough data", "eof")
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # EXIF orientation to the turn that undoes it
_FIRST_SIDEWAYS: Final = 5  # from this orientation on, width and height change places

_NOTE_ANIMATED = "This picture is animated; only its first frame is used."


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """What is accepted, and how large the working picture is.

    Attributes:
        work_side_px: longer side of the working picture at most.
        max_bytes: of the file.
        max_side_px: longer side of the picture as given.
        max_pixels: width times height of the picture as given.
    """

    work_side_px: int = 1536
    max_bytes: int = 25 * 2**20
    max_side_px: int = 12_000
    max_pixels: int = MAX_PIXELS


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A decoded picture at working size.

    Attributes:
        rgb: (H, W, 3) uint8 sRGB, EXIF turned, transparent parts over white.
        alpha: (H, W) float32, the picture's own transparency; None when it is opaque.
        given_wh: (width, height) of the picture as given, after the EXIF turn.
        sha256: hex digest of the bytes as given.
        notes: sentences a person should read (only the first frame of an animation is used ...).
        given: the file, where its picture is larger than `rgb`; else empty. See `load_larger`.
    """

    rgb: RgbImage
    alpha: SoftMask | None
    given_wh: tuple[int, int]
    sha256: str
    notes: tuple[str, ...] = ()
    given: bytes = field(default=b"", repr=False)

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


def load_photo(data: bytes, limits: PhotoLimits) -> Photo:
    """Decode, turn upright, convert to sRGB and shrink a picture file.

    Args:
        data: JPEG, PNG, WebP, HEIC, AVIF, GIF or BMP; of an animation the first frame.
        limits: checked on the file's length and header, before any pixel is decoded.

    Raises:
        InvalidImageFormat: not such a picture, damaged, cut off, or too small to work with.
        ImageTooLarge: more bytes or pixels than the limits.
    """
    _check_bytes(len(data), limits)
    kind = file_kind(data)
    image = _opened(data, kind)
    given_wh = image.size
    _check_size(given_wh, limits)
    notes = []
    if kind != "HEIC" and getattr(image, "is_animated", False):  # HEIC: spare pictures, not frames
        notes.append(_NOTE_ANIMATED)

    small = _decoded(image, kind, fit_within(given_wh, limits.work_side_px))
    orientation = _orientation(image)
    if orientation != 1:
        small = small.transpose(_TURNS[orientation])
    if orientation >= _FIRST_SIDEWAYS:
        given_wh = (given_wh[1], given_wh[0])

    colour, alpha = without_alpha(small)
    srgb, note = to_srgb(colour, image.info.get("icc_profile"))
    notes += [note] if note else []
    rgb, soft = over_white(np.array(srgb), alpha)
    given = b"" if srgb.size == given_wh else data
    return Photo(rgb, soft, given_wh, hashlib.sha256(data).hexdigest(), tuple(notes), given)


def load_larger(photo: Photo, side_px: int) -> Photo:
    """The same photo with a longer side of at most `side_px`; never larger than given.

    Returns:
        `photo` itself where nothing larger can be had; its file was accepted before.
    """
    wanted_wh = fit_within(photo.given_wh, side_px)
    if not photo.given or max(wanted_wh) <= max(photo.size_wh):
        return photo
    limits = PhotoLimits(side_px, len(photo.given), max(photo.given_wh))
    return load_photo(photo.given, limits)


def _check_bytes(num_bytes: int, limits: PhotoLimits) -> None:
    if num_bytes > limits.max_bytes:
        given, most = num_bytes / 2**20, limits.max_bytes / 2**20
        raise ImageTooLarge(
            f"{num_bytes} bytes",
            message=f"This file has {given:.1f} MB; at most {most:g} MB are allowed.",
        )


def _check_size(size_wh: tuple[int, int], limits: PhotoLimits) -> None:
    width, height = size_wh
    remedy = f"Make it smaller: {limits.work_side_px} pixels on the longer side are enough."
    if max(size_wh) > limits.max_side_px:
        raise ImageTooLarge(
            message=f"This picture is {width} x {height} pixels; "
            f"at most {limits.max_side_px} on a side are allowed.",
            remedy=remedy,
        )
    if width * height > limits.max_pixels:
        raise ImageTooLarge(
            message=f"This picture is {width} x {height} pixels, {width * height / 1e6:.0f} "
            f"million; at most {limits.max_pixels / 1e6:g} million are allowed.",
            remedy=remedy,
        )
    if min(size_wh) < MIN_SIDE_PX:
        raise InvalidImageFormat(
            message=f"This picture is too small: {width} x {height} pixels; "
            f"at least {MIN_SIDE_PX} on the shorter side are needed.",
            remedy="Use the original photo, not a thumbnail of it.",
        )
    if min(fit_within(size_wh, limits.work_side_px)) < MIN_SIDE_PX:
        raise InvalidImageFormat(
            message=f"This picture is too narrow: {width} x {height} pixels.",
            remedy="Crop it to the person or the garment and try again.",
        )


def _opened(data: bytes, kind: PictureKind) -> ImageFile:
    """Read the header only."""
    if kind == "WebP" and len(data) < int.from_bytes(data[4:8], "little") + 8:
        raise _damaged(kind, EOFError("truncated"))  # its decoder would only say "cannot decode"
    if kind == "JPEG" and (num_scans := data.count(b"\xff\xda")) > MAX_JPEG_SCANS:
        raise _damaged(kind, ValueError(f"{num_scans} scans"))
    try:
        if kind == "HEIC":
            from pi_heif import HeifImageFile  # a few MB of library that most runs never need

            return cast(ImageFile, HeifImageFile(BytesIO(data)))
        return _DECODERS[kind](BytesIO(data))
    except Image.DecompressionBombError as exc:  # a GIF frame larger than its screen
        raise ImageTooLarge(str(exc)) from exc
    except Exception as exc:  # hostile bytes make decoders raise nearly anything
        raise _damaged(kind, exc) from exc


def _decoded(image: ImageFile, kind: PictureKind, target_wh: tuple[int, int]) -> Image.Image:
    """Decode the pixels at about the size needed, then shrink to exactly `target_wh`."""
    box_wh: tuple[float, float] = image.size
    try:
        if kind == "JPEG":  # the decoder itself can halve, quarter ...: less time and memory
            wanted = (int(target_wh[0] * REDUCING_GAP), int(target_wh[1] * REDUCING_GAP))
            if drafted := image.draft(None, wanted):
                box_wh = drafted[1][2:]  # odd sides are rounded up; this is the true extent
        promised_wh = image.size
        image.load()
        if image.size != promised_wh:  # HEIC can do that; the limits were checked on the promise
            raise ValueError(f"header says {promised_wh}, content is {image.size}")
    except Exception as exc:  # hostile bytes make decoders raise nearly anything
        raise _damaged(kind, exc) from exc
    return _shrunk(image, box_wh, target_wh)


def _damaged(kind: PictureKind, exc: Exception) -> InvalidImageFormat:
    detail = f"{kind}: {type(exc).__name__}: {exc}"
    if isinstance(exc, EOFError) or any(words in str(exc).lower() for words in _CUT_OFF):
        return InvalidImageFormat(
            detail,
            message=f"This {kind} file is cut off: its end is missing.",
            remedy="Copy, download or upload it again from where it came.",
        )
    return InvalidImageFormat(
        detail,
        message=f"This {kind} file is damaged or incomplete.",
        remedy="Open it in a picture program, save it as JPEG or PNG, and try again.",
    )


def _shrunk(
    image: Image.Image, box_wh: tuple[float, float], target_wh: tuple[int, int]
) -> Image.Image:
    """Antialiased, in one of the modes L, LA, RGB, RGBA, CMYK; colours not yet converted."""
    gap = min(box_wh[0] / target_wh[0], box_wh[1] / target_wh[1]) / REDUCING_GAP
    factor = max(1, int(gap))
    if factor == 1 and image.mode in ("L", "RGB", "CMYK"):  # nothing to reduce or to convert
        return plain(image).resize(target_wh, Image.Resampling.LANCZOS, (0.0, 0.0, *box_wh))
    rows = BAND_ROWS * factor
    reduced: Image.Image | None = None
    for top in range(0, image.height, rows):
        bottom = min(top + rows, image.height)
        band = plain(image.crop((0, top, image.width, bottom))).reduce(factor)
        if reduced is None:
            reduced = Image.new(band.mode, (band.width, math.ceil(image.height / factor)))
        reduced.paste(band, (0, top // factor))
    if reduced is None:
        raise ValueError("image: want at least one row")
    box = (0.0, 0.0, box_wh[0] / factor, box_wh[1] / factor)
    return reduced.resize(target_wh, Image.Resampling.LANCZOS, box)


def _orientation(image: ImageFile) -> int:
    """EXIF orientation 1..8; 1 where there is none or the EXIF block is broken."""
    try:
        orientation = int(image.getexif().get(ExifTag.Orientation, 1))
        return orientation if orientation in _TURNS else 1
    except Exception:  # noqa: BLE001 - a picture is still a picture when its EXIF is rubbish
        return 1
