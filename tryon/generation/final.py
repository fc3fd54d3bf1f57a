"""The records of the final picture: what came out, how it was checked, what it cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tryon.arrays import RgbImage, frozen
from tryon.errors import TryOnError
from tryon.ports import GeneratorName


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at after generation.

    Attributes:
        name: a key of `checks.LIMITS`.
        value: what was measured.
        unit: of the value, for people.
        limit: what the value may be at most, or at least; see `is_at_most`.
        is_at_most: whether the limit is an upper one.
        message: a sentence for people.
    """

    name: str
    value: float
    unit: str
    limit: float
    is_at_most: bool
    message: str

    @property
    def passed(self) -> bool:
        """Whether the value keeps the limit."""
        return self.value <= self.limit if self.is_at_most else self.value >= self.limit

    def to_json(self) -> dict[str, Any]:
        """One entry of `checks` in `generation.json`."""
        return {
            "value": round(self.value, 4),
            "unit": self.unit,
            "limit": self.limit,
            "limit_is": "at most" if self.is_at_most else "at least",
            "passed": self.passed,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class FinalAttempt:
    """One picture a generator made, used or not.

    Attributes:
        model: which model made it.
        seconds: wall time of the generator.
        calls: requests it took.
        checks: after registration and colour correction; empty where it was rejected.
        notes: sentences on what was corrected, or why it was rejected.
        instruction: what was asked for, in words.
        finish_reason: as the generator words it.
        usage: what the generator counted.
        cost_usd: about what it cost, where known.
    """

    model: str
    seconds: float
    calls: int
    checks: tuple[Check, ...]
    notes: tuple[str, ...]
    instruction: str
    finish_reason: str = ""
    usage: Mapping[str, int] = field(default_factory=dict)
    cost_usd: float | None = None

    @property
    def passed(self) -> bool:
        """Whether it lies over the photo and every check holds."""
        return bool(self.checks) and all(check.passed for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """One entry of `attempts` in `generation.json`."""
        return {
            "model": self.model,
            "seconds": round(self.seconds, 3),
            "calls": self.calls,
            "passed": self.passed,
            "checks": {check.name: check.to_json() for check in self.checks},
            "notes": list(self.notes),
            "instruction": self.instruction,
            "finish_reason": self.finish_reason,
            "usage": dict(self.usage),
            "cost_usd": self.cost_usd,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Final:
    """The final picture and how it came about.

    Attributes:
        image: (H, W, 3) uint8 sRGB, the size of the person photo as given. Outside the region that
            may change (`Scene.region`) every pixel equals that photo.
        generator: who made it; never another than the one that did.
        model: which of its models.
        attempts: every picture made, in order; see `best`.
        best: index of the attempt that `image` shows.
        seconds: wall time of everything.
        notes: sentences a person should read: what was corrected, what did not hold, and that
            another generator failed.
        failure: why Nano Banana did not make it, when "auto" was asked for; else None.
    """

    image: RgbImage
    generator: GeneratorName
    model: str
    attempts: tuple[FinalAttempt, ...]
    best: int
    seconds: float
    notes: tuple[str, ...] = ()
    failure: TryOnError | None = None

    def __post_init__(self) -> None:
        frozen(self.image)

    @property
    def checks(self) -> tuple[Check, ...]:
        """Of the attempt that is shown."""
        return self.attempts[self.best].checks

    @property
    def passed(self) -> bool:
        """Whether every check of the attempt that is shown holds."""
        return self.attempts[self.best].passed

    @property
    def cost_usd(self) -> float | None:
        """About what all attempts together cost; None where that is not known."""
        known = [a.cost_usd for a in self.attempts if a.cost_usd is not None]
        return sum(known) if known else None

    def to_json(self) -> dict[str, Any]:
        """`generation.json`."""
        return {
            "schema": 1,
            "generator": self.generator,
            "model": self.model,
            "passed": self.passed,
            "checks": {check.name: check.to_json() for check in self.checks},
            "prompt": self.attempts[self.best].instruction,
            "attempts": [attempt.to_json() for attempt in self.attempts],
            "best_attempt": self.best,
            "retry_count": len(self.attempts) - 1,
            "seconds": round(self.seconds, 3),
            "cost_usd": self.cost_usd,
            "width": self.image.shape[1],
            "height": self.image.shape[0],
            "notes": list(self.notes),
            "failure": self.failure.to_json() if self.failure else None,
        }
