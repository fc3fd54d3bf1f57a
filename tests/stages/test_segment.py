"""Stage 1: the person taken apart into trunk, arms and hair."""

import io
from dataclasses import replace
from functools import cache
from importlib.resources import files

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.models import FakeMatting, a_photo, photo_of, posed, standing
from tryon.errors import SegmentationFailed
from tryon.fit import Models, Person
from tryon.pipeline import prepare_person
from tryon.stages.load import Photo, PhotoLimits
from tryon.stages.segment import PersonMasks, fuse_masks, segment_person
from tryon.steps import Steps

PERSON = standing()
SIZE_HW = PERSON.mask.shape


def apart(person=PERSON, matting: FakeMatting | None = None) -> PersonMasks:  # type: ignore[no-untyped-def]
    """What stage 1 makes of a drawn person."""
    return segment_person(a_photo(person), posed(person), matting or FakeMatting())


def iou(one: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union of two masks."""
    return float((one & other).sum() / (one | other).sum())


# --- who and where -------------------------------------------------------------------------------


def test_where_both_models_agree_the_person_is_theirs() -> None:
    """The outline shown on the page is the person's."""
    person = fuse_masks(photo_of(PERSON), PERSON.mask, PERSON.mask)

    assert iou(person > 0.5, PERSON.mask > 0.5) > 0.97
    assert person.min() >= 0
    assert person.max() <= 1


def test_furniture_in_the_matte_is_not_the_person() -> None:
    """The matting network keeps the chair as well; the pose model knows who is a person."""
    chair = PERSON.mask.copy()
    chair[300:400, 5:60] = 1

    person = fuse_masks(photo_of(PERSON), PERSON.mask, chair)

    assert person[310:390, 10:55].max() < 0.25  # a shadow of the matte is left


def test_somebody_else_in_both_masks_is_left_out() -> None:
    """Of two people standing apart, the larger is cut out alone."""
    both = PERSON.mask.copy()
    both[60:160, 5:50] = 1

    person = fuse_masks(photo_of(PERSON), both, both)

    assert person[70:150, 10:45].max() < 0.1
    assert iou(person > 0.5, PERSON.mask > 0.5) > 0.97


@settings(max_examples=20)
@given(shift=st.integers(-3, 3))
def test_the_edge_follows_the_picture(shift: int) -> None:
    """A pose mask a few pixels off does not shift the outline of the person by as much."""
    photo = photo_of(PERSON)
    coarse = np.roll(PERSON.mask, shift, axis=1)

    person = fuse_masks(photo, cv2.GaussianBlur(coarse, (0, 0), 2), PERSON.mask)

    assert iou(person > 0.5, PERSON.mask > 0.5) >= iou(coarse > 0.5, PERSON.mask > 0.5) - 0.01


# --- taken apart ---------------------------------------------------------------------------------


@pytest.mark.parametrize("arms", ["hanging", "raised", "bent", "crossed"])
def test_every_part_lies_inside_the_person(arms: str) -> None:
    """Nothing of the wall is taken for an arm or for hair."""
    masks = apart(standing(arms=arms))

    for part in (masks.torso, masks.arms, masks.hair, masks.skin):
        assert part.dtype == np.float32
        assert part.shape == SIZE_HW
        assert (part <= masks.person + 1e-6).all()
        assert part.min() >= 0


@pytest.mark.parametrize("arms", ["hanging", "raised", "bent", "crossed"])
def test_trunk_and_arms_do_not_overlap(arms: str) -> None:
    """A pixel is dressed with the trunk or kept in front of it, not both."""
    masks = apart(standing(arms=arms))

    both = (masks.torso > 0.5) & (masks.arms > 0.5)
    assert both.sum() < 0.01 * (masks.torso > 0.5).sum()


@pytest.mark.parametrize("arms", ["hanging", "raised", "bent", "crossed"])
def test_arms_are_where_the_joints_are(arms: str) -> None:
    """Forearms must be found wherever they are: they come in front of the garment."""
    person = standing(arms=arms)
    pose, masks = posed(person), apart(person)

    for side in ("left", "right"):
        middle = ((pose.xy(f"{side}_elbow") + pose.xy(f"{side}_wrist")) / 2).round().astype(int)
        assert masks.arms[middle[1], middle[0]] > 0.5


def test_the_trunk_reaches_from_the_collar_bones_to_the_hips() -> None:
    """The share of the chest that is covered is measured on it."""
    pose, masks = posed(PERSON), apart()

    rows = np.flatnonzero((masks.torso > 0.5).any(axis=1))
    assert rows[0] < pose.xy("left_shoulder")[1]
    assert abs(rows[-1] - pose.xy("left_hip")[1]) < 0.2 * pose.scale_px


def test_masks_cannot_be_changed_by_who_shows_them() -> None:
    """One prepared person serves many runs."""
    masks = apart()

    for mask in (masks.person, masks.torso, masks.arms, masks.hair, masks.skin):
        with pytest.raises(ValueError, match="read-only"):
            mask[0, 0] = 1


def test_a_picture_with_transparency_is_its_own_matte() -> None:
    """A person cut out by hand is not cut out again by a model."""
    photo = a_photo(PERSON)
    matting = FakeMatting()

    segment_person(replace(photo, alpha=PERSON.mask.copy()), posed(PERSON), matting)

    assert matting.calls == 0


def test_nobody_left_in_the_masks_is_a_refusal() -> None:
    """Somebody who melts into the background gets a remedy."""
    nothing = np.zeros(SIZE_HW, np.float32)
    lost = replace(posed(PERSON), mask=nothing)

    with pytest.raises(SegmentationFailed) as refusal:
        segment_person(a_photo(PERSON), lost, FakeMatting(nothing.copy()))

    assert refusal.value.code == "SEGMENTATION_FAILED"
    assert "stands out" in refusal.value.remedy


# --- real photos ---------------------------------------------------------------------------------


@cache
def real_photo(name: str) -> bytes:
    """A photo of a person that comes with an installed package."""
    paths = {
        "astronaut": files("skimage") / "data/astronaut.png",
        "grace_hopper": files("matplotlib") / "mpl-data/sample_data/grace_hopper.jpg",
    }
    return paths[name].read_bytes()


@pytest.fixture(scope="module", params=["astronaut", "grace_hopper"])
def real_person(request: pytest.FixtureRequest, real_models: Models) -> Person:
    """Stages 0-2 on a real photo with the real models."""
    return prepare_person(real_photo(request.param), real_models, PhotoLimits(), Steps())


@pytest.mark.slow
def test_a_real_portrait_is_mostly_person(real_person: Person) -> None:
    """Both portraits fill between a third and three quarters of their picture."""
    assert 0.3 < float((real_person.masks.person > 0.5).mean()) < 0.75


@pytest.mark.slow
def test_the_trunk_of_a_real_person_is_below_the_chin(real_person: Person) -> None:
    """A shirt on the face is the worst draft."""
    pose, masks = real_person.pose, real_person.masks

    mouth_y = (pose.xy("mouth_left")[1] + pose.xy("mouth_right")[1]) / 2
    eyes_y = (pose.xy("left_eye")[1] + pose.xy("right_eye")[1]) / 2
    chin_y = mouth_y + 0.85 * (mouth_y - eyes_y)
    above = (masks.torso[: int(chin_y)] > 0.5).sum()
    assert above < 0.03 * (masks.torso > 0.5).sum()
    assert float((masks.torso > 0.5).mean()) > 0.15


@pytest.mark.slow
def test_the_faces_of_real_people_are_skin_and_their_hair_is_hair(real_person: Person) -> None:
    """Chin and hair come in front of the collar."""
    pose, masks = real_person.pose, real_person.masks

    nose = pose.xy("nose").round().astype(int)
    assert masks.skin[nose[1] - 5 : nose[1] + 6, nose[0] - 5 : nose[0] + 6].mean() > 0.4
    assert 0.005 < float((masks.hair > 0.5).mean()) < 0.2
    assert masks.hair[nose[1], nose[0]] < 0.1


@pytest.mark.slow
def test_a_black_collar_is_not_hair(real_models: Models) -> None:
    """The astronaut's hair ends at her ears; below her chin nothing falls over a shirt."""
    person = prepare_person(real_photo("astronaut"), real_models, PhotoLimits(), Steps())
    pose, hair = person.pose, person.masks.hair > 0.5

    mouth_y = (pose.xy("mouth_left")[1] + pose.xy("mouth_right")[1]) / 2
    eyes_y = (pose.xy("left_eye")[1] + pose.xy("right_eye")[1]) / 2
    below_chin = hair[int(mouth_y + 1.3 * (mouth_y - eyes_y)) :]

    assert below_chin.sum() < 0.02 * hair.sum()


@pytest.mark.slow
def test_real_parts_lie_inside_the_real_person(real_person: Person) -> None:
    """As on drawn people."""
    masks = real_person.masks

    for part in (masks.torso, masks.arms, masks.hair):
        assert (part <= masks.person + 1e-6).all()
    assert ((masks.torso > 0.5) & (masks.arms > 0.5)).mean() < 0.005


def test_real_photos_are_at_hand() -> None:
    """The packages still bring the photos that the slow tests and the examples need."""
    for name in ("astronaut", "grace_hopper"):
        assert len(io.BytesIO(real_photo(name)).getvalue()) > 10_000


def test_a_photo_of_a_drawn_person_is_one_stage_zero_could_give() -> None:
    """The fakes obey the contract of the real arrays."""
    photo: Photo = a_photo(PERSON)

    assert photo.rgb.dtype == np.uint8
    assert photo.size_wh == (SIZE_HW[1], SIZE_HW[0])
