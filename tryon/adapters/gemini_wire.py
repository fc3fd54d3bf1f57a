"""The Gemini image API's words: what a request looks like, what an answer means. No network here.

Failures come as HTTP errors, as JSON or not, and inside HTTP 200; all of them become a `Failure`.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tryon.generation.reasons import NANO_REASONS, TIMEOUT_REASONS

REFUSALS: Final = frozenset({
    "SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "RECITATION",
    "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "MODEL_ARMOR",
})  # fmt: skip
RETRIED_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504})
RETRIED_REASONS: Final = frozenset(
    {"NO_IMAGE", "IMAGE_OTHER", "OTHER", "MALFORMED_RESPONSE", "STOP", ""}
)
MAX_DETAIL: Final = 300  # characters of a vendor's words that go into our log


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture of a request.

    Attributes:
        label: said before it.
        mime_type: of the bytes.
        content: the file.
    """

    label: str
    mime_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """A picture came back.

    Attributes:
        content: the file, whatever its type.
        finish_reason: as the API words it.
        usage: token counts by the API's names.
    """

    content: bytes
    finish_reason: str
    usage: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """No picture came back.

    Attributes:
        reason: a key of `NANO_REASONS` or `TIMEOUT_REASONS`.
        detail: for the log.
        most_tries: how often a request that fails like this may be sent in all; 1 is never again.
        wait_s: how long the API asks to wait; None where it does not say.
        is_outage: whether the service, not the request, is the cause.
    """

    reason: str
    detail: str
    most_tries: int = 1
    wait_s: float | None = None
    is_outage: bool = False

    def __post_init__(self) -> None:
        if self.reason not in NANO_REASONS and self.reason not in TIMEOUT_REASONS:
            raise ValueError(f"reason: unknown {self.reason!r}")


MOST_TRIES: Final = 4  # of a request that meets an outage


def request_body(
    pictures: Sequence[Picture],
    instruction: str,
    aspect_ratio: str,
    image_size: str | None,
    seed: int | None,
) -> dict[str, Any]:
    """The JSON of a generateContent call: labelled pictures, then what to do."""
    parts: list[dict[str, Any]] = []
    for picture in pictures:
        text = base64.b64encode(picture.content).decode("ascii")
        parts += [
            {"text": picture.label},
            {"inlineData": {"mimeType": picture.mime_type, "data": text}},
        ]
    parts.append({"text": instruction})
    image_config = {"aspectRatio": aspect_ratio} | ({"imageSize": image_size} if image_size else {})
    config: dict[str, Any] = {"responseModalities": ["IMAGE"], "imageConfig": image_config}
    if seed is not None:
        config["seed"] = seed
    return {"contents": [{"role": "user", "parts": parts}], "generationConfig": config}


def read_answer(body: bytes) -> Answer | Failure:
    """What an HTTP 200 says."""
    document = _json(body)
    if not isinstance(document, dict):
        return Failure("bad_answer", f"no JSON object: {_shown(body)}", most_tries=2)
    feedback = _mapping(document, "promptFeedback", "prompt_feedback")
    if blocked := _get(feedback, "blockReason", "block_reason"):
        return Failure("refused", f"blockReason {blocked}")
    candidates = document.get("candidates")
    first = candidates[0] if isinstance(candidates, list) and candidates else {}
    if not isinstance(first, dict):
        return Failure("bad_answer", f"candidates: {_shown(body)}", most_tries=2)
    finish = str(_get(first, "finishReason", "finish_reason") or "")
    data = _last_picture(first)
    if data is not None:
        content = decode_base64(data)
        if content is None:
            return Failure("bad_answer", "the picture is not base64", most_tries=2)
        return Answer(content, finish, _usage(document))
    if finish in REFUSALS:
        return Failure("refused", f"finishReason {finish}")
    tries = 2 if finish in RETRIED_REASONS else 1
    return Failure("no_image", f"finishReason {finish or 'none'}", most_tries=tries)


def read_error(status: int, body: bytes) -> Failure:
    """What any other HTTP status says. The error may be a one-element list, or no JSON at all."""
    document = _json(body)
    if isinstance(document, list):
        document = document[0] if document else {}
    error = _mapping(document, "error") if isinstance(document, dict) else {}
    details = error.get("details")
    details = [d for d in details if isinstance(d, dict)] if isinstance(details, list) else []
    words = str(error.get("message") or _shown(body))[:MAX_DETAIL]
    detail = f"HTTP {status} {error.get('status', '')}: {words}"
    if status == 429:
        if any("PerDay" in quota for quota in _quota_ids(details)):
            return Failure("quota_today", detail)
        return Failure("quota_now", detail, MOST_TRIES, _retry_delay_s(details))
    if status in RETRIED_STATUSES:
        return Failure("unavailable", detail, MOST_TRIES, _retry_delay_s(details), is_outage=True)
    reasons = {str(d.get("reason", "")) for d in details}
    if status in (401, 403) or "API_KEY_INVALID" in reasons or "API key not valid" in words:
        return Failure("key_rejected", detail)
    if status in (404, 405):
        return Failure("model_unknown", detail)
    if status == 413:
        return Failure("too_large", detail)
    if status >= 500:
        return Failure("unavailable", detail, is_outage=True)
    return Failure("request_rejected" if status >= 400 else "bad_answer", detail)


def decode_base64(text: str) -> bytes | None:
    """Bytes of either alphabet, padded or not; None when it is neither."""
    plain = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _last_picture(candidate: Mapping[str, Any]) -> str | None:
    """Base64 of the last picture that is not a thought; thoughts are drafts of the model."""
    parts = _mapping(candidate, "content").get("parts")
    found = None
    for part in parts if isinstance(parts, list) else []:
        if not isinstance(part, dict) or part.get("thought"):
            continue
        blob = _mapping(part, "inlineData", "inline_data")
        kind = str(_get(blob, "mimeType", "mime_type") or "image/")
        if isinstance(blob.get("data"), str) and blob["data"] and kind.startswith("image/"):
            found = blob["data"]
    return found


def _usage(document: Mapping[str, Any]) -> dict[str, int]:
    counts = _mapping(document, "usageMetadata", "usage_metadata")
    return {name: count for name, count in counts.items() if isinstance(count, int)}


def _quota_ids(details: list[dict[str, Any]]) -> list[str]:
    violations = [v for d in details for v in d.get("violations") or [] if isinstance(v, dict)]
    return [str(_get(violation, "quotaId", "quota_id") or "") for violation in violations]


def _retry_delay_s(details: list[dict[str, Any]]) -> float | None:
    for detail in details:
        text = _get(detail, "retryDelay", "retry_delay")
        if isinstance(text, str) and (found := re.fullmatch(r"(\d+(?:\.\d+)?)s", text)):
            return float(found[1])
    return None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _get(mapping: Mapping[str, Any], *names: str) -> Any:
    """The first of several spellings that is there."""
    return next((mapping[name] for name in names if name in mapping), None)


def _mapping(mapping: Mapping[str, Any], *names: str) -> dict[str, Any]:
    found = _get(mapping, *names)
    return found if isinstance(found, dict) else {}


def _shown(body: bytes) -> str:
    return body[:80].decode("utf-8", "replace")
