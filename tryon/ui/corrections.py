"""Wiring of what a visitor corrects on a finished fit: moved points, painted masks."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import gradio as gr

from tryon.errors import TryOnError
from tryon.pipeline import TryOn
from tryon.stages.touch_up import MaskEdits
from tryon.ui import words
from tryon.ui.anchor_editor import editor_value
from tryon.ui.files import keep_picture, new_path
from tryon.ui.mask_editor import Kind, as_kind, canvas_value, painted_edits, without
from tryon.ui.report import RunReport
from tryon.ui.runner import Failed, Runner
from tryon.ui.workbench import Fit, Workbench

if TYPE_CHECKING:
    from tryon.ui.fit_tab import FitTab

SETTLING: Final = 1  # corrected fits packed at once; it must not take the cores from a drag
PAINTING: Final = 2  # masks applied at once
QUIET: Final[dict[str, Any]] = {"show_progress": "hidden", "api_visibility": "private"}

Updates = dict[Any, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A finished fit and what the page says of it."""

    fit: Fit
    report: RunReport

    def forget(self, bench: Workbench) -> None:
        """Free the pictures kept for corrections."""
        bench.close(self.fit.key)


def wire_corrections(tab: "FitTab", runner: Runner, bench: Workbench) -> None:
    """Connect the two editors."""
    masks = tab.masks
    panels = [tab.result, tab.stages, tab.strip, tab.score, tab.download]

    def packed(shown: Shown, try_on: TryOn) -> Updates:
        """The files of the corrected fit, or why there are none."""
        path = new_path("try-on.zip")
        try:
            runner.pack(try_on, shown.fit.options, path)
        except TryOnError as error:
            shown.report.add(Failed(error))
            return panels_of(tab, shown.report)
        return {tab.download: zip_button(path)}

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
        yield packed(shown, try_on)

    def on_show_masks(shown: Shown | None, choice: str | None) -> Updates:
        if shown is None:
            return no_painting(tab)
        try:
            return canvas(shown, bench.current(shown.fit), as_kind(choice)) | said("")
        except TryOnError as error:
            return no_painting(tab) | failed(error)

    def canvas(shown: Shown, try_on: TryOn, kind: Kind) -> Updates:
        found = shown.fit.options.masks
        return {
            masks.canvas: canvas_value(try_on, kind),
            masks.apply: gr.Button(interactive=True),
            masks.undo: gr.Button(interactive=bool(shown.fit.earlier)),
            masks.as_found: gr.Button(
                interactive=found is not None and getattr(found, kind) is not None
            ),
        }

    def said(text: str) -> Updates:
        return {masks.note: {"text": text}}

    def failed(error: TryOnError) -> Updates:
        return {masks.note: {"message": error.message, "remedy": error.remedy}}

    def changed(
        shown: Shown, kind: Kind, change: Callable[[], MaskEdits | None], text: str
    ) -> Iterator[Updates]:
        """Fit again with other masks; everything on the page follows."""
        try:
            made = bench.with_masks(shown.fit, change())
            shown.report.correct(made, other_masks=True)
            yield (
                panels_of(tab, shown.report)
                | {tab.download: zip_button(None)}
                | {tab.editor: editor_value(shown.fit, made, keep_picture)}
                | canvas(shown, made, kind)
                | said(text)
            )
            yield packed(shown, made)
        except TryOnError as error:
            yield failed(error)

    def on_apply(shown: Shown | None, choice: str | None, painted: Any) -> Iterator[Updates]:
        if shown is None or not painted:
            return
        kind, fit = as_kind(choice), shown.fit
        try:
            now = bench.current(fit)
        except TryOnError as error:
            yield failed(error)
            return
        edits = painted_edits(now, fit.options.masks, kind, painted["layers"])
        if edits is None:
            yield said(words.MASK_SAME)
            return
        yield from changed(shown, kind, lambda: edits, words.MASK_DONE)

    def on_undo(shown: Shown | None, choice: str | None) -> Iterator[Updates]:
        if shown is None or not shown.fit.earlier:
            return
        fit = shown.fit
        before = fit.earlier[-1]
        for update in changed(shown, as_kind(choice), lambda: before, words.MASK_UNDONE):
            if masks.undo in update:  # made: neither the undone change nor this one can be undone
                del fit.earlier[-2:]
                update[masks.undo] = gr.Button(interactive=bool(fit.earlier))
            yield update

    def on_as_found(shown: Shown | None, choice: str | None) -> Iterator[Updates]:
        if shown is None:
            return
        kind = as_kind(choice)
        left = without(shown.fit.options.masks, kind)
        yield from changed(shown, kind, lambda: left, words.MASK_FOUND)

    tab.editor.settled(
        on_settled, tab.shown, panels, concurrency_limit=SETTLING, trigger_mode="always_last",
        **QUIET,
    )  # fmt: skip
    chosen = [tab.shown, masks.kind]
    for event in (tab.mask_tab.select, masks.kind.change):
        event(on_show_masks, chosen, masks.outputs, **QUIET)
    everything = [*panels, tab.editor, *masks.outputs]
    for button, does, inputs in (
        (masks.apply, on_apply, [*chosen, masks.canvas]),
        (masks.undo, on_undo, chosen),
        (masks.as_found, on_as_found, chosen),
    ):
        button.click(
            does, inputs, everything, concurrency_limit=PAINTING, concurrency_id="masks", **QUIET
        )


def panels_of(tab: "FitTab", report: RunReport) -> Updates:
    """What the panels show of a run."""
    return {
        tab.result: report.result,
        tab.stages: report.stages_panel,
        tab.strip: report.strip_panel,
        tab.score: report.score,
    }


def no_painting(tab: "FitTab") -> Updates:
    """The mask tab without a fit."""
    masks = tab.masks
    off = gr.Button(interactive=False)
    return {
        masks.canvas: None, masks.apply: off, masks.undo: off, masks.as_found: off,
        masks.note: {"text": words.MASK_EMPTY},
    }  # fmt: skip


def zip_button(path: Path | None) -> gr.DownloadButton:
    """The download of everything; None: nothing to download yet."""
    return gr.DownloadButton(value=os.fspath(path) if path else None, interactive=path is not None)
