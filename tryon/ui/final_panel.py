"""The final step on the page: who makes the picture, what leaves the machine, what came of it."""

import logging
from collections.abc import Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any, Final

import gradio as gr

from tryon.errors import Cancelled, TryOnError
from tryon.generation.generators import GeneratorInfo
from tryon.generation.options import DEFAULT_REALISM, REALISM_LEVELS, FinalOptions
from tryon.ui import words
from tryon.ui.files import own_file
from tryon.ui.finals import Finals, Making
from tryon.ui.fit_widgets import QUIET, FitTab, Shown
from tryon.ui.panel import panel
from tryon.ui.translate import say
from tryon.ui.visitor import the_visitor

LOG = logging.getLogger(__name__)

POLL_S: Final = 0.25  # how soon a watcher notices that it was cancelled


@dataclass(frozen=True, slots=True, eq=False)
class FinalPanel:
    """The widgets of this step; `below` is for what else one can do with the fit."""

    generator: gr.Radio
    realism: gr.Slider
    face: gr.Checkbox
    background: gr.Checkbox
    model: gr.Textbox
    promise: gr.HTML
    make: gr.Button
    cancel: gr.Button
    finals: gr.HTML
    below: gr.Column
    making: gr.State


def build_final_panel(finals: Finals, fit: FitTab) -> FinalPanel:
    """Lay the step out below the fit and connect it. Call inside `gr.Blocks`.

    Args:
        finals: makes and keeps the pictures.
        fit: whose fit is finished.
    """
    infos = finals.finisher.generators()
    step = _layout(infos)
    _wire_choices(step, infos)
    _wire_making(step, finals, fit)
    return step


def finals_value(finals: Finals, visitor: str, pair: str | None) -> dict[str, Any]:
    """The pictures made from these two photos, the newest last."""

    def picture(name: str, kind: str) -> dict[str, Any]:
        read = lambda: finals.picture(visitor, name, kind)  # noqa: E731
        return own_file(visitor, f"final-{name}-{kind}", read) or {}

    return {
        "state": "ready" if pair else "empty",
        "finals": [
            {
                **{key: record[key] for key in ("id", "size", "seconds", "notes", "checks")},
                "made_by": words.GENERATOR_LABELS.get(record["generator"], record["generator"]),
                "model": record["model"],
                "realism": record["realism"],
                "cost": f"{record['cost_usd']:.3f}" if record["cost_usd"] else "",
                "failure": record["failure"],
                **{kind: picture(record["id"], kind) for kind in ("before", "draft", "final")},
            }
            for record in finals.all(visitor)
            if record["pair"] == pair
        ],
    }


def _layout(infos: tuple[GeneratorInfo, ...]) -> FinalPanel:
    choices = [("Automatic", "auto")] + [
        (words.GENERATOR_LABELS[info.name], info.name) for info in infos if info.is_available
    ]
    with gr.Column(elem_id="final-card", elem_classes=["card-box"]):
        gr.HTML("<h2>Final picture</h2><p class='quiet'>The draft with the light, folds and grain "
                "of the photo. Everything outside the garment stays as photographed.</p>",
                elem_classes=["card-head"])  # fmt: skip
        with gr.Row(elem_id="final-row"):
            with gr.Column(elem_id="final-options"):
                generator = gr.Radio(choices, value="auto", label="Made by", elem_id="generator",
                                     visible=len(choices) > 2)  # fmt: skip
                promise = panel("promise", promise_of(infos, "auto"), elem_id="promise")
                realism = gr.Slider(
                    1,
                    5,
                    value=DEFAULT_REALISM,
                    step=1,
                    label="Realism",
                    info=words.REALISM[DEFAULT_REALISM],
                    elem_id="realism",
                )
                with gr.Row(elem_id="preserve"):
                    face = gr.Checkbox(True, label="Keep face and hair", elem_id="keep-face")
                    background = gr.Checkbox(True, label="Keep the background",
                                             elem_id="keep-background")  # fmt: skip
                model = gr.Textbox(
                    label="Model",
                    placeholder="The one of the settings",
                    max_lines=1,
                    elem_id="final-model",
                    visible=len(choices) > 2,
                )
                with gr.Row(elem_id="final-go"):
                    make = gr.Button("Make the final picture", variant="primary",
                                     interactive=False, elem_id="final-make")  # fmt: skip
                    cancel = gr.Button("Cancel", interactive=False, elem_id="final-cancel")
            finals = panel("finals", {"state": "empty", "finals": []}, elem_id="finals")
            below = gr.Column(elem_id="final-below")
    return FinalPanel(generator, realism, face, background, model, promise, make, cancel, finals,
                      below, gr.State(None, delete_callback=_stop))  # fmt: skip


