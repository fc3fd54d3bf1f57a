"""Figures as text for a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tryon.review.calibrate import Figures, Report, Suggestion
from tryon.review.figures import UNDECIDED
from tryon.review.labels import VERDICTS

AGREEMENT = {
    "verdict_alpha": "verdict, Krippendorff's alpha",
    "verdict_alpha_ordinal": "verdict, alpha, ordered",
    "verdict_fleiss_kappa": "verdict, Fleiss' kappa",
    "rating_alpha_ordinal": "rating, alpha, ordered",
}


def stats_text(name: str, report: Mapping[str, Any]) -> str:
    """`report.project_report` as readable lines."""
    counts = report["counts"]
    lines = [
        f"{name}: {counts['labelled']} of {counts['items']} items labelled, "
        f"{counts['labels']} labels, {counts['shared']} items seen by several, "
        f"{counts['disputes']} in dispute",
        "",
        "Verdicts by garment type",
        *_table(
            ("type", *VERDICTS, "undecided"),
            [
                (kind, *(n.get(v, 0) for v in VERDICTS), n.get(UNDECIDED, 0))
                for kind, n in report["by_type"].items()
            ],
        ),
        "",
        "Agreement (95 % interval)",
        *_table(
            ("figure", "value", "items"),
            [
                (text, _estimate(report["agreement"][key]), report["agreement"][key]["num_items"])
                for key, text in AGREEMENT.items()
            ],
        ),
        *_table(
            ("Cohen's kappa", "value", "same", "items"),
            [
                (f"{p['one']} and {p['other']}", _number(p["kappa"]), _percent(p["share_equal"]),
                 p["num_items"])
                for p in report["pairs"]
            ],
        ),
        "",
        "Reviewers",
        *_table(
            ("reviewer", "labels", "s/item", *VERDICTS, "known right", "defects found",
             "same again"),
            [
                (r["name"], r["num_labels"], _number(r["median_seconds"], 1),
                 *(r["verdicts"].get(v, 0) for v in VERDICTS), _estimate(r["gold"]),
                 _estimate(r["gold_defects"]), _estimate(r["consistency"]))
                for r in report["reviewers"]
            ],
        ),
        "",
        "Defects",
        *_table(
            ("defect", "items", "accepted", "alpha"),
            [
                (d["label"], d["num_items"], d["num_accepted"], _number(d["alpha"]))
                for d in report["defects"]
            ],
        ),
    ]  # fmt: skip
    return "\n".join(lines)


def calibration_text(report: Report, wanted: float) -> str:
    """What `review calibrate` prints."""
    rows = [_calibration_row("score as it is", report.present, report.suggestion)]
    for method, figures in report.mapped.items():
        made = report.calibrations.get(method)
        rows.append(_calibration_row(method, figures, made[1] if made else None))
    head = ("", "AUC", "Brier", "cal. error", "threshold", "precision, held out", "recall")
    intro = (
        f"{report.num_items} decided fits, {report.num_accepted} accepted; thresholds for a "
        f"precision of {wanted:.0%}; figures are cross-validated"
    )
    lines = [intro, *_table(head, rows)]
    if report.suggestion:
        lines.append(f"Without a mapping: QUALITY_THRESHOLD={report.suggestion.threshold:.4f}")
    else:
        lines.append("Without a mapping: no QUALITY_THRESHOLD reaches this precision for sure.")
    return "\n".join(lines)


def _calibration_row(name: str, figures: Figures, suggestion: Suggestion | None) -> tuple[str, ...]:
    known = (f"{figures.auc:.3f}", f"{figures.brier:.3f}", f"{figures.calibration_error:.3f}")
    if suggestion is None:
        return (name, *known, "none", "-", "-")
    held = suggestion.held_out
    share = "-" if held.value is None else f"{held.value:.0%} ({held.low:.0%} to {held.high:.0%})"
    return (name, *known, f"{suggestion.threshold:.4f}", share, f"{suggestion.recall:.0%}")


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    if len(cells) == 1:
        return ["  (none yet)"]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  " + "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]  # fmt: skip


def _estimate(found: Mapping[str, Any]) -> str:
    if found["value"] is None:
        return "-"
    if found["low"] is None:
        return f"{found['value']:.2f}"
    return f"{found['value']:.2f} ({found['low']:.2f} to {found['high']:.2f})"


def _number(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _percent(share: float) -> str:
    return f"{share:.0%}"
