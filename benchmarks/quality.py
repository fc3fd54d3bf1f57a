"""Does the score tell good fits from bad ones? Damages drafts on purpose and prints figures.

    python -m benchmarks.quality DATA [--limit N] [--no-retries]

DATA is a folder with `pairs.csv` (columns id, person, garment, garment_type; paths relative to it)
and, where placement is known, `truth.json`: by id, `bbox_person`, the box (x0, y0, x1, y1) of the
garment worn in the person photo, in pixels of that photo.

Printed: area under the ROC curve of the score, damaged drafts against the same drafts undamaged,
by kind and strength; the rank correlation of the score with placement (IoU of boxes); what retries
gain in score, and in placement. Nothing is written.
"""

import argparse
import csv
import json
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import rankdata, spearmanr

from benchmarks.damage import damages
from tryon.bootstrap import build_models, photo_limits
from tryon.errors import TryOnError
from tryon.fit import Attempt, FitOptions, Person
from tryon.pipeline import fit_garment, prepare_garment_photo, prepare_person
from tryon.process import tune_allocator
from tryon.settings import Settings
from tryon.stages.align import Draft
from tryon.stages.garment import Garment
from tryon.stages.quality import check_quality
from tryon.steps import Steps

MAIN_KINDS = ("shifted", "scaled", "rotated", "sleeve off")  # one pulled anchor is told apart
STRENGTHS = ("slight", "clear", "gross")
PROMISED_AUC, PROMISED_CORRELATION = 0.95, 0.5


@dataclass(slots=True)
class PairScores:
    """What one pair gave.

    Attributes:
        pair_id: of the table.
        undamaged: score of the draft as made.
        damaged: (kind, strength, score).
        place: IoU of the garment's box with the labelled one; None where none is labelled.
        attempts: (strategy, score, place) with retries allowed.
        check_s: CPU seconds of one check.
    """

    pair_id: str
    undamaged: float
    place: float | None
    damaged: list[tuple[str, str, float]] = field(default_factory=list)
    attempts: list[tuple[str, float, float | None]] = field(default_factory=list)
    check_s: float = 0.0


