"""The score on the page: every part says which points it is about, known part or not."""

from dataclasses import replace

import pytest

from tests.fakes.studio import a_try_on
from tryon.anchors import AnchorPair
from tryon.fit import TryOn
from tryon.stages.quality import Component
from tryon.stages.scoring.words import MESSAGES
from tryon.stages.strategies import STRATEGIES, Strategy
from tryon.ui import words
from tryon.ui.quality_panel import (
    GUESSED,
    PLACES,
    concerned,
    measured,
    part_level,
    points,
    quality_value,
)


@pytest.fixture
def try_on() -> TryOn:
    return a_try_on()


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("shoulder_fit", ["left_shoulder", "right_shoulder"]),
        ("cutout", []),
        ("something_new", []),
    ],
)
def test_a_part_names_the_anchors_it_is_about(try_on: TryOn, part: str, names: list[str]) -> None:
    """A click shows what to move; a part measured without anchors, or a new one, shows nothing."""
    assert sorted(concerned(part, try_on.best.draft.anchors)) == names


def test_every_part_that_has_places_is_one_of_the_score() -> None:
    """A part that was renamed would silently stop leading anywhere."""
    assert {*PLACES, GUESSED} <= set(MESSAGES)


def test_only_anchors_of_this_garment_are_named(try_on: TryOn) -> None:
    """A tank top has no sleeves to highlight."""
    pair = try_on.best.draft.anchors
    sleeveless = tuple(a for a in pair.person.anchors if "sleeve" not in a.name)
    person = replace(pair.person, anchors=sleeveless)
    garment = replace(
        pair.garment, anchors=tuple(a for a in pair.garment.anchors if "sleeve" not in a.name)
    )

    assert concerned("sleeve_fit", AnchorPair("tank_top", garment, person)) == []


def test_the_whole_warp_concerns_every_anchor(try_on: TryOn) -> None:
    """Cloth is bent by all points together."""
    pair = try_on.best.draft.anchors

    assert concerned("warp_distortion", pair) == list(pair.person.names)


def test_guessed_points_are_those_below_half_sure(try_on: TryOn) -> None:
    """The part about the garment's outline leads to the hollow ones."""
    names = concerned("garment_shape", try_on.best.draft.anchors)

    assert names
    assert all("hem" in name for name in names)


def test_every_part_of_the_score_is_shown_with_its_words(try_on: TryOn) -> None:
    """What is shown is what was measured, under names people read."""
    best = try_on.best
    parts = {
        "print_sharpness": Component(
            0.4, 0.02, "share", "The print looks soft.", "Use a larger photo."
        )
    }
    attempt = replace(best, quality=replace(best.quality, components=parts))

    value = quality_value(replace(try_on, attempts=(attempt,)))

    assert value["components"] == [
        {"name": "print_sharpness", "label": "Print sharpness", "score": 0.4, "level": "poor",
         "value": "2%",
         "message": "The print looks soft.", "advice": "Use a larger photo.", "anchors": [],
         "meaning": words.MEANINGS["print_sharpness"]}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("score", "advice", "colour"),
    [
        (0.81, "", "good"),
        (0.7, "Move it.", "fair"),
        (0.3, "Move it.", "poor"),
        (0.9, "Look.", "fair"),
    ],
)
def test_a_part_has_the_colour_of_its_sentence(score: float, advice: str, colour: str) -> None:
    """Green says that nothing is to be done, and only then."""
    assert part_level(Component(score, 0.0, "px", "A sentence.", advice)) == colour


def test_a_high_wish_makes_the_fit_miss_it_and_no_part_worse(try_on: TryOn) -> None:
    """The dial tells of the wish; what the parts say and how they look stays."""
    best = try_on.best

    low, high = (
        quality_value(replace(try_on, attempts=(
            replace(best, quality=replace(best.quality, threshold=wish)),
        )))
        for wish in (0.0, 1.0)
    )  # fmt: skip

    assert (low["level"], high["passed"]) == ("good", False)
    assert low["components"] == high["components"]


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda one: one.name)
def test_every_attempt_says_what_it_did_otherwise(strategy: Strategy) -> None:
    """Names of ideas are words of the trade."""
    assert words.STRATEGIES[strategy.name].endswith(".")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (-0.01, "degrees", "0.0°"),
        (-0.4, "degrees", "-0.4°"),
        (-0.0, "px", "0 px"),
        (0.25, "share", "25%"),
    ],
)
def test_values_read_as_people_write_them(value: float, unit: str, text: str) -> None:
    """Nobody hangs by minus nothing."""
    assert measured(value, unit) == text


def test_every_part_of_the_score_says_what_it_measures() -> None:
    """`Warp distortion` is no word of everyday life."""
    assert set(words.MEANINGS) == set(MESSAGES)


@pytest.mark.parametrize(("score", "text"), [(0.696, 69), (0.7, 70), (0.57, 57), (1.0, 100)])
def test_a_score_is_never_rounded_up_to_the_wish(score: float, text: int) -> None:
    """`70, below the wanted 70` would be a riddle."""
    assert points(score) == text
