"""Calibration: the suggested threshold keeps its promise on fits nobody used to choose it."""

import json
from pathlib import Path

import numpy as np
import pytest

from tryon.calibration import Calibration, load_calibration
from tryon.errors import InvalidCalibration, NotEnoughLabels
from tryon.review.calibrate import Example, Report, calibrate, suggest_threshold


def fits(num: int, seed: int) -> list[Example]:
    """Fits whose chance of being accepted is a known function of two components of three.

    Trousers have no collar; the score is the plain mean, so a mapping can do better.
    """
    rng = np.random.default_rng(seed)
    shoulders, collar, noise = rng.beta(4, 2, (3, num))
    has_collar = rng.random(num) < 0.8
    logit = 9 * (shoulders - 0.62) + np.where(has_collar, 5 * (collar - 0.6), 0) + 0.4
    accepted = rng.random(num) < 1 / (1 + np.exp(-logit))
    examples = []
    for i in range(num):
        parts = {"shoulders": shoulders[i], "noise": noise[i]}
        if has_collar[i]:
            parts["collar"] = collar[i]
        score = float(np.mean([*parts.values()]))
        examples.append(Example(score, parts, bool(accepted[i])))
    return examples


@pytest.fixture(scope="module")
def report() -> Report:
    return calibrate(fits(1000, seed=1), wanted=0.9, origin={"project": "test"})


@pytest.mark.parametrize("method", ["isotonic", "logistic"])
def test_the_threshold_reaches_the_wanted_precision_on_held_back_fits(
    report: Report, method: str
) -> None:
    """20,000 fits of the same kind, never seen: the precision is as wanted, or better."""
    calibration, suggestion = report.calibrations[method]
    later = fits(20_000, seed=2)

    passing = [
        e for e in later if calibration.chance(e.score, e.components) >= calibration.threshold
    ]

    precision = np.mean([e.accepted for e in passing])
    assert precision >= 0.9
    assert suggestion.held_out.low <= precision <= suggestion.held_out.high


def test_a_threshold_for_the_score_as_it_is(report: Report) -> None:
    """QUALITY_THRESHOLD alone can be set without any mapping."""
    later = fits(20_000, seed=3)

    passing = [e for e in later if e.score >= report.suggestion.threshold]

    precision = np.mean([e.accepted for e in passing])
    assert precision >= 0.9
    assert report.suggestion.held_out.low <= precision <= report.suggestion.held_out.high


def test_the_logistic_mapping_beats_a_score_that_weighs_wrongly(report: Report) -> None:
    """Shown against the present score, cross-validated: that is the reason to use it."""
    assert report.mapped["logistic"].auc > report.present.auc + 0.05
    assert report.mapped["logistic"].brier < report.present.brier
    assert report.mapped["isotonic"].calibration_error < report.present.calibration_error


def test_the_chance_is_the_true_one(report: Report) -> None:
    """Components that do not matter get no weight; a missing one counts as usual."""
    calibration = report.calibrations["logistic"][0]
    weight = {w.name: w.coefficient for w in calibration.weights}

    assert abs(weight["noise"]) < 1.0 < weight["collar"] < weight["shoulders"]
    assert calibration.chance(0, {"shoulders": 0.62}) == pytest.approx(0.6, abs=0.12)


def test_a_file_says_where_it_comes_from_and_reads_back(report: Report, tmp_path: Path) -> None:
    """Same mapping, same version; the origin tells project, labels and figures."""
    calibration = report.calibrations["logistic"][0]
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(calibration.to_json()), "utf-8")

    loaded = load_calibration(path)

    assert loaded == calibration
    assert loaded.version == calibration.version
    assert loaded.origin["num_items"] == 1000
    assert loaded.origin["cross_validated"]["auc"] == report.mapped["logistic"].auc


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d | {"threshold": 0.1},
        lambda d: d | {"kind": "shopping list"},
        lambda d: d | {"schema": 99},
        lambda d: {k: v for k, v in d.items() if k != "weights"},
        lambda d: [d],
    ],
    ids=["edited by hand", "another kind", "newer schema", "no weights", "a list"],
)
def test_a_file_that_is_not_what_was_made_is_refused(report: Report, spoil) -> None:
    """A wrong mapping would spoil every score without anybody noticing."""
    document = report.calibrations["logistic"][0].to_json()

    with pytest.raises(InvalidCalibration):
        Calibration.from_json(spoil(document))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The setting was mistyped; the sentence shows the path."""
    with pytest.raises(InvalidCalibration) as failure:
        load_calibration(tmp_path / "nowhere.json")

    assert "nowhere.json" in failure.value.message


@pytest.mark.parametrize("examples", [[], fits(20, 1), [Example(0.9, {}, True)] * 200])
def test_too_few_labels_give_no_figure(examples: list[Example]) -> None:
    """Nothing is better than a number made of noise."""
    with pytest.raises(NotEnoughLabels):
        calibrate(examples, 0.9, {})


def test_a_precision_out_of_reach_gives_no_threshold() -> None:
    """A score that says nothing cannot be cut to be right."""
    rng = np.random.default_rng(5)

    assert suggest_threshold(rng.random(500), rng.random(500) < 0.5, 0.95) is None
