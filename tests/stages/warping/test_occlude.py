"""Stage 4: what of the body a garment covers although it was not laid there."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.fakes.models import a_photo, masks_of, posed, standing
from tests.fakes.wardrobe import drawn
from tryon.anchors import Anchor, AnchorSet
from tryon.arrays import SoftMask
from tryon.stages.align import align_garment
from tryon.stages.strategies import STRATEGIES
from tryon.stages.warping.occlude import SHOULDER, Scene, inside_sleeves

PERSON = standing()
POSE = posed(PERSON)
MASKS = masks_of(PERSON, POSE)
WHOLE = np.s_[0 : PERSON.mask.shape[0], 0 : PERSON.mask.shape[1]]


def laid(name: str) -> AnchorSet:
    """The anchors of a drawn garment on the standing person."""
    garment = drawn(name, 400)
    draft = align_garment(a_photo(PERSON), POSE, MASKS, garment, None, "out", STRATEGIES[0])
    return draft.anchors.person


def covered(body: AnchorSet, rises: float) -> SoftMask:
    """What is hidden of a person whose shoulders rise above the seams, in shoulder widths."""
    person = MASKS.person.copy()
    for side in ("left", "right"):
        neck, shoulder = (
            np.array([body[n].x, body[n].y]) for n in (f"{side}_neck", f"{side}_shoulder")
        )
        lift = np.array([0.0, rises * POSE.scale_px])
        corners = np.array([neck, shoulder, shoulder - lift, neck - lift])
        cv2.fillPoly(person, [corners.round().astype(np.int32)], 1.0)
    return inside_sleeves(Scene.within(WHOLE, POSE, replace(MASKS, person=person), body))


def above_seam(body: AnchorSet, side: str, up: float) -> tuple[int, int]:
    """Row and column above the outer half of a seam, by so many shoulder widths."""
    neck, shoulder = (
        np.array([body[n].x, body[n].y]) for n in (f"{side}_neck", f"{side}_shoulder")
    )
    x, y = 0.3 * neck + 0.7 * shoulder - [0.0, up * POSE.scale_px]
    return round(y), round(x)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_shoulder_a_little_above_its_seam_is_covered(side: str) -> None:
    """No line of the old top above the new one."""
    body = laid("printed_tshirt")

    hidden = covered(body, rises=0.6 * SHOULDER)

    assert hidden[above_seam(body, side, 0.3 * SHOULDER)] > 0.9


@pytest.mark.parametrize("side", ["left", "right"])
def test_what_stands_high_above_a_seam_is_no_shoulder(side: str) -> None:
    """The ring of a space suit does not become a hump of cloth."""
    body = laid("printed_tshirt")

    hidden = covered(body, rises=1.6 * SHOULDER)

    assert hidden[above_seam(body, side, 0.3 * SHOULDER)] < 0.1


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_neck_beside_a_collar_stays_bare(side: str) -> None:
    """However the neck broadens into the shoulder."""
    body = laid("printed_tshirt")

    hidden = covered(body, rises=0.6 * SHOULDER)

    neck = body[f"{side}_neck"]
    y, x = round(neck.y - 0.3 * SHOULDER * POSE.scale_px), round(neck.x)
    assert hidden[y, x] < 0.5


def test_below_the_cuff_of_a_straight_arm_nothing_is_covered() -> None:
    """A sleeve that ends just below the elbow leaves the forearm bare."""
    pose = POSE
    elbow, wrist = pose.xy("left_elbow"), pose.xy("left_wrist")
    cuff = elbow + 0.15 * (wrist - elbow)
    body = AnchorSet(PERSON.mask.shape[1], PERSON.mask.shape[0], (
        Anchor("left_sleeve_outer", cuff[0] + 9, cuff[1], 1.0),
        Anchor("left_sleeve_inner", cuff[0] - 9, cuff[1], 1.0),
    ))  # fmt: skip

    hidden = inside_sleeves(Scene.within(WHOLE, pose, MASKS, body))

    above, below = (elbow + share * (wrist - elbow) for share in (0.0, 0.24))
    assert hidden[round(above[1]), round(above[0])] > 0.9
    assert hidden[round(below[1]), round(below[0])] < 0.1


def test_straps_cover_no_shoulders() -> None:
    """A garment without sleeves leaves them bare."""
    body = laid("tank_top")

    assert not covered(body, rises=0.6 * SHOULDER).any()


@pytest.mark.parametrize("gone", ["left_neck", "right_shoulder"])
def test_points_that_were_taken_away_cover_nothing(gone: str) -> None:
    """Every point may be removed by hand."""
    body = laid("printed_tshirt")
    left: tuple[Anchor, ...] = tuple(a for a in body.anchors if a.name != gone)

    hidden = inside_sleeves(
        Scene.within(WHOLE, POSE, MASKS, AnchorSet(body.width, body.height, left))
    )

    assert hidden.shape == PERSON.mask.shape
