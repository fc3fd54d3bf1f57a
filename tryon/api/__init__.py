"""REST: parse, call, answer. The studio's page is mounted beside it.

`submit`, `jobs`, `results` are about try-ons, `health` and `metrics` about the service; `doors`
and `trace` stand in front of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from tryon import __version__
from tryon.api import health, jobs, metrics, results, submit
from tryon.api.answers import EVERYWHERE, describe_failures
from tryon.api.caller import KEY_SCHEMES
from tryon.api.doors import Doors, Limiter
from tryon.api.errors import add_error_handlers
from tryon.api.trace import Trace
from tryon.errors import MethodNotAllowed, NotFound
from tryon.jobs.api_keys import KeyRing
from tryon.jobs.figures import Figures
from tryon.jobs.service import JobService

DESCRIPTION = """\
Dress the person of one photo in the garment of another. Submit both pictures, then ask for the
status of the job until it is `DONE`, `FAILED` or `CANCELLED`. Every failure has a code, a sentence
and a remedy.
"""


@dataclass(frozen=True, slots=True)
class ApiParts:
    """What the API is made of.

    Attributes:
        num_stuck: threads of this process that are stuck in a stage.
        checks: for `/ready`, by name.
        allow_anonymous: whether somebody without a key is let in from anywhere.
        origins: sites whose pages may use it.
        trusted_proxies: addresses or networks whose X-Forwarded headers hold.
        max_photo_bytes: of one picture.
    """

    service: JobService
    keys: KeyRing
    limiter: Limiter
    figures: Figures
    num_stuck: Callable[[], int]
    checks: health.Checks
    allow_anonymous: bool = False
    origins: Sequence[str] = ()
    trusted_proxies: Sequence[str] = ()
    max_photo_bytes: int = 25 * 2**20


def create_api(parts: ApiParts, **fastapi_options: Any) -> FastAPI:
    """The application without pages; mount the studio on it last, because it takes `/`."""
    registry = CollectorRegistry()
    registry.register(metrics.JobFigures(parts.figures))
    metrics.add_stuck_threads(registry, parts.num_stuck)
    api = FastAPI(
        title="Virtual try-on studio", version=__version__, description=DESCRIPTION,
        docs_url=None, redoc_url=None, **fastapi_options,  # their pages load code from elsewhere
    )  # fmt: skip
    add_error_handlers(api)
    for router in (
        submit.make_router(parts.service),
        jobs.make_router(parts.service),
        results.make_router(parts.service),
        metrics.make_router(registry),
    ):
        api.include_router(router, dependencies=list(KEY_SCHEMES), responses=EVERYWHERE)
    api.include_router(health.router)
    api.include_router(health.make_router(parts.checks))
    for path in ("/api/{path:path}", "/results/{path:path}"):
        api.routes.append(Route(path, _NothingHere(api.routes), include_in_schema=False))
    described = api.openapi
    api.openapi = lambda: describe_failures(described())  # type: ignore[method-assign]
    # The last one added is the first one asked.
    api.add_middleware(
        Doors, keys=parts.keys, limiter=parts.limiter, allow_anonymous=parts.allow_anonymous,
        origins=parts.origins, max_photo_bytes=parts.max_photo_bytes,
    )  # fmt: skip
    if parts.origins:
        api.add_middleware(
            CORSMiddleware, allow_origins=parts.origins, allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["X-API-Key", "Authorization", "Idempotency-Key", "X-Request-ID",
                           "If-None-Match", "Range"],
            expose_headers=["ETag", "X-Request-ID", "Retry-After", "Location"],
        )  # fmt: skip
    api.add_middleware(Trace, seconds=metrics.HttpSeconds(registry))
    if parts.trusted_proxies:
        api.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(parts.trusted_proxies))
    return api


@dataclass(frozen=True, slots=True)
class _NothingHere:
    """Answers what no route above does, whatever the method, before the page takes it for its own.

    An application, not a function: a route to one asks for no method.
    """

    routes: Sequence[BaseRoute]

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        """Raises MethodNotAllowed where another method has a route, else NotFound."""
        if any(route.matches(scope)[0] is Match.PARTIAL for route in self.routes):
            raise MethodNotAllowed
        raise NotFound
