"""Touch up a mask by hand: paint what was missed, wipe what was too much, and fit again.

`js/mask_editor.js` is the brush. Gradio's own image editor was tried first: it lays a given layer
out on its canvas and not on the photo, so that masks came back shifted, and its WebGL loop keeps
two cores busy where there is no graphics card.
"""

import asyncio
import base64
import io
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

import cv2
import gradio as gr
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tryon import pictures
from tryon.arrays import RgbImage, SoftMask
from tryon.errors import InvalidImageFormat, TryOnError
from tryon.fit import TryOn
from tryon.stages.touch_up import MASK_KINDS, MaskEdits, MaskKind
from tryon.ui import editor_words, words
from tryon.ui.panel import panel
from tryon.ui.workbench import Fit, Workbench

LOG = logging.getLogger(__name__)

Alpha: TypeAlias = NDArray[np.uint8]  # (H, W), 0 outside .. 255 inside

SIDE_PX: Final = 1024  # longer side of the picture one paints on
PAINT: Final = (16, 185, 129)  # colour of what is inside
EDGE_SIGMA: Final = 1.0  # px of that picture: softness of a painted edge
MAX_BYTES: Final = 4 * 2**20  # of a painted mask as PNG; a drawn one has 20 kB


def mask_editor(bench: Workbench) -> gr.HTML:
    """The brush on the page; it fires `applied` after a fit was made anew."""

    async def open_mask(asked: Any) -> dict[str, Any]:
        return await _answered(lambda: shown_mask(*_current(bench, asked), _kind(asked)))

    async def apply_mask(asked: Any) -> dict[str, Any]:
        return await _answered(lambda: _applied(bench, asked))

    async def undo_mask(asked: Any) -> dict[str, Any]:
        return await _answered(lambda: _undone(bench, asked))

    async def reset_mask(asked: Any) -> dict[str, Any]:
        return await _answered(lambda: _as_found(bench, asked))

    return panel(
        "mask_editor", {}, uses=("canvas",), elem_id="mask-editor", words=editor_words.MASKS,
        kinds=editor_words.MASK_KINDS, paint="rgb({},{},{})".format(*PAINT),
        server_functions=[open_mask, apply_mask, undo_mask, reset_mask],
    )  # fmt: skip


def shown_mask(fit: Fit, try_on: TryOn, kind: MaskKind) -> dict[str, Any]:
    """The photo and its mask as the browser paints on them."""
    photo = pictures.shrunk(photo_of(try_on, kind), SIDE_PX)
    inside = _hard(mask_of(try_on, kind), (photo.shape[0], photo.shape[1]))
    layer = np.zeros((*inside.shape, 4), np.uint8)
    layer[inside > 0] = (*PAINT, 255)
    masks = fit.options.masks
    return {
        "photo": _address(photo, "JPEG"),
        "mask": _address(layer, "PNG"),
        "size": [photo.shape[1], photo.shape[0]],
        "can_undo": bool(fit.earlier),
        "is_edited": masks is not None and getattr(masks, kind) is not None,
    }


def painted_edits(
    try_on: TryOn, edits: MaskEdits | None, kind: MaskKind, painted: Alpha
) -> MaskEdits | None:
    """The edits with what was painted; None when that changes nothing.

    Pixels nobody touched keep the soft edge that was found.

    Args:
        try_on: the fit as it stands.
        edits: what was painted before.
        kind: which mask.
        painted: (h, w) uint8, 255 inside, of any size.
    """
    before = mask_of(try_on, kind)
    photo = pictures.shrunk(photo_of(try_on, kind), SIDE_PX)
    shape_hw = (photo.shape[0], photo.shape[1])
    then = _hard(before, shape_hw)
    now = (cv2.resize(painted, (shape_hw[1], shape_hw[0])) > 127).astype(np.uint8)
    touched = cv2.morphologyEx((now != then).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3)))
    if not touched.any():
        return None
    size_wh = (before.shape[1], before.shape[0])
    changed = cv2.resize(cv2.dilate(touched, np.ones((3, 3), np.uint8)), size_wh) > 0
    soft = cv2.resize(cv2.GaussianBlur(now.astype(np.float32), (0, 0), EDGE_SIGMA), size_wh)
    mask = np.where(changed, soft, before).astype(np.float32)
    value: Mapping[str, Any] = {kind: mask > 0.5 if kind == "arms" else mask}
    return replace(edits or MaskEdits(), **value)


