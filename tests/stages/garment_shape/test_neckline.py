"""The front of a collar: told from the back's inside, from ribs and from prints."""

import cv2
import numpy as np
import pytest

from tryon.anchors import Anchor, AnchorSet
from tryon.arrays import RgbImage, SoftMask
from tryon.stages.garment_shape.neckline import (
    HOOD_OPENING,
    find_neckline,
    neck_breadth,
    neckline_power,
)
from tryon.stages.garment_shape.silhouette import measure_silhouette

SIDE = 400  # px of the picture
LEFT, RIGHT, TOP, WIDTH = 260, 140, 60, 240  # columns of the neck points, their row, torso width
CLOTH, SHADED, RIB, PRINT = (180, 60, 60), (70, 20, 20), (30, 40, 120), (240, 230, 200)


def bodice(power: float, depth: float, rib: float = 0.0) -> tuple[RgbImage, SoftMask]:
    """A T-shirt without sleeves: the shaded inside of its back above a neckline of that shape."""
    rgb = np.full((SIDE, SIDE, 3), 255, np.uint8)
    rgb[TOP:360, 80:320] = CLOTH
    t = np.linspace(-1, 1, 101)
    x = (LEFT + RIGHT) / 2 + t * (LEFT - RIGHT) / 2
    for colour, hang in ((RIB, depth + rib), (SHADED, depth)):
        y = TOP + hang * WIDTH * (1 - np.abs(t) ** power)
        cv2.fillPoly(rgb, [np.column_stack([x, y]).round().astype(np.int32)], colour, cv2.LINE_AA)
    alpha = np.zeros((SIDE, SIDE), np.float32)
    alpha[TOP:360, 80:320] = 1
    return rgb, alpha


def front_depth(rgb: RgbImage, alpha: SoftMask) -> float:
    """How deep the front is found, in torso widths."""
    necks = (Anchor("left_neck", LEFT, TOP), Anchor("right_neck", RIGHT, TOP))
    found = find_neckline(measure_silhouette(alpha > 0.5), rgb, *necks, WIDTH)
    return (found["neck_front"].y - TOP) / WIDTH


@pytest.mark.parametrize("depth", [0.12, 0.2, 0.32, 0.44])
def test_the_front_ends_where_the_shaded_inside_of_the_back_does(depth: float) -> None:
    """Otherwise the inside of the collar lies over the chest."""
    assert front_depth(*bodice(2.2, depth)) == pytest.approx(depth, abs=0.02)


def test_a_rib_belongs_to_the_front() -> None:
    """A neckline at its lower edge would take the rib away."""
    assert front_depth(*bodice(3.2, 0.2, rib=0.05)) == pytest.approx(0.2, abs=0.02)


def test_a_print_below_the_neckline_is_none() -> None:
    """Its edge is stronger, but only in the middle of the curve."""
    rgb, alpha = bodice(3.2, 0.2)
    cv2.circle(rgb, (200, 210), 60, PRINT, -1, cv2.LINE_AA)

    assert front_depth(rgb, alpha) == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize(("cloth", "ink"), [((245, 245, 245), (30, 30, 30)), (SHADED, PRINT)])
def test_a_line_of_letters_is_no_neckline(
    cloth: tuple[int, int, int], ink: tuple[int, int, int]
) -> None:
    """As broad as the collar, and far stronger than the edge of white cloth before white cloth."""
    rgb, alpha = bodice(2.2, 0.0)
    rgb[alpha > 0] = cloth
    lettering = TOP + round(0.5 * WIDTH)
    for left in range(RIGHT, LEFT, 20):
        rgb[lettering : lettering + 40, left : left + 16] = ink

    assert front_depth(rgb, alpha) < 0.35


def test_a_collar_that_stands_up_is_closed_in_front() -> None:
    """Opened at its foot, a turtleneck shows a hole where its collar should be."""
    rgb, alpha = bodice(2.2, 0.0)
    rgb[:], alpha[:] = CLOTH, 0
    alpha[TOP:120, 160:240] = 1  # the tube
    trunk = [(160, 110), (240, 110), (320, 150), (320, 360), (80, 360), (80, 150)]
    cv2.fillPoly(alpha, [np.array(trunk)], 1)
    rgb[108:114] = SHADED  # the seam at its foot
    necks = (Anchor("left_neck", 236, TOP), Anchor("right_neck", 164, TOP))

    found = find_neckline(measure_silhouette(alpha > 0.5), rgb, *necks, WIDTH)

    assert found["neck_front"].y == pytest.approx(TOP, abs=2)


def anchors(depth: float) -> AnchorSet:
    """The points a neckline of that depth hangs from."""
    points = (
        Anchor("left_neck", LEFT, TOP),
        Anchor("right_neck", RIGHT, TOP),
        Anchor("neck_front", (LEFT + RIGHT) / 2, TOP + depth * WIDTH),
        Anchor("left_armpit", 320, 200),
        Anchor("right_armpit", 80, 200),
    )
    return AnchorSet(SIDE, SIDE, points)


@pytest.mark.parametrize("power", [1.0, 2.2, 3.2])
def test_a_pointed_neckline_is_told_from_a_round_one(power: float) -> None:
    """A V opened as a round neck would cut the cloth beside it."""
    assert neckline_power(*bodice(power, 0.3), anchors(0.3)) == power


def test_a_neckline_nobody_can_see_is_taken_to_be_round() -> None:
    """Black on black: a usual shape is the best guess."""
    rgb, alpha = bodice(3.2, 0.2)
    rgb[:] = CLOTH

    assert neckline_power(rgb, alpha, anchors(0.2)) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("name", "x", "y"),
    [
        ("left_armpit", 81, 200),  # no trunk between them
        ("left_armpit", 96, 200),
        ("left_neck", 9000, TOP),
        ("left_neck", LEFT, -9000),
        ("left_neck", RIGHT - 40, TOP),  # on the other side
        ("neck_front", 200, 9000),
        ("neck_front", 200, TOP - 50),
    ],
)
def test_points_dragged_anywhere_cost_no_memory(name: str, x: float, y: float) -> None:
    """The picture of the collar is as large as the points say: a slip asks for no gigabytes."""
    rgb, alpha = bodice(2.2, 0.2)

    assert neckline_power(rgb, alpha, anchors(0.2).moved(name, x, y)) == pytest.approx(2.0)


def test_a_hood_is_open_between_its_sides_alone() -> None:
    """From one outer side to the other it would be cut away."""
    alpha = bodice(2.2, 0.1)[1]
    hooded = alpha.copy()
    cv2.ellipse(hooded, (200, TOP), (60, 55), 0, 180, 360, 1.0, -1)

    assert neck_breadth(alpha, anchors(0.1)) == 1
    assert neck_breadth(hooded, anchors(0.1)) == HOOD_OPENING
