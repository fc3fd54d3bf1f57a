"""The anchor editor: what the browser is told of a fit, and what it tells back.

`js/anchor_editor.js` draws and moves the points; `realign` lays the garment anew when one was put
down. Coordinates are pixels of the working pictures of both photos.
"""

import asyncio
import base64
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import cv2
import gradio as gr
import numpy as np
from numpy.typing import NDArray

from tryon import pictures
from tryon.anchors import ANCHOR_NAMES, Anchor, AnchorPair, AnchorSet
from tryon.arrays import RgbImage, SoftMask
from tryon.errors import InvalidAnchors, TryOnError
from tryon.fit import FitOptions, TryOn
from tryon.ui import editor_words, words
from tryon.ui.panel import panel
from tryon.ui.quality_panel import level
from tryon.ui.workbench import Fit, Workbench

LOG = logging.getLogger(__name__)

PREVIEW_PX: Final = 1024  # longer side of the draft sent after a drag
PREVIEW_QUALITY: Final = 85  # of its JPEG: 100 kB for 768x1024, encoded in 7 ms
OUTLINE_PX: Final = 512  # the outline that follows a drag is read off a mask of this size
BESIDE: Final = 0.5  # of the photo: a body may go on this far outside it
SAME_PX: Final = 0.05  # a point closer to where it was found has not been moved

# Anchors a garment can do without; the others carry the fit.
REMOVABLE: Final = frozenset({
    "neck_back", "neck_front", "elbow_outer", "elbow_inner", "sleeve_outer", "sleeve_inner",
    "waist", "hip", "knee_outer", "knee_inner",
})  # fmt: skip
# Where a point that was not found may begin: between two others.
_BETWEEN: Final[Mapping[str, tuple[str, str]]] = {
    "elbow_outer": ("shoulder", "sleeve_outer"), "elbow_inner": ("armpit", "sleeve_inner"),
    "knee_outer": ("hip", "hem_outer"), "knee_inner": ("crotch", "hem_inner"),
    "waist": ("armpit", "hem"), "hip": ("waist", "hem"),
    "neck_front": ("left_neck", "right_neck"), "neck_back": ("left_neck", "right_neck"),
}  # fmt: skip

SCRIPTS: Final = ("spline", "canvas", "newest")  # that the editor's own builds on

KeepPicture = Callable[[RgbImage, str], dict[str, Any]]
Remember: TypeAlias = Callable[[Path, Path, FitOptions], bool]  # whether a fit is kept now
EMPTY: Final[dict[str, Any]] = {}
WAITING: Final = {"state": "waiting"}


def anchor_editor(bench: Workbench, remember: Remember) -> gr.HTML:
    """The editor on the page; it fires `settled` with the fit's key after the last move.

    Args:
        bench: where its fits are.
        remember: puts a corrected fit where a reload finds it.
    """

    async def realign(asked: Any) -> dict[str, Any]:
        """Lay the garment anew with the points as they are now."""
        try:
            key, points = str(asked["key"]), asked["points"]
            answer = await asyncio.wrap_future(bench.refit(
                key, lambda options: with_points(bench.get(key), options, points), _drawn
            ))  # fmt: skip
        except TryOnError as error:
            return {"error": error.to_json()}
        except (KeyError, TypeError):
            return {"error": InvalidAnchors("not a request of the editor").to_json()}
        except Exception:  # a bug: the log keeps the traceback, the visitor a sentence
            LOG.exception("realign failed")
            return {"error": words.INTERNAL}
        return answer or {"superseded": True}

    async def keep(asked: Any) -> dict[str, Any]:
        """Whether the fit as it is now outlives the page and the server; the browser asks."""
        try:
            fit = bench.get(str(asked["key"]))
        except (TryOnError, KeyError, TypeError):
            return {}
        kept = await asyncio.to_thread(remember, fit.person, fit.garment, fit.options)
        return {"kept": kept}

    async def show_warped(asked: Any) -> dict[str, Any]:
        """The warped garment as it lies now, for the stage viewer; empty when the fit has gone."""
        try:
            fit = bench.get(str(asked["key"]))
            return await asyncio.to_thread(lambda: _warped(bench.current(fit)))
        except (TryOnError, KeyError, TypeError):
            return {}

    return panel(
        "anchor_editor", EMPTY, uses=SCRIPTS, elem_id="anchor-editor",
        server_functions=[realign, keep, show_warped], words=editor_words.EDITOR,
        sure=pictures.SURE,
    )  # fmt: skip


