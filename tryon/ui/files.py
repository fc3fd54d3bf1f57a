"""Pictures on their way to the browser: files with unguessable names in Gradio's cache.

Gradio deletes what it has handed out (`delete_cache`); `erase_older` also finds what was never
handed out (a run that was cancelled) or was left by an earlier process.
"""

import asyncio
import contextlib
import secrets
import time
from pathlib import Path
from typing import Any, Final

from gradio.data_classes import FileData
from gradio.utils import get_upload_folder
from PIL import Image

from tryon.arrays import RgbImage

JPEG_QUALITY: Final = 90

# First bytes of the kinds browsers show; only for the file name, stage 0 decides what it is.
_MAGIC: Final = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG", ".png"),
    (b"GIF8", ".gif"),
    (b"RIFF", ".webp"),
)


def new_path(name: str) -> Path:
    """A path for a new file called `name`, in a folder nobody can guess."""
    folder = Path(get_upload_folder()) / secrets.token_urlsafe(24)
    folder.mkdir(parents=True)
    return folder / name


def keep_bytes(data: bytes, stem: str) -> Path:
    """A picture file as given, byte for byte."""
    suffix = next((s for magic, s in _MAGIC if data.startswith(magic)), ".img")
    path = new_path(stem + suffix)
    path.write_bytes(data)
    return path


def keep_picture(rgb: RgbImage, stem: str) -> dict[str, Any]:
    """A picture of ours as JPEG, in the form Gradio turns into an address for the browser."""
    path = new_path(f"{stem}.jpg")
    Image.fromarray(rgb).save(path, quality=JPEG_QUALITY, subsampling=0)
    return dict(FileData(path=str(path), orig_name=path.name).model_dump())


def erase_older(keep_s: float) -> int:
    """Erase every file of visitors not changed for `keep_s` seconds; how many there were."""
    root = Path(get_upload_folder())
    oldest = time.time() - keep_s
    num_erased = 0
    for path in sorted(root.rglob("*"), reverse=True):  # what is inside a folder before the folder
        with contextlib.suppress(OSError):  # someone else was faster, or a folder is in use
            if path.lstat().st_mtime >= oldest:
                continue
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            else:
                path.unlink()
                num_erased += 1
    return num_erased


async def keep_erasing(keep_s: float, every_s: float) -> None:
    """Call `erase_older` now and then, until cancelled."""
    while True:
        await asyncio.to_thread(erase_older, keep_s)
        await asyncio.sleep(every_s)
