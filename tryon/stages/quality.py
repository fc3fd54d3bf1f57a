"""Stage 5: how good the fit is, in components a person understands.

Every component is measured on the draft and the body. Clothes worn in the photo count only where
they stay visible; the garment is never compared with them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tryon.anchors import LOWER_TYPES, AnchorSet
from tryon.arrays import SoftMask
from tryon.stages.align import Draft
from tryon.stages.body_anchors import NECK_SLOPE_X, NECK_SLOPE_Y
from tryon.stages.garment import Garment
from tryon.stages.pose import Pose
from tryon.stages.segment import PersonMasks

# A value inside `good` scores 1, one beyond `bad` 0, linear between.
SHOULDER_RATIO_OFF = (0.15, 0.55)  # |garment shoulders / body shoulders - 1.1|
COLLAR_OFF = (0.08, 0.35)  # shoulder widths between the neck anchors and where they belong
UNSURE_ANCHORS = (0.20, 0.65)  # 1 - mean confidence of the garment's anchors
OLD_CLOTHES = (0.10, 0.70)  # share of the trunk above the waist that still shows other clothes
UNCOVERED = (0.10, 0.60)  # share of the upper trunk without garment
SPILL = (0.20, 0.55)  # share of the garment beside the person
STRETCH_OFF = (1.35, 2.2)  # local scale against the median one
TURN_OFF = (8.0, 30.0)  # degrees between the garment's upright and the body's
WEIGHTS = {
    "cutout": 1.0, "anchors": 1.5, "pose": 1.0, "shoulder_fit": 1.5, "collar_gap": 1.5,
    "coverage": 1.5, "old_clothes": 0.7, "spill": 1.0, "tilt": 1.0, "distortion": 1.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the score.

    Attributes:
        score: 0.0 bad .. 1.0 good.
        value: what was measured, in `unit`.
        unit: of `value`, for display.
        message: a sentence for people.
    """

    score: float
    value: float
    unit: str
    message: str


@dataclass(frozen=True, slots=True)
class Quality:
    """The score of one draft.

    Attributes:
        score: 0.0 bad .. 1.0 good.
        threshold: below it another attempt is asked for.
        components: by name, in display order.
    """

    score: float
    threshold: float
    components: dict[str, Component]

    @property
    def passed(self) -> bool:
        """Whether the score reaches the threshold."""
        return self.score >= self.threshold

    def to_json(self) -> dict[str, Any]:
        """The part of `quality.json` that belongs to one draft."""
        return {
            "score": round(self.score, 4),
            "threshold": self.threshold,
            "passed": self.passed,
            "components": {
                name: {
                    "score": round(c.score, 4),
                    "value": round(c.value, 4),
                    "unit": c.unit,
                    "message": c.message,
                }
                for name, c in self.components.items()
            },
        }


def check_quality(
    draft: Draft, pose: Pose, masks: PersonMasks, garment: Garment, threshold: float
) -> Quality:
    """Score one draft.

    The score is the weighted geometric mean of the components, so that one bad component
    cannot be outweighed by many good ones.
    """
    is_lower = draft.anchors.garment_type in LOWER_TYPES
    components = {
        "cutout": _cutout(garment),
        "anchors": _anchors(draft),
        "pose": _pose(pose, is_lower),
    }
    if not is_lower:
        components["shoulder_fit"] = _shoulder_fit(draft, pose)
        components["collar_gap"] = _collar_gap(draft, pose)
        components["coverage"] = _coverage(draft.region, pose, masks)
        components["old_clothes"] = _old_clothes(draft, pose, masks)
    if draft.anchors.garment_type not in ("skirt", "dress"):  # those hang beside the legs
        components["spill"] = _spill(draft.region, masks)
    components["tilt"] = _tilt(draft, pose)
    components["distortion"] = _distortion(draft)
    weights = np.array([WEIGHTS[name] for name in components])
    scores = np.array([max(0.01, c.score) for c in components.values()])
    score = float(np.exp((weights * np.log(scores)).sum() / weights.sum()))
    return Quality(score, threshold, components)


def _ramp(value: float, limits: tuple[float, float]) -> float:
    good, bad = limits
    return float(np.clip((bad - value) / (bad - good), 0.0, 1.0))


