"""Stage 1: hair is what has the colours from around the head, as far down as it falls."""

import cv2
import numpy as np
import pytest

from tests.fakes.models import BACKGROUND, photo_of, posed, standing
from tryon.arrays import BoolMask, RgbImage
from tryon.stages.old_clothes.top import find_old_top
from tryon.stages.person.arms import find_arms
from tryon.stages.person.hair import find_hair
from tryon.stages.person.person_colours import PersonColours
from tryon.stages.person.skin import skin_likeness

PERSON = standing(size_wh=(288, 384), shoulders_at=(144.0, 110.0))
FAIR, DARK, BLACK, RED, WHITE = (
    (206, 164, 104),
    (58, 40, 26),
    (16, 16, 17),
    (196, 30, 40),
    (250,) * 3,
)


def with_hair(colour: tuple[int, ...], top: tuple[int, ...]) -> tuple[RgbImage, BoolMask]:
    """A person whose hair falls over one shoulder, and where the hair lies."""
    pose = posed(PERSON)
    rgb = photo_of(PERSON, clothes=top)  # type: ignore[arg-type]
    hair = np.zeros(rgb.shape[:2], np.uint8)
    x, y = (int(v) for v in (pose.xy("left_ear") + pose.xy("right_ear")) / 2)
    cv2.ellipse(hair, (x, y - 4), (30, 38), 0, 0, 360, 1, -1)  # around the head
    cv2.ellipse(hair, (x, y + 6), (17, 30), 0, 0, 360, 0, -1)  # but not over the face
    cv2.fillPoly(
        hair, [np.array([(x + 19, y), (x + 32, y), (x + 38, y + 130), (x + 20, y + 130)])], 1
    )
    strands = np.random.default_rng(7).normal(1, 0.12, (1, rgb.shape[1], 1))
    ends = np.interp(np.arange(rgb.shape[0]), (110, 185), (1, 0.85))[:, None, None]  # in shadow
    rgb = rgb.copy()
    rgb[hair > 0] = np.clip(np.array(colour) * strands * ends, 0, 255)[hair > 0]
    return rgb, hair > 0


def found(rgb: RgbImage) -> BoolMask:
    """What stage 1 calls hair, the whole picture but its background being the person."""
    person = (np.abs(rgb.astype(int) - np.array(BACKGROUND)).max(axis=2) > 6).astype(np.float32)
    small = PersonColours.of(rgb, posed(PERSON), person)
    skin = skin_likeness(small)
    return find_hair(small, skin, find_arms(small, skin))


@pytest.mark.parametrize("top", [BLACK, RED, WHITE], ids=["black top", "red top", "white top"])
@pytest.mark.parametrize("colour", [FAIR, DARK], ids=["fair", "dark"])
def test_long_hair_is_found_to_its_ends(colour: tuple[int, ...], top: tuple[int, ...]) -> None:
    """Fair hair is not skin, and dark hair is not the black top below it."""
    rgb, hair = with_hair(colour, top)

    got = found(rgb)

    on_chest = np.arange(384)[:, None] > 130
    assert (got & hair & on_chest).sum() > 0.8 * (hair & on_chest).sum()
    assert (got & ~cv2.dilate(hair.astype(np.uint8), np.ones((9, 9))).astype(bool)).sum() < 60


def test_a_print_of_the_colour_of_hair_goes_with_the_top() -> None:
    """High on the chest hair is believed before cloth, but not where cloth is all around it."""
    rgb, _ = with_hair(DARK, RED)
    pose = posed(PERSON)
    x, y = ((pose.xy("left_shoulder") + pose.xy("right_shoulder")) / 2).round().astype(int)
    printed = np.zeros(rgb.shape[:2], np.uint8)
    cv2.circle(printed, (int(x) - 14, int(y) + 16), 7, 1, -1)
    rgb[printed > 0] = DARK
    person = (np.abs(rgb.astype(int) - np.array(BACKGROUND)).max(axis=2) > 6).astype(np.float32)
    small = PersonColours.of(rgb, pose, person)
    skin = skin_likeness(small)
    arms = find_arms(small, skin)

    top = find_old_top(small, skin, find_hair(small, skin, arms), arms, None)

    inside = cv2.erode(printed, np.ones((3, 3), np.uint8)) > 0
    assert top[inside].mean() > 0.95
