"""Trousers or a skirt worn now: found, and painted over where new ones do not hide them."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.fakes.models import (
    BACKGROUND,
    SKIN,
    FakeMatting,
    a_photo,
    masks_of,
    photo_of,
    posed,
    standing,
)
from tests.fakes.wardrobe import drawn
from tryon.anchors import Tuck
from tryon.arrays import RgbImage
from tryon.fit import FitOptions, Person
from tryon.pipeline import fit_outfit
from tryon.stages.align import align_garment
from tryon.stages.load import Photo
from tryon.stages.old_clothes.old_clothes import OldClothes
from tryon.stages.segment import PersonMasks, segment_person
from tryon.stages.strategies import STRATEGIES
from tryon.steps import Steps

TOP, BELOW = (180, 60, 60), (60, 70, 95)
PERSON = standing()
POSE = posed(PERSON)
HIP_Y = round(float(POSE.xy("left_hip")[1]))


def dressed(top_ends_at: int, skirt_half_px: int = 0, skirt_ends_at: int = 0) -> RgbImage:
    """The drawn person in a red top over blue trousers, or in a blue skirt with bare legs."""
    rgb = photo_of(PERSON, TOP).copy()
    below = np.zeros(PERSON.mask.shape, bool)
    below[top_ends_at:] = True
    hands = np.abs(rgb.astype(int) - SKIN).max(axis=2) < 12
    arms = np.zeros(PERSON.mask.shape, np.uint8)
    for side in ("left", "right"):
        line = np.array([POSE.xy(f"{side}_{n}") for n in ("shoulder", "elbow", "wrist")])
        cv2.polylines(arms, [line.round().astype(np.int32)], False, 1, 18)
    legs = below & (PERSON.mask > 0.5) & ~hands & (arms == 0)
    rgb[legs] = SKIN if skirt_ends_at else BELOW
    if skirt_ends_at:
        skirt = np.zeros(PERSON.mask.shape, np.uint8)
        corners = np.array([(120, top_ends_at), (180, top_ends_at),
                            (150 + skirt_half_px, skirt_ends_at),
                            (150 - skirt_half_px, skirt_ends_at)])  # fmt: skip
        cv2.fillPoly(skirt, [corners], 1)
        rgb[(skirt > 0) & ~hands & (arms == 0)] = BELOW
    return rgb


def apart(rgb: RgbImage) -> PersonMasks:
    """What stage 1 makes of the photo, the outline known."""
    outline = (np.abs(rgb.astype(int) - BACKGROUND).max(axis=2) > 12).astype(np.float32)
    photo = Photo(rgb, None, (rgb.shape[1], rgb.shape[0]), "0" * 64)
    return segment_person(photo, replace(POSE, mask=outline), FakeMatting(outline))


def is_colour(rgb: RgbImage, colour: tuple[int, int, int], within: int = 30) -> np.ndarray:
    """(H, W) bool."""
    return np.asarray(np.abs(rgb.astype(int) - colour).max(axis=2) < within)


def test_trousers_are_found_without_top_and_hands() -> None:
    """What may be painted over is the cloth below the waist."""
    rgb = dressed(HIP_Y - 20)

    found = apart(rgb).old_bottom.mask > 0.5

    trousers = is_colour(rgb, BELOW)
    trousers[360:] = False  # feet and what is near them may be shoes
    assert found[trousers].mean() > 0.9
    assert found[is_colour(rgb, TOP, 12)].mean() < 0.05
    assert found[is_colour(rgb, SKIN, 12)].mean() < 0.05


def test_under_trousers_there_are_legs() -> None:
    """Shorts tried on over trousers show bare legs in the person's own tone."""
    without = apart(dressed(HIP_Y - 20)).old_bottom.photo_without

    for side in ("left", "right"):
        x, y = ((POSE.xy(f"{side}_hip") + POSE.xy(f"{side}_knee")) / 2).round().astype(int)
        shin = without[y : y + 60, x - 3 : x + 4]
        assert is_colour(shin, SKIN, 60).mean() > 0.8


