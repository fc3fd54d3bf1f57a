"""Work that outlives a reload: shown again when the page opens, erased when the visitor says so."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from tryon.errors import TryOnError
from tryon.fit import FitOptions
from tryon.ui import words
from tryon.ui.examples import example_digests, stem_of
from tryon.ui.files import forget_visitor, keep_bytes
from tryon.ui.fit_widgets import FitTab, Shown
from tryon.ui.panel import said
from tryon.ui.quality_panel import points
from tryon.ui.runner import Run
from tryon.ui.sent import Sent
from tryon.ui.sessions import Sessions, Work
from tryon.ui.share_panel import SharePanel
from tryon.ui.visitor import current_visitor, the_visitor
from tryon.ui.visits import Visits
from tryon.ui.wardrobe_tab import QUIET, WardrobeTab, wardrobe_values

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Pages:
    """The parts of the page that remember.

    Attributes:
        tabs: all pages.
        fit, wardrobe: widgets of two of them.
        share: saves a fit for those who are signed in.
        autostart: presses "Try it on" once both photos are in.
        foot: asks whether to erase.
    """

    tabs: gr.Tabs
    fit: FitTab
    wardrobe: WardrobeTab
    share: SharePanel
    autostart: gr.HTML
    foot: gr.HTML


class Remembered:
    """Keeps the fit of the visitor whose callback runs; a full disk must not stop the fit."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def __call__(self, person: Path, garment: Path, options: FitOptions) -> bool:
        """Keep two photos and how they were fitted; whether they are on the disk now."""
        visitor = current_visitor()
        if visitor is None:
            return False
        try:
            work = Work(person.read_bytes(), garment.read_bytes(), options)
            self._sessions.save_work(visitor, work)
        except (OSError, TryOnError) as error:
            LOG.warning("a fit was not kept: %s", error)
            return False
        return True


def wire_sessions(page: gr.Blocks, pages: Pages, visits: Visits, sent: Sent | None) -> None:
    """Connect what a visitor made with the page. Call inside `gr.Blocks`."""
    _wire_keeping(pages, visits)
    _wire_showing(page, pages, visits)
    _wire_erasing(pages, visits, sent)


def _wire_keeping(pages: Pages, visits: Visits) -> None:
    """Photos are kept when they come, a fit when it is corrected; its tile shows that, too.

    The anchor editor asks itself that moved points are kept.
    """
    fit, sessions, wardrobes = pages.fit, visits.sessions, visits.wardrobes
    remember, photos = Remembered(sessions), [fit.person.image, fit.garment.image]

    def on_photo(person: str | None, garment: str | None, request: gr.Request) -> None:
        given = [Path(path).read_bytes() if path else None for path in (person, garment)]
        try:
            sessions.save_inputs(the_visitor(request), *given)
        except TryOnError as error:
            LOG.warning("photos were not kept: %s", error)

    def on_corrected(shown: Shown | None, request: gr.Request) -> Any:
        if shown is None:
            return gr.skip()
        made, visitor = shown.fit, the_visitor(request)
        try:
            work = Work(made.person.read_bytes(), made.garment.read_bytes(), made.options)
            if wardrobes.tile_of(visitor, work) is None:
                return gr.skip()
            wardrobes.correct(visitor, work, fit.bench.current(made))
        except (OSError, TryOnError) as error:
            LOG.warning("a tile does not show what was corrected: %s", error)
        return wardrobe_values(pages.wardrobe, wardrobes, visitor)

    def on_painted(shown: Shown | None, request: gr.Request) -> Any:
        if shown is not None:
            remember(shown.fit.person, shown.fit.garment, shown.fit.options)
        return on_corrected(shown, request)

    last = {"trigger_mode": "always_last", **QUIET}
    gr.on([photo.change for photo in photos], on_photo, photos, None, **last)
    fit.editor.settled(on_corrected, fit.shown, pages.wardrobe.every, **last)
    fit.masks.applied(on_painted, fit.shown, pages.wardrobe.every, **last)


