"""The top worn now: found, and painted over where a new one does not hide it."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.fakes.models import BACKGROUND, SKIN, FakeMatting, photo_of, posed, standing
from tryon.arrays import RgbImage
from tryon.ports import KEYPOINT_NAMES
from tryon.stages.body.limbs import SIDES, head_shape
from tryon.stages.load import Photo
from tryon.stages.old_clothes.paint_over import Coat, Underlay, take_off
from tryon.stages.person.skin import SURE_SKIN
from tryon.stages.pose import Pose
from tryon.stages.segment import PersonMasks, segment_person

TOP, TROUSERS = (180, 60, 60), (60, 70, 95)
NEAR_SKIN = (176, 133, 105)
PERSON = standing()
POSE = posed(PERSON)
WAIST_Y = 215
DOWN = np.array([0.0, 4.0])


def dressed(sleeve_px: int = 0) -> RgbImage:
    """The drawn person in a red top and blue trousers; sleeves may stand off the arms."""
    rgb = photo_of(PERSON, TOP).copy()
    below = np.zeros(PERSON.mask.shape, bool)
    below[WAIST_Y:] = True
    hands = np.abs(rgb.astype(int) - SKIN).max(axis=2) < 12
    arms = np.zeros(PERSON.mask.shape, np.uint8)
    for side in SIDES:
        line = np.array([POSE.xy(f"{side}_{n}") for n in ("shoulder", "elbow", "wrist")])
        cv2.polylines(arms, [line.round().astype(np.int32)], False, 1, max(16, sleeve_px))
    rgb[below & (PERSON.mask > 0.5) & ~hands & (arms == 0)] = TROUSERS
    rgb[(arms > 0) & ~hands] = TOP
    return rgb


def apart(rgb: RgbImage, pose: Pose = POSE) -> PersonMasks:
    """What stage 1 makes of the photo, the outline known."""
    outline = (np.abs(rgb.astype(int) - BACKGROUND).max(axis=2) > 12).astype(np.float32)
    photo = Photo(rgb, None, (rgb.shape[1], rgb.shape[0]), "0" * 64)
    return segment_person(photo, replace(pose, mask=outline), FakeMatting(outline))


def colour_at(rgb: RgbImage, xy: np.ndarray) -> np.ndarray:
    """(3,) mean colour of a few pixels around a point."""
    x, y = xy.round().astype(int)
    return np.asarray(rgb[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3).mean(axis=0))


def test_trunk_and_sleeves_are_the_top_but_face_hands_and_trousers_are_not() -> None:
    """What is painted over is cloth of the top, nothing else."""
    rgb = dressed()

    found = apart(rgb).old_top.mask > 0.5

    is_top = np.abs(rgb.astype(int) - TOP).max(axis=2) < 12
    is_top &= ~head_shape(POSE, is_top.shape)
    assert found[is_top].mean() > 0.85
    others = ~cv2.dilate(is_top.astype(np.uint8), np.ones((7, 7))).astype(bool)
    assert found[others].mean() < 0.01


@pytest.mark.parametrize("side", SIDES)
def test_sleeves_become_arms_in_the_persons_own_tone(side: str) -> None:
    """Under a sleeveless top the arms are bare, not in the old sleeves."""
    rgb = dressed()

    without = apart(rgb).old_top.photo_without

    upper_arm = 0.4 * POSE.xy(f"{side}_shoulder") + 0.6 * POSE.xy(f"{side}_elbow")
    assert np.abs(colour_at(rgb, upper_arm) - TOP).max() < 12
    assert np.abs(colour_at(without, upper_arm) - SKIN).max() < 25


def test_loose_dark_sleeves_of_another_colour_belong_to_the_top() -> None:
    """Colour-blocked sleeves are as dark as nobody's skin in shadow, and wider than the arm."""
    rgb = dressed()
    sleeves = np.zeros(rgb.shape[:2], np.uint8)
    for side in SIDES:
        shoulder, elbow = (
            POSE.xy(f"{side}_{n}").round().astype(int) for n in ("shoulder", "elbow")
        )
        cv2.line(sleeves, shoulder.tolist(), elbow.tolist(), 1, 26)
    rgb[sleeves > 0] = (58, 38, 56)

    found = apart(rgb).old_top.mask > 0.5

    assert found[sleeves > 0].mean() > 0.9


def test_a_yoke_of_the_trousers_colour_belongs_to_the_top() -> None:
    """Nobody's trousers reach the shoulders: their colour there is no reason to leave it."""
    rgb = dressed()
    yoke = np.abs(rgb.astype(int) - TOP).max(axis=2) < 12
    yoke &= ~head_shape(POSE, yoke.shape)
    yoke[round(POSE.xy("left_shoulder")[1]) + 12 :] = False
    rgb[yoke] = TROUSERS

    found = apart(rgb).old_top.mask > 0.5

    assert found[yoke].mean() > 0.9


