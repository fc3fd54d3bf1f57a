"""Wiring of a whole run: both photos in, the draft out, and what the buttons say meanwhile."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import gradio as gr

from tryon.anchors import GARMENT_TYPES, TUCKS
from tryon.fit import FitOptions
from tryon.ui import words
from tryon.ui.anchor_editor import EMPTY, WAITING, Remember, editor_value
from tryon.ui.corrections import packed, put_back, with_corrections
from tryon.ui.files import keep_picture, new_path
from tryon.ui.fit_widgets import (
    QUIET,
    SAME,
    FitTab,
    Shown,
    Updates,
    panels_of,
    uncorrected,
    zip_button,
)
from tryon.ui.report import RunReport
from tryon.ui.runner import Dropped, Failed, Fitted, Packed, Run, Runner
from tryon.ui.translate import say
from tryon.ui.workbench import Workbench

VISITORS: Final = 24  # runs watched at once; more wait in Gradio's own line

# What the button and the line below it say of the photos. Looked up in the browser, because two
# photos that come at the same moment are two requests, and the answer to the first may come last.
# While a run is on they say something else.
_HINTS: Final = (words.NEED_BOTH, words.NEED_PERSON, words.NEED_GARMENT, words.READY)
_FOLLOW_PHOTOS: Final = f"""(person, garment) => {{
  const same = {{ __type__: "update" }};
  if (!document.querySelector("#cancel").disabled) return [same, same];
  const text = {json.dumps(_HINTS)}[(person ? 2 : 0) + (garment ? 1 : 0)];
  return [{{ ...same, interactive: Boolean(person && garment) }}, {{ text }}];
}}"""


def wire_run(tab: FitTab, runner: Runner, bench: Workbench, remember: Remember) -> Any:
    """Connect photos and buttons; the event that empties the page of other photos."""
    photos = [tab.person.image, tab.garment.image]
    panels = [tab.result, tab.stages, tab.strip, tab.score, tab.download, tab.editor, tab.masks,
              tab.shown]  # fmt: skip

    def on_start(chosen: Updates) -> Iterator[Updates]:
        yield SAME
        person, garment = (chosen[photo] for photo in photos)
        if not person or not garment:
            return
        options = fit_options(
            kind=chosen[tab.garment_type], worn=chosen[tab.tuck],
            retries=chosen[tab.max_retries], threshold=chosen[tab.threshold] / 100,
        )  # fmt: skip
        if chosen[tab.shown]:
            chosen[tab.shown].forget(bench)
        photos_given = Path(person), Path(garment)
        corrected = with_corrections(options, chosen[tab.kept], *photos_given)
        run = runner.start(*photos_given, options, new_path("try-on.zip"))
        remember(*photos_given, corrected)
        blank = panels_of(tab, RunReport(keep_picture)) | uncorrected(tab, WAITING)
        try:
            yield _busy(tab) | {tab.run: run, tab.kept: None} | blank
            yield from _as_it_goes(tab, runner, bench, run, options, corrected)
            yield _at_rest(tab)
        finally:  # also when the visitor has gone
            stop(run)

    def on_photo(
        person: str | None, garment: str | None, run: Run | None, shown: Shown | None
    ) -> Updates:
        if run is not None and run.is_with(person, garment):  # a late word: it was begun with them
            return SAME
        if run is not None:
            run.drop()
        if shown is not None:
            shown.forget(bench)
        if run is None and shown is None:
            return SAME
        return panels_of(tab, RunReport(keep_picture)) | uncorrected(tab, EMPTY)

    started = tab.start.click(
        on_start, {*photos, tab.garment_type, tab.tuck, tab.max_retries, tab.threshold, tab.shown,
         tab.kept},
        [*panels, tab.start, tab.cancel, tab.hint, tab.run, tab.kept],
        concurrency_limit=VISITORS, **QUIET,
    )  # fmt: skip
    tab.cancel.click(stop, tab.run, None, queue=False, **QUIET)
    emptied = gr.on(
        [image.change for image in photos], on_photo, [*photos, tab.run, tab.shown], panels,
        queue=False, trigger_mode="always_last", **QUIET,
    )  # fmt: skip
    for event in (started, emptied):
        event.then(None, photos, [tab.start, tab.hint], js=_FOLLOW_PHOTOS, **QUIET)
    return emptied


def _as_it_goes(
    tab: FitTab, runner: Runner, bench: Workbench, run: Run,
    options: FitOptions, corrected: FitOptions,
) -> Iterator[Updates]:  # fmt: skip
    """What the page shows of each event of a run; at its end the corrections of an earlier page."""
    report, shown, made = RunReport(keep_picture), None, None
    for event in run.events():
        if isinstance(event, Dropped):  # last word on these panels, and it is "nothing"
            yield panels_of(tab, RunReport(keep_picture)) | uncorrected(tab, EMPTY)
            return
        report.add(event)
        more: Updates = {}
        if isinstance(event, Fitted):
            made = event.try_on
            shown = Shown(bench.open(run.person, run.garment, options, made), report)
            if corrected is not options:
                made = put_back(bench, shown, corrected)
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
            more = uncorrected(tab, EMPTY)
        yield panels_of(tab, report) | more


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


def _at_rest(tab: FitTab) -> Updates:
    """The label alone: whether there is something to start, `_FOLLOW_PHOTOS` says."""
    return {tab.start: gr.Button(say("Try it on")), tab.cancel: gr.Button(interactive=False)}


def _busy(tab: FitTab) -> Updates:
    return {
        tab.start: gr.Button(say("Working…"), interactive=False),
        tab.cancel: gr.Button(interactive=True),
        tab.hint: {"text": words.WORKING},
    }


def stop(run: Run | None) -> None:
    """Cancel it, if there is one; for buttons, and for pages that were closed."""
    if run is not None:
        run.cancel()
