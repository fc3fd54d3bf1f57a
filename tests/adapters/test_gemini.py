"""Nano Banana against a server that speaks its language: every way to answer, and not to."""

import base64
import logging
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from tests.fakes.final_fits import a_request
from tests.fakes.gemini import SCENARIOS, FakeGemini
from tests.fakes.gemini.answers import BLOCK_REASONS, FINISH_REASONS, error
from tryon.adapters.gemini import Endpoint, NanoBanana
from tryon.adapters.gemini_breaker import Breaker
from tryon.adapters.gemini_pictures import ASPECT_RATIOS, MAX_BODY_BYTES, Padding, encoded
from tryon.adapters.gemini_wire import decode_base64
from tryon.errors import Cancelled, NanoApiError, TimedOut, TryOnError
from tryon.ports import GenerationRequest

KEY = "AIzaSy-secret-key-of-a-test"
MODEL = "gemini-nano-banana-2.1"


def nano(url: str, **more: object) -> NanoBanana:
    """The adapter with short waits."""
    waits = {"connect_timeout_s": 2.0, "read_timeout_s": 5.0, "backoff_s": 0.01}
    return NanoBanana(Endpoint(url, SecretStr(KEY), MODEL, **{**waits, **more}))


def failure_of(
    fake: FakeGemini, request: GenerationRequest | None = None, **more: object
) -> TryOnError:
    """How a call fails."""
    with pytest.raises(TryOnError) as caught:
        nano(fake.url, **more).generate(request or a_request())
    return caught.value


# --- success -------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["success", "thoughts", "thought-last", "snake-case", "jpeg"])
def test_the_last_picture_that_is_no_thought_is_the_answer(scenario: str) -> None:
    """Whatever the spelling, the alphabet and the file type; un-padded, it shows the draft."""
    request = a_request()
    with FakeGemini(scenario, key=KEY) as fake:
        generator = nano(fake.url)
        made = generator.generate(request)

    height, width = request.draft.shape[:2]
    assert abs(made.image.shape[1] / made.image.shape[0] - width / height) < 0.02
    step = made.image.shape[0] / height
    ys, xs = np.mgrid[20 : height - 20 : 7, 20 : width - 20 : 7]
    seen = made.image[(ys * step).astype(int), (xs * step).astype(int)].astype(int)
    assert np.median(np.abs(seen - request.draft[ys, xs])) < 8
    assert (made.model, made.calls, made.finish_reason) == (MODEL, 1, "STOP")
    assert made.usage["totalTokenCount"] == 2101
    assert made.cost_usd == pytest.approx(0.034)


def test_the_request_says_what_each_picture_is_and_the_person_comes_last() -> None:
    """Models take framing from the last picture; the shape is one they support."""
    request = a_request()
    with FakeGemini() as fake:
        generator = nano(fake.url)
        generator.generate(replace(request, seed=7))
        seen = fake.requests[0]

    parts = seen.body["contents"][0]["parts"]
    assert [part["text"] for part in parts if "text" in part] == [
        "Image 1, garment (t-shirt):", "Image 2, draft placement:",
        "Image 3, person (base photo):", request.instruction,
    ]  # fmt: skip
    assert request.instruction.endswith("Output the final image only.")
    kinds = [part["inlineData"]["mimeType"] for part in parts if "inlineData" in part]
    assert kinds == ["image/png", "image/jpeg", "image/jpeg"]
    config = seen.body["generationConfig"]
    assert config["imageConfig"] == {"aspectRatio": "3:4", "imageSize": "1K"}
    assert (config["seed"], config["responseModalities"]) == (7, ["IMAGE"])
    assert (seen.model, seen.headers["x-goog-api-key"]) == (MODEL, KEY)


def test_a_model_that_has_one_size_is_not_asked_for_another() -> None:
    """gemini-2.5-flash-image rejects imageSize."""
    with FakeGemini() as fake:
        generator = nano(fake.url, image_size="4K")
        generator.generate(replace(a_request(), model="gemini-2.5-flash-image"))

    assert fake.requests[0].model == "gemini-2.5-flash-image"
    assert "imageSize" not in fake.requests[0].body["generationConfig"]["imageConfig"]


