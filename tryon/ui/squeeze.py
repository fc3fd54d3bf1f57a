"""The page itself is sent compressed: it carries every widget, script and language, about 1 MB.

Only that: pictures are small already, and what a run tells comes piece by piece.
"""

from typing import Final

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from tryon.prefix import path_below

LEVEL: Final = 5  # of 9: a hundredth larger, in half the time


class SqueezedPage:
    """Middleware that compresses the answer to `/`, for browsers that understand that.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._squeezed = GZipMiddleware(app, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        is_page = scope["type"] == "http" and path_below(scope) in ("", "/")
        await (self._squeezed if is_page else self._app)(scope, receive, send)
