"""Stage 5: a score that falls when a fit gets worse, and says why."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.fakes.models import a_photo, hidden, masks_of, posed, standing
from tests.fakes.wardrobe import GARMENTS, drawn
from tryon.anchors import AnchorPair
from tryon.errors import WarpFailed
from tryon.ports import DetectedPose
from tryon.stages.align import Draft, align_garment
from tryon.stages.garment import Garment
from tryon.stages.quality import Quality, check_quality
from tryon.stages.strategies import STRATEGIES

PERSON = standing()
POSE, MASKS, PHOTO = posed(PERSON), masks_of(PERSON, posed(PERSON)), a_photo(PERSON)
SHOULDER_PX = POSE.scale_px


def shirt() -> Garment:
    """A plain T-shirt."""
    return drawn("printed_tshirt", 320)


def draft_of(garment: Garment, anchors: AnchorPair | None = None) -> Draft:
    """The standing person in it."""
    return align_garment(PHOTO, POSE, MASKS, garment, anchors, "out", STRATEGIES[0])


def scored(draft: Draft, garment: Garment, threshold: float = 0.7) -> Quality:
    """Its score."""
    return check_quality(draft, POSE, MASKS, garment, threshold)


GOOD = draft_of(shirt())
GOOD_SCORE = scored(GOOD, shirt()).score


def worse(change: Callable[[np.ndarray], np.ndarray]) -> float:
    """Score after the body's points of the good fit were moved; 0 where nothing can be laid."""
    body = GOOD.anchors.person
    moved = change(body.points_xy)
    anchors = tuple(
        replace(a, x=float(x), y=float(y)) for a, (x, y) in zip(body.anchors, moved, strict=True)
    )
    pair = replace(GOOD.anchors, person=replace(body, anchors=anchors))
    try:
        return scored(draft_of(shirt(), pair), shirt()).score
    except WarpFailed:
        return 0.0


# --- a good fit ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GARMENTS)
def test_true_anchors_on_a_standing_person_are_a_good_fit(name: str) -> None:
    """Nothing better can be given than exact anchors and a frontal person; it must pass."""
    garment = drawn(name, 320)

    assert scored(draft_of(garment), garment).passed


@pytest.mark.parametrize("name", GARMENTS)
def test_every_component_speaks(name: str) -> None:
    """People read sentences; programs read numbers that are numbers."""
    garment = drawn(name, 320)

    quality = scored(draft_of(garment), garment)

    for component in quality.components.values():
        assert 0 <= component.score <= 1
        assert np.isfinite(component.value)
        assert component.unit
        assert component.message.endswith(".")
        assert component.advice == "" or component.advice.endswith(".")
    assert 0 < quality.score <= 1


# --- getting worse -------------------------------------------------------------------------------

Move = Callable[[np.ndarray, float], np.ndarray]


def _about(points: np.ndarray) -> np.ndarray:
    return np.asarray(points.mean(axis=0))


def _turned(points: np.ndarray, amount: float) -> np.ndarray:
    angle = amount * np.pi / 4
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (points - _about(points)) @ turn.T + _about(points)


WORSE: dict[str, Move] = {
    "to the right": lambda p, a: p + np.array([a * SHOULDER_PX, 0]),
    "to the left": lambda p, a: p - np.array([a * SHOULDER_PX, 0]),
    "down": lambda p, a: p + np.array([0, a * SHOULDER_PX]),
    "up": lambda p, a: p - np.array([0, a * SHOULDER_PX]),
    "wider": lambda p, a: (p - _about(p)) * (1 + a, 1) + _about(p),
    "narrower": lambda p, a: (p - _about(p)) * (1 - 0.8 * a, 1) + _about(p),
    "larger": lambda p, a: (p - _about(p)) * (1 + a) + _about(p),
    "smaller": lambda p, a: (p - _about(p)) * (1 - 0.8 * a) + _about(p),
    "turned": _turned,
    "turned back": lambda p, a: _turned(p, -a),
}


@pytest.mark.parametrize("move", WORSE.values(), ids=WORSE)
def test_the_further_off_the_lower_the_score(move: Move) -> None:
    """A score that rises while the shirt slides off would choose the wrong attempt."""
    amounts = (0.0, 0.25, 0.5, 0.75, 1.0)

    scores = [worse(lambda p, a=a: move(p, a)) for a in amounts]  # type: ignore[misc]

    steps = np.diff(scores)
    assert (steps <= 0.03).all(), scores  # 0.03: rounding of small masks
    assert scores[-1] < 0.5 * GOOD_SCORE, scores
    assert scores[3] < GOOD_SCORE - 0.05, scores


