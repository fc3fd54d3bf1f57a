"""Stages 4-5 as a loop: when another strategy is tried, which attempt wins, what is reported."""

from dataclasses import replace

import pytest

from tests.fakes.models import a_photo, masks_of, posed, standing
from tests.fakes.wardrobe import drawn
from tryon import pipeline
from tryon.fit import Attempt, FitOptions, Person, TryOn
from tryon.pipeline import fit_garment
from tryon.stages.quality import Quality
from tryon.stages.scoring.component import Component
from tryon.stages.strategies import STRATEGIES
from tryon.steps import StepEvent, Steps

BODY = standing()
PERSON = Person(a_photo(BODY), posed(BODY), masks_of(BODY, posed(BODY)))
SHIRT = drawn("printed_tshirt", 320)
IN_DOUBT = {name: Component(0.5, 0.0, "", "") for s in STRATEGIES for name in s.mends}


def fitted(scores: list[float], monkeypatch: pytest.MonkeyPatch, options: FitOptions) -> TryOn:
    """A fit whose attempts score what the test says."""
    left = iter(scores)

    def scored(*args: object) -> Quality:
        return Quality(next(left), options.quality_threshold, IN_DOUBT)

    monkeypatch.setattr(pipeline, "check_quality", scored)
    return fit_garment(PERSON, SHIRT, options, Steps())


# --- retries -------------------------------------------------------------------------------------


def test_a_good_first_fit_is_the_only_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for attempts that are not needed."""
    result = fitted([0.9], monkeypatch, FitOptions())

    assert [a.strategy for a in result.attempts] == ["as measured"]


def test_a_poor_fit_is_tried_again_until_it_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another idea is tried exactly as long as the score stays below the threshold."""
    result = fitted([0.3, 0.75, 0.99], monkeypatch, FitOptions(max_retries=3))

    assert [a.quality.score for a in result.attempts] == [0.3, 0.75]
    assert result.best is result.attempts[1]


def test_every_attempt_is_reported_and_the_best_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """When nothing reaches the threshold, people still get the best there was, and why."""
    result = fitted([0.3, 0.6, 0.4], monkeypatch, FitOptions(max_retries=2))

    names = [attempt.strategy for attempt in result.attempts]
    assert names[0] == STRATEGIES[0].name
    assert len(set(names)) == 3
    assert result.best is result.attempts[1]


@pytest.mark.parametrize("max_retries", [0, 1, 2, 3])
def test_no_more_retries_than_allowed(max_retries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting bounds the time of a run."""
    result = fitted([0.1] * 9, monkeypatch, FitOptions(max_retries=max_retries))

    assert len(result.attempts) == max_retries + 1


def test_a_score_at_the_threshold_is_good_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """0.7 means 0.7."""
    assert len(fitted([0.7], monkeypatch, FitOptions(quality_threshold=0.7)).attempts) == 1


def test_points_set_by_hand_are_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's points are not second-guessed, however they score."""
    auto = fit_garment(PERSON, SHIRT, FitOptions(), Steps())

    by_hand = FitOptions(anchors=auto.best.draft.anchors, max_retries=3)
    result = fitted([0.1], monkeypatch, by_hand)

    assert len(result.attempts) == 1


def test_the_threshold_is_that_of_the_options() -> None:
    """Without any fake: an impossible threshold uses up all attempts, a zero one none."""
    strict = fit_garment(PERSON, SHIRT, FitOptions(quality_threshold=1.01), Steps())
    lenient = fit_garment(PERSON, SHIRT, FitOptions(quality_threshold=0.0), Steps())

    assert len(strict.attempts) == 3
    assert len(lenient.attempts) == 1
    assert strict.best.quality.score >= lenient.best.quality.score


# --- what is told --------------------------------------------------------------------------------


def test_each_attempt_is_heard() -> None:
    """The page shows that another fit is being tried."""
    heard: list[StepEvent] = []

    fit_garment(PERSON, SHIRT, FitOptions(quality_threshold=1.01), Steps(heard.append))

    assert [e.name for e in heard if e.is_done] == ["align", "check quality"] * 3


def test_the_earlier_of_equal_attempts_wins() -> None:
    """The plainest idea comes first; a tie is no reason to leave it."""
    result = fit_garment(PERSON, SHIRT, FitOptions(), Steps())
    first = result.attempts[0]
    twin = Attempt("another", first.draft, first.quality, first.garment)

    assert replace(result, attempts=(first, twin)).best is first


def test_the_garment_kept_is_that_of_the_best_attempt() -> None:
    """Ideas read the garment differently; what is corrected and saved goes with the draft shown."""
    result = fit_garment(PERSON, SHIRT, FitOptions(), Steps())
    first = result.attempts[0]
    other = replace(SHIRT, notes=("Read otherwise.",))
    better = Attempt("another", first.draft, replace(first.quality, score=1.0), other)

    assert replace(result, attempts=(first, better)).garment is other
    assert replace(result, attempts=(better, first)).garment is other


def test_each_note_is_read_once() -> None:
    """The same sentence from two stages stands there once, in the order of the stages."""
    photo = replace(PERSON.photo, notes=("Only the first frame is used.",))
    garment = replace(SHIRT, photo=replace(SHIRT.photo, notes=photo.notes), notes=("A shirt.",))

    result = fit_garment(replace(PERSON, photo=photo), garment, FitOptions(), Steps())

    assert result.notes == ("Only the first frame is used.", "A shirt.")
