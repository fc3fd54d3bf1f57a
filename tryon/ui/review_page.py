"""The review's page at `/review/`: our own HTML and scripts, which talk to `/review/api`.

What it shares with the studio is served below `static/shared/`: the table of words, how elements
are made of plain data, the anchor editor and its looks.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from starlette.staticfiles import StaticFiles

from tryon.errors import ReviewNotFound
from tryon.ui.anchor_editor import SCRIPTS
from tryon.ui.panel import module, shared_module
from tryon.ui.theme import CSS_PATHS
from tryon.ui.translate import Speech, spoken_by

WORDS: Final = "languages.js"
FOLDER: Final = Path(__file__).with_name("review")
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; base-uri 'none'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def add_review_page(api: FastAPI) -> None:
    """Serve the page; add it before the studio, which answers every other path."""

    @api.get("/review", include_in_schema=False)
    def without_slash() -> RedirectResponse:
        return RedirectResponse("review/")

    @api.get("/review/", include_in_schema=False)
    def page() -> FileResponse:
        return FileResponse(FOLDER / "index.html", headers=HEADERS)

    shared = _shared_files()

    @api.get("/review/static/shared/{name}", include_in_schema=False)
    def shared_file(name: str, request: Request) -> Response:
        if name not in shared and name != WORDS:
            raise ReviewNotFound(name)
        kind, text = shared.get(name) or ("text/javascript", _words_of(spoken_by(request)))
        tag = f'"{sha256(text.encode()).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if request.headers.get("If-None-Match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(text, media_type=kind, headers=headers)

    api.mount("/review/static", StaticFiles(directory=FOLDER), name="review-static")


def _words_of(speech: Speech) -> str:
    """The table of the visitor's language, as a script."""
    table = json.dumps({speech.language: dict(speech.table)}, ensure_ascii=False)
    return f"window.tryonLanguages = {table};\n"


def _shared_files() -> Mapping[str, tuple[str, str]]:
    """Name -> media type, text."""
    editor_css = next(path for path in CSS_PATHS if path.name == "editor.css")
    return {
        "dom.js": ("text/javascript", shared_module()),
        "anchor_editor.js": ("text/javascript", module("anchor_editor", SCRIPTS)),
        "editor.css": ("text/css", editor_css.read_text("utf-8")),
    }
