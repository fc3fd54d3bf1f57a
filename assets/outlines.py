"""Curves and masks for drawn garments: splines, the sway of real cloth, filled outlines, lines.

Points are (N, 2) float64 pixels of the finished picture with x counted from the midline, so
(-x, y) mirrors (x, y) and positive x is the wearer's left. Masks are drawn SCALE times larger.
"""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

Points: TypeAlias = NDArray[np.float64]
Field: TypeAlias = NDArray[np.float32]

WIDTH, HEIGHT = 768, 1024
SCALE = 2  # drawn at this multiple, then averaged down
MIDDLE = (WIDTH - 1) / 2
_FINE = 2  # masks are filled at SCALE * _FINE
_SUBPIXEL_BITS = 6


def run(*points: tuple[float, float], step: float = 2.0) -> Points:
    """A smooth curve through the points, sampled about every `step` pixels.

    An end on the midline that arrives rather flat arrives level, so the mirrored curve goes on
    without a kink; a steep end stays a corner (the point of a V, the crotch).
    """
    knots = np.array(points, dtype=np.float64)
    length = np.linalg.norm(np.diff(knots, axis=0), axis=1)
    when = np.concatenate([[0.0], np.cumsum(np.sqrt(length))])
    at = np.linspace(0.0, when[-1], max(3, int(length.sum() / step)))
    if len(knots) == 2:
        share = (at / when[-1])[:, None]
        return np.asarray(knots[0] * (1 - share) + knots[1] * share)
    x = CubicSpline(when, knots[:, 0], bc_type="natural")(at)
    ends = tuple((1 if level else 2, 0.0) for level in (_level(knots), _level(knots[::-1])))
    return np.stack([x, CubicSpline(when, knots[:, 1], bc_type=ends)(at)], axis=1)


def _level(knots: Points) -> bool:
    dx, dy = np.abs(knots[1] - knots[0])
    return bool(knots[0, 0] == 0 and dy < 0.6 * dx)


def path(*runs: Points) -> Points:
    """Runs end to end; where two meet there may be a corner."""
    return np.concatenate(runs)


def mirrored(points: Points) -> Points:
    """The same curve on the other side of the midline, walked backwards."""
    return np.asarray(points[::-1] * [-1.0, 1.0])


def both(half: Points) -> Points:
    """A closed symmetric outline from its half, walked from the top middle to the bottom middle."""
    return np.concatenate([half, mirrored(half)])


def band(curve: Points, width: float) -> Points:
    """A closed strip lying to the left of the walking direction of an open curve."""
    return np.concatenate([curve, shifted(curve, width)[::-1]])


