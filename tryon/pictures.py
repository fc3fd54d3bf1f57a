"""Results of the stages as pictures people can read. Pure functions: arrays in, `RgbImage` out.

Every picture has the size of what it shows; `shrunk` makes previews. Left and right are the
wearer's. Colours are fixed, so that the same thing looks the same on every picture.
"""

import colorsys
from collections.abc import Sequence
from typing import Final, TypeAlias

import cv2
import numpy as np

from tryon.anchors import AnchorSet
from tryon.arrays import (
    PointsXY,
    RgbaImage,
    RgbImage,
    SoftMask,
    require_rgb,
    require_soft,
    to_uint8,
)
from tryon.geometry import fit_within
from tryon.ports import KEYPOINT_NAMES
from tryon.stages.pose import Pose

Rgb: TypeAlias = tuple[int, int, int]

LEFT: Final[Rgb] = (255, 149, 38)  # orange: the wearer's left
RIGHT: Final[Rgb] = (56, 172, 255)  # blue: the wearer's right
MIDDLE: Final[Rgb] = (255, 255, 255)
MASK: Final[Rgb] = (45, 212, 170)
SEEN: Final = 0.5  # visibility below this is drawn faint
SURE: Final = 0.5  # anchor confidence below this is drawn hollow

_SUBPIXEL_BITS: Final = 4  # cv2 draws at 1/16 px with `shift`
_LIMBS: Final = (
    ("shoulder", "elbow"), ("elbow", "wrist"), ("wrist", "thumb"), ("wrist", "index"),
    ("wrist", "pinky"), ("index", "pinky"), ("shoulder", "hip"), ("hip", "knee"),
    ("knee", "ankle"), ("ankle", "heel"), ("heel", "foot_index"), ("ankle", "foot_index"),
)  # fmt: skip
_BONES: Final = (
    *((f"{side}_{a}", f"{side}_{b}") for side in ("left", "right") for a, b in _LIMBS),
    ("left_shoulder", "right_shoulder"),
    ("left_hip", "right_hip"),
)
_FACE: Final = KEYPOINT_NAMES[: KEYPOINT_NAMES.index("left_shoulder")]

# One hue a place of the garment; left is the light shade and right the dark one.
_ANCHOR_HUES: Final = {
    "neck": 0.96, "shoulder": 0.07, "armpit": 0.14, "elbow_outer": 0.24, "elbow_inner": 0.32,
    "sleeve_outer": 0.40, "sleeve_inner": 0.48, "waist": 0.57, "hip": 0.64, "hem": 0.75,
    "knee_outer": 0.28, "knee_inner": 0.36, "hem_outer": 0.78, "hem_inner": 0.86, "crotch": 0.0,
    "neck_back": 0.90, "neck_front": 0.99,
}  # fmt: skip


