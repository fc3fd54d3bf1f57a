"""What a visitor has made, kept on disk so that it survives a reload and a restart of the server.

A visitor's folder holds photos byte for byte under the digest of their content, and small records
that name them. A photo is written before the record that names it, and a record is replaced in one
move: whatever happens, a record never names half a photo. Decisions are kept, not pictures made
from them: the fit is computed again from the same photos, options and anchors.
"""

import contextlib
import hashlib
import io
import json
import os
import re
import secrets
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from tryon.anchors import GARMENT_TYPES, TUCKS, AnchorPair
from tryon.arrays import BoolMask, SoftMask, to_uint8, to_unit_float
from tryon.errors import StorageError, TryOnError, why
from tryon.fit import FitOptions
from tryon.stages.touch_up import MASK_KINDS, MaskEdits

SCHEMA: Final = 1
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,160}\.(json|jpg|png|zip)")


@dataclass(frozen=True, slots=True)
class Work:
    """One fit as a visitor left it.

    Attributes:
        person: bytes of the person photo.
        garment: bytes of the garment photo.
        options: of the fit, with the anchors moved and the masks painted by hand.
    """

    person: bytes
    garment: bytes
    options: FitOptions

    @property
    def is_corrected(self) -> bool:
        """Whether anything was moved or painted."""
        return self.options.anchors is not None or self.options.masks is not None


