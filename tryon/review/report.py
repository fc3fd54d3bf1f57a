"""The figures of a project as plain data with charts, for the page and `review stats --json`."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

import numpy as np

from tryon.anchors import GARMENT_LABELS, GarmentType
from tryon.errors import NotEnoughLabels
from tryon.review import charts
from tryon.review.calibrate import Report, calibrate
from tryon.review.figures import (
    UNDECIDED,
    ProjectFigures,
    body_spots,
    examples_of,
    project_figures,
)
from tryon.review.labels import VERDICTS
from tryon.review.records import Given, Item, Project

WANTED_PRECISION = 0.9  # that the suggested threshold shall reach


def project_report(
    project: Project, items: Sequence[Item], labels: Sequence[Given], num_items: int,
    threshold: float,
) -> dict[str, Any]:  # fmt: skip
    """Everything the figures page shows.

    Args:
        project: whose.
        items: those with labels, or all.
        labels: all labels handed in.
        num_items: how many items the project has.
        threshold: the present QUALITY_THRESHOLD.
    """
    found = project_figures(project, items, labels, num_items)
    spots = body_spots(items, labels)
    return {
        "counts": {
            "items": found.num_items,
            "labelled": found.num_labelled,
            "shared": found.num_shared,
            "labels": found.num_labels,
            "disputes": len(found.disputes),
        },
        "by_type": {kind: dict(outcomes) for kind, outcomes in found.by_type.items()},
        "agreement": {name: asdict(figure) for name, figure in found.agreement.items()},
        "pairs": [asdict(pair) for pair in found.pairs],
        "defects": [asdict(defect) for defect in found.defects if defect.num_items],
        "reviewers": [
            {**asdict(one), "verdicts": dict(one.verdicts)} for one in found.reviewers
        ],
        "calibration": _calibration(items, found),
        "num_spots": {"": sum(map(len, spots.values())), **{n: len(xy) for n, xy in spots.items()}},
        "charts": _charts(items, found, spots, threshold),
    }  # fmt: skip


def _calibration(items: Sequence[Item], found: ProjectFigures) -> dict[str, Any]:
    try:
        report = calibrate(examples_of(items, found.decisions)[0], WANTED_PRECISION, {})
    except NotEnoughLabels as error:
        return {"wanted": WANTED_PRECISION, "missing": error.message}
    return calibration_json(report, WANTED_PRECISION)


def calibration_json(report: Report, wanted: float) -> dict[str, Any]:
    """A calibration report as plain data."""
    return {
        "wanted": wanted,
        "num_items": report.num_items,
        "num_accepted": report.num_accepted,
        "present": asdict(report.present),
        "mapped": {name: asdict(figures) for name, figures in report.mapped.items()},
        "suggestion": report.suggestion and asdict(report.suggestion),
        "mappings": {
            method: {"version": made.version, **asdict(suggestion)}
            for method, (made, suggestion) in report.calibrations.items()
        },
    }


def _charts(
    items: Sequence[Item], found: ProjectFigures, spots: Mapping[str, charts.Floats],
    threshold: float,
) -> dict[str, str]:  # fmt: skip
    scores: dict[str, list[float]] = {verdict: [] for verdict in VERDICTS}
    for item in items:
        decision = found.decisions.get(item.id)
        if decision is not None and decision.verdict and item.score is not None:
            scores[decision.verdict].append(item.score)
    num_scored = sum(map(len, scores.values()))
    drawn = {
        "scores": charts.stacked_histogram(
            scores, "Automatic score by verdict", f"automatic score, n = {num_scored}", threshold
        ),
        "types": charts.bars(
            [(_garment(kind), {outcome: num.get(outcome, 0) for outcome in (*VERDICTS, UNDECIDED)})
             for kind, num in found.by_type.items()],
            "Verdicts by garment type",
        ),
        "defects": charts.bars(
            [(d.label, {"accepted": d.num_accepted, "not accepted": d.num_items - d.num_accepted})
             for d in found.defects if d.num_items],
            "Items by defect",
        ),
    }  # fmt: skip
    everywhere = np.concatenate([np.empty((0, 2)), *spots.values()])
    drawn["body"] = charts.body_map(everywhere, "Where defects were marked")
    for defect in found.defects:
        if defect.name in spots:
            drawn[f"body {defect.name}"] = charts.body_map(spots[defect.name], defect.label)
    return drawn | _curves(scores, threshold)


def _garment(kind: str) -> str:
    return GARMENT_LABELS.get(cast("GarmentType", kind), kind)


def _curves(scores: dict[str, list[float]], threshold: float) -> dict[str, str]:
    score = np.array([s for given in scores.values() for s in given])
    good = np.array([name == "accept" for name, given in scores.items() for _ in given], dtype=bool)
    if good.all() or not good.any():
        return {}
    from sklearn.metrics import (
        average_precision_score,
        precision_recall_curve,
        roc_auc_score,
        roc_curve,
    )

    false, true, _ = roc_curve(good, score)
    precision, recall, _ = precision_recall_curve(good, score)
    auc, area = roc_auc_score(good, score), average_precision_score(good, score)
    over = score >= threshold
    hit = float((over & good).sum())
    now_recall, now_false = hit / good.sum(), float((over & ~good).sum()) / (~good).sum()
    chance = np.array([0.0, 1.0])
    base = np.full(2, good.mean())
    return {
        "roc": charts.curves(
            [(f"score, area {auc:.2f}", false, true), ("chance", chance, chance)],
            "ROC of the automatic score", f"false positive rate, n = {(~good).sum()}",
            f"recall, n = {good.sum()}",
            f"area {auc:.2f}, at the present threshold {threshold:.2f} it passes "
            f"{now_recall:.0%} of the accepted and {now_false:.0%} of the others.",
            (now_false, now_recall),
        ),
        "pr": charts.curves(
            [(f"score, area {area:.2f}", recall, precision), ("all items", chance, base)],
            "Precision and recall of the automatic score", f"recall, n = {good.sum()}",
            "precision",
            f"area {area:.2f}, {good.mean():.0%} of all items are accepted.",
            (now_recall, hit / over.sum()) if over.any() else None,
        ),
    }  # fmt: skip


class ReportCache:
    """The last report of each project, until a label or an item is added."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[Any, dict[str, Any]]] = {}

    def get(self, project_id: str, state: Any) -> dict[str, Any] | None:
        """The report made at this state."""
        with self._lock:
            kept = self._kept.get(project_id)
        return kept[1] if kept and kept[0] == state else None

    def put(self, project_id: str, state: Any, report: dict[str, Any]) -> None:
        """Keep it in place of an older one."""
        with self._lock:
            self._kept[project_id] = (state, report)
