"""The studio as one page, and how it is mounted on the application."""

from collections.abc import Callable
from typing import Final

import gradio as gr
from fastapi import FastAPI

from tryon import __version__
from tryon.pipeline import FitOptions
from tryon.ui import words
from tryon.ui.fit_tab import build_fit_tab
from tryon.ui.runner import Runner
from tryon.ui.theme import CSS_PATHS, studio_theme
from tryon.ui.translate import translate_page, translations

SWEEP_S: Final = 600  # how often files past their time are looked for
IN_LINE: Final = 100  # visitors in Gradio's line before it refuses more


def build_page(
    runner: Runner,
    fetch: Callable[[str], bytes],
    retention_hours: float,
    defaults: FitOptions | None = None,
) -> gr.Blocks:
    """The page with everything on it.

    Args:
        runner: runs the try-ons.
        fetch: bytes of a picture by public address; raises `TryOnError`.
        retention_hours: files of visitors are erased after this time.
        defaults: first values of the options.
    """
    keep_s = max(1, round(retention_hours * 3600))
    with gr.Blocks(title=words.TITLE, delete_cache=(min(SWEEP_S, keep_s), keep_s)) as page:
        gr.HTML(f"<h1>{words.TITLE}</h1><p>{words.LEAD}</p>", elem_id="head")
        build_fit_tab(runner, fetch, defaults)
        gr.HTML(
            "<p>Your photos stay on this server, only you see them, and they are erased after "
            f"{retention_hours:g} hours. Version {__version__}.</p>",
            elem_id="foot",
        )
    translate_page(page)
    page.queue(max_size=IN_LINE)
    return page


def mount_page(api: FastAPI, page: gr.Blocks, max_upload_mb: int) -> FastAPI:
    """Put the page at `/`. Mount it last: it answers every path nobody else does."""
    app: FastAPI = gr.mount_gradio_app(
        api, page, path="/", theme=studio_theme(), css_paths=CSS_PATHS, ssr_mode=False,
        max_file_size=max_upload_mb * 2**20, footer_links=[], run_history=False, show_error=False,
        i18n=translations(),
    )  # fmt: skip
    # Without this Gradio takes any path of the server in a request for a file of the visitor.
    page.has_launched = True
    return app
