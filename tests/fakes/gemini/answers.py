"""What the fake answers, by name of the scenario."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from tests.fakes.gemini.pictures import as_file, moved, painted, tinted, unchanged

Body = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """One HTTP answer.

    Attributes:
        status: of HTTP.
        content: the body.
        content_type: of the body.
        delay_s: before anything is sent.
        drip_s: between pieces of the body; None sends all at once.
        missing: bytes promised by Content-Length and never sent.
    """

    status: int = 200
    content: bytes = b""
    content_type: str = "application/json; charset=UTF-8"
    delay_s: float = 0.0
    drip_s: float | None = None
    missing: int = 0
    headers: dict[str, str] = field(default_factory=dict)


def document(candidate: Body | None, **more: Any) -> Reply:
    """A GenerateContentResponse with one candidate or none."""
    answer: Body = {
        "usageMetadata": {
            "promptTokenCount": 811, "candidatesTokenCount": 1290, "totalTokenCount": 2101,
        },
        "modelVersion": "gemini-nano-banana-2.1",
        "responseId": "fake",
    }  # fmt: skip
    if candidate is not None:
        answer["candidates"] = [candidate]
    return Reply(content=json.dumps(answer | more).encode())


def picture_part(file: bytes, mime: str = "image/png", *, urlsafe: bool = False) -> Body:
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    return {"inlineData": {"mimeType": mime, "data": encode(file).decode()}}


def candidate(*parts: Body, finish: str = "STOP") -> Body:
    return {"content": {"role": "model", "parts": list(parts)}, "finishReason": finish, "index": 0}


def answered(rgb: np.ndarray) -> Reply:
    return document(candidate(picture_part(as_file(rgb))))


def success(body: Body) -> Reply:
    return answered(painted(body))


def with_thoughts(body: Body) -> Reply:
    """Drafts of the model come first, marked; words come between."""
    thought = picture_part(as_file(np.full((64, 48, 3), (255, 0, 255), np.uint8)))
    return document(candidate(
        {"text": "Let me see.", "thought": True}, thought | {"thought": True},
        {"text": "Here it is."}, picture_part(as_file(painted(body))),
    ))  # fmt: skip


def thought_last(body: Body) -> Reply:
    thought = picture_part(as_file(np.full((64, 48, 3), (255, 0, 255), np.uint8)))
    return document(candidate(picture_part(as_file(painted(body))), thought | {"thought": True}))


def snake_case(body: Body) -> Reply:
    blob = picture_part(as_file(painted(body)), urlsafe=True)["inlineData"]
    part = {"inline_data": {"mime_type": blob["mimeType"], "data": blob["data"].rstrip("=")}}
    return document({"content": {"parts": [part]}, "finish_reason": "STOP"})


def as_jpeg(body: Body) -> Reply:
    return document(candidate(picture_part(as_file(painted(body), "JPEG"), "image/jpeg")))


def words_only(_body: Body) -> Reply:
    return document(candidate({"text": "I would be happy to help!"}))


def finished(reason: str) -> Callable[[Body], Reply]:
    return lambda _body: document({"finishReason": reason, "index": 0})


def blocked(reason: str) -> Callable[[Body], Reply]:
    return lambda _body: document(None, promptFeedback={"blockReason": reason})


def error(
    status: int,
    name: str,
    message: str = "",
    details: list[Body] | None = None,
    *,
    as_list: bool = False,
) -> Callable[[Body], Reply]:
    inner = {"code": status, "message": message or name, "status": name}
    whole: Any = {"error": inner | ({"details": details} if details else {})}
    content = json.dumps([whole] if as_list else whole).encode()
    return lambda _body: Reply(status, content)


def retry_info(delay: str) -> Body:
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}


def quota(quota_id: str) -> Body:
    return {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [{"quotaMetric": "generate_requests", "quotaId": quota_id}],
    }


def plain(
    status: int, content: bytes, kind: str = "text/html", **more: Any
) -> Callable[[Body], Reply]:
    return lambda _body: Reply(status, content, kind, **more)


def half_closed(body: Body) -> Reply:
    whole = success(body).content
    return Reply(content=whole[: len(whole) // 2], missing=len(whole) - len(whole) // 2)


def slow(body: Body) -> Reply:
    return Reply(content=success(body).content, delay_s=30)


def dripping(body: Body) -> Reply:
    return Reply(content=success(body).content, drip_s=0.05)


def huge(_body: Body) -> Reply:
    return document(candidate({"text": "x" * (65 * 2**20)}))


def wrong_size(body: Body) -> Reply:
    return answered(np.asarray(cv2.resize(painted(body), (640, 640))))


def garbage(_body: Body) -> Reply:
    return document(candidate(picture_part(np.random.default_rng(0).bytes(5000))))


def another_picture(body: Body) -> Reply:
    shape = painted(body).shape
    noise = np.random.default_rng(5).integers(0, 256, (shape[0] // 32, shape[1] // 32, 3))
    return answered(np.kron(noise, np.ones((32, 32, 1))).astype(np.uint8))


BAD_KEY = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
NOT_VALID = "API key not valid. Please pass a valid API key."
PER_DAY = quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier")
PER_MINUTE = quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier")

FINISH_REASONS = (
    "MAX_TOKENS", "SAFETY", "RECITATION", "LANGUAGE", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT",
    "SPII", "MALFORMED_FUNCTION_CALL", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_OTHER",
    "NO_IMAGE", "IMAGE_RECITATION", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS",
    "MISSING_THOUGHT_SIGNATURE", "MALFORMED_RESPONSE", "MODEL_ARMOR", "ESCALATION", "CONTINUATION",
    "PUP_LIMITED_DISABLED", "SOMETHING_NEW",
)  # fmt: skip
BLOCK_REASONS = (
    "SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY", "MODEL_ARMOR",
    "JAILBREAK", "NEW_REASON",
)  # fmt: skip

SCENARIOS: dict[str, Callable[[Body], Reply]] = {
    "success": success,
    "thoughts": with_thoughts,
    "thought-last": thought_last,
    "snake-case": snake_case,
    "jpeg": as_jpeg,
    "words-only": words_only,
    **{f"finish-{reason}": finished(reason) for reason in FINISH_REASONS},
    **{f"block-{reason}": blocked(reason) for reason in BLOCK_REASONS},
    "no-candidates": lambda _body: document(None),
    "empty": lambda _body: Reply(content=b"{}"),
    "bad-request": error(400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
    "bad-key": error(400, "INVALID_ARGUMENT", NOT_VALID, [BAD_KEY]),
    "unauthorized": error(401, "UNAUTHENTICATED"),
    "forbidden": error(403, "PERMISSION_DENIED"),
    "no-model": error(404, "NOT_FOUND", "models/x is not found for API version v1beta"),
    "too-large": error(413, "INVALID_ARGUMENT", "Request payload size exceeds the limit"),
    "timeout-408": error(408, "DEADLINE_EXCEEDED"),
    "quota-minute": error(429, "RESOURCE_EXHAUSTED", "", [PER_MINUTE, retry_info("0.02s")]),
    "quota-minute-long": error(429, "RESOURCE_EXHAUSTED", "", [PER_MINUTE, retry_info("3600s")]),
    "quota-day": error(429, "RESOURCE_EXHAUSTED", "", [PER_DAY, retry_info("0.02s")]),
    "internal": error(500, "INTERNAL"),
    "bad-gateway": plain(502, b"<html><h1>502 Bad Gateway</h1></html>"),
    "overloaded": error(503, "UNAVAILABLE", "The model is overloaded."),
    "gateway-timeout": error(504, "DEADLINE_EXCEEDED"),
    "list-error": error(503, "UNAVAILABLE", "overloaded", as_list=True),
    "redirect": plain(302, b"", headers={"Location": "http://127.0.0.1:9/"}),
    "not-json": plain(200, b"<html>captive portal</html>"),
    "json-list": plain(200, b"[]", "application/json"),
    "half-closed": half_closed,
    "slow": slow,
    "dripping": dripping,
    "huge": huge,
    "garbage": garbage,
    "bad-base64": lambda _body: document(
        candidate({"inlineData": {"mimeType": "image/png", "data": "!!!"}})
    ),
    "wrong-size": wrong_size,
    "drifted": lambda body: answered(moved(painted(body), 1.03, (0.015, -0.02))),
    "zoomed-far": lambda body: answered(moved(painted(body), 1.2, (0.0, 0.0))),
    "another-picture": another_picture,
    "tinted": lambda body: answered(tinted(painted(body), (1.04, 0.97, 0.96))),
    "unchanged": lambda body: answered(unchanged(body)),
}
