"""Fetch a picture from an address a user typed, without letting them reach into our network.

Where connections may go is decided in `public_network.py`, for each of them, those after redirects
too. No proxies, cookies, credentials or compression. What the bytes are is decided by
`stages/load.py`.
"""

import ssl
from typing import Final

import httpcore
import httpx

from tryon.adapters.public_network import Deadline, NotFound, NotPublic, PublicOnly
from tryon.errors import ImageTooLarge, InvalidImageUrl

CONNECT_TIMEOUT_S: Final = 5.0
MAX_REDIRECTS: Final = 5
MAX_URL_CHARS: Final = 4096  # signed links of object stores have 500 to 1500

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_HEADERS: Final[dict[bytes | str, bytes | str]] = {
    "Accept": "image/jpeg,image/png,image/*;q=0.9,*/*;q=0.5",
    "Accept-Encoding": "identity",
    "User-Agent": "tryon-studio",
}
_REMEDY_LATER = "Try again later, or save the picture and upload the file."
_REMEDY_LINK = "Open the link in a private browser window; if the picture shows, upload the file."


def fetch_public_image(url: str, max_bytes: int, timeout_s: float) -> bytes:
    """The content of a public web address.

    Args:
        url: http or https, default ports, no user name.
        max_bytes: of the answer; reading stops there.
        timeout_s: for everything together: looking the name up, redirects, the answer.

    Raises:
        InvalidImageUrl: says why. No query string of the address is ever repeated.
        ImageTooLarge: more than `max_bytes`.
    """
    deadline = Deadline(timeout_s)
    target = _parsed(url)
    shown = target.host
    try:
        with httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            network_backend=PublicOnly(deadline),
        ) as pool:
            for _ in range(MAX_REDIRECTS + 1):
                answer = _request(pool, target, max_bytes)
                if isinstance(answer, bytes):
                    return answer
                target, shown = answer, answer.host
    except NotPublic as exc:
        raise InvalidImageUrl(
            f"{shown}: not public",
            message=f"{shown} is not a public address on the usual web ports.",
        ) from exc
    except NotFound as exc:
        raise InvalidImageUrl(
            message=f"No site called {shown} can be found.", remedy="Check the address for typos."
        ) from exc
    except httpcore.TimeoutException as exc:
        raise InvalidImageUrl(
            type(exc).__name__,
            message=f"{shown} did not send the picture within {timeout_s:g} seconds.",
            remedy=_REMEDY_LATER,
        ) from exc
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as exc:
        # httpcore drops the cause, but keeps it as its first argument.
        is_untrusted = any(isinstance(arg, ssl.SSLCertVerificationError) for arg in exc.args)
        reason = "has no certificate we trust" if is_untrusted else "cannot be reached"
        raise InvalidImageUrl(
            type(exc).__name__, message=f"{shown} {reason}.", remedy=_REMEDY_LATER
        ) from exc
    raise InvalidImageUrl(
        message=f"{shown} redirects more than {MAX_REDIRECTS} times.", remedy=_REMEDY_LINK
    )


def _parsed(url: str) -> httpx.URL:
    """The address taken apart, when it is one we may ask for."""
    try:
        parsed = httpx.URL(url.strip())
        host = parsed.host
    except (httpx.InvalidURL, UnicodeError, ValueError) as exc:
        raise InvalidImageUrl(type(exc).__name__, message="This is no web address.") from exc
    if parsed.scheme not in ("http", "https"):
        raise InvalidImageUrl(message="Only addresses that begin with http or https are fetched.")
    if not host or not 0 < (parsed.port or 80) < 2**16:
        raise InvalidImageUrl(message="This is no web address.")
    if len(url) > MAX_URL_CHARS:
        raise InvalidImageUrl(message=f"This address has more than {MAX_URL_CHARS} characters.")
    if parsed.userinfo:
        raise InvalidImageUrl(
            message="Addresses with a user name or password are not fetched.",
            remedy="Save the picture and upload the file.",
        )
    return parsed


def _request(pool: httpcore.ConnectionPool, url: httpx.URL, max_bytes: int) -> bytes | httpx.URL:
    """The picture, or where it is said to be."""
    address = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
    # The deadline bounds every read and write; see `_Stream`.
    timeouts = {"connect": CONNECT_TIMEOUT_S, "read": None, "write": None, "pool": None}
    with pool.stream(
        "GET", address, headers=_HEADERS, extensions={"timeout": timeouts}
    ) as response:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in response.headers
        }
        if response.status in _REDIRECTS and "location" in headers:
            return _parsed(str(_joined(url, headers["location"])))
        _check_answer(response.status, headers, url.host, max_bytes)
        body = bytearray()
        for chunk in response.iter_stream():
            body += chunk
            if len(body) > max_bytes:
                raise _too_large(url.host, max_bytes)
    if not body:
        raise InvalidImageUrl(message=f"{url.host} sent an empty answer.", remedy=_REMEDY_LINK)
    return bytes(body)


def _joined(url: httpx.URL, location: str) -> httpx.URL:
    try:
        return url.join(location)
    except (httpx.InvalidURL, UnicodeError, ValueError) as exc:
        raise InvalidImageUrl(
            message=f"{url.host} redirects to something that is no web address."
        ) from exc


def _check_answer(status: int, headers: dict[str, str], host: str, max_bytes: int) -> None:
    """Refuse by status and headers, before the content is read."""
    if status in (404, 410):
        raise InvalidImageUrl(
            message=f"There is no picture at this address: {host} answered {status}.",
            remedy="Check the address for typos, or upload the file.",
        )
    if status in (401, 403):
        raise InvalidImageUrl(
            message=f"{host} does not give out this picture ({status}).", remedy=_REMEDY_LINK
        )
    if status != 200:
        raise InvalidImageUrl(
            message=f"{host} answered {status} instead of a picture.", remedy=_REMEDY_LATER
        )
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        raise InvalidImageUrl(
            message="This is a web page, not a picture.",
            remedy="Right-click the picture on the page, copy the image address and use that.",
        )
    if headers.get("content-encoding", "identity").strip().lower() not in ("identity", ""):
        raise InvalidImageUrl(
            message=f"{host} sends the picture compressed, although asked not to.",
            remedy="Save the picture and upload the file.",
        )
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > max_bytes:
        raise _too_large(host, max_bytes)


def _too_large(host: str, max_bytes: int) -> ImageTooLarge:
    return ImageTooLarge(
        message=f"The picture at {host} is larger than {max_bytes / 2**20:.4g} MB.",
        remedy="Use a smaller version of the picture.",
    )
