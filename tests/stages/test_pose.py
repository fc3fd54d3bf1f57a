"""Stage 2: whom we dress, and what we say when nobody in the photo can be dressed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.models import (
    Broken,
    FakePose,
    hidden,
    moved,
    photo_of,
    standing,
    turned_in_picture,
)
from tryon.errors import PoseFailed
from tryon.ports import KEYPOINT_NAMES, DetectedPose
from tryon.stages.load import Photo
from tryon.stages.pose import LEAST_BREADTH, Pose, find_pose

SIZE_WH = (300, 420)


def a_photo(person: DetectedPose | None = None) -> Photo:
    """The person drawn, or an empty wall."""
    rgb = photo_of(person or standing(SIZE_WH))
    return Photo(rgb, None, (rgb.shape[1], rgb.shape[0]), "0" * 64)


def pose_of(*people: DetectedPose) -> Pose:
    """What stage 2 makes of these people."""
    return find_pose(a_photo(people[0]), FakePose(people))


# --- whom we can dress ---------------------------------------------------------------------------


def test_a_standing_person_is_taken_as_detected() -> None:
    """The keypoints shown on the photo are those of the model, unchanged."""
    person = standing(SIZE_WH)

    pose = pose_of(person)

    np.testing.assert_array_equal(pose.points_xy, person.points_xy)
    assert pose.scale_px == pytest.approx(80)
    assert pose.yaw_deg == pytest.approx(0)
    assert pose.notes == ()


@pytest.mark.parametrize("arms", ["raised", "bent", "crossed"])
def test_arms_may_be_anywhere(arms: str) -> None:
    """Who waves, leans on a wall or crosses their arms is dressed as well."""
    assert pose_of(standing(SIZE_WH, arms=arms)).scale_px == pytest.approx(80)


@pytest.mark.parametrize("angle_deg", [-40, 40])
def test_a_leaning_person_is_upright_enough(angle_deg: float) -> None:
    """Dancers and people who lean on something are no failures."""
    upright = standing(SIZE_WH, shoulder_px=40, shoulders_at=(150, 150))

    pose = pose_of(turned_in_picture(upright, angle_deg))

    assert pose.scale_px == pytest.approx(40)


@given(yaw_deg=st.floats(-50, 50))
def test_a_turned_person_keeps_their_size(yaw_deg: float) -> None:
    """Seen at an angle shoulders look narrow; the garment must not shrink with them."""
    pose = pose_of(standing(SIZE_WH, yaw_deg=yaw_deg))

    assert pose.yaw_deg == pytest.approx(yaw_deg)
    assert pose.shoulder_px == pytest.approx(80 * np.cos(np.radians(yaw_deg)))
    assert pose.scale_px >= LEAST_BREADTH * 1.5 * 80 - 1e-6


def test_several_people_are_said_and_the_first_is_dressed() -> None:
    """In a group photo the user learns that one of them was chosen."""
    first, second = standing(SIZE_WH), standing(SIZE_WH, shoulders_at=(60, 120), shoulder_px=50)

    pose = pose_of(first, second)

    np.testing.assert_array_equal(pose.points_xy, first.points_xy)
    assert "2 people were found; the most prominent one is dressed." in pose.notes


def test_a_person_from_behind_is_said() -> None:
    """The draft shows a front on a back; better said than wondered about."""
    pose = pose_of(standing(SIZE_WH, yaw_deg=180))

    assert any("from behind" in note for note in pose.notes)
    assert pose.xy("left_shoulder")[0] < pose.xy("right_shoulder")[0]
    front = pose.as_if_front
    assert front.xy("left_shoulder")[0] > front.xy("right_shoulder")[0]
    assert front.xy("left_wrist")[0] > front.xy("right_wrist")[0]


# --- a head outside of the photo -----------------------------------------------------------------


def headless(yaw_deg: float) -> DetectedPose:
    """A person whose head is above the photo's upper border."""
    person = standing(SIZE_WH, shoulders_at=(150, 30), yaw_deg=yaw_deg)
    return moved(person, nose=(150.0, -18.0))


def test_a_headless_person_is_taken_to_face_the_camera() -> None:
    """Shop photos cut the head off; the model then often mistakes a front for a back."""
    pose = pose_of(headless(yaw_deg=180))

    assert pose.xy("left_shoulder")[0] > pose.xy("right_shoulder")[0]
    assert pose.xy("left_wrist")[0] > pose.xy("right_wrist")[0]
    assert pose.yaw_deg == pytest.approx(0, abs=1e-6)
    assert any("head is not in the picture" in note for note in pose.notes)
    assert not any("from behind" in note for note in pose.notes)


def test_a_headless_front_stays_as_it_is() -> None:
    """Only left and right the wrong way round are put right."""
    person = headless(yaw_deg=0)

    pose = pose_of(person)

    np.testing.assert_array_equal(pose.points_xy, person.points_xy)
    assert pose.notes == ()


# --- whom we cannot dress ------------------------------------------------------------------------

UNUSABLE = {
    "nobody": ((), "No person was found"),
    "lying down": ((turned_in_picture(standing(SIZE_WH, 40, (150, 150)), 90),), "lying down"),
    "upside down": ((turned_in_picture(standing(SIZE_WH, 40, (150, 150)), 180),), "lying down"),
    "left shoulder outside": ((standing(SIZE_WH, 150, (240, 60)),), "shoulders are cut off"),
    "shoulders above the photo": ((standing(SIZE_WH, 80, (150, -5)),), "shoulders are cut off"),
    "a shoulder hidden": ((hidden(standing(SIZE_WH), "right_shoulder"),), "shoulders are cut off"),
    "only a face": ((standing(SIZE_WH, 200, (150, 400)),), "Only the face"),
    "too small": ((standing(SIZE_WH, 12, (150, 150)),), "too small"),
    "from the side": ((standing(SIZE_WH, yaw_deg=80),), "from the side"),
}


