"""In front of the API: who may come in, how often, and with how large a body.

All of it is decided before the body is read. The studio's page has other paths and doors; here only
the size of what is sent to it is bounded.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, Protocol
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tryon.api.caller import Caller
from tryon.api.errors import answer
from tryon.errors import Forbidden, ImageTooLarge, RateLimited, TryOnError, Unauthorized
from tryon.fit import MOST_GARMENTS
from tryon.prefix import path_below

PATHS: Final = ("/api/", "/results/", "/metrics")
SUBMIT_PATH: Final = "/api/tryon/submit"
SMALL_BODY_BYTES: Final = 64 * 1024  # of everything but submit
PAGE_BODY_BYTES: Final = 16 * 2**20  # of the page and the review; a painted mask may have 4 MB
PAGE_UPLOADS: Final = "/gradio_api/upload"  # the page's server counts these itself
FORM_BYTES: Final = 2 * 2**20  # what a submission may have beside its pictures
LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


class Keys(Protocol):
    """What the doors need of `tryon.jobs.api_keys.KeyRing`."""

    def owner_of(self, key: str) -> str | None:
        """Who owns what is done with this key; None: nobody."""

    def has_keys(self) -> bool:
        """Whether there is any key."""


class Limiter(Protocol):
    """Counts requests."""

    def wait_s(self, group: str, who: Sequence[str]) -> int:
        """Count one request of each of `who`; seconds to wait when one has had too many, else 0."""


@dataclass(frozen=True, slots=True)
class Doors:
    """An ASGI middleware.

    Attributes:
        allow_anonymous: whether somebody without a key is let in from anywhere.
        origins: sites whose pages may ask a server that is open to its own machine.
        max_photo_bytes: of one picture.
    """

    app: ASGIApp
    keys: Keys
    limiter: Limiter
    allow_anonymous: bool
    origins: Sequence[str]
    max_photo_bytes: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in with a `Caller` in its state, or answer it here."""
        path = path_below(scope) if scope["type"] == "http" else PAGE_UPLOADS
        if path.startswith(PAGE_UPLOADS):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self._body_limit(path)
        caller = None
        try:
            if path.startswith(PATHS):
                caller = await run_in_threadpool(self._caller, scope, headers)
            _check_length(headers, limit)
        except TryOnError as error:
            wait = {"Retry-After": error.detail} if isinstance(error, RateLimited) else {}
            # The body is not read: the connection cannot be used for another request.
            close = {} if scope["method"] in ("GET", "HEAD", "DELETE") else {"Connection": "close"}
            await answer(error, headers=wait | close)(scope, receive, send)
            return
        if caller is not None:
            scope.setdefault("state", {})["caller"] = caller
        await self.app(scope, _limited(receive, limit), send)

    def _caller(self, scope: Scope, headers: Headers) -> Caller:
        """Raises Unauthorized, Forbidden, RateLimited."""
        address = scope["client"][0] if scope.get("client") else "unknown"
        who = [f"address {address}"]
        self._count("any", who)  # wrong keys too: they cannot be guessed at leisure
        key = _key_in(headers)
        caller = self._owner(key) if key else self._without_key(address, headers)
        if key:
            who.append(caller.owner)
            self._count("any", who[1:])
        if path_below(scope) == SUBMIT_PATH and scope["method"] == "POST":
            self._count("submit", who)
        return caller

    def _owner(self, key: str) -> Caller:
        owner = self.keys.owner_of(key)
        if owner is None:
            raise Unauthorized
        return Caller(owner)

    def _without_key(self, address: str, headers: Headers) -> Caller:
        is_direct = _is_loopback(address) and not any(name in headers for name in _FORWARDED)
        if is_direct and not self.keys.has_keys():
            self._check_page(headers)
            return Caller("local")
        if self.allow_anonymous:
            return Caller("anonymous", can_list=False)
        raise Unauthorized

    def _check_page(self, headers: Headers) -> None:
        """Without keys, any page in a browser of this machine could send requests to us."""
        host, origin = headers.get("host", ""), headers.get("origin")
        try:
            is_local = urlsplit(f"//{host}").hostname in LOCAL_NAMES
            is_ours = origin is None or origin in self.origins or urlsplit(origin).netloc == host
        except ValueError:  # not even a name
            is_local = is_ours = False
        if not (is_local and is_ours):
            raise Forbidden(f"host {host!r}, origin {origin!r}")

    def _count(self, group: str, who: Sequence[str]) -> None:
        wait_s = self.limiter.wait_s(group, who)
        if wait_s:
            raise RateLimited(str(wait_s))

    def _body_limit(self, path: str) -> int:
        if path == SUBMIT_PATH:
            return (1 + MOST_GARMENTS) * self.max_photo_bytes + FORM_BYTES
        return SMALL_BODY_BYTES if path.startswith(PATHS) else PAGE_BODY_BYTES


def _key_in(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return headers.get("x-api-key") or (token.strip() if scheme.lower() == "bearer" else None)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _check_length(headers: Headers, limit: int) -> None:
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> ImageTooLarge:
    return ImageTooLarge(message=f"The request is larger than {limit / 2**20:.3g} MB.")


def _limited(receive: Receive, limit: int) -> Callable[[], Awaitable[Message]]:
    """For a body that does not say its length: stops reading where it gets too long."""
    num_read = 0

    async def counted() -> Message:
        nonlocal num_read
        message = await receive()
        num_read += len(message.get("body", b""))
        if num_read > limit:
            # The kind of exception the framework passes on from within its form parser.
            raise HTTPException(413, headers={"Connection": "close"})
        return message

    return counted
