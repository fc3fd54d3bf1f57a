"""The form of `POST /api/tryon/submit`: its fields, and what several of them mean together."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, TypeAlias

import httpx
from fastapi import Request, UploadFile
from pydantic import AfterValidator, BeforeValidator, Field

from tryon.anchors import GarmentType
from tryon.api.known_fields import KnownFields
from tryon.errors import InvalidAnchors, InvalidRequest
from tryon.fit import MOST_GARMENTS
from tryon.generation.options import GeneratorChoice
from tryon.jobs.job import HIGH, LOW, NORMAL, GarmentOptions, JobOptions

MAX_URL_CHARS: Final = 4096
OF_EACH: Final = frozenset({"product_image", "product_image_url", "garment_type", "anchors"})

Source: TypeAlias = UploadFile | str | None
"""Where a picture comes from: a file, an address, or nothing was sent."""


def _without_blanks(values: list[Any]) -> list[Any]:
    """A form sends fields left empty, too."""
    return [value for value in values if value != ""]


def _checked_webhook(url: str) -> str:
    """A first look at the address; where it leads is checked when it is called."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        parsed = httpx.URL("")
    is_address = parsed.scheme in ("http", "https") and bool(parsed.host)
    if not is_address or parsed.userinfo or parsed.port not in (None, 80, 443):
        raise InvalidRequest(
            message="webhook_url: want an address that begins with https://, without a user name "
            "and on the usual port."
        )
    return url


_DropBlanks = BeforeValidator(_without_blanks)
_Choice = Annotated[Literal[GarmentType, "auto"], BeforeValidator(lambda name: name or "auto")]
_Address = Annotated[str, Field(max_length=MAX_URL_CHARS)]
_Webhook = Annotated[_Address, AfterValidator(_checked_webhook)]


class SubmitForm(KnownFields):
    """A person, one garment or several, and what to do."""

    user_image: UploadFile | None = Field(
        None, description="The person: JPEG, PNG, WebP, HEIC, AVIF, GIF or BMP."
    )
    user_image_url: _Address | None = Field(None, description="A public address of it instead.")
    product_image: Annotated[list[UploadFile] | None, _DropBlanks] = Field(
        None, description=f"The garment. An outfit: the field 2 to {MOST_GARMENTS} times."
    )
    product_image_url: Annotated[list[_Address] | None, _DropBlanks] = Field(
        None, description="A public address of it instead; of an outfit, of each garment."
    )
    garment_type: list[_Choice] | None = Field(
        None, description="auto, or left out: detect it. Of an outfit: in the same order."
    )
    mode: Literal["draft", "final"] = Field("final", description="How far to go.")
    tuck: Literal["auto", "in", "out"] = Field("auto", description="How a top is worn.")
    preserve_face: bool = Field(True, description="Of the final picture.")
    preserve_background: bool = Field(True, description="Of the final picture.")
    realism_level: int = Field(3, ge=1, le=5, description="Of the final picture.")
    generator: GeneratorChoice = Field(
        "auto", description="Of the final picture; auto: the best there is."
    )
    max_retries: int | None = Field(
        None, ge=0, le=3,
        description="Other strategies, while the score is too low; left out: as the service is "
        "set (`MAX_RETRIES`).",
    )  # fmt: skip
    anchors: list[UploadFile | str] | None = Field(
        None, description="The anchors.json of an earlier draft. Of an outfit: in that order."
    )
    priority: int = Field(NORMAL, ge=LOW, le=HIGH, description="Higher goes first.")
    webhook_url: _Webhook | None = Field(None, description="Gets the status by POST at the end.")

    def person(self) -> Source:
        """Where the person comes from; raises InvalidRequest when it is sent both ways."""
        upload = self.user_image if _is_there(self.user_image) else None
        if upload is not None and self.user_image_url:
            raise _both_ways("person is", "user_image")
        return upload or self.user_image_url

    def garments(self) -> Sequence[Source]:
        """Where the garments come from, at least one; raises InvalidRequest when there are too many
        or they are sent both ways.
        """
        uploads = [one for one in self.product_image or [] if _is_there(one)]
        if uploads and self.product_image_url:
            raise _both_ways("garments are", "product_image")
        garments = uploads or self.product_image_url or [None]
        if len(garments) > MOST_GARMENTS:
            raise InvalidRequest(
                message=f"An outfit has at most {MOST_GARMENTS} garments, this one "
                f"{len(garments)}.",
                remedy="Leave the least important ones out.",
            )
        return garments

    async def options(self, num_garments: int, max_retries: int) -> JobOptions:
        """What the job shall do, `max_retries` where the form says nothing of it.

        Raises InvalidRequest or InvalidAnchors.
        """
        points = [await _document(one) for one in self.anchors or []]
        return JobOptions(
            garments=_options_of_each(num_garments, self.garment_type or [], points),
            mode=self.mode, tuck=self.tuck,
            preserve_face=self.preserve_face, preserve_background=self.preserve_background,
            realism_level=self.realism_level, generator=self.generator,
            max_retries=max_retries if self.max_retries is None else self.max_retries,
        )  # fmt: skip


async def said_once(request: Request) -> None:
    """A dependency: of two values of one field, or one in the address, none is left out silently.

    Raises:
        InvalidRequest: a field stands twice, or in the address.
    """
    for name in request.query_params:
        raise InvalidRequest(
            message=f"The address has the field {name[:40]!r}.",
            remedy="Send every field in the form; after ? nothing is read.",
        )
    form = await request.form()  # read already, and kept
    for name in SubmitForm.model_fields.keys() - OF_EACH:
        if len(form.getlist(name)) > 1:
            raise InvalidRequest(message=f"{name} was sent twice.", remedy="Send it once.")


def _both_ways(what: str, name: str) -> InvalidRequest:
    return InvalidRequest(
        message=f"The {what} sent both as {name} and as {name}_url.",
        remedy=f"Send files as {name}, or addresses as {name}_url, not both.",
    )


def _is_there(upload: UploadFile | None) -> bool:
    """Whether a file was chosen: browsers send a field without one as a file without a name."""
    return upload is not None and bool(upload.size or upload.filename)


def _options_of_each(
    num_garments: int, types: Sequence[GarmentType | Literal["auto"]], anchors: Sequence[Any]
) -> tuple[GarmentOptions, ...]:
    for name, given in (("garment_type", types), ("anchors", anchors)):
        if len(given) > num_garments:
            raise InvalidRequest(
                message=f"{name} was sent {len(given)} times for {num_garments} garments.",
                remedy="Send it once for each garment, in the same order; auto for any type.",
            )
    named = [None if one == "auto" else one for one in types]
    missing = [None] * num_garments
    each = zip([*named, *missing], [*anchors, *missing], range(num_garments), strict=False)
    return tuple(GarmentOptions(kind, points) for kind, points, _ in each)


async def _document(anchors: UploadFile | str | None) -> Any:
    """The anchors, sent as a file or as text; checked by the service."""
    if not anchors:
        return None
    text = anchors if isinstance(anchors, str) else await anchors.read()
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise InvalidAnchors(type(exc).__name__, message="The anchors are not JSON.") from exc
