"""Creases between trunk and sleeve are cloth, not what was worn before."""

import numpy as np
import pytest

from tryon.stages.warping.gaps import Room, find_gaps

RED = (200.0, 40.0, 60.0)
HEIGHT, WIDTH = 120, 160


def two_sheets(gap_px: int) -> tuple[np.ndarray, np.ndarray]:
    """A trunk and a sleeve side by side, `gap_px` apart: premultiplied colours, region."""
    region = np.zeros((HEIGHT, WIDTH), np.float32)
    region[20:100, 20:80] = 1
    region[20:100, 80 + gap_px : 110 + gap_px] = 1
    return region[..., None] * np.array(RED, np.float32), region


def close(
    colours: np.ndarray,
    region: np.ndarray,
    *,
    dressed: np.ndarray | float = 0.0,
    sleeved: np.ndarray | float = 0.0,
    arms: np.ndarray | float = 0.0,
    gap_px: float = 20,
) -> None:
    """Close gaps in place; a mask may be one number for the whole picture."""
    may, must, limbs = (
        np.full(region.shape, mask, np.float32) for mask in (dressed, sleeved, arms)
    )
    gaps = find_gaps(region, Room.of(may, must, limbs, gap_px))
    if gaps is not None:
        gaps.close(colours, region)


@pytest.mark.parametrize("gap_px", [6, 10, 16])
def test_a_narrow_gap_becomes_cloth_a_little_darker(gap_px: int) -> None:
    """The old top does not shine through between arm and body."""
    colours, region = two_sheets(gap_px)

    close(colours, region, dressed=1)

    middle = np.s_[40:80, 82 : 78 + gap_px]
    assert region[middle].min() > 0.9
    np.testing.assert_allclose(colours[middle].mean(axis=(0, 1)), np.array(RED) * 0.85, rtol=0.15)


def test_a_wide_gap_stays_open() -> None:
    """An arm held away from the body shows the room behind."""
    colours, region = two_sheets(40)
    before = region.copy()

    close(colours, region, dressed=1)

    np.testing.assert_array_equal(region, before)


def test_cloth_is_added_only_where_the_person_was_dressed() -> None:
    """Hands, hair and the room between arm and body stay in front."""
    colours, region = two_sheets(10)
    before = region.copy()

    close(colours, region)

    np.testing.assert_array_equal(region, before)


def test_the_outline_of_the_garment_stays_where_it_was() -> None:
    """Closing gaps never makes the garment larger."""
    colours, region = two_sheets(10)

    close(colours, region, dressed=1)

    assert region[:18].max() == 0
    assert region[:, :18].max() == 0
    assert region[:, 124:].max() == 0


def test_a_sleeve_goes_on_to_the_edge_of_the_arm_it_hides() -> None:
    """No skin beside a sleeve that is narrower than the arm, and in the sleeve's full light."""
    colours, region = two_sheets(40)
    sleeved = np.zeros_like(region)
    sleeved[30:90, 150:156] = 1

    close(colours, region, sleeved=sleeved, gap_px=40)

    beside = np.s_[40:80, 151:155]
    assert region[beside].min() > 0.9
    np.testing.assert_allclose(colours[beside].mean(axis=(0, 1)), np.array(RED), rtol=0.05)


def test_an_arm_far_from_the_cloth_stays_bare() -> None:
    """Only a rim is added, not a sleeve that the garment does not have."""
    colours, region = two_sheets(4)
    sleeved = np.zeros_like(region)
    sleeved[30:90, 140:156] = 1
    before = region.copy()

    close(colours, region, sleeved=sleeved)

    np.testing.assert_array_equal(region[:, 130:], before[:, 130:])


def test_a_narrow_gap_beside_a_bare_arm_becomes_cloth() -> None:
    """A top that hung against the arm does so still, though the new one is a little slimmer."""
    colours, region = two_sheets(0)
    arm = np.zeros_like(region)
    arm[20:100, 122:150] = 1  # twelve pixels beside the cloth

    close(colours, region, dressed=1 - arm, arms=arm)

    assert region[40:80, 112:120].min() > 0.9
    assert region[40:80, 124:].max() < 0.1


def test_stripes_go_on_into_a_gap() -> None:
    """Cloth that is added has the pattern of what it continues, not its average colour."""
    _, region = two_sheets(40)
    stripes = np.where(np.arange(HEIGHT) // 10 % 2, 250.0, 20.0).astype(np.float32)
    colours = region[..., None] * stripes[:, None, None]
    colours = np.ascontiguousarray(np.broadcast_to(colours, (HEIGHT, WIDTH, 3)), np.float32)
    sleeved = np.zeros_like(region)
    sleeved[30:90, 150:157] = 1

    close(colours, region, sleeved=sleeved, gap_px=40)

    middles = np.arange(35, 90, 10)
    np.testing.assert_allclose(colours[middles, 153, 0], stripes[middles], atol=12)
