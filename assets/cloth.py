"""Cloth: a panel's height field (volume, folds, seams, weave), the light on it, its colour.

Heights are in finished pixels. Smooth parts are computed at the finished size, fine parts
(seams, ribs, weave) SCALE times larger. Light comes from the upper left, softly.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np

from assets.outlines import SCALE, Box, Field, Points, Sway, dashes, fill, run, stroke

Colour: TypeAlias = tuple[float, float, float]  # sRGB, 0..1
Frame: TypeAlias = Callable[[Field, Field], tuple[Field, Field]]  # xy to (along, across) the cloth
Paint: TypeAlias = Callable[[Field, Field, Field], Field]  # x, y, rgb to rgb
Weight: TypeAlias = Callable[[Field, Field], Field]

LIGHT = np.array([-0.36, -0.52, 0.775])


@dataclass(frozen=True, slots=True)
class Crease:
    """One fold: a ridge along a curve with a shallower valley at its right-hand side."""

    curve: Points
    width: float
    height: float
    valley: float = 0.7


@dataclass(frozen=True, slots=True)
class Wrinkle:
    """A field of soft folds, longer than wide, along the panel's frame turned by an angle.

    Attributes:
        bend: how far the folds stray from straight, in fold widths; above 0.4 they curl up.
        where: how strong they are at x, y.
    """

    length: float
    width: float
    height: float
    turn_deg: float = 0.0
    bend: float = 0.28
    where: Weight | None = None


@dataclass(frozen=True, slots=True)
class Weave:
    """What the cloth is made of, seen close.

    Attributes:
        grain: unevenness of the yarn, as a share of the brightness.
        melange: mixed dark and light yarn running across the cloth, as a share.
        twill: depth of the diagonal lines of denim and chino.
        ribs: width of one knitted rib running along the cloth, 0 for none.
        rib_depth: height of those ribs.
        sheen: light returned by the surface itself; keeps folds visible on dark cloth.
    """

    grain: float = 0.03
    melange: float = 0.0
    twill: float = 0.0
    ribs: float = 0.0
    rib_depth: float = 0.35
    sheen: float = 0.04


@dataclass(frozen=True, slots=True)
class Stitch:
    """A row of stitches."""

    line: Points
    colour: Colour
    length: float = 3.2
    gap: float = 1.6
    width: float = 0.9


def straight(angle_deg: float = 90.0, origin: tuple[float, float] = (0.0, 0.0)) -> Frame:
    """Cloth running in one direction; 90 is downwards."""
    c, s = np.float32(np.cos(np.radians(angle_deg))), np.float32(np.sin(np.radians(angle_deg)))

    def frame(x: Field, y: Field) -> tuple[Field, Field]:
        dx, dy = x - np.float32(origin[0]), y - np.float32(origin[1])
        return dx * c + dy * s, dx * s - dy * c

    return frame


def fan(apex: tuple[float, float], radius: float) -> Frame:
    """Cloth running away from one point: skirts, collars. Across is true at this radius."""

    def frame(x: Field, y: Field) -> tuple[Field, Field]:
        dx, dy = x - np.float32(apex[0]), y - np.float32(apex[1])
        return np.hypot(dx, dy), np.asarray(np.arctan2(dx, dy) * np.float32(radius))

    return frame


@dataclass(frozen=True, slots=True)
class Panel:
    """One piece of cloth, drawn over the pieces before it.

    Attributes:
        rim: how thick the edge looks.
        volume: how much the piece swells like a filled body.
        whole: edges are rounded where the garment ends, not where this piece ends.
        cast: darkness of the shadow on the pieces below, 0..1.
        tone: brightness; below 1 for the inside of a garment.
        shade: brightness by place, times `tone`.
    """

    outline: Points
    colour: Colour
    holes: tuple[Points, ...] = ()
    weave: Weave = field(default_factory=Weave)
    frame: Frame = field(default_factory=straight)
    paint: Paint | None = None
    creases: tuple[Crease, ...] = ()
    wrinkles: tuple[Wrinkle, ...] = ()
    seams: tuple[Points, ...] = ()
    ridges: tuple[Points, ...] = ()
    stitches: tuple[Stitch, ...] = ()
    rim: float = 1.6
    volume: float = 10.0
    whole: bool = False
    cast: float = 0.25
    tone: float = 1.0
    shade: Weight | None = None


def blur(image: Field, sigma: float) -> Field:
    """Gaussian blur; wide ones on a smaller copy, which nobody can see."""
    if sigma <= 8:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), dtype=np.float32)
    h, w = image.shape[:2]
    factor = sigma / 7
    small_wh = max(4, round(w / factor)), max(4, round(h / factor))
    small = cv2.resize(image, small_wh, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), 7, borderType=cv2.BORDER_REPLICATE)
    wide = cv2.resize(small, (w, h), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.GaussianBlur(wide, (0, 0), 0.8 * factor), dtype=np.float32)


def _larger(image: Field) -> Field:
    h, w = image.shape
    large_wh = (w * SCALE, h * SCALE)
    return np.asarray(cv2.resize(image, large_wh, interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def noise(rng: np.random.Generator, u: Field, v: Field, length: float, width: float) -> Field:
    """Smooth random values, mean 0 and spread 1, with cells of length along u and width along v."""
    u, v = u - u.min(), v - v.min()
    tile_wh = int(u.max()) + 2, int(v.max()) + 2
    rows, columns = int(2 * tile_wh[1] / width) + 6, int(2 * tile_wh[0] / length) + 6
    cells = cv2.GaussianBlur(rng.standard_normal((rows, columns), dtype=np.float32), (0, 0), 1.0)
    tile = cv2.resize(cells, tile_wh, interpolation=cv2.INTER_CUBIC)
    tile *= np.float32(3.7)  # smoothing took this much
    return np.asarray(cv2.remap(tile, u, v, cv2.INTER_LINEAR), dtype=np.float32)


def _wrinkles(panel: Panel, x: Field, y: Field, rng: np.random.Generator) -> Field:
    total = np.zeros_like(x)
    along, across = panel.frame(x, y)
    for w in panel.wrinkles:
        c, s = np.cos(np.radians(w.turn_deg)), np.sin(np.radians(w.turn_deg))
        u = along * np.float32(c) + across * np.float32(s)
        v = across * np.float32(c) - along * np.float32(s)
        size = 2.5 * w.width
        u = u + np.float32(w.bend * size) * noise(rng, u, v, 2 * size, 2 * size)
        v = v + np.float32(w.bend * size / 3) * noise(rng, u, v, w.length, size)
        bump = noise(rng, u, v, w.length, w.width)
        bump = 0.65 * bump - 0.55 * np.sqrt(bump**2 + 0.04) + 0.4
        fades = np.clip(0.55 + 0.5 * noise(rng, u, v, w.length, 3 * w.width), 0, 1.4)
        total += (
            np.float32(1.3 * w.height) * bump * fades * (1 if w.where is None else w.where(x, y))
        )
    return total


def _creases(creases: tuple[Crease, ...], box: Box, sway: Sway) -> Field:
    h, w = box.shape
    total = np.zeros((h, w), np.float32)
    for width in sorted({c.width for c in creases}):
        lines = np.zeros((h, w), np.float32)
        for c in (c for c in creases if c.width == width):
            along = np.gradient(c.curve, axis=0)
            along /= np.linalg.norm(along, axis=1, keepdims=True)
            right = np.stack([-along[:, 1], along[:, 0]], axis=1)
            taper = np.sin(np.pi * np.linspace(0.12, 1.0, len(c.curve))) ** 1.3
            for offset, height in ((0.0, c.height), (1.7 * width, -c.valley * c.height)):
                px = box.fixed(sway(c.curve + offset * right), 1)
                for a, b, value in zip(px[:-1], px[1:], taper * height, strict=False):
                    cv2.line(lines, a.tolist(), b.tolist(), float(value), 1, cv2.LINE_8, 6)
        total += blur(lines, width) * np.float32(width * np.sqrt(2 * np.pi) * 1.1)
    return total


def _detail(panel: Panel, box: Box, x: Field, y: Field, sway: Sway) -> Field:
    detail = np.zeros_like(x)
    if panel.seams:
        detail -= 1.1 * blur(stroke([sway(s) for s in panel.seams], box, 1.0), 1.3)
    if panel.ridges:
        detail += 0.9 * blur(stroke([sway(s) for s in panel.ridges], box, 3.5), 1.8)
    if panel.weave.ribs or panel.weave.twill:
        along, across = panel.frame(x, y)
        if panel.weave.ribs:
            wave = np.cos(across * np.float32(2 * np.pi / panel.weave.ribs))
            detail += np.float32(panel.weave.rib_depth) * wave
        if panel.weave.twill:
            diagonal = (0.5 * along + across) * np.float32(2 * np.pi / 2.6)
            detail += np.float32(panel.weave.twill) * np.cos(diagonal)
    return detail


def _lit(slope_x: Field, slope_y: Field) -> Field:
    """Brightness of the tilted cloth over that of cloth lying flat."""
    lx, ly, lz = (np.float32(v) for v in LIGHT)
    towards = lz - lx * slope_x - ly * slope_y
    return np.asarray(towards / (lz * np.sqrt(1 + slope_x**2 + slope_y**2)), dtype=np.float32)


def render(
    panel: Panel, box: Box, whole: Field, sway: Sway, rng: np.random.Generator
) -> tuple[Field, Field]:
    """Draw one panel: (H, W, 3) sRGB and (H, W) coverage, both 0..1 on the box's large grid."""
    mask = fill([sway(panel.outline), *(sway(hole) for hole in panel.holes)], box)
    small_wh = (box.shape[1], box.shape[0])
    own = np.asarray(cv2.resize(mask, small_wh, interpolation=cv2.INTER_AREA), dtype=np.float32)
    edge = whole[box.small] if panel.whole else own
    x1, y1 = box.grid(1)
    height = panel.rim * (blur(edge, 2.2) + 2.0 * blur(edge, 6)) + panel.volume * blur(edge, 16)
    height += 1.3 * panel.volume * blur(own, 40)
    folds = _wrinkles(panel, x1, y1, rng) + _creases(panel.creases, box, sway)
    height += folds
    slope_y, slope_x = (_larger(s) for s in np.gradient(height))
    hollow = np.maximum(blur(folds, 5) - folds, 0) + 0.5 * np.maximum(blur(folds, 14) - folds, 0)
    x, y = box.grid(SCALE)
    fine_y, fine_x = np.gradient(_detail(panel, box, x, y, sway))
    lit = _lit(slope_x + SCALE * fine_x, slope_y + SCALE * fine_y)
    light = (0.42 + 0.58 * lit) * _larger(np.exp(-0.07 * hollow)) * np.float32(panel.tone)
    if panel.shade is not None:
        light = light * panel.shade(x, y)
    rgb = _albedo(panel, box, x + 1.8 * slope_x, y + 1.8 * slope_y, sway, rng)
    sheen = panel.weave.sheen * np.clip(lit - 0.75, 0, 0.8)
    rgb = rgb * light[..., None] + np.float32(panel.tone) * sheen[..., None]
    return np.asarray(rgb, dtype=np.float32), mask


