"""The widgets of one fit and what they show of it; events are wired elsewhere.

`fit_tab.py` lays them out. `fit_run.py`, `corrections.py` and the panels below the fit write them.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import gradio as gr

from tryon.ui.anchor_editor import EMPTY
from tryon.ui.finals import pair_of
from tryon.ui.photo_input import PhotoInput
from tryon.ui.report import RunReport
from tryon.ui.workbench import Fit, Workbench

QUIET: Final[dict[str, Any]] = {"show_progress": "hidden", "api_visibility": "private"}

Updates: TypeAlias = dict[Any, Any]
# Nothing changes. Gradio takes an empty dict for a mistake, and a generator that ends before its
# first word for one that empties all its outputs: every one begins with this.
SAME: Final[Updates] = gr.skip()


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


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A finished fit and what the page says of it."""

    fit: Fit
    report: RunReport

    @property
    def pair(self) -> str | None:
        """What its final pictures are kept under; None: its photos are erased after their time."""
        try:
            return pair_of(self.fit.person.read_bytes(), self.fit.garment.read_bytes())
        except OSError:
            return None

    def forget(self, bench: Workbench) -> None:
        """Free the pictures kept for corrections."""
        bench.close(self.fit.key)


def panels_of(tab: FitTab, report: RunReport) -> Updates:
    """What the panels show of a run."""
    return {
        tab.result: report.result,
        tab.stages: report.stages_panel,
        tab.strip: report.strip_panel,
        tab.score: report.score,
    }


def zip_button(path: Path | None) -> gr.DownloadButton:
    """The download of everything; None: nothing to download yet."""
    return gr.DownloadButton(value=os.fspath(path) if path else None, interactive=path is not None)


def uncorrected(tab: FitTab, editor: dict[str, Any]) -> Updates:
    """Nothing to correct or to download (yet)."""
    return {tab.editor: editor, tab.masks: EMPTY, tab.shown: None, tab.download: zip_button(None)}
