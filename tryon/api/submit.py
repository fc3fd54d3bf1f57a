"""Take a try-on: a person and one garment or several, as files or addresses, and what to do."""

import asyncio
import io
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import httpx
from fastapi import APIRouter, File, Form, Header, Response, UploadFile
from pydantic import BeforeValidator
from starlette.concurrency import run_in_threadpool

from tryon.anchors import GarmentType
from tryon.api.answers import Submitted, failures
from tryon.api.caller import CallerOf
from tryon.api.jobs import RETRY_AFTER
from tryon.errors import (
    IdempotencyKeyReused,
    ImageTooLarge,
    InvalidAnchors,
    InvalidImageFormat,
    InvalidImageUrl,
    InvalidRequest,
    QueueFull,
    ServiceUnavailable,
    StorageError,
    TryOnError,
)
from tryon.fit import MOST_GARMENTS
from tryon.generation.options import GeneratorChoice
from tryon.jobs.job import HIGH, LOW, NORMAL, GarmentOptions, JobOptions
from tryon.jobs.service import JobService, Photo, Submission

FETCHES_AT_ONCE: Final = 8  # slow sites keep none but these threads waiting
MAX_URL_CHARS: Final = 4096

_REFUSED: Final[dict[int | str, dict[str, Any]]] = failures(
    IdempotencyKeyReused, ImageTooLarge, InvalidImageFormat, InvalidRequest, InvalidAnchors,
    InvalidImageUrl, QueueFull, ServiceUnavailable, StorageError,
) | {
    202: {
        "headers": {
            "Location": {"description": "Of its status.", "schema": {"type": "string"}},
            "Retry-After": RETRY_AFTER,
        }
    }
}  # fmt: skip


def _without_blanks(values: list[Any]) -> list[Any]:
    """A form sends fields left empty, too."""
    return [value for value in values if value != ""]


_DropBlanks = BeforeValidator(_without_blanks)
_Choice = Annotated[Literal[GarmentType, "auto"], BeforeValidator(lambda name: name or "auto")]
_Address = Annotated[str, Form(max_length=MAX_URL_CHARS)]


