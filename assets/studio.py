"""The photo studio: panels become one garment, the garment lies on a light background."""

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

import cv2
import numpy as np

from assets.cloth import Colour, Panel, blur, render
from assets.outlines import HEIGHT, MIDDLE, SCALE, WIDTH, Box, Field, Points, Sway, fill
from tryon.anchors import ANCHOR_NAMES, Anchor, AnchorSet, GarmentType
from tryon.arrays import RgbImage, SoftMask, to_uint8

PALE: Colour = (0.957, 0.957, 0.953)
GREY: Colour = (0.905, 0.905, 0.91)


@dataclass(frozen=True, slots=True)
class Garment:
    """A drawing: pieces of cloth from back to front and where its anchors are.

    Attributes:
        middle: anchors on the midline, by name.
        sides: anchors of the wearer's left, by name without the side; the right ones mirror them.
        sway: how far the cloth strays from symmetry; 1 is about 3 px.
    """

    name: str
    garment_type: GarmentType
    panels: tuple[Panel, ...]
    middle: Mapping[str, tuple[float, float]]
    sides: Mapping[str, tuple[float, float]]
    background: Colour = PALE
    sway: float = 1.0

    def random(self) -> np.random.Generator:
        """This garment's own random numbers, the same every time."""
        return np.random.default_rng(crc32(self.name.encode()))


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A finished picture and what is true about it.

    Attributes:
        photo: (1024, 768, 3) sRGB.
        alpha: (1024, 768), how much of each pixel the garment covers.
        anchors: in pixels of the photo.
    """

    photo: RgbImage
    alpha: SoftMask
    anchors: AnchorSet


def photograph(garment: Garment) -> Shot:
    """Draw a garment; the same garment gives the same picture."""
    rng = garment.random()
    sway = Sway.random(rng, garment.sway)
    boxes = [Box.around(sway(panel.outline), 14) for panel in garment.panels]
    whole = _silhouette(garment, boxes, sway)
    rgb = np.zeros((HEIGHT * SCALE, WIDTH * SCALE, 3), np.float32)
    alpha = np.zeros((HEIGHT * SCALE, WIDTH * SCALE), np.float32)
    for panel, box in zip(garment.panels, boxes, strict=True):
        colour, mask = render(panel, box, whole, sway, rng)
        below, covered = rgb[box.large], alpha[box.large]
        shadow = 1 - panel.cast * _shadow(mask)[..., None]
        share = np.where(covered > 0, mask / np.maximum(np.maximum(mask, covered), 1e-3), 1.0)
        rgb[box.large] = below * shadow * (1 - share[..., None]) + colour * share[..., None]
        alpha[box.large] = np.maximum(covered, mask)
    size = (WIDTH, HEIGHT)
    premultiplied = cv2.resize(rgb * alpha[..., None], size, interpolation=cv2.INTER_AREA)
    small_alpha = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.float32)
    wall = _background(garment.background, small_alpha)
    photo = premultiplied + wall * (1 - small_alpha[..., None])
    photo = photo + 0.004 * rng.standard_normal(photo.shape, dtype=np.float32)
    return Shot(to_uint8(photo), small_alpha, _anchors(garment, sway))


def _silhouette(garment: Garment, boxes: list[Box], sway: Sway) -> Field:
    whole = np.zeros((HEIGHT, WIDTH), np.float32)
    for panel, box in zip(garment.panels, boxes, strict=True):
        mask = fill([sway(panel.outline), *(sway(hole) for hole in panel.holes)], box)
        small = cv2.resize(mask, (box.shape[1], box.shape[0]), interpolation=cv2.INTER_AREA)
        whole[box.small] = np.maximum(whole[box.small], small)
    return whole


def _shadow(mask: Field) -> Field:
    fallen = np.roll(mask, (3 * SCALE, 2 * SCALE), axis=(0, 1))
    return np.asarray(0.6 * blur(mask, 2.0 * SCALE) + 0.6 * blur(fallen, 7.0 * SCALE))


def _background(colour: Colour, alpha: Field) -> Field:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    far = np.hypot((x - 0.46 * WIDTH) / WIDTH, (y - 0.42 * HEIGHT) / HEIGHT)
    light = 1.012 - 0.075 * far**2
    light -= 0.13 * np.roll(blur(alpha, 11), (9, 4), axis=(0, 1))
    light -= 0.11 * np.roll(blur(alpha, 3), (3, 1), axis=(0, 1))
    return np.asarray(light[..., None] * np.array(colour, np.float32), dtype=np.float32)


def _anchors(garment: Garment, sway: Sway) -> AnchorSet:
    places = dict(garment.middle)
    for name, (x, y) in garment.sides.items():
        places[f"left_{name}"], places[f"right_{name}"] = (x, y), (-x, y)
    names = [name for name in ANCHOR_NAMES[garment.garment_type] if name in places]
    if len(names) != len(places):
        raise ValueError(f"{garment.name}: unknown anchors {sorted(set(places) - set(names))}")
    points: Points = sway(np.array([places[name] for name in names], dtype=np.float64))
    points = np.add(points, [MIDDLE, 0.0])
    return AnchorSet(
        WIDTH,
        HEIGHT,
        tuple(Anchor(n, float(x), float(y)) for n, (x, y) in zip(names, points, strict=True)),
    )