def _wire_showing(page: gr.Blocks, pages: Pages, visits: Visits) -> None:
    """What was kept is there again when the page opens, and a tile in the editor."""
    fit, sessions, wardrobes = pages.fit, visits.sessions, visits.wardrobes
    photos = [fit.person.image, fit.garment.image]
    choices = [fit.garment_type, fit.tuck, fit.max_retries, fit.threshold]

    def on_load(request: gr.Request) -> dict[Any, Any]:
        visitor = the_visitor(request)
        shown = wardrobe_values(pages.wardrobe, wardrobes, visitor)
        shown |= {pages.share.control: pages.share.told(request)}
        work, left = sessions.load_work(visitor), sessions.load_inputs(visitor)
        if left and (work is None or left != (work.person, work.garment)):
            return shown | _on_cards(pages, *left)
        if work is None:
            return shown
        return shown | _fitted_again(pages, work)

    def on_open(event: gr.EventData, request: gr.Request) -> Any:
        visitor = the_visitor(request)
        name = said(event).get("id", "")
        tile = wardrobes.tile(visitor, name)
        keys = (tile.person, *tile.garments) if tile else ()
        found = [photo for key in keys if (photo := wardrobes.photo(visitor, key))]
        if len(found) != 2:
            return gr.skip()
        work = Work(found[0], found[1], wardrobes.options_of(visitor, name))
        return _fitted_again(pages, work) | {pages.tabs: gr.Tabs(selected="fit")}

    fitted = [*photos, *choices, fit.kept, pages.autostart]
    page.load(on_load, None, [*fitted, pages.share.control, *pages.wardrobe.every], **QUIET)
    pages.wardrobe.tiles.open(on_open, None, [*fitted, pages.tabs], **QUIET)


def _wire_erasing(pages: Pages, visits: Visits, sent: Sent | None) -> None:
    """Everything of a visitor goes when they say so."""
    fit, sessions, wardrobes = pages.fit, visits.sessions, visits.wardrobes

    def on_erase(
        person: str | None, garment: str | None, run: Run | None, request: gr.Request
    ) -> dict[str, Any]:
        visitor = the_visitor(request)
        if run is not None:
            run.drop()
        wardrobes.forget(visitor)
        given = [Path(path) for path in (person, garment) if path]
        visits.saved.forget(visitor)
        forget_visitor(visitor, [*given, *sessions.files(visitor)], example_digests())
        failure = None
        if sent is None:
            sessions.forget(visitor)
        else:
            failure = sent.forget(visitor)
        if failure is not None:
            LOG.error("what was sent to review could not be erased: %s", failure)
        return {"gone": True, "left": failure is not None}

    given = [fit.person.image, fit.garment.image, fit.run]
    pages.foot.erase(on_erase, given, pages.foot, **QUIET)


def _fitted_again(pages: Pages, work: Work) -> dict[Any, Any]:
    """Both photos put on their cards, the choices as they were, and the fit begun."""
    fit, options = pages.fit, work.options
    shown = _on_cards(pages, work.person, work.garment)
    return shown | {
        fit.kept: work if work.is_corrected else None,
        fit.garment_type: options.garment_type or words.AUTO,
        fit.tuck: options.tuck,
        fit.max_retries: options.max_retries,
        fit.threshold: points(options.quality_threshold),
        pages.autostart: {"go": shown[fit.garment.image]},  # another path, another go
    }


def _on_cards(pages: Pages, person: bytes | None, garment: bytes | None) -> dict[Any, Any]:
    """Photos put on their cards; None: there is none."""
    cards = ((pages.fit.person, person), (pages.fit.garment, garment))
    return {
        card.image: str(keep_bytes(photo, stem_of(photo, card.name)))
        for card, photo in cards
        if photo
    }
