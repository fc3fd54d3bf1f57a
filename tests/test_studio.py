"""The service: what it calls, what it remembers, what watchers hear, what errors say."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.fakes.models import Broken, FakeMatting, PoseOnItsPhoto, photo_of, standing
from tests.fakes.wardrobe import photo_rgb
from tryon.anchors import AnchorPair
from tryon.arrays import RgbImage
from tryon.errors import Cancelled, TryOnError
from tryon.fit import FitOptions, Models
from tryon.stages.load import PhotoLimits
from tryon.steps import StepEvent
from tryon.studio import Studio

ALL_STAGES = {
    "load person", "detect pose", "segment person",
    "load garment", "prepare garment", "align", "check quality",
}  # fmt: skip


def png(rgb: RgbImage) -> bytes:
    """The picture as a file."""
    buffer = BytesIO()
    Image.fromarray(rgb).save(buffer, "PNG")
    return buffer.getvalue()


PERSON = png(photo_of(standing()))
SHIRT = png(photo_rgb("printed_tshirt")[::2, ::2])
TROUSERS = png(photo_rgb("jeans")[::2, ::2])
WALL = png(np.random.default_rng(0).integers(190, 210, (200, 200, 3)).astype(np.uint8))
LIMITS = PhotoLimits()


class Rig:
    """A studio on fakes that counts."""

    def __init__(self, cached_photos: int = 4) -> None:
        self.pose, self.matting = PoseOnItsPhoto(standing()), FakeMatting()
        self.studio = Studio(Models(self.pose, self.matting), LIMITS, cached_photos)

    @property
    def calls(self) -> tuple[int, int]:
        """How often the pose and the matting model were asked."""
        return self.pose.calls, self.matting.calls


# --- one run -------------------------------------------------------------------------------------


def test_two_pictures_become_a_draft() -> None:
    """The product in one call."""
    result = Rig().studio.try_on(PERSON, SHIRT)

    draft, photo = result.best.draft, result.person.photo
    assert draft.rgb.shape == photo.rgb.shape
    assert (draft.region > 0.5).sum() > 2000
    old_top, bare = result.person.masks.old_top, draft.region == 0
    far = cv2.dilate(old_top.mask, np.ones((25, 25))) == 0  # of its soft edge and its hem's shadow
    np.testing.assert_array_equal(draft.rgb[bare], old_top.photo_without[bare])
    np.testing.assert_array_equal(draft.rgb[bare & far], photo.rgb[bare & far])
    assert result.garment.garment_type == "tshirt"


def test_watchers_hear_every_stage_begin_and_end() -> None:
    """The page shows progress as it happens, stage by stage, never an end before a begin."""
    heard: list[StepEvent] = []

    result = Rig().studio.try_on(PERSON, SHIRT, on_step=heard.append)

    assert {e.name for e in heard} == ALL_STAGES
    for name in ALL_STAGES:
        assert [e.is_done for e in heard if e.name == name][:2] == [False, True]
    order = [e.name for e in heard if e.is_done]
    assert order.index("load person") < order.index("detect pose") < order.index("segment person")
    assert order[-2:] == ["align", "check quality"]
    assert set(result.seconds) == ALL_STAGES


def test_watchers_are_called_one_at_a_time() -> None:
    """Person and garment are prepared side by side; a page's callback need not know."""
    inside = threading.Lock()
    clashes: list[str] = []

    def watch(event: StepEvent) -> None:
        if not inside.acquire(blocking=False):
            clashes.append(event.name)
            return
        threading.Event().wait(0.01)
        inside.release()

    Rig().studio.try_on(PERSON, SHIRT, on_step=watch)

    assert clashes == []


# --- outfits -------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [[0, 1], [1, 0]], ids=["top first", "bottom first"])
def test_several_garments_become_one_picture(order: list[int]) -> None:
    """Whatever the order given, the shirt lies over the trousers, and both are seen."""
    garments = [[SHIRT, TROUSERS][i] for i in order]

    result = Rig().studio.try_on(PERSON, garments, FitOptions(tuck="out"))

    shirt, trousers = result.outfit
    assert [fit.garment.garment_type for fit in result.outfit] == ["tshirt", "trousers"]
    below = (trousers.best.draft.region > 0.999) & (shirt.best.draft.region == 0)
    assert below.sum() > 1000
    np.testing.assert_array_equal(result.best.draft.rgb[below], trousers.best.draft.rgb[below])


def test_each_garment_of_an_outfit_may_have_options_of_its_own() -> None:
    """Types and anchors belong to one garment each."""
    options = [FitOptions(garment_type="sweater"), FitOptions(garment_type="jumpsuit")]

    result = Rig().studio.try_on(PERSON, [SHIRT, TROUSERS], options)

    assert [fit.garment.garment_type for fit in result.outfit] == ["sweater", "jumpsuit"]


