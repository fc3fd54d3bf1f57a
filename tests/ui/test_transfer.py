"""Pages travel compressed and only when they changed; everything else goes as it is."""

import gzip
from collections.abc import Callable

import brotli
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from tryon.ui.transfer import Transfer

PAGE = "a page " * 1000


@pytest.fixture
def browser() -> TestClient:
    async def page(request: Request) -> HTMLResponse:
        return HTMLResponse(PAGE + request.headers.get("accept-language", ""))

    async def in_parts(_: Request) -> StreamingResponse:
        return StreamingResponse(iter([PAGE, PAGE]), media_type="text/css")

    async def picture(_: Request) -> Response:
        return Response(b"\xff" * 5000, media_type="image/png")

    async def text(_: Request) -> PlainTextResponse:
        return PlainTextResponse(PAGE)

    async def missing(_: Request) -> PlainTextResponse:
        return PlainTextResponse(PAGE, 404)

    app = Starlette(routes=[
        Route("/", page), Route("/review/static/a.css", in_parts),
        Route("/review/static/a.png", picture), Route("/stream", text),
        Route("/theme.css", text), Route("/assets/a.js", text), Route("/assets/gone.js", missing),
    ])  # fmt: skip
    app.add_middleware(Transfer)
    return TestClient(app)


@pytest.mark.parametrize(
    ("wanted", "kind", "opened"),
    [("gzip, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress)],
)
def test_a_browser_gets_the_best_it_understands(
    browser: TestClient, wanted: str, kind: str, opened: Callable[[bytes], bytes]
) -> None:
    """Brotli sees further than gzip; old browsers and http without TLS have gzip alone."""
    with browser.stream("GET", "/", headers={"accept-encoding": wanted}) as answer:
        raw = b"".join(answer.iter_raw())

    assert answer.headers["content-encoding"] == kind
    assert answer.headers["content-length"] == str(len(raw))
    assert "Accept-Encoding" in answer.headers["vary"]
    assert opened(raw).decode() == PAGE


def test_who_understands_neither_gets_the_page(browser: TestClient) -> None:
    """A program that asks for the page reads it."""
    answer = browser.get("/", headers={"accept-encoding": "identity"})

    assert "content-encoding" not in answer.headers
    assert answer.text == PAGE


def test_the_same_page_is_not_sent_again(browser: TestClient) -> None:
    """In another language it is another page."""
    tag = browser.get("/").headers["etag"]

    same = browser.get("/", headers={"if-none-match": tag})
    other = browser.get("/", headers={"if-none-match": tag, "accept-language": "de"})

    assert (same.status_code, same.content) == (304, b"")
    assert "content-length" not in same.headers
    assert (other.status_code, other.text) == (200, PAGE + "de")


def test_files_of_the_review_are_put_together_and_compressed(browser: TestClient) -> None:
    """A file comes in parts from the disk; pictures are small already."""
    css = browser.get("/review/static/a.css", headers={"accept-encoding": "br"})
    picture = browser.get("/review/static/a.png", headers={"accept-encoding": "br"})

    assert css.headers["content-encoding"] == "br"
    assert css.text == PAGE + PAGE
    assert "content-encoding" not in picture.headers


def test_scripts_named_by_content_are_kept_for_good(browser: TestClient) -> None:
    """The theme, too, which is named by its version; one that is missing may be there later."""
    assert "immutable" in browser.get("/assets/a.js").headers["cache-control"]
    assert "cache-control" not in browser.get("/assets/gone.js").headers
    assert "immutable" in browser.get(f"/theme.css?v={64 * 'a'}").headers["cache-control"]
    assert "cache-control" not in browser.get("/theme.css").headers
    assert "cache-control" not in browser.get("/stream").headers
