"""Light for a garment photographed elsewhere: shade and folds of the scene, contact shadows.

All fields are factors on linear light, near 1; hue and saturation stay.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, RgbImage, SoftMask

Field = NDArray[np.float32]

LIGHT_SIDE: Final = 512  # px: light is smooth, and finer folds are not carried over
FOLD_SIGMA: Final = 0.003  # of the longer side: finer than this is cloth and print, not folds
SHADE_SIGMA: Final = 0.05  # of the longer side: light and shade of the body
DARK: Final = 0.02  # linear light below which a camera sees noise instead of folds
DEEPEST, BRIGHTEST = 0.55, 1.25  # the strongest shade and light carried over
CONTACT_SIGMA: Final = 0.012  # of the longer side: reach of a contact shadow
ROUNDNESS: Final = 0.14  # how much darker a body's sides are, where the photo does not tell
ROUND_REACH: Final = 0.035  # of the longer side: how far in
RIM: Final = 0.012  # of the longer side: cloth turns away from the camera this close to its edge
LUMA: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)


@dataclass(frozen=True, slots=True)
class Strength:
    """How much of each effect: 0 none, 1 as in the photo.

    Attributes:
        shade: light and shade of the body.
        folds: large folds.
        contact: shadows where cloth touches arms, chin, hair and skin.
        rim: darkening where cloth turns away.
    """

    shade: float
    folds: float
    contact: float
    rim: float


def linear(srgb: NDArray[np.uint8]) -> Field:
    """sRGB 0..255 to linear light 0..1, by the gamma of 2.2 that the way back uses, too."""
    return np.asarray((np.arange(256, dtype=np.float32) / 255) ** 2.2, np.float32)[srgb]


def light_field(
    person: RgbImage,
    cloth: SoftMask,
    behind: SoftMask,
    worn: SoftMask,
    strength: Strength,
) -> Field:
    """(H, W) float32: what to multiply the garment's linear light by.

    Args:
        person: (H, W, 3) uint8, the photo.
        cloth: (H, W) float32, where the garment is seen.
        behind: (H, W) float32, garment that arms, hair or chin hide.
        worn: (H, W) float32, clothes in the photo that shade can be read off.
        strength: of each effect.
    """
    height, width = cloth.shape
    scale = min(1.0, LIGHT_SIDE / max(height, width))
    size_wh = (max(2, round(width * scale)), max(2, round(height * scale)))
    small = [cv2.resize(a, size_wh, None, 0, 0, cv2.INTER_AREA) for a in
             (person, cloth, behind, worn)]  # fmt: skip
    rgb, seen, hidden, dressed = small
    field, evenness = shade_of(rgb, seen, dressed, strength)
    round_off = strength.shade * (1 - evenness) * ROUNDNESS
    field *= 1 - round_off * edge_shadow(seen, hidden, ROUND_REACH)
    field *= 1 - strength.contact * contact_shadow(seen, hidden)
    field *= 1 - strength.rim * edge_shadow(seen, hidden, RIM)
    return np.asarray(cv2.resize(field, (width, height), None, 0, 0, cv2.INTER_CUBIC), np.float32)


def shade_of(
    rgb: RgbImage, seen: SoftMask, worn: SoftMask, strength: Strength
) -> tuple[Field, float]:
    """Light and folds of the clothes in the photo, as far as they are of one colour.

    What is print, stripe or seam there is left out and filled from around it; the less of one
    colour the clothes are, the less of their folds is carried over.

    Returns:
        (H, W) float32 factor, and 0..1, how much the clothes tell.
    """
    side = max(seen.shape)
    light = linear(rgb) @ LUMA
    usable = (worn > 0.5) & (cv2.dilate(seen, np.ones((9, 9), np.uint8)) > 0.05)
    if int(usable.sum()) < 50:
        return np.ones(seen.shape, np.float32), 0.0
    weight, evenness = one_colour(rgb, light, usable)
    log_light = np.log(light + np.float32(DARK))
    level = float(np.median(log_light[weight > 0.5])) if (weight > 0.5).any() else 0.0
    relative = np.asarray(log_light - level, np.float32)
    shade = smoothed(relative, weight, SHADE_SIGMA * side)
    folds = smoothed(relative, weight, FOLD_SIGMA * side) - shade
    mean = float(np.median(shade[seen > 0.5])) if (seen > 0.5).any() else 0.0
    field = evenness * (strength.shade * (shade - mean) + strength.folds * folds)
    return np.asarray(np.clip(np.exp(field), DEEPEST, BRIGHTEST), np.float32), evenness


def one_colour(rgb: RgbImage, light: Field, usable: BoolMask) -> tuple[Field, float]:
    """(H, W) float32 weight of pixels in the clothes' main colour; 0..1, how much they are.

    The main colour is the commonest hue and saturation there, at any brightness within the range
    that folds have; shade changes brightness, print mostly both.
    """
    lab = cv2.cvtColor(rgb.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    bins = np.stack([lab[..., 0] / 12, lab[..., 1] / 8, lab[..., 2] / 8], axis=-1).round()
    own = bins[usable].astype(np.int64)
    keys = (own[:, 0] * 256 + own[:, 1] + 64) * 256 + own[:, 2] + 64
    values, counts = np.unique(keys, return_counts=True)
    main = lab[usable][keys == values[np.argmax(counts)]].mean(axis=0)
    chroma = np.hypot(lab[..., 1] - main[1], lab[..., 2] - main[2])
    main_light = float(np.median(light[usable][keys == values[np.argmax(counts)]]))
    ratio = np.log((light + np.float32(DARK)) / (main_light + DARK))
    close = np.exp(-((chroma / 10) ** 2)) * np.exp(-((ratio / 0.8) ** 4))
    weight = np.asarray(close * usable, np.float32)
    share = float(weight[usable].mean())
    weight = cv2.erode(weight, np.ones((5, 5), np.uint8))  # print blends into what is around it
    return weight, float(np.clip((share - 0.35) / 0.4, 0, 1))


def smoothed(values: Field, weight: Field, sigma_px: float) -> Field:
    """Weighted Gaussian mean; where nothing is known near by, that of further away."""
    result = np.zeros_like(values)
    missing = np.ones_like(values)
    for grow in (1.0, 3.0, 9.0):
        known = cv2.GaussianBlur(weight, (0, 0), grow * sigma_px)
        mean = cv2.GaussianBlur(values * weight, (0, 0), grow * sigma_px) / np.maximum(known, 1e-4)
        trust = np.clip(known / np.float32(0.15), 0, 1)
        result += missing * trust * mean
        missing *= 1 - trust
    return result


def contact_shadow(seen: SoftMask, hidden: SoftMask) -> Field:
    """0..1: on the garment, close to what lies in front of it, a little more below it."""
    side = max(seen.shape)
    sigma = CONTACT_SIGMA * side
    drop = np.array([[1, 0, 0], [0, 1, 0.6 * sigma]])
    lowered = cv2.warpAffine(hidden, drop, (seen.shape[1], seen.shape[0]))
    near = cv2.GaussianBlur(np.maximum(hidden, lowered), (0, 0), sigma)
    return np.asarray(np.clip(1.6 * near, 0, 1), np.float32)


def edge_shadow(seen: SoftMask, hidden: SoftMask, reach: float) -> Field:
    """0..1: where the garment's own edge is near and the cloth turns away from the camera.

    Args:
        seen: where the garment is seen.
        hidden: where something is in front of it.
        reach: of the longer side.
    """
    whole = np.clip(seen + hidden, 0, 1)
    inside = np.pad((whole > 0.5).astype(np.uint8), 1, mode="edge")  # the photo's border is no edge
    away = cv2.distanceTransform(inside, cv2.DIST_L2, 5)[1:-1, 1:-1]
    return np.asarray(np.exp(-away / np.float32(reach * max(seen.shape))), np.float32)
