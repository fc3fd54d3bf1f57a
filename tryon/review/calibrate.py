"""From labels to a better threshold, and to the chance that a fit is accepted.

Every figure is cross-validated: what a mapping says of a fit comes from one that did not see it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tryon.calibration import Calibration, Method, Weight
from tryon.errors import NotEnoughLabels
from tryon.review.agreement import Estimate

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]

FOLDS: Final = 5
FEWEST: Final = 30  # labelled fits, and at least `FEWEST_OF_A_KIND` accepted and not accepted
FEWEST_OF_A_KIND: Final = 10
CAUTION: Final = 0.1  # the wanted precision is missed with at most this probability
BINS: Final = 10
SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled fit.

    Attributes:
        score: the automatic score, 0..1.
        components: score of each component, 0..1, by name; fits may have different ones.
        accepted: what people decided.
    """

    score: float
    components: Mapping[str, float]
    accepted: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A threshold and what it would do.

    Attributes:
        threshold: fits from here on pass.
        precision: share of accepted fits among those that pass, on the labels.
        held_out: the same on fits that had no part in choosing a threshold (cross-validated).
        recall: share of the accepted fits that pass.
        num_passing: labelled fits that pass.
    """

    threshold: float
    precision: Estimate
    held_out: Estimate
    recall: float
    num_passing: int


@dataclass(frozen=True, slots=True)
class Figures:
    """How well numbers from 0 to 1 predict acceptance.

    Attributes:
        auc: area under the ROC curve; 0.5 is chance.
        brier: mean squared error of the chance; lower is better.
        calibration_error: mean distance between promised and found chance over ten bins.
    """

    auc: float
    brier: float
    calibration_error: float


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Everything a data person needs to decide about a calibration.

    Attributes:
        num_items: labelled fits used.
        num_accepted: of them.
        present: figures of the score as it is.
        mapped: cross-validated figures of each mapping.
        suggestion: a threshold for the score as it is; None when no threshold is good enough.
        calibrations: the mappings, fitted on every label; those that reach the precision.
    """

    num_items: int
    num_accepted: int
    present: Figures
    mapped: Mapping[Method, Figures]
    suggestion: Suggestion | None
    calibrations: Mapping[Method, tuple[Calibration, Suggestion]]


def calibrate(examples: Sequence[Example], wanted: float, origin: Mapping[str, Any]) -> Report:
    """Compare the present score with an isotonic and a logistic mapping of it.

    Raises:
        NotEnoughLabels: too few fits, or hardly any accepted or rejected ones.
    """
    accepted = np.array([e.accepted for e in examples], dtype=bool)
    num, num_accepted = len(examples), int(accepted.sum())
    if num < FEWEST or min(num_accepted, num - num_accepted) < FEWEST_OF_A_KIND:
        raise NotEnoughLabels(
            f"{num} fits, {num_accepted} accepted",
            message=f"{num} decided fits ({num_accepted} accepted) are too few to calibrate: "
            f"want {FEWEST}, and {FEWEST_OF_A_KIND} of either kind.",
        )
    score = np.array([e.score for e in examples])
    mapped: dict[Method, Figures] = {}
    calibrations: dict[Method, tuple[Calibration, Suggestion]] = {}
    for method, fit in FITTERS.items():
        out_of_fold = np.empty(num)
        for rest, held in folds(accepted):
            fitted = fit([examples[i] for i in rest])
            out_of_fold[held] = chances(fitted, [examples[i] for i in held])
        mapped[method] = figures(out_of_fold, accepted)
        final = fit(examples)
        # Isotonic keeps the order of the scores, so it cannot favour the fits it was made from;
        # its folds, each with other steps, would only blur the order.
        given = chances(final, examples) if method == "isotonic" else out_of_fold
        suggestion = suggest_threshold(given, accepted, wanted)
        if suggestion is not None:
            facts = dict(origin) | {
                "created": datetime.now(UTC).isoformat(timespec="seconds"),
                "num_items": num,
                "num_accepted": num_accepted,
                "cross_validated": asdict(mapped[method]),
                "present_score": asdict(figures(score, accepted)),
                "precision_held_out": asdict(suggestion.held_out),
            }
            calibrations[method] = (
                _with_threshold(final, suggestion.threshold, wanted, facts),
                suggestion,
            )
    return Report(
        num, num_accepted, figures(score, accepted), mapped,
        suggest_threshold(score, accepted, wanted), calibrations,
    )  # fmt: skip


