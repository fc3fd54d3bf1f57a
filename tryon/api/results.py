"""The pictures and files of a job."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Response
from fastapi.responses import FileResponse, RedirectResponse

from tryon.api.answers import OF_A_JOB, OF_FILES, Artifacts, failures
from tryon.api.caller import CallerOf
from tryon.api.jobs import JobId
from tryon.errors import NotReady
from tryon.jobs.service import JobService, Served

_KINDS: Final = {
    "png": "image/png", "json": "application/json", "npz": "application/octet-stream",
}  # fmt: skip
_CACHE: Final = "private, max-age=300"
_PICTURE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"image/png": {}}, "description": "The picture."},
    206: {"content": {"image/png": {}}, "description": "The range asked for."},
    304: {"description": "You have it already (If-None-Match)."},
    307: {"description": "It is in an object store, at a signed address."},
    416: {"description": "There is no such range."},
    400: {"description": "The range is not one."},
}
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    **_PICTURE,
    200: {"content": {kind: {} for kind in sorted(set(_KINDS.values()))}},
    206: {"content": {kind: {} for kind in sorted(set(_KINDS.values()))}},
}
IfNoneMatch = Annotated[str | None, Header()]


def make_router(service: JobService) -> APIRouter:
    """Results and artifacts."""
    router = APIRouter(tags=["results"])

    def result(caller: CallerOf, job_id: JobId, if_none_match: IfNoneMatch = None) -> Response:
        """The result as PNG; has an ETag and answers ranges."""
        return _answer(service.result(caller.owner, job_id), "image/png", if_none_match)

    for path, name in (("/api/tryon/result/{job_id}", "result"), ("/results/{job_id}.png", "png")):
        router.add_api_route(
            path, result, response_class=Response, operation_id=f"get_{name}",
            responses=OF_A_JOB | OF_FILES | failures(NotReady) | _PICTURE, summary="The picture",
        )  # fmt: skip
        router.add_api_route(path, result, methods=["HEAD"], include_in_schema=False)

    @router.get(
        "/api/tryon/artifacts/{job_id}", response_model=Artifacts, responses=OF_A_JOB | OF_FILES,
        summary="Files of the stages",
    )  # fmt: skip
    def artifacts(caller: CallerOf, job_id: JobId) -> dict[str, Any]:
        """Their names; docs/artifacts.md says what they hold."""
        return {"job_id": job_id, "names": service.artifact_names(caller.owner, job_id)}

    @router.get(
        "/api/tryon/artifacts/{job_id}/{name}", response_class=Response,
        responses=OF_A_JOB | OF_FILES | _FILE, summary="One file of the stages",
    )  # fmt: skip
    def artifact(
        caller: CallerOf, job_id: JobId, name: str, if_none_match: IfNoneMatch = None
    ) -> Response:
        """For example `anchors.json`, to move a point and submit it again."""
        kind = _KINDS.get(name.rsplit(".", 1)[-1], "application/octet-stream")
        return _answer(service.artifact(caller.owner, job_id, name), kind, if_none_match)

    return router


def _answer(served: Served, media_type: str, if_none_match: str | None) -> Response:
    if served.link is not None:
        return RedirectResponse(served.link, headers={"Cache-Control": "no-store"})
    headers = {"Cache-Control": _CACHE}
    if served.etag is not None:
        headers["ETag"] = f'"{served.etag}"'
        if if_none_match and (served.etag in if_none_match or if_none_match.strip() == "*"):
            return Response(status_code=304, headers=headers)
    if served.path is not None:
        return FileResponse(served.path, media_type=media_type, headers=headers)
    return Response(served.content, media_type=media_type, headers=headers)