def without(edits: MaskEdits | None, kind: MaskKind) -> MaskEdits | None:
    """The edits with one mask as found."""
    if edits is None:
        return None
    nothing: Mapping[str, Any] = {kind: None}
    left = replace(edits, **nothing)
    return None if all(getattr(left, other) is None for other in MASK_KINDS) else left


def photo_of(try_on: TryOn, kind: MaskKind) -> RgbImage:
    """The photo a mask belongs to."""
    return try_on.garment.photo.rgb if kind == "garment" else try_on.person.photo.rgb


def mask_of(try_on: TryOn, kind: MaskKind) -> SoftMask:
    """The mask as the fit has it now."""
    if kind == "garment":
        return try_on.garment.alpha
    return try_on.person.masks.person if kind == "person" else try_on.person.masks.arms


def painted_alpha(address: Any) -> Alpha:
    """The alpha of a PNG data address from a browser.

    Raises:
        InvalidImageFormat: anything else, or too large.
    """
    head, _, body = str(address).partition(",")
    try:
        data = base64.b64decode(body, validate=True)
        if head != "data:image/png;base64" or len(data) > MAX_BYTES:
            raise InvalidImageFormat("not a painted mask")
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            if max(picture.size) > SIDE_PX:
                raise InvalidImageFormat(f"a mask of {picture.size}")
            return np.asarray(picture.convert("RGBA"), np.uint8)[..., 3]
    except (ValueError, OSError, SyntaxError) as exc:
        raise InvalidImageFormat(f"{type(exc).__name__}: {exc}") from exc


async def _answered(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `work` says, beside the page's own loop; failures as the page shows them."""
    try:
        return await asyncio.to_thread(work)
    except TryOnError as error:
        return {"error": error.to_json()}
    except Exception:  # a bug: the log keeps the traceback, the visitor a sentence
        LOG.exception("a mask was not applied")
        return {"error": words.INTERNAL}


def _applied(bench: Workbench, asked: Any) -> dict[str, Any]:
    (fit, now), kind = _current(bench, asked), _kind(asked)
    edits = painted_edits(now, fit.options.masks, kind, painted_alpha(asked.get("mask")))
    if edits is None:
        return {"same": True}
    return shown_mask(fit, bench.with_masks(fit, edits), kind)


def _undone(bench: Workbench, asked: Any) -> dict[str, Any]:
    (fit, now), kind = _current(bench, asked), _kind(asked)
    if fit.earlier:
        now = bench.with_masks(fit, fit.earlier[-1])
        del fit.earlier[-2:]  # the change taken back, and the taking back
    return shown_mask(fit, now, kind)


def _as_found(bench: Workbench, asked: Any) -> dict[str, Any]:
    (fit, _), kind = _current(bench, asked), _kind(asked)
    return shown_mask(fit, bench.with_masks(fit, without(fit.options.masks, kind)), kind)


def _current(bench: Workbench, asked: Any) -> tuple[Fit, TryOn]:
    fit = bench.get(str(asked.get("key")) if isinstance(asked, dict) else "")
    return fit, bench.current(fit)


def _kind(asked: Any) -> MaskKind:
    return next((kind for kind in MASK_KINDS if kind == asked.get("kind")), "arms")


def _hard(mask: SoftMask, shape_hw: tuple[int, int]) -> Alpha:
    """(H, W) uint8, 1 inside."""
    small = cv2.resize(mask, (shape_hw[1], shape_hw[0]), None, 0, 0, cv2.INTER_AREA)
    return np.asarray(small > 0.5, np.uint8)


def _address(picture: NDArray[np.uint8], kind: str) -> str:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, kind, quality=88)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(out.getvalue()).decode()}"
