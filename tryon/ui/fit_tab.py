"""The page where one garment is fitted on one person: its layout."""

from collections.abc import Callable
from dataclasses import replace

import gradio as gr

from tryon.fit import FitOptions
from tryon.ui import words
from tryon.ui.anchor_editor import Remember, anchor_editor
from tryon.ui.corrections import wire_corrections
from tryon.ui.examples import example_garments, example_people
from tryon.ui.files import keep_picture
from tryon.ui.fit_run import stop, wire_run
from tryon.ui.fit_widgets import FitTab
from tryon.ui.mask_editor import mask_editor
from tryon.ui.panel import panel
from tryon.ui.photo_input import Beside, photo_card, wire_photo_card
from tryon.ui.quality_panel import points
from tryon.ui.report import RunReport
from tryon.ui.runner import Runner
from tryon.ui.workbench import Workbench


def build_fit_tab(
    runner: Runner,
    fetch: Callable[[str], bytes],
    defaults: FitOptions | None = None,
    remember: Remember = lambda *_: False,
) -> FitTab:
    """Lay the page out and connect it. Call inside `gr.Blocks`.

    Args:
        runner: runs the try-ons.
        fetch: bytes of a picture by public address; raises `TryOnError`.
        defaults: first values of the options.
        remember: told of both photos and how they are fitted, so that a reload finds them.
    """
    bench = Workbench(runner.service)
    tab = _layout(defaults or FitOptions(), bench, remember)
    wire_photo_card(tab.person, fetch, runner.service.turned)
    wire_photo_card(tab.garment, fetch, runner.service.turned)
    emptied = wire_run(tab, runner, bench, remember)
    wire_corrections(tab, runner, bench)
    return replace(tab, emptied=emptied)


def _layout(defaults: FitOptions, bench: Workbench, remember: Remember) -> FitTab:
    empty = RunReport(keep_picture)
    people, garments = example_people(), example_garments()
    with gr.Row(elem_id="bench"):
        person = photo_card(
            "person", "Person", "Head to hips, facing the camera.",
            people, ["upload", "clipboard", "webcam"],
            Beside("garment", garments, words.TO_THE_WAIST),
        )  # fmt: skip
        garment = photo_card(
            "garment", "Garment", "Flat or on a hanger, plain background.",
            garments, ["upload", "clipboard"], Beside("person", people, words.NEED_LEGS),
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
                    0, 100, value=points(defaults.quality_threshold), step=1, label="Wanted score",
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
        editor = anchor_editor(bench, remember)
        masks = mask_editor(bench)
    with gr.Row(elem_id="evidence"):
        with gr.Column(elem_id="strip-card", elem_classes=["card-box"]):
            gr.HTML("<h2>Step by step</h2><p class='quiet'>What each stage found. Open a picture "
                    "to see it large.</p>", elem_classes=["card-head"])  # fmt: skip
            strip = panel("strip", empty.strip_panel, elem_id="strip", words=words.VIEWER)
        with gr.Column(elem_id="score-card", elem_classes=["card-box"]):
            gr.HTML("<h2>Fit</h2>", elem_classes=["card-head"])
            score = panel("score", empty.score, elem_id="score")
    run = gr.State(None, delete_callback=stop)
    shown = gr.State(None, delete_callback=lambda gone: gone.forget(bench) if gone else None)
    return FitTab(person, garment, garment_type, tuck, max_retries, threshold, start, cancel, hint,
                  result, download, stages, strip, score, editor, masks, run, shown,
                  gr.State(None), bench)  # fmt: skip