def promise_of(infos: tuple[GeneratorInfo, ...], choice: str) -> dict[str, Any]:
    """Who will make it, what leaves this machine, and what it costs."""
    wanted = [info for info in infos if info.name == choice and info.is_available]
    info = wanted[0] if wanted else next(info for info in infos if info.is_default)
    return {
        "by": words.GENERATOR_LABELS[info.name],
        "model": info.model if info.name != "offline" else "",
        "sends": info.sends,
        "leaves": info.name != "offline",
        "cost": words.GENERATOR_COSTS[info.name],
    }


def _wire_choices(step: FinalPanel, infos: tuple[GeneratorInfo, ...]) -> None:
    def on_generator(choice: str) -> dict[str, Any]:
        return promise_of(infos, choice)

    def on_realism(level: float) -> gr.Slider:
        return gr.Slider(info=say(words.REALISM.get(int(level), "")))

    step.generator.change(on_generator, step.generator, step.promise, queue=False, **QUIET)
    step.realism.release(on_realism, step.realism, step.realism, queue=False, **QUIET)


def _wire_making(step: FinalPanel, finals: Finals, fit: FitTab) -> None:
    chosen = [step.generator, step.realism, step.face, step.background, step.model]

    def on_make(values: dict[Any, Any], request: gr.Request) -> Iterator[dict[Any, Any]]:
        visitor, shown = the_visitor(request), values[fit.shown]
        if shown is None:
            yield {step.finals: {"state": "empty", "finals": []}}
            return
        pair = shown.pair or ""
        value = finals_value(finals, visitor, pair)
        making = None
        try:
            options = final_options(*(values[widget] for widget in chosen))
            try_on = fit.bench.current(shown.fit)
            making = finals.make(try_on, options)
            yield _busy(step) | {step.making: making, step.finals: value | {"state": "running"}}
            final = watched(making)
            finals.keep(visitor, pair, try_on, options, final)
            value = finals_value(finals, visitor, pair)
        except Cancelled as error:
            if not fit.bench.has(shown.fit.key):  # other photos are on the page by now
                return
            value |= {"state": "stopped", "title": error.message}
        except TryOnError as error:
            value |= {"state": "error", **error.to_json()}
        except Exception:  # a bug: the log keeps the traceback, the visitor a sentence
            LOG.exception("the final step failed")
            value |= {"state": "error", **words.INTERNAL}
        finally:
            _stop(making)
        yield {step.finals: value} | _ready(step)

    def on_shown(shown: Shown | None, request: gr.Request) -> dict[Any, Any]:
        pair = shown.pair if shown is not None else None
        value = finals_value(finals, the_visitor(request), pair)
        return {step.finals: value} | (_ready(step) if pair else _nothing(step))

    def on_photo(shown: Shown | None, making: Making | None, request: gr.Request) -> dict[Any, Any]:
        """Finals beside photos that they were not made from would be a lie."""
        if shown is None:
            _stop(making)
        return on_shown(shown, request)

    outputs = [step.finals, step.make, step.cancel, step.making]
    step.make.click(on_make, {*chosen, fit.shown}, outputs, concurrency_limit=8, **QUIET)
    step.cancel.click(_stop, step.making, None, queue=False, **QUIET)
    fit.shown.change(on_shown, fit.shown, outputs, queue=False, **QUIET)
    fit.emptied.then(on_photo, [fit.shown, step.making], outputs, queue=False, **QUIET)


def final_options(
    generator: str, realism: float, face: bool, background: bool, model: str | None
) -> FinalOptions:
    """What the visitor chose; anything outside the offer falls back to it."""
    return FinalOptions(
        generator=generator if generator in ("nano-banana", "offline") else "auto",  # type: ignore[arg-type]
        realism_level=int(realism) if int(realism) in REALISM_LEVELS else DEFAULT_REALISM,
        preserve_face=bool(face),
        preserve_background=bool(background),
        model=(model or "").strip()[:100] or None,
    )


def watched(making: Making) -> Any:
    """The final picture; leaves at once when it is cancelled, whatever the generator does."""
    while True:
        try:
            return making.future.result(timeout=POLL_S)
        except CancelledError as exc:
            raise Cancelled from exc
        except TimeoutError:
            if making.future.done():
                raise
            if making.is_cancelled:
                raise Cancelled from None


def _busy(step: FinalPanel) -> dict[Any, Any]:
    return {step.make: gr.Button(interactive=False), step.cancel: gr.Button(interactive=True)}


def _ready(step: FinalPanel) -> dict[Any, Any]:
    return {
        step.make: gr.Button(interactive=True),
        step.cancel: gr.Button(interactive=False),
        step.making: None,
    }


def _nothing(step: FinalPanel) -> dict[Any, Any]:
    return {widget: gr.Button(interactive=False) for widget in (step.make, step.cancel)}


def _stop(making: Making | None) -> None:
    if making is not None:
        making.cancel()
