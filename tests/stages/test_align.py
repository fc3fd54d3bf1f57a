"""Stage 4: the garment laid over the body, and what of the person stays in front of it."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.models import a_photo, hidden, masks_of, moved, posed, standing
from tests.fakes.wardrobe import GARMENTS, drawn
from tryon.anchors import UPPER_TYPES, AnchorPair, AnchorSet, Tuck
from tryon.errors import WarpFailed
from tryon.stages.align import Draft, align_garment
from tryon.stages.load import Photo
from tryon.stages.pose import Pose
from tryon.stages.quality import check_quality
from tryon.stages.segment import PersonMasks
from tryon.stages.strategies import STRATEGIES, Strategy

SIDE = 400  # of the garment's working picture
PERSON = standing()
PHOTO, POSE = a_photo(PERSON), posed(PERSON)
MASKS = masks_of(PERSON, POSE)


def draft_of(
    name: str,
    photo: Photo = PHOTO,
    pose: Pose = POSE,
    masks: PersonMasks = MASKS,
    anchors: AnchorPair | None = None,
    tuck: Tuck = "out",
    strategy: Strategy = STRATEGIES[0],
) -> Draft:
    """The standing person in a drawn garment."""
    return align_garment(photo, pose, masks, drawn(name, SIDE), anchors, tuck, strategy)


def with_arms(masks: PersonMasks, arms: np.ndarray) -> PersonMasks:
    """The same person with bare arms seen there."""
    return replace(masks, arms=arms.astype(np.float32), skin=arms.astype(np.float32))


# --- the photo is kept ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", GARMENTS)
@pytest.mark.parametrize("arms", ["hanging", "crossed"])
def test_every_pixel_without_garment_is_the_photos(name: str, arms: str) -> None:
    """The face, the room and the shoes of the photo are never touched."""
    person = standing(arms=arms)
    photo, pose = a_photo(person), posed(person)

    draft = draft_of(name, photo, pose, masks_of(person, pose))

    kept = draft.region == 0
    np.testing.assert_array_equal(draft.rgb[kept], photo.rgb[kept])
    assert draft.rgb.shape == photo.rgb.shape
    assert draft.region.min() >= 0
    assert draft.region.max() <= 1 + 1e-6
    assert (draft.region > 0.5).sum() > 2000


def test_the_photo_itself_is_not_painted_on() -> None:
    """The same prepared person is dressed again and again."""
    before = PHOTO.rgb.copy()

    draft_of("printed_tshirt")

    np.testing.assert_array_equal(PHOTO.rgb, before)


def test_a_draft_cannot_be_changed_by_who_shows_it() -> None:
    """Every caller sees the same draft."""
    draft = draft_of("printed_tshirt")

    for array in (draft.rgb, draft.warped, draft.region, draft.garment_xy):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 0


def test_the_same_photos_give_the_same_draft() -> None:
    """A bug report can be reproduced."""
    once, again = draft_of("striped_sweater"), draft_of("striped_sweater")

    np.testing.assert_array_equal(once.rgb, again.rgb)
    np.testing.assert_array_equal(once.garment_xy, again.garment_xy)


@pytest.mark.parametrize(
    "name", ["printed_tshirt", "striped_sweater", "bomber_jacket", "tank_top", "dress", "jeans"]
)
@pytest.mark.parametrize("arms", ["hanging", "raised", "bent", "crossed"])
def test_no_cloth_is_folded_over(name: str, arms: str) -> None:
    """A print turned inside out is the ugliest draft there is."""
    person = standing(size_wh=(400, 460), shoulders_at=(200, 150), arms=arms)
    pose = posed(person)

    draft = draft_of(name, a_photo(person), pose, masks_of(person, pose))

    assert draft.folded_px == 0


# --- where it comes from -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["printed_tshirt", "hoodie", "jeans"])
def test_the_map_tells_which_pixel_of_the_garment_photo_is_seen(name: str) -> None:
    """`garment_map.npz` is what placement is judged by: it must speak of the draft, exactly."""
    garment, draft = drawn(name, SIDE), draft_of(name)

    shown = draft.region > 0.5
    mapped = ~np.isnan(draft.garment_xy[..., 0])
    assert (shown == mapped).mean() > 0.998
    scale = np.array(garment.photo.size_wh) / np.array(garment.photo.given_wh)
    at = ((draft.garment_xy + 0.5) * scale - 0.5).astype(np.float32)
    at = np.where(mapped[..., None], at, -1).astype(np.float32)
    alpha = cv2.remap(garment.alpha, at, None, cv2.INTER_LINEAR)
    assert np.percentile(alpha[mapped], 1) > 0.2
    assert alpha[mapped].min() > 0.0
    colours = cv2.remap(garment.rgb, at, None, cv2.INTER_LINEAR)
    solid = draft.region > 0.999
    gap = np.abs(colours[solid].astype(int) - draft.rgb[solid].astype(int))
    assert gap.mean() < 8  # the draft is smoothed where the garment shrinks


def test_the_warped_garment_is_whole() -> None:
    """The strip of pictures shows the bent garment alone, also what lies behind hands."""
    behind = np.zeros((420, 300), bool)
    behind[150:200, 120:180] = True

    draft = draft_of("tank_top", masks=with_arms(MASKS, behind))

    assert draft.region[behind].max() < 0.02
    assert draft.warped[..., 3][behind].min() > 250


# --- what is in front ----------------------------------------------------------------------------


def test_a_bare_arm_across_the_trunk_is_in_front() -> None:
    """Folded arms are not painted over."""
    arm = np.zeros((420, 300), bool)
    arm[170:195, 90:210] = True

    draft = draft_of("tank_top", masks=with_arms(MASKS, arm))

    inside = cv2.erode(arm.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    np.testing.assert_array_equal(draft.rgb[inside], PHOTO.rgb[inside])


def test_a_sleeve_goes_behind_the_back_with_its_arm() -> None:
    """An arm whose hand is not seen lies behind: no cuff before the belly or the trousers."""
    crossed = posed(standing(arms="crossed"))
    joints = ("left_elbow", "left_wrist", "left_index", "left_pinky", "left_thumb")
    person = moved(PERSON, **{n: tuple(crossed.xy(n)) for n in joints})
    behind = hidden(person, "left_wrist", "left_index", "left_pinky", "left_thumb")
    nothing = np.zeros((420, 300), bool)
    photo = a_photo(person)

    before, after = (
        draft_of("striped_sweater", photo, pose, with_arms(masks_of(one, pose), nothing))
        for one in (person, behind)
        for pose in [posed(one)]
    )

    body = before.anchors.person
    ends = [body[f"left_{n}_{e}"] for n in ("elbow", "sleeve") for e in ("outer", "inner")]
    x, y = np.mean([(a.x, a.y) for a in ends], axis=0).round().astype(int)  # before the trunk
    sweater = drawn("striped_sweater", SIDE)
    armpit = sweater.anchors.resized(*sweater.photo.given_wh)["left_armpit"]
    assert before.garment_xy[y, x, 0] > armpit.x  # of the sleeve
    assert after.garment_xy[y, x, 0] < armpit.x  # of the trunk
    below = np.s_[int(max(body["left_hem"].y, body["right_hem"].y)) + 6 :]
    assert not (after.region[below] > 0.5).any()


def test_a_hand_is_in_front_of_a_long_sleeve_but_the_forearm_is_in_it() -> None:
    """A crossed arm gets its sleeve; the hand at its end stays a hand."""
    joints = ("left_elbow", "left_wrist", "left_index", "left_pinky", "left_thumb")
    crossed = posed(standing(arms="crossed"))
    person = moved(PERSON, **{n: tuple(crossed.xy(n)) for n in joints})
    pose = posed(person)
    line = [pose.xy(f"left_{n}") for n in ("elbow", "wrist", "index")]
    arms = np.zeros((420, 300), np.uint8)
    cv2.polylines(arms, [np.array(line).round().astype(np.int32)], False, 1, 16)
    masks = with_arms(masks_of(person, pose), arms > 0)

    draft = draft_of("striped_sweater", a_photo(person), pose, masks)

    hand = ((pose.xy("left_index") + pose.xy("left_pinky")) / 2).round().astype(int)
    body = draft.anchors.person
    ends = [body[f"left_{n}_{e}"] for n in ("elbow", "sleeve") for e in ("outer", "inner")]
    forearm = np.mean([(a.x, a.y) for a in ends], axis=0).round().astype(int)
    assert draft.region[hand[1], hand[0]] < 0.05
    assert draft.region[forearm[1], forearm[0]] > 0.95


def test_hair_falls_over_the_shirt() -> None:
    """Long hair cut off at the collar looks pasted."""
    hair = np.zeros((420, 300), np.float32)
    hair[90:160, 160:185] = 1

    draft = draft_of("printed_tshirt", masks=replace(MASKS, hair=hair))

    np.testing.assert_array_equal(draft.rgb[hair > 0], PHOTO.rgb[hair > 0])


@pytest.mark.parametrize("name", ["printed_tshirt", "tank_top", "striped_sweater", "dress"])
def test_the_neck_is_seen_through_the_collar(name: str) -> None:
    """The back of the collar lies behind the neck, not across the throat."""
    draft = draft_of(name)

    body = draft.anchors.person
    front = np.array([body["neck_front"].x, body["neck_front"].y])
    sides = np.array([[body[f"{s}_neck"].x, body[f"{s}_neck"].y] for s in ("left", "right")])
    throat = (0.5 * front + 0.5 * sides.mean(axis=0)).round().astype(int)
    assert draft.region[throat[1], throat[0]] < 0.05
    chest = (front + np.array([0, 0.2 * POSE.scale_px])).round().astype(int)
    assert draft.region[chest[1], chest[0]] > 0.95


# --- tucked or not -------------------------------------------------------------------------------


def lowest_row(draft: Draft) -> int:
    """Last row with cloth."""
    return int(np.flatnonzero((draft.region > 0.5).any(axis=1))[-1])


def test_a_tucked_top_ends_at_the_waistband() -> None:
    """Who tucks shirts in says so, and the trousers of the photo are seen."""
    out, tucked = draft_of("printed_tshirt", tuck="out"), draft_of("printed_tshirt", tuck="in")

    assert tucked.is_tucked
    assert not out.is_tucked
    waistband_y = POSE.xy("left_hip")[1] - 0.42 * POSE.scale_px
    assert lowest_row(tucked) == pytest.approx(waistband_y, abs=2)
    assert lowest_row(out) > waistband_y + 10


SEEN_ENDS = {"none": (None, False), "above the hips": (1.1, True), "below the hips": (1.9, False)}


@pytest.mark.parametrize(("top_end", "is_tucked"), SEEN_ENDS.values(), ids=SEEN_ENDS)
def test_a_waistband_in_the_photo_decides_where_nobody_did(
    top_end: float | None, is_tucked: bool
) -> None:
    """By default a top is worn as the one in the photo."""
    masks = replace(MASKS, top_end=top_end)

    draft = draft_of("printed_tshirt", masks=masks, tuck="auto")

    assert draft.is_tucked == is_tucked


@pytest.mark.parametrize(
    "name", [n for n in GARMENTS if drawn(n, SIDE).garment_type not in UPPER_TYPES]
)
def test_only_tops_are_tucked(name: str) -> None:
    """Tucked trousers or a dress cut at the waist make no sense."""
    assert not draft_of(name, tuck="in").is_tucked


# --- anchors set by hand -------------------------------------------------------------------------


@pytest.mark.parametrize("name", GARMENTS)
def test_points_given_back_unchanged_give_the_same_draft(name: str) -> None:
    """Who opens the editor and moves nothing changes nothing, whatever size the pictures had."""
    auto = draft_of(name)
    shown = AnchorPair(
        auto.anchors.garment_type,
        auto.anchors.garment.resized(768, 1024),
        auto.anchors.person.resized(600, 840),
    )

    again = draft_of(name, anchors=AnchorPair.from_json(shown.to_json()))

    assert (np.abs(again.region - auto.region) > 0.1).mean() < 0.001
    gap = np.abs(again.rgb.astype(int) - auto.rgb.astype(int))
    assert gap.mean() < 0.05


def test_a_moved_point_moves_the_cloth_there() -> None:
    """Dragging the hem down makes the shirt longer."""
    auto = draft_of("printed_tshirt")
    body = auto.anchors.person
    for side in ("left", "right"):
        anchor = body[f"{side}_hem"]
        body = body.moved(anchor.name, anchor.x, anchor.y + 30)

    longer = draft_of("printed_tshirt", anchors=replace(auto.anchors, person=body))

    assert lowest_row(longer) == pytest.approx(lowest_row(auto) + 30, abs=3)


AUTO = {name: draft_of(name).anchors for name in ("printed_tshirt", "striped_sweater", "jeans")}


@settings(max_examples=40, deadline=None)
@given(choose=st.data(), name=st.sampled_from(sorted(AUTO)))
def test_any_selection_of_points_is_fitted_or_refused(choose: st.DataObject, name: str) -> None:
    """A file may hold fewer points than were found; the answer is a draft or a sentence."""
    found = AUTO[name].garment.names
    names = choose.draw(st.lists(st.sampled_from(found), unique=True, min_size=1))
    chosen = AnchorPair(
        AUTO[name].garment_type, AUTO[name].garment.only(names), AUTO[name].person.only(names)
    )

    try:
        draft = draft_of(name, anchors=chosen)
    except WarpFailed:
        return

    assert np.isfinite(draft.stretch)


def test_a_fit_without_armpits_is_scored() -> None:
    """Points a file leaves out cost score, not the run."""
    names = ("left_neck", "right_neck", "left_shoulder", "right_shoulder", "left_hem", "right_hem")
    auto = AUTO["printed_tshirt"]
    draft = draft_of(
        "printed_tshirt",
        anchors=AnchorPair("tshirt", auto.garment.only(names), auto.person.only(names)),
    )

    quality = check_quality(draft, POSE, MASKS, drawn("printed_tshirt", SIDE), 0.7)

    assert 0 <= quality.score <= 1


def test_a_file_without_points_is_refused() -> None:
    """Both lists empty is valid JSON, and names agree; still nothing can be laid on."""
    nothing = AnchorPair("tshirt", AnchorSet(300, 400, ()), AnchorSet(300, 420, ()))

    with pytest.raises(WarpFailed):
        draft_of("printed_tshirt", anchors=nothing)


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(sorted(AUTO)),
    where=st.lists(st.tuples(st.floats(-400, 700), st.floats(-400, 900)), min_size=19, max_size=19),
)
def test_points_dragged_anywhere_are_fitted_or_refused(
    name: str, where: list[tuple[float, float]]
) -> None:
    """A child at the editor does not bring the studio down."""
    body = AUTO[name].person
    anchors = tuple(replace(a, x=x, y=y) for a, (x, y) in zip(body.anchors, where, strict=False))
    wild = replace(AUTO[name], person=AnchorSet(body.width, body.height, anchors))
    wild = replace(wild, garment=wild.garment.only(wild.person.names))

    try:
        draft = draft_of(name, anchors=wild)
    except WarpFailed:
        return

    kept = draft.region == 0
    np.testing.assert_array_equal(draft.rgb[kept], PHOTO.rgb[kept])
    assert np.isfinite(draft.stretch)


# --- refusals ------------------------------------------------------------------------------------


def test_a_person_behind_everything_gets_no_draft() -> None:
    """Where nothing of the garment would be seen, an unchanged photo is no result."""
    everything = np.ones((420, 300), bool)

    with pytest.raises(WarpFailed) as refusal:
        draft_of("tank_top", masks=with_arms(MASKS, everything))

    assert refusal.value.code == "WARP_FAILED"
    assert refusal.value.remedy


def test_points_far_outside_of_the_photo_are_refused() -> None:
    """A garment that would lie beside the photo is answered in words."""
    body = AUTO["printed_tshirt"].person
    away = tuple(replace(a, x=a.x + 3000) for a in body.anchors)
    outside = replace(AUTO["printed_tshirt"], person=replace(body, anchors=away))

    with pytest.raises(WarpFailed):
        draft_of("printed_tshirt", anchors=outside)


# --- strategies ----------------------------------------------------------------------------------


LAID_ANEW = [s for s in STRATEGIES[1:] if s.variant == "as found"]  # others read the photo anew


@pytest.mark.parametrize("strategy", LAID_ANEW, ids=lambda s: s.name)
def test_every_strategy_is_another_fit(strategy: Strategy) -> None:
    """A second attempt that repeats the first would only cost time."""
    first = draft_of("striped_sweater")

    other = draft_of("striped_sweater", strategy=strategy)

    assert np.abs(other.region - first.region).mean() > 0.002
    assert other.folded_px == 0


def test_beside_straps_no_gap_is_closed() -> None:
    """What the old top covered between a strap and the arm is bare, not a crease."""
    person = (MASKS.person > 0.5).astype(np.float32)
    masks = replace(MASKS, old_top=replace(MASKS.old_top, mask=person))

    draft = draft_of("tank_top", masks=masks)

    armpit_y = int(min(draft.anchors.person[f"{side}_armpit"].y for side in ("left", "right")))
    added = (draft.region > 0.5) & (draft.warped[..., 3] < 30)
    assert not added[:armpit_y].any()


def test_a_hood_stands_around_the_neck() -> None:
    """Its sides are in front of the shoulders, and no bare skin is seen in their place."""
    draft = draft_of("hoodie")

    person = draft.anchors.person
    middle = (person["left_neck"].x + person["right_neck"].x) / 2
    for side in ("left", "right"):
        neck = person[f"{side}_neck"]
        x, y = round(middle + 0.75 * (neck.x - middle)), round(neck.y + 4)
        assert MASKS.person[y, x] > 0.5
        assert draft.region[y, x] > 0.5
