"""Light for a garment photographed elsewhere: shade and folds of the scene, contact shadows.

All fields are factors on linear light, near 1; hue and saturation stay.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, RgbImage, SoftMask
from tryon.geometry import mask_box_xyxy

Field = NDArray[np.float32]

LIGHT_SIDE: Final = 512  # px: light is smooth, and finer folds are not carried over
FOLD_SIGMA: Final = 0.003  # of the longer side: finer than this is cloth and print, not folds
SHADE_SIGMA: Final = 0.05  # of the longer side: light and shade of the body
DETAIL_PX: Final = 9  # at LIGHT_SIDE: what a median of this width removes is a letter or a seam
SAME_COLOUR: Final = 0.2  # log ratio of channels: light keeps it, dye and bleach do not
FADE: Final = 0.02  # of the longer side: how gently folds end where no more are known
ENOUGH: Final = 0.6  # of the garment: where less is known, less of it is carried over
DARK: Final = 0.02  # linear light below which a camera sees noise instead of folds
LOG_RANGE: Final = 1.5  # folds stay within it, dark or bright
MIN_PIXELS: Final = 50  # fewer tell nothing
DEEPEST, BRIGHTEST = 0.55, 1.25  # the strongest shade and light carried over
CONTACT_SIGMA: Final = 0.012  # of the longer side: reach of a contact shadow
SIDES, DOWN = 0.08, 0.07
"""How much less light, in log, the sides of a worn garment have than its middle, and its lower end
than its upper one: least squares over 21 studio photos of people in clothes of one colour. They
explain 2 % of the variance of a photo left out; distance to the cloth's edge, to arms and to the
chin explains less than 1 %."""
LUMA: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)


@dataclass(frozen=True, slots=True)
class Strength:
    """How much of each effect: 0 none, 1 as in the photo.

    Attributes:
        shade: light and shade of the body.
        folds: large folds.
        contact: shadows where cloth touches arms, chin, hair and skin.
    """

    shade: float
    folds: float
    contact: float


def linear(srgb: NDArray[np.uint8]) -> Field:
    """sRGB 0..255 of any shape to linear light 0..1, by the gamma of 2.2 of the way back."""
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
    field, told = shade_of(rgb, seen, dressed, strength)
    field *= usual_shade(seen) ** (strength.shade * (1 - told))
    field *= 1 - strength.contact * contact_shadow(seen, hidden)
    return np.asarray(cv2.resize(field, (width, height), None, 0, 0, cv2.INTER_CUBIC), np.float32)


def shade_of(
    rgb: RgbImage, seen: SoftMask, worn: SoftMask, strength: Strength
) -> tuple[Field, float]:
    """Light and folds of the clothes in the photo, as far as they are of one colour.

    What is print, stripe, bleach or seam there is left out: shade is filled in from around it,
    folds fade out. The less of one colour the clothes are, and the less of the garment they lie
    under, the less is carried over.

    Args:
        rgb: (H, W, 3) uint8, the person photo.
        seen: (H, W) float32, where the new garment shows.
        worn: (H, W) float32, the clothes worn now.
        strength: how much of it is wanted.

    Returns:
        (H, W) float32 factor, and 0..1, how much the clothes tell.
    """
    side = max(seen.shape)
    light = linear(rgb) @ LUMA
    usable = (worn > 0.5) & (cv2.dilate(seen, np.ones((9, 9), np.uint8)) > 0.05)
    if int(usable.sum()) < MIN_PIXELS:
        return np.ones(seen.shape, np.float32), 0.0
    weight, evenness = one_colour(rgb, light, usable)
    log_light = np.log(light + np.float32(DARK))
    level = np.median(log_light[weight > 0.5]) if (weight > 0.5).any() else 0.0
    relative = without_detail(np.where(usable, log_light - np.float32(level), 0))
    shade = smoothed(relative, weight, SHADE_SIGMA * side)
    known = cv2.GaussianBlur(weight, (0, 0), FOLD_SIGMA * side)
    fine = cv2.GaussianBlur(relative * weight, (0, 0), FOLD_SIGMA * side) / np.maximum(known, 1e-4)
    is_known, inside = known > 0.3, seen > 0.5
    told = evenness * min(1.0, float(is_known[inside].mean()) / ENOUGH) if inside.any() else 0.0
    folds = fade_out(is_known | ~inside, FADE * side) * (fine - shade)
    mean = float(np.median(shade[inside])) if inside.any() else 0.0
    field = told * (strength.shade * (shade - mean) + strength.folds * folds)
    return np.asarray(np.clip(np.exp(field), DEEPEST, BRIGHTEST), np.float32), told


def one_colour(rgb: RgbImage, light: Field, usable: BoolMask) -> tuple[Field, float]:
    """(H, W) float32 weight of pixels in the clothes' main colour; 0..1, how much they are.

    The main colour is the commonest one there, at any brightness within the range that folds have.
    Light multiplies all channels alike, so their ratios stay; print and bleach change them.
    """
    lab = cv2.cvtColor(rgb.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    bins = (lab[usable] / np.array([12, 8, 8], np.float32)).round().astype(np.int64)
    _, number, counts = np.unique(bins, axis=0, return_inverse=True, return_counts=True)
    is_main = number.ravel() == np.argmax(counts)
    log_rgb = np.log(linear(rgb) + np.float32(DARK))
    ratios = log_rgb[..., [0, 2]] - log_rgb[..., 1:2]
    off_colour = np.linalg.norm(ratios - np.median(ratios[usable][is_main], axis=0), axis=2)
    main_light = np.median(light[usable][is_main])
    off_light = np.log((light + np.float32(DARK)) / (main_light + np.float32(DARK)))
    close = np.exp(-((off_colour / SAME_COLOUR) ** 2) - (off_light / np.float32(0.8)) ** 4)
    weight = np.asarray(close * usable, np.float32)
    share = float(weight[usable].mean())
    weight = cv2.erode(weight, np.ones((5, 5), np.uint8))  # print blends into what is around it
    return weight, float(np.clip((share - 0.35) / 0.4, 0, 1))


def without_detail(relative: NDArray[np.floating]) -> Field:
    """(H, W) log light without letters, buttons, seams and weave.

    Folds are wider and keep their edges.
    """
    levels = np.clip((relative + LOG_RANGE) * (127.5 / LOG_RANGE), 0, 255).astype(np.uint8)
    plain = cv2.medianBlur(levels, DETAIL_PX).astype(np.float32)
    return np.asarray(plain * np.float32(LOG_RANGE / 127.5) - np.float32(LOG_RANGE), np.float32)


def smoothed(values: Field, weight: Field, sigma_px: float) -> Field:
    """(H, W) weighted Gaussian mean; where nothing is known near by, that of further away."""
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
    """(H, W) 0..1: on the garment, close to what lies in front of it, a little more below it."""
    side = max(seen.shape)
    sigma = CONTACT_SIGMA * side
    drop = np.array([[1, 0, 0], [0, 1, 0.6 * sigma]])
    lowered = cv2.warpAffine(hidden, drop, (seen.shape[1], seen.shape[0]))
    near = cv2.GaussianBlur(np.maximum(hidden, lowered), (0, 0), sigma)
    return np.asarray(np.clip(1.6 * near, 0, 1), np.float32)


def fade_out(known: BoolMask, reach_px: float) -> Field:
    """(H, W) 0..1: 0 where nothing is known, 1 from `reach_px` away from there on."""
    away = cv2.distanceTransform(known.astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(np.clip(away / np.float32(reach_px), 0, 1), np.float32)


def usual_shade(seen: SoftMask) -> Field:
    """(H, W) factor, mean about 1: how light falls on a garment where the photo does not tell."""
    x0, y0, x1, y1 = mask_box_xyxy(seen > 0.5) or (0, 0, seen.shape[1], seen.shape[0])
    rows, columns = np.mgrid[: seen.shape[0], : seen.shape[1]].astype(np.float32)
    across = np.minimum(np.abs(2 * (columns - x0) / (x1 - x0) - 1), 1)
    down = np.clip((rows - y0) / (y1 - y0), 0, 1)
    return np.asarray(np.exp(SIDES * (1 / 3 - across**2) + DOWN * (0.5 - down)), np.float32)
