"""Pictures on their way to the browser: files with unguessable names in Gradio's cache.

Gradio deletes them after the retention time (`delete_cache`); nothing is kept anywhere else.
"""

import secrets
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
