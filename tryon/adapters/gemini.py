"""`Generator` by Nano Banana, the Gemini image API, over httpx.

Sends, waits, tries again, and says in our words what went wrong; what is asked for and what is done
with the answer is decided in `tryon/generation/`. The key is sent in one header and nowhere else.
"""

import random
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial
from typing import Final

import httpx
from pydantic import SecretStr

from tryon.adapters.gemini_breaker import Breaker
from tryon.adapters.gemini_pictures import MAX_BODY_BYTES, Padding, decoded, encoded
from tryon.adapters.gemini_wire import (
    MOST_TRIES,
    Answer,
    Failure,
    read_answer,
    read_error,
    request_body,
)  # fmt: skip
from tryon.arrays import RgbImage
from tryon.errors import Cancelled, ImageTooLarge, InvalidImageFormat
from tryon.generation.reasons import failed_because
from tryon.ports import Generated, GenerationRequest, GeneratorName

MAX_ANSWER_BYTES: Final = 64 * 2**20  # a 4K picture as PNG and base64 has up to 45 MB
LARGE_PHOTO: Final = 1600  # px: "auto" asks for 2K from here on
ONE_SIZE_MODELS: Final = ("gemini-2.5-flash-image",)  # they do not know imageSize
COST_USD: Final = {  # about, as reported; others are not known
    ("gemini-nano-banana-2.1", "1K"): 0.034,
    ("gemini-3-pro-image", "1K"): 0.134,
}
OUTAGES_UNTIL_PAUSE: Final = 5
PAUSE_S: Final = 60.0
CANCEL_POLL_S: Final = 0.1  # how soon a wait notices that it was cancelled
_MODEL_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and how to ask.

    Attributes:
        url: of the API, without the model.
        key: for one header; never shown, see `SecretStr`.
        model: asked when a request names none.
        image_size: "1K", "2K", "4K", or "auto" for one by the size of the photo.
        connect_timeout_s: for a connection.
        read_timeout_s: for one answer.
        backoff_s: before the second try; doubled for each further one.
    """

    url: str
    key: SecretStr
    model: str
    image_size: str = "auto"
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 180.0
    backoff_s: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """An answer and its picture."""

    answer: Answer
    image: RgbImage


class NanoBanana:
    """Safe to call from several threads.

    Args:
        endpoint: where and how to ask.
        breaker: None for one of its own.
    """

    name: GeneratorName = "nano-banana"
    is_deterministic = False

    def __init__(self, endpoint: Endpoint, breaker: Breaker | None = None) -> None:
        self._endpoint = endpoint
        self._breaker = breaker or Breaker(OUTAGES_UNTIL_PAUSE, PAUSE_S)
        self._jitter = random.Random()  # noqa: S311 - spreads retries, guards nothing

    @property
    def model(self) -> str:
        """Asked when a request names none."""
        return self._endpoint.model

    @property
    def sends(self) -> str:
        """What leaves this machine."""
        host = httpx.URL(self._endpoint.url).host
        return f"The person photo, the draft and the garment are sent to {host} (Google Gemini)."

    def generate(self, request: GenerationRequest) -> Generated:
        """Ask for one picture, again where that makes sense.

        Raises:
            NanoApiError: with one of `NANO_REASONS`.
            TimedOut: no answer within `request.timeout_s`.
            Cancelled: between two tries or while waiting for one.
        """
        start = time.monotonic()
        endpoint, model = self._endpoint, request.model or self._endpoint.model
        if not _MODEL_NAME.fullmatch(model):
            raise failed_because("model_unknown", "the name has odd characters")
        key = endpoint.key.get_secret_value()
        if not key.isascii() or not key.isprintable() or key != key.strip():
            raise failed_because("key_rejected", "the key has odd characters")
        size_wh = (request.person.shape[1], request.person.shape[0])
        padding, size = Padding.around(size_wh), self._image_size(model, max(size_wh))
        pictures = encoded(request, padding)
        if pictures is None:
            raise failed_because("too_large")
        body = request_body(pictures, request.instruction, padding.aspect_ratio, size, request.seed)

        # Opened for one picture: connections kept for the next, minutes later, would be closed.
        with httpx.Client(headers={"User-Agent": "tryon-studio"}) as client:

            def call(left_s: float) -> _Made | Failure:
                ask = partial(self._call, client, model, body, left_s)
                return _unless_cancelled(ask, request.is_cancelled)

            made, calls = self._tries(request, call)
        return Generated(
            image=padding.remove(made.image),
            model=model,
            seconds=time.monotonic() - start,
            calls=calls,
            finish_reason=made.answer.finish_reason,
            usage=made.answer.usage,
            cost_usd=COST_USD.get((model, size or "1K")),
        )

    def _tries(
        self, request: GenerationRequest, call: Callable[[float], _Made | Failure]
    ) -> tuple[_Made, int]:
        """What came of the calls, and how many it took."""
        until = time.monotonic() + request.timeout_s
        for number in range(1, MOST_TRIES + 1):
            if request.is_cancelled():
                raise Cancelled
            if not self._breaker.allows():
                raise failed_because("paused")
            result = call(until - time.monotonic())
            if isinstance(result, _Made):
                self._breaker.tell(is_outage=False)
                return result, number
            self._breaker.tell(is_outage=result.is_outage)
            left_s, wait_s = until - time.monotonic(), self._wait_s(result, number)
            if left_s <= 0:
                raise failed_because("deadline", result.detail)
            if number >= result.most_tries or wait_s > left_s:
                raise failed_because(result.reason, self._without_key(result.detail))
            self._pause(wait_s, request.is_cancelled)
        raise failed_because("unavailable")

    def _call(
        self,
        client: httpx.Client,
        model: str,
        body: dict[str, object],
        left_s: float,
    ) -> _Made | Failure:
        """One request, answered within `left_s` or not at all."""
        endpoint, until = self._endpoint, time.monotonic() + left_s
        timeout = httpx.Timeout(
            min(endpoint.read_timeout_s, left_s), connect=min(endpoint.connect_timeout_s, left_s)
        )
        url = f"{endpoint.url.rstrip('/')}/models/{model}:generateContent"
        headers = {"x-goog-api-key": endpoint.key.get_secret_value()}
        try:
            wire = client.build_request("POST", url, json=body, headers=headers, timeout=timeout)
            if int(wire.headers["content-length"]) > MAX_BODY_BYTES:
                return Failure("too_large", "the request is over 20 MB")
            response = client.send(wire, stream=True)
            try:
                content = bytearray()
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > MAX_ANSWER_BYTES:
                        return Failure("bad_answer", f"over {MAX_ANSWER_BYTES} bytes")
                    if time.monotonic() > until:  # a server that drips never times out by itself
                        return Failure("no_answer", "too slow", is_outage=True)
            finally:
                response.close()
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as exc:
            return Failure("unreachable", type(exc).__name__)
        except httpx.TimeoutException as exc:
            is_far = isinstance(exc, httpx.ConnectTimeout)
            reason = "unreachable" if is_far else "no_answer"
            return Failure(reason, type(exc).__name__, MOST_TRIES, is_outage=True)
        except httpx.TransportError as exc:  # refused, reset, closed half-way
            return Failure("unreachable", type(exc).__name__, MOST_TRIES, is_outage=True)
        except httpx.DecodingError as exc:
            return Failure("bad_answer", type(exc).__name__, most_tries=2)
        if response.status_code != 200:
            return read_error(response.status_code, bytes(content))
        answer = read_answer(bytes(content))
        return answer if isinstance(answer, Failure) else _decoded(answer)

    def _image_size(self, model: str, side_px: int) -> str | None:
        if model in ONE_SIZE_MODELS:
            return None
        if self._endpoint.image_size != "auto":
            return self._endpoint.image_size
        return "2K" if side_px > LARGE_PHOTO else "1K"

    def _wait_s(self, failure: Failure, number: int) -> float:
        """What the service asks for, else longer each time and never the same for two callers."""
        if failure.wait_s is not None:
            return failure.wait_s
        return float(
            self._endpoint.backoff_s * 2 ** (number - 1) * self._jitter.uniform(0.75, 1.25)
        )

    def _pause(self, seconds: float, is_cancelled: Callable[[], bool]) -> None:
        until = time.monotonic() + seconds
        while (left_s := until - time.monotonic()) > 0:
            if is_cancelled():
                raise Cancelled
            time.sleep(min(CANCEL_POLL_S, left_s))

    def _without_key(self, text: str) -> str:
        """A vendor may repeat the key in its words; our log does not."""
        return text.replace(self._endpoint.key.get_secret_value(), "***")


def _unless_cancelled(
    ask: Callable[[], _Made | Failure], is_cancelled: Callable[[], bool]
) -> _Made | Failure:
    """`ask()`, left alone as soon as it is cancelled: an answer may take minutes to begin.

    The thread of a call that was left ends with it, at the latest when its time is over.
    """
    future: Future[_Made | Failure] = Future()

    def run() -> None:
        try:
            future.set_result(ask())
        except BaseException as exc:  # noqa: BLE001 - raised again by whoever waits
            future.set_exception(exc)

    threading.Thread(target=run, name="nano-banana", daemon=True).start()
    while not wait([future], CANCEL_POLL_S).done:
        if is_cancelled():
            raise Cancelled
    return future.result()


def _decoded(answer: Answer) -> _Made | Failure:
    try:
        return _Made(answer, decoded(answer.content))
    except (InvalidImageFormat, ImageTooLarge) as exc:
        return Failure("bad_answer", exc.message, most_tries=2)
