"""Who sees what next: pure functions of what happened so far, so that an order can be repeated.

Every item has one random number, every reviewer one salt; mixing the two gives an order of the
reviewer's own. Items that several people shall see come in roughly the same order to all of them,
else the first agreement figure would wait until half the project is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tryon.errors import InvalidReviewFile

Kind: TypeAlias = Literal["label", "repeat", "adjudication"]
Numbers: TypeAlias = NDArray[np.uint64]
_JITTER: Final = 0.02  # how far shared items may swap places, as a share of the project
_UNIT: Final = float(2**64)


@dataclass(frozen=True, slots=True)
class Rules:
    """How a project hands out its items.

    Attributes:
        overlap: share of items that several reviewers see, 0..1.
        reviewers: how many reviewers see such an item.
        gold: share of a reviewer's items with a known answer, 0..0.5.
        repeats: share of a reviewer's items that are shown a second time, 0..0.5.
        repeat_gap: how many others come in between, at least.
        seed: of every draw.
        show_score: whether the automatic score is told after an item was handed in.
    """

    overlap: float = 0.2
    reviewers: int = 2
    gold: float = 0.05
    repeats: float = 0.05
    repeat_gap: int = 20
    seed: int = 1
    show_score: bool = True

    def __post_init__(self) -> None:
        limits = {"overlap": (0, 1), "gold": (0, 0.5), "repeats": (0, 0.5), "reviewers": (1, 50),
                  "repeat_gap": (1, 10_000), "seed": (0, 2**31 - 1)}  # fmt: skip
        for name, (low, high) in limits.items():
            if not low <= getattr(self, name) <= high:
                raise InvalidReviewFile(
                    f"{name}={getattr(self, name)!r}",
                    message=f"The setting {name} of a project is a number from {low} to {high}.",
                )

    def to_json(self) -> dict[str, Any]:
        """As kept with the project."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """The items of a project as the order sees them; all arrays have one entry an item.

    Attributes:
        ids: of the items.
        shuffle: the random number of each item.
        places: how many reviewers may still take it.
        is_gold: has a known answer; those are for everybody.
    """

    ids: Sequence[str]
    shuffle: Numbers
    places: NDArray[np.int64]
    is_gold: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one reviewer had so far.

    Attributes:
        items: every item had, oldest first, repeats included.
        again: items already shown a second time.
        may_repeat: items handed in that may be shown again, oldest first.
    """

    items: Sequence[str] = ()
    again: frozenset[str] = frozenset()
    may_repeat: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The next turn."""

    item: str
    kind: Kind


def mix(numbers: Numbers | int, salt: int) -> Numbers:
    """Another random number for each, the same for the same salt (splitmix64)."""
    with np.errstate(over="ignore"):
        z = np.asarray(numbers, np.uint64) + np.uint64(salt % 2**64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(z ^ (z >> np.uint64(31)), np.uint64)


def wanted(shuffle: int, rules: Rules) -> int:
    """How many reviewers shall see the item with this random number."""
    is_shared = float(mix(shuffle, rules.seed + 11)) / _UNIT < rules.overlap
    return rules.reviewers if is_shared else 1


def choose(pool: Pool, seen: Seen, salt: int, rules: Rules) -> Choice | None:
    """The next item of one reviewer; None when nothing is left for them.

    Gold items and repeats are strewn in by chance, not at fixed places, and look like any other.
    """
    if len(pool.ids) == 0:
        return None
    had = frozenset(seen.items)
    is_new = np.array([item not in had for item in pool.ids])
    regular = is_new & ~pool.is_gold & (pool.places > 0)
    if not regular.any():
        return None  # what is left are checks of the reviewer; they do not keep anybody waiting
    draw = float(mix(len(seen.items) + 1, salt ^ rules.seed)) / _UNIT
    if draw < rules.gold and (is_new & pool.is_gold).any():
        return Choice(_first(pool, is_new & pool.is_gold, salt, rules), "label")
    if rules.gold <= draw < rules.gold + rules.repeats:
        recent = frozenset(seen.items[-rules.repeat_gap :])
        for item in seen.may_repeat:
            if item not in seen.again and item not in recent:
                return Choice(item, "repeat")
    return Choice(_first(pool, regular, salt, rules), "label")


def _first(pool: Pool, among: NDArray[np.bool_], salt: int, rules: Rules) -> str:
    own = mix(pool.shuffle, salt) / _UNIT
    common = mix(pool.shuffle, rules.seed + 23) / _UNIT
    is_shared = mix(pool.shuffle, rules.seed + 11) / _UNIT < rules.overlap
    order = np.where(is_shared, common + _JITTER * own, own)
    order = np.where(among, order, np.inf)
    return pool.ids[int(order.argmin())]
