"""Pictures on their way to the browser: files with unguessable names in Gradio's cache.

Gradio deletes what it has handed out (`delete_cache`); `erase_older` also finds what was never
handed out (a run that was cancelled) or was left by an earlier process.
"""

import asyncio
import base64
import contextlib
import hashlib
import io
import secrets
import shutil
import time
from collections.abc import Callable, Container, Iterable
from pathlib import Path
from typing import Any, Final

from gradio.data_classes import FileData
from gradio.processing_utils import hash_file
from gradio.utils import get_upload_folder
from PIL import Image

from tryon.arrays import RgbaImage, RgbImage
from tryon.ui.visitor import current_visitor

JPEG_QUALITY: Final = 88  # of what is looked at once; a run sends some 15 of these
KEPT_QUALITY: Final = 92  # of what is kept
TINY_PX: Final = 48  # longer side of a glimpse: 1 to 2 kB

# First bytes of the kinds browsers show; only for the file name, stage 0 decides what it is.
_MAGIC: Final = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG", ".png"),
    (b"GIF8", ".gif"),
    (b"RIFF", ".webp"),
)
_OTHER: Final = ".img"
_SUFFIXES: Final = (*(suffix for _, suffix in _MAGIC), _OTHER)


def new_path(name: str, visitor: str | None = None) -> Path:
    """A path for a new file called `name`, in a folder nobody can guess.

    It lies in the folder of the visitor (by default whose callback runs), where `forget_visitor`
    finds it.
    """
    folder = _home(visitor or current_visitor()) / secrets.token_urlsafe(24)
    folder.mkdir(parents=True)
    return folder / name


def own_file(visitor: str, stem: str, make: Callable[[], bytes | None]) -> dict[str, Any] | None:
    """A visitor's picture for the browser, made when it is not there; None when it cannot be."""
    folder = _home(visitor)
    known = (folder / f"{stem}{suffix}" for suffix in _SUFFIXES)
    path = next((path for path in known if path.is_file()), None)
    if path is None:
        content = make()
        if content is None:
            return None
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / (stem + _suffix(content))
        part = folder / f".{secrets.token_hex(8)}"
        part.write_bytes(content)
        part.replace(path)
    return dict(FileData(path=str(path), orig_name=path.name).model_dump())


def picture_jpeg(picture: RgbImage, side_px: int | None = None) -> bytes:
    """A picture as JPEG, its longer side at most `side_px`."""
    shown = Image.fromarray(picture)
    if side_px is not None:
        shown.thumbnail((side_px, side_px))
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=KEPT_QUALITY, subsampling=0)
    return out.getvalue()


def tiny_address(picture: RgbImage) -> str:
    """A glimpse of a picture as a `data:` address, shown until the picture itself has come."""
    jpeg = base64.b64encode(picture_jpeg(picture, TINY_PX)).decode()
    return f"data:image/jpeg;base64,{jpeg}"


def jpeg_thumb(jpeg: bytes, side_px: int) -> bytes:
    """A JPEG of ours made small."""
    with Image.open(io.BytesIO(jpeg)) as picture:
        picture.draft("RGB", (side_px, side_px))
        small = picture.convert("RGB")
    small.thumbnail((side_px, side_px))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=85)
    return out.getvalue()


def forget_visitor(visitor: str, others: Iterable[Path], shared: Container[str]) -> None:
    """Erase what was made for a visitor, and the copies that Gradio made of that.

    Args:
        visitor: digest.
        others: more of the visitor's files, wherever they lie; only copies of them go.
        shared: sha256 of files that other visitors use as well: the examples.
    """
    home = _home(visitor)
    root = Path(get_upload_folder())
    for path in (*home.rglob("*"), *others):
        with contextlib.suppress(OSError):
            if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() not in shared:
                # Gradio's copy lies in a folder named after the content.
                shutil.rmtree(root / hash_file(path), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def _home(visitor: str | None) -> Path:
    """The visitor's folder; its name is of no use to somebody who learns it."""
    root = Path(get_upload_folder())
    if visitor is None:
        return root
    return root / "visitors" / hashlib.sha256(visitor.encode()).hexdigest()


def keep_bytes(data: bytes, stem: str) -> Path:
    """A picture file as given, byte for byte."""
    path = new_path(stem + _suffix(data))
    path.write_bytes(data)
    return path


def _suffix(data: bytes) -> str:
    return next((suffix for magic, suffix in _MAGIC if data.startswith(magic)), _OTHER)


def keep_picture(picture: RgbImage | RgbaImage, stem: str) -> dict[str, Any]:
    """A picture of ours in the form Gradio turns into an address for the browser.

    Args:
        picture: (H, W, 3) uint8, kept as JPEG, or (H, W, 4) with alpha, kept as PNG.
        stem: of the file name.
    """
    if picture.shape[2] == 4:
        path = new_path(f"{stem}.png")
        Image.fromarray(picture).save(path, compress_level=1)
    else:
        path = new_path(f"{stem}.jpg")
        Image.fromarray(picture).save(path, quality=JPEG_QUALITY)
    return dict(FileData(path=str(path), orig_name=path.name).model_dump())


def erase_older(keep_s: float, root: Path | None = None) -> int:
    """Erase every file below `root` not changed for `keep_s` seconds; how many there were.

    Args:
        keep_s: seconds.
        root: None for the pictures of visitors.
    """
    root = root or Path(get_upload_folder())
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


async def keep_erasing(keep_s: float, every_s: float, *roots: Path) -> None:
    """Call `erase_older` now and then for the pictures of visitors and `roots`, until cancelled."""
    while True:
        for root in (None, *roots):
            await asyncio.to_thread(erase_older, keep_s, root)
        await asyncio.sleep(every_s)