# --- failures ------------------------------------------------------------------------------------

REFUSED = (
    "SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "RECITATION",
    "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "MODEL_ARMOR",
)  # fmt: skip
RETRIED_ONCE = ("NO_IMAGE", "IMAGE_OTHER", "OTHER", "MALFORMED_RESPONSE")

FAILURES: dict[str, tuple[str, int]] = {  # scenario: (reason, calls)
    **{f"finish-{r}": ("refused", 1) for r in REFUSED},
    **{f"finish-{r}": ("no_image", 2) for r in RETRIED_ONCE},
    **{f"finish-{r}": ("no_image", 1) for r in FINISH_REASONS if r not in REFUSED + RETRIED_ONCE},
    **{f"block-{r}": ("refused", 1) for r in BLOCK_REASONS},
    "words-only": ("no_image", 2),
    "no-candidates": ("no_image", 2),
    "empty": ("no_image", 2),
    "bad-request": ("request_rejected", 1),
    "bad-key": ("key_rejected", 1),
    "unauthorized": ("key_rejected", 1),
    "forbidden": ("key_rejected", 1),
    "no-model": ("model_unknown", 1),
    "too-large": ("too_large", 1),
    "redirect": ("bad_answer", 1),
    "timeout-408": ("unavailable", 4),
    "quota-minute": ("quota_now", 4),
    "quota-minute-long": ("quota_now", 1),
    "quota-day": ("quota_today", 1),
    "internal": ("unavailable", 4),
    "bad-gateway": ("unavailable", 4),
    "overloaded": ("unavailable", 4),
    "gateway-timeout": ("unavailable", 4),
    "list-error": ("unavailable", 4),
    "half-closed": ("unreachable", 4),
    "not-json": ("bad_answer", 2),
    "json-list": ("bad_answer", 2),
    "bad-base64": ("bad_answer", 2),
    "garbage": ("bad_answer", 2),
    "huge": ("bad_answer", 1),
}
OTHERS = {  # pictures that a generator made: judged by what they show, in tests/generation
    "success", "thoughts", "thought-last", "snake-case", "jpeg", "wrong-size", "drifted",
    "zoomed-far", "another-picture", "tinted", "unchanged", "slow", "dripping",
}  # fmt: skip


def test_every_scenario_is_tested() -> None:
    """A failure added to the fake is a failure tested here."""
    assert set(FAILURES) | OTHERS == set(SCENARIOS)


