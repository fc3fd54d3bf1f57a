"""The plain background of a garment photo: its colour, its noise, and shadows lying on it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, RgbImage, to_unit_float

RING = 0.025  # share of the shorter side that is looked at as background along the border
RING_STEP = 2  # of those pixels every second row and column says the same
PLAIN = 6.0  # Lab units: the ring's 80th percentile residual on studio backgrounds
QUIET = 2.5  # Lab units: noise up to which a shadow can be told from cloth of its colour
DARKEST = 0.6  # lightness in the deepest shadow / without it
TINT = 2.5  # Lab units beyond the noise that the hue in a shadow may be off
SLOPE = 3.0  # Lab units beyond twice the noise: lightness changes less over 3 px of a shadow


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """What the border of a photo says about its background.

    Attributes:
        lab: three of (H, W) float32: the photo.
        colour: (3, 3) float32: the background's L, a, b (columns) as 1, rows and columns say
            (rows); it may change linearly over the picture (a studio light falling off).
        distance: (H, W) float32, Lab units: how far every pixel is from that.
        noise: Lab units: the 80th percentile of that distance along the border.
    """

    lab: tuple[NDArray[np.float32], ...]
    colour: NDArray[np.float32]
    distance: NDArray[np.float32]
    noise: float

    @property
    def is_plain(self) -> bool:
        """Whether what differs from it can be told at all."""
        return self.noise <= PLAIN

    @property
    def is_quiet(self) -> bool:
        """Whether cloth nearly of its colour, and shadows, can be told from it."""
        return self.noise <= QUIET

    def in_shadow(self) -> BoolMask:
        """(H, W) what may be background with or without a soft shadow lying on it.

        Of the background's hue, no brighter, and without any texture. White and grey cloth can
        look the same: what is around it has to decide.
        """
        light, *hues = self.lab
        shape = light.shape
        lit = light / np.maximum(_plane(self.colour[:, 0], shape), 1)
        off = np.zeros(shape, np.float32)
        for channel, coefficients in zip(hues, self.colour.T[1:], strict=True):
            tint = channel - lit * _plane(coefficients, shape)
            off += cv2.multiply(tint, tint)
        smooth = cv2.morphologyEx(light, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
        found = (lit > DARKEST) & (lit < 1.01 + self.noise / 100)
        found &= off < (TINT + self.noise) ** 2
        return np.asarray(found & (smooth < SLOPE + 2 * self.noise))


def find_backdrop(photo_rgb: RgbImage, zone: tuple[slice, slice] = np.s_[:, :]) -> Backdrop:
    """The background of a photo, from its border.

    Args:
        photo_rgb: (H, W, 3) uint8.
        zone: rows and columns of the part that is looked at; all arrays are of its size.
    """
    height, width = photo_rgb.shape[:2]
    whole, noise = _border_colour(photo_rgb)
    zone_rgb = photo_rgb[zone]
    top, left = zone[0].indices(height)[0], zone[1].indices(width)[0]
    # The same change over the picture, told in the zone's own shares of its height and width.
    high, wide = zone_rgb.shape[0] / height, zone_rgb.shape[1] / width
    y, x = top / height + (high - 1) / 2, left / width + (wide - 1) / 2
    base, by_row, by_col = whole
    colour = np.array([base + y * by_row + x * by_col, high * by_row, wide * by_col], np.float32)
    lab = cv2.cvtColor(to_unit_float(zone_rgb), cv2.COLOR_RGB2Lab)
    channels = tuple(cv2.split(lab))
    squared = np.zeros(zone_rgb.shape[:2], np.float32)
    for channel, coefficients in zip(channels, colour.T, strict=True):
        off = cv2.subtract(channel, _plane(coefficients, channel.shape))
        cv2.accumulateSquare(off, squared)
    return Backdrop(channels, colour, np.sqrt(squared), noise)


def _border_colour(photo_rgb: RgbImage) -> tuple[NDArray[np.float64], float]:
    """`colour` and `noise` of a `Backdrop`."""
    height, width = photo_rgb.shape[:2]
    ring_px = max(3, round(RING * min(height, width)))
    ring = np.ones((height, width), bool)
    ring[ring_px:-ring_px, ring_px:-ring_px] = False
    rows, cols = (RING_STEP * every for every in np.nonzero(ring[::RING_STEP, ::RING_STEP]))
    terms = np.stack([np.ones(len(rows)), rows / height - 0.5, cols / width - 0.5], axis=1)
    ring_rgb = to_unit_float(photo_rgb[rows, cols])
    colours = cv2.cvtColor(ring_rgb[None], cv2.COLOR_RGB2Lab)[0].astype(np.float64)
    keep = np.ones(len(rows), bool)
    for _ in range(3):  # the garment may touch the border: fit again without the outliers
        kept = terms * keep[:, None]
        fit, *_ = np.linalg.lstsq(kept.T @ terms, kept.T @ colours, rcond=None)
        residual = np.linalg.norm(colours - terms @ fit, axis=1)
        keep = residual <= max(2.0, float(np.percentile(residual, 75)))
    return fit, float(np.percentile(residual, 80))


def _plane(coefficients: NDArray[np.float32], shape_hw: tuple[int, ...]) -> NDArray[np.float32]:
    """(H, W) float32: one number changing linearly over the picture."""
    height, width = shape_hw
    base, by_row, by_col = coefficients
    y = (np.arange(height, dtype=np.float32) / height - 0.5)[:, None]
    x = (np.arange(width, dtype=np.float32) / width - 0.5)[None, :]
    return np.asarray((base + y * by_row) + x * by_col, np.float32)