def test_an_outfit_is_heard_garment_by_garment() -> None:
    """Every stage of every garment, also when all of it is remembered."""
    rig = Rig()

    for _ in range(2):
        heard: list[StepEvent] = []
        rig.studio.try_on(PERSON, [SHIRT, TROUSERS], on_step=heard.append)

        done = [e.name for e in heard if e.is_done]
        assert done.count("load person") == 1
        assert done.count("load garment") == done.count("prepare garment") == 2
        assert done.count("align") >= 2


@pytest.mark.parametrize(
    ("num_garments", "options", "said"),
    [
        (0, None, "want 1 to 4 photos, got 0"),
        (5, None, "want 1 to 4 photos, got 5"),
        (2, FitOptions(garment_type="skirt"), "belong to one garment"),
        (2, [FitOptions()], "want 2, got 1"),
    ],
    ids=["none", "too many", "one type for two", "options for one of two"],
)
def test_an_outfit_that_cannot_be_meant_is_a_bug_of_the_caller(
    num_garments: int, options: FitOptions | list[FitOptions] | None, said: str
) -> None:
    """Pages and the API check what people give; here it would be our mistake."""
    rig = Rig()

    with pytest.raises(ValueError, match=said):
        rig.studio.try_on(PERSON, [SHIRT] * num_garments, options)

    assert rig.calls == (0, 0)


# --- memory --------------------------------------------------------------------------------------


def test_the_same_photos_are_paid_for_once() -> None:
    """Trying another option with the same photos takes no model call."""
    rig = Rig()
    first = rig.studio.try_on(PERSON, SHIRT)
    paid = rig.calls

    second = rig.studio.try_on(PERSON, SHIRT)

    assert rig.calls == paid
    np.testing.assert_array_equal(second.best.draft.rgb, first.best.draft.rgb)


def test_remembered_photos_still_show_every_stage() -> None:
    """The strip of pictures fills up on the second run as on the first."""
    rig = Rig()
    first: list[StepEvent] = []
    second: list[StepEvent] = []
    rig.studio.try_on(PERSON, SHIRT, on_step=first.append)

    rig.studio.try_on(PERSON, SHIRT, on_step=second.append)

    assert sorted(e.name for e in second) == sorted(e.name for e in first)
    shown = {e.name: e.result for e in first if e.is_done and e.stage < 4}
    again = {e.name: e.result for e in second if e.is_done and e.stage < 4}
    assert all(again[name] is result for name, result in shown.items())


def test_nobody_is_answered_with_the_photo_of_another() -> None:
    """One studio serves every visitor; a face on somebody else's page would be the worst of all."""
    rig = Rig()
    somebody = png((photo_of(standing()) * 0.95).astype(np.uint8))
    rig.studio.try_on(PERSON, SHIRT)

    other = rig.studio.try_on(somebody, TROUSERS)

    assert other.person.photo.sha256 == hashlib.sha256(somebody).hexdigest()
    assert other.garment.photo.sha256 == hashlib.sha256(TROUSERS).hexdigest()


def test_another_garment_keeps_the_person() -> None:
    """Going through a wardrobe, the person is looked at once."""
    rig = Rig()
    rig.studio.try_on(PERSON, SHIRT)
    pose_calls = sum(photo.shape[:2] == (420, 300) for photo in rig.pose.photos)

    rig.studio.try_on(PERSON, TROUSERS)

    assert sum(photo.shape[:2] == (420, 300) for photo in rig.pose.photos) == pose_calls == 1
    assert rig.matting.calls == 3  # the person and two garments


def test_another_type_is_another_garment() -> None:
    """A corrected type is not answered from memory with the wrong one."""
    rig = Rig()
    rig.studio.try_on(PERSON, SHIRT)

    corrected = rig.studio.try_on(PERSON, SHIRT, FitOptions(garment_type="sweater"))

    assert corrected.garment.garment_type == "sweater"
    assert corrected.garment.type_confidence == 1.0


def test_points_set_by_hand_bring_their_type() -> None:
    """A fit saved for a sweater is a sweater when it is loaded again."""
    rig = Rig()
    auto = rig.studio.try_on(PERSON, SHIRT, FitOptions(garment_type="sweater"))

    again = rig.studio.try_on(PERSON, SHIRT, FitOptions(anchors=auto.best.draft.anchors))

    assert again.garment.garment_type == "sweater"


def test_memory_is_bounded() -> None:
    """A server that has seen a thousand photos holds the last few."""
    rig = Rig(cached_photos=1)
    rig.studio.try_on(PERSON, SHIRT)
    rig.studio.try_on(PERSON, TROUSERS)
    before = rig.matting.calls

    rig.studio.try_on(PERSON, SHIRT)

    assert rig.matting.calls == before + 1