def test_swapped_sides_score_worst() -> None:
    """Left and right mixed up must not look like a fit to the machine either."""

    def mirrored(points: np.ndarray) -> np.ndarray:
        return (points - _about(points)) * (-1, 1) + _about(points)

    assert worse(mirrored) < 0.5 * GOOD_SCORE


# --- each reason ---------------------------------------------------------------------------------


def component(draft: Draft, name: str, garment: Garment | None = None) -> tuple[float, str]:
    """Score and sentence of one component."""
    found = scored(draft, garment or shirt()).components[name]
    return found.score, found.message


def test_folded_cloth_is_named() -> None:
    """Crossed points show up as what they are."""
    score, message = component(replace(GOOD, folded_px=40), "warp_distortion")

    assert score < component(GOOD, "warp_distortion")[0]
    assert "folds over itself" in message


def test_uneven_stretch_is_named() -> None:
    """A sleeve pulled to three times its length is no fit."""
    score, message = component(replace(GOOD, stretch=4.0), "warp_distortion")

    assert score < 0.3
    assert "stretched unevenly" in message


def test_stiff_cloth_is_named() -> None:
    """Where the points pull harder than cloth gives way, the user may ease them."""
    score, message = component(replace(GOOD, stiffness=1.0), "warp_distortion")

    assert score < component(GOOD, "warp_distortion")[0]
    assert "more than it can bend" in message


def test_an_uncertain_cutout_is_named() -> None:
    """The best placement of half a shirt is still half a shirt."""
    unsure = replace(shirt(), cutout_confidence=0.4)

    score, message = component(GOOD, "cutout", unsure)

    assert score < 0.6
    assert "hard to tell from its background" in message


def test_guessed_points_are_named() -> None:
    """A garment whose points were guessed is one to look at."""
    guessed = tuple(replace(a, confidence=0.3) for a in GOOD.anchors.garment.anchors)
    garment = replace(GOOD.anchors.garment, anchors=guessed)

    score, message = component(
        replace(GOOD, anchors=replace(GOOD.anchors, garment=garment)), "garment_shape"
    )

    assert score < 0.75
    assert "guessed" in message


@pytest.mark.parametrize("hole", ["chest", "beside"])
def test_what_the_garment_covers_is_measured(hole: str) -> None:
    """A shirt that leaves the chest free, or hangs in the air, is said."""
    region, warped = GOOD.region.copy(), GOOD.warped.copy()
    if hole == "chest":
        warped[120:180] = 0
        sentence = "not covered"
    else:
        region[250:400, 200:290] = 1
        sentence = "beside the body"

    score, message = component(replace(GOOD, region=region, warped=warped), "torso_coverage")

    assert score < 0.5
    assert sentence in message


POSES: dict[str, tuple[DetectedPose, str]] = {
    "turned": (standing(yaw_deg=45), "turned away"),
    "hidden hips": (
        hidden(standing(), "left_hip", "right_hip", "left_knee", "right_knee"),
        "hidden or outside",
    ),
}


@pytest.mark.parametrize(("person", "sentence"), POSES.values(), ids=POSES)
def test_a_hard_pose_lowers_the_score(person: DetectedPose, sentence: str) -> None:
    """People learn that another photo would fit better."""
    jeans = drawn("jeans", 320)
    draft = draft_of(jeans)

    quality = check_quality(draft, posed(person), MASKS, jeans, 0.7)

    assert quality.components["pose"].score < 0.75
    assert sentence in quality.components["pose"].message


# --- the document --------------------------------------------------------------------------------


def test_passing_means_reaching_the_threshold() -> None:
    """The word on the page and the number beside it agree."""
    assert scored(GOOD, shirt(), threshold=GOOD_SCORE).passed
    assert not scored(GOOD, shirt(), threshold=GOOD_SCORE + 1e-6).passed


def test_the_document_holds_what_the_page_shows() -> None:
    """`quality.json` can be read by a program that knows nothing of ours."""
    document = scored(GOOD, shirt()).to_json()

    assert document["passed"] is True
    assert document["threshold"] == 0.7
    assert document["score"] == pytest.approx(GOOD_SCORE, abs=1e-4)
    assert set(document["components"]["torso_coverage"]) == {
        "score", "value", "unit", "message", "advice",
    }  # fmt: skip