@pytest.mark.parametrize("side", SIDES)
def test_a_bare_forearm_in_shadow_is_not_painted_over(side: str) -> None:
    """Light falls on faces; arms beside the body are darker and redder, and no sleeve for that."""
    rgb = dressed()
    forearm = np.array([POSE.xy(f"{side}_{n}") for n in ("elbow", "wrist")])
    line = np.zeros(PERSON.mask.shape, np.uint8)
    cv2.polylines(line, [forearm.round().astype(np.int32)], False, 1, 16)
    in_shadow = np.array((140, 80, 50), np.uint8)
    rgb[(line > 0)] = in_shadow

    old = apart(rgb).old_top

    middle = forearm.mean(axis=0)
    assert np.abs(colour_at(old.photo_without, middle) - in_shadow).max() < 3


@pytest.mark.parametrize("side", SIDES)
def test_sleeves_of_a_colour_near_to_skin_belong_to_the_top(side: str) -> None:
    """A pink T-shirt on brown arms: what neither face nor hands show is cloth."""
    rgb = dressed()
    rgb[np.abs(rgb.astype(int) - TOP).max(axis=2) < 12] = NEAR_SKIN
    sleeves = np.zeros(rgb.shape[:2], np.uint8)
    arm = [POSE.xy(f"{side}_{n}").round().astype(int).tolist() for n in ("shoulder", "elbow")]
    cv2.line(sleeves, *arm, 1, 12)
    is_sleeve = (sleeves > 0) & (rgb == NEAR_SKIN).all(axis=2)

    masks = apart(rgb)

    assert np.median(masks.skin[is_sleeve]) > SURE_SKIN  # or this tells nothing
    assert (masks.old_top.mask[is_sleeve] > 0.5).mean() > 0.9


def test_short_loose_sleeves_are_not_the_body() -> None:
    """A long new sleeve that followed a wide short one would have wings."""
    long, short = dressed(sleeve_px=40), dressed(sleeve_px=40)
    below = np.arange(short.shape[0]) > POSE.xy("left_elbow")[1] + 4
    bare = photo_of(PERSON, TOP)
    beside = np.abs(np.arange(short.shape[1]) - 150) > 40
    short[np.ix_(below, beside)] = bare[np.ix_(below, beside)]
    forearms = np.zeros(short.shape[:2], np.uint8)
    for side in SIDES:
        line = np.array([POSE.xy(f"{side}_{n}") for n in ("elbow", "wrist")])
        cv2.polylines(forearms, [line.round().astype(np.int32)], False, 1, 16)
    short[(forearms > 0) & below[:, None]] = SKIN

    x, y = (POSE.xy("left_elbow") + np.array([18.0, -8.0])).round().astype(int)
    for rgb, is_body in ((long, True), (short, False)):
        masks = apart(rgb)
        assert masks.person[y, x] > 0.5
        assert masks.body[y, x] == is_body


def test_trousers_go_on_as_broad_as_they_begin() -> None:
    """Under a top that ends above the hips: no wall between the new hem and the waistband."""
    rgb = dressed()
    trousers = np.abs(rgb.astype(int) - TROUSERS).max(axis=2) < 12
    side = float(np.flatnonzero(trousers[WAIST_Y + 3]).max())

    without = apart(rgb).old_top.photo_without

    above = np.array([side - 7, WAIST_Y - 4.0])
    assert np.abs(colour_at(rgb, above) - TOP).max() < 12
    assert np.abs(colour_at(without, above) - TROUSERS).max() < 40


def test_above_high_trousers_no_midriff_is_painted_at_their_edge() -> None:
    """The waist is where they are seen to begin, however high that is."""
    rgb = dressed()
    waist_y = WAIST_Y - 34
    high = np.zeros(rgb.shape[:2], bool)
    high[waist_y:WAIST_Y, 115:186] = True
    rgb[high & (np.abs(rgb.astype(int) - TOP).max(axis=2) < 12)] = TROUSERS

    masks = apart(rgb)

    edge = masks.old_top.photo_without[waist_y + 1, 140:160].astype(int)
    assert np.abs(edge - TROUSERS).max() < 40


def test_wide_sleeves_give_way_to_the_background() -> None:
    """An arm is narrower than a wide sleeve; the wall is behind."""
    rgb = dressed(sleeve_px=40)
    masks = apart(rgb)

    elbow = POSE.xy("left_elbow")
    beside = elbow + np.array([14.0, -6.0])

    assert np.abs(colour_at(rgb, beside) - TOP).max() < 12
    assert np.abs(colour_at(masks.old_top.photo_without, beside) - BACKGROUND).max() < 25


def test_below_the_waist_the_trousers_go_on() -> None:
    """A long top under a short one: what it hid of the trousers is shown."""
    rgb = dressed()
    rgb[WAIST_Y:235, 120:180] = TOP
    masks = apart(rgb)

    hips = (POSE.xy("left_hip") + POSE.xy("right_hip")) / 2
    assert np.abs(colour_at(masks.old_top.photo_without, hips + DOWN) - TROUSERS).max() < 40


