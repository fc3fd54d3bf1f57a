"""The control that sends the fit on the page to review."""

from typing import Any

import gradio as gr

from tryon.errors import FitExpired, TryOnError
from tryon.ui.fit_widgets import QUIET, FitTab, Shown
from tryon.ui.panel import panel
from tryon.ui.sent import Sent
from tryon.ui.visitor import the_visitor


def build_send_panel(sent: Sent, fit: FitTab) -> gr.HTML:
    """Says who sees it and for how long, asks twice, sends. Call inside `gr.Blocks`."""
    none = {"terms": sent.terms, "state": "none"}
    ready = none | {"state": "ready"}
    tries = 0  # an answer like the one before would not be drawn

    def on_send(shown: Shown | None, request: gr.Request) -> dict[str, Any]:
        nonlocal tries
        tries += 1
        try:
            if shown is None:
                raise FitExpired("nothing to send")
            made = fit.bench.current(shown.fit)
            sent.send(the_visitor(request), made, shown.fit.options, "studio")
        except TryOnError as error:
            return ready | {"message": error.message, "remedy": error.remedy, "try": tries}
        return none | {"state": "sent"}

    def on_shown(shown: Shown | None) -> dict[str, Any]:
        return none if shown is None else ready

    control = panel("send_review", none, uses=("ask_review",), elem_id="send-to-review")
    control.send(on_send, fit.shown, control, concurrency_limit=4, **QUIET)
    fit.shown.change(on_shown, fit.shown, control, queue=False, **QUIET)
    fit.editor.settled(on_shown, fit.shown, control, queue=False, **QUIET)  # another fit now
    fit.emptied.then(on_shown, fit.shown, control, queue=False, **QUIET)
    return control
