"""Pages of their own beside the studio: signing in, and a saved try-on for whoever is signed in.

Every address on them begins with the path a proxy serves the studio at, which is the `root_path`
of the request and mostly empty.
"""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Annotated, Any, Final, Protocol
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from tryon.errors import RateLimited
from tryon.prefix import prefix_of
from tryon.ui import words
from tryon.ui.login import COOKIE, HUB, Login, cookie_kind
from tryon.ui.saved import SavedTryOns
from tryon.ui.translate import spoken_by

FOLDER: Final = Path(__file__).with_name("saved")
KEY_CHARS: Final = 300
BUTTON: Final = 'class="button"'
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self' https://huggingface.co",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
}


class Limiter(Protocol):
    """Counts requests; see `tryon.adapters.rate_limiter`."""

    def wait_s(self, group: str, who: Sequence[str]) -> int:
        """Count one request of each of `who`; seconds to wait when one has had too many, else 0."""


def add_saved_pages(api: FastAPI, login: Login, saved: SavedTryOns, limiter: Limiter) -> None:
    """Serve them; before the studio, which answers every other path."""
    api.mount("/tryon/static", StaticFiles(directory=FOLDER), name="saved-static")
    api.include_router(_router(login, saved, limiter))


def _router(login: Login, saved: SavedTryOns, limiter: Limiter) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    def ask(request: Request, next: str = "") -> Response:
        target = _own_path(next, request)
        if login.user_of(request) is not None:
            return RedirectResponse(target, 303)
        return _sign_in_page(request, login, target)

    @router.post("/login")
    def sign_in(
        request: Request,
        key: Annotated[str, Form(max_length=KEY_CHARS)] = "",
        next: Annotated[str, Form(max_length=KEY_CHARS)] = "",
    ) -> Response:
        target = _own_path(next, request)
        address = request.client.host if request.client else "unknown"
        if limiter.wait_s("any", [f"address {address}"]):  # keys cannot be guessed at leisure
            return _sign_in_page(request, login, target, words.TOO_OFTEN, RateLimited.http_status)
        cookie = login.cookie_for(key, request)
        if cookie is None:
            return _sign_in_page(request, login, target, words.WRONG_KEY)
        answer = RedirectResponse(target, 303)
        answer.set_cookie(**cookie)
        return answer

    @router.post("/logout")
    def sign_out(request: Request) -> Response:
        # Accounts of Hugging Face are signed out by Gradio's own route, which is asked by GET.
        is_hub = (login.user_of(request) or "").startswith(HUB)
        answer = RedirectResponse(prefix_of(request.scope) + ("/logout" if is_hub else "/"), 303)
        answer.delete_cookie(COOKIE, **cookie_kind(request))
        return answer

    @router.get("/tryon/{name}")
    def show(name: str, request: Request) -> Response:
        if login.user_of(request) is None:  # whether it exists is nobody's business
            target = f"{prefix_of(request.scope)}/tryon/{name}"
            return _sign_in_page(request, login, target, words.SIGN_IN_TO_SEE)
        record = saved.load(name)
        return _gone_page(request) if record is None else _try_on_page(request, name, record)

    @router.get("/tryon/{name}/{kind}.jpg")
    def picture(name: str, kind: str, request: Request) -> Response:
        if login.user_of(request) is None:
            return Response(status_code=401, headers=HEADERS)
        jpeg = saved.picture(name, kind)
        if jpeg is None:
            return Response(status_code=404, headers=HEADERS)
        return Response(jpeg, media_type="image/jpeg", headers=HEADERS)

    return router


def _own_path(target: str, request: Request) -> str:
    """A path of this studio and nothing else: no other host, no other scheme, no neighbour."""
    home = f"{prefix_of(request.scope)}/"
    is_own = target.startswith(home) and not target.startswith(("//", "/\\"))
    return quote(target, safe="/?=&-_") if is_own else home


def _to_studio(request: Request, kind: str = "") -> str:
    home = escape(f"{prefix_of(request.scope)}/")
    return f'<p><a {kind} href="{home}">{spoken_by(request)(words.TO_STUDIO)}</a></p>'


