"""The label: what is kept comes back, and slips do not become data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.studio import an_anchor_set
from tryon.anchors import AnchorPair
from tryon.errors import InvalidLabel
from tryon.review.labels import (
    DEFECTS,
    MAX_COMMENT,
    RATINGS,
    SKIP_REASONS,
    VERDICTS,
    Defect,
    Label,
    Schema,
)

PAIR = AnchorPair("tshirt", an_anchor_set(), an_anchor_set().moved("left_neck", 3.0, 4.0))
coordinates = st.floats(-50, 5000).map(lambda v: round(v, 2))
labels = st.builds(
    Label,
    verdict=st.sampled_from((None, *VERDICTS)),
    rating=st.sampled_from((None, *RATINGS)),
    defects=st.lists(
        st.builds(
            Defect,
            st.sampled_from([word.name for word in DEFECTS]),
            st.none() | st.tuples(coordinates, coordinates),
        ),
        max_size=6,
    ).map(tuple),
    anchors=st.sampled_from((None, AnchorPair.from_json(PAIR.to_json()))),
    comment=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=80),
    skip_reason=st.sampled_from((None, *(word.name for word in SKIP_REASONS))),
)


@given(label=labels)
def test_a_label_survives_the_way_through_json(label: Label) -> None:
    """What a reviewer said is what a data person reads."""
    assert Label.from_json(label.to_json(), Schema()) == label


def test_a_comment_can_be_written_to_any_file() -> None:
    """Half an emoji or a NUL in one comment must not end the export of all."""
    assert Label.from_json({"comment": "too long\0 \ud83d"}).comment == "too long ?"


@pytest.mark.parametrize(
    "document",
    [
        {"verdict": "good"},
        {"rating": 6},
        {"rating": True},
        {"defects": [{"name": "sparkle"}]},
        {"defects": [{"name": "hem", "x": float("nan"), "y": 1}]},
        {"defects": [{"name": "hem"}] * 500},
        {"defects": [{"name": "hem", "x": 10**400, "y": 1}]},
        {"comment": "x" * (MAX_COMMENT + 1)},
        {"comment": 5},
        {"skip_reason": "bored"},
        {"anchors": {"schema": 1}},
        {"schema": 2},
        [],
        None,
    ],
    ids=lambda d: str(d)[:40],
)
def test_what_the_project_does_not_know_is_refused(document: object) -> None:
    """A typo in an import would otherwise be a new class in every figure."""
    with pytest.raises(InvalidLabel):
        Label.from_json(document, Schema())


def test_a_project_may_bring_its_own_defects() -> None:
    """Names, words and keys from a file."""
    schema = Schema.from_json({"defects": [{"name": "button", "label": "Buttons", "key": "D"}]})

    assert Label.from_json({"defects": [{"name": "button"}]}, schema).defect_names == ("button",)
    assert schema.defects[0].key == "d"
    assert schema.skip_reasons == SKIP_REASONS
    assert Schema.from_json(schema.to_json()) == schema


@pytest.mark.parametrize(
    "words",
    [
        [{"name": "a1", "key": "x"}],
        [{"name": "a1", "key": "d"}, {"name": "a2", "key": "d"}],
        [{"name": "a1"}, {"name": "a1"}],
        [{"label": "nameless"}],
    ],
    ids=["key of skipping", "key twice", "name twice", "no name"],
)
def test_a_schema_whose_keys_collide_is_refused(words: list[dict[str, str]]) -> None:
    """Two meanings on one key would spoil labels without anyone noticing."""
    with pytest.raises(InvalidLabel):
        Schema.from_json({"defects": words})