def make_router(service: JobService) -> APIRouter:
    """`POST /api/tryon/submit`."""
    router = APIRouter(tags=["try-on"])
    sources = _Sources(service, ThreadPoolExecutor(FETCHES_AT_ONCE, "fetch"))

    @router.post(
        "/api/tryon/submit", status_code=202, response_model=Submitted,
        responses=_REFUSED, summary="Submit a try-on",
    )  # fmt: skip
    async def submit(
        caller: CallerOf,
        response: Response,
        user_image: Annotated[
            UploadFile | None,
            File(description="The person: JPEG, PNG, WebP, HEIC, AVIF, GIF or BMP."),
        ] = None,
        user_image_url: Annotated[
            _Address | None, Form(description="A public address of it instead.")
        ] = None,
        product_image: Annotated[
            list[UploadFile] | None,
            _DropBlanks,
            File(description=f"The garment. An outfit: the field 2 to {MOST_GARMENTS} times."),
        ] = None,
        product_image_url: Annotated[
            list[_Address] | None,
            _DropBlanks,
            Form(description="A public address of it instead; of an outfit, of each garment."),
        ] = None,
        garment_type: Annotated[
            list[_Choice] | None,
            Form(description="auto, or left out: detect it. Of an outfit: in the same order."),
        ] = None,
        mode: Annotated[Literal["draft", "final"], Form(description="How far to go.")] = "final",
        tuck: Annotated[
            Literal["auto", "in", "out"], Form(description="How a top is worn.")
        ] = "auto",
        preserve_face: Annotated[bool, Form(description="Of the final picture.")] = True,
        preserve_background: Annotated[bool, Form(description="Of the final picture.")] = True,
        realism_level: Annotated[int, Form(ge=1, le=5, description="Of the final picture.")] = 3,
        generator: Annotated[
            GeneratorChoice, Form(description="Of the final picture; auto: the best there is.")
        ] = "auto",
        max_retries: Annotated[
            int, Form(ge=0, le=3, description="Other strategies, while the score is too low.")
        ] = 2,
        anchors: Annotated[
            list[UploadFile | str] | None,
            Form(description="The anchors.json of an earlier draft. Of an outfit: in that order."),
        ] = None,
        priority: Annotated[int, Form(ge=LOW, le=HIGH, description="Higher goes first.")] = NORMAL,
        webhook_url: Annotated[
            str | None,
            Form(max_length=MAX_URL_CHARS, description="Gets the status by POST at the end."),
        ] = None,
        idempotency_key: Annotated[
            str | None,
            Header(
                min_length=1,
                max_length=200,
                pattern=r"^[\x21-\x7e]+$",
                description="The same key for a repeated request: there will be one job.",
            ),
        ] = None,
    ) -> dict[str, Any]:
        """Answers at once; ask for the status of the job until it is DONE, FAILED or CANCELLED."""
        garments = _one_kind(product_image, product_image_url)
        points = [await _document(one) for one in anchors or []]
        options = JobOptions(
            garments=_options_of_each(len(garments), garment_type or [], points),
            mode=mode, tuck=tuck,
            preserve_face=preserve_face, preserve_background=preserve_background,
            realism_level=realism_level, generator=generator, max_retries=max_retries,
        )  # fmt: skip
        check_webhook(webhook_url)
        person = user_image if _is_there(user_image) else user_image_url
        photos = await asyncio.gather(
            sources.photo("user_image", person),
            *(sources.photo("product_image", garment) for garment in garments),
        )
        submission = Submission(
            photos[0], tuple(photos[1:]), options, priority, idempotency_key, webhook_url
        )
        job = await run_in_threadpool(service.submit, caller.owner, submission)
        response.headers["Location"] = f"/api/tryon/status/{job.id}"
        response.headers["Retry-After"] = "1"
        return {
            "job_id": job.id,
            "status": job.state.value,
            "message": "Job submitted successfully",
        }

    return router


def _is_there(upload: UploadFile | None) -> bool:
    """Whether a file was chosen: browsers send a field without one as a file without a name."""
    return upload is not None and bool(upload.size or upload.filename)


def _one_kind(
    files: list[UploadFile] | None, addresses: list[str] | None
) -> Sequence[UploadFile | str | None]:
    """The garments, at least one: without any, that is said by `_Sources.photo`."""
    uploads = [one for one in files or [] if _is_there(one)]
    if uploads and addresses:
        raise InvalidRequest(
            message="The garments are sent both as files and as addresses.",
            remedy="Send all of them as product_image, or all as product_image_url.",
        )
    garments = uploads or addresses or [None]
    if len(garments) > MOST_GARMENTS:
        raise InvalidRequest(
            message=f"An outfit has at most {MOST_GARMENTS} garments, this one {len(garments)}.",
            remedy="Leave the least important ones out.",
        )
    return garments


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


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where pictures come from."""

    service: JobService
    pool: ThreadPoolExecutor

    async def photo(self, name: str, source: UploadFile | str | None) -> Photo:
        """The picture of a field: a file, or what is at an address."""
        if not source:
            raise InvalidRequest(
                message=f"The picture {name} is missing.",
                remedy=f"In a multipart form, send it as the file {name}, or its address as "
                f"{name}_url.",
            )
        if not isinstance(source, str):
            return Photo(source.file, source.size or 0)
        loop = asyncio.get_running_loop()
        try:
            data = await loop.run_in_executor(self.pool, self.service.fetch, source)
        except TryOnError as error:
            error.stage = name
            raise
        return Photo(io.BytesIO(data), len(data))


async def _document(anchors: UploadFile | str | None) -> Any:
    """The anchors, sent as a file or as text; checked by the service."""
    if not anchors:
        return None
    text = anchors if isinstance(anchors, str) else await anchors.read()
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise InvalidAnchors(type(exc).__name__, message="The anchors are not JSON.") from exc


def check_webhook(url: str | None) -> None:
    """A first look at the address; where it leads is checked when it is called."""
    if not url:
        return
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
