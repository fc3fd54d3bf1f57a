"""Stage 5: how good the fit is, in components a person understands.

Every component compares the laid garment with evidence of its own: the body's outline and joints,
what is normal for such a garment, the cloth's own proportions, what shows in the draft. Clothes
worn in the photo count only where they stay visible; the garment is never compared with them.
How the numbers were found: `docs/quality.md`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tryon.stages.align import Draft
from tryon.stages.garment import Garment
from tryon.stages.pose import Pose
from tryon.stages.scoring.cloth import cutout, garment_shape, print_sharpness, warp_distortion
from tryon.stages.scoring.component import Component, Reading, judged
from tryon.stages.scoring.limbs import sleeve_fit
from tryon.stages.scoring.lower import leg_fit, lower_balance, waist_fit
from tryon.stages.scoring.paint import occlusion_conflicts, old_clothes, torso_coverage
from tryon.stages.scoring.top import balance, body_width, collar_gap, hem, shoulder_fit
from tryon.stages.scoring.view import FitView
from tryon.stages.segment import PersonMasks

__all__ = ["Component", "Quality", "check_quality"]

HIDDEN_JOINTS = 0.25  # 1 - visibility of the joints a fit hangs on
TURNED_DEG = 15.0  # turns up to here are as good as frontal
# Parts that say where the garment lies are nearly exact on undamaged drafts: each counts fully. The
# others also vary with photos and cuts: together they take at most `1 - FLOOR` off.
PLACED = frozenset({"collar_gap", "body_width", "balance", "sleeve_fit", "waist_fit", "leg_fit"})
FLOOR = 0.4
LIGHT = 0.5  # exponent of the others, but for old clothes, which people see first
# Root of the product: the usual threshold, 0.7, then lies where damaged and undamaged drafts part
# best (0.49 of the product; docs/quality.md). It changes no order.
ROOT = 0.5
LEAST = 0.01  # of a component in the total: one alone cannot make the score 0


@dataclass(frozen=True, slots=True)
class Quality:
    """The score of one draft.

    Attributes:
        score: 0.0 bad .. 1.0 good.
        threshold: below it another attempt is asked for.
        components: by name, in display order.
        calibration: version of the calibration that turned `raw_score` into `score`; None: none.
        raw_score: the score before that.
    """

    score: float
    threshold: float
    components: dict[str, Component]
    calibration: str | None = None
    raw_score: float | None = None

    @property
    def passed(self) -> bool:
        """Whether the score reaches the threshold."""
        return self.score >= self.threshold

    def to_json(self) -> dict[str, Any]:
        """The part of `quality.json` that belongs to one draft."""
        calibrated = {}
        if self.calibration is not None and self.raw_score is not None:
            calibrated = {
                "raw_score": round(self.raw_score, 4),
                "calibration": self.calibration,
            }
        return {
            "score": round(self.score, 4),
            "threshold": self.threshold,
            "passed": self.passed,
            **calibrated,
            "components": {name: part.to_json() for name, part in self.components.items()},
        }


def check_quality(
    draft: Draft, pose: Pose, masks: PersonMasks, garment: Garment, threshold: float
) -> Quality:
    """Score one draft."""
    components = components_of(FitView.of(draft, pose, masks, garment))
    return Quality(total(components), threshold, components)


def total(components: dict[str, Component]) -> float:
    """One number from all parts: a product, so that many good ones cannot outweigh a bad one."""
    placed = rest = 1.0
    for name, part in components.items():
        score = max(LEAST, part.score)
        if name in PLACED:
            placed *= score
        else:
            rest *= score if name == "old_clothes" else score**LIGHT
    return float((placed * (FLOOR + (1.0 - FLOOR) * rest)) ** ROOT)


def components_of(view: FitView) -> dict[str, Component]:
    """Every part that this kind of garment has, in display order."""
    parts: dict[str, Component | None] = {
        "cutout": cutout(view),
        "garment_shape": garment_shape(view),
        "pose": pose_confidence(view),
    }
    if view.is_lower:
        parts |= {
            "waist_fit": waist_fit(view),
            "balance": lower_balance(view),
            "torso_coverage": torso_coverage(view),
            "leg_fit": leg_fit(view),
        }
    else:
        parts |= {
            "shoulder_fit": shoulder_fit(view),
            "collar_gap": collar_gap(view),
            "body_width": body_width(view),
            "balance": balance(view),
            "torso_coverage": torso_coverage(view),
            "sleeve_fit": sleeve_fit(view),
            "hem": hem(view),
            "old_clothes": old_clothes(view),
        }
    parts |= {
        "warp_distortion": warp_distortion(view),
        "occlusion_conflicts": occlusion_conflicts(view),
        "print_sharpness": print_sharpness(view),
    }
    return {name: part for name, part in parts.items() if part is not None}


def pose_confidence(view: FitView) -> Component:
    """How well the joints the fit hangs on are seen, and how far the body is turned."""
    names = ["left_hip", "right_hip"]
    names += (
        ["left_knee", "right_knee"] if view.is_lower else ["left_shoulder", "right_shoulder"] * 2
    )
    seen = float(np.mean([view.pose.seen(name) for name in names]))
    return judged("pose", seen, "visibility", [
        Reading("hidden", 1 - seen, HIDDEN_JOINTS),
        Reading("turned", abs(view.pose.yaw_deg), TURNED_DEG),
    ])  # fmt: skip
