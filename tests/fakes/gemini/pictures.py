"""What the fake paints: the draft it was sent, at the size the API would answer with."""

import base64
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from PIL import Image

from tryon.arrays import RgbImage

SIDE_OF = {"1K": 1024, "2K": 2048, "4K": 4096}


def pictures_of(body: dict[str, Any]) -> list[RgbImage]:
    """Every picture of a request, in order: garments, draft, person."""
    found = []
    for content in body["contents"]:
        for part in content["parts"]:
            blob = part.get("inlineData") or part.get("inline_data")
            if blob:
                text = blob["data"].replace("-", "+").replace("_", "/")
                data = base64.b64decode(text + "=" * (-len(text) % 4))
                found.append(np.asarray(Image.open(BytesIO(data)).convert("RGB")))
    return found


def size_of(body: dict[str, Any]) -> tuple[int, int]:
    """(width, height) of the answer: the area of a square of the size asked for, multiples of 16.

    Without a shape, that of the last picture.
    """
    config = body.get("generationConfig") or {}
    image_config = config.get("imageConfig") or config.get("image_config") or {}
    side = SIDE_OF[image_config.get("imageSize") or image_config.get("image_size") or "1K"]
    ratio = image_config.get("aspectRatio") or image_config.get("aspect_ratio")
    if ratio:
        across, down = map(int, ratio.split(":"))
    else:
        down, across = (pictures_of(body) or [np.zeros((1, 1, 3), np.uint8)])[-1].shape[:2]
    unit = side / (across * down) ** 0.5
    return (max(16, round(across * unit / 16) * 16), max(16, round(down * unit / 16) * 16))


def painted(body: dict[str, Any]) -> RgbImage:
    """The draft at the size of the answer; a grey picture when nothing was sent."""
    sent = pictures_of(body)
    source = sent[-2] if len(sent) > 1 else np.full((64, 64, 3), 127, np.uint8)
    return np.asarray(cv2.resize(source, size_of(body), None, 0, 0, cv2.INTER_AREA))


def unchanged(body: dict[str, Any]) -> RgbImage:
    """The person photo, as it was sent."""
    return np.asarray(cv2.resize(pictures_of(body)[-1], size_of(body), None, 0, 0, cv2.INTER_AREA))


def moved(rgb: RgbImage, zoom: float, shift_xy: tuple[float, float]) -> RgbImage:
    """Zoomed about the middle and shifted by shares of the longer side, borders continued."""
    height, width = rgb.shape[:2]
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    offset = centre * (1 - zoom) + np.array(shift_xy) * max(width, height)
    matrix = np.array([[zoom, 0, offset[0]], [0, zoom, offset[1]]])
    return np.asarray(
        cv2.warpAffine(rgb, matrix, (width, height), None, cv2.INTER_CUBIC, cv2.BORDER_REPLICATE)
    )


def tinted(rgb: RgbImage, gain: tuple[float, float, float]) -> RgbImage:
    """Every channel times a factor."""
    return np.clip(rgb * np.array(gain) + 0.5, 0, 255).astype(np.uint8)


def as_file(rgb: RgbImage, kind: str = "PNG") -> bytes:
    """PNG or JPEG."""
    buffer = BytesIO()
    Image.fromarray(rgb).save(buffer, kind, quality=95, compress_level=1)
    return buffer.getvalue()
