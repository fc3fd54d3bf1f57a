"""Save the fit on the page and copy a link to it: for those who are signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import gradio as gr

from tryon.errors import FitExpired, TryOnError
from tryon.ui import words
from tryon.ui.files import picture_jpeg
from tryon.ui.finals import PREVIEW_PX, Finals
from tryon.ui.fit_widgets import QUIET, FitTab, Shown
from tryon.ui.login import HUB, Login
from tryon.ui.panel import panel, said
from tryon.ui.saved import Kind, SavedTryOns
from tryon.ui.visitor import the_visitor

SAID: Final = ("size", "score", "level", "passed", "facts")  # of the draft, on the saved page


Told = Callable[..., dict[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class SharePanel:
    """The panel, and what it shows for a request and a fit."""

    control: gr.HTML
    told: Told


def build_share_panel(saved: SavedTryOns, login: Login, finals: Finals, fit: FitTab) -> SharePanel:
    """Lay it out and connect it. Call inside `gr.Blocks`.

    Args:
        saved: keeps what is saved.
        login: knows who may.
        finals: the newest final picture of a fit is saved with it.
        fit: whose fit is saved.
    """
    control = panel(
        "share", {"state": "nobody"}, elem_id="share", words=words.SHARE,
        hours=f"{saved.hours:g}",
    )  # fmt: skip

    def told(request: gr.Request, shown: Shown | None = None, **more: Any) -> dict[str, Any]:
        """What the panel shows: whether one can sign in, is signed in, has something to save."""
        user = login.user_of(request)
        state = "ready" if user else "out" if login.has_keys or login.has_hub else "nobody"
        name = user.removeprefix(HUB) if user and user.startswith(HUB) else ""
        return {"state": state, "user": name, "fit": shown.fit.key if shown else None, **more}

    def on_save(shown: Shown | None, request: gr.Request) -> dict[str, Any]:
        visitor = the_visitor(request)
        try:
            if login.user_of(request) is None:  # signed out meanwhile, in another window
                return told(request, shown)
            if shown is None:
                raise FitExpired("nothing to save")
            name = _saved(saved, visitor, shown, fit, finals)
        except TryOnError as error:
            return told(request, shown, message=error.message, remedy=error.remedy)
        return told(request, shown, name=name)

    def on_take_back(event: gr.EventData, shown: Shown | None, request: gr.Request) -> Any:
        saved.take_back(the_visitor(request), str(said(event).get("name")))
        return told(request, shown, is_taken_back=True)

    def on_shown(shown: Shown | None, request: gr.Request) -> dict[str, Any]:
        return told(request, shown)

    control.save(on_save, fit.shown, control, concurrency_limit=4, **QUIET)
    control.take_back(on_take_back, fit.shown, control, queue=False, **QUIET)
    fit.shown.change(on_shown, fit.shown, control, queue=False, **QUIET)
    fit.emptied.then(on_shown, fit.shown, control, queue=False, **QUIET)
    return SharePanel(control, told)


def _saved(saved: SavedTryOns, visitor: str, shown: Shown, fit: FitTab, finals: Finals) -> str:
    """Keep the fit as it stands, with its newest final picture; the name of the copy."""
    watched = saved.watch(visitor)
    made = fit.bench.current(shown.fit)
    pictures: dict[Kind, bytes] = {
        "before": picture_jpeg(made.person.photo.rgb, PREVIEW_PX),
        "draft": picture_jpeg(made.best.draft.rgb, PREVIEW_PX),
    }
    pair = shown.pair
    for final in reversed(finals.all(visitor)):
        jpeg = finals.picture(visitor, final["id"], "final") if final["pair"] == pair else None
        if jpeg is not None:
            pictures["final"] = jpeg
            break
    record = {name: shown.report.result[name] for name in SAID}
    return saved.save(visitor, watched, record | {"pictures": list(pictures)}, pictures)