def suggest_threshold(score: Floats, accepted: Bools, wanted: float) -> Suggestion | None:
    """The lowest threshold that reaches the wanted precision, chance allowed for.

    Taken is the lowest one whose exact lower bound of the precision (one-sided, `CAUTION`) is not
    below `wanted`; None when there is none.
    """
    threshold = _lowest(score, accepted, wanted)
    if threshold is None:
        return None
    right = passing = 0
    for rest, held in folds(accepted):
        found = _lowest(score[rest], accepted[rest], wanted)
        if found is not None:
            right += int((accepted[held] & (score[held] >= found)).sum())
            passing += int((score[held] >= found).sum())
    over = score >= threshold
    return Suggestion(
        threshold=threshold,
        precision=_share(int(accepted[over].sum()), int(over.sum())),
        held_out=_share(right, passing),
        recall=float(accepted[over].sum() / accepted.sum()),
        num_passing=int(over.sum()),
    )


def figures(chance: Floats, accepted: Bools) -> Figures:
    """Discrimination and calibration of numbers from 0 to 1."""
    from sklearn.metrics import brier_score_loss, roc_auc_score

    bins = np.minimum((chance * BINS).astype(int), BINS - 1)
    gaps = [
        (bins == b).mean() * abs(chance[bins == b].mean() - accepted[bins == b].mean())
        for b in np.unique(bins)
    ]
    return Figures(
        auc=float(roc_auc_score(accepted, chance)),
        brier=float(brier_score_loss(accepted, chance)),
        calibration_error=float(sum(gaps)),
    )


def folds(accepted: Bools) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """(rest, held back) indices, five times, the same every time; as many accepted in each."""
    from sklearn.model_selection import StratifiedKFold

    splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    return list(splitter.split(np.zeros(len(accepted)), accepted))


def fit_isotonic(examples: Sequence[Example]) -> Calibration:
    """The chance as a rising step line over the score."""
    from sklearn.isotonic import IsotonicRegression

    score = np.array([e.score for e in examples])
    model = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    model.fit(score, [float(e.accepted) for e in examples])
    steps = zip(model.X_thresholds_, model.y_thresholds_, strict=True)
    rounded = tuple((round(float(x), 6), round(float(y), 6)) for x, y in steps)
    return Calibration("isotonic", 0.0, 0.0, steps=rounded)


def fit_logistic(examples: Sequence[Example]) -> Calibration:
    """The chance from the components; one a fit does not have counts as usual."""
    from sklearn.linear_model import LogisticRegression

    names = sorted({name for e in examples for name in e.components})
    table = np.array([[e.components.get(name, np.nan) for name in names] for e in examples])
    known = ~np.isnan(table)
    usual = np.where(known, table, 0).sum(axis=0) / np.maximum(1, known.sum(axis=0))
    centred = np.where(known, table - usual, 0.0)
    spread = np.maximum(centred.std(axis=0), 1e-6)
    model = LogisticRegression(C=1.0, max_iter=1000)
    model.fit(centred / spread, [e.accepted for e in examples])
    weights = tuple(
        Weight(name, round(float(c / s), 6), round(float(u), 6))
        for name, c, s, u in zip(names, model.coef_[0], spread, usual, strict=True)
    )
    intercept = round(float(model.intercept_[0]), 6)
    return Calibration("logistic", 0.0, 0.0, weights=weights, intercept=intercept)


FITTERS: Final[Mapping[Method, Callable[[Sequence[Example]], Calibration]]] = {
    "isotonic": fit_isotonic,
    "logistic": fit_logistic,
}


def chances(calibration: Calibration, examples: Sequence[Example]) -> Floats:
    """What the mapping says of each fit."""
    return np.array([calibration.chance(e.score, e.components) for e in examples])


def _lowest(score: Floats, accepted: Bools, wanted: float) -> float | None:
    from scipy.stats import beta

    order = np.argsort(-score, kind="stable")
    right = np.cumsum(accepted[order])
    num = np.arange(1, len(score) + 1)
    is_last_of_its_score = np.append(np.diff(score[order]) != 0, True)
    low = np.where(right > 0, beta.ppf(CAUTION, np.maximum(right, 1), num - right + 1), 0.0)
    good = np.flatnonzero((low >= wanted) & is_last_of_its_score)
    return float(score[order][good[-1]]) if good.size else None


def _share(part: int, whole: int) -> Estimate:
    from scipy.stats import binomtest

    if whole == 0:
        return Estimate(None, None, None, 0)
    interval = binomtest(part, whole).proportion_ci(0.95, "exact")
    return Estimate(part / whole, float(interval.low), float(interval.high), whole)


def _with_threshold(
    fitted: Calibration, threshold: float, wanted: float, origin: Mapping[str, Any]
) -> Calibration:
    return Calibration(
        fitted.method, round(threshold, 6), wanted, fitted.steps, fitted.weights,
        fitted.intercept, origin,
    )  # fmt: skip
