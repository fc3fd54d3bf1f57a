"""The ideas that attempts try, and which of them is worth trying next."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from tryon.stages.body_anchors import FitHypothesis
from tryon.stages.garment_variants import Variant
from tryon.stages.quality_component import Component

AS_MEASURED: Final = FitHypothesis()


@dataclass(frozen=True, slots=True)
class Strategy:
    """One idea of how the garment lies.

    Attributes:
        name: shown to people.
        hypothesis: where the anchors go.
        is_rigid: the trunk moves as one stiff sheet instead of bending to every anchor.
        variant: how the garment photo is read.
        mends: parts of the score that this idea may raise.
    """

    name: str
    hypothesis: FitHypothesis = AS_MEASURED
    is_rigid: bool = False
    variant: Variant = "as found"
    mends: tuple[str, ...] = ()


STRATEGIES: Final = (
    Strategy("as measured"),
    Strategy(
        "even garment points",
        variant="even points",
        mends=("balance", "shoulder_fit", "garment_shape", "warp_distortion"),
    ),
    Strategy(
        "sleeves between arm and flat", FitHypothesis(sleeves_follow=0.5), mends=("sleeve_fit",)
    ),
    Strategy("sleeves as laid flat", FitHypothesis(sleeves_follow=0.0), mends=("sleeve_fit",)),
    Strategy("closer", FitHypothesis(width=0.92), mends=("body_width", "torso_coverage")),
    Strategy("roomier", FitHypothesis(width=1.08), mends=("old_clothes", "torso_coverage")),
    Strategy("stiff cloth", is_rigid=True, mends=("warp_distortion",)),
    Strategy(
        "cut out by the background's colour",
        variant="background cutout",
        mends=("cutout", "garment_shape"),
    ),
)


def next_strategy(tried: Collection[Strategy], parts: Mapping[str, Component]) -> Strategy | None:
    """The idea not tried yet that may mend most of what the first attempt lost.

    Args:
        tried: ideas of earlier attempts.
        parts: of the first attempt's score; empty before it.

    Returns:
        None when all were tried.
    """
    left = [strategy for strategy in STRATEGIES if strategy not in tried]
    if not left or not tried:
        return left[0] if left else None

    def promise(strategy: Strategy) -> float:
        return sum(1.0 - parts[name].score for name in strategy.mends if name in parts)

    return max(left, key=promise)  # of equal ones the first
