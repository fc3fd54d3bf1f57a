"""The example garments in assets/garments: true anchors, true masks, and redrawable."""

import json
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from assets.draw_garments import CUTOUTS, FOLDER, GARMENTS
from assets.studio import photograph
from tryon.anchors import ANCHOR_NAMES

INSIDE = frozenset({"neck_front", "neck_back", "crotch"})  # need not lie on the outline
EDGE_PX = 4.0  # in the notch under an arm the edges of sleeve and body merge this far
JPEG_GAP = 2.5  # mean difference that JPEG 90 cannot reach on these pictures


def _document(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return document


def _pixels(file_name: str) -> NDArray[np.uint8]:
    return np.asarray(Image.open(FOLDER / file_name))


@pytest.mark.parametrize("name", GARMENTS)
def test_photo_mask_and_anchors_speak_of_one_picture(name: str) -> None:
    """Somebody who loads the three files can lay them over each other."""
    document = _document(name)

    size_hw = (document["height"], document["width"])
    assert _pixels(f"{name}.jpg").shape == (*size_hw, 3)
    assert _pixels(f"{name}.mask.png").shape == size_hw


@pytest.mark.parametrize("name", GARMENTS)
def test_anchors_have_known_names_and_lie_in_the_picture(name: str) -> None:
    """The examples use our vocabulary, so that they load like a user's own fit."""
    document = _document(name)
    anchors = document["anchors"]

    names = [a["name"] for a in anchors]
    assert len(set(names)) == len(names)
    assert set(names) <= set(ANCHOR_NAMES[document["garment_type"]])
    assert all(0 <= a["x"] < document["width"] for a in anchors)
    assert all(0 <= a["y"] < document["height"] for a in anchors)


@pytest.mark.parametrize("name", GARMENTS)
def test_the_wearers_left_is_on_the_right(name: str) -> None:
    """Left and right swapped would dress people in twisted clothes."""
    x = {a["name"]: a["x"] for a in _document(name)["anchors"]}

    pairs = {n.removeprefix("left_") for n in x if n.startswith("left_")}
    assert pairs == {n.removeprefix("right_") for n in x if n.startswith("right_")}
    assert [p for p in pairs if x[f"left_{p}"] <= x[f"right_{p}"]] == []


@pytest.mark.parametrize("name", GARMENTS)
def test_outline_anchors_lie_on_the_edge_of_the_mask(name: str) -> None:
    """The anchors are true, not nearly true: others are measured against them."""
    inside = np.pad(_pixels(f"{name}.mask.png") > 127, 1).astype(np.uint8)
    to_edge = np.where(
        inside > 0,
        cv2.distanceTransform(inside, cv2.DIST_L2, 5),
        cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5),
    )

    off = {
        a["name"]: round(float(to_edge[round(a["y"]) + 1, round(a["x"]) + 1]), 1)
        for a in _document(name)["anchors"]
        if a["name"] not in INSIDE
    }
    assert {n: px for n, px in off.items() if px > EDGE_PX} == {}


@pytest.mark.parametrize("name", CUTOUTS)
def test_the_cut_out_has_the_masks_transparency(name: str) -> None:
    """A garment with an alpha channel is a kind of upload of its own."""
    rgba = _pixels(f"{name}_cutout.png")

    np.testing.assert_array_equal(rgba[..., 3], _pixels(f"{name}.mask.png"))


def test_the_script_draws_the_committed_picture_again() -> None:
    """What we ship is what our script draws, with no picture of anybody else in it."""
    shot = photograph(GARMENTS["printed_tshirt"]())

    gap = np.abs(shot.photo.astype(np.int16) - _pixels("printed_tshirt.jpg").astype(np.int16))
    assert gap[shot.alpha > 0].mean() < JPEG_GAP
    written = {a["name"]: (a["x"], a["y"]) for a in _document("printed_tshirt")["anchors"]}
    drawn = {a.name: (round(a.x, 2), round(a.y, 2)) for a in shot.anchors.anchors}
    assert drawn == written
