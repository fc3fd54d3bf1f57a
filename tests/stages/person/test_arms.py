"""Stage 1: what of a person is arm, where pose and picture do not quite agree."""

from dataclasses import replace

import numpy as np
import pytest

from tests.fakes.models import hidden, photo_of, posed, standing
from tryon.arrays import BoolMask
from tryon.stages.body.limbs import arm_shape
from tryon.stages.person.arms import find_arms
from tryon.stages.person.bare_arms import arms_behind, seen_bare
from tryon.stages.person.person_colours import PersonColours

SHAPE_HW = (384, 288)
PERSON = standing(size_wh=(288, 384), shoulders_at=(144.0, 110.0), shoulder_px=80.0)
POSE = posed(PERSON)


def beside_its_bone(px: int) -> BoolMask:
    """(384, 288) bool: a slim left arm, so far outwards of where the pose has it."""
    return np.roll(arm_shape(POSE, "left", SHAPE_HW, 0.7), px, axis=1)


def forearm() -> tuple[slice, slice]:
    """Around the middle of the left forearm."""
    x, y = (POSE.xy("left_elbow") + POSE.xy("left_wrist")).round().astype(int) // 2
    return np.s_[y - 8 : y + 8, x - 25 : x + 25]


@pytest.mark.parametrize("aside_px", [3, 5, 6])
def test_a_bare_arm_is_its_skin_although_its_bone_lies_on_the_top(aside_px: int) -> None:
    """A boxy top beside the arm is not cut out of the garment as if it were arm."""
    arm = beside_its_bone(aside_px)
    small = PersonColours.of(photo_of(PERSON), POSE, PERSON.mask)
    small = replace(small, person=np.ones(SHAPE_HW, bool))

    arms = find_arms(small, arm.astype(np.float32))

    here = forearm()
    assert (arms & arm)[here].sum() > 0.9 * arm[here].sum()
    assert (arms & ~arm)[here].sum() < 0.15 * arm[here].sum()


def test_where_a_sleeve_ends_the_arm_goes_on_in_it() -> None:
    """No hole between bare and sleeved arm, in which cloth of the new garment would show."""
    skin = beside_its_bone(0)
    _, elbow_y = POSE.xy("left_elbow").round().astype(int)
    skin[: elbow_y + 12] = False

    bare = seen_bare(POSE, "left", skin)

    assert not bare[:elbow_y].any()
    assert bare[forearm()].any()


def test_an_arm_is_behind_only_without_its_hand_and_only_where_it_is_not_bare() -> None:
    """A hand in the back takes its sleeve along; a forearm seen bare stays in front."""
    away = hidden(PERSON, "left_wrist", "left_index", "left_pinky", "left_thumb")
    sleeved = np.zeros(SHAPE_HW, np.float32)
    bare = arm_shape(POSE, "left", SHAPE_HW)
    x, y = POSE.xy("left_elbow").round().astype(int)
    upper_arm = np.s_[y - 24 : y - 12, x - 4 : x + 4]

    assert arms_behind(POSE, sleeved) is None
    behind = arms_behind(posed(away), sleeved)
    seen = arms_behind(posed(away), bare.astype(np.float32))

    assert behind is not None
    assert seen is not None
    assert behind[upper_arm].all()
    assert behind[forearm()].sum() > 0.5 * bare[forearm()].sum()
    assert not behind[arm_shape(POSE, "right", SHAPE_HW)].any()
    assert not seen[forearm()][bare[forearm()]].any()