def measure(data: Path, limit: int | None, with_retries: bool) -> Iterator[PairScores]:
    """Every pair of the table that can be fitted."""
    truth_file = data / "truth.json"
    truth = json.loads(truth_file.read_text("utf-8")) if truth_file.exists() else {}
    settings = Settings()
    models, limits = build_models(settings), photo_limits(settings)
    with (data / "pairs.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))[:limit]
    for number, row in enumerate(rows):
        print(f"\r{number + 1}/{len(rows)} {row['id']}  ", end="", file=sys.stderr, flush=True)
        try:
            kind: Any = row.get("garment_type") or None
            person_file, garment_file = (data / row[k] for k in ("person", "garment"))
            person = prepare_person(person_file.read_bytes(), models, limits, Steps())
            garment = prepare_garment_photo(
                garment_file.read_bytes(), kind, models, limits, Steps()
            )
            box = truth.get(row["id"], {}).get("bbox_person")
            yield _measure_pair(row["id"], person, garment, box, number, with_retries)
        except TryOnError as error:
            print(f"\r{row['id']}: {error}", file=sys.stderr)
    print("\r" + 40 * " " + "\r", end="", file=sys.stderr)


def _measure_pair(
    pair_id: str,
    person: Person,
    garment: Garment,
    box: Sequence[float] | None,
    seed: int,
    with_retries: bool,
) -> PairScores:
    once = FitOptions(max_retries=0, quality_threshold=0.0)
    start = _fit(person, garment, once)
    scale = person.photo.scale
    result = PairScores(pair_id, start.quality.score, place_of(start.draft, box, scale))
    for damage in damages(start.draft.anchors, person.pose.scale_px, seed):
        spoiled = replace(start.draft.anchors, person=damage.person)
        try:
            score = _fit(person, garment, replace(once, anchors=spoiled)).quality.score
        except TryOnError:
            score = 0.0  # nothing can be laid on: people see an error
        result.damaged.append((damage.kind, damage.strength, score))
    if with_retries:
        tried = fit_garment(person, garment, FitOptions(), Steps())
        result.attempts = [
            (a.strategy, a.quality.score, place_of(a.draft, box, scale)) for a in tried.attempts
        ]
    began = time.process_time()
    check_quality(start.draft, person.pose, person.masks, garment, 0.0)
    result.check_s = time.process_time() - began
    return result


def _fit(person: Person, garment: Garment, options: FitOptions) -> Attempt:
    return fit_garment(person, garment, options, Steps()).attempts[0]


def place_of(draft: Draft, box: Sequence[float] | None, scale: float) -> float | None:
    """IoU of the box of what shows of the garment with the labelled box, in photo pixels."""
    if box is None:
        return None
    rows, cols = np.nonzero(np.isfinite(draft.garment_xy[..., 0]))
    if not len(rows):
        return 0.0
    ours = np.array([cols.min(), rows.min(), cols.max() + 1, rows.max() + 1]) / scale
    theirs = np.asarray(box, np.float64)
    overlap = np.minimum(ours[2:], theirs[2:]) - np.maximum(ours[:2], theirs[:2])
    shared = float(np.prod(np.maximum(overlap, 0)))
    areas = (float(np.prod(b[2:] - b[:2])) for b in (ours, theirs))
    return shared / (sum(areas) - shared)


def area_under_roc(good: Sequence[float], bad: Sequence[float]) -> float:
    """Chance that a good one scores above a bad one; ties count half."""
    ranks = rankdata([*good, *bad])[: len(good)]
    return float((ranks.sum() - len(good) * (len(good) + 1) / 2) / (len(good) * len(bad)))


def report(pairs: Sequence[PairScores]) -> str:
    """All figures as text."""
    good = [pair.undamaged for pair in pairs]
    spoiled = [d for pair in pairs for d in pair.damaged]
    main = [score for kind, _, score in spoiled if kind in MAIN_KINDS]
    lines = [
        f"{len(pairs)} drafts undamaged, {len(main)} damaged",
        f"score undamaged: median {statistics.median(good):.2f}, "
        f"tenth {np.quantile(good, 0.1):.2f}; damaged: median {statistics.median(main):.2f}",
        "",
        f"Area under the ROC curve: {area_under_roc(good, main):.3f} "
        f"(promised: at least {PROMISED_AUC})",
        "  " + 11 * " " + "".join(f"{strength:>9}" for strength in STRENGTHS),
    ]
    for kind in (*MAIN_KINDS, "anchor off"):
        cells = ""
        for strength in STRENGTHS:
            scores = [s for k, level, s in spoiled if (k, level) == (kind, strength)]
            cells += f"{area_under_roc(good, scores):9.3f}" if scores else "        -"
        lines.append(f"  {kind:11}{cells}")
    lines += ["", *_placement_lines(pairs), *_retry_lines(pairs)]
    seconds = statistics.median(pair.check_s for pair in pairs)
    lines.append(f"One check: {1000 * seconds:.1f} ms of CPU time (median)")
    return "\n".join(lines)


def _placement_lines(pairs: Sequence[PairScores]) -> list[str]:
    known = [(pair.undamaged, pair.place) for pair in pairs if pair.place is not None]
    if len(known) < 3:
        return []
    correlation = float(spearmanr(*zip(*known, strict=True)).statistic)
    return [
        f"Rank correlation of score and placement on {len(known)} labelled pairs: "
        f"{correlation:.2f} (promised: at least {PROMISED_CORRELATION})"
    ]


def _retry_lines(pairs: Sequence[PairScores]) -> list[str]:
    tried = [pair for pair in pairs if pair.attempts]
    if not tried:
        return []
    best = [max(pair.attempts, key=lambda a: a[1]) for pair in tried]
    again = [pair for pair in tried if len(pair.attempts) > 1]
    lines = [
        f"Retries: {len(again)} of {len(tried)} pairs; mean score "
        f"{statistics.mean(p.attempts[0][1] for p in tried):.3f} -> "
        f"{statistics.mean(b[1] for b in best):.3f}"
    ]
    placed = [
        (p.attempts[0][2], b[2]) for p, b in zip(tried, best, strict=True) if b[2] is not None
    ]
    if placed:
        before, after = zip(*placed, strict=True)
        lines.append(
            f"  mean placement {statistics.mean(before):.3f} -> {statistics.mean(after):.3f}"
        )
    for pair in again:
        steps = ", ".join(
            f"{name} {score:.2f}" + (f" (place {place:.2f})" if place is not None else "")
            for name, score, place in pair.attempts
        )
        lines.append(f"  {pair.pair_id}: {steps}")
    return lines


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("data", type=Path, help="folder with pairs.csv and perhaps truth.json")
    parser.add_argument("--limit", type=int, help="only the first N pairs")
    parser.add_argument("--no-retries", action="store_true", help="leave the retries out")
    args = parser.parse_args()
    tune_allocator()
    pairs = list(measure(args.data, args.limit, not args.no_retries))
    if not pairs:
        print("No pair could be fitted.", file=sys.stderr)
        return 1
    print(report(pairs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
