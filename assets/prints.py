"""What is printed or woven on the cloth: pictures as vector shapes, stripes, flowers, checks."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from assets.cloth import Colour, Frame, Paint
from assets.outlines import Field

_PRINT_SCALE = 3  # print pictures are drawn this much larger than they appear


def _ink(colour: Colour) -> tuple[int, int, int, int]:
    r, g, b = (round(255 * c) for c in colour)
    return r, g, b, 255


def printed(picture: Image.Image, centre: tuple[float, float]) -> Paint:
    """Lay an RGBA picture, drawn `_PRINT_SCALE` times larger, on the cloth around a point."""
    pixels = np.asarray(picture, dtype=np.float32) / 255
    pixels[..., :3] *= pixels[..., 3:]
    pixels = cv2.GaussianBlur(pixels, (0, 0), 0.6)
    h, w = pixels.shape[:2]

    def paint(x: Field, y: Field, rgb: Field) -> Field:
        u = (x - np.float32(centre[0])) * _PRINT_SCALE + np.float32(w / 2)
        v = (y - np.float32(centre[1])) * _PRINT_SCALE + np.float32(h / 2)
        seen = cv2.remap(pixels, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return np.asarray(rgb * (1 - seen[..., 3:]) + seen[..., :3], dtype=np.float32)

    return paint


def sunset(width: float, words: str) -> Image.Image:
    """A round travel-poster print: banded sun, ridges, water, a bird or two, words below."""
    side = int(width * _PRINT_SCALE)
    image = Image.new("RGBA", (side, int(side * 1.32)), (0, 0, 0, 0))
    scene = Image.new("RGBA", (side, side), _ink((0.98, 0.80, 0.52)))
    draw = ImageDraw.Draw(scene)
    bands = ((0.98, 0.72, 0.42), (0.96, 0.60, 0.36), (0.90, 0.45, 0.34), (0.80, 0.33, 0.35))
    for i, colour in enumerate(bands):
        edge = [(t, 0.20 + 0.115 * i + 0.02 * np.sin(7 * t + 2 * i)) for t in np.linspace(0, 1, 60)]
        _polygon(draw, side, [*edge, (1, 1), (0, 1)], colour)
    draw.ellipse([side * v for v in (0.33, 0.20, 0.67, 0.54)], fill=_ink((0.99, 0.93, 0.78)))
    ridges = (((0.52, 0.26, 0.36), 0.50, 0.10, 1), ((0.27, 0.17, 0.32), 0.60, 0.13, 5))
    for colour, base, size, seed in ridges:
        rng = np.random.default_rng(seed)
        xs = np.linspace(0, 1, 13)
        tops = base - size * (rng.random(13) * 0.7 + 0.5 * np.abs(np.sin(9 * xs + seed)))
        _polygon(draw, side, [*zip(xs, tops, strict=True), (1, 1), (0, 1)], colour)
    for i in range(6):
        y = 0.67 + 0.055 * i
        colour = ((0.10, 0.34, 0.42), (0.95, 0.88, 0.74))[i % 2]
        ts = np.linspace(0, 1, 120)
        wave = y + 0.013 * np.sin(26 * ts + 1.9 * i) + 0.008 * np.sin(11 * ts + i)
        _polygon(draw, side, [*zip(ts, wave, strict=True), (1, 1), (0, 1)], colour)
    for x, y, s in ((0.20, 0.30, 0.045), (0.27, 0.24, 0.03), (0.78, 0.33, 0.036)):
        for sign in (-1, 1):
            wing = [(x, y), (x + sign * 0.5 * s, y - 0.45 * s), (x + sign * s, y - 0.1 * s)]
            line = [(side * px, side * py) for px, py in wing]
            draw.line(line, fill=_ink((0.22, 0.14, 0.24)), width=max(2, side // 130), joint="curve")
    round_mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(round_mask).ellipse([2, 2, side - 3, side - 3], fill=255)
    image.paste(scene, (0, 0), round_mask)
    _words(image, words, side * 1.12, side * 0.15, (0.97, 0.90, 0.76))
    _words(image, "surf  ·  sleep  ·  repeat", side * 1.255, side * 0.058, (0.96, 0.66, 0.40))
    return image


def mark(width: float, words: str, colour: Colour, accent: Colour) -> Image.Image:
    """A small chest print: a sailing boat over one word."""
    side = int(width * _PRINT_SCALE)
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    _polygon(draw, side, [(0.53, 0.06), (0.53, 0.47), (0.80, 0.47), (0.72, 0.26)], accent)
    _polygon(draw, side, [(0.48, 0.13), (0.48, 0.47), (0.24, 0.47)], colour)
    _polygon(draw, side, [(0.16, 0.52), (0.86, 0.52), (0.76, 0.64), (0.27, 0.64)], colour)
    _words(image, words, side * 0.83, side * 0.19, colour)
    return image


def scattered(
    size_wh: tuple[int, int], seed: int, blooms: tuple[Colour, ...], leaf: Colour, spacing: float
) -> Image.Image:
    """Flowers and leaves strewn evenly over a cloth of this size."""
    rng = np.random.default_rng(seed)
    w, h = size_wh[0] * _PRINT_SCALE, size_wh[1] * _PRINT_SCALE
    image = Image.new("RGBA", (w, h), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    step = spacing * _PRINT_SCALE
    for row in range(int(h / step) + 1):
        for column in range(int(w / step) + 1):
            jitter = rng.uniform(-0.3, 0.3, 2)
            at = (np.array([column + 0.5 * (row % 2), row]) + jitter) * step
            turn, size = rng.uniform(0, 2 * np.pi), step * float(rng.choice([0.16, 0.26, 0.36]))
            for k in range(3):
                _petal(draw, at, turn + 2.2 * k, size * 1.75, size * 0.5, scale_colour(leaf, k))
            colour = blooms[int(rng.integers(len(blooms)))]
            for ring, share in ((0, 1.0), (1, 0.62)):
                for k in range(5):
                    angle = turn + 2 * np.pi / 5 * (k + 0.5 * ring)
                    _petal(draw, at, angle, size * share, size * share * 0.95,
                           scale_colour(colour, ring))  # fmt: skip
            r = size * 0.17
            box = [at[0] - r, at[1] - r, at[0] + r, at[1] + r]
            draw.ellipse(box, fill=_ink((0.96, 0.82, 0.45)))
    return image


def scale_colour(colour: Colour, step: int) -> Colour:
    """Every step a little darker."""
    r, g, b = (c * (1 - 0.1 * step) for c in colour)
    return r, g, b


def _petal(
    draw: ImageDraw.ImageDraw, at: np.ndarray, turn: float, length: float, width: float,
    colour: Colour,
) -> None:  # fmt: skip
    ts = np.linspace(0, np.pi, 14)
    right = np.stack([length * (ts / np.pi), width * 0.5 * np.sin(ts) ** 0.7], axis=1)
    leaf = np.concatenate([right, right[::-1] * [1, -1]])
    c, s = np.cos(turn), np.sin(turn)
    spots = leaf @ np.array([[c, s], [-s, c]]) + at
    draw.polygon([(float(x), float(y)) for x, y in spots], fill=_ink(colour))


def _polygon(
    draw: ImageDraw.ImageDraw, side: int, spots: list[tuple[float, float]], colour: Colour
) -> None:
    draw.polygon([(float(side * x), float(side * y)) for x, y in spots], fill=_ink(colour))


def _words(image: Image.Image, words: str, y: float, size: float, colour: Colour) -> None:
    font = ImageFont.load_default(size)
    draw = ImageDraw.Draw(image)
    draw.text(
        (image.width / 2, y), words, fill=_ink(colour), font=font, anchor="mm",
        stroke_width=max(1, round(size / 26)), stroke_fill=_ink(colour),
    )  # fmt: skip


def stripes(frame: Frame, period: float, share: float, colour: Colour, start: float = 0.0) -> Paint:
    """Stripes across the direction of the frame."""

    def paint(x: Field, y: Field, rgb: Field) -> Field:
        along, _ = frame(x, y)
        phase = ((along - np.float32(start)) / np.float32(period)) % 1.0
        inside = np.abs(phase - 0.5) * np.float32(period)
        cover = np.clip(np.float32(share * period / 2) - inside + 0.5, 0, 1)[..., None]
        return np.asarray(rgb * (1 - cover) + np.array(colour, np.float32) * cover)

    return paint
