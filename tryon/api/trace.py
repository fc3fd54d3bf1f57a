"""Around every request: its id, one line in the log, its time in the metrics, safe headers."""

import json
import logging
import re
import sys
import time
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tryon.api.doors import PATHS
from tryon.api.errors import unexpected
from tryon.api.metrics import HttpSeconds
from tryon.prefix import path_below

ACCESS: Final = logging.getLogger("tryon.access")
REQUEST_ID: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)

_GIVEN_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SAFE: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
# A Space shows the page in a frame, so only what the API answers is kept out of frames.
_SAFE_API: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Frame-Options": "DENY",
}


class Trace:
    """An ASGI middleware, the outermost one."""

    def __init__(self, app: ASGIApp, seconds: HttpSeconds) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on; a bug behind us becomes an answer here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        token = REQUEST_ID.set(request_id)
        is_api = path_below(scope).startswith((*PATHS, "/health", "/ready", "/openapi.json"))
        start, status = time.perf_counter(), 0

        async def send_safely(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in (_SAFE | (_SAFE_API if is_api else {})).items():
                    headers.setdefault(name, value)
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
                headers["X-Request-ID"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_safely)
        except Exception as exc:
            if status:  # too late for an answer
                raise
            await unexpected(exc)(scope, receive, send_safely)
        finally:
            seconds = time.perf_counter() - start
            route = getattr(scope.get("route"), "path", "") or ("other" if is_api else "page")
            self._seconds.add(scope["method"], route, status, seconds)
            # No query: it may hold what is private. No headers: they hold keys.
            ACCESS.log(
                logging.INFO if is_api else logging.DEBUG,
                "%s %s", scope["method"], scope["path"],
                extra={"facts": {
                    "method": scope["method"], "path": scope["path"], "status": status,
                    "ms": round(seconds * 1000, 1),
                    "caller": getattr(scope.get("state", {}).get("caller"), "owner", None),
                }},
            )  # fmt: skip
            REQUEST_ID.reset(token)


class JsonLines(logging.Formatter):
    """One JSON object a line, with the id of the request it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := REQUEST_ID.get():
            line["request_id"] = request_id
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_to_stderr(*, is_debug: bool) -> None:
    """Lines for people on a terminal, JSON for whatever collects them elsewhere."""
    handler = logging.StreamHandler()
    if not sys.stderr.isatty():
        handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.DEBUG if is_debug else logging.WARNING, handlers=[handler])
    if not is_debug:
        logging.getLogger("tryon").setLevel(logging.INFO)
