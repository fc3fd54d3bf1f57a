"""Array guards and the two conversions of ranges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tryon.arrays import (
    frozen,
    require_rgb,
    require_soft,
    to_uint8,
    to_unit_float,
)


@given(levels=arrays(np.uint8, st.tuples(st.integers(1, 5), st.integers(1, 5), st.just(3))))
def test_levels_survive_the_way_to_floats_and_back(levels: np.ndarray) -> None:
    """A picture converted twice is the same picture: no level creeps."""
    np.testing.assert_array_equal(to_uint8(to_unit_float(levels)), levels)


def test_out_of_range_is_clipped_not_wrapped() -> None:
    """An overshoot of a sharpening filter stays white instead of turning black."""
    np.testing.assert_array_equal(to_uint8(np.array([-0.2, 0.0, 1.0, 1.3])), [0, 0, 255, 255])


def test_unit_floats_are_single_precision() -> None:
    """Double precision would double the memory of every large photo."""
    unit = to_unit_float(np.array([0, 255], np.uint8))

    assert unit.dtype == np.float32
    assert unit.tolist() == [0.0, 1.0]


def test_a_frozen_array_refuses_to_be_written() -> None:
    """A cached photo drawn on by one run must not show up in the next."""
    array = frozen(np.zeros(3))

    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


WRONG = {
    "grey for colour": (require_rgb, np.zeros((4, 4), np.uint8)),
    "alpha for colour": (require_rgb, np.zeros((4, 4, 4), np.uint8)),
    "floats for levels": (require_rgb, np.zeros((4, 4, 3), np.float32)),
    "levels for a mask": (require_soft, np.zeros((4, 4), np.uint8)),
    "double precision mask": (require_soft, np.zeros((4, 4), np.float64)),
    "mask with channels": (require_soft, np.zeros((4, 4, 1), np.float32)),
}


@pytest.mark.parametrize(("guard", "array"), WRONG.values(), ids=WRONG)
def test_a_wrong_array_is_named_with_what_was_wanted(guard, array) -> None:  # type: ignore[no-untyped-def]
    """The developer who passes it reads at once which argument it was and what it should be."""
    with pytest.raises(ValueError, match="thing: want"):
        guard(array, "thing")


def test_right_arrays_pass() -> None:
    """The guards do not refuse what the stages hand to each other."""
    require_rgb(np.zeros((4, 5, 3), np.uint8), "photo")
    require_soft(np.zeros((4, 5), np.float32), "mask")
