"""Stage 3 on garments of many shapes, drawn by `benchmarks.garments`."""

import numpy as np
import pytest

from benchmarks.garments import FAR, PRESSED, SHAPES, gaps
from benchmarks.varied_garments import Shape, Shot, photograph
from tests.fakes.models import Broken
from tryon.anchors import GarmentType
from tryon.stages.garment import Garment, prepare_garment
from tryon.stages.load import Photo

MISSES = {"cape sleeves": "armpit 0.50: the lower end of the cape's side is taken for it"}


def prepared(shot: Shot, garment_type: GarmentType | None) -> Garment:
    """The garment read from its true outline."""
    size_wh = (shot.photo.shape[1], shot.photo.shape[0])
    photo = Photo(shot.photo, shot.alpha, size_wh, "0" * 64)
    return prepare_garment(photo, garment_type, Broken(), Broken())


def shapes() -> list[object]:
    """All; those known to miss fail on purpose until they no longer do."""
    return [
        pytest.param(
            shape,
            id=name,
            marks=[pytest.mark.xfail(reason=MISSES[name], strict=True)] if name in MISSES else [],
        )
        for name, shape in SHAPES.items()
    ]


@pytest.mark.parametrize("shape", shapes())
def test_no_anchor_has_to_be_moved_by_hand(shape: Shape) -> None:
    """Whatever shape a garment has, its draft needs no corrected points."""
    shot = photograph(shape)

    far = gaps(prepared(shot, shape.kind).anchors, shot)

    assert {part: round(gap, 2) for part, gap in far.items() if gap > FAR} == {}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_the_type_is_told(shape: Shape) -> None:
    """A muscle shirt is no skirt, a sweater with its sleeves laid down no dress."""
    assert prepared(photograph(shape), None).garment_type == shape.kind


def test_the_trunk_is_as_broad_as_below_the_cuffs() -> None:
    """Sleeves laid against the trunk are not measured with it."""
    anchors = prepared(photograph(PRESSED), "sweater").anchors

    hem = anchors["left_hem"].x - anchors["right_hem"].x
    sleeves = anchors["left_sleeve_outer"].x - anchors["right_sleeve_outer"].x
    assert 1.1 < sleeves / hem < 1.6


def test_the_ruler_measures() -> None:
    """Points moved by a fifth of the torso are that far off; one that is missing is nowhere."""
    shot = photograph(SHAPES["T-shirt"])
    true = shot.anchors
    moved = true.moved(
        "left_armpit", true["left_armpit"].x + 0.2 * shot.torso_px, true["left_armpit"].y
    )
    fewer = true.only(n for n in true.names if n != "neck_front")

    assert set(gaps(true, shot).values()) == {0.0}
    np.testing.assert_allclose(gaps(moved, shot)["armpit"], 0.2)
    assert gaps(fewer, shot)["neck_front"] == float("inf")