def _cutout(garment: Garment) -> Component:
    sure = garment.cutout_confidence
    message = (
        "The garment's outline is clear."
        if sure > 0.8
        else "The garment's outline is uncertain; check the cutout."
    )
    return Component(_ramp(1 - sure, (0.15, 0.9)), sure, "agreement", message)


def _anchors(draft: Draft) -> Component:
    sure = float(np.mean([anchor.confidence for anchor in draft.anchors.garment.anchors]))
    message = (
        "The garment's points are clear in its outline."
        if sure > 0.65
        else "Some of the garment's points had to be guessed; check the hollow ones."
    )
    return Component(_ramp(1 - sure, UNSURE_ANCHORS), sure, "confidence", message)


def _old_clothes(draft: Draft, pose: Pose, masks: PersonMasks) -> Component:
    """Share of the trunk between shoulders and waist where other clothes are still seen."""
    shoulders = (pose.xy("left_shoulder") + pose.xy("right_shoulder")) / 2
    hips = (pose.xy("left_hip") + pose.xy("right_hip")) / 2
    rows = np.arange(draft.region.shape[0])[:, None]
    trunk = (masks.torso > 0.5) & (masks.hair < 0.5)
    trunk &= (rows > shoulders[1]) & (rows < shoulders[1] + 0.7 * (hips[1] - shoulders[1]))
    if int(trunk.sum()) < 50:
        return Component(0.5, 0.0, "share", "The trunk is hidden; old clothes cannot be seen.")
    other = float(((draft.region < 0.5) & (masks.skin < 0.3))[trunk].mean())
    score = _ramp(other, OLD_CLOTHES)
    message = (
        "Little of the clothes worn now is left to see."
        if score > 0.7
        else "Clothes worn now show beside the garment; a fitted top in the photo works better."
    )
    return Component(score, other, "share", message)


def _pose(pose: Pose, is_lower: bool) -> Component:
    names = ["left_hip", "right_hip"]
    names += ["left_knee", "right_knee"] if is_lower else ["left_shoulder", "right_shoulder"] * 2
    seen = float(np.mean([pose.seen(n) for n in names]))
    turned = abs(pose.yaw_deg)
    score = _ramp(1 - seen, (0.2, 0.8)) * _ramp(turned, (20.0, 75.0))
    if turned > 25:
        message = "The person is turned; a frontal photo fits better."
    elif seen < 0.6:
        message = "Parts of the body the fit depends on are hidden or outside the photo."
    else:
        message = "The pose is clear."
    return Component(score, seen, "visibility", message)


def _shoulder_fit(draft: Draft, pose: Pose) -> Component:
    body, garment = draft.anchors.person, draft.anchors.garment
    if "left_shoulder" not in body or "right_shoulder" not in body:
        return Component(0.0, 0.0, "shoulder widths", "The shoulder anchors are missing.")
    ratio = _distance(body, "left_shoulder", "right_shoulder") / pose.shoulder_px
    narrow = {"left_armpit", "right_armpit"} <= set(garment.names) and _distance(
        garment, "left_shoulder", "right_shoulder"
    ) < 0.8 * _distance(garment, "left_armpit", "right_armpit")
    usual = 0.85 if narrow else 1.1
    score = _ramp(abs(ratio - usual), SHOULDER_RATIO_OFF)
    if score > 0.7:
        message = "The shoulder seams sit on the shoulders."
    elif ratio > usual:
        message = "The garment is wider than the shoulders; move the shoulder anchors inwards."
    else:
        message = "The garment is narrower than the shoulders; move the shoulder anchors outwards."
    return Component(score, ratio, "shoulder widths", message)


