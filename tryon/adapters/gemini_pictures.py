"""Pictures as the Gemini image API wants them: a supported shape, and not too many bytes."""

import io
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from PIL import Image

from tryon.adapters.gemini_wire import Picture
from tryon.arrays import RgbaImage, RgbImage
from tryon.geometry import fit_within
from tryon.ports import GenerationRequest
from tryon.stages.load import PhotoLimits, load_photo

ASPECT_RATIOS: Final = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
MAX_BODY_BYTES: Final = 20_000_000  # of the API; base64 and JSON included
SAFE_BYTES: Final = 14_000_000  # of the files, which base64 makes a third larger
SIDES: Final = (2048, 1536, 1024)  # px of the longer side, tried in turn
QUALITIES: Final = (95, 85)  # of JPEG, tried in turn at each size
SHAPE_SLACK: Final = 0.04  # answers of 3:4 have 896x1200, 0.747 instead of 0.75
MAX_ANSWER_SIDE: Final = 6144  # px: 4K answers have up to 5504


@dataclass(frozen=True, slots=True)
class Padding:
    """Rows and columns added around the photo to reach a supported shape.

    Attributes:
        aspect_ratio: one of `ASPECT_RATIOS`.
        size_wh: of the photo.
        left: columns added; as many or one more on the right.
        top: rows added; as many or one more below.
        padded_wh: of the photo with them.
    """

    aspect_ratio: str
    size_wh: tuple[int, int]
    left: int
    top: int
    padded_wh: tuple[int, int]

    @staticmethod
    def around(size_wh: tuple[int, int]) -> "Padding":
        """As little as possible."""
        width, height = size_wh

        def added(ratio: str) -> tuple[int, int]:
            across, down = map(int, ratio.split(":"))
            return (max(0, round(height * across / down) - width),
                    max(0, round(width * down / across) - height))  # fmt: skip

        best = min(ASPECT_RATIOS, key=lambda ratio: sum(added(ratio)))
        more_w, more_h = added(best)
        return Padding(best, size_wh, more_w // 2, more_h // 2, (width + more_w, height + more_h))

    def add(self, rgb: RgbImage) -> RgbImage:
        """The photo continued at its borders: bars would be taken for part of the scene."""
        right = self.padded_wh[0] - self.size_wh[0] - self.left
        bottom = self.padded_wh[1] - self.size_wh[1] - self.top
        return np.asarray(
            cv2.copyMakeBorder(rgb, self.top, bottom, self.left, right, cv2.BORDER_REPLICATE),
            np.uint8,
        )

    def remove(self, answer: RgbImage) -> RgbImage:
        """The photo's part of an answer, at the answer's own scale.

        An answer that has the shape of the photo instead of the padded one is left whole.
        """
        shape = answer.shape[1] / answer.shape[0]
        padded, plain = (w / h for w, h in (self.padded_wh, self.size_wh))
        if abs(shape / padded - 1) > max(SHAPE_SLACK, abs(shape / plain - 1)):
            return answer
        scale_x, scale_y = answer.shape[1] / self.padded_wh[0], answer.shape[0] / self.padded_wh[1]
        left, right = (round(x * scale_x) for x in (self.left, self.left + self.size_wh[0]))
        top, bottom = (round(y * scale_y) for y in (self.top, self.top + self.size_wh[1]))
        return answer[top:bottom, left:right]


def encoded(request: GenerationRequest, padding: Padding) -> list[Picture] | None:
    """Garments, draft and person as files, the person last; None when they are too large.

    They shrink until they fit; the person photo keeps its shape.
    """
    garments = [_on_white(garment) for garment in request.garments]
    scene = [padding.add(request.draft), padding.add(request.person)]
    for side in SIDES:
        for quality in QUALITIES:
            files = [_file(rgb, "PNG", side, quality) for rgb in garments]
            if sum(map(len, files)) > SAFE_BYTES / 2:
                files = [_file(rgb, "JPEG", side, quality) for rgb in garments]
            files += [_file(rgb, "JPEG", side, quality) for rgb in scene]
            if sum(map(len, files)) <= SAFE_BYTES:
                kinds = ["image/png" if f.startswith(b"\x89PNG") else "image/jpeg" for f in files]
                labelled = zip(request.labels, kinds, files, strict=True)
                return [Picture(*one) for one in labelled]
    return None


def decoded(content: bytes) -> RgbImage:
    """The picture of an answer, by our own decoder.

    Raises:
        InvalidImageFormat: it is none.
        ImageTooLarge: it is larger than any answer.
    """
    limits = PhotoLimits(MAX_ANSWER_SIDE, len(content) + 1, MAX_ANSWER_SIDE)
    return load_photo(content, limits).rgb


def _on_white(rgba: RgbaImage) -> RgbImage:
    alpha = rgba[..., 3:].astype(np.float32) / np.float32(255)
    return np.asarray(rgba[..., :3] * alpha + 255 * (1 - alpha) + 0.5, np.uint8)


def _file(rgb: RgbImage, kind: str, side: int, quality: int) -> bytes:
    size_wh = (rgb.shape[1], rgb.shape[0])
    smaller = fit_within(size_wh, side)
    if smaller != size_wh:
        rgb = np.asarray(cv2.resize(rgb, smaller, None, 0, 0, cv2.INTER_AREA), np.uint8)
    buffer = io.BytesIO()
    if kind == "PNG":
        Image.fromarray(rgb).save(buffer, "PNG", compress_level=6)
    else:
        Image.fromarray(rgb).save(buffer, "JPEG", quality=quality, subsampling=0)
    return buffer.getvalue()