def _sign_in_page(
    request: Request, login: Login, target: str, problem: str = "", status: int = 401
) -> Response:
    say = spoken_by(request)
    parts = [f"<h1>{say(words.SIGN_IN)}</h1>"]
    if problem:
        parts.append(f'<p role="alert" class="alert">{say(problem)}</p>')
    if login.has_hub:
        href = f"{prefix_of(request.scope)}/login/huggingface?_target_url={quote(target)}"
        parts.append(
            f'<p><a class="button" href="{href}" target="_blank" rel="noopener">'
            f"{say(words.SIGN_IN_HUB)}</a></p>"
        )
    if login.has_keys:
        parts.append(
            f'<form method="post" action="{escape(prefix_of(request.scope))}/login">'
            f'<input type="hidden" name="next" value="{escape(target)}">'
            f'<label>{say(words.KEY_LABEL)}<input type="password" name="key" required autofocus '
            f'autocomplete="current-password" maxlength="{KEY_CHARS}"></label>'
            f'<button class="button">{say(words.SIGN_IN)}</button></form>'
        )
    if not (login.has_hub or login.has_keys):
        parts.append(f"<p>{say(words.NO_LOGIN)}</p><p><code>python -m tryon keys add NAME</code>")
    parts.append(_to_studio(request))
    return _page(request, words.SIGN_IN, "".join(parts), status, "narrow")


def _gone_page(request: Request) -> Response:
    say = spoken_by(request)
    body = f"<h1>{say(words.SAVED_GONE)}</h1><p>{say(words.SAVED_GONE_WHY)}</p>" + _to_studio(
        request, BUTTON
    )
    return _page(request, words.SAVED_GONE, body, 404, "narrow")


def _try_on_page(request: Request, name: str, record: Mapping[str, Any]) -> Response:
    say, root = spoken_by(request), escape(prefix_of(request.scope))
    width, height = (int(side) for side in record["size"])
    kinds = {"before": words.BEFORE, "draft": words.DRAFT, "final": words.FINAL}
    kinds = {kind: kinds[kind] for kind in record["pictures"]}

    def image(kind: str) -> str:
        return (
            f'<img src="{root}/tryon/{name}/{kind}.jpg" alt="{say(kinds[kind])}" width="{width}" '
            f'height="{height}" data-kind="{kind}">'
        )

    last = list(kinds)[-1]
    choices = "".join(
        f'<button type="button" data-show="{kind}" aria-pressed="{str(kind == last).lower()}">'
        f"{say(kinds[kind])}</button>"
        for kind in kinds
        if kind != "before"
    )
    facts = "".join(f"<span>{say(fact)}</span>" for fact in record["facts"])
    verdict = words.GOOD_FIT if record["passed"] else words.BELOW
    body = (
        f"<h1>{say(words.SAVED_TITLE)}</h1>"
        f'<div class="compare" style="--ratio: {width} / {height}; --shape: {width / height:.4f}">'
        f"{''.join(image(kind) for kind in kinds)}"
        f'<input type="range" min="0" max="100" value="30" aria-label="{say(words.HOW_MUCH)}">'
        '<span class="line" aria-hidden="true"></span></div>'
        f'<div class="choices" role="group" aria-label="{say(words.WHICH_PICTURE)}">{choices}</div>'
        f'<p class="verdict is-{escape(record["level"])}"><b>{int(record["score"])}</b> '
        f'{say(verdict)}</p><p class="facts">{facts}</p>'
        f'<p class="quiet">{say(words.SAVED_UNTIL)} '
        f'<time data-ends="{int(record["ends"])}"></time></p>'
        f'{_to_studio(request, BUTTON)}<script src="{root}/tryon/static/saved.js" type="module">'
        "</script>"
    )
    return _page(request, words.SAVED_TITLE, body, 200, "wide")


def _page(request: Request, title: str, body: str, status: int, width: str) -> Response:
    say = spoken_by(request)
    document = (
        f'<!doctype html><html lang="{say.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{say(title)} · {say(words.TITLE)}</title>"
        '<link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{escape(prefix_of(request.scope))}/tryon/static/saved.css">'
        f'</head><body><main class="{width}">{body}</main></body></html>'
    )
    return HTMLResponse(document, status, headers=HEADERS)
