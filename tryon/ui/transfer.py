"""How the pages travel: compressed once, kept by the browser, sent again only when they changed.

The studio's page carries every widget, script and the words of one language, about half a megabyte;
gzip sees what repeats within 32 kB, brotli within all of it. Pictures are small already, and what a
run tells comes piece by piece: neither is touched.
"""

import gzip
import re
from functools import lru_cache
from hashlib import sha256
from typing import Final

import brotli
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tryon.prefix import path_below

# Gradio's scripts and our theme: other content, another name.
NAMED_BY_CONTENT: Final = re.compile(r"/assets/[^?]+(\?.*)?|/theme\.css\?v=\w{32,}")
FOR_GOOD: Final = "public, max-age=31536000, immutable"
SMALLEST: Final = 1000  # bytes worth the work
KEPT: Final = 64  # compressed answers: pages by language, files of the review


class Transfer:
    """Middleware for the studio's page and the review's files.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        path = path_below(scope) if scope["type"] == "http" else None
        if path in ("", "/") or (path and path.startswith("/review/static/")):
            await self._app(scope, receive, _Whole(Headers(scope=scope), send).take)
        elif path and NAMED_BY_CONTENT.fullmatch(
            f"{path}?{scope['query_string'].decode('latin-1')}"
        ):
            await self._app(scope, receive, _kept_for_good(send))
        else:
            await self._app(scope, receive, send)


class _Whole:
    """Holds an answer back until all of it is there."""

    def __init__(self, asked: Headers, send: Send) -> None:
        self._asked = asked
        self._send = send
        self._start: Message = {}
        self._parts: list[bytes] = []

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._parts.append(message.get("body", b""))
        if not message.get("more_body"):
            body = self._answer(b"".join(self._parts))
            await self._send(self._start)
            await self._send({"type": "http.response.body", "body": body})

    def _answer(self, body: bytes) -> bytes:
        """The body as it is sent; the head says what it is."""
        head = MutableHeaders(scope=self._start)
        is_text = head.get("content-type", "").startswith(("text/", "application/javascript"))
        if self._start["status"] != 200 or not is_text or len(body) < SMALLEST:
            return body
        tag = head.setdefault("etag", f'"{sha256(body).hexdigest()[:32]}"')
        head.setdefault("cache-control", "private, no-cache")
        head.add_vary_header("Accept-Encoding")
        if self._asked.get("if-none-match", "").removeprefix("W/") == tag:
            self._start["status"] = 304
            del head["content-length"]
            return b""
        wanted = self._asked.get("accept-encoding", "")
        kind = next((one for one in ("br", "gzip") if one in wanted), None)
        if kind:
            body = _squeezed(body, kind)
            head["content-encoding"] = kind
        head["content-length"] = str(len(body))
        return body


def _kept_for_good(send: Send) -> Send:
    async def send_kept(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            MutableHeaders(scope=message)["cache-control"] = FOR_GOOD
        await send(message)

    return send_kept


@lru_cache(KEPT)
def _squeezed(body: bytes, kind: str) -> bytes:
    if kind == "br":
        return bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=9))
    return gzip.compress(body, 6, mtime=0)