@pytest.mark.parametrize("scenario", FAILURES)
def test_a_failure_says_why_after_the_right_number_of_calls(
    scenario: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Refusals are never sent again, outages are; no word of it repeats the key."""
    reason, calls = FAILURES[scenario]
    caplog.set_level(logging.DEBUG)
    with FakeGemini(scenario) as fake:
        failure = failure_of(fake)

    assert isinstance(failure, NanoApiError)
    assert (failure.code, failure.reason, fake.calls) == ("NANO_API_ERROR", reason, calls)
    assert failure.message.endswith(".")
    assert len(failure.remedy) > 20
    assert KEY not in caplog.text + str(failure) + repr(failure) + failure.detail


def test_a_vendor_that_repeats_the_key_does_not_get_it_into_our_log() -> None:
    """Some proxies answer with the whole request."""
    with FakeGemini(error(400, "INVALID_ARGUMENT", f"bad header x-goog-api-key: {KEY}")) as fake:
        failure = failure_of(fake)

    assert KEY not in str(failure)
    assert "***" in failure.detail


@pytest.mark.parametrize("first", ["overloaded", "quota-minute", "half-closed", "finish-NO_IMAGE",
                                   "garbage", "list-error"])  # fmt: skip
def test_what_passes_is_tried_again(first: str) -> None:
    """A hiccup costs a call, not the picture."""
    with FakeGemini(first, "success") as fake:
        generator = nano(fake.url)
        made = generator.generate(a_request())

    assert made.calls == fake.calls == 2


def test_the_wait_is_the_one_the_service_asks_for() -> None:
    """RetryInfo goes before our own backoff."""
    with FakeGemini("quota-minute", "success") as fake:
        generator = nano(fake.url, backoff_s=30.0)
        generator.generate(a_request())
        first, second = (seen.at for seen in fake.requests)

    assert 0.02 <= second - first < 20


@pytest.mark.parametrize(
    ("scenario", "timeout_s", "reason"),
    [("slow", 0.4, "deadline"), ("dripping", 0.4, "deadline")],
)
def test_nobody_waits_longer_than_allowed(scenario: str, timeout_s: float, reason: str) -> None:
    """Also for a server that sends a byte now and then."""
    with FakeGemini(scenario) as fake:
        failure = failure_of(fake, a_request(timeout_s=timeout_s))

    assert isinstance(failure, TimedOut)
    assert failure.reason == reason


def test_an_answer_that_never_comes_is_asked_for_again() -> None:
    """One slow answer is no reason to give up while there is time."""
    with FakeGemini("slow", "success") as fake:
        generator = nano(fake.url, read_timeout_s=2.0)
        made = generator.generate(a_request())

    assert made.calls >= 2  # more only where a machine is too busy to answer itself


def test_nobody_there_is_told_as_such() -> None:
    """A wrong address or no network."""
    with FakeGemini() as fake:
        url = fake.url
    generator = nano(url)
    with pytest.raises(NanoApiError) as caught:
        generator.generate(a_request())

    assert caught.value.reason == "unreachable"


@pytest.mark.parametrize(
    ("key", "model", "reason"),
    [("line\nbreak", MODEL, "key_rejected"), ("ключ", MODEL, "key_rejected"),
     (KEY, "../../secrets", "model_unknown"), (KEY, "a b", "model_unknown")],
    ids=["line break", "not ASCII", "path", "space"],
)  # fmt: skip
def test_what_cannot_be_sent_is_not_sent(key: str, model: str, reason: str) -> None:
    """A key with a line break would end up in the text of a protocol error."""
    with FakeGemini() as fake:
        generator = NanoBanana(Endpoint(fake.url, SecretStr(key), model))
        with pytest.raises(NanoApiError) as caught:
            generator.generate(a_request())

    assert (caught.value.reason, fake.calls) == (reason, 0)
    assert key not in str(caught.value)


def test_a_wait_can_be_cancelled() -> None:
    """The page's button works while the service asks to wait."""
    with FakeGemini("overloaded") as fake:
        generator = nano(fake.url, backoff_s=5.0)
        request = replace(a_request(timeout_s=60), is_cancelled=lambda: fake.calls > 0)
        with pytest.raises(Cancelled):
            generator.generate(request)

    assert fake.calls == 1


def test_a_call_without_an_answer_yet_can_be_cancelled() -> None:
    """An answer may take minutes to begin; the button does not."""
    with FakeGemini("slow") as fake:
        request = replace(a_request(timeout_s=60), is_cancelled=lambda: fake.calls > 0)
        with pytest.raises(Cancelled):
            nano(fake.url).generate(request)

    assert fake.calls == 1


def test_the_key_is_in_no_repr() -> None:
    """Records are printed when something goes wrong."""
    endpoint = Endpoint("http://127.0.0.1:9/v1beta", SecretStr(KEY), MODEL)

    assert KEY not in repr(endpoint) + repr(NanoBanana(endpoint)) + str(vars(NanoBanana(endpoint)))


def test_people_are_told_where_their_photo_goes() -> None:
    """Before they press the button."""
    generator = nano("https://generativelanguage.googleapis.com/v1beta")

    assert "person photo" in generator.sends
    assert "generativelanguage.googleapis.com" in generator.sends


# --- circuit breaker -----------------------------------------------------------------------------


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_service_that_is_down_is_left_alone() -> None:
    """The sixth visitor does not wait for four tries."""
    clock = Clock()
    breaker = Breaker(5, 60.0, clock)
    with FakeGemini("overloaded") as fake:
        generator = NanoBanana(Endpoint(fake.url, SecretStr(KEY), MODEL, backoff_s=0.01), breaker)
        reasons = []
        for _ in range(3):
            with pytest.raises(NanoApiError) as caught:
                generator.generate(a_request())
            reasons.append(caught.value.reason)
        calls = fake.calls
        clock.now += 61
        with pytest.raises(NanoApiError):
            generator.generate(a_request())

    assert reasons == ["unavailable", "paused", "paused"]
    assert (calls, fake.calls) == (5, 6)  # one more to see whether it is back


def test_refusals_do_not_open_the_breaker() -> None:
    """A photo that is refused says nothing about the service."""
    breaker = Breaker(2, 60.0)
    with FakeGemini("block-SAFETY") as fake:
        generator = NanoBanana(Endpoint(fake.url, SecretStr(KEY), MODEL), breaker)
        for _ in range(4):
            with pytest.raises(NanoApiError):
                generator.generate(a_request())

    assert breaker.allows()
    assert fake.calls == 4


def test_an_answer_closes_the_breaker() -> None:
    """Outages count in a row only."""
    breaker = Breaker(2, 60.0)
    for is_outage in (True, False, True):
        breaker.tell(is_outage=is_outage)

    assert breaker.allows()


# --- pictures ------------------------------------------------------------------------------------


@given(
    width=st.integers(64, 900), height=st.integers(64, 900), scale=st.sampled_from([0.5, 1.0, 2.0])
)
def test_what_is_padded_is_unpadded(width: int, height: int, scale: float) -> None:
    """Any photo fits a supported shape, and gets its own back from an answer of any size."""
    padding = Padding.around((width, height))
    across, down = map(int, padding.aspect_ratio.split(":"))
    padded_wh = padding.padded_wh

    answer = np.zeros((round(padded_wh[1] * scale), round(padded_wh[0] * scale), 3), np.uint8)
    back = padding.remove(answer)

    assert padding.aspect_ratio in ASPECT_RATIOS
    assert padded_wh[0] / padded_wh[1] == pytest.approx(across / down, abs=0.03)
    assert back.shape[1] == pytest.approx(width * scale, abs=1.01)
    assert back.shape[0] == pytest.approx(height * scale, abs=1.01)


def test_padding_keeps_the_photo_where_it_is() -> None:
    """The answer is compared with the photo pixel by pixel."""
    photo = np.random.default_rng(0).integers(0, 256, (420, 300, 3)).astype(np.uint8)
    padding = Padding.around((300, 420))

    np.testing.assert_array_equal(padding.remove(padding.add(photo)), photo)


def test_large_pictures_are_made_to_fit_the_request() -> None:
    """Noise compresses worst; the API takes 20 MB."""
    request = a_request()
    noise = np.random.default_rng(0).integers(0, 256, (2048, 1536, 4)).astype(np.uint8)
    noise[..., 3] = 255
    scene = noise[..., :3]
    request = replace(request, person=scene, draft=scene, garments=(noise,))

    pictures = encoded(request, Padding.around((1536, 2048)))

    assert pictures is not None
    assert sum(len(base64.b64encode(p.content)) for p in pictures) < MAX_BODY_BYTES
    assert pictures[-1].label == "Image 3, person (base photo):"


@given(st.binary(max_size=200))
def test_both_alphabets_are_read(content: bytes) -> None:
    """The SDK sends the urlsafe one; padding may be missing."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = encode(content).decode()
        assert decode_base64(text) == decode_base64(text.rstrip("=")) == content


def test_only_the_body_of_an_answer_is_trusted() -> None:
    """A redirect is not followed: the key would go with it."""
    with FakeGemini("redirect") as fake:
        failure_of(fake)

    assert fake.calls == 1
