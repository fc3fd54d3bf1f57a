"""Stage 5: how good the fit is, in components a person understands."""

from dataclasses import dataclass
from typing import Any


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
