"""One part of the score, and the one rule that turns a deviation into 0..1."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tryon.stages.scoring.words import ADVICE, MESSAGES

HALF_AT = 3.0  # a fit this many times further off than usual scores one half


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the score.

    Attributes:
        score: 0.0 bad .. 1.0 good.
        value: what was measured, in `unit`.
        unit: of `value`, for display.
        message: a sentence for people.
        advice: what to do about it; empty when nothing is to be done.
    """

    score: float
    value: float
    unit: str
    message: str
    advice: str = ""

    def to_json(self) -> dict[str, Any]:
        """The component as it stands in `quality.json`."""
        return {
            "score": round(self.score, 4),
            "value": round(self.value, 4),
            "unit": self.unit,
            "message": self.message,
            "advice": self.advice,
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing measured for a component.

    Attributes:
        says: key of the sentences in `words` that tell of it.
        off: how far from what is right, in any unit, 0 or more.
        usual: how far good fits are off, in the same unit.
        half: how far off scores one half; None for `HALF_AT` times the usual.
    """

    says: str
    off: float
    usual: float
    half: float | None = None

    @property
    def score(self) -> float:
        """1 up to the usual deviation, one half at `half`, then towards 0."""
        half = HALF_AT * self.usual if self.half is None else self.half
        beyond = max(0.0, self.off - self.usual) / (half - self.usual)
        return 1.0 / (1.0 + beyond**2)


GOOD = 0.8  # a component from here on is told as good


def judged(name: str, value: float, unit: str, readings: Iterable[Reading]) -> Component:
    """The component that the worst of these readings makes; its sentence is that reading's."""
    worst = min(readings, key=lambda reading: reading.score)
    if worst.score >= GOOD:
        return Component(worst.score, value, unit, MESSAGES[name])
    message, advice = ADVICE[name][worst.says]
    return Component(worst.score, value, unit, message, advice)


def unknown(name: str, score: float, unit: str, says: str) -> Component:
    """A component that could not be measured on this photo."""
    message, advice = ADVICE[name][says]
    return Component(score, 0.0, unit, message, advice)
