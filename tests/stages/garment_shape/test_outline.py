"""Stage 3: what cannot be a garment is refused in words; everything worn passes."""

import cv2
import numpy as np
import pytest

from tests.fakes.models import FakeMatting, FakePose
from tests.fakes.wardrobe import GARMENTS, true_alpha
from tryon.arrays import RgbImage, SoftMask
from tryon.errors import SegmentationFailed
from tryon.stages.garment import prepare_garment
from tryon.stages.garment_shape.outline import require_garment_outline
from tryon.stages.load import Photo

SIZE_HW = (400, 300)
Outline = list[tuple[float, float]]


def filled(*outlines: Outline) -> SoftMask:
    """What the outlines enclose."""
    mask = np.zeros(SIZE_HW, np.uint8)
    for outline in outlines:
        cv2.fillPoly(mask, [np.round(np.array(outline)).astype(np.int32)], 1)
    return mask.astype(np.float32)


def oval(middle: tuple[int, int], axes: tuple[int, int]) -> SoftMask:
    """An ellipse."""
    mask = np.zeros(SIZE_HW, np.uint8)
    return cv2.ellipse(mask, middle, axes, 0, 0, 360, 1, cv2.FILLED).astype(np.float32)


def of_one_colour(level: int = 30) -> RgbImage:
    """A photo without any texture."""
    return np.full((*SIZE_HW, 3), level, np.uint8)


def textured() -> RgbImage:
    """A photo full of detail."""
    return np.random.default_rng(0).integers(0, 255, (*SIZE_HW, 3)).astype(np.uint8)


RECTANGLE: Outline = [(70, 60), (230, 60), (230, 330), (70, 330)]
NO_GARMENT = {
    "a rectangle": filled(RECTANGLE),
    "a turned rectangle": filled([(60, 100), (220, 60), (270, 260), (110, 300)]),
    "a ball": oval((150, 200), (110, 110)),
    "a plate seen aslant": oval((150, 200), (130, 80)),
    "letters": filled(*[
        [(x, y), (x + 30, y), (x + 30, y + 50)] for x in (40, 140) for y in (60, 260)
    ]),
    "a crane": filled([(60, 60), (90, 60), (90, 330), (60, 330)],
                      [(60, 60), (280, 60), (280, 90), (60, 90)],
                      [(250, 90), (280, 90), (280, 200), (250, 200)]),
}  # fmt: skip
WORN = {
    "a towel worn as a skirt": filled([(75, 60), (225, 62), (236, 330), (66, 334)]),
    "a tube top": filled([(60, 150), (150, 160), (240, 150), (232, 250), (150, 256), (68, 250)]),
    "a poncho": filled([(130, 80), (150, 92), (170, 80), (280, 280), (150, 340), (20, 280)]),
    "a folded scarf": filled([(100, 40), (200, 46), (206, 360), (150, 352), (94, 364)]),
    "trousers": filled([(90, 50), (210, 50), (235, 360), (165, 360), (150, 150), (135, 360),
                        (65, 360)]),
    "a turned shirt": filled([(110, 70), (190, 100), (270, 190), (235, 220), (200, 190), (140, 350),
                              (30, 310), (90, 150), (60, 140), (70, 95)]),
    "a bikini top": filled([(40, 200), (140, 190), (130, 260), (70, 260)],
                           [(160, 190), (260, 200), (230, 260), (170, 260)]),
}  # fmt: skip


@pytest.mark.parametrize("alpha", NO_GARMENT.values(), ids=NO_GARMENT)
def test_what_no_garment_looks_like_is_refused(alpha: SoftMask) -> None:
    """A black rectangle worn as a skirt is a joke; the sentence says what helps instead."""
    with pytest.raises(SegmentationFailed) as refusal:
        require_garment_outline(of_one_colour(), alpha, None)

    assert "does not look like a garment" in refusal.value.message
    assert "choose its type" in refusal.value.remedy


@pytest.mark.parametrize("alpha", WORN.values(), ids=WORN)
def test_simple_garments_pass(alpha: SoftMask) -> None:
    """Cloth has no straight sides, and many garments neither sleeves nor neck."""
    require_garment_outline(of_one_colour(), alpha, None)


@pytest.mark.parametrize("name", GARMENTS)
def test_drawn_garments_pass(name: str) -> None:
    """Whatever is in the wardrobe can be worn."""
    alpha = true_alpha(name)

    require_garment_outline(np.full((*alpha.shape, 3), 60, np.uint8), alpha, None)


def test_a_round_cape_passes_when_it_is_named() -> None:
    """Who chooses a type is believed that it is a garment."""
    require_garment_outline(textured(), NO_GARMENT["a ball"], "tshirt")


def test_a_black_rectangle_is_no_garment_whatever_it_is_called() -> None:
    """There is nothing to be seen on it."""
    with pytest.raises(SegmentationFailed):
        require_garment_outline(of_one_colour(), NO_GARMENT["a rectangle"], "skirt")


def test_a_book_is_refused_and_a_quilt_named_a_skirt_is_not() -> None:
    """Straight sides with something on them: the name decides."""
    with pytest.raises(SegmentationFailed):
        require_garment_outline(textured(), NO_GARMENT["a rectangle"], None)

    require_garment_outline(textured(), NO_GARMENT["a rectangle"], "skirt")


def test_a_cutout_made_by_hand_is_not_doubted() -> None:
    """Who brings a picture with transparency has looked at it."""
    ball = NO_GARMENT["a ball"]
    photo = Photo(textured(), ball, (SIZE_HW[1], SIZE_HW[0]), "0" * 64)

    garment = prepare_garment(photo, None, FakeMatting(ball), FakePose(()))

    assert garment.cutout_confidence == 1.0


def test_crumbs_of_an_outline_break_nothing() -> None:
    """A page of text taken for a garment by name gives poor points, not a crash."""
    letters = NO_GARMENT["letters"]
    photo = Photo(textured(), letters, (SIZE_HW[1], SIZE_HW[0]), "0" * 64)

    garment = prepare_garment(photo, "sweater", FakeMatting(letters), FakePose(()))

    assert np.isfinite(garment.anchors.points_xy).all()
