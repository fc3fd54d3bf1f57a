"""Why a final picture was not made: a word for programs, a sentence and a remedy for people."""

from typing import Final

from tryon.errors import NanoApiError, TimedOut

_OFFLINE: Final = "or choose the offline generator."
NANO_REASONS: Final[dict[str, tuple[str, str]]] = {
    "no_key": (
        "Nano Banana needs a key, and none is set.",
        "Set NANO_BANANA_API_KEY, or choose the offline generator.",
    ),
    "key_rejected": (
        "Nano Banana does not accept the key.",
        "Check NANO_BANANA_API_KEY and what the key may use, or choose the offline generator.",
    ),
    "model_unknown": (
        "Nano Banana does not know the model or the address.",
        "Check NANO_BANANA_MODEL and NANO_BANANA_API_URL, or choose the offline generator.",
    ),
    "request_rejected": (
        "Nano Banana does not accept the request.",
        "Check NANO_BANANA_MODEL and the size asked for, or choose the offline generator.",
    ),
    "refused": (
        "Nano Banana refuses to make this picture.",
        "Its rules exclude some photos (of minors, in underwear or swimwear, and others). Use other"
        " photos, or choose the offline generator.",
    ),
    "quota_now": (
        "Nano Banana is asked too often just now.",
        f"Try again in a minute, {_OFFLINE}",
    ),
    "quota_today": (
        "The key's quota at Nano Banana is used up for today.",
        f"Try again tomorrow, raise the quota, {_OFFLINE}",
    ),
    "no_image": ("Nano Banana answered without a picture.", f"Try again, {_OFFLINE}"),
    "bad_answer": ("Nano Banana's answer cannot be read.", f"Try again, {_OFFLINE}"),
    "does_not_fit": (
        "What Nano Banana made does not lie over the photo, so it was not used.",
        f"Try again, use a photo with the whole person in view, {_OFFLINE}",
    ),
    "too_large": (
        "The pictures are too large to send to Nano Banana.",
        f"Use smaller photos, {_OFFLINE}",
    ),
    "unavailable": ("Nano Banana is overloaded or down.", f"Try again later, {_OFFLINE}"),
    "unreachable": (
        "Nano Banana cannot be reached.",
        f"Check the connection and NANO_BANANA_API_URL, {_OFFLINE}",
    ),
    "paused": (
        "Nano Banana failed several times in a row and is left alone for a while.",
        f"Try again in a minute, {_OFFLINE}",
    ),
}
"""Why Nano Banana made no picture: `reason` of a `NANO_API_ERROR`, the sentence, the remedy."""


TIMEOUT_REASONS: Final[dict[str, tuple[str, str]]] = {
    "no_answer": ("Nano Banana did not answer in time.", f"Try again later, {_OFFLINE}"),
    "deadline": (
        "The final picture took longer than is allowed for one.",
        f"Try again later, raise FINAL_TIMEOUT_S, {_OFFLINE}",
    ),
}
"""Why the final step ran out of time: `reason` of a `TIMEOUT`, the sentence, the remedy."""


def failed_because(reason: str, detail: str = "") -> NanoApiError | TimedOut:
    """The failure with one of these reasons, in the words that go with it.

    Args:
        reason: a key of `NANO_REASONS` or `TIMEOUT_REASONS`.
        detail: for the log; never a key or a picture.
    """
    if reason in TIMEOUT_REASONS:
        message, remedy = TIMEOUT_REASONS[reason]
        return TimedOut(detail, message=message, remedy=remedy, reason=reason)
    message, remedy = NANO_REASONS[reason]
    return NanoApiError(detail, message=message, remedy=remedy, reason=reason)
