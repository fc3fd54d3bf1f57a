"""What a database that does not work is called: away, full, damaged, closed; never a traceback."""

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tryon.errors import ServiceUnavailable, StorageError

AWAY: Final = "The database does not answer at the moment."
GONE: Final = (
    "The database file is no longer where it was.",
    "Who runs the service stops it, puts the file back, and starts it again.",
)
_PRIMARY: Final = 0xFF  # SQLite's code without what it adds
_POSTGRES_DISK_FULL: Final = "53100"
_FULL: Final = (
    "The disk of the service is full.", "Try again later; who runs the service makes room.",
)  # fmt: skip
_DAMAGED: Final = (
    "The database file is damaged.",
    "Who runs the service puts a backup in its place, or moves it away to begin anew.",
)
_CLOSED: Final = (
    "The database file cannot be opened or written.",
    "Who runs the service looks at the rights and the disk of STORAGE_DIR.",
)
_DISK_FAULTS: Final = {
    sqlite3.SQLITE_FULL: _FULL, sqlite3.SQLITE_CORRUPT: _DAMAGED, sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CANTOPEN: _CLOSED, sqlite3.SQLITE_READONLY: _CLOSED,
    sqlite3.SQLITE_PERM: _CLOSED, sqlite3.SQLITE_IOERR: _CLOSED,
}  # fmt: skip


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """A database that is away is a failure we can explain; a wrong statement stays a bug."""
    try:
        yield
    except DBAPIError as exc:
        reason = str(exc.orig)  # addresses and names, no password
        if (found := _disk_fault(exc)) is not None:
            message, remedy = found
            raise StorageError(reason, message=message, remedy=remedy) from exc
        if not _is_away(exc):
            raise
        raise ServiceUnavailable(reason, message=AWAY) from exc
    except PoolTimeout as exc:
        raise ServiceUnavailable("no free connection", message=AWAY) from exc


def _disk_fault(exc: DBAPIError) -> tuple[str, str] | None:
    """Message and remedy where the disk below the database is at fault."""
    if getattr(exc.orig, "sqlstate", None) == _POSTGRES_DISK_FULL:
        return _DISK_FAULTS[sqlite3.SQLITE_FULL]
    code = getattr(exc.orig, "sqlite_errorcode", 0) or 0
    return _DISK_FAULTS.get(code & _PRIMARY)


def _is_away(exc: DBAPIError) -> bool:
    """Whether the database could not be reached, is restarting, or is locked for too long."""
    if getattr(exc.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
        return False  # the statement is wrong; SQLite has no other class for it
    return exc.connection_invalidated or isinstance(exc, OperationalError)
