"""Who may use the API: keys from the settings or the table, kept and compared as hashes."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from tryon.database.sql import Database, now
from tryon.errors import InvalidRequest
from tryon.jobs.tables import ApiKeyRow

LOOK_AGAIN_S: Final = 5.0  # whether there are keys at all
OWNER_CHARS: Final = 32
MOST_NAME_CHARS: Final = 80


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """A key of the table, without itself. Times are seconds since 1970."""

    name: str
    created: float
    revoked: float | None


class KeyRing:
    """Every key. Safe to use from several threads.

    Args:
        database: where the table is.
        given: keys of the settings, in the clear; only their hashes stay.
    """

    def __init__(self, database: Database, given: Sequence[str] = ()) -> None:
        self._database = database
        self._given = [_digest(key) for key in given]
        self._looked = float("-inf")
        self._has_table_keys = False

    def owner_of(self, key: str) -> str | None:
        """Who owns what is done with this key; None: nobody, or it was revoked."""
        digest = _digest(key)
        # All of them, in constant time: how long it takes tells nothing.
        is_given = sum(hmac.compare_digest(digest, other) for other in self._given)
        if not is_given:
            query = select(ApiKeyRow.name).where(
                ApiKeyRow.key_sha256 == digest, ApiKeyRow.revoked.is_(None)
            )
            with self._database.read() as session:
                if session.scalar(query) is None:
                    return None
        return _owner(digest)

    def secret_of(self, owner: str) -> bytes | None:
        """The SHA-256 of an owner's key, revoked or not; None: they have none.

        Both sides know it without ever having sent it, so webhooks are signed with it.
        """
        digests = [digest for digest in self._given if _owner(digest) == owner]
        if not digests and owner.startswith("key "):
            query = select(ApiKeyRow.key_sha256).where(
                ApiKeyRow.key_sha256.startswith(owner.removeprefix("key "), autoescape=True)
            )
            with self._database.read() as session:
                digests = list(session.scalars(query))
        return bytes.fromhex(digests[0]) if digests else None

    def is_owner(self, owner: str) -> bool:
        """Whether an owner's key still opens something: it was not revoked."""
        if any(_owner(digest) == owner for digest in self._given):
            return True
        if not owner.startswith("key "):
            return False
        query = select(ApiKeyRow.name).where(
            ApiKeyRow.key_sha256.startswith(owner.removeprefix("key "), autoescape=True),
            ApiKeyRow.revoked.is_(None),
        )
        with self._database.read() as session:
            return session.scalar(query) is not None

    def has_keys(self) -> bool:
        """Whether there is any key; a first one made elsewhere counts after some seconds."""
        if self._given:
            return True
        if time.monotonic() - self._looked > LOOK_AGAIN_S:
            query = select(func.count()).select_from(ApiKeyRow)
            with self._database.read() as session:
                self._has_table_keys = bool(session.scalar(query))
            self._looked = time.monotonic()
        return self._has_table_keys

    def add(self, name: str) -> str:
        """Make a key; this is the only time it can be read.

        Raises:
            InvalidRequest: there is one of that name, or it is no name.
        """
        if not (name.strip() and name.isprintable() and len(name) <= MOST_NAME_CHARS):
            raise InvalidRequest(
                message=f"A key needs a name of 1 to {MOST_NAME_CHARS} characters, on one line.",
                remedy="Choose another name.",
            )
        key = f"tryon_{secrets.token_urlsafe(32)}"
        try:
            with self._database.write() as session:
                session.add(ApiKeyRow(key_sha256=_digest(key), name=name))
        except IntegrityError as exc:
            raise InvalidRequest(
                message=f"There is a key called {name} already.", remedy="Choose another name."
            ) from exc
        return key

    def revoke(self, name: str) -> None:
        """Let it open nothing any more; its name stays taken.

        Raises:
            InvalidRequest: there is none of that name.
        """
        revoked = (
            update(ApiKeyRow)
            .where(ApiKeyRow.name == name, ApiKeyRow.revoked.is_(None))
            .values(revoked=now())
            .returning(ApiKeyRow.name)
        )
        with self._database.write() as session:
            if session.scalar(revoked) is None:
                raise InvalidRequest(
                    message=f"No key called {name} opens anything.",
                    remedy="python -m tryon keys list shows their names.",
                )

    def infos(self) -> Sequence[KeyInfo]:
        """Every key of the table, oldest first."""
        with self._database.read() as session:
            rows = session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.created))
            return [KeyInfo(row.name, row.created, row.revoked) for row in rows]


def _owner(digest: str) -> str:
    """A name for logs and tables, from which the digest cannot be told."""
    return f"key {digest[:OWNER_CHARS]}"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
