"""Addresses that answer with files: a visitor's own, found by the cookie, and the examples'."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.background import BackgroundTask

from tryon.ui.examples import Example, example_garments, example_people
from tryon.ui.files import new_path
from tryon.ui.finals import Finals
from tryon.ui.transfer import FOR_GOOD
from tryon.ui.visitor import visitor_of
from tryon.ui.wardrobe import Wardrobes
from tryon.ui.wardrobe_files import contact_sheet, write_zip

ZIP: Final = "wardrobe/drafts.zip"
SHEET: Final = "wardrobe/contact-sheet.jpg"
EXAMPLES: Final = "examples"


def wardrobe_router(wardrobes: Wardrobes) -> APIRouter:
    """The visitor's drafts as a zip and as one picture, made when they are asked for."""
    router = APIRouter(include_in_schema=False)

    @router.get(f"/{ZIP}")
    def drafts(request: Request) -> Response:
        visitor = visitor_of(request)
        table = wardrobes.look(visitor) if visitor else None
        if visitor is None or table is None or not table.tiles:
            return RedirectResponse("..")
        path = new_path("wardrobe.zip", visitor)
        write_zip(table, lambda tile: wardrobes.draft(visitor, tile), path)
        return _file(path, "application/zip")

    @router.get(f"/{SHEET}")
    def sheet(request: Request) -> Response:
        visitor = visitor_of(request)
        table = wardrobes.look(visitor) if visitor else None
        if visitor is None or table is None or not table.tiles:
            return RedirectResponse("..")
        path = new_path("contact-sheet.jpg", visitor)
        contact_sheet(table, lambda tile: wardrobes.draft(visitor, tile)).save(path, quality=90)
        return _file(path, "image/jpeg")

    return router


def finals_router(finals: Finals) -> APIRouter:
    """A visitor's final pictures at full size."""
    router = APIRouter(include_in_schema=False)

    @router.get("/finals/{name}.png")
    def final(name: str, request: Request) -> Response:
        visitor = visitor_of(request)
        png = finals.picture(visitor, name, "full") if visitor else None
        if png is None:
            return RedirectResponse("..")
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": "attachment; filename=final.png",
        }
        return Response(png, media_type="image/png", headers=headers)

    return router


def example_address(example: Example) -> str:
    """Of the small picture of an example, below the page."""
    return f"{EXAMPLES}/{example.thumb_name}"


def examples_router() -> APIRouter:
    """Small pictures of the examples, which a browser asks for once."""
    router = APIRouter(include_in_schema=False)
    thumbs = {one.thumb_name: one.thumb for one in (*example_people(), *example_garments())}

    @router.get(f"/{EXAMPLES}/{{name}}")
    def thumb(name: str) -> Response:
        if name not in thumbs:  # of another version of the page
            return Response(status_code=404)
        headers = {"Cache-Control": FOR_GOOD}
        return Response(thumbs[name], media_type="image/webp", headers=headers)

    return router


def _file(path: Path, media_type: str) -> FileResponse:
    """Sent as a download, kept by nobody on the way, and erased afterwards."""
    return FileResponse(
        path, media_type=media_type, filename=path.name,
        headers={"Cache-Control": "no-store"}, background=BackgroundTask(path.unlink),
    )  # fmt: skip
