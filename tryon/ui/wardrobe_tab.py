"""The page where several people try several garments on: racks above, the table of drafts below."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import gradio as gr

from tryon.errors import TryOnError
from tryon.ui import words
from tryon.ui.examples import Example, example_garments, example_people
from tryon.ui.panel import panel, said
from tryon.ui.photo_input import picker_value
from tryon.ui.sent import Sent
from tryon.ui.visitor import the_visitor
from tryon.ui.wardrobe import Wardrobes
from tryon.ui.wardrobe_table import MOST, Kind
from tryon.ui.wardrobe_view import rack_value, tiles_value

TICK_S: Final = 1.0
QUIET: Final[dict[str, Any]] = {
    "show_progress": "hidden", "api_visibility": "private", "queue": False,
}  # fmt: skip
PICTURES: Final = [".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".gif", ".bmp"]


@dataclass(frozen=True, slots=True, eq=False)
class Rack:
    """Widgets of the people, or of the garments."""

    kind: Kind
    panel: gr.HTML
    add: gr.UploadButton
    picker: gr.HTML
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, eq=False)
class WardrobeTab:
    """The widgets of this page."""

    racks: tuple[Rack, ...]
    start: gr.Button
    stop: gr.Button
    hint: gr.HTML
    tiles: gr.HTML
    timer: gr.Timer
    told: gr.HTML
    sent: Sent | None

    @property
    def every(self) -> list[Any]:
        """All that `wardrobe_values` sets."""
        return [*(rack.panel for rack in self.racks), *self.ticking]

    @property
    def ticking(self) -> list[Any]:
        """What changes while drafts are made."""
        return [self.start, self.stop, self.hint, self.timer, self.tiles]


def build_wardrobe_tab(wardrobes: Wardrobes, sent: Sent | None = None) -> WardrobeTab:
    """Lay the page out and connect it. Call inside `gr.Blocks`.

    Args:
        wardrobes: the tables.
        sent: sends chosen tiles to review; None where nobody reviews.
    """
    tab = _layout(sent)
    for rack in tab.racks:
        _wire_rack(rack, tab, wardrobes)
    _wire_tiles(tab, wardrobes)
    if sent is not None:
        _wire_review(tab, wardrobes, sent)
    return tab


def wardrobe_values(
    tab: WardrobeTab, wardrobes: Wardrobes, visitor: str, note: dict[Kind, str] | None = None
) -> dict[Any, Any]:
    """Every widget as the visitor's table wants it; `note` is said below a rack."""
    racks = {
        rack.panel: rack_value(wardrobes, visitor, rack.kind, (note or {}).get(rack.kind, ""))
        for rack in tab.racks
    }
    return racks | _ticking(tab, wardrobes, visitor)


