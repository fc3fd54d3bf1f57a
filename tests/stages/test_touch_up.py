"""Masks corrected by hand take the place of what was found, and the rest agrees with them."""

import numpy as np
import pytest

from tests.fakes.studio import H, W, a_garment, a_photo, a_pose, masks_of
from tryon.errors import SegmentationFailed
from tryon.stages.touch_up import MaskEdits, touch_up_garment, touch_up_person

MASKS = masks_of(a_photo())


def test_arms_painted_by_hand_leave_the_torso() -> None:
    """An arm before the belly was missed: painted, it lies in front of the garment."""
    arms = MASKS.arms > 0.5
    arms[250:280, 150:230] = True

    masks = touch_up_person(MASKS, a_pose(), MaskEdits(arms=arms))

    assert masks.arms[265, 190] == pytest.approx(1, abs=0.01)
    assert masks.torso[265, 190] == pytest.approx(0, abs=0.01)
    assert masks.person is MASKS.person


def test_arms_wiped_away_give_the_trunk_back() -> None:
    """A shadow taken for an arm no longer holds the garment off."""
    found = touch_up_person(MASKS, a_pose(), MaskEdits(arms=np.ones((H, W), bool)))

    masks = touch_up_person(found, a_pose(), MaskEdits(arms=np.zeros((H, W), bool)))

    assert not masks.arms.any()
    assert masks.torso[265, 190] == pytest.approx(1, abs=0.01)


def test_nothing_of_the_person_is_left_outside_a_smaller_mask() -> None:
    """A chair wiped off the person is not arm, trunk, hair or skin either."""
    person = MASKS.person.copy()
    person[:, : W // 2] = 0

    masks = touch_up_person(MASKS, a_pose(), MaskEdits(person=person))

    for mask in (masks.person, masks.arms, masks.torso, masks.hair, masks.skin):
        assert not mask[:, : W // 2].any()


def test_edits_of_another_size_are_resized() -> None:
    """The page paints on a preview."""
    small = np.ones((H // 2, W // 2), np.float32)

    masks = touch_up_person(MASKS, a_pose(), MaskEdits(person=small))

    assert masks.person.shape == (H, W)
    assert masks.person.min() == 1


def test_the_garment_is_cut_along_the_painted_mask_and_its_anchors_found_again() -> None:
    """Anchors off the old outline would pull the cloth to where it no longer is."""
    garment = a_garment()
    longer = garment.alpha.copy()
    longer[300:400, 150:234] = 1

    touched = touch_up_garment(garment, MaskEdits(garment=longer))

    assert touched.alpha[390, 190] == 1
    assert touched.anchors["left_hem"].y > 380
    assert touched.cutout_confidence == 1.0


def test_other_edits_leave_the_garment_alone() -> None:
    """Nothing is computed twice for nothing."""
    garment = a_garment()

    assert touch_up_garment(garment, MaskEdits(person=MASKS.person)) is garment


def test_wiping_everything_away_is_explained() -> None:
    """An empty mask is no fit; the message says what is missing."""
    nothing = np.zeros((H, W), np.float32)

    with pytest.raises(SegmentationFailed):
        touch_up_person(MASKS, a_pose(), MaskEdits(person=nothing))
    with pytest.raises(SegmentationFailed):
        touch_up_garment(a_garment(), MaskEdits(garment=nothing))


def test_inputs_are_not_changed() -> None:
    """Masks as found are kept for "reset"."""
    before = MASKS.arms.copy()

    touch_up_person(MASKS, a_pose(), MaskEdits(arms=np.zeros((H, W), bool)))

    assert np.array_equal(MASKS.arms, before)


def test_masks_of_another_kind_are_a_mistake_of_ours() -> None:
    """A float mask of arms or a uint8 alpha would be misread silently."""
    with pytest.raises(ValueError, match="arms"):
        MaskEdits(arms=np.zeros((4, 4), np.float32))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="person"):
        MaskEdits(person=np.zeros((4, 4), np.uint8))  # type: ignore[arg-type]
