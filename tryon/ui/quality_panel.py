"""The score on the page: parts with what to do and the points they speak of, and attempts.

Plain data for `js/score.js`; a click on a part there highlights its points in the anchor editor.
"""

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from tryon.anchors import AnchorPair
from tryon.fit import Attempt, TryOn
from tryon.stages.quality import Component
from tryon.stages.scoring.component import GOOD
from tryon.ui import words

ALL: Final = ("*",)
NEAR: Final = 0.25  # a score missed by no more is fair, not poor
SURE: Final = 0.5  # confidence below which a point is a guess

# Part of the score -> places of the anchors it is measured at. A part that is not here, or one
# measured without anchors (cutout, pose), highlights nothing.
PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "shoulder_fit": ("shoulder",),
    "collar_gap": ("neck", "neck_front", "neck_back"),
    "body_width": ("armpit", "waist", "hip", "hem"),
    "balance": ("neck", "shoulder", "waist", "hip", "hem"),
    "torso_coverage": ("armpit", "waist", "hem"),
    "sleeve_fit": ("elbow_outer", "elbow_inner", "sleeve_outer", "sleeve_inner"),
    "waist_fit": ("waist", "hip"),
    "leg_fit": ("knee_outer", "knee_inner", "hem_outer", "hem_inner"),
    "hem": ("hem", "hem_outer", "hem_inner"),
    "warp_distortion": ALL,
    "occlusion_conflicts": ("neck", "neck_front", "neck_back"),
    "old_clothes": ("neck", "armpit", "waist", "hem"),
}
_NO_MINUS_ZERO: Final = re.compile(r"^-(?=0(\.0+)?(?![\d.]))")
GUESSED: Final = "garment_shape"  # about the points that had to be guessed


def quality_value(try_on: TryOn) -> dict[str, Any]:
    """What the panel shows of a finished fit."""
    best = try_on.best
    return {
        "score": best.quality.score,
        "threshold": best.quality.threshold,
        "passed": best.quality.passed,
        "level": level(best.quality.score, best.quality.threshold),
        "components": [
            {
                "name": name,
                "label": words.component_label(name),
                "meaning": words.MEANINGS.get(name, ""),
                "score": part.score,
                "level": part_level(part),
                "value": measured(part.value, part.unit),
                "message": part.message,
                "advice": part.advice,
                "anchors": concerned(name, best.draft.anchors),
            }
            for name, part in best.quality.components.items()
        ],
        "attempts": [_attempt(a, try_on) for a in try_on.attempts],
    }


def points(score: float) -> int:
    """A score as people read it, 0 to 100; never rounded up, so that 0.696 stays below 0.7."""
    return math.floor(score * 100 + 1e-6)


def level(score: float, threshold: float) -> str:
    """How good a score is, in three words that have a colour each."""
    if score >= threshold:
        return "good"
    return "fair" if score >= threshold - NEAR else "poor"


def part_level(part: Component) -> str:
    """How good a part is by itself: its colour says what its sentence says.

    The wanted score is one of the whole fit. A high wish makes no part poor.
    """
    if not part.advice:
        return "good"
    return "fair" if part.score >= GOOD - NEAR else "poor"


def concerned(component: str, anchors: AnchorPair) -> list[str]:
    """Names of the anchors a part of the score is about, of those that this garment has."""
    names = anchors.person.names
    if component == "garment_shape":
        return [a.name for a in anchors.garment.anchors if a.confidence < SURE and a.name in names]
    places = PLACES.get(component, ())
    if places == ALL:
        return list(names)
    return [name for name in names if name.removeprefix("left_").removeprefix("right_") in places]


def measured(value: float, unit: str) -> str:
    """A value as people read it."""
    if unit in words.SHARES:
        return f"{value:.0%}"
    text = words.UNITS.get(unit, "{:.3g} " + unit).format(value).strip()
    return _NO_MINUS_ZERO.sub("", text)


def _attempt(attempt: Attempt, try_on: TryOn) -> dict[str, Any]:
    return {
        "label": words.strategy_label(attempt.strategy),
        "meaning": words.STRATEGIES.get(attempt.strategy, ""),
        "score": attempt.quality.score,
        "gain": attempt.quality.score - try_on.attempts[0].quality.score,
        "best": attempt is try_on.best,
    }
