"""Is the process up, and does everything it needs work?"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from tryon import __version__
from tryon.api.answers import Health, Ready
from tryon.errors import TryOnError

LOG = logging.getLogger(__name__)

Checks = Mapping[str, Callable[[], object]]
"""By name: raises TryOnError or returns False when it does not work."""

router = APIRouter(tags=["operation"])


@router.get("/health", response_model=Health, summary="Is the process up?")
def health() -> dict[str, str]:
    """Answers before the models are loaded."""
    return {"status": "ok", "version": __version__}


def make_router(checks: Checks) -> APIRouter:
    """`GET /ready`."""
    router = APIRouter(tags=["operation"])

    @router.get(
        "/ready", response_model=Ready, summary="Can it take jobs?",
        responses={503: {"model": Ready}},
    )  # fmt: skip
    def ready() -> JSONResponse:
        """Database, queue, model files, disk. 503 when one of them does not work."""
        found = {name: _works(name, check) for name, check in checks.items()}
        is_ready = all(found.values())
        body: dict[str, Any] = {"status": "ready" if is_ready else "not ready", "checks": found}
        return JSONResponse(body, 200 if is_ready else 503)

    return router


def _works(name: str, check: Callable[[], object]) -> bool:
    try:
        return check() is not False
    except TryOnError as error:
        LOG.warning("not ready: %s: %s", name, error)
        return False
