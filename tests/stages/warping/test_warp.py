"""Stage 4: smooth maps through pairs of points, and the strips that follow limbs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tryon.arrays import PointsXY
from tryon.errors import WarpFailed
from tryon.stages.warping.strip import fit_strip
from tryon.stages.warping.warp import Warp, fit_warp, sample

SHAPE_HW = (200, 240)
SOLID = np.ones(SHAPE_HW, np.float32)
# A shirt's anchors: neck, shoulders, armpits, waist, hem.
POINTS = np.array([
    (140, 40), (100, 40), (175, 55), (65, 55), (165, 95), (75, 95),
    (162, 140), (78, 140), (165, 180), (75, 180),
], float)  # fmt: skip


def seen_at(warp: Warp, xy: PointsXY) -> np.ndarray:
    """(N, 2) garment pixel seen at each whole pixel of the photo."""
    cols = xy[:, 0].round().astype(int) - warp.part[1].start
    rows = xy[:, 1].round().astype(int) - warp.part[0].start
    return np.asarray(warp.source_xy[rows, cols])


def turned(points_xy: PointsXY, angle_deg: float) -> PointsXY:
    """The points turned about their middle."""
    angle = np.radians(angle_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray((points_xy - points_xy.mean(axis=0)) @ turn.T + points_xy.mean(axis=0))


# --- the smooth map ------------------------------------------------------------------------------


def test_nothing_moved_nothing_changes() -> None:
    """Anchors left where they are show every pixel of the garment where it was."""
    warp = fit_warp(POINTS, POINTS, SHAPE_HW, SOLID)

    y, x = np.mgrid[: SHAPE_HW[0], : SHAPE_HW[1]]
    assert warp.source_xy.shape == (*SHAPE_HW, 2)
    np.testing.assert_allclose(warp.source_xy[8:-8, 8:-8, 0], x[8:-8, 8:-8], atol=0.01)
    np.testing.assert_allclose(warp.source_xy[8:-8, 8:-8, 1], y[8:-8, 8:-8], atol=0.01)
    np.testing.assert_allclose(warp.area, 1.0, atol=0.01)
    assert warp.stiffness == 0


moves = arrays(np.float64, POINTS.shape, elements=st.integers(-6, 6).map(float))


@settings(max_examples=40)
@given(moves=moves)
def test_every_anchor_lands_where_it_was_put(moves: np.ndarray) -> None:
    """Who drags the collar to the neck finds it there, not nearby."""
    warp = fit_warp(POINTS, POINTS + moves, SHAPE_HW, SOLID)

    gap = np.hypot(*(seen_at(warp, POINTS + moves) - POINTS).T)
    if warp.stiffness == 0:
        assert gap.max() < 0.5
    else:
        assert gap.max() < 2 * np.hypot(*moves.T).max() + 0.5


smooth = st.tuples(*[st.floats(-1, 1)] * 8)


@settings(max_examples=40)
@given(wave=smooth, size=st.floats(0, 25), angle_deg=st.floats(-60, 60))
def test_smooth_changes_never_fold_the_cloth(
    wave: tuple[float, ...], size: float, angle_deg: float
) -> None:
    """A leaning, turning, growing body bends the shirt; it does not turn it inside out."""
    x, y = (POINTS - POINTS.mean(axis=0)).T / 100
    dx = wave[0] * x + wave[1] * y + wave[2] * x * y + wave[3] * y * y
    dy = wave[4] * x + wave[5] * y + wave[6] * x * y + wave[7] * x * x
    target = turned(POINTS, angle_deg) + size * np.stack([dx, dy], axis=1)

    warp = fit_warp(POINTS, target, SHAPE_HW, SOLID)

    inside = ((warp.source_xy > 0) & (warp.source_xy < (240, 200))).all(axis=2)[1:-1, 1:-1]
    assert inside.sum() > 2000
    assert (warp.area[1:-1, 1:-1][inside] > 0).all()


def test_crossed_anchors_give_a_stiff_sheet_instead_of_a_fold() -> None:
    """Two points dragged past each other tear nothing: the cloth stays flat, and says so."""
    crossed = POINTS[[1, 0, *range(2, 10)]]

    warp = fit_warp(POINTS, crossed, SHAPE_HW, SOLID)

    assert warp.stiffness > 0
    assert (warp.area > 0).all()


def test_mirrored_anchors_do_not_mirror_the_garment() -> None:
    """Left and right mixed up throughout must not show the print backwards."""
    mirrored = POINTS * (-1, 1) + (240, 0)

    warp = fit_warp(POINTS, mirrored, SHAPE_HW, SOLID)

    assert warp.stiffness == 1
    assert (warp.area > 0).all()


def test_stiff_cloth_is_a_plain_sheet() -> None:
    """The strategy for uncertain anchors: one scale and turn for the whole trunk."""
    rng = np.random.default_rng(0)
    target = POINTS + rng.normal(0, 3, POINTS.shape)

    warp = fit_warp(POINTS, target, SHAPE_HW, SOLID, least_stiffness=1.0)

    assert np.ptp(warp.area) < 1e-3
    assert warp.stiffness == 1


def test_only_the_part_with_the_garment_is_computed() -> None:
    """A small shirt in a large photo costs little."""
    small = np.zeros(SHAPE_HW, np.float32)
    small[90:120, 100:140] = 1

    warp = fit_warp(POINTS, POINTS, SHAPE_HW, small)

    rows, cols = warp.part
    assert rows.start <= 90
    assert rows.stop >= 120
    assert cols.start <= 100
    assert cols.stop >= 140
    assert warp.area.size < 0.25 * SOLID.size


# Each becomes an answer in words.
LINE = np.stack([np.linspace(50, 180, 6), np.linspace(40, 150, 6)], axis=1)
DEGENERATE = {
    "two pairs": (POINTS[:2], POINTS[:2]),
    "one spot on the photo": (POINTS, np.full_like(POINTS, 80.0)),
    "one spot on the garment": (np.full_like(POINTS, 80.0), POINTS),
    "one line on the photo": (POINTS[:6], LINE),
    "one line on the garment": (LINE, POINTS[:6]),
    "the same point again and again": (POINTS[[0, 0, 0, 1, 1]], POINTS[[0, 0, 0, 1, 1]]),
    "outside of the photo": (POINTS, POINTS + np.array([5000, 0])),
}


@pytest.mark.parametrize(("source", "target"), DEGENERATE.values(), ids=DEGENERATE)
def test_points_that_carry_no_warp_are_refused(source: PointsXY, target: PointsXY) -> None:
    """The user reads what to do with the points, not about singular matrices."""
    with pytest.raises(WarpFailed) as refusal:
        fit_warp(source, target, SHAPE_HW, SOLID)

    assert refusal.value.code == "WARP_FAILED"
    assert "anchor points" in refusal.value.remedy


@pytest.mark.parametrize("far", [1e6, 1e20, 1e300], ids=str)
def test_a_point_at_the_end_of_the_world_is_refused_or_borne(far: float) -> None:
    """A slip in a coordinate of an edited file is answered in our words."""
    target = POINTS.copy()
    target[0] = far

    try:
        warp = fit_warp(POINTS, target, SHAPE_HW, SOLID)
    except WarpFailed:
        return

    assert np.isfinite(warp.area).all()


# --- sampling ------------------------------------------------------------------------------------


def test_an_unmoved_garment_keeps_its_pixels() -> None:
    """Without a warp there is no blur."""
    rgb = np.random.default_rng(0).integers(0, 256, (*SHAPE_HW, 3)).astype(np.uint8)
    warp = fit_warp(POINTS, POINTS, SHAPE_HW, SOLID)

    colours, alpha = sample(rgb, SOLID, warp)

    assert np.abs(colours - rgb)[8:-8, 8:-8].max() <= 2
    assert alpha[8:-8, 8:-8].min() > 0.99


@pytest.mark.parametrize("period", [2, 3, 4])
def test_fine_stripes_shrink_to_grey(period: int) -> None:
    """A finely striped shirt in a small photo looks grey, as to the eye, not like a zebra."""
    large_hw = (SHAPE_HW[0] * 5, SHAPE_HW[1] * 5)
    stripes = (np.arange(large_hw[0]) % period < period / 2) * 255
    rgb = np.broadcast_to(stripes[:, None, None], (*large_hw, 3)).astype(np.uint8)
    warp = fit_warp(POINTS * 5 + 2, POINTS, SHAPE_HW, np.ones(large_hw, np.float32))

    colours, _ = sample(np.ascontiguousarray(rgb), np.ones(large_hw, np.float32), warp)

    inner = colours[20:-20, 20:-20]
    assert abs(inner.mean() - stripes.mean()) < 4
    assert inner.std() < 30  # unfiltered stripes have 127


def test_beyond_the_garments_photo_there_is_no_cloth() -> None:
    """The border of the garment photo is not smeared over the person."""
    far = POINTS + np.array([60, 0])
    warp = fit_warp(POINTS, far, SHAPE_HW, SOLID)

    _, alpha = sample(np.full((*SHAPE_HW, 3), 90, np.uint8), SOLID, warp)

    left = max(0, 58 - warp.part[1].start)
    assert alpha[:, :left].max(initial=0.0) == 0
    assert alpha[:, left + 4 :].min() > 0.99


# --- strips along limbs --------------------------------------------------------------------------


def sleeve(start: tuple[float, float], middle: tuple[float, float], end: tuple[float, float],
           width: float) -> np.ndarray:  # fmt: skip
    """(3, 2, 2) cross-sections of a sleeve along a bent line, outer and inner point of each."""
    line = np.array([start, middle, end], float)
    along = [line[1] - line[0], line[2] - line[0], line[2] - line[1]]
    sections = []
    for point, direction in zip(line, along, strict=True):
        normal = np.array([-direction[1], direction[0]]) / np.hypot(*direction) * width / 2
        sections.append((point - normal, point + normal))
    return np.array(sections)


FLAT = sleeve((120, 20), (120, 90), (120, 160), 40)


def test_a_strip_meets_its_cross_sections() -> None:
    """Cuff, elbow and shoulder lie exactly on the arm's."""
    worn = sleeve((60, 40), (100, 100), (160, 130), 36).round()

    warp = fit_strip(FLAT, worn, SHAPE_HW)

    middles = worn.mean(axis=1).round()
    expected = FLAT.mean(axis=1)
    seen = seen_at(warp, middles)
    assert np.hypot(*(seen - expected).T).max() < 1.0