def test_what_is_carried_beside_the_trunk_is_no_clothes() -> None:
    """A bag or a helmet stays, whatever top is put on."""
    rgb = dressed()
    middle = (POSE.xy("left_elbow") + POSE.xy("left_hip")) / 2 + np.array([55.0, 0.0])
    cv2.circle(rgb, tuple(map(int, middle)), 32, (20, 24, 22), -1)  # black, no part of the top is

    kept = apart(rgb).old_top.photo_without

    assert np.abs(colour_at(kept, middle) - (20, 24, 22)).max() < 12


def test_the_bust_is_never_painted_bare() -> None:
    """Where a new top does not cover it, the old one stays, and the run says so."""
    masks = apart(dressed())
    chest = POSE.xy("left_shoulder") * 0.5 + POSE.xy("right_shoulder") * 0.5
    chest = chest + 0.2 * POSE.scale_px * DOWN

    x, y = chest.round().astype(int)
    assert masks.old_top.uncovered[y, x]
    assert np.abs(colour_at(masks.old_top.photo_without, chest) - TOP).max() < 12


def test_away_from_the_top_the_photo_is_untouched() -> None:
    """Face, hands, trousers and room stay to the last bit."""
    rgb = dressed()
    old_top = apart(rgb).old_top

    near = cv2.dilate(old_top.mask, np.ones((9, 9))) > 0
    np.testing.assert_array_equal(old_top.photo_without[~near], rgb[~near])
    assert near.mean() < 0.4


def test_without_any_skin_in_sight_arms_are_left_as_they_are() -> None:
    """The face is turned away: nobody knows the tone, so none is invented."""
    seen = POSE.visibility.copy()
    seen[KEYPOINT_NAMES.index("nose")] = 0.0
    old_top = apart(dressed(), replace(POSE, visibility=seen)).old_top

    upper_arm = 0.4 * POSE.xy("left_shoulder") + 0.6 * POSE.xy("left_elbow")
    x, y = upper_arm.round().astype(int)
    assert old_top.uncovered[y, x]
    assert np.abs(colour_at(old_top.photo_without, upper_arm) - TOP).max() < 12


def test_a_top_from_edge_to_edge_of_the_photo_is_covered_too() -> None:
    """A close portrait: the photo shows little but the top, and is not written to."""
    photo = np.full((60, 40, 3), TOP, np.uint8)
    photo.setflags(write=False)
    everywhere = np.ones((30, 20), bool)
    skin = np.full((30, 20, 3), SKIN, np.uint8)
    underlay = Underlay((Coat(everywhere, skin),), everywhere)

    old_top = take_off(photo, everywhere, underlay)

    assert (old_top.photo_without == SKIN).all()
    assert (photo == TOP).all()


def test_no_hole_is_painted_where_a_hand_is_hidden() -> None:
    """A hand in a sleeve over the trousers: trousers or skin there, never what is behind."""
    person = standing(arms="crossed")
    pose = posed(person)
    rgb = photo_of(person, TOP).copy()
    below = np.arange(rgb.shape[0])[:, None] > WAIST_Y
    rgb[below & (person.mask > 0.5)] = TROUSERS
    wrist, index = (pose.xy(f"left_{joint}") for joint in ("wrist", "index"))
    down = np.array([0.0, WAIST_Y + 20 - wrist[1]])
    points_xy = pose.points_xy.copy()
    for joint in ("elbow", "wrist", "index", "pinky", "thumb"):
        points_xy[KEYPOINT_NAMES.index(f"left_{joint}")] += down
    pose = replace(pose, points_xy=points_xy)
    hand = np.zeros(person.mask.shape, np.uint8)
    ends = np.array([pose.xy("left_elbow"), wrist + down, index + down + (index - wrist)])
    cv2.polylines(hand, [ends.round().astype(np.int32)], False, 1, 22)
    hidden = (hand > 0) & (person.mask > 0.5)
    rgb[hidden] = TOP

    without = apart(rgb, pose).old_top.photo_without

    inner = cv2.erode(((person.mask > 0.5) & below).astype(np.uint8), np.ones((9, 9))) > 0
    near_background = np.abs(without.astype(int) - BACKGROUND).max(axis=2) < 30
    assert (hidden & inner).sum() > 100
    assert not (near_background & inner).any()


def test_painted_skin_is_not_as_dark_as_the_shadow_below_the_chin() -> None:
    """The nearest skin seen is often the shaded neck; the chest lies in the light of the face."""
    rgb = dressed()
    shaded = np.array(SKIN) * 0.75
    lower = np.arange(rgb.shape[0])[:, None] > POSE.xy("nose")[1] + 4
    is_skin = np.abs(rgb.astype(int) - SKIN).max(axis=2) < 12
    rgb[lower & is_skin] = shaded.astype(np.uint8)

    without = apart(rgb).old_top.photo_without

    chest = (POSE.xy("left_shoulder") + POSE.xy("right_shoulder")) / 2 + 2 * DOWN
    painted = colour_at(without, chest)
    assert np.abs(painted - SKIN).max() < 0.4 * np.abs(shaded - SKIN).max()
