"""Streams of events: what they tell, and how many may be open.

Each holds a connection and asks the table again and again, perhaps for hours.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from typing import Final

from fastapi import Request
from fastapi.sse import ServerSentEvent
from starlette.concurrency import run_in_threadpool

from tryon.api.caller import CallerOf
from tryon.api.errors import failure_json
from tryon.errors import RateLimited, ServiceUnavailable, TryOnError
from tryon.jobs.job import Job
from tryon.jobs.service import JobService
from tryon.jobs.status import status_json

LOG = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.4  # for a change to tell
MOST: Final = 200  # in one process; they make 500 looks at the table a second
MOST_OF_ONE: Final = 50  # of one key; of one address, where there is no key


class Streams:
    """Counts those that are open. Belongs to one event loop."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    async def place(self, request: Request, caller: CallerOf) -> AsyncIterator[None]:
        """A dependency: a place, held until the stream has ended or its client is gone.

        Raises:
            RateLimited: there is none.
        """
        address = request.client.host if request.client else "unknown"
        who = caller.owner if caller.can_list else f"address {address}"
        if self._open[who] >= MOST_OF_ONE:
            raise _refused(f"You have {MOST_OF_ONE} streams of events open already.")
        if self._open.total() >= MOST:
            raise _refused("Too many streams of events are open.")
        self._open[who] += 1
        try:
            yield
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]


async def tell(service: JobService, owner: str, job: Job) -> AsyncIterator[ServerSentEvent]:
    """Every change of a job, until it has ended or is no more.

    Args:
        job: as it is now.
    """
    told = None
    while True:
        document = status_json(job)
        if document != told:
            yield ServerSentEvent(data=document, event="status", retry=2000)
            told = document
        if job.state.is_final:
            return
        await asyncio.sleep(LOOK_EVERY_S)
        try:
            job = await run_in_threadpool(service.job, owner, job.id)
        except ServiceUnavailable as error:  # the stream outlives a database that restarts
            LOG.info("events of job %s wait: %s", job.id, error)
        except TryOnError as error:
            yield ServerSentEvent(data=failure_json(error, job.id), event="failure")
            return


def _refused(message: str) -> RateLimited:
    remedy = "Ask for the status now and then instead, or close streams nobody watches any more."
    return RateLimited(message=message, remedy=remedy)
