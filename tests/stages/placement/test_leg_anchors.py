"""Stage 4 below the waist: trousers, shorts and skirts on the legs."""

import numpy as np
import pytest

from tests.fakes.models import moved, posed, standing
from tests.fakes.wardrobe import drawn
from tryon.anchors import AnchorSet
from tryon.ports import DetectedPose
from tryon.stages.garment import find_anchors
from tryon.stages.garment_shape.silhouette import measure_silhouette
from tryon.stages.placement.body_anchors import FitHypothesis, body_anchors
from tryon.stages.pose import Pose

SIDES = ("left", "right")
NO_BODY = np.zeros((420, 300), bool)


def worn(name: str, pose: Pose, width: float = 1.0) -> AnchorSet:
    """The body's anchors for a garment."""
    garment = drawn(name)
    return body_anchors(
        garment.anchors, garment.garment_type, pose, NO_BODY, NO_BODY, NO_BODY, FitHypothesis(width)
    )


def middle(anchors: AnchorSet, side: str, part: str) -> np.ndarray:
    """(2,) between the outer and the inner point."""
    return anchors.only([f"{side}_{part}_outer", f"{side}_{part}_inner"]).points_xy.mean(axis=0)


def striding() -> DetectedPose:
    """One leg forward and aside."""
    return moved(standing(), left_knee=(205.0, 300.0), left_ankle=(215.0, 385.0))


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("person", [standing(), striding()], ids=["standing", "striding"])
def test_trousers_end_at_the_ankles(person: DetectedPose, side: str) -> None:
    """Full-length trousers neither drag nor show the shin."""
    pose = posed(person)

    hem = middle(worn("jeans", pose), side, "hem")

    assert np.hypot(*(hem - pose.xy(f"{side}_ankle"))) < 0.3 * pose.scale_px


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("person", [standing(), striding()], ids=["standing", "striding"])
def test_knees_of_trousers_are_on_the_legs(person: DetectedPose, side: str) -> None:
    """A leg that steps aside takes its trouser leg along."""
    pose = posed(person)

    knee = middle(worn("jeans", pose), side, "knee")

    assert np.hypot(*(knee - pose.xy(f"{side}_knee"))) < 0.35 * pose.scale_px


@pytest.mark.parametrize("side", SIDES)
def test_shorts_end_above_the_knee(side: str) -> None:
    """Shorts stay shorts: cloth keeps its own length."""
    pose = posed(standing())

    hem = middle(worn("chino_shorts", pose), side, "hem")

    assert pose.xy(f"{side}_hip")[1] < hem[1] < pose.xy(f"{side}_knee")[1] + 0.1 * pose.scale_px


@pytest.mark.parametrize("name", ["jeans", "chino_shorts", "aline_skirt"])
def test_the_waistband_is_between_ribs_and_hips(name: str) -> None:
    """Neither around the chest nor around the thighs."""
    pose = posed(standing())

    waist_y = worn(name, pose).only(["left_waist", "right_waist"]).points_xy[:, 1].mean()

    shoulder_y, hip_y = pose.xy("left_shoulder")[1], pose.xy("left_hip")[1]
    assert shoulder_y + 0.45 * (hip_y - shoulder_y) < waist_y < hip_y


@pytest.mark.parametrize("name", ["jeans", "chino_shorts"])
def test_the_crotch_is_below_the_hips_between_the_legs(name: str) -> None:
    """Two trouser legs part where legs do."""
    pose = posed(standing())

    crotch = worn(name, pose)["crotch"]

    assert pose.xy("left_hip")[1] < crotch.y < pose.xy("left_knee")[1]
    assert pose.xy("right_hip")[0] < crotch.x < pose.xy("left_hip")[0]


def test_a_roomier_fit_is_wider() -> None:
    """The second strategy does below the waist what it does above."""
    pose = posed(standing())

    usual, roomy = worn("aline_skirt", pose), worn("aline_skirt", pose, 1.08)

    def breadth(anchors: AnchorSet) -> float:
        return anchors["left_hem"].x - anchors["right_hem"].x

    assert breadth(roomy) == pytest.approx(1.08 * breadth(usual))


def test_a_person_cut_off_at_the_knees_still_wears_trousers() -> None:
    """Most photos end there; the lower ends of the trousers are simply outside."""
    person = standing((300, 330))
    pose = posed(person)

    body = worn("jeans", pose)

    assert body["left_knee_outer"].y < 330 < body["left_hem_outer"].y


@pytest.mark.parametrize("name", ["aline_skirt", "dress"])
def test_a_skirt_hangs_over_the_hips_and_does_not_drag(name: str) -> None:
    """Its hem ends above the feet, in the middle between the legs, and clears them."""
    pose = posed(standing())

    body = worn(name, pose)

    hem = body.only(["left_hem", "right_hem"]).points_xy
    ankles = np.array([pose.xy(f"{side}_ankle") for side in SIDES])
    assert hem[:, 1].max() <= ankles[:, 1].max()
    assert abs(hem[:, 0].mean() - ankles[:, 0].mean()) < 0.1 * pose.scale_px
    assert np.ptp(hem[:, 0]) > np.ptp(ankles[:, 0])


def test_a_jumpsuit_has_the_legs_of_trousers() -> None:
    """Below its waist, hips, crotch and hems are found on the outline and laid on the legs."""
    y, x = np.mgrid[:700, :500]
    aside = np.abs(x - 250)
    mask = (y > 60) & (y < 660) & (aside < 90) & ~((y > 380) & (aside < 14))
    mask &= ~((y < 110) & (aside < 40))

    shape = measure_silhouette(mask)
    found = find_anchors(shape, np.full((700, 500, 3), 90, np.uint8), "jumpsuit")
    garment = AnchorSet(500, 700, found)
    pose = posed(standing())
    body = body_anchors(garment, "jumpsuit", pose, NO_BODY, NO_BODY, NO_BODY, FitHypothesis())

    assert {"crotch", "left_hip", "left_hem_outer", "right_hem_inner"} <= set(garment.names)
    assert pose.xy("left_hip")[1] < body["crotch"].y < pose.xy("left_knee")[1]
    for side in SIDES:
        hem = middle(body, side, "hem")
        assert abs(hem[0] - pose.xy(f"{side}_ankle")[0]) < 0.35 * pose.scale_px
