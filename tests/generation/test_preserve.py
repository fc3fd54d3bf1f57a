"""Whatever a generator answers: drifted, zoomed, tinted or foreign, the photo stays the photo."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.final_fits import a_fit, scene_of
from tests.fakes.gemini.pictures import moved, tinted
from tests.fakes.models import FakeMatting, FakePose
from tryon.arrays import RgbImage
from tryon.errors import NanoApiError
from tryon.fit import Models
from tryon.generation.colour import garment_delta_e
from tryon.generation.final import Final
from tryon.generation.generators import Generators
from tryon.generation.options import FinalOptions
from tryon.ports import Generated, GenerationRequest
from tryon.stages.load import PhotoLimits
from tryon.studio import Studio


class Paints:
    """A generator that answers with what a function makes of the request."""

    name = "nano-banana"
    model = "paints"
    sends = "Nothing."
    is_deterministic = False

    def __init__(self, *paint: Callable[[GenerationRequest], RgbImage | Exception]) -> None:
        self._paint = paint
        self.requests: list[GenerationRequest] = []

    def generate(self, request: GenerationRequest) -> Generated:
        self.requests.append(request)
        made = self._paint[min(len(self.requests), len(self._paint)) - 1](request)
        if isinstance(made, Exception):
            raise made
        return Generated(made, self.model, 0.1, cost_usd=0.03)


def finish(paints: Paints, **options: object) -> Final:
    """The drawn fit, finished by a generator."""
    studio = Studio(Models(FakePose(()), FakeMatting()), PhotoLimits(),
                    generators=Generators(nano_banana=paints))  # fmt: skip
    return studio.finish(a_fit(), FinalOptions(**{"generator": "nano-banana", **options}))


def assert_photo_outside(final: Final) -> None:
    scene = scene_of(a_fit())
    outside = scene.region == 0
    np.testing.assert_array_equal(final.image[outside], scene.person[outside])


def check(final: Final, name: str) -> float:
    return next(c.value for c in final.checks if c.name == name)


# --- what is put right ---------------------------------------------------------------------------

SHARE = st.floats(-0.04, 0.04)
GAIN = st.floats(0.96, 1.04)


@settings(max_examples=15, deadline=None)
@given(zoom=SHARE, shift=st.tuples(SHARE, SHARE), gain=st.tuples(GAIN, GAIN, GAIN))
def test_small_drifts_and_tints_are_put_right(
    zoom: float, shift: tuple[float, float], gain: tuple[float, float, float]
) -> None:
    """Up to 4 % of zoom, shift and tint: exact outside, the garment's colours kept inside."""
    generator = Paints(lambda request: tinted(moved(request.draft, 1 + zoom, shift), gain))

    final = finish(generator, max_retries=0)

    assert_photo_outside(final)
    scene = scene_of(a_fit())
    assert garment_delta_e(final.image, scene)[1] <= 3
    inner = cv2.erode((scene.cloth > 0.99).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    gap = np.abs(final.image[inner].astype(int) - scene.draft[inner])
    assert np.median(gap) < 6


@settings(max_examples=6, deadline=None)
@given(zoom=st.floats(0.08, 0.3), sign=st.sampled_from([-1, 1]))
def test_what_moved_too_far_is_not_used(zoom: float, sign: int) -> None:
    """Beyond the limit the answer shows another framing; it is told, not shown."""
    generator = Paints(lambda request: moved(request.draft, 1 + sign * zoom, (0.0, 0.0)))

    with pytest.raises(NanoApiError) as caught:
        finish(generator, max_retries=0)

    assert caught.value.reason == "does_not_fit"


@pytest.mark.parametrize("size_wh", [(600, 840), (150, 210), (300, 420)], ids=str)
def test_an_answer_of_any_size_is_laid_over_the_photo(size_wh: tuple[int, int]) -> None:
    """Generators answer with 1K, 2K or 4K, whatever the photo."""
    final = finish(Paints(lambda request: np.asarray(
        cv2.resize(request.draft, size_wh, None, 0, 0, cv2.INTER_AREA), np.uint8
    )))  # fmt: skip

    assert_photo_outside(final)
    assert check(final, "frame_drift") < 0.5


def test_what_an_answer_does_not_show_is_the_drafts() -> None:
    """Zoomed into, it has no border: nothing is smeared there."""
    generator = Paints(lambda request: moved(request.draft, 1.04, (0.0, 0.0)))

    final = finish(generator, preserve_background=False, max_retries=0)

    scene = scene_of(a_fit())
    np.testing.assert_array_equal(final.image[:3], scene.draft[:3])
    np.testing.assert_array_equal(final.image[:, -3:], scene.draft[:, -3:])


def test_a_drift_is_told_in_pixels() -> None:
    """The report says what was repaired."""
    final = finish(Paints(lambda request: moved(request.draft, 1.0, (0.02, 0.0))))

    assert check(final, "frame_drift") == pytest.approx(2.0, abs=0.2)
    told = next(c.message for c in final.checks if c.name == "frame_drift")
    assert "moved back" in told


def test_a_tint_of_the_garment_alone_is_taken_back_and_told() -> None:
    """Red that became pink is red again."""

    def pink(request: GenerationRequest) -> RgbImage:
        painted = tinted(request.draft, (1.0, 1.25, 1.2))
        weight = request.cloth[..., None]
        return (painted * weight + request.draft * (1 - weight)).astype(np.uint8)

    final = finish(Paints(pink), max_retries=0)

    assert_photo_outside(final)
    assert check(final, "draft_colour") <= 3
    assert any("colour had shifted" in note for note in final.notes)


def test_light_is_no_tint() -> None:
    """A garment in the shade of the scene stays in the shade."""

    def shaded(request: GenerationRequest) -> RgbImage:
        painted = request.draft * 0.85
        weight = request.cloth[..., None]
        return (painted * weight + request.draft * (1 - weight)).astype(np.uint8)

    final = finish(Paints(shaded), max_retries=0)

    scene = scene_of(a_fit())
    solid = scene.cloth > 0.99
    ratio = final.image[solid].mean() / scene.draft[solid].mean()
    assert ratio == pytest.approx(0.85, abs=0.02)
    assert final.notes == ()


# --- what may change -----------------------------------------------------------------------------


def repainted(request: GenerationRequest) -> RgbImage:
    """Everything a little different, as generators do: softer, with another structure."""
    return np.asarray(cv2.GaussianBlur(request.draft, (0, 0), 1.2), np.uint8)


@pytest.mark.parametrize(
    ("face", "background"), [(True, True), (False, True), (True, False), (False, False)]
)
def test_only_what_the_options_allow_changes(face: bool, background: bool) -> None:
    """Face and background are the photo's unless given free; hands and trousers always are."""
    final = finish(Paints(repainted), preserve_face=face, preserve_background=background,
                   max_retries=0)  # fmt: skip

    fit, scene = a_fit(), scene_of(a_fit())
    masks = fit.person.masks
    changed = (final.image != fit.person.photo.rgb).any(axis=2)
    beside = scene.region == 0
    wall = beside & (masks.person < 0.02)
    head = beside & (scene.head > 0.98)
    other = beside & (masks.person > 0.98) & (scene.head < 0.02)
    assert bool(changed[head].any()) is not face
    assert bool(changed[wall].any()) is not background
    assert not changed[other].any()


# --- attempts ------------------------------------------------------------------------------------


def as_it_was(request: GenerationRequest) -> RgbImage:
    return request.person.copy()


def as_drafted(request: GenerationRequest) -> RgbImage:
    return request.draft.copy()


def far_away(request: GenerationRequest) -> RgbImage:
    return moved(request.draft, 1.25, (0.0, 0.0))


def refuses(_request: GenerationRequest) -> Exception:
    return NanoApiError(message="Nano Banana refuses to make this picture.", reason="refused")


def test_an_unchanged_photo_is_asked_for_again_with_a_sharper_prompt() -> None:
    """The classic of image editors: the input comes back."""
    generator = Paints(as_it_was, as_drafted)

    final = finish(generator, max_retries=1)

    assert [attempt.passed for attempt in final.attempts] == [False, True]
    assert final.best == 1
    assert "must be edited" in generator.requests[1].instruction
    assert "must be edited" not in generator.requests[0].instruction
    assert final.cost_usd == pytest.approx(0.06)


def test_the_best_answer_wins_when_none_passes() -> None:
    """And the report says so, check by check."""
    final = finish(Paints(far_away, as_it_was, far_away), max_retries=2)

    assert (len(final.attempts), final.best) == (3, 1)
    assert not final.passed
    assert any("nearly as they were" in note for note in final.notes)
    document = final.to_json()
    assert document["retry_count"] == 2
    assert document["attempts"][0]["checks"] == {}
    assert "was not used" in document["attempts"][0]["notes"][0]


@pytest.mark.parametrize("max_retries", [0, 1, 3])
def test_no_more_answers_are_paid_for_than_allowed(max_retries: int) -> None:
    """Each costs money."""
    generator = Paints(as_it_was)

    finish(generator, max_retries=max_retries)

    assert len(generator.requests) == max_retries + 1


def test_a_failure_after_an_answer_does_not_lose_it() -> None:
    """What was paid for is shown."""
    final = finish(Paints(as_it_was, refuses), max_retries=3)

    assert len(final.attempts) == 1
    assert not final.passed


def test_seeds_differ_between_attempts() -> None:
    """The same seed would give the same failure."""
    generator = Paints(as_it_was)

    finish(generator, max_retries=1, seed=40)

    assert [request.seed for request in generator.requests] == [40, 41]


# --- one is never passed for the other -----------------------------------------------------------


def test_auto_says_that_nano_banana_failed_and_who_did_it_instead() -> None:
    """The result is the offline finisher's, and it says so everywhere."""
    final = finish(Paints(refuses), generator="auto")

    assert (final.generator, final.model) == ("offline", "classical-2")
    assert final.failure is not None
    assert final.to_json()["failure"]["reason"] == "refused"
    assert "refuses" in final.notes[0]
    assert "offline" in final.notes[0]


def test_pictures_paid_for_in_vain_are_told() -> None:
    """Two answers that do not lie over the photo cost as much as good ones."""
    generator = Paints(lambda request: moved(request.draft, 1.25, (0.0, 0.0)))

    final = finish(generator, generator="auto", max_retries=1)

    assert final.generator == "offline"
    assert [attempt.model for attempt in final.attempts] == ["paints", "paints", final.model]
    assert final.best == 2
    assert final.cost_usd == pytest.approx(0.06)


def test_a_generator_asked_for_by_name_fails_by_name() -> None:
    """No replacement nobody asked for."""
    with pytest.raises(NanoApiError, match="refuses"):
        finish(Paints(refuses))


def test_a_foreign_picture_is_not_used() -> None:
    """An answer that shows something else is rejected, however pretty."""

    def foreign(request: GenerationRequest) -> RgbImage:
        noise = np.random.default_rng(0).integers(0, 256, (14, 10, 3)).astype(np.uint8)
        size_wh = (request.draft.shape[1], request.draft.shape[0])
        return np.asarray(cv2.resize(noise, size_wh, None, 0, 0, cv2.INTER_CUBIC), np.uint8)

    with pytest.raises(NanoApiError) as caught:
        finish(Paints(foreign), max_retries=0)

    assert caught.value.reason == "does_not_fit"


def test_records_are_frozen() -> None:
    """A result handed to two pages is changed by none."""
    final = finish(Paints(as_drafted))

    with pytest.raises(ValueError, match="read-only"):
        final.image[0, 0] = 0
    assert replace(final, best=0).checks == final.checks
