"""Take a try-on: its pictures as files or from addresses, and a job for it."""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Header, Response
from starlette.concurrency import run_in_threadpool

from tryon.api.answers import Submitted, failures
from tryon.api.caller import CallerOf
from tryon.api.jobs import RETRY_AFTER
from tryon.api.submit_form import Source, SubmitForm, said_once
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
from tryon.jobs.service import JobService
from tryon.jobs.submission import Photo, Submission

FETCHES_AT_ONCE: Final = 8  # slow sites keep none but these threads waiting

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
_IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$",
        description="The same key for a repeated request: there will be one job.",
    ),
]  # fmt: skip


def make_router(service: JobService) -> APIRouter:
    """`POST /api/tryon/submit`."""
    router = APIRouter(tags=["try-on"])
    sources = _Sources(service, ThreadPoolExecutor(FETCHES_AT_ONCE, "fetch"))

    @router.post(
        "/api/tryon/submit", status_code=202, response_model=Submitted, responses=_REFUSED,
        dependencies=[Depends(said_once)], summary="Submit a try-on",
    )  # fmt: skip
    async def submit(
        caller: CallerOf,
        response: Response,
        form: Annotated[SubmitForm, Form(media_type="multipart/form-data")],
        idempotency_key: _IdempotencyKey = None,
    ) -> dict[str, Any]:
        """Answers at once; ask for the status of the job until it is DONE, FAILED or CANCELLED."""
        garments = form.garments()
        options = await form.options(len(garments), service.max_retries)
        photos = await asyncio.gather(
            sources.photo("user_image", form.person()),
            *(sources.photo("product_image", garment) for garment in garments),
        )
        submission = Submission(
            photos[0], tuple(photos[1:]), options, form.priority, idempotency_key, form.webhook_url
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


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where pictures come from."""

    service: JobService
    pool: ThreadPoolExecutor

    async def photo(self, name: str, source: Source) -> Photo:
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
