"""Photos to measure with: a person and a garment that anybody has who installed this."""

import io
from importlib.resources import files

import numpy as np
from PIL import Image, ImageOps

from scripts.render_docs import ROOT
from tryon.arrays import RgbImage

SIZE_WH = (768, 1024)
LARGE_WH = (1152, 1536)
PHONE_WH = (3000, 4000)  # 12 megapixels, as phones take them
GARMENT = ROOT / "assets" / "garments" / "printed_tshirt.jpg"


def person_rgb(size_wh: tuple[int, int] = SIZE_WH) -> RgbImage:
    """(H, W, 3) uint8: Grace Hopper as matplotlib has her, a little cut off on both sides."""
    photo = files("matplotlib") / "mpl-data/sample_data/grace_hopper.jpg"
    with photo.open("rb") as file, Image.open(file) as given:
        return np.asarray(ImageOps.fit(given.convert("RGB"), size_wh), dtype=np.uint8)


def garment_rgb(size_wh: tuple[int, int] = SIZE_WH) -> RgbImage:
    """(H, W, 3) uint8: a drawn T-shirt, fitted on white."""
    with Image.open(GARMENT) as photo:
        fitted = ImageOps.pad(photo.convert("RGB"), size_wh, Image.Resampling.LANCZOS, "white")
    return np.asarray(fitted, dtype=np.uint8)


def as_jpeg(rgb: RgbImage, number: int) -> bytes:
    """A file nobody has seen before: some pixels in the corner differ by `number`."""
    fresh = rgb.copy()
    fresh[:8, :8] = number * 11 % 256
    buffer = io.BytesIO()
    Image.fromarray(fresh).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()
