"""REST: parse, call, answer. The job API joins here; the studio's page is mounted beside it."""

from typing import Any

from fastapi import FastAPI

from tryon import __version__
from tryon.api.health import router as health_router


def create_api(**fastapi_options: Any) -> FastAPI:
    """The application without pages; mount the studio on it last, because it takes `/`."""
    api = FastAPI(title="Virtual try-on studio", version=__version__, **fastapi_options)
    api.include_router(health_router)
    return api
