"""The studio as one page, and how it is mounted on the application."""

import logging
from collections.abc import Callable
from importlib.util import find_spec
from typing import Final

import gradio as gr
from fastapi import FastAPI

from tryon import __version__
from tryon.errors import ImageTooLarge
from tryon.fit import FitOptions
from tryon.ui import words
from tryon.ui.downloads import examples_router, finals_router, wardrobe_router
from tryon.ui.final_panel import build_final_panel
from tryon.ui.fit_tab import build_fit_tab
from tryon.ui.login import Login
from tryon.ui.page_head import WORDS_HERE, PageHead
from tryon.ui.page_sessions import Pages, Remembered, wire_sessions
from tryon.ui.panel import panel
from tryon.ui.photo_input import wire_remedy
from tryon.ui.programs import add_programs
from tryon.ui.review_send import build_send_panel
from tryon.ui.review_tab import build_review_tab
from tryon.ui.runner import Runner
from tryon.ui.sent import ReviewDesk, Sent
from tryon.ui.share_panel import build_share_panel
from tryon.ui.theme import CSS_PATHS, studio_theme
from tryon.ui.transfer import Transfer
from tryon.ui.translate import translate_page, translations
from tryon.ui.visitor import VisitorCookie
from tryon.ui.visits import Visits
from tryon.ui.wardrobe_tab import build_wardrobe_tab

# At first, as Gradio itself would; later `js/address.js` follows the address.
TO_NAMED_TAB: Final = """() => ["#wardrobe", "#review"].includes(location.hash)
  ? { __type__: "update", selected: location.hash.slice(1) } : { __type__: "update" }"""

LOG = logging.getLogger(__name__)

IN_LINE: Final = 100  # visitors in Gradio's line before it refuses more


def build_page(
    runner: Runner,
    fetch: Callable[[str], bytes],
    visits: Visits,
    login: Login,
    defaults: FitOptions | None = None,
    review: ReviewDesk | None = None,
) -> gr.Blocks:
    """The page with everything on it.

    Args:
        runner: runs the try-ons.
        fetch: bytes of a picture by public address; raises `TryOnError`.
        visits: what visitors have brought and made.
        login: knows who may save them and see them.
        defaults: first values of the options.
        review: takes fits for reviewers; None where there are none.
    """
    sessions, wardrobes, finals = visits.sessions, visits.wardrobes, visits.finals
    sent = Sent(review, sessions, visits.hours) if review is not None else None
    with gr.Blocks(title=words.TITLE, delete_cache=(visits.sweep_s, visits.keep_s)) as page:
        with gr.Row(elem_id="top"):
            gr.HTML(f"<h1>{words.TITLE}</h1><p>{words.LEAD}</p>", elem_id="head")
            panel("language_menu", {}, uses=("language",), elem_id="language")
        with gr.Tabs(selected="fit", elem_id="pages") as pages:
            with gr.Tab("Try on", id="fit"):
                fit = build_fit_tab(runner, fetch, defaults, remember=Remembered(sessions))
                with build_final_panel(finals, fit).below:
                    if sent is not None:
                        build_send_panel(sent, fit)
                    share = build_share_panel(visits.saved, login, finals, fit)
            with gr.Tab("Wardrobe", id="wardrobe", render_children=True):
                wardrobe = build_wardrobe_tab(wardrobes, sent)
            with gr.Tab("Review", id="review"):
                build_review_tab()
        autostart = panel("autostart", {}, elem_id="autostart")
        panel("address", {}, elem_id="address")
        large = {"message": ImageTooLarge.default_message, "remedy": ImageTooLarge.default_remedy}
        panel("intake", {"large": large}, elem_id="intake")
        page.load(None, None, pages, js=TO_NAMED_TAB)
        wire_remedy(fit.result, fit.person, runner.service.turned, autostart)
        add_programs(runner, finals, defaults or FitOptions())
        promise = {"hours": f"{visits.hours:g}", "version": __version__, "review": bool(sent)}
        foot = panel("erase", promise, elem_id="foot")
        parts = Pages(pages, fit, wardrobe, share, autostart, foot)
        wire_sessions(page, parts, visits, sent)
    translate_page(page)
    page.queue(max_size=IN_LINE)
    return page


def mount_page(
    api: FastAPI,
    page: gr.Blocks,
    visits: Visits,
    max_upload_mb: int,
    mcp_server: bool = False,
    prefix: str = "",
) -> FastAPI:
    """Put the page at `/`. Mount it last: it answers every path nobody else does.

    Args:
        api: answers everything else.
        page: of `build_page`.
        visits: their pictures and files are downloads beside the page, and so long as these are
            kept a visitor is known.
        max_upload_mb: largest file.
        mcp_server: whether the endpoints are tools of assistants, too.
        prefix: the `root_path` of the server. Gradio puts it before the addresses of pictures.
    """
    if mcp_server and find_spec("mcp") is None:
        LOG.warning("MCP_SERVER is set, but the package mcp is not installed: pip install mcp")
        mcp_server = False
    api.include_router(wardrobe_router(visits.wardrobes))
    api.include_router(finals_router(visits.finals))
    api.include_router(examples_router())
    api.add_middleware(PageHead)
    api.add_middleware(Transfer)
    api.add_middleware(VisitorCookie, keep_s=max(60, visits.keep_s))
    app: FastAPI = gr.mount_gradio_app(
        api, page, path="/", theme=studio_theme(), css_paths=CSS_PATHS, ssr_mode=False,
        max_file_size=max_upload_mb * 2**20, footer_links=[], run_history=False, show_error=False,
        i18n=translations(), mcp_server=mcp_server, root_path=prefix or None,
    )  # fmt: skip
    page.config["i18n_translations"] = WORDS_HERE
    # Without this Gradio takes any path of the server in a request for a file of the visitor.
    page.has_launched = True
    return app