def shrunk(rgb: RgbImage, side_px: int) -> RgbImage:
    """(h, w, 3 or 4) uint8: the picture, its longer side at most `side_px`; never enlarged."""
    require_rgb(rgb[..., :3], "rgb")
    height, width = rgb.shape[:2]
    target_wh = fit_within((width, height), side_px)
    if target_wh == (width, height):
        return rgb
    return np.asarray(cv2.resize(rgb, target_wh, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def checkerboard(shape_hw: tuple[int, int]) -> RgbImage:
    """The usual sign for transparency: (H, W, 3) light squares, about 48 to the longer side."""
    square = max(4, max(shape_hw) // 48)
    rows, cols = np.indices(shape_hw) // square
    levels = np.where((rows + cols) % 2 == 0, 250, 228).astype(np.uint8)
    return np.repeat(levels[..., None], 3, axis=2)


def over(rgba: RgbaImage, background_rgb: RgbImage) -> RgbImage:
    """(H, W, 3) uint8: (H, W, 4) with straight alpha laid over (H, W, 3) of the same size."""
    require_rgb(background_rgb, "background_rgb")
    if rgba.shape != (*background_rgb.shape[:2], 4):
        raise ValueError(f"rgba: want {(*background_rgb.shape[:2], 4)}, got {rgba.shape}")
    alpha = rgba[..., 3:].astype(np.float32) / 255
    return np.asarray(background_rgb + (rgba[..., :3] - background_rgb.astype(np.float32)) * alpha
                      + 0.5, dtype=np.uint8)  # fmt: skip


def faded(photo_rgb: RgbImage, keep: float = 0.35) -> RgbImage:
    """(H, W, 3) uint8: the photo as a pale grey backdrop; `keep` (0..1) of its contrast is left."""
    require_rgb(photo_rgb, "photo_rgb")
    grey = cv2.cvtColor(photo_rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    pale = np.asarray(grey * keep + 244 * (1 - keep), dtype=np.uint8)
    return np.repeat(pale[..., None], 3, axis=2)


def mask_picture(photo_rgb: RgbImage, mask: SoftMask) -> RgbImage:
    """What is inside a mask keeps its colours, the rest is pale, the edge is outlined.

    Args:
        photo_rgb: (H, W, 3) uint8.
        mask: (H, W) float32, 0.0 outside .. 1.0 inside.
    """
    require_soft(mask, "mask")
    inside = mask[..., None]
    tinted = photo_rgb * np.float32(0.72) + np.array(MASK, np.float32) * np.float32(0.28)
    picture = np.asarray(tinted * inside + faded(photo_rgb, 0.25) * (1 - inside), dtype=np.uint8)
    outlines, _ = cv2.findContours(
        (mask > 0.5).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
    )
    width = _line_px(photo_rgb.shape)
    cv2.drawContours(picture, outlines, -1, (8, 110, 88), width, cv2.LINE_AA)
    return picture


def mask_layer(mask: SoftMask) -> RgbaImage:
    """(H, W, 4): a mask as a tint with an outline, to be laid over its photo."""
    require_soft(mask, "mask")
    tint = np.empty((*mask.shape, 4), np.uint8)
    tint[..., :3] = MASK
    tint[..., 3] = to_uint8(mask * np.float32(0.75))
    outlines, _ = cv2.findContours(
        (mask > 0.5).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
    )
    cv2.drawContours(tint, outlines, -1, (8, 110, 88, 255), _line_px(mask.shape), cv2.LINE_AA)
    return tint


def drawn_layer(picture_rgb: RgbImage, photo_rgb: RgbImage) -> RgbaImage:
    """(H, W, 4): what was drawn on a photo, without the photo."""
    require_rgb(picture_rgb, "picture_rgb")
    is_drawn = (picture_rgb != photo_rgb).any(axis=2)
    return np.dstack([picture_rgb, is_drawn.astype(np.uint8) * 255])


def keypoints_picture(photo_rgb: RgbImage, pose: Pose) -> RgbImage:
    """The skeleton on the photo: orange is the wearer's left, blue the right, white the middle.

    Joints the model does not see (visibility below `SEEN`) are drawn faint.
    """
    require_rgb(photo_rgb, "photo_rgb")
    picture = photo_rgb.copy()
    faint = photo_rgb.copy()
    width = 2 * _line_px(photo_rgb.shape)
    for canvas, wanted in ((faint, False), (picture, True)):
        if wanted:
            picture[:] = cv2.addWeighted(faint, 0.4, photo_rgb, 0.6, 0)
        for a, b in _BONES:
            if (min(pose.seen(a), pose.seen(b)) >= SEEN) is wanted:
                _line(canvas, pose.xy(a), pose.xy(b), _side_colour(a, b), width)
        for name in KEYPOINT_NAMES:
            if (pose.seen(name) >= SEEN) is wanted:
                radius = width * (0.7 if name in _FACE else 1.25)
                _dot(canvas, pose.xy(name), _side_colour(name), radius)
    return picture


def anchor_colour(name: str) -> Rgb:
    """The colour of an anchor on every picture and legend: one hue a place, left is lighter."""
    side, _, place = name.partition("_")
    if side not in ("left", "right"):
        side, place = "", name
    hue = _ANCHOR_HUES.get(place, (sum(map(ord, place)) % 97) / 97)
    light = {"left": 0.62, "right": 0.40}.get(side, 0.5)
    red, green, blue = colorsys.hls_to_rgb(hue, light, 0.85)
    return (round(red * 255), round(green * 255), round(blue * 255))


def with_anchors(rgb: RgbImage, anchors: AnchorSet) -> RgbImage:
    """A picture with its anchor points; points below `SURE` confidence are drawn hollow.

    Args:
        rgb: (H, W, 3) uint8; its size is the size the anchors belong to, or a resize of it.
        anchors: their own width and height tell which pixels they are in.
    """
    require_rgb(rgb, "rgb")
    picture = rgb.copy()
    radius = 2.6 * _line_px(rgb.shape)
    for anchor in anchors.resized(rgb.shape[1], rgb.shape[0]).anchors:
        xy = np.array([anchor.x, anchor.y])
        _dot(picture, xy, anchor_colour(anchor.name), radius, hollow=anchor.confidence < SURE)
    return picture


def cutout_picture(cutout: RgbaImage) -> RgbImage:
    """The garment, (H, W, 4) uint8, over a checkerboard."""
    return over(cutout, checkerboard((cutout.shape[0], cutout.shape[1])))


def warped_picture(
    photo_rgb: RgbImage, warped: RgbaImage, anchors: AnchorSet | None = None
) -> RgbImage:
    """(H, W, 3) uint8: the warped garment over the faded person, with the body's points if any."""
    picture = over(warped, faded(photo_rgb, 0.5))
    return with_anchors(picture, anchors) if anchors else picture


def _line_px(shape: tuple[int, ...]) -> int:
    """Width of a thin line that still shows when the picture is made small."""
    return max(1, round(max(shape[:2]) / 320))


def _side_colour(*names: str) -> Rgb:
    for side, colour in (("left", LEFT), ("right", RIGHT)):
        if all(side in name.split("_") for name in names):
            return colour
    return MIDDLE


def _fixed(values: Sequence[float] | PointsXY) -> tuple[int, ...]:
    """Coordinates as cv2 wants them for sub-pixel drawing, kept inside its number range."""
    limit = 2**14
    return tuple(round(min(max(float(v), -limit), limit) * 2**_SUBPIXEL_BITS) for v in values)


def _line(canvas: RgbImage, start: PointsXY, end: PointsXY, colour: Rgb, width: int) -> None:
    a, b = _fixed(start), _fixed(end)
    cv2.line(canvas, a, b, (20, 20, 24), width + max(2, width // 2), cv2.LINE_AA, _SUBPIXEL_BITS)
    cv2.line(canvas, a, b, colour, width, cv2.LINE_AA, _SUBPIXEL_BITS)


def _dot(canvas: RgbImage, xy: PointsXY, colour: Rgb, radius: float, hollow: bool = False) -> None:
    centre = _fixed(xy)
    for grow, fill in ((1.6, (20, 20, 24)), (1.4, (255, 255, 255)), (1.0, colour)):
        (size,) = _fixed([radius * grow])
        cv2.circle(canvas, centre, size, fill, -1, cv2.LINE_AA, _SUBPIXEL_BITS)
    if hollow:
        (size,) = _fixed([radius * 0.5])
        cv2.circle(canvas, centre, size, (255, 255, 255), -1, cv2.LINE_AA, _SUBPIXEL_BITS)
