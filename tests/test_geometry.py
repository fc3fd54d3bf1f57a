"""Pixel grids: what the resizing formulas promise."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tryon.geometry import Resize, fit_within, mask_box_xyxy, polyline_point, unit

sides = st.integers(1, 8000)
sizes = st.tuples(sides, sides)
points = arrays(np.float64, st.tuples(st.integers(1, 6), st.just(2)), elements=st.floats(-1e4, 1e4))


@given(source=sizes, target=sizes, xy=points)
def test_the_inverse_brings_points_back(
    source: tuple[int, int], target: tuple[int, int], xy: np.ndarray
) -> None:
    """A point clicked on the shown picture is the point meant on the photo."""
    resize = Resize(source, target)

    back = resize.inverse.points(resize.points(xy))

    np.testing.assert_allclose(back, xy, atol=1e-6 * max(1, *source))


@pytest.mark.parametrize("side_px", [20, 40, 160], ids=["shrunk", "same", "enlarged"])
def test_points_move_as_opencv_moves_pixels(side_px: int) -> None:
    """A point stays on what it marks when the picture below it is resized."""
    spot = np.zeros((40, 40), np.float32)
    spot[12:16, 20:28] = 1  # its middle is at x 23.5, y 13.5

    resized = cv2.resize(spot, (side_px, side_px), interpolation=cv2.INTER_AREA)

    y, x = np.mgrid[:side_px, :side_px]
    seen = np.array([(x * resized).sum(), (y * resized).sum()]) / resized.sum()
    mapped = Resize((40, 40), (side_px, side_px)).points(np.array([23.5, 13.5]))
    np.testing.assert_allclose(seen, mapped, atol=0.02)


def test_a_resize_keeps_the_type_and_what_is_not_there() -> None:
    """Maps of half a gigabyte must not double, and NaN says that nothing is seen."""
    xy = np.array([[np.nan, 3.0]], np.float32)

    moved = Resize((10, 10), (20, 20)).points(xy)

    assert moved.dtype == np.float32
    assert np.isnan(moved[0, 0])
    assert moved[0, 1] == 6.5


@given(size=sizes, side_px=sides)
def test_fitting_within_never_enlarges_and_keeps_the_shape(
    size: tuple[int, int], side_px: int
) -> None:
    """A small photo is not blown up, a large one is not squeezed."""
    width, height = fit_within(size, side_px)

    assert 1 <= width <= size[0]
    assert 1 <= height <= size[1]
    assert max(width, height) == min(side_px, *[max(size)])
    scale = min(1.0, side_px / max(size))
    assert abs(width - size[0] * scale) <= 1
    assert abs(height - size[1] * scale) <= 1


@given(
    mask=arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12))),
)
def test_the_box_holds_every_pixel_and_no_empty_border(mask: np.ndarray) -> None:
    """A crop by this box loses nothing and wastes nothing."""
    box = mask_box_xyxy(mask)

    if box is None:
        assert not mask.any()
        return
    x0, y0, x1, y1 = box
    inside = mask[y0:y1, x0:x1]
    assert inside.sum() == mask.sum()
    assert inside[0].any()
    assert inside[-1].any()
    assert inside[:, 0].any()
    assert inside[:, -1].any()


@given(
    steps=arrays(np.float64, st.tuples(st.integers(1, 5), st.just(2)), elements=st.floats(1, 50)),
    share=st.floats(0, 1),
)
def test_a_point_along_a_line_is_that_far_along(steps: np.ndarray, share: float) -> None:
    """A sleeve of 30 cm ends 30 cm down the arm, however the arm bends."""
    line = np.vstack([np.zeros(2), np.cumsum(steps, axis=0)])
    lengths = np.hypot(*steps.T)
    distance = share * lengths.sum()

    point, direction = polyline_point(line, distance)

    passed = int(np.searchsorted(np.cumsum(lengths), distance - 1e-9))
    passed = min(passed, len(lengths) - 1)
    along = lengths[:passed].sum() + np.hypot(*(point - line[passed]))
    np.testing.assert_allclose(along, distance, atol=1e-6)
    np.testing.assert_allclose(direction, steps[passed] / lengths[passed], atol=1e-6)


def test_past_the_end_a_line_goes_on_straight() -> None:
    """A sleeve longer than the arm seen continues in the arm's last direction."""
    line = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]])

    point, direction = polyline_point(line, 35.0)

    np.testing.assert_allclose(point, [10.0, 25.0])
    np.testing.assert_allclose(direction, [0.0, 1.0])


def test_a_line_that_comes_back_to_its_end_is_walked_in_full() -> None:
    """A hand back at the elbow (an arm bent double) does not cut the arm short."""
    line = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 20.0], [10.0, 0.0]])

    point, _ = polyline_point(line, 25.0)

    np.testing.assert_allclose(point, [10.0, 15.0])


def test_a_line_of_one_point_is_our_mistake() -> None:
    """Nothing can be measured along a single point."""
    with pytest.raises(ValueError, match="two points"):
        polyline_point(np.array([[1.0, 2.0]]), 3.0)


def test_no_direction_stays_none() -> None:
    """Two joints on one spot give no direction, and no division by zero."""
    np.testing.assert_array_equal(unit(np.zeros(2)), np.zeros(2))
