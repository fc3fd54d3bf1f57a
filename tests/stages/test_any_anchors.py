"""Anchors as strangers send them: whatever a file may hold, there is a fit or a sentence."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.models import a_photo, masks_of, posed, standing
from tests.fakes.wardrobe import drawn
from tryon.anchors import FARTHEST, AnchorPair
from tryon.errors import InvalidAnchors, WarpFailed
from tryon.stages.align import align_garment
from tryon.stages.quality import Quality, check_quality
from tryon.stages.strategies import STRATEGIES

PERSON = standing()
POSE, MASKS, PHOTO = posed(PERSON), masks_of(PERSON, posed(PERSON)), a_photo(PERSON)
CLOTHES = {name: drawn(name, 320) for name in ("printed_tshirt", "hoodie", "dress", "jeans")}
FOUND = {
    name: align_garment(PHOTO, POSE, MASKS, garment, None, "out", STRATEGIES[0]).anchors
    for name, garment in CLOTHES.items()
}


def scored(name: str, sent: dict[str, Any]) -> Quality | None:
    """The score of a garment laid through these points; None where it was refused in our words."""
    garment = CLOTHES[name]
    try:
        pair = AnchorPair.from_json(sent)
        draft = align_garment(PHOTO, POSE, MASKS, garment, pair, "out", STRATEGIES[0])
    except (InvalidAnchors, WarpFailed):
        return None
    return check_quality(draft, POSE, MASKS, garment, 0.7)


def without(pair: AnchorPair, gone: set[str]) -> AnchorPair:
    """The same pair with some names left out on both sides."""
    kept = [name for name in pair.garment.names if name not in gone]
    return replace(pair, garment=pair.garment.only(kept), person=pair.person.only(kept))


@pytest.mark.parametrize("name", CLOTHES)
@settings(max_examples=25)
@given(data=st.data())
def test_any_hopeless_points_may_be_removed(name: str, data: st.DataObject) -> None:
    """As docs/artifacts.md says: what is left decides, and what cannot be judged is not."""
    pair = FOUND[name]
    gone = data.draw(st.sets(st.sampled_from(pair.garment.names), max_size=6), label="gone")

    quality = scored(name, without(pair, gone).to_json())

    assert quality is None or 0 <= quality.score <= 1


@pytest.mark.parametrize("name", CLOTHES)
@pytest.mark.parametrize("side", ["garment", "person"])
@settings(max_examples=10)
@given(data=st.data())
def test_points_may_be_put_anywhere(name: str, side: str, data: st.DataObject) -> None:
    """No number in a file makes the service need more than its memory, or end in a bug."""
    sent = FOUND[name].to_json()
    reach = st.floats(-0.5, 1.5) | st.floats(-FARTHEST, FARTHEST) | st.floats(-1e9, 1e9)
    for point in data.draw(st.lists(st.sampled_from(sent[side]["anchors"]), max_size=4)):
        point["x"] = data.draw(reach) * sent[side]["width"]
        point["y"] = data.draw(reach) * sent[side]["height"]

    quality = scored(name, sent)

    assert quality is None or math.isfinite(quality.score)
