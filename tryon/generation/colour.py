"""The garment keeps its colours: measure the shift of an answer, and take it back."""

from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab

from tryon.arrays import RgbaImage, RgbImage, SoftMask
from tryon.generation.scene import Scene
from tryon.geometry import fit_within

SMALL_SIDE: Final = 192  # px: colours are compared without folds, texture and small shifts
NUM_COLOURS: Final = 4
MIN_SHARE: Final = 0.04  # of the garment: smaller colours are not asked for
LIGHT: Final = (0.6, 1.5)  # times as bright: more than that is not light but another colour
RIDGE: Final = 0.02  # keeps a colour map near "unchanged" where the picture has few colours
SHIFT_LEVELS: Final = 1.5  # mean difference outside the region from which a tint is looked for
TINT_DELTA_E: Final = (2.0, 15.0)  # a smaller shift is not seen, a larger one is another garment

Floats: TypeAlias = NDArray[np.float32]


def match_colours(
    image: RgbImage, scene: Scene, region: SoftMask
) -> tuple[RgbImage, tuple[str, ...]]:
    """Take back a tint of the whole answer, then one of the garment alone.

    Light stays: only what differs in hue or saturation from the draft is a tint of the garment.

    Args:
        image: (H, W, 3) uint8, in place.
        scene: what it should show.
        region: (H, W) float32; outside it the answer should equal the photo.

    Returns:
        (H, W, 3) uint8, and sentences on what was corrected.
    """
    notes = []
    outside = _small(region) == 0
    if outside.any():
        seen, photo = _small(image)[outside], _small(scene.person)[outside]
        if float(np.abs(seen - photo).mean()) * 255 > SHIFT_LEVELS:
            table = _colour_map(seen, photo)
            if _gap(_mapped(seen, table), photo) < 0.6 * _gap(seen, photo):
                image = _applied(image, table)
                notes.append("The answer was tinted as a whole; its colours were set back.")
    worst = garment_delta_e(image, scene)[1]
    if TINT_DELTA_E[0] < worst < TINT_DELTA_E[1]:
        solid = _small(scene.cloth) > 0.9
        seen, draft = _small(image)[solid], _small(scene.draft)[solid]
        table = _colour_map(seen, _in_the_light_of(draft, seen))
        corrected = _applied(image, table)
        if garment_delta_e(corrected, scene)[1] < 0.6 * worst:
            weight = np.clip(2 * scene.cloth, 0, 1)
            image = np.asarray(cv2.blendLinear(corrected, image, weight, 1 - weight), np.uint8)
            notes.append(f"The garment's colour had shifted (deltaE {worst:.1f}); it was set back.")
    return image, tuple(notes)


def garment_delta_e(image: RgbImage, scene: Scene) -> tuple[float, float]:
    """How far the garment's colours in a picture are from those it should have.

    The garment's main colours are compared one by one, each where the draft shows it, and averaged
    by area. Brightness within `LIGHT` is the scene's and divided out.

    Args:
        image: (H, W, 3) uint8, the size of the scene.
        scene: what should be seen.

    Returns:
        CIEDE2000 against the garment photo, and against the draft. 0 where no garment shows.
    """
    solid = _small(scene.cloth) > 0.9
    if not solid.any():
        return 0.0, 0.0
    seen, draft = _small(image)[solid], _small(scene.draft)[solid]
    palette = np.vstack([main_colours(garment) for garment in scene.garments])
    nearest = np.argmin(
        np.linalg.norm(rgb2lab(draft)[:, None] - rgb2lab(palette)[None], axis=2), axis=1
    )
    against = np.zeros(2)
    total = 0.0
    for number, colour in enumerate(palette):
        own = nearest == number
        share = float(own.mean())
        if share < MIN_SHARE:
            continue
        here = np.median(seen[own], axis=0)[None]
        for i, wanted in enumerate((colour[None], np.median(draft[own], axis=0)[None])):
            lit = _in_the_light_of(wanted.astype(np.float32), here.astype(np.float32))
            against[i] += share * float(deltaE_ciede2000(rgb2lab(lit), rgb2lab(here))[0])
        total += share
    against /= max(total, 1e-6)
    return float(against[0]), float(against[1])