def test_a_closed_studio_has_forgotten_everything() -> None:
    """Nobody's photo outlives the studio."""
    rig = Rig()
    rig.studio.try_on(PERSON, SHIRT)
    before = rig.calls

    rig.studio.close()
    rig.studio.try_on(PERSON, SHIRT)

    assert rig.calls == (2 * before[0], 2 * before[1])


# --- several visitors ----------------------------------------------------------------------------


def test_two_visitors_with_one_photo_make_one_model_call() -> None:
    """A shared link opened by many does not multiply the work."""
    rig = Rig()

    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: rig.studio.try_on(PERSON, SHIRT), range(3)))

    assert rig.matting.calls == 2  # one person, one garment
    assert results[0].person is results[1].person is results[2].person


def test_who_waits_for_anothers_work_still_hears_every_stage() -> None:
    """The second visitor's page does not stay empty because the first one paid."""
    rig = Rig()
    heard: list[list[StepEvent]] = [[], [], []]

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda h: rig.studio.try_on(PERSON, SHIRT, on_step=h.append), heard))

    assert [{e.name for e in events if e.is_done} for events in heard] == [ALL_STAGES] * 3


# --- stopping ------------------------------------------------------------------------------------


@pytest.mark.parametrize("last", ["load person", "detect pose", "segment person", "align"])
def test_a_cancelled_run_starts_no_further_stage(last: str) -> None:
    """Who presses cancel frees the models for the next visitor."""
    ended: list[str] = []

    def watch(event: StepEvent) -> None:
        if event.is_done:
            ended.append(event.name)

    with pytest.raises(Cancelled) as stop:
        Rig().studio.try_on(PERSON, SHIRT, on_step=watch, is_cancelled=lambda: last in ended)

    assert stop.value.code == "CANCELLED"
    person_side = [n for n in ended if "garment" not in n]
    assert person_side[-1] == last
    assert stop.value.stage not in ended


def test_a_cancelled_run_can_be_started_again() -> None:
    """Nothing half-made is remembered."""
    rig = Rig()
    with pytest.raises(Cancelled):
        rig.studio.try_on(PERSON, SHIRT, is_cancelled=lambda: rig.pose.calls > 0)

    result = rig.studio.try_on(PERSON, SHIRT)

    assert (result.best.draft.region > 0.5).any()


# --- errors --------------------------------------------------------------------------------------

FAILURES = {
    "text as person": (b"dear studio", SHIRT, "INVALID_IMAGE_FORMAT", "load person"),
    "text as garment": (PERSON, b"dear studio", "INVALID_IMAGE_FORMAT", "load garment"),
    "nothing as person": (b"", SHIRT, "INVALID_IMAGE_FORMAT", "load person"),
    "nobody": (WALL, SHIRT, "POSE_FAILED", "detect pose"),
    "photos the wrong way round": (SHIRT, PERSON, "POSE_FAILED", "detect pose"),
    "no garment": (PERSON, WALL, "SEGMENTATION_FAILED", "prepare garment"),
}


@pytest.mark.parametrize(("person", "garment", "code", "stage"), FAILURES.values(), ids=FAILURES)
def test_a_failure_says_what_where_and_what_to_do(
    person: bytes, garment: bytes, code: str, stage: str
) -> None:
    """Somebody with the wrong photo learns which one, and what a right one looks like."""
    with pytest.raises(TryOnError) as failure:
        Rig().studio.try_on(person, garment)

    assert (failure.value.code, failure.value.stage) == (code, stage)
    assert failure.value.message
    assert failure.value.remedy


def test_points_that_carry_no_fit_fail_in_align() -> None:
    """All points on one spot: the photos are fine, the points are not."""
    rig = Rig()
    auto = rig.studio.try_on(PERSON, SHIRT).best.draft.anchors
    document = auto.to_json()
    for anchor in document["person"]["anchors"]:
        anchor.update(x=100, y=100)

    with pytest.raises(TryOnError) as failure:
        rig.studio.try_on(PERSON, SHIRT, FitOptions(anchors=AnchorPair.from_json(document)))

    assert (failure.value.code, failure.value.stage) == ("WARP_FAILED", "align")


def test_a_failed_photo_is_not_remembered_as_failed() -> None:
    """After a hiccup of the model, the same photo works."""
    rig = Rig()
    broken = Studio(Models(Broken(), rig.matting), LIMITS)
    with pytest.raises(RuntimeError, match="session lost") as failure:
        broken.try_on(PERSON, SHIRT)
    broken._models = Models(rig.pose, rig.matting)

    result = broken.try_on(PERSON, SHIRT)

    assert failure.value.__notes__ == ["in stage detect pose"]
    assert (result.best.draft.region > 0.5).any()
