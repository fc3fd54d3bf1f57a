"""Files by key, in a folder of this machine, on S3 or on Google Cloud Storage, through obstore."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import GCSStore, LocalStore, MemoryStore, S3Store, from_url

from tryon.errors import StorageError
from tryon.ports import BlobMissing, BlobStat

# Whoever submits waits for it; obstore itself would try ten times, for three minutes.
RETRIES: Final[Any] = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
LINK_S: Final = timedelta(minutes=10)  # how long a signed address works
_NO_NAMES: Final = frozenset({"", ".", ".."})  # of a file


class ObjectStore:
    """Blobs in one place. Safe to use from several threads.

    Args:
        url: `file:///folder`, `memory://`, `s3://bucket/prefix` or `gs://bucket/prefix`. Access to
            a cloud is read from its usual environment variables (`AWS_...`, `GOOGLE_...`).

    Raises:
        ValueError: another kind of address.
        StorageError: the folder cannot be made.
    """

    def __init__(self, url: str) -> None:
        scheme = urlsplit(url).scheme
        self._folder: Path | None = None
        self._store: S3Store | GCSStore | LocalStore | MemoryStore
        if scheme == "file":
            self._folder = Path(unquote(urlsplit(url).path))
            self._store = _folder_store(self._folder)
        elif scheme == "memory":
            self._store = MemoryStore()
        elif scheme in ("s3", "gs"):
            store: Any = from_url(url, retry_config=RETRIES)
            self._store = store
        else:
            raise ValueError(f"STORAGE_URL: want file://, s3:// or gs://, got {scheme}://")

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        """Write all of it, in place of what was there; a reader never sees a part."""
        with _explained("stored"):
            obstore.put(self._store, key, content)

    def get(self, key: str) -> bytes:
        """All of it. Raises BlobMissing."""
        with _explained("read", key):
            return bytes(obstore.get(self._store, key).bytes())

    def walk(self, prefix: str) -> Iterator[BlobStat]:
        """Every blob below a folder (`a/b/`), in no particular order."""
        with _explained("listed"):
            for batch in obstore.list(self._store, prefix):
                for found in batch:
                    yield BlobStat(found["path"], found["last_modified"].timestamp(), found["size"])

    def delete(self, keys: list[str]) -> None:
        """Erase them; those that are not there do not matter."""
        for key in keys:
            try:
                with _explained("erased", key):
                    obstore.delete(self._store, key)
            except BlobMissing:
                continue

    def path(self, key: str) -> Path | None:
        """Where it is on this machine; None when it is elsewhere."""
        if self._folder is None:
            return None
        if _NO_NAMES & set(key.split("/")):  # the store itself refuses them in the same way
            raise ValueError(f"parse path: {key!r} leads elsewhere")
        return self._folder / key

    def link(self, key: str) -> str | None:
        """An address at which anybody may read it for some minutes; None where there is none."""
        if not isinstance(self._store, S3Store | GCSStore):
            return None
        with _explained("read", key):
            return obstore.sign(self._store, "GET", key, LINK_S)


def _folder_store(folder: Path) -> LocalStore:
    try:
        return LocalStore(folder, automatic_cleanup=True, mkdir=True)
    except (BaseError, OSError) as exc:
        raise StorageError(
            f"{type(exc).__name__}: {exc}", message=f"The folder {folder} cannot be made.",
            remedy="Say in STORAGE_URL or STORAGE_DIR where files may be kept.",
        ) from exc  # fmt: skip


@contextmanager
def _explained(done: str, key: str = "") -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, obstore.exceptions.NotFoundError) as exc:
        raise BlobMissing(key) from exc
    except (BaseError, OSError) as exc:
        # Its text may hold addresses and folders: for the log only.
        raise StorageError(
            f"{type(exc).__name__}: {exc}",
            message=f"Photos or results cannot be {done} at the moment.",
            remedy="Try again in a minute; who runs the service finds the cause in its log.",
        ) from exc
