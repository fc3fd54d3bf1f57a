"""Panels drawn by our own JavaScript: Python hands over plain data, the browser builds elements.

Texts reach the page through `textContent` only. Never put a value into `html_template`: Gradio
treats templates as code. The components are plain `gr.HTML`, because a subclass makes Gradio write
a stub file beside the module.
"""

from pathlib import Path
from typing import Any

import gradio as gr

_JS = Path(__file__).with_name("js")


def panel(name: str, value: dict[str, Any], uses: tuple[str, ...] = (), **html: Any) -> gr.HTML:
    """A panel whose looks are in `js/<name>.js`.

    Args:
        name: of the script, and the CSS class.
        value: what the script shows; JSON, with Gradio file records for pictures.
        uses: more scripts of `js/` that it builds on.
        html: more arguments of `gr.HTML`.
    """
    return gr.HTML(
        value,
        html_template=f'<div class="panel-{name}"></div>',
        js_on_load=script(name, uses),
        apply_default_css=False,
        elem_classes=[f"host-{name}"],
        **html,
    )


def script(name: str, uses: tuple[str, ...] = ()) -> str:
    """What draws the panel, given `element`, `props`, `watch`, `trigger` and `server`."""
    parts = ("dom", "panel", *uses, name)
    return "".join((_JS / f"{part}.js").read_text("utf-8") for part in parts)


def said(event: gr.EventData) -> dict[str, Any]:
    """What our script sent with an event; a forged request may send anything."""
    return event._data if isinstance(event._data, dict) else {}


def module(name: str, uses: tuple[str, ...] = ()) -> str:
    """The panel as a module for a page without Gradio: `draw(element, props, server, ...)`."""
    given = "element, props, server, trigger, watch"
    return f"export const draw = ({given}) => {{\n{script(name, uses)}}};\n"


def shared_module() -> str:
    """What every panel builds on, and the menu of languages, as a module."""
    parts = [(_JS / f"{part}.js").read_text("utf-8") for part in ("dom", "language")]
    return "".join(parts) + "export { dictionary, h, languageMenu, t };\n"
