"""How tests compare pictures: a ruler, itself tested in `test_images.py`, and golden pictures."""

from pathlib import Path

import numpy as np
from PIL import Image

from tryon.arrays import BoolMask, RgbImage

GOLDENS = Path(__file__).parent / "goldens"
MEAN_LEVELS, P99_LEVELS = 2.5, 12.0
"""Limits inside the region a stage changed. On photos a JPEG 95 re-encoding stays below (mean 1.3
to 1.8, p99 5 to 8), a shift by one pixel (mean above 5, p99 above 35) does not."""


def image_gap(actual: RgbImage, golden: RgbImage, where: BoolMask) -> tuple[float, float]:
    """Mean and 99th percentile of the difference inside `where`, in 0..255 levels."""
    gap = np.abs(actual[where].astype(np.int16) - golden[where].astype(np.int16))
    return float(gap.mean()), float(np.percentile(gap, 99))


def looks_like(actual: RgbImage, golden: RgbImage, where: BoolMask) -> bool:
    """Whether two pictures are the same to the eye inside `where`."""
    mean, p99 = image_gap(actual, golden, where)
    return mean <= MEAN_LEVELS and p99 <= P99_LEVELS


def check_golden(
    name: str, actual: RgbImage, where: BoolMask, results: Path, *, is_update: bool = False
) -> None:
    """Fail unless `actual` looks like the golden picture of this name inside `where`.

    A failure leaves NAME.actual.png, NAME.golden.png and NAME.difference.png in `results`.

    Args:
        name: file name of the golden picture without `.png`.
        actual: (H, W, 3) uint8.
        where: (H, W) bool, what the stage changed.
        results: folder for the three pictures.
        is_update: write the golden picture instead (`--update-goldens`); look at it afterwards.
    """
    path = GOLDENS / f"{name}.png"
    if is_update:
        GOLDENS.mkdir(exist_ok=True)
        Image.fromarray(actual).save(path, optimize=True)
        return
    golden = np.asarray(Image.open(path).convert("RGB"))
    if golden.shape == actual.shape and looks_like(actual, golden, where):
        return
    results.mkdir(parents=True, exist_ok=True)
    Image.fromarray(actual).save(results / f"{name}.actual.png")
    Image.fromarray(golden).save(results / f"{name}.golden.png")
    if golden.shape != actual.shape:
        raise AssertionError(f"{name}: size {actual.shape}, golden {golden.shape}; see {results}")
    gap = np.abs(actual.astype(np.int16) - golden) * 4 * where[..., None]  # 4: visible to the eye
    Image.fromarray(np.clip(gap, 0, 255).astype(np.uint8)).save(results / f"{name}.difference.png")
    mean, p99 = image_gap(actual, golden, where)
    raise AssertionError(
        f"{name}: mean {mean:.2f} (limit {MEAN_LEVELS}), p99 {p99:.1f} (limit {P99_LEVELS});"
        f" see {results}"
    )
