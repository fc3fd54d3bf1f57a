"""Stage 3: anchors read off the outline, against the true ones of the drawn garments.

Distances are in torso widths (between the armpits; between the waist corners below the waist):
0.1 is about 5 cm on an adult's shirt.
"""

from functools import cache

import cv2
import numpy as np
import pytest

from tests.fakes.wardrobe import GARMENTS, photo_rgb, true_alpha, true_anchors, type_of
from tryon.anchors import GARMENT_TYPES, AnchorSet, GarmentType
from tryon.arrays import BoolMask, RgbImage
from tryon.geometry import fit_within
from tryon.stages.garment import find_anchors
from tryon.stages.garment_shape.garment_type import detect_type
from tryon.stages.garment_shape.silhouette import measure_silhouette

# How far a point may lie off, and why that far:
LIMITS = {
    "neck": 0.08,  # a collar 4 cm off still closes around the neck
    "neck_back": 0.08,
    "neck_front": 0.10,  # inside the garment, found by colour; moves only the opening
    "shoulder": 0.10,  # where a round shoulder becomes a sleeve is a matter of taste
    "armpit": 0.08,  # everything hangs on it
    "elbow": 0.06,  # middle of the pair: turning the cut across the sleeve moves no cloth
    "sleeve": 0.11,  # ends 5 cm off look like another sleeve; corners are rounded that much
    "waist": 0.05,  # sideways only: along a straight side it moves no cloth
    "hem": 0.08,
    "hip": 0.05,  # sideways only, as the waist
    "crotch": 0.04,
    "knee": 0.05,  # sideways only
}
SIDEWAYS = {"waist", "hip", "knee"}
MISSES = {  # measured; a line whose part is found by now fails, and is deleted
    ("bomber_jacket", "neck"): "0.12: the tip of the collar is taken for its foot",
    ("bomber_jacket", "shoulder"): "0.11: the round shoulder is read too far in",
    ("button_shirt", "neck"): "0.14: the tip of the collar is taken for its foot",
    ("button_shirt", "shoulder"): "0.11: the round shoulder is read too far in",
    ("button_shirt", "hem"): "0.22: the lowest point of the rounded tail is taken for its corner",
    ("dress", "shoulder"): "0.11: the round shoulder is read too far in",
    ("striped_sweater", "shoulder"): "0.15: the round shoulder is read too far in",
}


def part_of(name: str) -> str:
    """The key of `LIMITS` for an anchor's name."""
    if name in LIMITS:
        return name
    return name.split("_")[1]


def small(name: str, side_px: int = 640) -> tuple[BoolMask, RgbImage]:
    """True mask and photo at the size outlines are read at."""
    alpha = true_alpha(name)
    size_wh = fit_within((alpha.shape[1], alpha.shape[0]), side_px)
    mask = cv2.resize(alpha, size_wh, interpolation=cv2.INTER_AREA) > 0.5
    return mask, cv2.resize(photo_rgb(name), size_wh, interpolation=cv2.INTER_AREA)


@cache
def found(name: str, side_px: int = 640) -> AnchorSet:
    """Anchors read off the true mask, in pixels of the photo."""
    mask, rgb = small(name, side_px)
    anchors = find_anchors(measure_silhouette(mask), rgb, type_of(name))
    true = true_anchors(name)
    return AnchorSet(mask.shape[1], mask.shape[0], anchors).resized(true.width, true.height)


def torso_px(name: str) -> float:
    """The unit of length of a garment."""
    true = true_anchors(name)
    widest = "armpit" if "left_armpit" in true else "waist"
    return true[f"left_{widest}"].x - true[f"right_{widest}"].x


def off(name: str, part: str) -> dict[str, float]:
    """How far each anchor of a part lies from the true one."""
    true, seen = true_anchors(name), found(name)
    gaps = {
        n: seen.only([n]).points_xy[0] - true.only([n]).points_xy[0]
        for n in true.names
        if part_of(n) == part and n in seen
    }
    if part == "elbow":
        gaps = {
            f"{side}_elbow": (gaps[f"{side}_elbow_outer"] + gaps[f"{side}_elbow_inner"]) / 2
            for side in ("left", "right")
        }
    if part in SIDEWAYS:
        gaps = {n: gap * (1, 0) for n, gap in gaps.items()}
    return {n: round(float(np.hypot(*gap)) / torso_px(name), 3) for n, gap in gaps.items()}


def parts() -> list[object]:
    """Every part of every garment; those known to miss fail on purpose until they no longer do."""
    listed = []
    for name in GARMENTS:
        for part in dict.fromkeys(part_of(n) for n in true_anchors(name).names):
            why = MISSES.get((name, part))
            marks = [pytest.mark.xfail(reason=why, strict=True)] if why else []
            listed.append(pytest.param(name, part, id=f"{name}-{part}", marks=marks))
    return listed


# --- true anchors --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GARMENTS)
def test_every_anchor_drawn_is_found_and_no_other(name: str) -> None:
    """A missing sleeve point would leave the sleeve hanging beside the arm."""
    assert set(found(name).names) == set(true_anchors(name).names)


@pytest.mark.parametrize(("name", "part"), parts())
def test_anchors_lie_where_the_garment_was_drawn_to_have_them(name: str, part: str) -> None:
    """A believable draft needs no corrected points on a plain garment photo."""
    gaps = off(name, part)

    assert {n: gap for n, gap in gaps.items() if gap > LIMITS[part]} == {}


