"""Anchor files: what a person edits by hand comes back as it was, or is refused with a reason."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tryon.anchors import ANCHOR_NAMES, FARTHEST, GARMENT_TYPES, Anchor, AnchorPair, AnchorSet
from tryon.errors import InvalidAnchors

sides = st.integers(1, 12000)


@st.composite
def pairs(draw: st.DrawFn) -> AnchorPair:
    """Any fit: some of the names of one type, the same on both pictures."""
    garment_type = draw(st.sampled_from(GARMENT_TYPES))
    names = draw(st.lists(st.sampled_from(ANCHOR_NAMES[garment_type]), unique=True))

    def on_picture() -> AnchorSet:
        width, height = draw(sides), draw(sides)
        farthest = FARTHEST * max(width, height)
        xy = st.floats(-farthest, farthest)
        anchors = tuple(Anchor(n, draw(xy), draw(xy), draw(st.floats(0, 1))) for n in names)
        return AnchorSet(width, height, anchors)

    return AnchorPair(garment_type, on_picture(), on_picture())


def document() -> dict[str, Any]:
    """A small valid file."""
    points = [{"name": "left_neck", "x": 60, "y": 20}, {"name": "right_neck", "x": 40, "y": 20.5}]
    picture = {"width": 100, "height": 200, "anchors": points}
    return {
        "schema": 1,
        "garment_type": "tshirt",
        "garment": json.loads(json.dumps(picture)),
        "person": json.loads(json.dumps(picture)),
    }


# --- round trip ----------------------------------------------------------------------------------


@given(pair=pairs())
def test_a_saved_fit_comes_back(pair: AnchorPair) -> None:
    """Somebody who saves a fit and loads it tomorrow finds every point where it was."""
    loaded = AnchorPair.from_json(json.loads(json.dumps(pair.to_json())))

    assert loaded.garment_type == pair.garment_type
    for before, after in ((pair.garment, loaded.garment), (pair.person, loaded.person)):
        assert (after.width, after.height, after.names) == (
            before.width, before.height, before.names,
        )  # fmt: skip
        np.testing.assert_allclose(after.points_xy, before.points_xy, atol=0.0051)


@given(pair=pairs())
def test_saving_again_writes_the_same_file(pair: AnchorPair) -> None:
    """Opening and saving without a change leaves no difference behind."""
    once = AnchorPair.from_json(pair.to_json()).to_json()

    again = AnchorPair.from_json(once).to_json()

    assert again == once


def test_the_order_of_the_persons_points_does_not_matter() -> None:
    """A file edited by hand may list the points in any order; they pair up by name."""
    shuffled = document()
    shuffled["person"]["anchors"].reverse()

    pair = AnchorPair.from_json(shuffled)

    assert pair.person.names == pair.garment.names
    assert pair.person["left_neck"].x == 60


def test_a_point_without_confidence_was_set_by_hand() -> None:
    """Who writes a file by hand need not know about confidence."""
    assert AnchorPair.from_json(document()).garment["left_neck"].confidence == 1.0


# --- refusals ------------------------------------------------------------------------------------


def _without(key: str) -> dict[str, Any]:
    return {k: v for k, v in document().items() if k != key}


def _with_point(picture: str, **point: Any) -> dict[str, Any]:
    changed = document()
    changed[picture]["anchors"][0].update(point)
    return changed


def _with_garment(**fields: Any) -> dict[str, Any]:
    return document() | {"garment": document()["garment"] | fields}


def _one_sided() -> dict[str, Any]:
    changed = document()
    del changed["person"]["anchors"][0]
    return changed


MALFORMED = {
    "another schema": document() | {"schema": 2},
    "no schema": _without("schema"),
    "no person": _without("person"),
    "an unknown type": document() | {"garment_type": "sock"},
    "a list": [document()],
    "nothing": None,
    "a text": "anchors",
    "an unknown name": _with_point("garment", name="left_pocket"),
    "a name of another type": _with_point("garment", name="crotch"),
    "a name twice": _with_point("garment", name="right_neck"),
    "on one picture only": _one_sided(),
    "NaN": _with_point("person", x=float("nan")),
    "infinity": _with_point("garment", y=float("inf")),
    "a word as coordinate": _with_point("garment", x="left"),
    "no coordinate": _with_point("garment", x=None),
    "NaN confidence": _with_point("garment", confidence=float("nan")),
    "a picture without width": _with_garment(width=0),
    "an infinite picture": _with_garment(width=float("inf")),
    "a picture beyond all measure": _with_garment(width=10**30),
    "a point beyond all measure": _with_point("garment", x=1e9),
    "points that are not a list": _with_garment(anchors=3),
    "points that are numbers": _with_garment(anchors=[1, 2]),
    "points that are pairs": _with_garment(anchors=[["left_neck", 1, 2]]),
}


@pytest.mark.parametrize("broken", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_file_is_refused_in_our_words(broken: Any) -> None:
    """A slip in an edited file ends in a sentence and a remedy, not in a traceback."""
    with pytest.raises(InvalidAnchors) as refusal:
        AnchorPair.from_json(broken)

    assert refusal.value.code == "INVALID_ANCHORS"
    assert "anchors.json" in refusal.value.remedy


SAID = {
    "on one picture only": "on one of the two pictures only: left_neck.",
    "an unknown name": "A tshirt has no anchor called 'left_pocket'.",
    "a name twice": "The anchor right_neck stands twice on the garment.",
    "NaN": "of the person has a number that is none.",
    "a point beyond all measure": "of the garment lies far outside its picture.",
    "no person": "The anchors lack 'person'.",
}


@pytest.mark.parametrize(("name", "said"), SAID.items(), ids=SAID)
def test_a_slip_is_named(name: str, said: str) -> None:
    """Whoever edited forty numbers by hand wants to know which one is wrong."""
    with pytest.raises(InvalidAnchors) as refusal:
        AnchorPair.from_json(MALFORMED[name])

    assert refusal.value.message.endswith(said)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "x", "y", "width", "height", "anchors", "confidence"]), inner
        )
    ),
    max_leaves=8,
)


@given(garment=json_values, person=json_values)
def test_no_file_whatever_breaks_the_reader(garment: Any, person: Any) -> None:
    """Whatever JSON a stranger sends, the answer is a fit or `INVALID_ANCHORS`."""
    sent = {"schema": 1, "garment_type": "tshirt", "garment": garment, "person": person}

    try:
        read = AnchorPair.from_json(sent)
    except InvalidAnchors:
        return

    assert read.garment.names == read.person.names


# --- moving --------------------------------------------------------------------------------------


def test_a_resize_maps_corner_pixels_onto_corner_pixels() -> None:
    """Half a pixel lost on every resize would drift a collar away."""
    corners = AnchorSet(100, 50, (Anchor("left_neck", -0.5, -0.5), Anchor("left_hem", 99.5, 49.5)))

    resized = corners.resized(300, 200)

    np.testing.assert_allclose(resized.points_xy, [[-0.5, -0.5], [299.5, 199.5]])


@given(pair=pairs(), width=sides, height=sides)
def test_a_resize_and_back_changes_nothing(pair: AnchorPair, width: int, height: int) -> None:
    """Points shown on a thumbnail and dragged there are the same points on the photo."""
    there = pair.person.resized(width, height)

    back = there.resized(pair.person.width, pair.person.height)

    np.testing.assert_allclose(back.points_xy, pair.person.points_xy, atol=1e-6)


def test_a_point_moved_by_hand_is_certain() -> None:
    """The user's word counts more than what was found."""
    found = AnchorSet(9, 9, (Anchor("left_neck", 1, 1, 0.3), Anchor("right_neck", 5, 5, 0.3)))

    corrected = found.moved("left_neck", 2.5, 3)

    assert corrected["left_neck"] == Anchor("left_neck", 2.5, 3, 1.0)
    assert corrected["right_neck"] == found["right_neck"]


@pytest.mark.parametrize("garment_type", GARMENT_TYPES)
def test_every_left_name_has_a_right_one(garment_type: str) -> None:
    """Garments are sewn in pairs; a missing side would leave a sleeve hanging."""
    names = ANCHOR_NAMES[garment_type]

    assert len(set(names)) == len(names)
    mirrored = {n.replace("left_", "right_") for n in names if n.startswith("left_")}
    assert mirrored == {n for n in names if n.startswith("right_")}