def shifted(curve: Points, width: float) -> Points:
    """A parallel curve, `width` pixels to the left of the walking direction."""
    along = np.gradient(curve, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    return np.asarray(curve + width * np.stack([along[:, 1], -along[:, 0]], axis=1))


@dataclass(frozen=True, slots=True)
class Sway:
    """A small smooth displacement of the plane: no two sides of real cloth are alike."""

    waves: Points  # rows: kx, ky, phase, dx, dy

    @staticmethod
    def random(rng: np.random.Generator, amount: float) -> "Sway":
        """Sums of waves from body-sized to finger-sized; `amount` 1 moves points by about 3 px."""
        rows = []
        for wavelength, size in ((620.0, 2.2), (260.0, 1.2), (110.0, 0.7), (48.0, 0.35)):
            for _ in range(3):
                turn, heading = rng.uniform(0, 2 * np.pi, 2)
                k = 2 * np.pi / (wavelength * rng.uniform(0.8, 1.25))
                row = (np.cos(turn) * k, np.sin(turn) * k, rng.uniform(0, 2 * np.pi))
                rows.append(
                    (*row, amount * size * np.cos(heading), amount * size * np.sin(heading))
                )
        return Sway(np.array(rows))

    def __call__(self, points: Points) -> Points:
        """The points moved."""
        if not len(points):
            return points
        w = self.waves
        wave = np.sin(points @ w[:, :2].T + w[:, 2])
        return np.asarray(points + wave @ w[:, 3:])


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the picture, whole pixels from the top left; the end is outside."""

    x0: int
    y0: int
    x1: int
    y1: int

    @staticmethod
    def around(points: Points, margin: int) -> "Box":
        """The smallest box with a margin, cut off at the picture's edges."""
        low = np.floor(points.min(axis=0)) - margin
        high = np.ceil(points.max(axis=0)) + margin + 1
        return Box(
            max(0, int(low[0] + MIDDLE)),
            max(0, int(low[1])),
            min(WIDTH, int(high[0] + MIDDLE) + 1),
            min(HEIGHT, int(high[1])),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """(H, W) in finished pixels."""
        return self.y1 - self.y0, self.x1 - self.x0

    @property
    def large(self) -> tuple[slice, slice]:
        """Where the box lies in an array drawn SCALE times larger."""
        s = SCALE
        return slice(self.y0 * s, self.y1 * s), slice(self.x0 * s, self.x1 * s)

    @property
    def small(self) -> tuple[slice, slice]:
        """Where the box lies in an array of the finished size."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    def grid(self, scale: int) -> tuple[Field, Field]:
        """x (from the midline) and y of every pixel centre at this scale."""
        h, w = self.shape
        xs = (np.arange(w * scale) + 0.5) / scale - 0.5 + self.x0 - MIDDLE
        ys = (np.arange(h * scale) + 0.5) / scale - 0.5 + self.y0
        x, y = np.meshgrid(xs.astype(np.float32), ys.astype(np.float32))
        return x, y

    def fixed(self, points: Points, scale: int) -> NDArray[np.int32]:
        """Points as OpenCV's fixed-point integers inside this box at this scale."""
        inside = np.add(points, [MIDDLE - self.x0 + 0.5, 0.5 - self.y0])
        return np.asarray(np.round((inside * scale - 0.5) * 2**_SUBPIXEL_BITS), dtype=np.int32)


def fill(outlines: list[Points], box: Box) -> Field:
    """How much of each large pixel is inside, 0..1; an outline inside another is a hole."""
    h, w = box.shape
    fine = SCALE * _FINE
    canvas = np.zeros((h * fine, w * fine), np.uint8)
    contours = [box.fixed(outline, fine)[:, None] for outline in outlines]
    cv2.fillPoly(canvas, contours, 255, cv2.LINE_8, _SUBPIXEL_BITS)
    canvas = cv2.resize(canvas, (w * SCALE, h * SCALE), interpolation=cv2.INTER_AREA)
    return np.asarray(canvas * np.float32(1 / 255), dtype=np.float32)


def stroke(lines: list[Points], box: Box, width: float) -> Field:
    """Antialiased lines `width` finished pixels wide on the large grid, 0..1."""
    h, w = box.shape
    canvas = np.zeros((h * SCALE, w * SCALE), np.uint8)
    contours = [box.fixed(line, SCALE)[:, None] for line in lines]
    thick = max(1, round(width * SCALE))
    cv2.polylines(canvas, contours, False, 255, thick, cv2.LINE_AA, _SUBPIXEL_BITS)
    return np.asarray(canvas * np.float32(1 / 255), dtype=np.float32)


def dashes(line: Points, length: float, gap: float) -> list[Points]:
    """The line cut into stitches."""
    step = np.linalg.norm(np.diff(line, axis=0), axis=1)
    at = np.concatenate([[0.0], np.cumsum(step)])
    starts = np.arange(0.0, at[-1] - length, length + gap)
    ends = np.stack([starts, starts + length / 2, starts + length], axis=1)
    return [
        np.stack([np.interp(end, at, line[:, 0]), np.interp(end, at, line[:, 1])], axis=1)
        for end in ends
    ]
