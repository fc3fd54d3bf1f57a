"""REST of the review: what the labelling screen reads and writes, under `/review/api`.

Who may read is decided by a cookie with the token of an invitation. Writes carry a header that
no other site can send, so a cookie alone changes nothing.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Protocol, TypeAlias

from fastapi import APIRouter, Body, Depends, FastAPI, Header, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from tryon.anchors import AnchorPair, Tuck
from tryon.api.review_shapes import dispute_json, project_json, turn_json
from tryon.errors import ReviewNotAllowed, ReviewNotFound
from tryon.review.labels import Label
from tryon.review.records import Project, Reviewer
from tryon.review.service import Review

COOKIE: Final = "tryon_review_"  # followed by the project's id
COOKIE_S: Final = 180 * 24 * 3600
MAX_TOKEN: Final = 200
SignedIn: TypeAlias = Callable[[str, Request], tuple[Project, Reviewer]]


class SignIn(BaseModel):
    """The token of an invitation link."""

    token: str = Field(max_length=MAX_TOKEN)


class Save(BaseModel):
    """What was said of an item; see `labels.Label` for its JSON."""

    revision: int = Field(ge=0)
    label: dict[str, Any]
    seconds: float = Field(0.0, ge=0, allow_inf_nan=False)
    action: Literal["save", "submit", "skip"] = "save"


class Settle(BaseModel):
    """A lead's word on a disputed item."""

    revision: int = Field(ge=0)
    label: dict[str, Any]


class Move(BaseModel):
    """Where the points of the anchor editor are now: name -> {"garment": [x, y], "person": ...}."""

    key: str
    points: dict[str, Any]


class AnchorEditor(Protocol):
    """The studio's anchor editor, on fits that are kept; see `tryon.ui.review_anchors`."""

    def open(self, folder: Path, found: AnchorPair, now: AnchorPair, tuck: Tuck) -> dict[str, Any]:
        """What the editor draws, without pictures."""

    def lay(self, key: str, points: Any) -> "Future[dict[str, Any] | None]":
        """The draft with the points where they are now; None: newer ones came meanwhile."""


def add_review(
    api: FastAPI, review: Review, editor: AnchorEditor, *, is_embedded: bool = False
) -> None:
    """Answer `/review/api/...`.

    Args:
        api: the application, which tells failures as `errors.add_error_handlers` does.
        review: the service.
        editor: lays fits anew when a reviewer moves their anchors.
        is_embedded: the page is shown in a frame of another site over https (a Space): the cookie
            must say so, or browsers drop it.
    """
    api.include_router(_router(review, editor, is_embedded))


def _router(review: Review, editor: AnchorEditor, is_embedded: bool) -> APIRouter:
    router = APIRouter(prefix="/review/api", tags=["review"], include_in_schema=False)
    signed_in = _signed_in(review)
    _add_sign_in(router, review, is_embedded)
    _add_desk(router, review, signed_in)
    _add_anchors(router, review, editor, signed_in)
    _add_figures(router, review, signed_in)
    return router


def _from_our_page(x_review: Annotated[str | None, Header()] = None) -> None:
    """A form of another site sends cookies, but no header of its own."""
    if x_review is None:
        raise ReviewNotAllowed("no X-Review header")


WRITE: Final = (Depends(_from_our_page),)


def _signed_in(review: Review) -> SignedIn:
    def signed_in(project_id: str, request: Request) -> tuple[Project, Reviewer]:
        project, reviewer = review.projects.sign_in(request.cookies.get(COOKIE + project_id, ""))
        if project.id != project_id:
            raise ReviewNotAllowed(project_id)
        return project, reviewer

    return signed_in


def _add_sign_in(router: APIRouter, review: Review, is_embedded: bool) -> None:
    """Who may come in, and to which projects."""
    # By hand: Python's own cookies know no `Partitioned` before 3.14. Browsers drop one that does
    # not say so in the frame of another site, and an end that is not said in the same words.
    site = "SameSite=None; Secure; Partitioned" if is_embedded else "SameSite=Strict"
    kind = f"Path=/review; HttpOnly; {site}"

    def set_cookie(response: Response, project_id: str, token: str, max_age_s: int) -> None:
        cookie = f"{COOKIE}{project_id}={token}; Max-Age={max_age_s}; {kind}"
        response.headers.append("Set-Cookie", cookie)

    @router.post("/sign-in", dependencies=WRITE)
    def sign_in(given: SignIn, response: Response) -> dict[str, str]:
        project, reviewer = review.projects.sign_in(given.token)
        set_cookie(response, project.id, given.token, COOKIE_S)
        return {"project_id": project.id, "reviewer": reviewer.name}

    @router.post("/{project_id}/sign-out", dependencies=WRITE)
    def sign_out(project_id: str, request: Request, response: Response) -> dict[str, bool]:
        if COOKIE + project_id in request.cookies:
            set_cookie(response, project_id, "", 0)
        return {"ok": True}

    @router.get("/me")
    def me(request: Request) -> dict[str, Any]:
        found = []
        for name, token in request.cookies.items():
            if name.startswith(COOKIE):
                try:
                    found.append(review.projects.sign_in(token))
                except ReviewNotAllowed:
                    continue  # an invitation that was taken back
        return {"projects": [project_json(*who) for who in found]}