def _albedo(
    panel: Panel, box: Box, x: Field, y: Field, sway: Sway, rng: np.random.Generator
) -> Field:
    rgb = np.broadcast_to(np.array(panel.colour, np.float32), (*x.shape, 3))
    if panel.paint is not None:
        rgb = panel.paint(x, y, rgb)
    weave = panel.weave
    yarn = rng.standard_normal(x.shape, dtype=np.float32)
    uneven = 1 + np.float32(weave.grain) * cv2.GaussianBlur(yarn, (0, 0), 0.7)
    if weave.melange:
        streaks = cv2.GaussianBlur(yarn, (0, 0), sigmaX=7.0, sigmaY=0.8) * 5
        uneven += np.float32(weave.melange) * streaks
    rgb = rgb * uneven[..., None]
    for stitch in panel.stitches:
        rows = dashes(sway(stitch.line), stitch.length, stitch.gap)
        under = 0.2 * blur(stroke([sway(stitch.line)], box, 2.2), 1.2)[..., None]
        seen = 0.9 * stroke(rows, box, stitch.width)[..., None]
        rgb = rgb * (1 - under)
        rgb = rgb * (1 - seen) + np.array(stitch.colour, np.float32) * seen
    return np.asarray(rgb, dtype=np.float32)


def drag(start: tuple[float, float], end: tuple[float, float], sag: float) -> Points:
    """A fold's curve from where the cloth is held to where it fades, bowed by `sag` pixels."""
    (ax, ay), (bx, by) = start, end
    length = max(1e-6, float(np.hypot(bx - ax, by - ay)))
    mid = ((ax + bx) / 2 - sag * (by - ay) / length, (ay + by) / 2 + sag * (bx - ax) / length)
    return run(start, mid, end, step=3.0)
