"""What a project says of an item in the end, and where its reviewers are at odds. Pure functions.

Repeats are for measuring a reviewer against themselves; they decide nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from tryon.review.labels import Verdict
from tryon.review.records import Given

How: TypeAlias = Literal["settled", "agreed", "majority", "single", "dispute"]
FAR_APART: Final = 2  # ratings that differ by so much are a dispute, even under one verdict


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of one item.

    Attributes:
        verdict: None while people are at odds.
        how: "settled" by a lead, "agreed" by all or a "majority", "single" reviewer, or "dispute".
        rating: mean of the ratings; None without one.
        defects: how many reviewers named each.
    """

    item_id: str
    verdict: Verdict | None
    how: How
    rating: float | None
    defects: Mapping[str, int]


def decide(labels: Iterable[Given]) -> dict[str, Decision]:
    """The outcome of every labelled item, by item id."""
    by_item: dict[str, list[Given]] = {}
    for given in labels:
        if given.kind != "repeat" and given.label.verdict is not None:
            by_item.setdefault(given.item_id, []).append(given)
    return {item_id: _decide(item_id, given) for item_id, given in by_item.items()}


def _is_disputed(labels: Iterable[Given]) -> bool:
    """Whether the reviewers of one item gave different verdicts, or ratings far apart."""
    said = [g.label for g in labels if g.kind == "label" and g.label.verdict is not None]
    ratings = [label.rating for label in said if label.rating is not None]
    apart = max(ratings) - min(ratings) if ratings else 0
    return len({label.verdict for label in said}) > 1 or apart >= FAR_APART


def open_disputes(labels: Iterable[Given]) -> list[str]:
    """Ids of the items people are at odds about and no lead has settled, in order of labels."""
    by_item: dict[str, list[Given]] = {}
    for given in labels:
        by_item.setdefault(given.item_id, []).append(given)
    return [
        item_id
        for item_id, given in by_item.items()
        if _is_disputed(given) and not any(g.kind == "adjudication" for g in given)
    ]


def _decide(item_id: str, given: list[Given]) -> Decision:
    settled = [g for g in given if g.kind == "adjudication"]
    reviews = [g for g in given if g.kind == "label"]
    counted = settled[-1:] or reviews
    verdicts = Counter(g.label.verdict for g in counted)
    (first, votes), *others = verdicts.most_common()
    verdict = None if others and others[0][1] == votes else first
    how: How
    if settled:
        how = "settled"
    elif len(reviews) == 1:
        how = "single"
    elif verdict is None:
        how = "dispute"
    else:
        how = "majority" if others else "agreed"
    ratings = [g.label.rating for g in counted if g.label.rating is not None]
    return Decision(
        item_id=item_id,
        verdict=verdict,
        how=how,
        rating=sum(ratings) / len(ratings) if ratings else None,
        defects=Counter(name for g in counted for name in g.label.defect_names),
    )
