"""Stage 1: how far a bare arm reaches, and what beside it is not arm."""

import numpy as np

from tests.fakes.models import photo_of, posed, standing
from tryon.arrays import BoolMask
from tryon.stages.bare_arms import bare_arms, beside_bare_arms
from tryon.stages.limbs import arm_shape
from tryon.stages.person_colours import PersonColours

PERSON = standing(size_wh=(288, 384), shoulders_at=(144.0, 110.0), shoulder_px=80.0)
POSE = posed(PERSON)


def small() -> PersonColours:
    """A drawn person on the small grid."""
    return PersonColours.of(photo_of(PERSON), POSE, PERSON.mask)


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
