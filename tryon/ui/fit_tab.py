"""The page where one garment is fitted on one person: layout above, wiring below."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import gradio as gr

from tryon.anchors import GARMENT_TYPES
from tryon.pipeline import FitOptions
from tryon.stages.tuck import TUCKS
from tryon.ui import words
from tryon.ui.examples import example_garments, example_people
from tryon.ui.files import keep_picture, new_path
from tryon.ui.panel import panel
from tryon.ui.photo_input import PhotoInput, photo_card, wire_photo_card
from tryon.ui.report import RunReport
from tryon.ui.runner import Dropped, Packed, Run, Runner

VISITORS: Final = 24  # runs watched at once; more wait in Gradio's own line


@dataclass(frozen=True, slots=True, eq=False)
class FitTab:
    """The widgets that a run reads and writes."""

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
    run: gr.State


def build_fit_tab(
    runner: Runner, fetch: Callable[[str], bytes], defaults: FitOptions | None = None
) -> FitTab:
    """Lay the page out and connect it. Call inside `gr.Blocks`."""
    tab = _layout(defaults or FitOptions())
    wire_photo_card(tab.person, fetch)
    wire_photo_card(tab.garment, fetch)
    _wire(tab, runner)
    return tab


def _layout(defaults: FitOptions) -> FitTab:
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
    with gr.Row(elem_id="evidence"):
        with gr.Column(elem_id="strip-card", elem_classes=["card-box"]):
            gr.HTML("<h2>Step by step</h2><p class='quiet'>What each stage found. Open a picture "
                    "to see it large.</p>", elem_classes=["card-head"])  # fmt: skip
            strip = panel("strip", empty.strip_panel, elem_id="strip")
        with gr.Column(elem_id="score-card", elem_classes=["card-box"]):
            gr.HTML("<h2>Fit</h2>", elem_classes=["card-head"])
            score = panel("score", empty.score, elem_id="score")
    run = gr.State(None, delete_callback=_stop)
    return FitTab(person, garment, garment_type, tuck, max_retries, threshold, start, cancel, hint,
                  result, download, stages, strip, score, run)  # fmt: skip


def _wire(tab: FitTab, runner: Runner) -> None:
    photos = [tab.person.image, tab.garment.image]
    panels = [tab.result, tab.stages, tab.strip, tab.score, tab.download]
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
        run = runner.start(Path(person), Path(garment), options, new_path("try-on.zip"))
        report = RunReport(keep_picture)
        try:
            yield _busy(tab) | {tab.run: run, tab.download: _no_zip()} | _panels(tab, report)
            for event in run.events():
                if isinstance(event, Dropped):  # last word on these panels, and it is "nothing"
                    yield _panels(tab, RunReport(keep_picture)) | {tab.download: _no_zip()}
                    return
                report.add(event)
                yield _panels(tab, report) | (
                    {tab.download: gr.DownloadButton(value=os.fspath(event.path), interactive=True)}
                    if isinstance(event, Packed) else {}
                )  # fmt: skip
            yield _idle(tab, person, garment)
        finally:  # also when the visitor has gone
            _stop(run)

    def on_cancel(run: Run | None) -> None:
        _stop(run)

    def on_photo(person: str | None, garment: str | None, run: Run | None) -> dict[Any, Any]:
        if run is not None:
            run.drop()
        report = RunReport(keep_picture)
        return _idle(tab, person, garment) | _panels(tab, report) | {tab.download: _no_zip()}

    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    tab.start.click(
        on_start, {*photos, tab.garment_type, tab.tuck, tab.max_retries, tab.threshold},
        [*panels, *buttons, tab.run], concurrency_limit=VISITORS, **quiet,
    )  # fmt: skip
    tab.cancel.click(on_cancel, tab.run, None, queue=False, **quiet)
    for image in photos:
        image.change(on_photo, [*photos, tab.run], [*panels, *buttons], queue=False, **quiet)


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


def _panels(tab: FitTab, report: RunReport) -> dict[Any, Any]:
    return {
        tab.result: report.result,
        tab.stages: report.stages_panel,
        tab.strip: report.strip_panel,
        tab.score: report.score,
    }


def _idle(tab: FitTab, person: str | None, garment: str | None) -> dict[Any, Any]:
    text = {
        (False, False): words.NEED_BOTH, (False, True): words.NEED_PERSON,
        (True, False): words.NEED_GARMENT, (True, True): words.READY,
    }[bool(person), bool(garment)]  # fmt: skip
    ready = bool(person and garment)
    return {
        tab.start: gr.Button("Try it on", interactive=ready),
        tab.cancel: gr.Button(interactive=False),
        tab.hint: {"text": text},
    }


def _busy(tab: FitTab) -> dict[Any, Any]:
    return {
        tab.start: gr.Button("Working…", interactive=False),
        tab.cancel: gr.Button(interactive=True),
        tab.hint: {"text": words.WORKING},
    }


def _no_zip() -> gr.DownloadButton:
    return gr.DownloadButton(value=None, interactive=False)


def _stop(run: Run | None) -> None:
    if run is not None:
        run.cancel()
