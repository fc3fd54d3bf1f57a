"""Who is looking: a cookie with an unguessable value, given at the first visit.

The value names a visitor to this server and to nobody else: it says nothing about the person, no
script of a page can read it, and folders carry its digest, never the value.
"""

import hashlib
import re
import secrets
from http.cookies import SimpleCookie
from typing import Any, Final

from gradio.context import LocalContext
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tryon.prefix import path_below, prefix_of

COOKIE: Final = "tryon_visitor"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class VisitorCookie:
    """Middleware that gives the cookie with the page and renews its time at every visit.

    Args:
        app: what answers.
        keep_s: how long the browser keeps the cookie, seconds.
    """

    def __init__(self, app: ASGIApp, keep_s: int) -> None:
        self._app = app
        self._keep_s = keep_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; the page itself comes with the cookie."""
        is_page = scope["type"] == "http" and scope["method"] == "GET"
        if not is_page or path_below(scope) not in ("", "/"):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        given = connection.cookies.get(COOKIE, "")
        token = given if _TOKEN.fullmatch(given) else secrets.token_urlsafe(32)
        # A Space shows the page in a frame of another site, where only this kind is kept; browsers
        # keep a partitioned cookie apart for every site that frames the page.
        kind = "SameSite=None; Secure; Partitioned" if is_https(connection) else "SameSite=Lax"
        where = f"Path={prefix_of(scope)}/"
        cookie = f"{COOKIE}={token}; Max-Age={self._keep_s}; {where}; HttpOnly; {kind}"

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def is_https(request: Any) -> bool:
    """Whether the browser asked by https, of us or of a proxy in front."""
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", ""))


def cookie_in(request: Any, name: str) -> str:
    """The value of a cookie of a request of FastAPI or of a callback; empty: there is none."""
    found = SimpleCookie(request.headers.get("cookie", "")).get(name)
    return found.value if found else ""


def visitor_of(request: Any) -> str | None:
    """The digest that stands for the visitor of a request to the page.

    A browser that keeps no cookies is a new visitor with every load of the page, and so is a
    program. None for a request that names neither.
    """
    token = cookie_in(request, COOKIE)
    if _TOKEN.fullmatch(token):
        return hashlib.sha256(token.encode()).hexdigest()
    load = getattr(request, "session_hash", None)
    return hashlib.sha256(f"load {load}".encode()).hexdigest() if load else None


def the_visitor(request: Any) -> str:
    """The visitor of a callback's request, which names at least the load of the page."""
    visitor = visitor_of(request)
    if visitor is None:
        raise ValueError("a callback without a session")
    return visitor


def current_visitor() -> str | None:
    """The visitor whose callback runs in this thread; None outside a callback."""
    request = LocalContext.request.get(None)
    return visitor_of(request) if request is not None else None
