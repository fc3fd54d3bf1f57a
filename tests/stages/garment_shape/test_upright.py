"""Stage 3: a garment that lies turned in its photo is read as if it lay upright."""

import cv2
import numpy as np
import pytest

from tests.fakes.wardrobe import photo_rgb, true_alpha, true_anchors, type_of
from tryon.arrays import RgbImage, SoftMask
from tryon.stages.garment import find_anchors
from tryon.stages.garment_shape.silhouette import measure_silhouette
from tryon.stages.garment_shape.upright import MOST_TURN, Upright, lean_deg, set_upright

NAMES = ["printed_tshirt", "striped_sweater", "tank_top", "dress", "jeans", "aline_skirt"]
SIDE_PX = 480


def turned(name: str, to_the_right_deg: float) -> tuple[RgbImage, SoftMask, np.ndarray]:
    """A drawn garment turned about the middle of its photo, with room around it.

    Returns:
        (480, 480, 3) photo, (480, 480) alpha, (2, 3) matrix from the drawing's pixels to theirs.
    """
    alpha = true_alpha(name)
    height, width = alpha.shape
    scale = 0.75 * SIDE_PX / max(height, width)
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -to_the_right_deg, scale)
    turn[:, 2] += (SIDE_PX - np.array([width, height])) / 2
    size, edge = (SIDE_PX, SIDE_PX), cv2.BORDER_REPLICATE
    rgb = cv2.warpAffine(photo_rgb(name), turn, size, None, cv2.INTER_AREA, edge)
    return rgb, cv2.warpAffine(alpha, turn, size, None, cv2.INTER_AREA), turn


@pytest.mark.parametrize("degrees", [-15, -7, -3, 3, 7, 15])
@pytest.mark.parametrize("name", NAMES)
def test_the_lean_is_measured(name: str, degrees: int) -> None:
    """Within a degree and a half: less moves no anchor by more than its own width."""
    assert lean_deg(turned(name, degrees)[1]) == pytest.approx(degrees, abs=1.5)


@pytest.mark.parametrize("name", NAMES)
def test_what_lies_upright_is_left_as_it_is(name: str) -> None:
    """Resampling an outline costs time and sharpness."""
    rgb, alpha, _ = turned(name, 0)
    upright = Upright.of(rgb, alpha)

    assert upright.rgb is rgb
    assert upright.to_picture is None
    np.testing.assert_array_equal(upright.mask, alpha > 0.5)


@pytest.mark.parametrize("degrees", [-12, 6])
@pytest.mark.parametrize("name", NAMES)
def test_anchors_turn_with_the_garment(name: str, degrees: int) -> None:
    """Nobody lays a T-shirt down with a level: 6 degrees off moved collars by a quarter."""
    straight_rgb, straight_alpha, _ = turned(name, 0)
    shape = measure_silhouette(straight_alpha > 0.5)
    straight = find_anchors(shape, straight_rgb, type_of(name))
    rgb, alpha, turn = turned(name, degrees)
    upright = Upright.of(rgb, alpha)

    found = upright.in_picture(
        find_anchors(measure_silhouette(upright.mask), upright.rgb, type_of(name))
    )

    back = turned(name, 0)[2]
    to_turned = turn @ np.vstack([np.linalg.inv(np.vstack([back, (0, 0, 1)]))])
    expected = {a.name: to_turned @ (a.x, a.y, 1) for a in straight}
    true = true_anchors(name)
    sides = "armpit" if "left_armpit" in true else "waist"
    unit_px = np.hypot(*(expected[f"left_{sides}"] - expected[f"right_{sides}"]))
    gaps = {a.name: np.hypot(*(expected[a.name] - (a.x, a.y))) / unit_px for a in found}
    assert gaps.keys() == expected.keys()
    assert np.mean(list(gaps.values())) < 0.03
    assert {n: round(float(gap), 2) for n, gap in gaps.items() if gap > 0.15} == {}


def test_anchors_set_upright_measure_as_those_of_a_garment_laid_straight() -> None:
    """Heights are rows: on a turned garment one shoulder would be called higher than the other."""
    true = true_anchors("printed_tshirt")

    leaning = set_upright(true, -10)

    assert leaning["left_shoulder"].y > leaning["right_shoulder"].y + 20
    back = set_upright(leaning, 10)
    np.testing.assert_allclose(back.points_xy, true.points_xy, atol=1e-6)
    assert set_upright(true, 0) is true


def test_a_shape_that_is_even_every_way_or_none_is_not_turned() -> None:
    """A plate has any axis, and a garment thrown down has none: neither says how it lies."""
    plate = cv2.circle(np.zeros((200, 200), np.float32), (100, 100), 70, 1.0, cv2.FILLED)
    thrown = cv2.fillPoly(
        np.zeros((200, 200), np.float32),
        [np.array([(20, 30), (90, 10), (180, 60), (120, 90), (190, 170), (60, 120)])],
        1.0,
    )

    assert lean_deg(plate) == 0
    assert lean_deg(np.zeros((200, 200), np.float32)) == 0
    assert abs(lean_deg(thrown)) < MOST_TURN
