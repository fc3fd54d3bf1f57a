"""Stage 1: clothes painted over with edges as sharp as the photo's."""

import numpy as np
import pytest

from tryon.stages.old_clothes.paint_over import Coat, Underlay, take_off

SKIN, WALL, RED = (210, 160, 140), (90, 120, 90), (200, 30, 30)
SMALL_HW, SCALE = (60, 40), 4


def in_two_layers(place: np.ndarray) -> Underlay:
    """A body before a wall, over everything."""
    wall, skin = (np.full((*SMALL_HW, 3), colour, np.uint8) for colour in (WALL, SKIN))
    everywhere = np.ones(SMALL_HW, bool)
    return Underlay((Coat(everywhere, wall), Coat(place, skin)), everywhere)


def photo() -> np.ndarray:
    """Old cloth all over."""
    return np.full((SMALL_HW[0] * SCALE, SMALL_HW[1] * SCALE, 3), RED, np.uint8)


def test_a_painted_arm_ends_within_few_pixels() -> None:
    """It is drawn on a small grid; enlarged it has no broad blur."""
    place = np.zeros(SMALL_HW, bool)
    place[:, :20] = True

    without = take_off(photo(), np.ones(SMALL_HW, bool), in_two_layers(place)).photo_without

    row = without[120].astype(int)
    mixed = (np.abs(row - SKIN).max(axis=1) > 4) & (np.abs(row - WALL).max(axis=1) > 4)
    assert 0 < mixed.sum() <= 2 * SCALE
    assert np.abs(np.flatnonzero(mixed).mean() - (20 * SCALE - 0.5)) < 1


def test_a_slanting_edge_has_no_stairs() -> None:
    """The steps of the grid would be four pixels wide."""
    y, x = np.mgrid[: SMALL_HW[0], : SMALL_HW[1]]
    place = x < 8 + y / 3

    without = take_off(photo(), np.ones(SMALL_HW, bool), in_two_layers(place)).photo_without

    share = (without[..., 0].astype(float) - WALL[0]) / (SKIN[0] - WALL[0])
    edge = share[40:200].sum(axis=1)
    line = np.polyval(np.polyfit(np.arange(len(edge)), edge, 1), np.arange(len(edge)))
    assert np.abs(edge - line).max() < 0.35 * SCALE


@pytest.mark.parametrize("box", [np.s_[7:31, 5:22], np.s_[0:60, 0:40], np.s_[48:60, 28:40]])
def test_colours_do_not_move_with_the_part_that_is_painted(box: tuple[slice, slice]) -> None:
    """Only the part around old clothes is computed, and looks as in the whole."""
    ramp = np.zeros((*SMALL_HW, 3), np.uint8)
    ramp[..., 0] = np.linspace(0, 240, SMALL_HW[1])
    ramp[..., 1] = np.linspace(0, 240, SMALL_HW[0])[:, None]
    everywhere = np.ones(SMALL_HW, bool)
    old = np.zeros(SMALL_HW, bool)
    old[box] = True

    part = take_off(photo(), old, Underlay((Coat(everywhere, ramp),), old)).photo_without
    whole = take_off(photo(), old, Underlay((Coat(everywhere, ramp),), everywhere)).photo_without

    inside = np.s_[
        SCALE * (box[0].start) + SCALE : SCALE * box[0].stop - SCALE,
        SCALE * (box[1].start) + SCALE : SCALE * box[1].stop - SCALE,
    ]
    assert part[inside].size
    np.testing.assert_allclose(part[inside].astype(int), whole[inside].astype(int), atol=2)
