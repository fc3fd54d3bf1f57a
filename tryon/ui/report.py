"""What the panels show while a run goes on: events are folded in, plain data comes out.

No widgets here; `fit_tab.py` puts the values on the page.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from tryon import pictures
from tryon.anchors import GARMENT_LABELS, UPPER_TYPES
from tryon.arrays import RgbImage
from tryon.errors import Cancelled, TryOnError
from tryon.fit import TryOn
from tryon.steps import STAGES, StepEvent
from tryon.ui import words
from tryon.ui.files import tiny_address
from tryon.ui.quality_panel import level, points, quality_value
from tryon.ui.runner import Dropped, Failed, Fitted, Packed, RunEvent, Started, Waiting
from tryon.ui.stage_pictures import STAGE_PICTURES

PREVIEW_PX: Final = 1024  # longer side of the pictures in the strip
NOT_BUILT: Final = 6  # the final picture
PHOTO_OF: Final = {"load person": "person", "load garment": "garment"}

Panel: TypeAlias = dict[str, Any]
KeepPicture: TypeAlias = Callable[[RgbImage, str], Panel]


@dataclass(slots=True)
class RunReport:
    """One run as the page tells it.

    Attributes:
        keep_picture: stores a picture and gives the record Gradio turns into an address.
        result, stages, strip, score: values of the panels of these names.
        is_over: whether nothing more will come.
    """

    keep_picture: KeepPicture
    result: Panel = field(default_factory=lambda: {"state": "empty"})
    stages: dict[int, Panel] = field(default_factory=dict)
    cards: dict[str, Panel] = field(default_factory=dict)
    score: Panel = field(default_factory=dict)
    is_over: bool = False
    _photos: dict[str, RgbImage] = field(default_factory=dict)
    _seconds: dict[str, float] = field(default_factory=dict)
    _drawn: object = None  # the draft that is on the cards

    def add(self, event: RunEvent) -> None:
        """Take in what happened."""
        match event:
            case Waiting(ahead):
                text = "1 run is ahead of yours." if ahead == 1 else f"{ahead} runs are ahead."
                self.result = {"state": "running", "title": "In line", "text": text}
            case Started():
                self.result = {"state": "running", "title": "Starting", "text": ""}
            case StepEvent():
                self._add_step(event)
            case Fitted(try_on):
                self._add_try_on(try_on)
            case Packed():
                self.is_over = True
            case Failed(error):
                self._add_failure(error)
            case Dropped():
                self.is_over = True

    @property
    def stages_panel(self) -> Panel:
        """All eight stages in order, with state and seconds."""
        rows = []
        for number, (title, text) in words.STAGE_ROWS.items():
            start = {"state": "skipped" if number == NOT_BUILT else "pending", "seconds": 0.0}
            rows.append({"number": number, "title": title, "text": text}
                        | start | self.stages.get(number, {}))  # fmt: skip
        return {"rows": rows}

    @property
    def strip_panel(self) -> Panel:
        """All pictures in order, those that are there."""
        cards = []
        for shown in STAGE_PICTURES:
            title, caption, stage = words.CARDS[shown.key]
            state = self.stages.get(stage, {}).get("state", "pending")
            cards.append({
                "key": shown.key, "title": title, "caption": caption, "stage": stage,
                "photo": shown.photo, "image": None, "layer": None, "legend": [],
                "state": "running" if state == "running" else "pending",
                "seconds": self._seconds.get(shown.step),
            } | self.cards.get(shown.key, {}))  # fmt: skip
        title, caption, stage = words.FINAL_CARD
        cards.append({
            "key": "final", "title": title, "caption": caption, "stage": stage,
            "photo": "person", "image": None, "layer": None, "legend": [], "state": "pending",
            "seconds": None,
        })  # fmt: skip
        return {"cards": cards}

    def _add_step(self, event: StepEvent) -> None:
        before = self.stages.get(event.stage, {"seconds": 0.0, "runs": 0})
        self.stages[event.stage] = {
            "state": "done" if event.is_done else "running",
            "seconds": round(before["seconds"] + (event.seconds or 0.0), 3),
            "runs": before["runs"] + (0 if event.is_done else 1),
        }
        if event.is_done:
            self._seconds[event.name] = round(event.seconds or 0.0, 3)
            self._draw(event.name, event.result)
        if self.result["state"] == "running" and event.name in words.DOING:
            latest = list(self.cards.values())[-1] if self.cards else {}
            self.result = {
                "state": "running",
                "title": words.DOING[event.name],
                "text": f"Stage {event.stage} of 7",
                "live": latest.get("image"),
            }

    def _draw(self, step: str, result: Any) -> None:
        """Draw what a step returned; see `tryon/pipeline.py` for which type that is."""
        if step in PHOTO_OF:
            self._photos[PHOTO_OF[step]] = result.rgb
        if step == "align":
            self._drawn = result
        for shown in STAGE_PICTURES:
            photo = self._photos.get(shown.photo)
            if shown.step != step or photo is None:  # None: remembered, drawn at the end
                continue
            layer = shown.lay(result, photo) if shown.lay else None
            names = shown.anchors(result) if shown.anchors else ()
            self.cards[shown.key] = {
                "image": self._kept(shown.draw(result, photo), shown.key),
                "layer": None if layer is None else self._kept(layer, f"{shown.key}_layer"),
                "state": "done",
                "legend": [{"name": words.anchor_label(n), "colour": _css(n)} for n in names],
            }

    def _kept(self, picture: RgbImage, stem: str) -> Panel:
        return self.keep_picture(pictures.shrunk(picture, PREVIEW_PX), stem)

    def _add_try_on(self, try_on: TryOn) -> None:
        person, best = try_on.person, try_on.best
        for stage in sorted(set(STAGES.values()) - {NOT_BUILT, STAGES["store"]}):
            self.stages.setdefault(stage, {"seconds": 0.0})
            self.stages[stage]["state"] = "done"
        known = {
            "load person": person.photo, "load garment": try_on.garment.photo,
            "detect pose": person.pose, "segment person": person.masks,
            "prepare garment": try_on.garment,
        }  # fmt: skip
        for step, result in known.items():  # remembered ones told nothing while they "ran"
            if any(p.step == step and p.key not in self.cards for p in STAGE_PICTURES):
                self._draw(step, result)
        if self._drawn is not best.draft:
            self._draw("align", best.draft)
        self._finish(try_on)

    def correct(self, try_on: TryOn, other_masks: bool = False) -> None:
        """Show a fit that was made anew with other anchors, perhaps with other masks."""
        for stage in (STAGES["align"], STAGES["check quality"]):
            names = (name for name, number in STAGES.items() if number == stage)
            seconds = sum(try_on.seconds.get(name, 0.0) for name in names)
            self.stages[stage] = {"state": "done", "seconds": round(seconds, 3), "runs": 1}
        self._seconds["align"] = round(try_on.seconds.get("align", 0.0), 3)
        self._photos = {"person": try_on.person.photo.rgb, "garment": try_on.garment.photo.rgb}
        if other_masks:
            self._draw("segment person", try_on.person.masks)
            self._draw("prepare garment", try_on.garment)
        self._draw("align", try_on.best.draft)
        self._finish(try_on)

    def _finish(self, try_on: TryOn) -> None:
        person, best = try_on.person, try_on.best
        self._photos, self._drawn = {}, None  # the session keeps the report, not the pictures
        self.score = quality_value(try_on)
        self.result = {
            "state": "done",
            "before": self.keep_picture(person.photo.rgb, "before"),
            "after": self.keep_picture(best.draft.rgb, "draft"),
            "glimpse": tiny_address(best.draft.rgb),
            "size": list(person.photo.size_wh),
            "score": points(best.quality.score),
            "level": level(best.quality.score, best.quality.threshold),
            "passed": best.quality.passed,
            "facts": _facts(try_on),
            "notes": [note for note in try_on.notes if note != _recognised(try_on)],
        }

    def _add_failure(self, error: TryOnError | None) -> None:
        self.is_over = True
        for row in self.stages.values():
            if row["state"] == "running":
                row["state"] = "stopped" if isinstance(error, Cancelled) else "failed"
        if isinstance(error, Cancelled):
            self.result = {"state": "stopped", "title": error.message, "text": words.CANCELLED_TEXT}
            return
        if self.result["state"] == "done":  # the draft is there; only its files could not be packed
            reason = error.message if error else words.INTERNAL["message"]
            self.result = self.result | {"notes": [*self.result["notes"], f"No zip: {reason}"]}
            return
        failure = error.to_json() if error else words.INTERNAL
        self.result = {"state": "error", **failure}


def _recognised(try_on: TryOn) -> str:
    """The note that the facts already hold; one that says more, such as how unsure it is, stays."""
    return f"The garment was taken for: {GARMENT_LABELS[try_on.garment.garment_type]}."


def _facts(try_on: TryOn) -> list[str]:
    garment = try_on.garment
    kind = GARMENT_LABELS[garment.garment_type]
    if garment.type_confidence < 1:
        kind += f", {garment.type_confidence:.0%} sure"
    worn = words.TUCK_LABELS["in" if try_on.best.draft.is_tucked else "out"]
    seconds = sum(try_on.seconds.values())
    width, height = try_on.person.photo.size_wh
    is_top = garment.garment_type in UPPER_TYPES
    return [kind, *([worn] if is_top else []), f"{width} × {height} px", f"{seconds:.1f} s"]


def _css(anchor: str) -> str:
    return "#{:02x}{:02x}{:02x}".format(*pictures.anchor_colour(anchor))
