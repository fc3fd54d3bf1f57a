"""Send JSON to an address a user typed, to public web servers only, like `public_fetch.py`."""

import json
from typing import Any, Final

import httpcore
import httpx

from tryon.adapters.public_network import Deadline, PublicOnly
from tryon.errors import InvalidRequest

TIMEOUT_S: Final = 10.0


def post_public_json(url: str, document: dict[str, Any]) -> None:
    """Send it; redirects are not followed.

    Raises:
        InvalidRequest: not a public address, no answer in time, or not a 2xx one.
    """
    try:
        parsed = httpx.URL(url)
        with httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            network_backend=PublicOnly(Deadline(TIMEOUT_S)),
        ) as pool:
            answer = pool.request(
                "POST",
                httpcore.URL(
                    scheme=parsed.raw_scheme, host=parsed.raw_host, port=parsed.port,
                    target=parsed.raw_path,
                ),
                headers={"Content-Type": "application/json", "User-Agent": "tryon-studio"},
                content=json.dumps(document).encode(),
            )  # fmt: skip
    except (
        httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException,
        httpcore.UnsupportedProtocol, httpx.InvalidURL, UnicodeError, ValueError,
    ) as exc:  # fmt: skip
        raise InvalidRequest(type(exc).__name__) from exc
    if not 200 <= answer.status < 300:
        raise InvalidRequest(f"answered {answer.status}")
