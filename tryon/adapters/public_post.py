"""Send JSON to an address a user typed, to public web servers only, like `public_fetch.py`."""

from collections.abc import Mapping
from typing import Final

import httpcore
import httpx

from tryon.adapters.public_network import Deadline, PublicOnly
from tryon.errors import InvalidRequest

TIMEOUT_S: Final = 10.0
_HEADERS: Final = (("Content-Type", "application/json"), ("User-Agent", "tryon-studio"))


def post_public_json(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Send it; redirects are not followed, and only the status of the answer is read.

    Args:
        url: http or https, default ports.
        body: JSON.
        headers: beside those that say what it is.

    Raises:
        InvalidRequest: not a public address, no answer in time, or not a 2xx one.
    """
    try:
        parsed = httpx.URL(url)
        target = httpcore.URL(
            scheme=parsed.raw_scheme, host=parsed.raw_host, port=parsed.port,
            target=parsed.raw_path,
        )  # fmt: skip
        with (
            httpcore.ConnectionPool(
                ssl_context=httpx.create_ssl_context(),
                network_backend=PublicOnly(Deadline(TIMEOUT_S)),
            ) as pool,
            pool.stream(
                "POST", target, headers=[*_HEADERS, *headers.items()], content=body
            ) as answer,
        ):
            status = answer.status
    except (
        httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException,
        httpcore.UnsupportedProtocol, httpx.InvalidURL, UnicodeError, ValueError,
    ) as exc:  # fmt: skip
        raise InvalidRequest(type(exc).__name__) from exc
    if not 200 <= status < 300:
        raise InvalidRequest(f"answered {status}")
