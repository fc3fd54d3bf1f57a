"""Wiring of what a visitor corrects on a finished fit: moved points, painted masks."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from tryon.errors import FitExpired, TryOnError
from tryon.fit import FitOptions, TryOn
from tryon.ui.anchor_editor import editor_value
from tryon.ui.files import keep_picture, new_path
from tryon.ui.fit_widgets import QUIET, SAME, FitTab, Shown, Updates, panels_of, zip_button
from tryon.ui.runner import Failed, Runner
from tryon.ui.sessions import Work
from tryon.ui.workbench import Workbench

LOG = logging.getLogger(__name__)

SETTLING: Final = 1  # corrected fits packed at once; it must not take the cores from a drag


def wire_corrections(tab: FitTab, runner: Runner, bench: Workbench) -> None:
    """Connect the two editors."""
    panels = [tab.result, tab.stages, tab.strip, tab.score, tab.download]

    def on_settled(shown: Shown | None) -> Iterator[Updates]:
        """The rest of the page follows what the anchor editor shows already."""
        yield SAME  # see there
        if shown is None:
            return
        try:
            try_on = bench.current(shown.fit)
        except TryOnError:  # it has just been closed, or has expired: the editor says so itself
            return
        shown.report.correct(try_on)
        yield panels_of(tab, shown.report) | {tab.download: zip_button(None)}
        yield packed(tab, runner, bench, shown, try_on) or SAME

    def on_applied(shown: Shown | None) -> Iterator[Updates]:
        """The page follows a fit made anew with another mask; the anchor editor, too."""
        yield SAME
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
        yield packed(tab, runner, bench, shown, made) or SAME

    tab.editor.settled(
        on_settled, tab.shown, panels, concurrency_limit=SETTLING, trigger_mode="always_last",
        **QUIET,
    )  # fmt: skip
    tab.masks.applied(
        on_applied, tab.shown, [*panels, tab.editor], concurrency_limit=SETTLING, **QUIET
    )


def packed(tab: FitTab, runner: Runner, bench: Workbench, shown: Shown, try_on: TryOn) -> Updates:
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


def with_corrections(
    options: FitOptions, kept: Work | None, person: Path, garment: Path
) -> FitOptions:
    """The options with what was corrected on an earlier page, if it was on these photos."""
    if kept and (kept.person, kept.garment) == (person.read_bytes(), garment.read_bytes()):
        return replace(options, anchors=kept.options.anchors, masks=kept.options.masks)
    return options


def put_back(bench: Workbench, shown: Shown, corrected: FitOptions) -> TryOn:
    """Correct a fresh fit as it was corrected before; as far as that goes."""
    try:
        made = bench.with_corrections(shown.fit, corrected)
    except TryOnError as error:
        LOG.info("corrections were not put back: %s", error)
        made = bench.current(shown.fit)
    shown.report.correct(made, other_masks=corrected.masks is not None)
    return made
