"""Parts of the score one by one: what is measured, what is said, what to do about it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.fakes.models import a_photo, masks_of, posed, standing
from tests.fakes.wardrobe import drawn
from tryon.anchors import AnchorPair
from tryon.stages.align import Draft, align_garment
from tryon.stages.garment import Garment
from tryon.stages.quality import FLOOR, PLACED, ROOT, check_quality, components_of, total
from tryon.stages.scoring.component import Component, Reading, judged
from tryon.stages.scoring.view import FitView
from tryon.stages.scoring.words import ADVICE, MESSAGES
from tryon.stages.strategies import STRATEGIES

PERSON = standing()
POSE, MASKS, PHOTO = posed(PERSON), masks_of(PERSON, posed(PERSON)), a_photo(PERSON)
UNIT_PX = POSE.scale_px


def draft_of(garment: Garment, anchors: AnchorPair | None = None) -> Draft:
    """The standing person in it."""
    return align_garment(PHOTO, POSE, MASKS, garment, anchors, "out", STRATEGIES[0])


def moved(draft: Draft, change: Callable[[str, np.ndarray], np.ndarray]) -> AnchorPair:
    """The draft's anchors, those on the body changed by name, in shoulder widths from where they
    are."""
    body = draft.anchors.person
    for anchor in body.anchors:
        x, y = np.array([anchor.x, anchor.y]) + UNIT_PX * change(anchor.name, np.zeros(2))
        body = body.moved(anchor.name, float(x), float(y))
    return replace(draft.anchors, person=body)


def part(name: str, garment: Garment, draft: Draft) -> Component:
    """One component of a draft."""
    return check_quality(draft, POSE, MASKS, garment, 0.7).components[name]


SHIRT, JEANS = drawn("printed_tshirt", 320), drawn("jeans", 320)
SPOILED: dict[str, tuple[Garment, str, Callable[[str], tuple[float, float]], str]] = {
    "collar too low": (SHIRT, "collar_gap", lambda n: (0.0, 0.2), "too low"),
    "collar too high": (SHIRT, "collar_gap", lambda n: (0.0, -0.2), "too high"),
    "collar aside": (SHIRT, "collar_gap", lambda n: (0.2, 0.0), "beside the neck"),
    "hanging to one side": (SHIRT, "balance", lambda n: (0.25, 0.0), "to one side"),
    "too wide": (
        SHIRT, "body_width",
        lambda n: (0.2 if n.startswith("left") else -0.2, 0.0), "wider than the body",
    ),
    "too narrow": (
        SHIRT, "body_width",
        lambda n: (-0.2 if n.startswith("left") else 0.2, 0.0), "narrower than the body",
    ),
    "shoulders out": (
        SHIRT, "shoulder_fit",
        lambda n: (0.3, -0.1) if n == "left_shoulder" else (0.0, 0.0), "shoulder seams",
    ),
    "sleeve off the arm": (
        SHIRT, "sleeve_fit",
        lambda n: (0.4, -0.3) if n.startswith("left_sleeve") else (0.0, 0.0), "left sleeve",
    ),
    "one point pulled": (
        SHIRT, "warp_distortion",
        lambda n: (0.5, 0.0) if n == "left_waist" else (0.0, 0.0), "pulls the cloth",
    ),
    "over the face": (SHIRT, "occlusion_conflicts", lambda n: (0.0, -0.7), "over the face"),
    "waistband too low": (JEANS, "waist_fit", lambda n: (0.0, 0.4), "too low"),
    "waistband too high": (JEANS, "waist_fit", lambda n: (0.0, -0.4), "too high"),
    "trouser leg off": (
        JEANS, "leg_fit",
        lambda n: (0.4, 0.0) if n.startswith(("left_knee", "left_hem")) else (0.0, 0.0),
        "left leg",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("garment", "name", "shift", "sentence"), SPOILED.values(), ids=SPOILED)
def test_what_is_wrong_is_said_with_what_to_do(
    garment: Garment, name: str, shift: Callable[[str], tuple[float, float]], sentence: str
) -> None:
    """A designer reads the one part that is off, and which points to move."""
    good = draft_of(garment)

    bad = draft_of(garment, moved(good, lambda n, _: np.array(shift(n))))

    assert part(name, garment, good).score > 0.75
    assert part(name, garment, bad).score < 0.7
    assert sentence in part(name, garment, bad).message
    assert part(name, garment, bad).advice


@pytest.mark.parametrize(
    "name", ["left_shoulder", "right_armpit", "left_waist", "right_hem", "left_sleeve_outer"]
)
def test_a_point_dragged_off_lowers_the_score(name: str) -> None:
    """What is set by hand is judged like what was found."""
    good = draft_of(SHIRT)

    bad = draft_of(
        SHIRT, moved(good, lambda n, at: at + np.array([0.35, 0.2]) if n == name else at)
    )

    scores = [check_quality(d, POSE, MASKS, SHIRT, 0.7).score for d in (good, bad)]
    assert scores[1] < scores[0] - 0.03


SWEATER = drawn("striped_sweater", 320)


@pytest.mark.parametrize(
    ("ends_at", "is_fine"), [(1.0, True), (0.45, False)], ids=["at the wrist", "on the forearm"]
)
def test_a_sleeve_longer_than_the_arm_gathers_at_the_wrist(ends_at: float, is_fine: bool) -> None:
    """It has to end there; pushed up, it is shorter than it is."""
    pair = draft_of(SWEATER).anchors
    cloth, body = pair.garment, pair.person
    for side in ("left", "right"):
        elbow, wrist = (POSE.xy(f"{side}_{joint}") for joint in ("elbow", "wrist"))
        for edge, away in (("outer", -0.08), ("inner", 0.08)):
            name = f"{side}_sleeve_{edge}"
            bend, end = cloth[f"{side}_elbow_{edge}"], cloth[name]
            cloth = cloth.moved(
                name, end.x + 1.0 * (end.x - bend.x), end.y + 1.0 * (end.y - bend.y)
            )
            x, y = elbow + ends_at * (wrist - elbow)
            body = body.moved(name, x - away * UNIT_PX * (1 if side == "left" else -1), y)
    laid = draft_of(SWEATER, replace(pair, garment=cloth, person=body))

    found = part("sleeve_fit", SWEATER, laid)

    assert (found.score > 0.8) == is_fine, found
    assert ("pushed together" in found.message) != is_fine


def test_a_small_garment_photo_is_told() -> None:
    """A print enlarged three times looks soft, however well it is placed."""
    tiny = drawn("printed_tshirt", 48)

    found = part("print_sharpness", tiny, draft_of(tiny))

    assert found.score < 0.5
    assert "larger garment photo" in found.advice


def test_a_cup_is_no_shirt() -> None:
    """Round outlines have neither neck nor armpits."""
    y, x = np.mgrid[:320, :240]
    disc = (((x - 120) / 110) ** 2 + ((y - 160) / 140) ** 2 < 1).astype(np.float32)

    found = part("garment_shape", replace(SHIRT, alpha=disc), draft_of(SHIRT))

    assert found.score < 0.3
    assert "may not be a flat garment" in found.message


def test_old_clothes_below_the_hem_are_told() -> None:
    """The first complaint of users: what I wear shows under what I try on."""
    good = draft_of(SHIRT)
    old = np.zeros(good.region.shape, np.float32)
    old[130:330, 100:200] = 1
    masks = replace(MASKS, old_top=replace(MASKS.old_top, mask=old))
    left = np.zeros(good.region.shape, bool)
    left[240:330, 100:200] = True

    quality = check_quality(replace(good, old_garment=left), POSE, masks, SHIRT, 0.7)

    assert quality.components["old_clothes"].score < 0.5
    assert "painted over" in quality.components["old_clothes"].message


# --- the rules -----------------------------------------------------------------------------------


def test_a_reading_scores_full_up_to_the_usual_and_half_at_three_times_it() -> None:
    """One rule for every part, so that they can be compared."""
    scores = [Reading("off", off, 0.1).score for off in (0.0, 0.1, 0.3, 0.6)]

    assert scores[:2] == [1.0, 1.0]
    assert scores[2] == pytest.approx(0.5)
    assert scores[3] < 0.2
    assert Reading("off", 0.5, 0.1, half=0.5).score == pytest.approx(0.5)


def test_the_worst_reading_speaks() -> None:
    """Two troubles in one part: the larger one is told first."""
    readings = [Reading("wide", 0.1, 0.1), Reading("missing", 0.9, 0.1)]

    found = judged("body_width", 1.0, "shoulder widths", readings)

    assert found.message == ADVICE["body_width"]["missing"][0]


def test_doubts_alone_never_look_like_a_misplaced_garment() -> None:
    """A hard photo lowers the score to a floor; only a wrong place goes below it."""
    bad = Component(0.0, 0.0, "", "")
    fine = Component(1.0, 0.0, "", "")
    placed = dict.fromkeys(PLACED, fine)

    assert total(placed | {"cutout": bad, "old_clothes": bad}) > FLOOR**ROOT - 0.01
    assert total(placed | {"collar_gap": bad}) <= 0.1


def test_every_sentence_ends_and_every_finding_has_advice() -> None:
    """No half sentence, no complaint without help."""
    sentences = [*MESSAGES.values()]
    sentences += [text for found in ADVICE.values() for pair in found.values() for text in pair]

    assert all(text.endswith(".") for text in sentences)
    assert set(ADVICE) <= set(MESSAGES)


def test_every_part_of_every_garment_has_words() -> None:
    """A new part without a sentence would fail in front of a user."""
    for garment in (SHIRT, JEANS, drawn("dress", 320), drawn("aline_skirt", 320)):
        view = FitView.of(draft_of(garment), POSE, MASKS, garment)

        assert set(components_of(view)) <= set(MESSAGES)
