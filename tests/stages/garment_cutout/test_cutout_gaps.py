"""Stage 3: background and shadow between sleeve and trunk are no cloth, and pale cloth is."""

import cv2
import numpy as np
import pytest

from tests.stages.garment_cutout.test_cutout import blurred, iou
from tryon.arrays import BoolMask, RgbImage
from tryon.stages.garment_cutout.cutout import cut_out

SIZE_HW = (640, 480)
TRUNK = [(180, 110), (300, 110), (330, 300), (325, 520), (155, 520), (150, 300)]
LEFT_SLEEVE = [(180, 110), (140, 125), (60, 450), (110, 460), (160, 270)]  # the picture's
WHITE, GREY, WALL = (252, 252, 252), (214, 214, 216), (188, 206, 196)

Rgb = tuple[int, int, int]


def polygon(*outlines: list[tuple[int, int]]) -> BoolMask:
    """What any of the outlines encloses."""
    mask = np.zeros(SIZE_HW, np.uint8)
    for outline in outlines:
        cv2.fillPoly(mask, [np.array(outline)], 1)
    return mask > 0


def mirrored(outline: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same on the other side."""
    return [(480 - x, y) for x, y in outline]


TRUNK_MASK = polygon(TRUNK)
SLEEVES = polygon(LEFT_SLEEVE, mirrored(LEFT_SLEEVE))
SWEATER = TRUNK_MASK | SLEEVES
GAP = [(160, 290), (112, 452), (152, 480)]
GAPS = polygon(GAP, mirrored(GAP)) & ~SWEATER


def photographed(
    cloth: RgbImage, mask: BoolMask, background: Rgb, shadow: float, noise: float = 0.6
) -> RgbImage:
    """Cloth lying on a background that it darkens around it by up to `shadow`, seen by a lens."""
    soft = mask.astype(np.float32)
    dark = cv2.GaussianBlur(np.roll(soft, (6, 4), (0, 1)), (0, 0), 9)
    lit = np.array(background) * (1 - shadow * dark[..., None])
    alpha = cv2.GaussianBlur(soft, (0, 0), 0.8)[..., None]
    grain = np.random.default_rng(0).normal(0, noise, (*SIZE_HW, 1))
    return np.clip(lit * (1 - alpha) + cloth * alpha + grain + 0.5, 0, 255).astype(np.uint8)


def dyed(colour: Rgb) -> RgbImage:
    """Cloth of one colour with faint folds."""
    x = np.arange(SIZE_HW[1])
    folds = 1 - 0.04 * (1 + np.sin(x / 11)) / 2
    return np.clip(np.array(colour) * folds[None, :, None], 0, 255) + np.zeros((SIZE_HW[0], 1, 1))


def striped(dark: Rgb, pale: Rgb, breadth: int = 14) -> RgbImage:
    """Cloth with level stripes."""
    is_dark = (np.arange(SIZE_HW[0]) // breadth % 2 == 0)[:, None, None]
    return np.where(is_dark, dyed(dark), dyed(pale))


WIDER_GAP = [(160, 270), (85, 455), (155, 500)]
FILLED = SWEATER | polygon(WIDER_GAP, mirrored(WIDER_GAP))  # as a network sees it
CLOTHS = {
    "navy": dyed((35, 40, 70)),
    "red": dyed((170, 45, 50)),
    "light blue": dyed((150, 185, 225)),
    "charcoal": dyed((80, 80, 82)),
    "mustard": dyed((205, 160, 60)),
    "white and navy stripes": striped((35, 40, 70), (240, 232, 214)),
}


@pytest.mark.parametrize("shadow", [0.0, 0.15, 0.3], ids=["no shadow", "faint", "deep"])
@pytest.mark.parametrize("background", [WHITE, GREY, WALL], ids=["white", "grey", "a wall"])
@pytest.mark.parametrize("cloth", CLOTHS.values(), ids=CLOTHS)
def test_gaps_the_network_filled_are_opened_in_light_and_shadow(
    cloth: RgbImage, background: Rgb, shadow: float
) -> None:
    """Background painted onto the person between arm and body is seen at once."""
    photo = photographed(cloth, SWEATER, background, shadow)

    cutout = cut_out(photo, blurred(FILLED, 2.0))

    middle = cv2.erode(GAPS.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert cutout.alpha[middle].mean() < 0.05
    assert iou(cutout.alpha, SWEATER) > 0.965


@pytest.mark.parametrize("shadow", [0.0, 0.3], ids=["no shadow", "deep shadow"])
@pytest.mark.parametrize("cloth", [CLOTHS["navy"], CLOTHS["red"]], ids=["navy", "red"])
def test_a_gap_closed_by_the_cuff_is_opened(cloth: RgbImage, shadow: float) -> None:
    """Sleeves are often laid with the cuff on the hem."""
    closed = SWEATER | polygon([(60, 430), (110, 440), (170, 470), (165, 510), (60, 460)])
    gap = polygon([(160, 280), (114, 430), (152, 450)]) & ~closed
    photo = photographed(cloth, closed, GREY, shadow)

    cutout = cut_out(photo, blurred(FILLED | closed, 2.0))

    middle = cv2.erode(gap.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert cutout.alpha[middle].mean() < 0.05


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed by the cuff"])
@pytest.mark.parametrize(
    "colour", [(240, 240, 242), (246, 240, 228), (226, 226, 228)], ids=["white", "cream", "grey"]
)
def test_gaps_of_pale_garments_on_white_are_opened(colour: Rgb, is_closed: bool) -> None:
    """White blouses are photographed on white: their edges alone tell cloth from background."""
    cloth, filled = SWEATER, FILLED
    if is_closed:
        cloth = SWEATER | polygon([(60, 430), (110, 440), (170, 470), (165, 510), (60, 460)])
        filled = FILLED | cloth
    photo = photographed(dyed(colour), cloth, WHITE, 0.0, noise=0.0)

    cutout = cut_out(photo, blurred(filled, 2.0))

    gap = polygon([(160, 290), (114, 430), (152, 450)]) & ~cloth
    middle = cv2.erode(gap.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert cutout.alpha[middle].mean() < 0.05
    inside = cv2.erode(cloth.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert (cutout.alpha[inside] > 0.9).mean() > 0.99


def test_a_shadow_is_no_cloth_though_the_network_lost_a_sleeve() -> None:
    """The background alone then says what is cloth: everything but itself, in light or shadow."""
    photo = photographed(CLOTHS["white and navy stripes"], SWEATER, GREY, 0.3)
    lost = SWEATER & (np.arange(480) < 325)[None, :]
    lost[400:] &= TRUNK_MASK[400:]

    cutout = cut_out(photo, blurred(lost, 2.0))

    assert iou(cutout.alpha, SWEATER) > 0.96


# --- what is left alone --------------------------------------------------------------------------

PALE = {
    "white": dyed((250, 250, 250)),
    "off-white": dyed((243, 240, 232)),
    "grey": dyed((190, 190, 192)),
    "a white trunk between dark sleeves": np.where(
        TRUNK_MASK[..., None], dyed((248, 248, 248)), dyed((30, 35, 60))
    ),
    "dark with a white chest": np.where(
        ((np.arange(640) > 220) & (np.arange(640) < 330))[:, None, None],
        dyed((248, 248, 248)),
        dyed((30, 35, 60)),
    ),
    "broad stripes": striped((35, 40, 70), (248, 248, 248), 40),
    "upright stripes": np.where(
        (np.arange(480) // 20 % 2 == 0)[None, :, None], dyed((35, 40, 70)), dyed((246, 246, 246))
    ),
    "a white pocket": np.where(
        polygon([(250, 190), (300, 190), (300, 260), (250, 260)])[..., None],
        dyed((240, 240, 240)),
        dyed((160, 40, 50)),
    ),
}


@pytest.mark.parametrize("shadow", [0.0, 0.2], ids=["no shadow", "shadow"])
@pytest.mark.parametrize("background", [WHITE, GREY], ids=["white", "grey"])
@pytest.mark.parametrize("cloth", PALE.values(), ids=PALE)
def test_pale_cloth_is_not_taken_for_a_gap(cloth: RgbImage, background: Rgb, shadow: float) -> None:
    """White and grey cloth has the colours of background in light and shadow."""
    photo = photographed(cloth, SWEATER, background, shadow)

    cutout = cut_out(photo, blurred(SWEATER, 2.0))

    inside = cv2.erode(SWEATER.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert (cutout.alpha[inside] > 0.9).mean() > 0.99