def _wire_tiles(tab: WardrobeTab, wardrobes: Wardrobes) -> None:
    def view(request: gr.Request) -> dict[Any, Any]:
        return wardrobe_values(tab, wardrobes, the_visitor(request))

    def on_start(request: gr.Request) -> dict[Any, Any]:
        wardrobes.start(the_visitor(request))
        return view(request)

    def on_stop(request: gr.Request) -> dict[Any, Any]:
        wardrobes.stop(the_visitor(request))
        return view(request)

    def on_tick(request: gr.Request) -> dict[Any, Any]:
        return _ticking(tab, wardrobes, the_visitor(request))

    def on_remove(event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        visitor, wanted = the_visitor(request), said(event)
        if wanted.get("keys"):
            wardrobes.remove_outfit(visitor, wanted["keys"])
        else:
            wardrobes.remove(visitor, wanted.get("key", ""))
        return view(request)

    def on_outfit(event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        wardrobes.add_outfit(the_visitor(request), said(event).get("keys", ()))
        return view(request)

    def on_turn(event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        visitor, wanted = the_visitor(request), said(event)
        if isinstance(wanted.get("quarters"), int):
            wardrobes.turn(visitor, wanted.get("id", ""), wanted["quarters"])
        return view(request)

    for panel_of_photos in (*(rack.panel for rack in tab.racks), tab.tiles):
        panel_of_photos.remove(on_remove, None, tab.every, **QUIET)
    for rack in tab.racks:
        rack.panel.outfit(on_outfit, None, tab.every, **QUIET)
    tab.tiles.turn(on_turn, None, tab.every, **QUIET)
    tab.start.click(on_start, None, tab.every, **QUIET)
    tab.stop.click(on_stop, None, tab.every, **QUIET)
    tab.timer.tick(on_tick, None, tab.ticking, **QUIET)


def _wire_review(tab: WardrobeTab, wardrobes: Wardrobes, sent: Sent) -> None:
    def on_review(event: gr.EventData, request: gr.Request) -> Iterator[dict[Any, Any]]:
        """One tile after the other; those sent before a failure are marked as sent."""
        visitor, ids = the_visitor(request), said(event).get("ids")
        chosen = [one for one in ids if isinstance(one, str)] if isinstance(ids, list) else []
        chosen = [one for one in dict.fromkeys(chosen) if one not in sent.tiles(visitor)]
        for num, tile_id in enumerate(chosen):
            yield {tab.told: {"text": f"{num} of {len(chosen)} sent to review"}}
            try:
                options = wardrobes.options_of(visitor, tile_id)
                sent.send(visitor, wardrobes.again(visitor, tile_id), options, "grid", tile_id)
            except TryOnError as error:
                yield {tab.told: {"message": error.message, "remedy": error.remedy, "at": num}}
                return
            yield _ticking(tab, wardrobes, visitor)
        yield {tab.told: {"text": f"{len(chosen)} of {len(chosen)} sent to review"}}

    quiet = QUIET | {"queue": True}
    outputs = [*tab.ticking, tab.told]
    tab.tiles.review(on_review, None, outputs, concurrency_limit=4, **quiet)


def _layout(sent: Sent | None) -> WardrobeTab:
    with gr.Row(elem_id="racks"):
        racks = (
            _rack("person", "People", "Who tries on.", "Add people", example_people()),
            _rack("garment", "Garments", "What is tried on. Mark two to wear them together.",
                  "Add garments", example_garments()),
        )  # fmt: skip
    with gr.Column(elem_id="tiles-card", elem_classes=["card-box"]):
        with gr.Row(elem_id="tiles-go"):
            gr.HTML("<h2>Drafts</h2>", elem_classes=["card-head"])
            hint = panel("hint", {"text": words.LAY_OUT}, elem_id="tiles-hint")
            stop = gr.Button("Stop", interactive=False, elem_id="tiles-stop")
            start = gr.Button("Try everything on", variant="primary", interactive=False,
                              elem_id="tiles-start")  # fmt: skip
        tiles = panel("wardrobe", {}, uses=("ask_review", "compare_tiles"), elem_id="tiles")
        told = panel("hint", {"text": ""}, elem_id="tiles-sent", visible=sent is not None)
    timer = gr.Timer(TICK_S, active=False)
    return WardrobeTab(racks, start, stop, hint, tiles, timer, told, sent)


def _rack(
    kind: Kind, heading: str, text: str, add_label: str, examples: tuple[Example, ...]
) -> Rack:
    with gr.Column(elem_id=f"{kind}-rack", elem_classes=["card-box", "rack-card"]):
        with gr.Row(elem_classes=["rack-head"]):
            gr.HTML(f"<h2>{heading}</h2><p class='quiet'>{text}</p>", elem_classes=["card-head"])
            add = gr.UploadButton(add_label, file_count="multiple", file_types=PICTURES,
                                  size="md", elem_id=f"{kind}-add")  # fmt: skip
        rack = panel("rack", {"kind": kind, "most": MOST[kind]}, elem_id=f"{kind}-pieces")
        picker = panel("picker", picker_value(kind, examples), elem_id=f"{kind}-rack-examples",
                       visible=bool(examples))  # fmt: skip
    return Rack(kind, rack, add, picker, examples)


def _wire_rack(rack: Rack, tab: WardrobeTab, wardrobes: Wardrobes) -> None:
    def lay_out(visitor: str, photos: list[tuple[str, bytes]]) -> dict[Any, Any]:
        try:
            left_out = wardrobes.add(visitor, rack.kind, photos)
        except TryOnError as error:
            return {tab.hint: {"message": error.message, "remedy": error.remedy}}
        note = {rack.kind: words.NO_ROOM} if left_out else None
        return wardrobe_values(tab, wardrobes, visitor, note)

    def on_upload(paths: list[str] | None, request: gr.Request) -> dict[Any, Any]:
        photos = [(Path(path).name, Path(path).read_bytes()) for path in paths or []]
        return lay_out(the_visitor(request), photos)

    def on_pick(event: gr.EventData, request: gr.Request) -> Any:
        index = said(event).get("index")
        if not isinstance(index, int) or not 0 <= index < len(rack.examples):
            return gr.skip()
        example = rack.examples[index]
        return lay_out(the_visitor(request), [(example.title, example.photo)])

    rack.add.upload(on_upload, rack.add, tab.every, **QUIET)
    rack.picker.pick(on_pick, None, tab.every, **QUIET)


def _ticking(tab: WardrobeTab, wardrobes: Wardrobes, visitor: str) -> dict[Any, Any]:
    """What changes while drafts are made."""
    table = wardrobes.look(visitor)
    value = tiles_value(wardrobes, visitor, table)
    if tab.sent is not None:
        value |= {"terms": tab.sent.terms, "sent": tab.sent.tiles(visitor)}
    num_left = len(value["tiles"]) - value["done"]  # those that failed are tried again
    return {
        tab.start: gr.Button(interactive=bool(num_left) and not table.is_running),
        tab.stop: gr.Button(interactive=table.is_running),
        tab.hint: {"text": _hint(value)},
        tab.timer: gr.Timer(active=table.is_running),
        tab.tiles: value,
    }


def _hint(value: dict[str, Any]) -> str:
    if value["running"]:
        return words.WORKING_TILES
    if not value["tiles"]:
        return words.LAY_OUT
    if value["done"] + value["failed"] < len(value["tiles"]):
        return words.READY_TILES
    return words.FAILED_TILES if value["failed"] else words.DONE_TILES
