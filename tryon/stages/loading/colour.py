"""Pillow's modes and colour spaces made plain: sRGB, and alpha apart. For `load.py` only."""

from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image, ImageCms

from tryon.arrays import RgbImage, SoftMask, to_uint8, to_unit_float
from tryon.errors import InvalidImageFormat

OPAQUE: Final = 255

_NOTE_PROFILE = "The colour profile of this picture cannot be used; colours may look different."
_NOTE_CMYK = "This picture has print colours without a profile; colours are approximate."


def plain(image: Image.Image) -> Image.Image:
    """The same pixels in one of the modes L, LA, RGB, RGBA, CMYK."""
    if image.mode.startswith("I;16"):
        return _from_16_bit(image)
    if image.has_transparency_data:
        return image.convert("LA" if image.mode in ("L", "LA") else "RGBA")
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _from_16_bit(image: Image.Image) -> Image.Image:
    """Grey 0..65535 to 0..255, rounded; Pillow's own conversion would clip or cut."""
    deep = np.asarray(image).astype(np.uint32)
    grey = Image.fromarray(((deep * 255 + 32_767) // 65_535).astype(np.uint8))
    clear = image.info.get("transparency")
    if not isinstance(clear, int):
        return grey
    return Image.merge("LA", (grey, Image.fromarray(np.where(deep == clear, 0, 255).astype("u1"))))


def without_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Colour (L, RGB or CMYK) and alpha (L); None where every pixel is opaque."""
    if image.mode not in ("LA", "RGBA"):
        return image, None
    alpha = image.getchannel("A")
    lowest, highest = alpha.getextrema()
    if highest == 0:
        raise InvalidImageFormat(
            message="This picture is fully transparent: there is nothing to see in it.",
            remedy="Export it again with its layers visible.",
        )
    return image.convert(image.mode[:-1]), None if lowest == OPAQUE else alpha


def to_srgb(colour: Image.Image, icc: bytes | None) -> tuple[Image.Image, str | None]:
    """RGB picture in sRGB, and a note when its colours may be off."""
    note = None
    if icc:
        try:
            profile = ImageCms.ImageCmsProfile(BytesIO(icc))
            if colour.mode == "L" and profile.profile.xcolor_space.strip() == "RGB":
                colour = colour.convert("RGB")  # grey written by a program that thinks in RGB
            converted = ImageCms.profileToProfile(
                colour,
                profile,
                ImageCms.createProfile("sRGB"),
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                outputMode="RGB",
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,  # as browsers and editors do
            )
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            note = _NOTE_PROFILE
        else:
            if converted is not None:
                return converted, None
    elif colour.mode == "CMYK":
        note = _NOTE_CMYK
    return colour.convert("RGB"), note


def over_white(rgb: RgbImage, alpha: Image.Image | None) -> tuple[RgbImage, SoftMask | None]:
    if alpha is None:
        return rgb, None
    soft = to_unit_float(np.asarray(alpha))
    cover = soft[..., None]
    return to_uint8(to_unit_float(rgb) * cover + (1.0 - cover)), soft