@pytest.mark.parametrize(("people", "sentence"), UNUSABLE.values(), ids=UNUSABLE)
def test_who_cannot_be_dressed_is_told_why(people: tuple[DetectedPose, ...], sentence: str) -> None:
    """A message names what is wrong with the photo, not that something is wrong."""
    with pytest.raises(PoseFailed) as refusal:
        find_pose(a_photo(*people), FakePose(people))

    assert refusal.value.code == "POSE_FAILED"
    assert sentence in refusal.value.message


def test_clothes_without_a_person_are_told_from_one() -> None:
    """Photos given the wrong way round: the model sees a person in a hoodie, the eye does not."""
    person = standing(SIZE_WH)
    clothes = np.where(person.mask[..., None] > 0.5, (60, 90, 160), 240).astype(np.uint8)

    with pytest.raises(PoseFailed) as refusal:
        find_pose(Photo(clothes, None, SIZE_WH, "0" * 64), FakePose((person,)))

    assert "picture of clothes" in refusal.value.message
    assert "Put the person photo first" in refusal.value.remedy


def test_a_black_and_white_person_is_a_person() -> None:
    """Old photos have no skin colour; the person in them is dressed all the same."""
    grey = photo_of(standing(SIZE_WH)).mean(axis=2, keepdims=True).astype(np.uint8)
    photo = Photo(np.repeat(grey, 3, axis=2), None, SIZE_WH, "0" * 64)

    pose = find_pose(photo, FakePose((standing(SIZE_WH),)))

    assert pose.scale_px == pytest.approx(80)


def test_every_refusal_has_a_remedy_that_names_another_photo() -> None:
    """Each message comes with something the user can do about it."""
    texts = set()
    for people, _ in UNUSABLE.values():
        with pytest.raises(PoseFailed) as refusal:
            find_pose(a_photo(*people), FakePose(people))
        texts.add((refusal.value.message, refusal.value.remedy))

    assert len(texts) == 6  # nobody, lying, shoulders, face, small, side
    assert all(remedy.startswith("Use a photo") for _, remedy in texts)


def test_a_broken_model_is_not_taken_for_an_empty_photo() -> None:
    """A failure of ours is never blamed on the user's photo."""
    with pytest.raises(RuntimeError, match="session lost"):
        find_pose(a_photo(), Broken())


# --- the second look -----------------------------------------------------------------------------

CUT_WH = (300, 300)  # ends above the ankles


def test_a_photo_that_ends_at_the_thighs_is_looked_at_again_with_room_below() -> None:
    """The model guesses hips better when legs could be there."""
    person = standing(CUT_WH)
    model = FakePose((person,))

    find_pose(a_photo(person), model)

    assert [p.shape[0] for p in model.photos] == [300, 510]
    np.testing.assert_array_equal(model.photos[1][:300], model.photos[0])
    assert (model.photos[1][300:] == 128).all()


def test_the_second_look_moves_the_legs_and_nothing_else() -> None:
    """Shoulders and arms were seen well the first time."""
    person = standing(CUT_WH)
    higher = moved(person, left_hip=(170.0, 200.0), right_hip=(130.0, 200.0), nose=(9.0, 9.0))

    pose = find_pose(a_photo(person), FakePose((person,), (higher,)))

    legs = KEYPOINT_NAMES.index("left_hip")
    np.testing.assert_array_equal(pose.points_xy[:legs], person.points_xy[:legs])
    np.testing.assert_array_equal(pose.points_xy[legs:], higher.points_xy[legs:])


SECOND_LOOKS = {
    "nobody": (),
    "somebody else": (standing((300, 510), shoulders_at=(190, 110)),),
}


@pytest.mark.parametrize("again", SECOND_LOOKS.values(), ids=SECOND_LOOKS)
def test_a_second_look_that_sees_another_thing_is_forgotten(
    again: tuple[DetectedPose, ...],
) -> None:
    """A worse answer never replaces a good one."""
    person = standing(CUT_WH)

    pose = find_pose(a_photo(person), FakePose((person,), again))

    np.testing.assert_array_equal(pose.points_xy, person.points_xy)


def test_a_whole_person_is_looked_at_once() -> None:
    """The second look costs as much as the first; most photos do not need it."""
    model = FakePose((standing(SIZE_WH),))

    find_pose(a_photo(), model)

    assert model.calls == 1


# --- other sizes ---------------------------------------------------------------------------------


@given(factor=st.sampled_from([0.5, 2.0, 3.0]))
def test_a_pose_on_a_smaller_picture_is_the_same_pose(factor: float) -> None:
    """Colour models look at a small copy of the photo; joints must lie on the same spots."""
    pose = pose_of(standing(SIZE_WH))

    small = pose.resized((round(300 * factor), round(420 * factor)))

    np.testing.assert_allclose((small.points_xy + 0.5) / factor - 0.5, pose.points_xy)
    assert small.scale_px == pytest.approx(pose.scale_px * factor)
    assert small.mask.shape == (round(420 * factor), round(300 * factor))
