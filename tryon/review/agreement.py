"""Do reviewers agree? The formulas are those of scikit-learn and krippendorff.

Fleiss' kappa is the same observed and expected disagreement as Krippendorff's alpha with nominal
values, without alpha's correction for small samples; so it is read off alpha (a test holds it equal
to statsmodels, which would be 42 MB more for one formula).
"""

import warnings
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Counts: TypeAlias = NDArray[np.int64]  # (num_items, num_values): how many reviewers said what
Level: TypeAlias = Literal["nominal", "ordinal"]

RESAMPLES: Final = 250  # bootstrap; the 95 % ends then vary by a tenth of their distance
SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and how sure it is.

    Attributes:
        value: None when it is not defined (nobody overlaps, or everybody said the same).
        low: lower end of the 95 % interval.
        high: upper end.
        num_items: items it rests on.
    """

    value: float | None
    low: float | None
    high: float | None
    num_items: int


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Cohen's kappa of two reviewers on the items both labelled."""

    one: str
    other: str
    kappa: float | None
    share_equal: float
    num_items: int


def count_table(
    labels: Iterable[tuple[Hashable, str, Hashable]], values: Sequence[Hashable]
) -> Counts:
    """(num_items, num_values) from (item, reviewer, value); items of one reviewer are left out.

    Labels of values not in `values` are ignored.
    """
    column = {value: at for at, value in enumerate(values)}
    rows: dict[Hashable, list[int]] = {}
    for item, _, value in labels:
        if value in column:
            rows.setdefault(item, [0] * len(values))[column[value]] += 1
    table = np.array([row for row in rows.values() if sum(row) > 1], dtype=np.int64)
    return table.reshape(-1, len(values))


def krippendorff_alpha(counts: Counts, level: Level = "nominal") -> float | None:
    """Krippendorff's alpha; None when every label is the same or nothing overlaps."""
    import krippendorff

    if counts.shape[0] == 0 or (counts.sum(axis=0) > 0).sum() < 2:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        value = krippendorff.alpha(
            value_counts=counts, value_domain=list(range(counts.shape[1])),
            level_of_measurement=level,
        )  # fmt: skip
    return float(value) if np.isfinite(value) else None


def fleiss_kappa(counts: Counts) -> float | None:
    """Fleiss' kappa over the items that the most common number of reviewers labelled."""
    if counts.shape[0] == 0:
        return None
    per_item = counts.sum(axis=1)
    usual = np.bincount(per_item).argmax()
    same = counts[per_item == usual]
    alpha = krippendorff_alpha(same)
    if alpha is None:
        return None
    total = int(same.sum())
    return 1.0 - (1.0 - alpha) * total / (total - 1)


def with_interval(counts: Counts, figure: Callable[[Counts], float | None]) -> Estimate:
    """`figure` of all items and its bootstrap interval: items are drawn again with replacement.

    Items with the same counts are one row with a weight, so 10,000 items cost what 30 do.
    """
    value = figure(counts)
    num = counts.shape[0]
    if value is None or num < 2:
        return Estimate(value, None, None, num)
    kinds, weights = np.unique(counts, axis=0, return_counts=True)
    rng = np.random.default_rng(SEED)
    drawn = rng.multinomial(num, weights / num, size=RESAMPLES)
    found = [figure(np.repeat(kinds, times, axis=0)) for times in drawn]
    known = [f for f in found if f is not None]
    if len(known) < RESAMPLES / 2:
        return Estimate(value, None, None, num)
    low, high = np.percentile(known, [2.5, 97.5])
    return Estimate(value, float(low), float(high), num)


def cohen_pairs(labels: Iterable[tuple[Hashable, str, str]]) -> list[PairAgreement]:
    """Cohen's kappa for every two reviewers who share an item, most shared items first."""
    from sklearn.metrics import cohen_kappa_score

    said: dict[str, dict[Hashable, str]] = {}
    for item, reviewer, value in labels:
        said.setdefault(reviewer, {})[item] = value
    pairs = []
    for one, other in combinations(sorted(said), 2):
        shared = sorted(said[one].keys() & said[other].keys(), key=str)
        if not shared:
            continue
        left, right = ([said[who][item] for item in shared] for who in (one, other))
        kappa = None
        if len(set(left) | set(right)) > 1:
            kappa = float(cohen_kappa_score(left, right))
        equal = float(np.mean([a == b for a, b in zip(left, right, strict=True)]))
        pairs.append(PairAgreement(one, other, kappa, equal, len(shared)))
    return sorted(pairs, key=lambda pair: -pair.num_items)


def share_right(said: Mapping[Any, str], truth: Mapping[Any, str]) -> Estimate:
    """How often one reviewer's answers equal the known ones, with an exact binomial interval."""
    from scipy.stats import binomtest

    shared = said.keys() & truth.keys()
    if not shared:
        return Estimate(None, None, None, 0)
    right = sum(said[item] == truth[item] for item in shared)
    interval = binomtest(right, len(shared)).proportion_ci(0.95, "exact")
    return Estimate(right / len(shared), float(interval.low), float(interval.high), len(shared))