def _add_desk(router: APIRouter, review: Review, signed_in: SignedIn) -> None:
    """What a reviewer does with the items handed to them."""
    Who = Annotated[tuple[Project, Reviewer], Depends(signed_in)]

    def desk(project: Project, reviewer: Reviewer) -> dict[str, Any]:
        turns = review.labelling.queue(project, reviewer)
        return {
            "turns": [turn_json(review, project, turn) for turn in turns],
            "progress": asdict(review.labelling.progress(project, reviewer)),
        }

    @router.get("/{project_id}/queue")
    def queue(who: Who) -> dict[str, Any]:
        return desk(*who)

    @router.get("/{project_id}/turns/{turn_id}")
    def turn(who: Who, turn_id: str) -> dict[str, Any]:
        return turn_json(review, who[0], review.labelling.turn(who[1], turn_id))

    @router.put("/{project_id}/turns/{turn_id}", dependencies=WRITE)
    def save(who: Who, turn_id: str, given: Annotated[Save, Body()]) -> dict[str, Any]:
        project, reviewer = who
        label = Label.from_json(given.label, project.schema)
        saved = review.labelling.save(
            reviewer, turn_id, given.revision, label, given.seconds, given.action
        )
        answer: dict[str, Any] = {"id": saved.id, "revision": saved.revision}
        if given.action != "save":
            answer |= desk(project, reviewer)
        if given.action == "submit" and project.rules.show_score:
            answer["score"] = saved.item.score
        return answer

    @router.post("/{project_id}/undo", dependencies=WRITE)
    def undo(who: Who) -> dict[str, Any]:
        project, reviewer = who
        last = review.labelling.last_done(reviewer)
        if last is not None:
            review.labelling.reopen(reviewer, last.id)
        return {"reopened": last and last.id} | desk(project, reviewer)

    @router.get("/{project_id}/items/{item_id}/{name}.jpg")
    def picture(who: Who, item_id: str, name: str) -> FileResponse:
        project, reviewer = who
        if not reviewer.is_lead and not review.labelling.has_had(reviewer, item_id):
            raise ReviewNotFound(item_id)
        path = review.items.view(project.id, item_id, name)
        keep = {"Cache-Control": "private, max-age=86400, immutable"}
        return FileResponse(path, media_type="image/jpeg", headers=keep)


def _add_anchors(
    router: APIRouter, review: Review, editor: AnchorEditor, signed_in: SignedIn
) -> None:
    """A draft laid anew beside the old one, as its anchors are moved."""
    Who = Annotated[tuple[Project, Reviewer], Depends(signed_in)]

    @router.post("/{project_id}/turns/{turn_id}/anchors", dependencies=WRITE)
    def open_anchors(who: Who, turn_id: str) -> dict[str, Any]:
        turn = review.labelling.turn(who[1], turn_id)
        found = review.items.anchors(who[0].id, turn.item)
        if found is None:
            raise ReviewNotFound(turn.item.id, message="This item has no anchors to move.")
        folder = review.items.folder(turn.item, who[0].id)
        return editor.open(folder, found, turn.label.anchors or found, turn.item.tuck)

    @router.post("/{project_id}/anchors", dependencies=WRITE)
    async def move_anchors(who: Who, move: Annotated[Move, Body()]) -> dict[str, Any]:  # noqa: ARG001
        laid = await asyncio.wrap_future(editor.lay(move.key, move.points))
        return laid or {"superseded": True}


def _add_figures(router: APIRouter, review: Review, signed_in: SignedIn) -> None:
    """What leads see and settle."""

    def lead(who: Annotated[tuple[Project, Reviewer], Depends(signed_in)]) -> Any:
        if not who[1].is_lead:
            raise ReviewNotAllowed(who[1].name, message="Only a lead of the project may see this.")
        return who

    Lead = Annotated[tuple[Project, Reviewer], Depends(lead)]

    @router.get("/{project_id}/figures")
    def figures(who: Lead) -> dict[str, Any]:
        return review.report(who[0])

    @router.get("/{project_id}/disputes")
    def disputes(who: Lead) -> dict[str, Any]:
        return {"items": review.disputes.open(who[0])}

    @router.get("/{project_id}/disputes/{item_id}")
    def dispute(who: Lead, item_id: str) -> dict[str, Any]:
        return dispute_json(review, who[0], review.disputes.get(who[0], item_id))

    @router.put("/{project_id}/disputes/{item_id}", dependencies=WRITE)
    def settle(who: Lead, item_id: str, given: Annotated[Settle, Body()]) -> dict[str, Any]:
        project, reviewer = who
        label = Label.from_json(given.label, project.schema)
        review.disputes.settle(reviewer, item_id, given.revision, label)
        return {"items": review.disputes.open(project)}
