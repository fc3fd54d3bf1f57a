"""Which idea comes next, and other readings of the same garment photo."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.damage import damages
from benchmarks.quality import area_under_roc
from tests.fakes.models import a_photo, masks_of, posed, standing
from tests.fakes.wardrobe import drawn, photo_rgb
from tryon.anchors import AnchorPair
from tryon.stages.align import align_garment
from tryon.stages.garment_cutout.cutout import background_cutout
from tryon.stages.garment_shape.upright import set_upright
from tryon.stages.garment_variants import variant_of
from tryon.stages.quality import total
from tryon.stages.scoring.component import Component
from tryon.stages.strategies import STRATEGIES, next_strategy

SHIRT = drawn("printed_tshirt", 320)


def scored(score: float) -> Component:
    """A part worth this much."""
    return Component(score, 0.0, "", "")


# --- what comes next -----------------------------------------------------------------------------


def test_the_plain_idea_comes_first() -> None:
    """Nothing is known yet that would speak for another one."""
    assert next_strategy([], {}, total) is STRATEGIES[0]


@pytest.mark.parametrize(
    ("part", "word"),
    [
        ("sleeve_fit", "sleeves"),
        ("cutout", "cut out"),
        ("body_width", "closer"),
        ("collar_gap", "collar"),
    ],
)
def test_the_idea_that_mends_what_was_lost_comes_next(part: str, word: str) -> None:
    """Another cutout does not help a sleeve that lies beside the arm."""
    parts = {name: scored(1.0) for s in STRATEGIES for name in s.mends} | {part: scored(0.1)}

    found = next_strategy(STRATEGIES[:1], parts, total)

    assert found is not None
    assert word in found.name


def test_a_misplaced_part_is_mended_before_what_only_looks_bad() -> None:
    """Old clothes in sight cost less than a sleeve beside the arm."""
    parts = {"sleeve_fit": scored(0.4), "old_clothes": scored(0.1), "torso_coverage": scored(0.1)}

    found = next_strategy(STRATEGIES[:1], parts, total)

    assert found is not None
    assert "sleeves" in found.name


def test_no_idea_comes_twice() -> None:
    """The same thing again would only cost time."""
    parts = {name: scored(0.5) for strategy in STRATEGIES for name in strategy.mends}
    tried = []
    while (strategy := next_strategy(tried, parts, total)) is not None:
        tried.append(strategy)

    assert sorted(s.name for s in tried) == sorted(s.name for s in STRATEGIES)


def test_what_cannot_help_is_not_tried() -> None:
    """A skirt has no sleeves to move, and a poor photo gets no better by another fit."""
    parts = {"waist_fit": scored(0.2), "pose": scored(0.2)}

    assert next_strategy(STRATEGIES[:1], parts, total) is None


# --- other readings of the garment ---------------------------------------------------------------


def test_even_points_mirror_each_other() -> None:
    """One armpit found too low no longer turns the shirt."""
    low = SHIRT.anchors["left_armpit"]
    skewed = replace(SHIRT, anchors=SHIRT.anchors.moved(low.name, low.x, low.y + 20))

    even = variant_of(skewed, "even points")

    assert even is not None
    assert even.anchors["left_armpit"].y == pytest.approx(even.anchors["right_armpit"].y)
    assert even.anchors["left_sleeve_outer"] == skewed.anchors["left_sleeve_outer"]


def test_even_points_of_a_turned_garment_are_even_about_its_own_axis() -> None:
    """A garment that lies turned is no less symmetric."""
    turned = replace(SHIRT, anchors=set_upright(SHIRT.anchors, -10), lean_deg=10)
    even = variant_of(SHIRT, "even points")

    turned_even = variant_of(turned, "even points")

    assert even is not None
    assert turned_even is not None
    np.testing.assert_allclose(
        turned_even.upright_anchors.points_xy, even.anchors.points_xy, atol=0.1
    )


def test_a_cutout_somebody_is_sure_of_is_kept() -> None:
    """A painted or transparent garment photo says itself what is garment."""
    assert variant_of(replace(SHIRT, cutout_confidence=1.0), "background cutout") is None


def test_the_background_alone_shows_the_garment() -> None:
    """A second opinion beside the network's."""
    alpha = background_cutout(photo_rgb("printed_tshirt"))

    assert alpha is not None
    inside = drawn("printed_tshirt", 1024).alpha > 0.5
    found = alpha > 0.5
    assert (inside & found).sum() / (inside | found).sum() > 0.95


def test_a_busy_background_has_no_second_opinion() -> None:
    """Nothing can be told from a background of all colours."""
    noise = np.random.default_rng(0).integers(0, 255, (300, 200, 3)).astype(np.uint8)

    assert background_cutout(noise) is None


# --- the ruler -----------------------------------------------------------------------------------


def test_damage_moves_what_it_says_and_nothing_else() -> None:
    """The benchmark's figures are worth what its damage is."""
    person = standing()
    photo, pose, masks = a_photo(person), posed(person), masks_of(person, posed(person))
    pair: AnchorPair = align_garment(photo, pose, masks, SHIRT, None, "out", STRATEGIES[0]).anchors

    made = list(damages(pair, pose.scale_px, seed=0))

    off = {d.how: d.person.points_xy - pair.person.points_xy for d in made}
    np.testing.assert_allclose(off["0.25 right"] / pose.scale_px - (0.25, 0), 0, atol=1e-9)
    moved = np.hypot(*off["left +40"].T) > 1e-6
    assert all("left" in n for n, m in zip(pair.person.names, moved, strict=True) if m)
    assert {d.kind for d in made} == {"shifted", "scaled", "rotated", "sleeve off", "anchor off"}


def test_the_area_under_the_curve_is_the_chance_to_be_ranked_right() -> None:
    """One half is guessing, ties count half."""
    assert area_under_roc([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert area_under_roc([0.5], [0.5]) == 0.5
    assert area_under_roc([0.9, 0.3], [0.5]) == 0.5
