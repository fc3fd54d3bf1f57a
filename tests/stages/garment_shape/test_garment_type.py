"""Stage 3: what kind of garment it is, told from outline and picture."""

from functools import cache

import cv2
import numpy as np
import pytest

from tests.fakes.models import Broken
from tests.fakes.wardrobe import GARMENTS, drawn, photo_rgb, true_alpha, type_of
from tryon.arrays import RgbImage
from tryon.geometry import fit_within
from tryon.stages.garment import OUTLINE_SIDE, prepare_garment
from tryon.stages.garment_shape.front import opens_at_front
from tryon.stages.garment_shape.garment_type import UNSURE, detect_type
from tryon.stages.garment_shape.silhouette import Silhouette, measure_silhouette
from tryon.stages.load import Photo


@cache
def seen(name: str) -> tuple[Silhouette, RgbImage]:
    """A drawn garment's outline and picture at the size types are told at."""
    alpha = true_alpha(name)
    size_wh = fit_within((alpha.shape[1], alpha.shape[0]), OUTLINE_SIDE)
    mask = cv2.resize(alpha, size_wh, interpolation=cv2.INTER_AREA) > 0.5
    return measure_silhouette(mask), cv2.resize(
        photo_rgb(name), size_wh, interpolation=cv2.INTER_AREA
    )


def drawn_garments() -> list[object]:
    """Every drawn garment; what is not told yet stands here with its reason."""
    striped = pytest.mark.xfail(reason="pin stripes hide the placket: taken for a sweater")
    return [
        pytest.param(name, marks=[striped] if name == "button_shirt" else []) for name in GARMENTS
    ]


@pytest.mark.parametrize("name", drawn_garments())
def test_the_type_is_told(name: str) -> None:
    """Most people never touch the type selector."""
    detected, confidence = detect_type(*seen(name))

    assert detected == type_of(name)
    assert 0.5 <= confidence < 1


@pytest.mark.parametrize("name", GARMENTS)
def test_the_mirrored_garment_is_of_the_same_type(name: str) -> None:
    """A guess that depends on which way the photo was flipped is no guess to start from."""
    shape, rgb = seen(name)

    assert (
        detect_type(shape.mirrored, np.ascontiguousarray(rgb[:, ::-1]))[0]
        == detect_type(*seen(name))[0]
    )


@pytest.mark.parametrize(
    "name", ["white_tshirt", "printed_tshirt", "striped_sweater", "hoodie", "tank_top"]
)
def test_prints_stripes_and_pockets_are_no_front_opening(name: str) -> None:
    """A T-shirt with a picture on it is not called a shirt."""
    assert not opens_at_front(*seen(name))


def test_a_flared_skirt_is_not_a_top() -> None:
    """Its waist is half as wide as its hem, and nothing of it is worn above the waist."""
    y, x = np.mgrid[:600, :450]
    skirt = (y > 50) & (y < 550) & (np.abs(x - 225) < 60 + (y - 50) * 0.26)

    detected, _ = detect_type(measure_silhouette(skirt), np.full((600, 450, 3), 180, np.uint8))

    assert detected == "skirt"


@pytest.mark.parametrize(("name", "is_sure"), [("jeans", True), ("striped_sweater", False)])
def test_a_guess_that_is_not_sure_asks(name: str, is_sure: bool) -> None:
    """The note that says what the garment was taken for also says when to look at it."""
    garment = drawn(name)
    photo = Photo(garment.photo.rgb, garment.alpha, garment.photo.size_wh, "0" * 64)

    guessed = prepare_garment(photo, None, Broken(), Broken())

    assert (guessed.type_confidence >= UNSURE) == is_sure
    assert ("choose the type" in guessed.notes[-1]) == (not is_sure)
