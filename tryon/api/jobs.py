"""Look at jobs, watch them, list them, stop and erase them."""

import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from tryon.api.answers import OF_A_JOB, OF_FILES, Page, Removed, Status, failures
from tryon.api.caller import CallerOf
from tryon.api.known_fields import KnownFields
from tryon.api.streams import Streams, tell
from tryon.errors import Unauthorized
from tryon.jobs.job import Job
from tryon.jobs.service import JobService
from tryon.jobs.status import status_json

MOST_LISTED: Final = 100
PATIENT_S: Final = 30.0
RETRY_AFTER: Final = {
    "description": "Seconds until it makes sense to ask again; only while the job has not ended.",
    "schema": {"type": "integer"},
}
JobId = Annotated[str, Path(description="As answered by submit.")]


class PageAsked(KnownFields):
    """Which of your jobs."""

    limit: int = Field(20, ge=1, le=MOST_LISTED)
    before: str | None = Field(None, description="`next` of the page before.")


def ask_again_s(job: Job) -> int:
    """When a client that polls should ask again: rarely, once it has waited for long."""
    return 1 if time.time() - job.created < PATIENT_S else 5


def make_router(service: JobService) -> APIRouter:
    """Status, events, list, removal."""
    router = APIRouter(tags=["jobs"], responses=OF_A_JOB)

    async def job_of(caller: CallerOf, job_id: JobId) -> Job:
        return await run_in_threadpool(service.job, caller.owner, job_id)

    @router.get(
        "/api/tryon/status/{job_id}", response_model=Status, summary="Where a job stands",
        responses={200: {"headers": {"Retry-After": RETRY_AFTER}}},
    )  # fmt: skip
    def status(caller: CallerOf, job_id: JobId, response: Response) -> dict[str, Any]:
        """Ask again after as many seconds as the header Retry-After says, or take the events."""
        job = service.job(caller.owner, job_id)
        if not job.state.is_final:
            response.headers["Retry-After"] = str(ask_again_s(job))
        return status_json(job)

    @router.get(
        "/api/tryon/status/{job_id}/events", response_class=EventSourceResponse,
        dependencies=[Depends(Streams().place)], summary="Be told as it goes on",
    )  # fmt: skip
    async def events(
        caller: CallerOf, job: Annotated[Job, Depends(job_of)]
    ) -> AsyncIterator[ServerSentEvent]:
        """Server-sent events `status`, each a whole status; the stream ends with the job.

        A job erased meanwhile ends it with an event `failure` in the shape of every failure. Only
        so many streams may be open: after a 429, ask for the status instead.
        """
        async for event in tell(service, caller.owner, job):
            yield event

    @router.get(
        "/api/tryon/jobs",
        response_model=Page,
        summary="Your jobs",
        responses=failures(Unauthorized),
    )
    def jobs(caller: CallerOf, asked: Annotated[PageAsked, Query()]) -> dict[str, Any]:
        """Newest first. Without a key nobody knows which are yours, so there is no list."""
        if not caller.can_list:
            raise Unauthorized
        found = service.page(caller.owner, asked.limit + 1, asked.before)
        shown = found[: asked.limit]
        return {
            "jobs": [status_json(job) for job in shown],
            "next": shown[-1].id if len(found) > asked.limit else None,
        }

    @router.delete(
        "/api/tryon/{job_id}", response_model=Removed, responses=OF_FILES, summary="Cancel or erase"
    )
    def remove(caller: CallerOf, job_id: JobId) -> dict[str, str]:
        """A job that has not ended is cancelled, one that has is erased. Its files go at once."""
        return {"job_id": job_id, "status": service.remove(caller.owner, job_id)}

    return router