def editor_value(fit: Fit, try_on: TryOn, keep: KeepPicture) -> dict[str, Any]:
    """Everything the editor shows of a fit."""
    now = try_on.best.draft.anchors
    person, garment = try_on.person.photo, try_on.garment

    def shown(rgb: RgbImage, name: str) -> dict[str, Any]:
        return keep(pictures.shrunk(rgb, PREVIEW_PX), name)

    return {
        "key": fit.key,
        "revision": fit.revision,
        "photos": f"{person.sha256[:16]} {garment.photo.sha256[:16]}",
        "garment": {
            "picture": shown(pictures.cutout_picture(garment.cutout), "garment"),
            "size": list(garment.photo.size_wh),
            "outline": outline(garment.alpha),
        },
        "person": {
            "photo": shown(person.rgb, "photo"),
            "draft": shown(try_on.best.draft.rgb, "draft"),
            "size": list(person.size_wh),
        },
        "anchors": point_rows(now, fit.found),
        "quality": _score(try_on),
    }


def point_rows(now: AnchorPair, found: AnchorPair) -> list[dict[str, Any]]:
    """Every point this kind of garment may have: its looks, where it is, where it was found."""
    return [_point(name, now, found) for name in ANCHOR_NAMES[now.garment_type]]


def with_points(fit: Fit, options: FitOptions, points: Any) -> FitOptions:
    """The options with the points a browser sent; every one is checked.

    Args:
        fit: the fit they belong to.
        options: what the fit was made with.
        points: name -> {"garment": [x, y], "person": [x, y]}.

    Raises:
        InvalidAnchors: not that shape, a name this garment does not have, a point that is no
            number.
    """
    found = fit.found

    def given(side: str, known: AnchorSet, over: float) -> dict[str, Any]:
        anchors = []
        size = np.array((known.width, known.height))
        low = np.minimum(-over * size, known.points_xy.min(axis=0))  # a portrait's hem was found
        high = np.maximum((1 + over) * size - 1, known.points_xy.max(axis=0))  # far below it
        for name, both in points.items():
            x, y = (float(v) for v in both[side])
            if not np.isfinite((x, y)).all():
                raise InvalidAnchors(f"{name} is not a finite point")
            x, y = (float(v) for v in np.clip((x, y), low, high))
            anchors.append({"name": name, "x": x, "y": y, "confidence": _sure(known, name, x, y)})
        return {"width": known.width, "height": known.height, "anchors": anchors}

    try:
        pair = AnchorPair.from_json({
            "schema": 1, "garment_type": found.garment_type,
            "garment": given("garment", found.garment, 0),
            "person": given("person", found.person, BESIDE),
        })  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as exc:
        raise InvalidAnchors(f"{type(exc).__name__}: {exc}") from exc
    in_order = [name for name in ANCHOR_NAMES[pair.garment_type] if name in pair.garment]
    ordered = AnchorPair(pair.garment_type, pair.garment.only(in_order), pair.person.only(in_order))
    return replace(options, anchors=ordered)


