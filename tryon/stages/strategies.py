"""The ideas that attempts try, in order."""

from dataclasses import dataclass
from typing import Final

from tryon.stages.body_anchors import FitHypothesis


@dataclass(frozen=True, slots=True)
class Strategy:
    """One idea of how the garment lies.

    Attributes:
        name: shown to people.
        hypothesis: where the anchors go.
        is_rigid: the trunk moves as one stiff sheet instead of bending to every anchor.
    """

    name: str
    hypothesis: FitHypothesis
    is_rigid: bool = False


STRATEGIES: Final = (
    Strategy("as measured", FitHypothesis()),
    Strategy("roomier", FitHypothesis(width=1.08)),
    Strategy("stiff cloth", FitHypothesis(sleeves_follow=0.6), is_rigid=True),
    Strategy("closer", FitHypothesis(width=0.92)),
)
