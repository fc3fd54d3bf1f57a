"""Stage 3: between dark stripes, pale cloth ends where the dark cloth ends, not in teeth."""

import cv2
import numpy as np
import pytest

from tests.stages.garment_cutout.test_cutout import blurred, iou
from tests.stages.garment_cutout.test_cutout_gaps import (
    SWEATER,
    TRUNK_MASK,
    WHITE,
    Rgb,
    dyed,
    photographed,
    striped,
)
from tryon.arrays import BoolMask, RgbImage
from tryon.stages.garment_cutout.backdrop import find_backdrop
from tryon.stages.garment_cutout.cutout import cut_out
from tryon.stages.garment_cutout.pale_edge import follow_pale_edges

NAVY, CREAM, OFF_WHITE, SKY = (35, 40, 70), (244, 236, 220), (240, 240, 243), (150, 185, 225)


def rim_error(alpha: np.ndarray, cloth: BoolMask) -> float:
    """Mean difference of the alpha and the true mask within 5 px of its outline."""
    kernel = np.ones((11, 11), np.uint8)
    true = cloth.astype(np.uint8)
    rim = cv2.dilate(true, kernel) > cv2.erode(true, kernel)
    return float(np.abs(alpha - blurred(cloth, 0.8))[rim].mean())


@pytest.mark.parametrize("breadth", [7, 14])
@pytest.mark.parametrize(
    ("dark", "pale"),
    [(NAVY, CREAM), (NAVY, OFF_WHITE), (SKY, OFF_WHITE)],
    ids=["navy on cream", "navy on white", "sky on white"],
)
def test_striped_cloth_has_no_teeth(dark: Rgb, pale: Rgb, breadth: int) -> None:
    """The commonest pattern of all: white stripes on a white background."""
    photo = photographed(striped(dark, pale, breadth), SWEATER, WHITE, 0.0, noise=0.3)

    cutout = cut_out(photo, blurred(SWEATER, 2.0))

    assert rim_error(cutout.alpha, SWEATER) < 0.07
    assert iou(cutout.alpha, SWEATER) > 0.985


@pytest.mark.parametrize("shadow", [0.15, 0.3], ids=["faint", "deep"])
@pytest.mark.parametrize("cloth", [dyed(NAVY), dyed(SKY)], ids=["navy", "sky"])
def test_a_shadow_beside_dark_cloth_is_no_pale_cloth(cloth: RgbImage, shadow: float) -> None:
    """A shadow is as pale as a stripe, and lies further out than the cloth's own edge."""
    photo = photographed(cloth, SWEATER, WHITE, shadow, noise=0.3)
    alpha = blurred(SWEATER, 0.8)

    followed = follow_pale_edges(photo, find_backdrop(photo), SWEATER, alpha)

    np.testing.assert_array_equal(followed, alpha)


def test_cloth_of_one_colour_is_left_to_the_filter() -> None:
    """The contour's own edge is smoother than lace or fringes are."""
    photo = photographed(dyed(OFF_WHITE), SWEATER, WHITE, 0.0)
    alpha = blurred(SWEATER, 0.8)

    followed = follow_pale_edges(photo, find_backdrop(photo), SWEATER, alpha)

    np.testing.assert_array_equal(followed, alpha)


def test_a_restless_background_says_nothing_of_pale_edges() -> None:
    """What differs from it by a few units is everywhere."""
    photo = photographed(striped(NAVY, CREAM), TRUNK_MASK, (150, 150, 150), 0.0, noise=9.0)
    alpha = blurred(TRUNK_MASK, 0.8)

    assert follow_pale_edges(photo, find_backdrop(photo), TRUNK_MASK, alpha) is alpha
