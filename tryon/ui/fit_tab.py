"""The page where one garment is fitted on one person: layout above, wiring below."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import gradio as gr

from tryon.anchors import GARMENT_TYPES
from tryon.errors import TryOnError
from tryon.fit import FitOptions, TryOn
from tryon.stages.tuck import TUCKS
from tryon.ui import words
from tryon.ui.anchor_editor import EMPTY, WAITING, anchor_editor, editor_value
from tryon.ui.corrections import (
    QUIET,
    Shown,
    packed,
    panels_of,
    wire_corrections,
    zip_button,
)
from tryon.ui.examples import example_garments, example_people
from tryon.ui.files import keep_picture, new_path
from tryon.ui.mask_editor import mask_editor
from tryon.ui.panel import panel
from tryon.ui.photo_input import PhotoInput, photo_card, wire_photo_card
from tryon.ui.report import RunReport
from tryon.ui.runner import Dropped, Failed, Fitted, Packed, Run, Runner
from tryon.ui.sessions import Work
from tryon.ui.translate import say
from tryon.ui.workbench import Workbench

Remember: TypeAlias = Callable[[Path, Path, FitOptions], None]

LOG = logging.getLogger(__name__)

VISITORS: Final = 24  # runs watched at once; more wait in Gradio's own line


@dataclass(frozen=True, slots=True, eq=False)
class FitTab:
    """The widgets that a run reads and writes.

    `run`, `shown` and `kept` are of one page: the `Run` at work, what is `Shown`, and the `Work` of
    an earlier page whose corrections wait for the fit. After `emptied`, an event, nothing of other
    photos is left; what shows more of a fit follows it.
    """

    person: PhotoInput
    garment: PhotoInput
    garment_type: gr.Dropdown
    tuck: gr.Radio
    max_retries: gr.Slider
    threshold: gr.Slider
    start: gr.Button
    cancel: gr.Button
    hint: gr.HTML
    result: gr.HTML
    download: gr.DownloadButton
    stages: gr.HTML
    strip: gr.HTML
    score: gr.HTML
    editor: gr.HTML
    masks: gr.HTML
    run: gr.State
    shown: gr.State
    kept: gr.State
    bench: Workbench
    emptied: Any = None


def build_fit_tab(
    runner: Runner,
    fetch: Callable[[str], bytes],
    defaults: FitOptions | None = None,
    remember: Remember = lambda *_: None,
) -> FitTab:
    """Lay the page out and connect it. Call inside `gr.Blocks`.

    Args:
        runner: runs the try-ons.
        fetch: bytes of a picture by public address; raises `TryOnError`.
        defaults: first values of the options.
        remember: told of both photos and how they are fitted, so that a reload finds them.
    """
    bench = Workbench(runner.service)
    tab = _layout(defaults or FitOptions(), bench)
    wire_photo_card(tab.person, fetch)
    wire_photo_card(tab.garment, fetch)
    emptied = _wire_run(tab, runner, bench, remember)
    wire_corrections(tab, runner, bench)
    return replace(tab, emptied=emptied)


def _layout(defaults: FitOptions, bench: Workbench) -> FitTab:
    empty = RunReport(keep_picture)
    with gr.Row(elem_id="bench"):
        person = photo_card(
            "person", "Person", "Head to hips, facing the camera.",
            example_people(), ["upload", "clipboard", "webcam"],
        )  # fmt: skip
        garment = photo_card(
            "garment", "Garment", "Flat or on a hanger, plain background.",
            example_garments(), ["upload", "clipboard"],
        )  # fmt: skip
        with gr.Column(elem_id="options-card", elem_classes=["card-box"]):
            with gr.Row(elem_id="go-row"):
                garment_type = gr.Dropdown(
                    words.TYPE_CHOICES, value=words.AUTO, label="Kind of garment",
                    elem_id="garment-type",
                )  # fmt: skip
                start = gr.Button("Try it on", variant="primary", interactive=False,
                                  elem_id="start")  # fmt: skip
                cancel = gr.Button("Cancel", interactive=False, elem_id="cancel")
            hint = panel("hint", {"text": words.NEED_BOTH}, elem_id="hint")
            with gr.Accordion("More options", open=False, elem_id="more-options"):
                tuck = gr.Radio(
                    words.TUCK_CHOICES, value=defaults.tuck, label="Worn", info=words.TUCK_HELP,
                    elem_id="tuck",
                )  # fmt: skip
                max_retries = gr.Slider(
                    0, 3, value=defaults.max_retries, step=1, label="Further attempts",
                    info="How many other ways of fitting may be tried when the score is low.",
                    elem_id="max-retries",
                )  # fmt: skip
                threshold = gr.Slider(
                    0, 1, value=defaults.quality_threshold, step=0.05, label="Wanted score",
                    info="A draft that reaches it is taken without further attempts.",
                    elem_id="threshold",
                )  # fmt: skip
        with gr.Column(elem_id="result-card", elem_classes=["card-box"]):
            gr.HTML("<h2>Draft</h2>", elem_classes=["card-head"])
            result = panel("result", empty.result, elem_id="result")
            download = gr.DownloadButton("Download everything (zip)", interactive=False,
                                         elem_id="download", size="md")  # fmt: skip
    stages = panel("stages", empty.stages_panel, elem_id="stages")
    with gr.Column(elem_id="editor-card", elem_classes=["card-box"]):
        gr.HTML("<h2>Adjust</h2>", elem_classes=["card-head"])
        editor = anchor_editor(bench)
        masks = mask_editor(bench)
    with gr.Row(elem_id="evidence"):
        with gr.Column(elem_id="strip-card", elem_classes=["card-box"]):
            gr.HTML("<h2>Step by step</h2><p class='quiet'>What each stage found. Open a picture "
                    "to see it large.</p>", elem_classes=["card-head"])  # fmt: skip
            strip = panel("strip", empty.strip_panel, elem_id="strip", words=words.VIEWER)
        with gr.Column(elem_id="score-card", elem_classes=["card-box"]):
            gr.HTML("<h2>Fit</h2>", elem_classes=["card-head"])
            score = panel("score", empty.score, elem_id="score")
    run = gr.State(None, delete_callback=_stop)
    shown = gr.State(None, delete_callback=lambda gone: gone.forget(bench) if gone else None)
    return FitTab(person, garment, garment_type, tuck, max_retries, threshold, start, cancel, hint,
                  result, download, stages, strip, score, editor, masks, run, shown,
                  gr.State(None), bench)  # fmt: skip


def _wire_run(tab: FitTab, runner: Runner, bench: Workbench, remember: Remember) -> Any:
    """Connect photos and buttons; the event that empties the page of other photos."""
    photos = [tab.person.image, tab.garment.image]
    panels = [tab.result, tab.stages, tab.strip, tab.score, tab.download, tab.editor, tab.masks,
              tab.shown]  # fmt: skip
    buttons = [tab.start, tab.cancel, tab.hint]

    def on_start(chosen: dict[Any, Any]) -> Iterator[dict[Any, Any]]:
        person, garment = (chosen[photo] for photo in photos)
        if not person or not garment:
            yield _idle(tab, person, garment)
            return
        options = fit_options(
            kind=chosen[tab.garment_type], worn=chosen[tab.tuck],
            retries=chosen[tab.max_retries], threshold=chosen[tab.threshold],
        )  # fmt: skip
        if chosen[tab.shown]:
            chosen[tab.shown].forget(bench)
        photos_given = Path(person), Path(garment)
        corrected = _with_corrections(options, chosen[tab.kept], *photos_given)
        run = runner.start(*photos_given, options, new_path("try-on.zip"))
        remember(*photos_given, corrected)
        report, shown, made = RunReport(keep_picture), None, None
        try:
            begun = _busy(tab) | {tab.run: run, tab.kept: None}
            yield begun | panels_of(tab, report) | _uncorrected(tab, WAITING)
            for event in run.events():
                if isinstance(event, Dropped):  # last word on these panels, and it is "nothing"
                    yield panels_of(tab, RunReport(keep_picture)) | _uncorrected(tab, EMPTY)
                    return
                report.add(event)
                more: dict[Any, Any] = {}
                if isinstance(event, Fitted):
                    made = event.try_on
                    shown = Shown(bench.open(*photos_given, options, made), report)
                    if corrected is not options:
                        made = _put_back(bench, shown, corrected)
                    more = {
                        tab.editor: editor_value(shown.fit, made, keep_picture),
                        tab.masks: {"key": shown.fit.key},
                        tab.shown: shown,
                    }
                elif isinstance(event, Packed):
                    more = {tab.download: zip_button(event.path)}
                    if shown and made and corrected is not options:
                        more = packed(tab, runner, bench, shown, made)
                elif isinstance(event, Failed) and report.result["state"] != "done":
                    more = _uncorrected(tab, EMPTY)
                yield panels_of(tab, report) | more
            yield _idle(tab, person, garment)
        finally:  # also when the visitor has gone
            _stop(run)

    def on_photo(
        person: str | None, garment: str | None, run: Run | None, shown: Shown | None
    ) -> dict[Any, Any]:
        if run is not None and run.is_with(person, garment):  # a late word: it was begun with them
            return {}
        if run is not None:
            run.drop()
        if shown is not None:
            shown.forget(bench)
        idle = _idle(tab, person, garment)
        if run is None and shown is None:
            return idle
        return idle | panels_of(tab, RunReport(keep_picture)) | _uncorrected(tab, EMPTY)

    tab.start.click(
        on_start, {*photos, tab.garment_type, tab.tuck, tab.max_retries, tab.threshold, tab.shown,
         tab.kept},
        [*panels, *buttons, tab.run, tab.kept], concurrency_limit=VISITORS, **QUIET,
    )  # fmt: skip
    tab.cancel.click(_stop, tab.run, None, queue=False, **QUIET)
    return gr.on(  # one event for both photos: answers to two could overtake each other
        [image.change for image in photos], on_photo, [*photos, tab.run, tab.shown],
        [*panels, *buttons], queue=False, trigger_mode="always_last", **QUIET,
    )  # fmt: skip


def _with_corrections(
    options: FitOptions, kept: Work | None, person: Path, garment: Path
) -> FitOptions:
    """The options with what was corrected on an earlier page, if it was on these photos."""
    if kept and (kept.person, kept.garment) == (person.read_bytes(), garment.read_bytes()):
        return replace(options, anchors=kept.options.anchors, masks=kept.options.masks)
    return options


def _put_back(bench: Workbench, shown: Shown, corrected: FitOptions) -> TryOn:
    """Correct a fresh fit as it was corrected before; as far as that goes."""
    try:
        made = bench.with_corrections(shown.fit, corrected)
    except TryOnError as error:
        LOG.info("corrections were not put back: %s", error)
        made = bench.current(shown.fit)
    shown.report.correct(made, other_masks=corrected.masks is not None)
    return made


def fit_options(
    *, kind: str | None, worn: str | None, retries: float, threshold: float
) -> FitOptions:
    """What the visitor chose; anything outside the offer falls back to it."""
    return FitOptions(
        garment_type=next((t for t in GARMENT_TYPES if t == kind), None),
        tuck=next((t for t in TUCKS if t == worn), "auto"),
        max_retries=min(3, max(0, int(retries))),
        quality_threshold=min(1.0, max(0.0, float(threshold))),
    )


def _idle(tab: FitTab, person: str | None, garment: str | None) -> dict[Any, Any]:
    text = {
        (False, False): words.NEED_BOTH, (False, True): words.NEED_PERSON,
        (True, False): words.NEED_GARMENT, (True, True): words.READY,
    }[bool(person), bool(garment)]  # fmt: skip
    ready = bool(person and garment)
    return {
        tab.start: gr.Button(say("Try it on"), interactive=ready),
        tab.cancel: gr.Button(interactive=False),
        tab.hint: {"text": text},
    }


def _busy(tab: FitTab) -> dict[Any, Any]:
    return {
        tab.start: gr.Button(say("Working…"), interactive=False),
        tab.cancel: gr.Button(interactive=True),
        tab.hint: {"text": words.WORKING},
    }


def _uncorrected(tab: FitTab, editor: dict[str, Any]) -> dict[Any, Any]:
    """Nothing to correct or to download (yet)."""
    return {tab.editor: editor, tab.masks: EMPTY, tab.shown: None, tab.download: zip_button(None)}


def _stop(run: Run | None) -> None:
    if run is not None:
        run.cancel()