def test_the_mean_anchor_is_within_four_centimetres() -> None:
    """Over all garments: single points may miss, the fit as a whole must not."""
    gaps = [
        gap
        for name in GARMENTS
        for part in dict.fromkeys(part_of(n) for n in true_anchors(name).names)
        for gap in off(name, part).values()
    ]

    assert np.mean(gaps) < 0.06
    assert np.median(gaps) < 0.04


# --- what must not matter ------------------------------------------------------------------------


@pytest.mark.parametrize("name", GARMENTS)
def test_the_mirrored_garment_has_mirrored_anchors(name: str) -> None:
    """A selfie flips the picture; left and right swap and nothing else moves."""
    mask, rgb = small(name)
    width = mask.shape[1]

    seen = {a.name: a for a in find_anchors(measure_silhouette(mask), rgb, type_of(name))}
    flipped = find_anchors(
        measure_silhouette(np.ascontiguousarray(mask[:, ::-1])),
        np.ascontiguousarray(rgb[:, ::-1]),
        type_of(name),
    )

    gaps = {}
    for anchor in flipped:
        partner = seen[_other_side(anchor.name)]
        gap = np.hypot(anchor.x - (width - 1 - partner.x), anchor.y - partner.y)
        gaps[anchor.name] = round(float(gap), 1)
    assert len(flipped) == len(seen)
    assert {n: gap for n, gap in gaps.items() if gap > 2} == {}


def _other_side(name: str) -> str:
    for one, other in (("left_", "right_"), ("right_", "left_")):
        if name.startswith(one):
            return name.replace(one, other)
    return name


@pytest.mark.parametrize("name", GARMENTS)
def test_a_smaller_photo_has_the_same_anchors(name: str) -> None:
    """A thumbnail from a shop page fits as the large photo does."""
    whole, half = found(name), found(name, 320)

    gaps = np.hypot(*(whole.points_xy - half.only(whole.names).points_xy).T) / torso_px(name)
    assert {n: round(float(g), 3) for n, g in zip(whole.names, gaps, strict=True) if g > 0.08} == {}


@pytest.mark.parametrize("shift", [(0, 60), (40, 0), (-30, -20)], ids=["down", "right", "up left"])
@pytest.mark.parametrize("name", ["printed_tshirt", "hoodie", "jeans", "dress"])
def test_the_place_in_the_photo_does_not_matter(name: str, shift: tuple[int, int]) -> None:
    """A garment that lies off the middle of the photo is read the same."""
    mask, rgb = small(name)
    room = ((100, 100), (100, 100))
    wide_mask, wide_rgb = np.pad(mask, room), np.pad(rgb, (*room, (0, 0)), mode="edge")

    still = find_anchors(measure_silhouette(wide_mask), wide_rgb, type_of(name))
    moved = find_anchors(
        measure_silhouette(np.roll(wide_mask, shift, (1, 0))),
        np.roll(wide_rgb, shift, (1, 0)),
        type_of(name),
    )

    expected = [(a.x + shift[0], a.y + shift[1]) for a in still]
    np.testing.assert_allclose([(a.x, a.y) for a in moved], expected, atol=1.0)


@pytest.mark.parametrize("name", ["bomber_jacket", "button_shirt", "striped_sweater", "hoodie"])
def test_sleeves_laid_against_the_trunk_hide_no_armpit(name: str) -> None:
    """Shops lay sleeves straight down: what the outline hides follows from shoulder and hem."""
    mask, rgb = small(name)
    pressed = mask.copy()
    rows = np.flatnonzero(mask.any(axis=1))
    for row in rows[: round(0.75 * len(rows))]:
        across = np.flatnonzero(mask[row])
        pressed[row, across[0] : across[-1]] = True
    true = true_anchors(name)

    anchors = find_anchors(measure_silhouette(pressed), rgb, type_of(name))

    seen = AnchorSet(mask.shape[1], mask.shape[0], anchors).resized(true.width, true.height)
    for part in ("armpit", "shoulder"):
        for side in ("left", "right"):
            gap = seen[f"{side}_{part}"].x - true[f"{side}_{part}"].x
            assert abs(gap) / torso_px(name) < 0.08, f"{side} {part}"


# --- odd outlines --------------------------------------------------------------------------------


def outline_of(width: int, height: int) -> BoolMask:
    """A rectangle in the middle of a photo; the smallest cutout let through covers 1% of it."""
    mask = np.zeros((320, 240), bool)
    top, left = (320 - height) // 2, (240 - width) // 2
    mask[top : top + height, left : left + width] = True
    return mask


ODD = {
    "a square": outline_of(120, 120),
    "a dot": outline_of(30, 30),
    "a belt": outline_of(230, 5),
    "a scarf": outline_of(4, 310),
    "a triangle": np.pad(np.tri(160, dtype=bool), 40),
    "the whole photo": outline_of(240, 320),
    "two halves": outline_of(120, 120) & ~outline_of(40, 200),
}


def odd_cases() -> list[object]:
    """Every odd outline taken for every type."""
    return [
        pytest.param(mask, kind, id=f"{outline}-{kind}")
        for outline, mask in ODD.items()
        for kind in GARMENT_TYPES
    ]


@pytest.mark.parametrize(("mask", "garment_type"), odd_cases())
def test_no_outline_breaks_the_reader(mask: BoolMask, garment_type: GarmentType) -> None:
    """A cutout gone wrong, or a type chosen wrong, gives poor anchors to correct, not a crash."""
    rgb = np.full((*mask.shape, 3), 128, np.uint8)

    shape = measure_silhouette(mask)

    detect_type(shape, rgb)
    anchors = find_anchors(shape, rgb, garment_type)

    assert np.isfinite([(a.x, a.y, a.confidence) for a in anchors]).all()
    assert len({a.name for a in anchors}) == len(anchors)
