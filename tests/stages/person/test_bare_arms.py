"""Stage 1: how far a bare arm reaches, and what beside it is not arm."""

from dataclasses import replace

import numpy as np
import pytest

from tests.fakes.models import photo_of, posed, standing
from tryon.arrays import BoolMask
from tryon.stages.body.limbs import arm_shape
from tryon.stages.person.bare_arms import bare_arms, beside_bare_arms
from tryon.stages.person.person_colours import PersonColours

PERSON = standing(size_wh=(288, 384), shoulders_at=(144.0, 110.0), shoulder_px=80.0)
POSE = posed(PERSON)


def small() -> PersonColours:
    """A drawn person on the small grid."""
    return PersonColours.of(photo_of(PERSON), POSE, PERSON.mask)


def in_wide_sleeves() -> PersonColours:
    """The same, with an outline that says nothing of the arms."""
    return replace(small(), person=np.ones((384, 288), bool))


def forearm() -> tuple[slice, slice]:
    """Around the middle of the left forearm."""
    x, y = (POSE.xy("left_elbow") + POSE.xy("left_wrist")).round().astype(int) // 2
    return np.s_[y - 10 : y + 10, x - 25 : x + 25]


def drawn_arms() -> BoolMask:
    """Both arms as the pose tells them."""
    return arm_shape(POSE, "left", (384, 288)) | arm_shape(POSE, "right", (384, 288))


def test_beside_an_arm_that_is_all_bare_there_is_none() -> None:
    """Cloth an arm lies on is not painted as skin, and lets the new garment through."""
    thin = arm_shape(POSE, "left", (384, 288), 0.8)
    old_top = drawn_arms() & ~thin

    beside, no_arm = beside_bare_arms(small(), drawn_arms(), old_top)

    here = forearm()
    assert not (beside & thin)[here].any()
    assert (no_arm & old_top)[here].sum() > 0.8 * old_top[here].sum()


def test_in_a_sleeve_an_arm_is_taken_to_be_where_it_would_be() -> None:
    """Nothing of it is seen, so nothing is known to be beside it."""
    beside, no_arm = beside_bare_arms(small(), drawn_arms(), drawn_arms())
    arms, _ = bare_arms(small(), np.zeros_like(no_arm), no_arm)

    assert not beside.any()
    assert not no_arm.any()
    assert arms[forearm()].sum() > 0.5 * drawn_arms()[forearm()].sum()


def test_an_arm_half_behind_a_top_goes_on_behind_it() -> None:
    """Its hidden half may be painted; the cloth in front of it is not the arm's."""
    x, _ = (POSE.xy("left_elbow") + POSE.xy("left_wrist")) / 2
    arm = arm_shape(POSE, "left", (384, 288), 0.75)
    old_top = drawn_arms() & (np.arange(288)[None] < x)

    beside, no_arm = beside_bare_arms(small(), drawn_arms(), old_top)

    here = forearm()
    hidden = (arm & old_top)[here]
    assert beside[here][hidden].mean() > 0.8
    assert no_arm[here][hidden].mean() < 0.2


@pytest.mark.parametrize(("broad", "least", "most"), [(0.5, 0.7, 0.92), (1.05, 1.08, 1.3)])
def test_a_sleeved_arm_is_as_broad_as_its_bare_end(broad: float, least: float, most: float) -> None:
    """No step where a short sleeve was: slim and strong arms go on as they are seen."""
    nothing = np.zeros((384, 288), bool)
    shown = slice_of_arm(0.65, 1.0) & arm_shape(POSE, "left", (384, 288), broad)
    usual, _ = bare_arms(in_wide_sleeves(), nothing, nothing)

    fitted, _ = bare_arms(in_wide_sleeves(), shown, nothing)

    above = slice_of_arm(0.35, 0.55)
    assert least < (fitted & above).sum() / (usual & above).sum() < most


def test_an_arm_beside_its_bone_is_painted_where_it_is_seen() -> None:
    """Joints are found a little beside the middle of an arm; its bare end tells."""
    aside = 4
    shown = np.roll(slice_of_arm(0.65, 1.0) & arm_shape(POSE, "left", (384, 288), 0.6), aside, 1)

    fitted, _ = bare_arms(in_wide_sleeves(), shown, np.zeros((384, 288), bool))

    straight, _ = bare_arms(
        in_wide_sleeves(), np.roll(shown, -aside, 1), np.zeros((384, 288), bool)
    )
    columns = np.arange(288)
    above = slice_of_arm(0.5, 0.6)
    moved = np.average(columns, weights=(fitted & above).sum(axis=0)) - np.average(
        columns, weights=(straight & above).sum(axis=0)
    )
    assert moved == pytest.approx(0.55 * aside, abs=1.0)


def test_crumbs_are_no_arm() -> None:
    """White dots of a print beside a hidden hand do not become dots of skin."""
    dots = np.zeros((384, 288), bool)
    dots[20:23, 20:23] = True  # away from both arms

    arms, _ = bare_arms(in_wide_sleeves(), dots, np.zeros((384, 288), bool))

    assert not arms[15:30, 15:30].any()


def slice_of_arm(first: float, last: float) -> BoolMask:
    """The rows from one share of the left upper arm to another; the drawn arm hangs down."""
    shoulder, elbow = POSE.xy("left_shoulder"), POSE.xy("left_elbow")
    y = np.arange(384)[:, None]
    x = np.arange(288)[None]
    share = (y - shoulder[1]) / (elbow[1] - shoulder[1])
    return (share >= first) & (share < last) & (x > shoulder[0] - 12)
