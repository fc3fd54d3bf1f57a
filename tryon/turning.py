"""Photos that lie on their side: turned by quarters, and how far they have to be turned.

A camera held flat writes no orientation, or a wrong one. A JPEG is turned without touching its
pixels: its orientation is written anew, which every browser and our own decoder follow.
"""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image
from PIL.ExifTags import Base as ExifTag
from PIL.JpegImagePlugin import JpegImageFile

from tryon.errors import PoseFailed
from tryon.ports import PoseModel
from tryon.stages.load import Photo, PhotoLimits, load_photo
from tryon.stages.loading.file_kinds import file_kind
from tryon.stages.pose import Pose, find_pose

# Quarter turns to the right -> the word for programs, what is wrong, what to do.
TURNS: Final[dict[int, tuple[str, str, str]]] = {
    1: ("turn_right", "The person photo is turned on its side.",
        "Turn it by 90° to the right."),
    3: ("turn_left", "The person photo is turned on its side.",
        "Turn it by 90° to the left."),
    2: ("turn_around", "The person photo is upside down.",
        "Turn it by 180°."),
}  # fmt: skip

_JPEG_QUALITY: Final = 95  # of photos that were no JPEG; from then on nothing more is lost
# EXIF orientations, each turned to the right by a quarter from the one before; mirrored ones apart.
_ROUNDS: Final = ((1, 6, 3, 8), (2, 7, 4, 5))
_START: Final = b"\xff\xd8"
_EXIF: Final = b"Exif\x00\x00"
_APP1, _SCAN = 0xE1, 0xDA


def find_upright_pose(photo: Photo, model: PoseModel) -> Pose:
    """`find_pose`; where it fails, turned copies of the photo are looked at as well.

    Only where somebody is seen in the photo as given: of 219 people on their side or upside down
    (73 photos) the model saw every one, and "people" that it saw in a turned copy alone were a cup
    of coffee and a motorcycle (3 of 96 pictures without anybody).

    Raises:
        PoseFailed: as `find_pose`; with a `reason` of `TURNS` when a turn would help.
    """
    try:
        return find_pose(photo, model)
    except PoseFailed as error:
        if not model.detect(photo.rgb):
            raise
        for quarters, (reason, message, remedy) in TURNS.items():
            turned = replace(photo, rgb=np.rot90(photo.rgb, -quarters).copy())
            if _shows_somebody(turned, model):
                raise PoseFailed(
                    error.detail, message=message, remedy=remedy, reason=reason
                ) from error
        raise


def turned_photo(data: bytes, quarters: int, limits: PhotoLimits) -> bytes:
    """A picture file turned to the right.

    Args:
        data: any picture that `load_photo` takes.
        quarters: how many times by 90 degrees; negative ones to the left.
        limits: of pictures.

    Returns:
        A JPEG, its pixels as given when it was one; a PNG when parts are transparent.

    Raises:
        InvalidImageFormat, ImageTooLarge: as `load_photo`.
    """
    if file_kind(data) != "JPEG":
        photo = load_photo(data, replace(limits, work_side_px=limits.max_side_px))
        if photo.alpha is not None:
            alpha = np.round(photo.alpha * 255).astype(np.uint8)
            pixels = np.rot90(np.dstack([photo.rgb, alpha]), -quarters)
            return _file(Image.fromarray(pixels.copy()), "PNG", compress_level=1)
        data = _file(Image.fromarray(photo.rgb), "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    else:
        load_photo(data, limits)  # says what is wrong with it, if anything is
    return _with_orientation(data, quarters)


def _shows_somebody(photo: Photo, model: PoseModel) -> bool:
    try:
        find_pose(photo, model)
    except PoseFailed:
        return False
    return True


def _file(image: Image.Image, kind: str, **options: int) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _with_orientation(jpeg: bytes, quarters: int) -> bytes:
    """The same JPEG with another orientation as the only EXIF in it."""
    now = _orientation(jpeg)
    around = next(one for one in _ROUNDS if now in one)
    exif = Image.Exif()
    exif[ExifTag.Orientation] = around[(around.index(now) + quarters) % 4]
    block = exif.tobytes()
    head = bytes([0xFF, _APP1]) + (len(block) + 2).to_bytes(2, "big") + block
    return _START + head + b"".join(_other_parts(jpeg))


def _orientation(jpeg: bytes) -> int:
    """1 where there is none or the EXIF block is broken, as `load_photo` takes it."""
    try:
        found = int(JpegImageFile(BytesIO(jpeg)).getexif().get(ExifTag.Orientation, 1))
    except Exception:  # noqa: BLE001 - a picture is still a picture when its EXIF is rubbish
        return 1
    return found if 1 <= found <= 8 else 1


def _other_parts(jpeg: bytes) -> Iterator[bytes]:
    """Everything after the start but EXIF: segments up to the first scan, then the rest."""
    at = len(_START)
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != _SCAN:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if not (jpeg[at + 1] == _APP1 and jpeg[at + 4 :].startswith(_EXIF)):
            yield jpeg[at:end]
        at = end
    yield jpeg[at:]
