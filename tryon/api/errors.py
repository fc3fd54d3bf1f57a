"""Every failure in one shape: `{code, message, remedy, job_id}`."""

import errno
import logging
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from tryon.errors import (
    ImageTooLarge,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    RateLimited,
    ServiceUnavailable,
    StorageError,
    TryOnError,
    Unauthorized,
    Unexpected,
)

LOG = logging.getLogger(__name__)

_BY_STATUS: Final[Mapping[int, type[TryOnError]]] = {
    401: Unauthorized, 404: NotFound, 405: MethodNotAllowed, 413: ImageTooLarge,
}  # fmt: skip
RETRY_AFTER_S: Final = 5
_NO_SPACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


def answer(
    error: TryOnError, job_id: str | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """A failure as the API tells it."""
    extra = dict(headers or {})
    if isinstance(error, Unauthorized):
        extra.setdefault("WWW-Authenticate", "Bearer")
    if isinstance(error, RateLimited) or error.http_status == ServiceUnavailable.http_status:
        extra.setdefault("Retry-After", str(RETRY_AFTER_S))
    return JSONResponse(failure_json(error, job_id), error.http_status, extra)


def failure_json(error: TryOnError, job_id: str | None) -> dict[str, str | None]:
    """The one shape."""
    return {
        "code": error.code, "message": error.message, "remedy": error.remedy, "job_id": job_id,
    }  # fmt: skip


def add_error_handlers(api: FastAPI) -> None:
    """Our own failures, those of the framework, and bugs."""
    api.add_exception_handler(TryOnError, _explained)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)


def unexpected(exc: BaseException) -> JSONResponse:
    """A bug: the log has the traceback, the client a code."""
    LOG.error("unexpected", exc_info=exc)
    error = Unexpected(type(exc).__name__, remedy="Try again; if it goes on, tell who runs this.")
    return answer(error)


def _job_id(request: Request) -> str | None:
    return request.path_params.get("job_id")


async def _explained(request: Request, exc: Exception) -> JSONResponse:
    if not isinstance(exc, TryOnError):
        raise exc
    LOG.info("%s", exc)
    return answer(exc, _job_id(request))


async def _invalid(request: Request, exc: Exception) -> JSONResponse:
    if not isinstance(exc, RequestValidationError):
        raise exc
    return answer(InvalidRequest(message=_sentence(exc.errors()[0])), _job_id(request))


def _sentence(problem: Mapping[str, Any]) -> str:
    """The first problem in words; what was sent is not repeated, it may be long or private."""
    where = [str(part) for part in problem["loc"] if part not in ("body", "query", "header")]
    return f"{'.'.join(where) or 'The request'}: {problem['msg']}."


async def _http(request: Request, exc: Exception) -> JSONResponse:
    if not isinstance(exc, HTTPException):
        raise exc
    if isinstance(exc.__cause__, OSError) and exc.__cause__.errno in _NO_SPACE:
        LOG.error("no space for an upload", exc_info=exc.__cause__)
        return answer(StorageError(message="The disk of the service is full."))
    kind = _BY_STATUS.get(exc.status_code)
    if kind is not None:
        return answer(kind(), _job_id(request), exc.headers)
    return answer(InvalidRequest(message=f"{exc.detail}.".replace("..", ".")), _job_id(request))
