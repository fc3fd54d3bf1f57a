"""Who is signed in: somebody who showed an API key here, or a Hugging Face account on a Space.

Nothing of the studio needs it but saved try-ons. The cookie holds the key's owner, signed; a key
revoked meanwhile opens nothing any more. On a Space whose OAuth settings are there, Gradio's own
login routes are used; elsewhere they do not exist, and nothing is asked of another host.
"""

import contextlib
import math
import os
import secrets
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Protocol

from fastapi import FastAPI
from itsdangerous import BadSignature, URLSafeTimedSerializer

from tryon.ui.visitor import cookie_in, is_https

COOKIE: Final = "tryon_login"
KEEP_S: Final = 7 * 24 * 3600  # then one shows the key again
HUB: Final = "hub "  # begins the names of those who came from there
SECRET_BYTES: Final = 32
_OAUTH: Final = ("OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_SCOPES", "OPENID_PROVIDER_URL")


class Keys(Protocol):
    """What signing in needs of `tryon.jobs.api_keys.KeyRing`."""

    def owner_of(self, key: str) -> str | None:
        """Who owns what is done with this key; None: nobody."""

    def is_owner(self, owner: str) -> bool:
        """Whether this owner's key still opens something."""

    def has_keys(self) -> bool:
        """Whether there is any key."""


class Login:
    """Knows who is signed in.

    Args:
        keys: of the API.
        secret: signs the cookie; see `login_secret`.
        has_hub: whether Hugging Face accounts can sign in, too.
    """

    def __init__(self, keys: Keys, secret: bytes, has_hub: bool = False) -> None:
        self._keys = keys
        self._signer = URLSafeTimedSerializer(secret, salt=COOKIE)
        self.has_hub = has_hub

    @property
    def has_keys(self) -> bool:
        """Whether there is a key one could sign in with."""
        return self._keys.has_keys()

    def user_of(self, request: Any) -> str | None:
        """Who is signed in; None: nobody.

        Args:
            request: of FastAPI, or of a callback of the page.
        """
        with contextlib.suppress(BadSignature):  # one that is too old, too
            owner = str(self._signer.loads(cookie_in(request, COOKIE), max_age=KEEP_S))
            if self._keys.is_owner(owner):
                return owner
        return self._hub_user(request)

    def cookie_for(self, key: str, request: Any) -> dict[str, Any] | None:
        """Arguments of `Response.set_cookie` for who has this key; None: nobody has it."""
        owner = self._keys.owner_of(key.strip())
        if owner is None:
            return None
        value = str(self._signer.dumps(owner))
        return {"key": COOKIE, "value": value, "max_age": KEEP_S, **cookie_kind(request)}

    def _hub_user(self, request: Any) -> str | None:
        """The account that Gradio's login routes have put into the session."""
        scope = getattr(getattr(request, "request", request), "scope", None) or {}
        info = scope.get("session", {}).get("oauth_info") if self.has_hub else None
        if not info or info.get("expires_at", math.inf) < time.time():
            return None
        name = info.get("userinfo", {}).get("preferred_username")
        return f"{HUB}{name}" if name else None


def cookie_kind(request: Any) -> dict[str, Any]:
    """What a cookie says of itself when it is set and when it is ended."""
    # In a frame of another site, as Spaces have it, browsers take only this kind of cookie.
    framed = {"secure": True, "samesite": "none"} if is_https(request) else {}
    return {"httponly": True, **framed}


def login_secret(path: Path) -> bytes:
    """What signs the cookies of this server; made at the first start, readable by its owner."""
    with contextlib.suppress(FileExistsError):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "wb") as out:
            out.write(secrets.token_bytes(SECRET_BYTES))
    return path.read_bytes()


def add_hub_login(api: FastAPI) -> bool:
    """Gradio's login routes, where this is a Space with OAuth; whether it is one."""
    is_set = all(os.environ.get(name) for name in (*_OAUTH, "SPACE_ID"))
    if not is_set or find_spec("authlib") is None:
        return False
    from gradio.oauth import attach_oauth

    attach_oauth(api)
    return True
