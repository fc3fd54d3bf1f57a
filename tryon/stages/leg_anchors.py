"""Where the anchors of trousers, shorts and skirts belong on this body."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tryon.anchors import AnchorSet, GarmentType
from tryon.arrays import PointsXY
from tryon.errors import WarpFailed
from tryon.geometry import polyline_point, unit
from tryon.stages.limbs import SIDES
from tryon.stages.pose import Pose

# Proportions of standing adults in shoulder widths; not fitted (no labelled pairs yet).
WAIST_RISE = 0.50  # waistband above the line between the hip joints
HIP_WIDTH = 1.02  # trousers across the seat as worn
ANKLE_SHARE = 0.97  # trousers of full length end here between hip joint and ankle
LENGTHEN = (0.95, 1.35)  # vertical / horizontal scale: legs are round, flat cloth is not
SHORT_LENGTHEN = 1.12


def leg_anchors(
    garment: AnchorSet,
    garment_type: GarmentType,
    pose: Pose,
    size_wh: tuple[int, int],
    width: float,
) -> dict[str, NDArray[np.float64]]:
    """Body points of a garment worn below the waist, by anchor name.

    Raises:
        WarpFailed: hips outside the photo, or anchors without width.
    """
    hips = np.array([pose.xy("left_hip"), pose.xy("right_hip")])
    middle = hips.mean(axis=0)
    if middle[1] > 0.97 * size_wh[1]:
        raise WarpFailed(
            f"hips at {middle.round().tolist()}",
            message="The hips and legs are not in the person photo.",
            remedy="Use a photo that shows the person down to the knees or feet.",
        )
    g = {a.name: np.array([a.x, a.y]) for a in garment.anchors}
    if not {"left_waist", "right_waist", "left_hip", "right_hip"} <= set(g):
        raise WarpFailed("missing waist or hip anchors")
    hip_px = float(g["left_hip"][0] - g["right_hip"][0])
    if hip_px < 4:
        raise WarpFailed(f"garment hip width {hip_px:.1f} px")
    shoulders = (pose.xy("left_shoulder") + pose.xy("right_shoulder")) / 2
    up = unit(shoulders - middle)
    right = np.array([-up[1], up[0]])
    sx = HIP_WIDTH * width * pose.scale_px / hip_px
    waist_g = (g["left_waist"] + g["right_waist"]) / 2
    sy = sx * _lengthen(g, waist_g, sx, pose, garment_type)
    origin = middle + WAIST_RISE * pose.scale_px * up

    def trunk(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        offset = xy - waist_g
        return np.asarray(origin + offset[0] * sx * right - offset[1] * sy * up)

    placed = {name: trunk(xy) for name, xy in g.items()}
    if "crotch" in g:
        for side in SIDES:
            placed |= _leg(g, side, pose, trunk, sx, sy)
    return placed


def _lengthen(
    g: dict[str, NDArray[np.float64]],
    waist: NDArray[np.float64],
    sx: float,
    pose: Pose,
    garment_type: GarmentType,
) -> float:
    if garment_type != "trousers" or "left_knee_outer" not in g:
        return SHORT_LENGTHEN
    long_px = float((g["left_hem_outer"][1] + g["right_hem_outer"][1]) / 2 - waist[1]) * sx
    lines = [[pose.xy(f"{s}_{n}") for n in ("hip", "knee", "ankle")] for s in SIDES]
    leg_px = float(np.hypot(*np.moveaxis(np.diff(lines, axis=1), -1, 0)).sum(axis=1).mean())
    want_px = WAIST_RISE * pose.scale_px + ANKLE_SHARE * leg_px
    return float(np.clip(want_px / max(1.0, long_px), *LENGTHEN))


def _leg(
    g: dict[str, NDArray[np.float64]],
    side: str,
    pose: Pose,
    trunk: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    sx: float,
    sy: float,
) -> dict[str, NDArray[np.float64]]:
    """Knee and hem points of one leg, on the line hip-knee-ankle at the cloth's own size."""
    top_g = (g[f"{side}_hip"] + np.array([g["crotch"][0], g[f"{side}_hip"][1]])) / 2
    top = trunk(top_g)
    line: PointsXY = np.array([top, pose.xy(f"{side}_knee"), pose.xy(f"{side}_ankle")])
    outward = 1.0 if side == "left" else -1.0
    placed = {}
    for part in ("knee", "hem"):
        names = [f"{side}_{part}_{edge}" for edge in ("outer", "inner")]
        if any(n not in g for n in names):
            continue
        outer, inner = (g[n] for n in names)
        centre_g = (outer + inner) / 2
        distance = sy * float(centre_g[1] - top_g[1])
        half = sx * float(np.hypot(*(outer - inner))) / 2
        centre, along = polyline_point(line, distance)
        normal = outward * np.array([along[1], -along[0]])
        placed[names[0]], placed[names[1]] = centre + half * normal, centre - half * normal
    return placed
