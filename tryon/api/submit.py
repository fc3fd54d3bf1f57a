"""Take a try-on: two pictures, as files or addresses, and what to do with them."""

import asyncio
import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, File, Form, Header, UploadFile
from starlette.concurrency import run_in_threadpool

from tryon.anchors import GarmentType
from tryon.api.answers import Submitted, failures
from tryon.api.caller import CallerOf
from tryon.errors import InvalidAnchors, InvalidRequest, TryOnError
from tryon.generation.options import GeneratorChoice
from tryon.jobs.job import HIGH, LOW, NORMAL, JobOptions
from tryon.jobs.service import JobService, Photo, Submission

FETCHES_AT_ONCE: Final = 8  # slow sites keep none but these threads waiting
MAX_URL_CHARS: Final = 4096

_GarmentChoice = Literal[GarmentType, "auto"]
_Picture = Annotated[UploadFile | None, File(description="JPEG, PNG, WebP, HEIC, AVIF, GIF, BMP.")]
_Address = Annotated[
    str | None, Form(max_length=MAX_URL_CHARS, description="A public address of it instead.")
]


def make_router(service: JobService) -> APIRouter:
    """`POST /api/tryon/submit`."""
    router = APIRouter(tags=["try-on"])
    fetching = ThreadPoolExecutor(FETCHES_AT_ONCE, "fetch")

    @router.post(
        "/api/tryon/submit", status_code=202, response_model=Submitted,
        responses=failures(409, 415, 422), summary="Submit a try-on",
    )  # fmt: skip
    async def submit(
        caller: CallerOf,
        user_image: _Picture = None,
        user_image_url: _Address = None,
        product_image: _Picture = None,
        product_image_url: _Address = None,
        garment_type: Annotated[
            _GarmentChoice | None, Form(description="auto, or left out: detect it.")
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
            UploadFile | str | None, Form(description="The anchors.json of an earlier draft.")
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
        options = JobOptions(
            garment_type=None if garment_type == "auto" else garment_type,
            mode=mode, tuck=tuck, anchors=await _document(anchors),
            preserve_face=preserve_face, preserve_background=preserve_background,
            realism_level=realism_level, generator=generator, max_retries=max_retries,
        )  # fmt: skip
        check_webhook(webhook_url)
        person, garment = await asyncio.gather(
            _photo("user_image", user_image, user_image_url, service.fetch, fetching),
            _photo("product_image", product_image, product_image_url, service.fetch, fetching),
        )
        submission = Submission(person, garment, options, priority, idempotency_key, webhook_url)
        job = await run_in_threadpool(service.submit, caller.owner, submission)
        return {
            "job_id": job.id,
            "status": job.state.value,
            "message": "Job submitted successfully",
        }

    return router


async def _photo(
    name: str,
    upload: UploadFile | None,
    url: str | None,
    fetch: Callable[[str], bytes],
    pool: ThreadPoolExecutor,
) -> Photo:
    """The picture of a field; `url` is asked only when there is no file."""
    if upload is not None and (upload.size or upload.filename):
        return Photo(upload.file, upload.size or 0)
    if not url:
        raise InvalidRequest(
            message=f"The picture {name} is missing.",
            remedy=f"Send it as the file {name}, or its address as {name}_url.",
        )
    try:
        data = await asyncio.get_running_loop().run_in_executor(pool, fetch, url)
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
    if url and not url.startswith(("https://", "http://")):
        raise InvalidRequest(message="webhook_url: want an address that begins with https://.")