def test_an_unmoved_strip_shows_the_sleeve_as_it_was() -> None:
    """A sleeve that need not bend is copied."""
    warp = fit_strip(FLAT, FLAT, SHAPE_HW)

    y, x = np.mgrid[warp.part]
    there = ~np.isnan(warp.source_xy[..., 0])
    np.testing.assert_allclose(warp.source_xy[there], np.stack([x, y], -1)[there], atol=0.01)
    assert there[20:140, 10:40].all()


@pytest.mark.parametrize("bend_deg", [-150, -120, -90, -45, 0, 45, 90, 120, 150])
def test_a_bent_elbow_does_not_fold_the_sleeve(bend_deg: float) -> None:
    """Hands on hips, arms crossed: cloth of the inner elbow disappears, it does not turn over."""
    bend = np.radians(bend_deg)
    wrist = (120 + 60 * np.sin(bend), 90 + 60 * np.cos(bend))
    worn = sleeve((120, 30), (120, 90), wrist, 34)

    warp = fit_strip(FLAT, worn, SHAPE_HW)

    there = ~np.isnan(warp.source_xy[..., 0])
    assert (warp.area[there] > 0).all()
    assert there.sum() > 0.5 * 34 * 120


@pytest.mark.parametrize("bend_deg", [-90, -45, 45, 90])
def test_the_middle_of_a_bent_sleeve_has_no_holes(bend_deg: float) -> None:
    """Along the bone the cloth is closed, at the elbow too."""
    bend = np.radians(bend_deg)
    wrist = (120 + 60 * np.sin(bend), 90 + 60 * np.cos(bend))

    warp = fit_strip(FLAT, sleeve((120, 30), (120, 90), wrist, 34), SHAPE_HW)

    upper = np.linspace((120, 32), (120, 88), 30)
    lower = np.linspace((120, 90), wrist, 30)
    assert not np.isnan(seen_at(warp, np.vstack([upper, lower]))).any()


EMPTY = {
    "no width": sleeve((120, 20), (120, 90), (120, 160), 0.5),
    "one cross-section": FLAT[:1],
}


@pytest.mark.parametrize("sections", EMPTY.values(), ids=EMPTY)
def test_a_sleeve_without_width_or_length_is_refused(sections: np.ndarray) -> None:
    """Both points of a cuff on one spot: the user is asked to spread them."""
    with pytest.raises(WarpFailed):
        fit_strip(FLAT[: len(sections)], sections, SHAPE_HW)


def test_an_arm_outside_of_the_photo_shows_nothing() -> None:
    """A raised hand beyond the border is no failure; its sleeve is simply not seen."""
    warp = fit_strip(FLAT, FLAT + np.array([900, 0]), SHAPE_HW)

    _, alpha = sample(np.zeros((*SHAPE_HW, 3), np.uint8), SOLID, warp)

    assert alpha.max() == 0
