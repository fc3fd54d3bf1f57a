"""Where each anchor of the garment belongs on this body.

Cloth keeps its size: the trunk of the garment is laid on the trunk of the body by one scale, then
the sleeves follow the arms at their own length. The pose and the body's outline decide; the garment
is never matched against the clothes worn in the photo.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tryon.anchors import FULL_TYPES, LOWER_TYPES, Anchor, AnchorSet, GarmentType
from tryon.arrays import BoolMask, PointsXY
from tryon.errors import WarpFailed
from tryon.geometry import polyline_point, unit
from tryon.stages.body.limbs import SIDES, arm_line
from tryon.stages.placement.drape import (
    Placed,
    around_arm,
    beside_trunk,
    over_hips,
    shoulders_on_outline,
    sides_on_body,
    straps_on_outline,
)
from tryon.stages.placement.leg_anchors import below_bodice, below_waist
from tryon.stages.placement.lower_body import lower_body
from tryon.stages.placement.lower_cloth import Cloth
from tryon.stages.pose import Pose

# Fitted as medians over 14 labelled pairs, in shoulder widths (see docs/placement.md).
TORSO_WIDTH = 0.995  # garment torso width on the body
HEM_SHARE = 0.75  # of the hem in the torso width; the rest is the width between the armpits
LOOSE = 1.0  # torso width / shoulders of a top with sleeves: 0.81 to 0.97 of 26, more hangs loose
TORSO_TO_ARMPITS = 1.07  # torso width / width between the armpits, for garments without a top hem
HEIGHT_TO_WIDTH = 1.03  # vertical / horizontal scale
FRONT_DEPTH = 0.25  # the chest lies this far before the line between the shoulder joints
TURN_SHARE = 0.7  # of the tilts of shoulders and spine together: how the collar is turned
HANG_BY_SPINE = 1.4  # of the spine's tilt: how cloth hangs
MOST_HANG_DEG = 18.0  # cloth hangs down, however far the person leans
# Height of the shoulder's upper edge over the line between the shoulder joints, by distance
# from the spine: a turtleneck's corner, a collar's corner, a strap, the tip, off the shoulder.
NECK_SLOPE_X = (0.10, 0.14, 0.18, 0.27, 0.45, 0.58, 0.75)
NECK_SLOPE_Y = (0.43, 0.39, 0.33, 0.285, 0.075, -0.05, -0.30)
OUTER_SHARE = 1.3  # of half a short sleeve's width lies outside the arm's line, the rest inside
ELBOW_SHIFT = (0.25, 1.5)  # upper arm / sleeve above its elbow, within which cloth slides along
SHARPEST = 0.6  # cosine of half the bend at which the elbow's cross-section stops widening
SLEEVE_FULLNESS = 0.92  # width of a worn sleeve / of the same sleeve laid flat
CAP_SLEEVE = (0.15, 0.40)  # sleeves this short stay with the trunk .. follow the arm fully
PAST_WRIST = 0.3  # shoulder widths: a sleeve covers no more of the hand than this,
SHORTEST = 0.5  # however short the arm is seen, down to this share of the sleeve's length
STRAP_WIDTH = 0.25  # shoulder widths: what lies between neck and shoulder is a strap up to this
ARM_START = 0.06  # shoulder widths: the sleeve's head lies this far down the arm from the joint


@dataclass(frozen=True, slots=True, eq=False)
class TrunkFrame:
    """Garment pixels to body pixels for the trunk.

    Attributes:
        garment_origin: (2,) float64, middle of the neck on the garment.
        body_origin: (2,) float64, the same point on the body.
        matrix: (2, 2) float64, applied to offsets from the origin.
    """

    garment_origin: NDArray[np.float64]
    body_origin: NDArray[np.float64]
    matrix: NDArray[np.float64]

    def __call__(self, garment_xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """(..., 2) garment pixels to photo pixels."""
        return np.asarray((garment_xy - self.garment_origin) @ self.matrix.T + self.body_origin)


@dataclass(frozen=True, slots=True)
class FitHypothesis:
    """What one attempt assumes; 1 and 0 are the most likely.

    Attributes:
        width: factor on the garment's width on the body.
        lift: shoulder widths the whole garment is moved up.
        sleeves_follow: 0 sleeves stay as laid flat .. 1 they follow the arms.
    """

    width: float = 1.0
    lift: float = 0.0
    sleeves_follow: float = 1.0


def body_anchors(
    garment: AnchorSet,
    garment_type: GarmentType,
    pose: Pose,
    person_mask: BoolMask,
    arms_mask: BoolMask,
    hair_mask: BoolMask,
    hypothesis: FitHypothesis,
) -> AnchorSet:
    """The body's anchors, one-to-one by name with the garment's.

    Args:
        garment: anchors of the garment, in pixels of its picture.
        garment_type: decides which part of the body is dressed.
        pose: of the person.
        person_mask: (H, W) bool, the whole person: how wide body and arms look.
        arms_mask: (H, W) bool, visible arms.
        hair_mask: (H, W) bool; no shoulder lies on it.
        hypothesis: what this attempt assumes.

    Raises:
        WarpFailed: anchors the fit needs are missing or in one spot, or the body part to be
            dressed is not in the photo.
    """
    pose = pose.as_if_front
    size_wh = (person_mask.shape[1], person_mask.shape[0])
    if garment_type in LOWER_TYPES:
        body = lower_body(pose, person_mask, arms_mask)
        placed = below_waist(garment, garment_type, body, hypothesis.width)
    else:
        frame = trunk_frame(garment, pose, hypothesis)
        placed = {a.name: frame(np.array([a.x, a.y])) for a in garment.anchors}
        trunk_mask = person_mask & ~arms_mask
        placed |= sides_on_body(placed, frame.matrix, frame.body_origin, pose.scale_px, trunk_mask)
        on_outline = straps_on_outline if _has_straps(placed, pose) else shoulders_on_outline
        placed |= on_outline(placed, frame.matrix, pose.scale_px, person_mask & ~hair_mask)
        for side in SIDES:
            sleeve = _sleeve_on_arm(garment, pose, side, frame, hypothesis.sleeves_follow)
            sleeve = beside_trunk(sleeve, placed, side)
            placed |= around_arm(sleeve, side, pose.scale_px, person_mask)
        body = lower_body(pose, person_mask, arms_mask)
        if garment_type not in FULL_TYPES:
            placed |= over_hips(placed, body)
        else:
            cloth = Cloth(*np.hypot(*frame.matrix))
            placed |= below_bodice(garment, body, placed, cloth)
    seen = _confidence(pose)
    anchors = tuple(
        Anchor(a.name, float(placed[a.name][0]), float(placed[a.name][1]),
               round(min(a.confidence, seen(a.name)), 3))
        for a in garment.anchors
    )  # fmt: skip
    return AnchorSet(size_wh[0], size_wh[1], anchors)


def _has_straps(placed: Placed, pose: Pose) -> bool:
    """Whether straps hold the garment, rather than shoulders or sleeves."""
    if any("sleeve" in name for name in placed):
        return False
    widths = [np.hypot(*(placed[f"{s}_neck"] - placed[f"{s}_shoulder"])) for s in SIDES]
    return float(max(widths)) < STRAP_WIDTH * pose.scale_px


def _need(garment: AnchorSet, *names: str) -> PointsXY:
    missing = [n for n in names if n not in garment]
    if missing:
        raise WarpFailed(f"missing anchors {missing}")
    return np.array([(garment[n].x, garment[n].y) for n in names])


def trunk_frame(garment: AnchorSet, pose: Pose, hypothesis: FitHypothesis) -> TrunkFrame:
    """Lay the garment's trunk on the body's.

    Raises:
        WarpFailed: the garment's trunk has no width.
    """
    neck = _need(garment, "left_neck", "right_neck")
    armpits = _need(garment, "left_armpit", "right_armpit")
    hems = _need(garment, "left_hem", "right_hem") if "left_hem" in garment else armpits
    at_armpits, at_hem = float(armpits[0, 0] - armpits[1, 0]), float(hems[0, 0] - hems[1, 0])
    torso_width = HEM_SHARE * at_hem + (1 - HEM_SHARE) * at_armpits
    if garment_is_long(garment):  # its hem lies on the legs and says nothing of the trunk
        torso_width = TORSO_TO_ARMPITS * at_armpits
    if "left_sleeve_outer" in garment:
        tips = _need(garment, "left_shoulder", "right_shoulder")
        torso_width = min(torso_width, LOOSE * float(tips[0, 0] - tips[1, 0]))
    if torso_width < 4:
        raise WarpFailed(f"garment torso width {torso_width:.1f} px")
    shoulders = np.array([pose.xy("left_shoulder"), pose.xy("right_shoulder")])
    hips = np.array([pose.xy("left_hip"), pose.xy("right_hip")])
    unit_px = pose.scale_px
    across = shoulders[0] - shoulders[1]
    spine = shoulders.mean(axis=0) - hips.mean(axis=0)
    shoulder_tilt = float(np.arctan2(across[1], across[0]))
    spine_tilt = float(np.arctan2(spine[0], -spine[1]))
    turn = TURN_SHARE * (shoulder_tilt + spine_tilt)
    most = float(np.radians(MOST_HANG_DEG))
    hang = float(np.clip(HANG_BY_SPINE * spine_tilt, -most, most))
    right = np.array([np.cos(turn), np.sin(turn)])
    up = np.array([np.sin(hang), -np.cos(hang)])
    seen_px = float(np.hypot(*across))
    scale_x = TORSO_WIDTH * hypothesis.width * seen_px / torso_width
    scale_y = HEIGHT_TO_WIDTH * TORSO_WIDTH * unit_px / torso_width
    half_neck = float(neck[0, 0] - neck[1, 0]) / 2 * scale_x / seen_px
    height = float(np.interp(half_neck, NECK_SLOPE_X, NECK_SLOPE_Y)) + hypothesis.lift
    forward = FRONT_DEPTH * float(np.sin(np.radians(pose.yaw_deg)))
    origin = shoulders.mean(axis=0) + unit_px * (height * up - forward * right)
    matrix = np.stack([right * scale_x, -up * scale_y], axis=1)
    return TrunkFrame(neck.mean(axis=0), origin, matrix)


def garment_is_long(garment: AnchorSet) -> bool:
    """Whether the garment reaches from the shoulders down to the legs."""
    return "left_hip" in garment or "left_knee_outer" in garment


def _sleeve_on_arm(
    garment: AnchorSet, pose: Pose, side: str, frame: TrunkFrame, follow: float
) -> dict[str, NDArray[np.float64]]:
    """Sleeve and elbow anchors moved onto the arm at the sleeve's own length and width."""
    names = [f"{side}_{n}" for n in ("shoulder", "armpit", "sleeve_outer", "sleeve_inner")]
    if any(n not in garment for n in names):
        return {}
    shoulder, armpit, outer, inner = (np.array([garment[n].x, garment[n].y]) for n in names)
    scale = float(np.sqrt(abs(np.linalg.det(frame.matrix))))
    scale_y = float(np.hypot(*frame.matrix[:, 1]))
    head, end = (shoulder + armpit) / 2, (outer + inner) / 2
    length = scale_y * float(np.hypot(*(end - head)))
    half = SLEEVE_FULLNESS * scale * float(np.hypot(*(outer - inner))) / 2
    follow *= float(np.interp(length / pose.scale_px, CAP_SLEEVE, (0.0, 1.0)))
    line = _arm_from(frame(head), arm_line(pose, side), pose.scale_px)
    flat = {n: frame(_xy(garment, n)) for n in garment.names if n.startswith(side)}
    seen = float(np.hypot(*np.diff(line, axis=0).T).sum())
    length = min(length, max(seen + PAST_WRIST * pose.scale_px, SHORTEST * length))
    if f"{side}_elbow_outer" not in garment:
        centre, along = polyline_point(line, length)
        worn = _cross_section(side, "sleeve", centre, along, half, OUTER_SHARE)
    else:
        elbow = [_xy(garment, f"{side}_elbow_{e}") for e in ("outer", "inner")]
        to_elbow = scale_y * float(np.hypot(*((elbow[0] + elbow[1]) / 2 - head)))
        half_elbow = SLEEVE_FULLNESS * scale * float(np.hypot(*(elbow[0] - elbow[1]))) / 2
        upper_arm = float(np.hypot(*(line[1] - line[0])))
        centre, along = polyline_point(line, to_elbow)
        if length > upper_arm and ELBOW_SHIFT[0] < upper_arm / to_elbow < ELBOW_SHIFT[1]:
            # The cloth's own elbow lies a little above or below the arm's: it bends at the arm's.
            turn = [unit(line[1] - line[0]), unit(line[2] - line[1])]
            centre, along = line[1], unit(turn[0] + turn[1])
            half_elbow /= max(SHARPEST, float(along @ turn[0]))
            length += upper_arm - to_elbow
        worn = _cross_section(side, "elbow", centre, along, half_elbow, 1.0)
        centre, along = polyline_point(line, length)
        worn |= _cross_section(side, "sleeve", centre, along, half, 1.0)
    return {name: (1 - follow) * flat[name] + follow * xy for name, xy in worn.items()}


