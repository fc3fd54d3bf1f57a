"""What the anchor editor is told of a fit, and what of a browser's answer is believed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.fakes.studio import (
    FakeStudio,
    H,
    W,
    a_garment,
    a_photo,
    a_pose,
    a_try_on,
    an_anchor_set,
    masks_of,
)
from tryon.anchors import ANCHOR_NAMES, Anchor, AnchorPair, AnchorSet, GarmentType
from tryon.errors import InvalidAnchors
from tryon.fit import FitOptions
from tryon.stages.align import align_garment
from tryon.stages.strategies import STRATEGIES
from tryon.ui.anchor_editor import REMOVABLE, editor_value, outline, with_points
from tryon.ui.workbench import Fit, Workbench


@pytest.fixture
def fit() -> Fit:
    return Workbench(FakeStudio()).open(Path("p"), Path("g"), FitOptions(), a_try_on())


def points_of(fit: Fit) -> dict[str, Any]:
    """What the browser sends when nothing was moved."""
    return {
        name: {
            side: [getattr(fit.found, side)[name].x, getattr(fit.found, side)[name].y]
            for side in ("garment", "person")
        }
        for name in fit.found.garment.names
    }


def test_every_anchor_the_garment_may_have_is_offered_once(fit: Fit) -> None:
    """Those found stand where they were found; the others wait to be added."""
    value = editor_value(fit, a_try_on(), lambda _rgb, name: {"path": name})

    found = {a["name"] for a in value["anchors"] if a["found"]}
    spare = {a["name"] for a in value["anchors"] if not a["found"]}
    assert found == set(fit.found.garment.names)
    assert "left_sleeve_outer" in spare
    assert len({a["colour"] for a in value["anchors"]}) == len(value["anchors"])


def test_a_point_to_add_begins_inside_the_picture_near_its_neighbours(fit: Fit) -> None:
    """One drags it a short way, not across the picture."""
    value = editor_value(fit, a_try_on(), lambda _rgb, name: {"path": name})
    back = next(a for a in value["anchors"] if a["name"] == "neck_back")

    left, right = fit.found.garment["left_neck"], fit.found.garment["right_neck"]

    assert back["start"]["garment"] == pytest.approx([(left.x + right.x) / 2, left.y], abs=0.02)


def test_moved_points_are_sure_and_others_keep_their_confidence(fit: Fit) -> None:
    """The score speaks of guesses; what a person set is none."""
    points = points_of(fit)
    points["left_hem"]["garment"][0] += 5

    anchors = with_points(fit, FitOptions(), points).anchors

    assert anchors is not None
    assert anchors.garment["left_hem"].confidence == 1.0
    assert anchors.person["left_hem"].confidence == 0.4
    assert anchors.garment["right_hem"].confidence == 0.4


def test_points_stay_on_the_garment_and_near_the_person(fit: Fit) -> None:
    """A forged place far away would cost memory and time, and shows nothing."""
    points = points_of(fit)
    points["left_hem"] = {"garment": [1e9, -1e9], "person": [1e9, -1e9]}

    anchors = with_points(fit, FitOptions(), points).anchors

    assert anchors is not None
    hem = anchors.garment["left_hem"], anchors.person["left_hem"]
    assert [(a.x, a.y) for a in hem] == [(W - 1, 0), (1.5 * W - 1, -0.5 * H)]


def test_points_found_far_outside_the_photo_stay_there(fit: Fit) -> None:
    """A portrait ends above the hem; moving another point must not pull the hem up into it."""
    found = replace(fit.found, person=fit.found.person.moved("left_hem", W / 2, 2.5 * H))
    fit.found = found
    points = points_of(fit)
    points["left_hem"]["person"] = [W / 2, 2.5 * H]
    points["left_neck"]["person"][0] += 5

    anchors = with_points(fit, FitOptions(), points).anchors

    assert anchors is not None
    assert anchors.person["left_hem"] == found.person["left_hem"]


@pytest.mark.parametrize(
    "points",
    [
        None, [], "all", {"left_hem": 3}, {"left_hem": {"garment": [1, 2]}},
        {"left_hem": {"garment": [1], "person": [1, 2]}},
        {"left_hem": {"garment": ["x", 2], "person": [1, 2]}},
        {"left_hem": {"garment": [float("nan"), 2], "person": [1, 2]}},
        {"crotch": {"garment": [1, 2], "person": [1, 2]}},
        {"__class__": {"garment": [1, 2], "person": [1, 2]}},
    ],
    ids=["none", "list", "text", "number", "one side", "one number", "word", "nan", "of trousers",
         "odd name"],
)  # fmt: skip
def test_what_is_no_set_of_points_is_refused(fit: Fit, points: Any) -> None:
    """Requests can be written by hand; none may end in a traceback."""
    with pytest.raises(InvalidAnchors):
        with_points(fit, FitOptions(), points)


def test_the_outline_is_that_of_the_garment() -> None:
    """In pixels of the working picture, whatever size it was read off."""
    alpha = np.zeros((1200, 900), np.float32)
    alpha[300:900, 200:700] = 1

    (ring,) = outline(alpha)

    xs, ys = np.array(ring).T
    assert [xs.min(), xs.max(), ys.min(), ys.max()] == pytest.approx([200, 699, 300, 899], abs=2.5)


def test_other_options_are_kept(fit: Fit) -> None:
    """Moving a point must not untuck the shirt."""
    options = replace(FitOptions(), tuck="in")

    assert with_points(fit, options, points_of(fit)).tuck == "in"


SLEEVES = {
    "left_sleeve_outer": (0.75, 0.38), "left_sleeve_inner": (0.68, 0.42),
    "left_elbow_outer": (0.70, 0.33), "left_elbow_inner": (0.655, 0.39),
}  # fmt: skip
TROUSERS = {
    "left_waist": (0.6, 0.5), "left_hip": (0.62, 0.58), "left_knee_outer": (0.62, 0.8),
    "left_knee_inner": (0.53, 0.8), "left_hem_outer": (0.62, 0.95), "left_hem_inner": (0.53, 0.95),
    "crotch": (0.5, 0.65),
}  # fmt: skip


def all_anchors(kind: GarmentType) -> AnchorSet:
    """Every anchor a garment of this kind may have, on the drawn person."""
    shares = TROUSERS if kind == "trousers" else SLEEVES
    mirrored = {n.replace("left", "right"): (1 - x, y) for n, (x, y) in shares.items()}
    placed = {n: Anchor(n, x * W, y * H) for n, (x, y) in (mirrored | shares).items()}
    if kind != "trousers":
        top = an_anchor_set()
        middle = (top["left_neck"].x + top["right_neck"].x) / 2
        placed |= {a.name: a for a in top.anchors}
        placed["neck_back"] = Anchor("neck_back", middle, top["left_neck"].y)
    return AnchorSet(W, H, tuple(placed[name] for name in ANCHOR_NAMES[kind]))


@pytest.mark.parametrize("kind", ["tshirt", "trousers"])
def test_a_fit_survives_the_loss_of_any_point_that_can_be_removed(kind: GarmentType) -> None:
    """The button "Remove" must never lead to a failure."""
    photo, pose, full = a_photo(), a_pose(), all_anchors(kind)
    removable = [n for n in full.names if n.split("_", 1)[-1] in REMOVABLE or n in REMOVABLE]
    assert len(removable) >= 8

    for gone in removable:
        left = full.only(name for name in full.names if name != gone)
        pair = AnchorPair(kind, left, left)
        draft = align_garment(
            photo, pose, masks_of(photo), a_garment(kind), pair, "auto", STRATEGIES[0]
        )
        assert draft.region.any()
