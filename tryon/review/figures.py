"""The numbers about a project: progress, verdicts, agreement, reviewers, the score. No pictures."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tryon.review.agreement import (
    Estimate,
    PairAgreement,
    cohen_pairs,
    count_table,
    fleiss_kappa,
    krippendorff_alpha,
    share_right,
    with_interval,
)
from tryon.review.calibrate import Example
from tryon.review.labels import RATINGS, VERDICTS
from tryon.review.records import Given, Item, Project
from tryon.review.verdicts import Decision, decide, open_disputes

UNDECIDED: Final = "undecided"
ORDERED: Final = ("reject", "fixable", "accept")  # for the ordinal figure
FEW_LABELS: Final = 5  # a defect named less often has no agreement worth telling


@dataclass(frozen=True, slots=True)
class ReviewerFigures:
    """One reviewer.

    Attributes:
        median_seconds: an item.
        gold: share of known answers given right.
        gold_defects: share of known defects that were named.
        consistency: share of repeated items judged the same as the first time.
        verdicts: how often each was given.
    """

    name: str
    num_labels: int
    median_seconds: float | None
    gold: Estimate
    gold_defects: Estimate
    consistency: Estimate
    verdicts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DefectFigures:
    """One defect: items it was named on, how many of those are accepted, how far people agree."""

    name: str
    label: str
    num_items: int
    num_accepted: int
    alpha: float | None


@dataclass(frozen=True, slots=True, eq=False)
class ProjectFigures:
    """All of it.

    Attributes:
        num_labelled: items with at least one label.
        num_shared: items with labels of several reviewers.
        disputes: items people are at odds about and no lead has settled.
        by_type: garment type -> outcome -> items.
        agreement: name of the figure -> value; see `docs/review.md`.
        pairs: Cohen's kappa of every two reviewers.
        decisions: outcome of every labelled item.
    """

    num_items: int
    num_labelled: int
    num_shared: int
    num_labels: int
    disputes: tuple[str, ...]
    by_type: Mapping[str, Mapping[str, int]]
    agreement: Mapping[str, Estimate]
    pairs: Sequence[PairAgreement]
    defects: Sequence[DefectFigures]
    reviewers: Sequence[ReviewerFigures]
    decisions: Mapping[str, Decision]


def project_figures(
    project: Project, items: Sequence[Item], labels: Sequence[Given], num_items: int
) -> ProjectFigures:
    """Everything that can be said of the labels handed in so far.

    Args:
        project: whose.
        items: those with labels, or all.
        labels: all labels handed in.
        num_items: how many items the project has.
    """
    own = [given for given in labels if given.kind == "label"]
    decisions = decide(labels)
    by_type: dict[str, Counter[str]] = {}
    for item in items:
        if item.id in decisions:
            outcome = decisions[item.id].verdict or UNDECIDED
            by_type.setdefault(item.garment_type, Counter())[outcome] += 1
    return ProjectFigures(
        num_items=num_items,
        num_labelled=len(decisions),
        num_shared=sum(num > 1 for num in Counter(given.item_id for given in own).values()),
        num_labels=len(own),
        disputes=tuple(open_disputes(labels)),
        by_type=dict(sorted(by_type.items())),
        agreement=_agreement(own),
        pairs=cohen_pairs(_said(own, _verdict)),
        defects=_defects(project, own, decisions),
        reviewers=_reviewers(items, labels),
        decisions=decisions,
    )


def examples_of(
    items: Iterable[Item], decisions: Mapping[str, Decision]
) -> tuple[list[Example], list[Item]]:
    """Decided items with a score, for calibration; and those items, in the same order."""
    used = [i for i in items if i.score is not None and _is_decided(decisions.get(i.id))]
    examples = [
        Example(i.score or 0.0, i.components, decisions[i.id].verdict == "accept") for i in used
    ]
    return examples, used


def _is_decided(decision: Decision | None) -> bool:
    return decision is not None and decision.verdict is not None


def _agreement(own: Sequence[Given]) -> dict[str, Estimate]:
    verdicts = count_table(_said(own, _verdict), VERDICTS)
    ordered = count_table(_said(own, _verdict), ORDERED)
    ratings = count_table(_said(own, lambda g: g.label.rating), RATINGS)
    ordinal = partial(krippendorff_alpha, level="ordinal")
    return {
        "verdict_alpha": with_interval(verdicts, krippendorff_alpha),
        "verdict_alpha_ordinal": with_interval(ordered, ordinal),
        "verdict_fleiss_kappa": with_interval(verdicts, fleiss_kappa),
        "rating_alpha_ordinal": with_interval(ratings, ordinal),
    }


def _defects(
    project: Project, own: Sequence[Given], decisions: Mapping[str, Decision]
) -> list[DefectFigures]:
    found = []
    for word in project.schema.defects:
        named = [d for d in decisions.values() if d.defects.get(word.name)]
        alpha = None
        if len(named) >= FEW_LABELS:
            said = _said(own, partial(_names, word.name))
            alpha = krippendorff_alpha(count_table(said, (False, True)))
        accepted = sum(d.verdict == "accept" for d in named)
        found.append(DefectFigures(word.name, word.label, len(named), accepted, alpha))
    return sorted(found, key=lambda defect: -defect.num_items)


def _reviewers(items: Sequence[Item], labels: Sequence[Given]) -> list[ReviewerFigures]:
    gold = {item.id: item.gold for item in items if item.gold is not None}
    truth = {item_id: answer.verdict for item_id, answer in gold.items()}
    found = []
    for name in sorted({given.reviewer for given in labels}):
        mine = [g for g in labels if g.reviewer == name and g.kind != "adjudication"]
        if not mine:
            continue
        first = {g.item_id: g for g in mine if g.kind == "label"}
        again = {g.item_id: g for g in mine if g.kind == "repeat"}
        wanted = {
            (item_id, defect): "named"
            for item_id, answer in gold.items()
            if item_id in first
            for defect in answer.defects
        }
        named = {
            (item_id, defect): "named" if defect in first[item_id].label.defect_names else "missed"
            for item_id, defect in wanted
        }
        seconds = [g.seconds for g in mine if g.seconds > 0]
        found.append(
            ReviewerFigures(
                name=name,
                num_labels=len(mine),
                median_seconds=median(seconds) if seconds else None,
                gold=share_right(_verdicts(first), truth),
                gold_defects=share_right(named, wanted),
                consistency=share_right(_verdicts(again), _verdicts(first)),
                verdicts=Counter(g.label.verdict for g in mine if g.label.verdict),
            )
        )
    return found


def _verdicts(labels: Mapping[str, Given]) -> dict[str, str]:
    return {item_id: str(g.label.verdict) for item_id, g in labels.items() if g.label.verdict}


def _verdict(given: Given) -> str | None:
    return given.label.verdict


def _said(own: Iterable[Given], what: Callable[[Given], Any]) -> list[tuple[str, str, Any]]:
    said = ((g.item_id, g.reviewer, what(g)) for g in own)
    return [(item_id, name, value) for item_id, name, value in said if value is not None]


def _names(defect: str, given: Given) -> bool:
    return defect in given.label.defect_names


def body_spots(items: Iterable[Item], labels: Iterable[Given]) -> dict[str, NDArray[np.float64]]:
    """Defect -> (N, 2) float64: its spots in the body's own frame, over every label.

    (0, 0) is the middle of the shoulders, (0, 1) that of the hips; x grows to the right of the
    photo. Items without a pose have no such frame and are left out.
    """
    frames = {item.id: frame for item in items if (frame := _body_frame(item)) is not None}
    spots: dict[str, list[tuple[float, float]]] = {}
    for given in labels:
        frame = frames.get(given.item_id)
        for mark in given.label.defects if frame else ():
            if frame and mark.spot is not None:
                spots.setdefault(mark.name, []).append(_in_frame(frame, mark.spot))
    return {name: np.array(places, dtype=np.float64) for name, places in spots.items()}


_Frame: TypeAlias = tuple[float, float, float, float]  # x, y of the shoulders; dx, dy to the hips


def _body_frame(item: Item) -> _Frame | None:
    if item.body is None:
        return None
    (x, y), (hip_x, hip_y) = item.body["shoulders"], item.body["hips"]
    down_x, down_y = hip_x - x, hip_y - y
    return (x, y, down_x, down_y) if math.hypot(down_x, down_y) >= 1.0 else None


def _in_frame(frame: _Frame, spot: tuple[float, float]) -> tuple[float, float]:
    x, y, down_x, down_y = frame
    off_x, off_y = spot[0] - x, spot[1] - y
    square = down_x**2 + down_y**2
    across, along = off_x * down_y - off_y * down_x, off_x * down_x + off_y * down_y
    return (across / square, along / square)
