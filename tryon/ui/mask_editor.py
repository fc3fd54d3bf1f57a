"""Touch up a mask by hand: paint what was missed, wipe what was too much, and fit again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias, get_args

import cv2
import gradio as gr
import numpy as np

from tryon.arrays import RgbaImage, RgbImage, SoftMask
from tryon.pipeline import TryOn
from tryon.stages.touch_up import MaskEdits
from tryon.ui import words
from tryon.ui.panel import panel

Kind: TypeAlias = Literal["person", "arms", "garment"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

# One canvas for every photo, a square: Gradio lays layers out on the canvas, not on the photo, and
# a canvas that changes its size misplaces them.
SIDE_PX: Final = 1024
BESIDE: Final = 238  # grey of the canvas beside the photo
EDGE_SIGMA: Final = 1.0  # canvas px: softness of a painted edge
PAINT: Final = (16, 185, 129)  # colour of what is inside
PAINT_ALPHA: Final = 0.55
INSIDE: Final = 64  # alpha of the painted layer, 0..255, from which a pixel is inside


@dataclass(frozen=True, slots=True, eq=False)
class MaskEditor:
    """The widgets of the mask tab."""

    kind: gr.Radio
    canvas: gr.ImageEditor
    apply: gr.Button
    undo: gr.Button
    as_found: gr.Button
    note: gr.HTML

    @property
    def outputs(self) -> list[Any]:
        """What a change of the fit writes to."""
        return [self.canvas, self.apply, self.undo, self.as_found, self.note]


def mask_editor() -> MaskEditor:
    """Lay out the widgets; `fit_tab.py` wires them."""
    kind = gr.Radio(
        words.MASK_CHOICES, value="arms", label="Mask", info=words.MASK_HELP, elem_id="mask-kind"
    )
    canvas = gr.ImageEditor(
        label="Mask", show_label=False, type="numpy", image_mode="RGBA", sources=[], transforms=[],
        layers=False, canvas_size=(SIDE_PX, SIDE_PX), buttons=["fullscreen"], height=620,
        elem_id="mask-canvas", interactive=True,
        brush=gr.Brush(colors=[(_css(PAINT), PAINT_ALPHA)], default_size=18, color_mode="fixed"),
        eraser=gr.Eraser(default_size=18), placeholder=words.MASK_EMPTY,
    )  # fmt: skip
    with gr.Row(elem_id="mask-row"):
        apply = gr.Button("Fit again with this mask", variant="primary", interactive=False,
                          elem_id="mask-apply")  # fmt: skip
        undo = gr.Button("Undo the last mask", interactive=False, elem_id="mask-undo")
        as_found = gr.Button("As found", interactive=False, elem_id="mask-as-found")
    note = panel("hint", {"text": words.MASK_EMPTY}, elem_id="mask-note")
    return MaskEditor(kind, canvas, apply, undo, as_found, note)


def canvas_value(try_on: TryOn, kind: Kind) -> dict[str, Any]:
    """The photo with the mask as a layer of paint over it, both on the square canvas."""
    photo, mask = photo_of(try_on, kind), mask_of(try_on, kind)
    window = _window(mask)
    background = np.full((SIDE_PX, SIDE_PX, 3), BESIDE, np.uint8)
    background[window] = cv2.resize(photo, _size_wh(window), None, 0, 0, cv2.INTER_AREA)
    return {"background": background, "layers": [_paint(mask, window)], "composite": None}


def painted_edits(
    try_on: TryOn, edits: MaskEdits | None, kind: Kind, layers: Sequence[RgbaImage]
) -> MaskEdits | None:
    """The edits with what was painted; None when that changes nothing.

    Pixels nobody touched keep the soft edge that was found.

    Args:
        try_on: the fit as it stands.
        edits: what was painted before.
        kind: which mask.
        layers: (h, w, 4) uint8, the paint on the canvas, at any scale.
    """
    if not layers:
        return None
    before = mask_of(try_on, kind)
    window = _window(before)
    canvas = (SIDE_PX, SIDE_PX)
    paint = np.max([cv2.resize(layer[..., 3], canvas) for layer in layers], axis=0)
    now = paint[window] >= INSIDE
    then = _paint(before, window)[window][..., 3] >= INSIDE
    touched = cv2.morphologyEx((now != then).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3)))
    if not touched.any():
        return None
    size_wh = (before.shape[1], before.shape[0])
    changed = cv2.resize(cv2.dilate(touched, np.ones((3, 3), np.uint8)), size_wh) > 0
    soft = cv2.resize(cv2.GaussianBlur(now.astype(np.float32), (0, 0), EDGE_SIGMA), size_wh)
    mask = np.where(changed, soft, before).astype(np.float32)
    base = edits or MaskEdits()
    if kind == "arms":
        return replace(base, arms=mask > 0.5)
    return replace(base, person=mask) if kind == "person" else replace(base, garment=mask)


def without(edits: MaskEdits | None, kind: Kind) -> MaskEdits | None:
    """The edits with one mask as found."""
    if edits is None:
        return None
    left = replace(edits, **{kind: None})
    return None if all(getattr(left, other) is None for other in KINDS) else left


def photo_of(try_on: TryOn, kind: Kind) -> RgbImage:
    """The photo a mask belongs to."""
    return try_on.garment.photo.rgb if kind == "garment" else try_on.person.photo.rgb


def mask_of(try_on: TryOn, kind: Kind) -> SoftMask:
    """The mask as the fit has it now."""
    masks: dict[Kind, Callable[[], SoftMask]] = {
        "person": lambda: try_on.person.masks.person,
        "arms": lambda: try_on.person.masks.arms,
        "garment": lambda: try_on.garment.alpha,
    }
    return masks[kind]()


def as_kind(value: Any) -> Kind:
    """A choice of the page; anything else is the arms."""
    return next((kind for kind in KINDS if kind == value), "arms")


def _window(mask: SoftMask) -> tuple[slice, slice]:
    """Rows and columns of the canvas where a photo of this shape lies, centred."""
    height, width = mask.shape
    scale = SIDE_PX / max(height, width)
    size = max(1, round(height * scale)), max(1, round(width * scale))
    top, left = ((SIDE_PX - length) // 2 for length in size)
    return slice(top, top + size[0]), slice(left, left + size[1])


def _size_wh(window: tuple[slice, slice]) -> tuple[int, int]:
    rows, cols = window
    return (cols.stop - cols.start, rows.stop - rows.start)


def _paint(mask: SoftMask, window: tuple[slice, slice]) -> RgbaImage:
    """(SIDE_PX, SIDE_PX, 4) uint8: the mask as paint on the canvas."""
    layer = np.zeros((SIDE_PX, SIDE_PX, 4), np.uint8)
    inside = cv2.resize(mask, _size_wh(window), None, 0, 0, cv2.INTER_AREA) > 0.5
    layer[window][inside] = (*PAINT, round(255 * PAINT_ALPHA))
    return layer


def _css(rgb: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)