class Sessions:
    """Folders of visitors below one root. Safe to use from several threads.

    Args:
        root: made when the first visitor keeps something.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()  # a record and its photos are written or erased as one

    def save_work(self, visitor: str, work: Work, name: str = "work.json") -> None:
        """Keep the fit in place of the one before of this name.

        Raises:
            StorageError: the disk said no.
        """
        anchors = work.options.anchors
        self.save(visitor, name, {
            "person": self.keep_photo(visitor, work.person),
            "garment": self.keep_photo(visitor, work.garment),
            "garment_type": work.options.garment_type,
            "tuck": work.options.tuck,
            "max_retries": work.options.max_retries,
            "quality_threshold": work.options.quality_threshold,
            "anchors": anchors.to_json() if anchors else None,
            "masks": self._keep_masks(visitor, work.options.masks),
        })  # fmt: skip

    def load_work(self, visitor: str, name: str = "work.json") -> Work | None:
        """The fit as it was left; None when there is none, or its time is over."""
        kept = self.load(visitor, name)
        try:
            person, garment = (self.photo(visitor, kept[name]) for name in ("person", "garment"))
            if person is None or garment is None:
                return None
            options = FitOptions(
                garment_type=next((t for t in GARMENT_TYPES if t == kept["garment_type"]), None),
                anchors=AnchorPair.from_json(kept["anchors"]) if kept["anchors"] else None,
                tuck=next((t for t in TUCKS if t == kept["tuck"]), "auto"),
                max_retries=int(kept["max_retries"]),
                quality_threshold=float(kept["quality_threshold"]),
                masks=self._masks(visitor, kept.get("masks") or {}),
            )
        except (KeyError, TypeError, ValueError, TryOnError):  # of another version of the studio
            return None
        return Work(person, garment, options)

    def save_inputs(self, visitor: str, *photos: bytes | None) -> None:
        """Keep the photos on the cards, person first, fitted or not.

        Raises:
            StorageError: the disk said no.
        """
        keys = [photo and self.keep_photo(visitor, photo) for photo in photos]
        self.save(visitor, "inputs.json", {"photos": keys})

    def load_inputs(self, visitor: str) -> tuple[bytes | None, bytes | None] | None:
        """The photos on the cards as they were left; None when nothing is known of them."""
        keys = self.load(visitor, "inputs.json").get("photos")
        if not isinstance(keys, list) or len(keys) != 2:
            return None
        return self.photo(visitor, keys[0]), self.photo(visitor, keys[1])

    def _keep_masks(self, visitor: str, masks: MaskEdits | None) -> dict[str, str]:
        """Painted masks as PNG files; their digests by name."""
        painted = {kind: getattr(masks, kind, None) for kind in MASK_KINDS}
        return {
            kind: self.keep_photo(visitor, _png(mask))
            for kind, mask in painted.items()
            if mask is not None
        }

    def _masks(self, visitor: str, kept: Mapping[str, Any]) -> MaskEdits | None:
        """Masks kept by `_keep_masks`. Raises ValueError when one cannot be read."""
        painted = {
            kind: _mask(self.photo(visitor, kept[kind])) for kind in MASK_KINDS if kind in kept
        }
        if not painted:
            return None
        arms = painted.get("arms")
        is_arm = None if arms is None else arms > 0.5
        return MaskEdits(painted.get("person"), is_arm, painted.get("garment"))

    def keep_photo(self, visitor: str, data: bytes) -> str:
        """Keep a picture file as given; its digest is the key to it."""
        digest = hashlib.sha256(data).hexdigest()
        try:
            os.utime(self._path(visitor, digest))  # it is there: its time begins anew
        except OSError:
            self.save_file(visitor, digest, data)
        return digest

    def photo(self, visitor: str, digest: object) -> bytes | None:
        """A picture kept by `keep_photo`."""
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            return None
        return self.read_file(visitor, digest)

    def save(self, visitor: str, name: str, record: Mapping[str, Any]) -> None:
        """Keep a record under a name that ends in `.json`."""
        text = json.dumps({"schema": SCHEMA, **record}, ensure_ascii=False)
        self.save_file(visitor, name, text.encode())

    def load(self, visitor: str, name: str) -> dict[str, Any]:
        """A record; empty when there is none that can be read."""
        try:
            record = json.loads(self.read_file(visitor, name) or b"{}")
        except ValueError:
            return {}
        readable = isinstance(record, dict) and record.get("schema") == SCHEMA
        return record if readable else {}

    def save_file(self, visitor: str, name: str, content: bytes) -> None:
        """Write a file of a visitor in one move.

        Raises:
            StorageError: the disk said no.
        """
        path = self._path(visitor, name)
        part = path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with self._lock:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                part.write_bytes(content)
                part.replace(path)
        except OSError as exc:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise StorageError(
                str(exc), message=f"Your work could not be kept: {why(exc)}."
            ) from exc

    def read_file(self, visitor: str, name: str) -> bytes | None:
        """A file of a visitor; None when there is none."""
        try:
            return self._path(visitor, name).read_bytes()
        except OSError:
            return None

    def drop_file(self, visitor: str, name: str) -> None:
        """Erase one file of a visitor, if it is there."""
        with contextlib.suppress(OSError):
            self._path(visitor, name).unlink(missing_ok=True)

    def files(self, visitor: str) -> list[Path]:
        """Every file of a visitor."""
        folder = self._folder(visitor)
        return sorted(folder.iterdir()) if folder.is_dir() else []

    def forget(self, visitor: str) -> None:
        """Erase everything of a visitor at once."""
        gone = self._root / f".gone-{secrets.token_hex(8)}"
        with self._lock, contextlib.suppress(FileNotFoundError):
            self._folder(visitor).rename(gone)  # one move: nobody sees half of it
        shutil.rmtree(gone, ignore_errors=True)

    def _folder(self, visitor: str) -> Path:
        if not _DIGEST.fullmatch(visitor):
            raise ValueError("a visitor is named by a digest")
        return self._root / visitor

    def _path(self, visitor: str, name: str) -> Path:
        if not (_NAME.fullmatch(name) or _DIGEST.fullmatch(name)):
            raise ValueError(f"no name for a file: {os.fspath(name)!r}")
        return self._folder(visitor) / name


def _png(mask: SoftMask | BoolMask) -> bytes:
    out = io.BytesIO()
    Image.fromarray(to_uint8(mask.astype(np.float32))).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _mask(png: bytes | None) -> SoftMask:
    if png is None:
        raise ValueError("a painted mask is not there any more")
    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        return to_unit_float(np.asarray(picture.convert("L")))