def test_beside_the_legs_a_wide_skirt_becomes_background() -> None:
    """Trousers tried on over a skirt leave no cloth at their sides."""
    rgb = dressed(HIP_Y - 20, skirt_half_px=70, skirt_ends_at=320)

    masks = apart(rgb)

    beside = is_colour(rgb, BELOW) & (masks.arms < 0.1)
    beside[:, 100:200] = False
    assert beside.sum() > 300
    assert is_colour(masks.old_bottom.photo_without, BACKGROUND)[beside].mean() > 0.85
    below_hem = np.zeros_like(beside)
    below_hem[330:] = True
    assert not (masks.old_bottom.mask > 0.5)[below_hem & is_colour(rgb, SKIN, 12)].any()


@pytest.mark.parametrize("name", ["jeans", "aline_skirt"])
def test_a_new_bottom_replaces_the_old_one(name: str) -> None:
    """Nothing of the old skirt is seen beside or below the new garment; the top stays."""
    rgb = dressed(HIP_Y - 20, skirt_half_px=70, skirt_ends_at=320)
    photo = replace(a_photo(PERSON), rgb=rgb)

    draft = align_garment(photo, POSE, apart(rgb), drawn(name, 400), None, "in", STRATEGIES[0])

    seen = is_colour(rgb, BELOW) & (draft.region < 0.05)
    assert is_colour(draft.rgb, BELOW, 12)[seen].mean() < 0.1
    assert draft.old_garment.any()
    top = is_colour(rgb, TOP, 12) & (draft.region == 0)
    np.testing.assert_array_equal(draft.rgb[top], rgb[top])


@pytest.mark.parametrize(
    ("tuck", "top_ends_at", "hides"),
    [("auto", HIP_Y + 20, True), ("auto", HIP_Y - 30, False), ("in", HIP_Y + 20, False)],
    ids=["worn loose", "worn tucked", "to be tucked"],
)
def test_a_loose_top_hangs_over_the_new_waistband(
    tuck: Tuck, top_ends_at: int, hides: bool
) -> None:
    """New jeans do not climb over a sweater that hides its waistband in the photo."""
    rgb = dressed(top_ends_at)
    photo = replace(a_photo(PERSON), rgb=rgb)

    draft = align_garment(photo, POSE, apart(rgb), drawn("jeans", 400), None, tuck, STRATEGIES[0])

    waist = draft.anchors.person.only(["left_waist", "right_waist"]).points_xy.mean(axis=0)
    x, y = waist.round().astype(int)
    assert (draft.region[y + 6 : y + 12, x - 10 : x + 10].mean() < 0.5) == hides


def test_what_is_painted_over_the_old_clothes_never_covers_new_ones() -> None:
    """Jeans, a tank top and a jacket at once: the jeans stay as they were laid on."""
    rgb = dressed(HIP_Y + 20)
    person = Person(replace(a_photo(PERSON), rgb=rgb), POSE, apart(rgb))
    garments = [drawn(name, 400) for name in ("bomber_jacket", "jeans", "tank_top")]

    worn = fit_outfit(person, garments, [FitOptions(max_retries=0, tuck="out")] * 3, Steps())

    jacket, top, jeans = (fit.best.draft for fit in worn.outfit)
    seen = (jeans.region > 0.999) & (jacket.region == 0) & (top.region == 0)
    assert [fit.garment.garment_type for fit in worn.outfit] == ["jacket", "tank_top", "trousers"]
    assert seen.sum() > 1000
    np.testing.assert_array_equal(jacket.rgb[seen], jeans.rgb[seen])


def test_nobody_looks_for_trousers_under_a_top() -> None:
    """It takes time, and most of what is tried on is a top."""

    def looked_for() -> OldClothes:
        raise AssertionError("looked for")

    masks = replace(masks_of(PERSON, POSE), find_old_bottom=looked_for)

    assert masks.replaced_by("tshirt", None) == (masks.old_top,)
    assert masks.replaced_by("tshirt", "trousers") == (masks.old_top,)
    assert masks.replaced_by("skirt", "trousers") == ()
    with pytest.raises(AssertionError, match="looked for"):
        masks.replaced_by("dress", None)