def _collar_gap(draft: Draft, pose: Pose) -> Component:
    body = draft.anchors.person
    if "left_neck" not in body or "right_neck" not in body:
        return Component(0.0, 0.0, "shoulder widths", "The neck anchors are missing.")
    left, right = (np.array([body[n].x, body[n].y]) for n in ("left_neck", "right_neck"))
    shoulders = (pose.xy("left_shoulder") + pose.xy("right_shoulder")) / 2
    hips = (pose.xy("left_hip") + pose.xy("right_hip")) / 2
    up = (shoulders - hips) / max(1.0, float(np.hypot(*(shoulders - hips))))
    offset = (left + right) / 2 - shoulders
    height = float(offset @ up) / pose.scale_px
    aside = float(offset @ np.array([-up[1], up[0]])) / pose.scale_px
    half = float(np.hypot(*(left - right))) / 2 / pose.shoulder_px
    want = float(np.interp(half, NECK_SLOPE_X, NECK_SLOPE_Y))
    off = float(np.hypot(height - want, aside))
    score = _ramp(off, COLLAR_OFF)
    if score > 0.7:
        message = "The collar sits at the neck."
    elif height > want:
        message = "The collar sits too high or beside the neck; move the neck anchors."
    else:
        message = "The collar sits too low or beside the neck; move the neck anchors."
    return Component(score, off, "shoulder widths", message)


def _coverage(region: SoftMask, pose: Pose, masks: PersonMasks) -> Component:
    """Share of the trunk between shoulders and ribs, in front of which nothing else is."""
    shoulders = (pose.xy("left_shoulder") + pose.xy("right_shoulder")) / 2
    rows = np.arange(region.shape[0])[:, None]
    top = shoulders[1] + 0.35 * pose.scale_px
    chest = (masks.torso > 0.5) & (rows > top) & (rows < top + 0.45 * pose.scale_px)
    chest &= masks.hair < 0.5
    if int(chest.sum()) < 50:
        return Component(0.5, 0.0, "share", "The chest is hidden; coverage cannot be checked.")
    covered = float((region > 0.5)[chest].mean())
    score = _ramp(1 - covered, UNCOVERED)
    message = (
        "The garment covers the chest."
        if score > 0.7
        else "Parts of the chest are not covered; check the size and the armpit anchors."
    )
    return Component(score, covered, "share", message)


def _spill(region: SoftMask, masks: PersonMasks) -> Component:
    shown = region > 0.5
    beside = float((shown & (masks.person < 0.3)).sum() / max(1, int(shown.sum())))
    score = _ramp(beside, SPILL)
    message = (
        "The garment stays on the body."
        if score > 0.7
        else "Much of the garment lies beside the body; check its size and the sleeve anchors."
    )
    return Component(score, beside, "share", message)


def _tilt(draft: Draft, pose: Pose) -> Component:
    body = draft.anchors.person
    pairs = [n for n in ("neck", "shoulder", "armpit", "hip", "hem", "waist") if f"left_{n}" in body
             and f"right_{n}" in body]  # fmt: skip
    if not pairs:
        return Component(0.5, 0.0, "degrees", "There are too few anchors to see a tilt.")
    across = np.sum([_xy(body, f"left_{n}") - _xy(body, f"right_{n}") for n in pairs], axis=0)
    shoulders = pose.xy("left_shoulder") - pose.xy("right_shoulder")
    facing = np.sign(shoulders[0]) or 1.0  # seen from behind, left lies on the picture's left
    garment_deg = float(np.degrees(np.arctan2(across[1], across[0])))
    body_deg = float(np.degrees(np.arctan2(facing * shoulders[1], facing * shoulders[0])))
    off = abs((garment_deg - body_deg + 180) % 360 - 180)
    score = _ramp(off, TURN_OFF)
    message = (
        "The garment hangs straight."
        if score > 0.7
        else "The garment is turned against the body; check left and right anchors."
    )
    return Component(score, off, "degrees", message)


def _distortion(draft: Draft) -> Component:
    score = _ramp(draft.stretch, STRETCH_OFF)
    if draft.folded_px:
        score *= 0.3
        message = "The cloth folds over itself; some anchors cross."
    elif draft.stiffness > 0:
        score *= 1 - 0.4 * draft.stiffness
        message = "The anchors pull the cloth more than it can bend."
    elif score > 0.7:
        message = "The cloth keeps its proportions."
    else:
        message = "The cloth is stretched unevenly; check the anchors that lie far apart."
    return Component(score, draft.stretch, "ratio", message)


def _xy(anchors: AnchorSet, name: str) -> NDArray[np.float64]:
    return np.array([anchors[name].x, anchors[name].y])


def _distance(anchors: AnchorSet, one: str, other: str) -> float:
    return float(np.hypot(*(_xy(anchors, one) - _xy(anchors, other))))