def _cross_section(
    side: str,
    part: str,
    centre: NDArray[np.float64],
    along: NDArray[np.float64],
    half_width: float,
    outer_share: float,
) -> dict[str, NDArray[np.float64]]:
    """Outer and inner point of a sleeve at one place of the arm."""
    outward = 1.0 if side == "left" else -1.0
    normal = outward * np.array([along[1], -along[0]])
    return {
        f"{side}_{part}_outer": centre + outer_share * half_width * normal,
        f"{side}_{part}_inner": centre - (2 - outer_share) * half_width * normal,
    }


def _xy(anchors: AnchorSet, name: str) -> NDArray[np.float64]:
    return np.array([anchors[name].x, anchors[name].y])


def _arm_from(head_xy: NDArray[np.float64], arm: PointsXY, unit_px: float) -> PointsXY:
    """The arm's line for a sleeve whose head sits at `head_xy`: from there onto the arm."""
    shoulder, elbow, wrist, _ = arm
    reach = float((head_xy - shoulder) @ unit(elbow - shoulder))
    on_arm = shoulder + max(reach, ARM_START * unit_px) * unit(elbow - shoulder)
    start = (head_xy + on_arm) / 2
    if float((elbow - start) @ unit(elbow - shoulder)) < 0.1 * unit_px:
        return np.array([start, wrist, wrist + (wrist - elbow)])
    return np.array([start, elbow, wrist])


def _confidence(pose: Pose) -> Callable[[str], float]:
    """How sure the body's point for an anchor is, by its name, from what the pose saw."""
    trunk = min(pose.seen("left_shoulder"), pose.seen("right_shoulder"))

    def of(name: str) -> float:
        side = name.split("_", 1)[0]
        if side in SIDES and ("sleeve" in name or "elbow" in name):
            return 0.3 + 0.7 * min(trunk, pose.seen(f"{side}_elbow"))
        if side in SIDES and ("knee" in name or "hem_" in name):
            return 0.3 + 0.7 * pose.seen(f"{side}_knee")
        return 0.3 + 0.7 * trunk

    return of
