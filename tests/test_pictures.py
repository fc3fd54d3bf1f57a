"""Pictures of masks, keypoints and anchors say what the data says."""

from dataclasses import replace

import numpy as np
import pytest

from tests.fakes.studio import H, W, a_garment, a_photo, a_pose, an_anchor_set, masks_of
from tryon import pictures
from tryon.anchors import ANCHOR_NAMES, Anchor, AnchorSet
from tryon.arrays import RgbImage


@pytest.fixture
def photo_rgb() -> RgbImage:
    return a_photo().rgb


def test_a_mask_keeps_colour_inside_and_none_outside(photo_rgb: RgbImage) -> None:
    """What belongs to the mask is seen at a glance: the rest of the photo has lost its colour."""
    torso = masks_of(a_photo()).torso
    outside = np.ones((H, W), bool)
    outside[130:330, 130:254] = False  # the outline lies a few pixels around the mask

    picture = pictures.mask_picture(photo_rgb, torso)

    spread = np.ptp(picture.astype(int), axis=2)
    assert spread[outside].max() == 0
    assert spread[160:300, 160:224].min() > 10


def test_an_empty_mask_is_a_pale_photo_without_outline(photo_rgb: RgbImage) -> None:
    """Nobody's arms visible is a normal case, not an error."""
    picture = pictures.mask_picture(photo_rgb, np.zeros((H, W), np.float32))

    assert np.array_equal(picture, pictures.faded(photo_rgb, 0.25))


def test_pictures_never_change_what_they_draw_on(photo_rgb: RgbImage) -> None:
    """The same arrays go into the draft; drawing into them would spoil it."""
    before = photo_rgb.copy()

    pictures.keypoints_picture(photo_rgb, a_pose())
    pictures.with_anchors(photo_rgb, an_anchor_set())
    pictures.mask_picture(photo_rgb, masks_of(a_photo()).person)

    assert np.array_equal(photo_rgb, before)


@pytest.mark.parametrize(
    ("joint", "colour"),
    [("left_elbow", pictures.LEFT), ("right_elbow", pictures.RIGHT), ("nose", pictures.MIDDLE)],
)
def test_the_colour_of_a_joint_tells_the_side_of_the_wearer(
    photo_rgb: RgbImage, joint: str, colour: pictures.Rgb
) -> None:
    """Left and right mixed up is the first thing people look for in a skeleton."""
    pose = a_pose()
    x, y = pose.xy(joint).round().astype(int)

    picture = pictures.keypoints_picture(photo_rgb, pose)

    assert tuple(picture[y, x]) == colour


def test_joints_that_are_not_seen_are_faint(photo_rgb: RgbImage) -> None:
    """A guessed ankle must not look as sure as a seen one."""
    pose = a_pose()
    sure = replace(pose, visibility=np.ones(33))
    x, y = pose.xy("left_ankle").round().astype(int)

    faint = pictures.keypoints_picture(photo_rgb, pose)[y, x].astype(int)
    strong = pictures.keypoints_picture(photo_rgb, sure)[y, x].astype(int)

    plain = photo_rgb[y, x].astype(int)
    assert 0 < np.abs(faint - plain).sum() < 0.6 * np.abs(strong - plain).sum()


def test_keypoints_far_outside_the_photo_do_no_harm(photo_rgb: RgbImage) -> None:
    """The pose model places feet below a half-length photo, sometimes far below."""
    points = a_pose().points_xy.copy()
    points[-8:] = [1e7, -1e7]
    pose = replace(a_pose(), points_xy=points, visibility=np.ones(33))

    picture = pictures.keypoints_picture(photo_rgb, pose)

    assert picture.shape == photo_rgb.shape


def test_an_anchor_has_one_colour_on_every_picture(photo_rgb: RgbImage) -> None:
    """The pair on garment and body is found by colour."""
    anchors = AnchorSet(W, H, (Anchor("left_shoulder", 100, 100), Anchor("right_hem", 200, 300)))
    colours = [pictures.anchor_colour(name) for name in anchors.names]

    on_photo = pictures.with_anchors(photo_rgb, anchors)
    on_cutout = pictures.with_anchors(pictures.cutout_picture(a_garment().cutout), anchors)

    for picture in (on_photo, on_cutout):
        assert [tuple(picture[100, 100]), tuple(picture[300, 200])] == colours


@pytest.mark.parametrize("garment_type", ["tshirt", "trousers", "dress", "skirt"])
def test_the_anchors_of_a_garment_have_colours_of_their_own(garment_type: str) -> None:
    """Two points of one garment in the same colour could not be told apart."""
    names = ANCHOR_NAMES[garment_type]

    assert len({pictures.anchor_colour(name) for name in names}) == len(names)


def test_anchors_follow_a_picture_of_another_size(photo_rgb: RgbImage) -> None:
    """Previews are smaller than the working picture their anchors belong to."""
    anchors = AnchorSet(W * 2, H * 2, (Anchor("left_shoulder", 200.5, 300.5),))

    picture = pictures.with_anchors(photo_rgb, anchors)

    assert tuple(picture[150, 100]) == pictures.anchor_colour("left_shoulder")


def test_a_cutout_shows_squares_where_it_is_transparent() -> None:
    """White cloth on white would look like nothing at all."""
    cutout = a_garment().cutout

    picture = pictures.cutout_picture(cutout)

    clear, solid = cutout[..., 3] == 0, cutout[..., 3] == 255
    assert set(np.unique(picture[clear])) == {228, 250}
    assert np.array_equal(picture[solid], cutout[..., :3][solid])


def test_the_warped_garment_keeps_its_colours_over_the_pale_person(photo_rgb: RgbImage) -> None:
    """The garment is what to look at; the person only shows where it is."""
    warped = a_garment().cutout

    picture = pictures.warped_picture(photo_rgb, warped)

    solid = warped[..., 3] == 255
    assert np.array_equal(picture[solid], warped[..., :3][solid])
    assert np.ptp(picture[warped[..., 3] == 0].astype(int), axis=1).max() == 0


def test_previews_are_never_enlarged(photo_rgb: RgbImage) -> None:
    """A small photo stays sharp; a large one fits the preview."""
    assert pictures.shrunk(photo_rgb, 10 * H) is photo_rgb
    assert pictures.shrunk(photo_rgb, 128).shape == (128, 96, 3)


def test_a_layer_of_another_size_is_our_mistake_and_said_so(photo_rgb: RgbImage) -> None:
    """Broadcasting would paint nonsense silently."""
    with pytest.raises(ValueError, match="rgba: want"):
        pictures.over(np.zeros((4, 4, 4), np.uint8), photo_rgb)
