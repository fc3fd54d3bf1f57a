"""The review's page at `/review/`: our own HTML and scripts, which talk to `/review/api`."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.responses import FileResponse, RedirectResponse
from starlette.staticfiles import StaticFiles

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

    api.mount("/review/static", StaticFiles(directory=FOLDER), name="review-static")
