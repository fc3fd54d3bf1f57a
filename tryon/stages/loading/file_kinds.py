"""What a file is, told by its first bytes; and why it is refused when it is no picture we read."""

from typing import Final, Literal, TypeAlias

from tryon.errors import InvalidImageFormat

PictureKind: TypeAlias = Literal["JPEG", "PNG", "WebP", "GIF", "BMP", "HEIC", "AVIF"]

_START: Final[dict[bytes, PictureKind]] = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"BM": "BMP",
}
_HEIC_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})

_VIDEO = "This is a video, not a picture."
_FRAME = "Save one frame of it as JPEG or PNG and try again."
_EXPORT = "Open it in its program and export it as JPEG or PNG."
_SAVE = InvalidImageFormat.default_remedy

_REFUSED: Final[dict[bytes, tuple[str, str]]] = {
    b"%PDF": (
        "This is a PDF document, not a picture.",
        "Save the picture in it, or a screenshot, as JPEG or PNG and try again.",
    ),
    b"II*\x00": ("TIFF pictures and camera raw files are not read here.", _EXPORT),
    b"MM\x00*": ("TIFF pictures and camera raw files are not read here.", _EXPORT),
    b"8BPS": ("Photoshop files are not read here.", _EXPORT),
    b"\xff\x0a": ("JPEG XL pictures are not read here.", _SAVE),
    b"\x00\x00\x00\x0cJXL ": ("JPEG XL pictures are not read here.", _SAVE),
    b"\x00\x00\x00\x0cjP  ": ("JPEG 2000 pictures are not read here.", _SAVE),
    b"\x00\x00\x01\x00": ("This is an icon file, not a photo.", _SAVE),
    b"\x1a\x45\xdf\xa3": (_VIDEO, _FRAME),
    b"FLV\x01": (_VIDEO, _FRAME),
    b"\x00\x00\x01\xba": (_VIDEO, _FRAME),
    b"PK\x03\x04": (
        "This is a ZIP archive or an office document, not a picture.",
        "Take the picture out of it and give that.",
    ),
    b"\x1f\x8b": ("This is an archive, not a picture.", "Take the picture out of it."),
    b"Rar!": ("This is an archive, not a picture.", "Take the picture out of it."),
    b"7z\xbc\xaf": ("This is an archive, not a picture.", "Take the picture out of it."),
}


def file_kind(data: bytes) -> PictureKind:
    """Name the picture format of a file.

    Args:
        data: the whole file, or at least its first kilobyte.

    Raises:
        InvalidImageFormat: no format we read; says what it is instead, where that can be told.
    """
    if not data:
        raise InvalidImageFormat(
            message="This file is empty.",
            remedy="Choose the file again; if it came from a cloud drive, download it first.",
        )
    for start, kind in _START.items():
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if data[4:8] == b"ftyp":
        return _isobmff_kind(data)
    raise _refusal(data)


def _isobmff_kind(data: bytes) -> PictureKind:
    """HEIC, AVIF and MP4 are one container; its brands say which. `mif1` alone says neither."""
    box = data[8 : min(int.from_bytes(data[:4], "big"), 256)]
    brands = {box[i : i + 4] for i in range(0, len(box), 4) if i != 4}  # 4..8 is a version number
    if brands & _AVIF_BRANDS:
        return "AVIF"
    if brands & _HEIC_BRANDS:
        return "HEIC"
    raise InvalidImageFormat(f"brands {sorted(brands)}", message=_VIDEO, remedy=_FRAME)


def _refusal(data: bytes) -> InvalidImageFormat:
    head = data[:1024]
    detail = f"starts with {head[:12]!r}"
    for start, (message, remedy) in _REFUSED.items():
        if head.startswith(start):
            return InvalidImageFormat(detail, message=message, remedy=remedy)
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return InvalidImageFormat(detail, message=_VIDEO, remedy=_FRAME)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<svg", b"<?xml", b"<!--")) and b"<svg" in text:
        return InvalidImageFormat(
            detail, message="This is an SVG drawing, not a photo.", remedy=_EXPORT
        )
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return InvalidImageFormat(
            detail,
            message="This is a web page, not a picture.",
            remedy="Open the picture itself in the browser and save that.",
        )
    if _is_text(head):
        return InvalidImageFormat(detail, message="This is a text file, not a picture.")
    return InvalidImageFormat(detail)


def _is_text(head: bytes) -> bool:
    """Whether this reads as UTF-8 without control characters, a character cut at the end aside."""
    for end in range(len(head), max(0, len(head) - 4), -1):
        try:
            text = head[:end].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return all(c.isprintable() or c in "\t\r\n\f" for c in text)
    return False
