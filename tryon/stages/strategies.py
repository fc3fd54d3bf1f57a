"""The ideas that attempts try, and which of them is worth trying next."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tryon.stages.garment_variants import Variant
from tryon.stages.placement.body_anchors import FitHypothesis
from tryon.stages.scoring.component import Component

AS_MEASURED: Final = FitHypothesis()
COLLAR_STEP = 0.08  # shoulder widths: straps are cut as long as they like


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
    Strategy("collar lower", FitHypothesis(lift=-COLLAR_STEP), mends=("collar_gap",)),
    Strategy("collar higher", FitHypothesis(lift=COLLAR_STEP), mends=("collar_gap",)),
    Strategy("closer", FitHypothesis(width=0.92), mends=("body_width", "torso_coverage")),
    Strategy("roomier", FitHypothesis(width=1.08), mends=("old_clothes", "torso_coverage")),
    Strategy("stiff cloth", is_rigid=True, mends=("warp_distortion",)),
    Strategy(
        "cut out by the background's colour",
        variant="background cutout",
        mends=("cutout", "garment_shape"),
    ),
)


def next_strategy(
    tried: Collection[Strategy],
    parts: Mapping[str, Component],
    score_of: Callable[[dict[str, Component]], float],
) -> Strategy | None:
    """The idea not tried yet that may raise the first attempt's score most.

    Args:
        tried: ideas of earlier attempts.
        parts: of the first attempt's score; empty before it.
        score_of: the score that parts make together.

    Returns:
        None when no other can raise it.
    """
    if not tried:
        return STRATEGIES[0]

    def promise(strategy: Strategy) -> float:
        mended = {n: replace(parts[n], score=1.0) for n in strategy.mends if n in parts}
        return score_of({**parts, **mended})

    left = [s for s in STRATEGIES if s not in tried and promise(s) > score_of(dict(parts))]
    return max(left, key=promise, default=None)  # of equal ones the first
