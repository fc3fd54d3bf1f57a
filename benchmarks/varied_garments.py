"""Flat-lay photos of garments of many shapes, drawn with their true anchors.

They say how stage 3 reads shapes that `assets/` does not have. Lengths
are in widths between the armpits, x from the middle to the wearer's left, y below the collar.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from assets.outlines import Points, both, mirrored, path, run
from tryon.anchors import Anchor, AnchorSet, GarmentType
from tryon.arrays import RgbImage, SoftMask

WIDTH, HEIGHT = 576, 768
MOST_PX = 300.0  # between the armpits
STEP = 0.01  # of a curve
FINE = 2  # drawn at this multiple, then averaged down
Spot: TypeAlias = tuple[float, float]
Colour: TypeAlias = tuple[int, int, int]
Layer: TypeAlias = tuple[Points, float]  # an outline and how bright it is


@dataclass(frozen=True, slots=True)
class Shape:
    """What varies; `sleeve` is degrees from straight down, length, width at its end and halfway."""

    kind: GarmentType = "tshirt"
    neck: float = 0.19
    front: tuple[float, float] = (0.22, 2.0)  # depth and roundness of the neckline
    back: float = 0.03
    stand: float = 0.0  # height of a collar that stands up
    hood: bool = False
    shoulder: Spot = (0.46, 0.15)
    armpit: Spot = (0.5, 0.63)
    waist: Spot = (0.48, 1.18)
    hem: Spot = (0.51, 1.74)
    sleeve: tuple[float, float, float, float] | None = (42, 0.45, 0.38, 0.42)
    over: bool = False  # sleeves lie on the trunk, not under it
    loose: tuple[str, ...] = ()  # parts that lie nowhere in particular
    cloth: Colour = (60, 80, 120)
    ground: Colour = (244, 244, 242)
    turn_deg: float = 0.0
    shadow: float = 0.0
    has_hanger: bool = False

    @property
    def halves(self) -> dict[str, Points]:
        """The wearer's left points, and where the sleeve bends, by name."""
        named: dict[str, Spot] = {
            "neck": (self.neck, 0.0), "shoulder": self.shoulder, "armpit": self.armpit,
            "waist": self.waist, "hem": self.hem,
        }  # fmt: skip
        points = {name: np.array(xy) for name, xy in named.items()}
        if self.sleeve is not None:
            turn, length, wide, bend = self.sleeve
            along = np.array([np.sin(np.radians(turn)), np.cos(np.radians(turn))])
            across = np.array([along[1], -along[0]]) / 2
            head = (points["shoulder"] + points["armpit"]) / 2
            for name, far, breadth in (("elbow", 0.5, bend), ("sleeve", 1.0, wide)):
                points[f"{name}_outer"] = head + far * length * along + breadth * across
                points[f"{name}_inner"] = head + far * length * along - breadth * across
        return points

    @property
    def layers(self) -> Iterator[Layer]:
        """From back to front."""
        half, t = self.halves, np.linspace(0, 1, 30)
        front = np.stack([self.neck * t, self.front[0] * (1 - t ** self.front[1])], 1)
        back = np.stack([self.neck * t, self.back * (1 - t**2)], 1)
        if self.hood:
            yield both(run((0, -0.45), (0.14, -0.43), (0.24, -0.28), (0.27, -0.1),
                           (self.neck + 0.03, 0.03), (0, 0.2), step=STEP)), 0.92  # fmt: skip
        if self.stand:
            front = np.stack([1.12 * self.neck * t, self.stand + 0.03 * (1 - t**2)], 1)
            edge = np.array([(0, 0), (self.neck, 0), front[-1]])
            yield both(path(edge, front[::-1])), 0.97
        else:
            yield both(path(back, front[::-1])), 0.62
        bay = 0.045 if self.sleeve is None else 0.0
        shoulder, armpit, hem = self.shoulder, self.armpit, self.hem
        hole = ((shoulder[0] - bay), (shoulder[1] + armpit[1]) / 2)
        body = both(path(
            front, run(shoulder, hole, armpit, step=STEP), run(armpit, self.waist, hem, step=STEP),
            run(hem, (0, hem[1] + 0.02), step=STEP),
        )), 1.0  # fmt: skip
        sleeves: list[Layer] = []
        if self.sleeve is not None:
            outer = run(
                *(tuple(half[n]) for n in ("shoulder", "elbow_outer", "sleeve_outer")), step=STEP
            )
            inner = run(
                *(tuple(half[n]) for n in ("sleeve_inner", "elbow_inner", "armpit")), step=STEP
            )
            one = path(outer, inner, np.array([armpit, shoulder]) - [0.06, 0])
            sleeves = [(one, 0.95), (mirrored(one), 0.95)]
        yield from ((body, *sleeves) if self.over else (*sleeves, body))

    @property
    def anchors(self) -> dict[str, Points]:
        """By name, both sides."""
        is_short = self.sleeve is None or self.sleeve[1] <= 0.85
        named = {"neck_front": np.array([0.0, 0.0 if self.stand else self.front[0]]),
                 "neck_back": np.array([0.0, self.back])}  # fmt: skip
        for name, xy in self.halves.items():
            if not (is_short and "elbow" in name):
                named |= {f"left_{name}": xy, f"right_{name}": xy * [-1, 1]}
        return {n: xy for n, xy in named.items() if not any(part in n for part in self.loose)}


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A photo, how much of each pixel is garment, its anchors, and pixels between the armpits."""

    photo: RgbImage
    alpha: SoftMask
    anchors: AnchorSet
    torso_px: float


def photograph(shape: Shape, seed: int = 0) -> Shot:
    """The same shape and seed give the same picture."""
    rng, layers = np.random.default_rng(seed), list(shape.layers)
    points = np.concatenate([outline for outline, _ in layers])
    middle, (wide, high) = (points.min(axis=0) + points.max(axis=0)) / 2, np.ptp(points, axis=0)
    torso_px = float(min(0.84 * WIDTH / wide, 0.82 * HEIGHT / high, MOST_PX))
    turn, _ = cv2.Rodrigues(np.array([0, 0, np.radians(shape.turn_deg)]))

    def placed(xy: Points) -> Points:
        return np.asarray((xy - middle) @ turn[:2, :2].T * torso_px + (WIDTH / 2, HEIGHT / 2))

    cloth, alpha = np.zeros((HEIGHT, WIDTH, 3), np.float32), np.zeros((HEIGHT, WIDTH), np.float32)
    coarse = rng.normal(0, 1, (HEIGHT // 48, WIDTH // 48)).astype(np.float32)
    folds = 1 + 0.04 * cv2.resize(coarse, (WIDTH, HEIGHT), None, 0, 0, cv2.INTER_CUBIC)
    for outline, tone in layers:
        fine = np.zeros((HEIGHT * FINE, WIDTH * FINE), np.uint8)
        cv2.fillPoly(fine, [np.round(placed(outline) * FINE * 16).astype(np.int32)], 255, 8, 4)
        part = cv2.resize(fine, (WIDTH, HEIGHT), None, 0, 0, cv2.INTER_AREA) / np.float32(255)
        depth = cv2.distanceTransform((part > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
        seam = 1 - 0.18 * np.exp(-((depth / 3) ** 2)) - 0.1 * np.exp(-depth / 12)
        own = np.array(shape.cloth) * tone * (folds * seam)[..., None]
        cloth = cloth * (1 - part[..., None]) + own * part[..., None]
        alpha = np.maximum(alpha, part)
    ground = np.ones_like(cloth) * np.array(shape.ground, np.float32)
    if shape.shadow:
        cast = cv2.GaussianBlur(np.roll(alpha, (12, 8), (0, 1)), (0, 0), 10)
        ground *= (1 - shape.shadow * cast)[..., None]
    if shape.has_hanger:
        wire = np.array([(0, -0.32), (0, -0.12), (-0.3, 0.06), (0.3, 0.06), (0, -0.12)])
        cv2.polylines(ground, [placed(wire).astype(np.int32)], False, (90, 90, 95), 4, cv2.LINE_AA)
    rgb = (
        ground * (1 - alpha[..., None]) + cloth * alpha[..., None] + rng.normal(0, 1.5, cloth.shape)
    )
    named = (Anchor(name, *(placed(xy) - 0.5).tolist()) for name, xy in shape.anchors.items())
    anchors = AnchorSet(WIDTH, HEIGHT, tuple(named))
    return Shot(np.clip(rgb, 0, 255).astype(np.uint8), alpha, anchors, torso_px)