def outline(alpha: SoftMask) -> list[list[list[float]]]:
    """The garment's outline as rings of [x, y] in pixels of the working picture."""
    size_wh = (alpha.shape[1], alpha.shape[0])
    scale = min(1.0, OUTLINE_PX / max(size_wh))
    small = cv2.resize(alpha, None, None, scale, scale, cv2.INTER_AREA) > 0.5
    rings, _ = cv2.findContours(small.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    back = (size_wh[0] / small.shape[1], size_wh[1] / small.shape[0])
    kept = [cv2.approxPolyDP(ring, 0.6, True)[:, 0] for ring in rings if len(ring) > 40]
    return [np.round((ring + 0.5) * back - 0.5, 1).tolist() for ring in kept]


def _drawn(_fit: Fit, try_on: TryOn) -> dict[str, Any]:
    """The answer to a drag: the draft as a data address, and its score."""
    return {"draft": draft_address(try_on), "quality": _score(try_on)}


def draft_address(try_on: TryOn) -> str:
    """The draft as a `data:` address, for an answer that must not wait for a second request."""
    return _jpeg_address(pictures.shrunk(try_on.best.draft.rgb, PREVIEW_PX))


def _warped(try_on: TryOn) -> dict[str, Any]:
    """The stage viewer's card of the warped garment: alone and as a layer over the photo."""
    draft = try_on.best.draft
    shown = pictures.warped_picture(try_on.person.photo.rgb, draft.warped, draft.anchors.person)
    layer = cv2.cvtColor(pictures.shrunk(draft.warped, PREVIEW_PX), cv2.COLOR_RGBA2BGRA)
    _, png = cv2.imencode(".png", layer, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return {"warped": {
        "image": {"url": _jpeg_address(pictures.shrunk(shown, PREVIEW_PX))},
        "layer": {"url": _address("png", png)},
    }}  # fmt: skip


def _jpeg_address(rgb: RgbImage) -> str:
    flags = [cv2.IMWRITE_JPEG_QUALITY, PREVIEW_QUALITY]
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), flags)
    return _address("jpeg", jpeg)


def _address(kind: str, encoded: NDArray[np.uint8]) -> str:
    """A picture as a data address, so that it comes with the answer."""
    return f"data:image/{kind};base64,{base64.b64encode(encoded.tobytes()).decode()}"


def _score(try_on: TryOn) -> dict[str, Any]:
    quality = try_on.best.quality
    return {"score": quality.score, "level": level(quality.score, quality.threshold)}


def _point(name: str, now: AnchorPair, found: AnchorPair) -> dict[str, Any]:
    """One row of the editor: looks, where it is, where it was found, where it would begin."""
    place = name.removeprefix("left_").removeprefix("right_")
    return {
        "name": name,
        "label": words.anchor_label(name),
        "colour": "#{:02x}{:02x}{:02x}".format(*pictures.anchor_colour(name)),
        "removable": place in REMOVABLE,
        "sure": {
            "garment": _confidence(found.garment, name),
            "person": _confidence(found.person, name),
        },
        "found": _both(found, name),
        "now": _both(now, name),
        "start": {
            "garment": _start(found.garment, name), "person": _start(found.person, name),
        },
    }  # fmt: skip


def _both(pair: AnchorPair, name: str) -> dict[str, list[float]] | None:
    if name not in pair.garment:
        return None
    return {"garment": _xy(pair.garment[name]), "person": _xy(pair.person[name])}


def _xy(anchor: Anchor) -> list[float]:
    return [round(anchor.x, 2), round(anchor.y, 2)]


def _start(anchors: AnchorSet, name: str) -> list[float]:
    """Where a point that was not found may begin."""
    if name in anchors:
        return _xy(anchors[name])
    side, _, place = name.partition("_")
    if side not in ("left", "right"):
        side, place = "", name
    ends = _BETWEEN.get(place, ())
    around = [n if n in anchors else f"{side}_{n}" for n in ends]
    if around and all(n in anchors for n in around):
        xy = anchors.only(around).points_xy.mean(axis=0)
    else:
        xy = anchors.points_xy.mean(axis=0)
    return [round(float(v), 2) for v in xy]


def _confidence(anchors: AnchorSet, name: str) -> float:
    return round(anchors[name].confidence, 3) if name in anchors else 1.0


def _sure(known: AnchorSet, name: str, x: float, y: float) -> float:
    """What was found keeps its confidence; what was set by hand is sure."""
    if name in known and abs(known[name].x - x) < SAME_PX and abs(known[name].y - y) < SAME_PX:
        return known[name].confidence
    return 1.0
