"""Wiring of what a visitor corrects on a finished fit: moved points, painted masks."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import gradio as gr

from tryon.errors import FitExpired, TryOnError
from tryon.fit import TryOn
from tryon.ui.anchor_editor import editor_value
from tryon.ui.files import keep_picture, new_path
from tryon.ui.finals import pair_of
from tryon.ui.report import RunReport
from tryon.ui.runner import Failed, Runner
from tryon.ui.workbench import Fit, Workbench

if TYPE_CHECKING:
    from tryon.ui.fit_tab import FitTab

SETTLING: Final = 1  # corrected fits packed at once; it must not take the cores from a drag
QUIET: Final[dict[str, Any]] = {"show_progress": "hidden", "api_visibility": "private"}

Updates = dict[Any, Any]


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


def wire_corrections(tab: "FitTab", runner: Runner, bench: Workbench) -> None:
    """Connect the two editors."""
    panels = [tab.result, tab.stages, tab.strip, tab.score, tab.download]

    def on_settled(shown: Shown | None) -> Iterator[Updates]:
        """The rest of the page follows what the anchor editor shows already."""
        if shown is None:
            return
        try:
            try_on = bench.current(shown.fit)
        except TryOnError:  # it has just been closed, or has expired: the editor says so itself
            return
        shown.report.correct(try_on)
        yield panels_of(tab, shown.report) | {tab.download: zip_button(None)}
        yield packed(tab, runner, bench, shown, try_on)

    def on_applied(shown: Shown | None) -> Iterator[Updates]:
        """The page follows a fit made anew with another mask; the anchor editor, too."""
        if shown is None:
            return
        try:
            made = bench.current(shown.fit)
        except TryOnError:
            return
        shown.report.correct(made, other_masks=True)
        yield panels_of(tab, shown.report) | {
            tab.download: zip_button(None),
            tab.editor: editor_value(shown.fit, made, keep_picture),
        }
        yield packed(tab, runner, bench, shown, made)

    tab.editor.settled(
        on_settled, tab.shown, panels, concurrency_limit=SETTLING, trigger_mode="always_last",
        **QUIET,
    )  # fmt: skip
    tab.masks.applied(
        on_applied, tab.shown, [*panels, tab.editor], concurrency_limit=SETTLING, **QUIET
    )


def packed(tab: "FitTab", runner: Runner, bench: Workbench, shown: Shown, try_on: TryOn) -> Updates:
    """The download of a corrected fit's files, or why there is none."""
    path = new_path("try-on.zip")
    try:
        runner.pack(try_on, shown.fit.options, path)
        bench.get(shown.fit.key)
    except FitExpired:  # a new run began meanwhile: its files are other ones
        return {}
    except TryOnError as error:
        shown.report.add(Failed(error))
        return panels_of(tab, shown.report)
    return {tab.download: zip_button(path)}


def panels_of(tab: "FitTab", report: RunReport) -> Updates:
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
