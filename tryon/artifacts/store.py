"""Stage 7: keep the files of a try-on, in a folder or as one zip."""

import errno
import json
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from tryon.artifacts.files import ERROR_FILE, RECORD_FILE, REPLACED_FILES, error_file, try_on_files
from tryon.artifacts.record import Mode, RunRecord
from tryon.errors import StorageError, TryOnError, why
from tryon.fit import TryOn
from tryon.generation.final import Final as FinalPicture

ASIDE: Final = ".saving-"
LEFT_OVER_S: Final = 600.0  # saving takes less than a second


def save_try_on(
    try_on: TryOn, folder: Path, record: RunRecord | None = None, final: FinalPicture | None = None
) -> None:
    """Write every artifact of a finished fit in place of those of an earlier run.

    Raises:
        StorageError: the disk said no.
    """
    save_files(try_on_files(try_on, record or RunRecord(), final), folder, REPLACED_FILES)


def require_writable(folder: Path) -> None:
    """Ask before the work, not after it; makes nothing.

    Raises:
        StorageError: nothing could be kept in this folder, or it could not be made.
    """
    folder = folder.absolute()
    try:
        there = next(path for path in (folder, *folder.parents) if path.exists())
        if not there.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(there, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as exc:
        raise _storage_error(exc) from exc


def save_error(error: TryOnError, folder: Path, files: Iterable[tuple[str, bytes]] = ()) -> None:
    """Write `error.json` and whatever `files` exist so far (`Recorder.files()`).

    On a disk too full for those, `error.json` alone; what an earlier run left stays, unfinished.

    Raises:
        StorageError: the disk takes not even that.
    """
    try:
        save_files([*files, error_file(error)], folder, REPLACED_FILES)
    except StorageError:
        save_files([error_file(error)], folder)


def zip_try_on(try_on: TryOn, target: Path, record: RunRecord | None = None) -> None:
    """Write every artifact of a fit, its draft included, into one zip file.

    Raises:
        StorageError: the disk said no.
    """
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(part, "w") as archive:
            for name, content in try_on_files(try_on, record or RunRecord()):
                # PNG is packed already.
                packing = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
                archive.writestr(name, content, packing, compresslevel=1)
        part.replace(target)
    except OSError as exc:
        raise _storage_error(exc) from exc
    finally:
        with suppress(OSError):  # a disk that refused the file refuses this, too
            part.unlink(missing_ok=True)


def save_files(
    files: Iterable[tuple[str, bytes]], folder: Path, replaced: Iterable[str] = ()
) -> None:
    """Write all files aside, then move them in place.

    `run.json` and `error.json` leave first and come last: a folder that has one of them is whole.

    Args:
        files: name and content.
        folder: made when it is not there.
        replaced: names of an earlier run that go even when `files` brings no new ones.

    Raises:
        StorageError: the disk said no.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clear_left_over(folder)
        aside = Path(tempfile.mkdtemp(prefix=ASIDE, dir=folder))  # two may save here at once
        try:
            names = []
            for name, content in files:
                (aside / name).write_bytes(content)
                names.append(name)
            for name in sorted(replaced, key=_comes_last, reverse=True):
                if _comes_last(name) or name not in names:
                    (folder / name).unlink(missing_ok=True)
            for name in sorted(names, key=_comes_last):
                (aside / name).replace(folder / name)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as exc:
        raise _storage_error(exc) from exc


def _clear_left_over(folder: Path) -> None:
    """What a process that was killed in the middle of saving left behind."""
    for aside in folder.glob(f"{ASIDE}*"):
        with suppress(FileNotFoundError):  # its owner is done
            if aside.stat().st_mtime < time.time() - LEFT_OVER_S:
                shutil.rmtree(aside, ignore_errors=True)


def _storage_error(exc: OSError) -> StorageError:
    """Says why, without the path: the message is also shown to visitors of a server."""
    return StorageError(str(exc), message=f"The result could not be saved: {why(exc)}.")


def _comes_last(name: str) -> bool:
    return name in (RECORD_FILE, ERROR_FILE)


def is_complete(folder: Path, mode: Mode) -> bool:
    """Whether `folder` holds a finished run of this mode."""
    try:
        record = json.loads((folder / RECORD_FILE).read_text("utf-8"))
        return bool(record["mode"] == mode) and not (folder / ERROR_FILE).exists()
    except (OSError, ValueError, KeyError, TypeError):
        return False