def main_colours(garment: RgbaImage) -> Floats:
    """(N, 3) float32 sRGB 0..1: the garment's main colours, at most `NUM_COLOURS`."""
    size_wh = fit_within((garment.shape[1], garment.shape[0]), SMALL_SIDE)
    small = cv2.resize(garment, size_wh, None, 0, 0, cv2.INTER_AREA)
    colours = small[small[..., 3] > 250][:, :3].astype(np.float32) / np.float32(255)
    if len(colours) < NUM_COLOURS:
        return colours if len(colours) else np.full((1, 3), 0.5, np.float32)
    lab = rgb2lab(colours).astype(np.float32)
    by_lightness = np.argsort(np.argsort(lab[:, 0], kind="stable"), kind="stable")
    labels = (by_lightness * NUM_COLOURS // len(lab)).astype(np.int32)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.5)
    flags = cv2.KMEANS_USE_INITIAL_LABELS  # chosen by lightness, so that no dice are thrown
    _, _, centres = cv2.kmeans(lab, NUM_COLOURS, labels, criteria, 1, flags)
    return np.asarray(lab2rgb(centres), np.float32)


def _small(array: NDArray[np.generic]) -> Floats:
    """A picture as 0..1 floats, or a mask, at `SMALL_SIDE`."""
    size_wh = fit_within((array.shape[1], array.shape[0]), SMALL_SIDE)
    small = cv2.resize(array, size_wh, None, 0, 0, cv2.INTER_AREA).astype(np.float32)
    return np.asarray(small / 255 if array.dtype == np.uint8 else small, np.float32)


def _linear(srgb: Floats) -> Floats:
    """Proportional to light."""
    return np.asarray(np.power(np.maximum(srgb, 0), 2.2), np.float32)


def _in_the_light_of(colours: Floats, light: Floats) -> Floats:
    """(N, 3) colours made as bright as others, within `LIGHT`; hue and saturation stay."""
    weights = np.array([0.2126, 0.7152, 0.0722], np.float32)
    own, other = (_linear(rgb) @ weights for rgb in (colours, light))
    gain = np.clip((other + 1e-3) / (own + 1e-3), *LIGHT)
    return np.asarray(np.clip(colours * gain[:, None] ** (1 / 2.2), 0, 1), np.float32)


def _colour_map(source: Floats, target: Floats) -> NDArray[np.float64]:
    """(4, 3) affine map of colours, near "unchanged" where the colours do not say otherwise."""
    ones = np.ones((len(source), 1))
    rows = np.hstack([source, ones]).astype(np.float64)
    weight = np.sqrt(RIDGE * len(source))
    penalty = weight * np.diag([1.0, 1.0, 1.0, 0.3])
    start = np.vstack([np.eye(3), np.zeros(3)])
    gap = (target - source).astype(np.float64)
    for _ in range(2):  # once more without what fits badly: edges that moved
        step, *_ = np.linalg.lstsq(
            np.vstack([rows, penalty]), np.vstack([gap, np.zeros((4, 3))]), rcond=None
        )
        left = np.abs(rows @ step - gap).max(axis=1)
        keep = left <= max(0.02, float(np.percentile(left, 80)))
        rows, gap = rows[keep], gap[keep]
    return np.asarray(start + step, np.float64)


def _mapped(colours: Floats, table: NDArray[np.float64]) -> Floats:
    return np.asarray(np.clip(colours @ table[:3] + table[3], 0, 1), np.float32)


def _gap(a: Floats, b: Floats) -> float:
    return float(np.median(np.abs(a - b)))


def _applied(image: RgbImage, table: NDArray[np.float64]) -> RgbImage:
    matrix = np.column_stack([table[:3].T, table[3] * 255])
    return np.asarray(cv2.transform(image, matrix), np.uint8)
