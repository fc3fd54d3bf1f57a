"""What the REST API answers, as its OpenAPI document describes it."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from tryon.errors import (
    Forbidden,
    ImageTooLarge,
    InvalidRequest,
    JobErased,
    NotFound,
    RateLimited,
    ServiceUnavailable,
    StorageError,
    TryOnError,
    Unauthorized,
    Unexpected,
)

_JOB_ID: Final = "6f1c7f0e-6a3e-4a51-9d39-0d4a1a6f2f11"
_STATUS_EXAMPLE: Final[Any] = {
    "job_id": _JOB_ID, "status": "DONE", "queue_position": None, "mode": "draft", "stage": None,
    "progress": 1.0, "attempt": 1, "result_image_url": f"/results/{_JOB_ID}.png",
    "quality_score": 0.83, "retry_count": 0, "generator": None, "warnings": [],
    "created_at": "2026-01-31T12:00:00.000+00:00", "completed_at": "2026-01-31T12:00:01.200+00:00",
    "error_code": None, "error_message": None, "remedy": None, "error_stage": None,
    "error_reason": None,
}  # fmt: skip
# As text: every way a status is told, an event or a webhook too, has the very same words.
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
JobStatus = Literal["QUEUED", "RUNNING", "DONE", "FAILED", "CANCELLED"]


class ErrorBody(BaseModel):
    """Every failure, of every address."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "code": "NOT_FOUND",
                "message": "There is nothing of yours at this address.",
                "remedy": "Check the job id.",
                "job_id": None,
            }
        }
    )

    code: str = Field(description="Never changes; all are in docs/errors.md.")
    message: str = Field(description="What happened, for people.")
    remedy: str = Field(description="What to do about it, for people.")
    job_id: str | None = Field(description="The job it is about, where there is one.")


class Submitted(BaseModel):
    """A job was taken."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "job_id": _JOB_ID, "status": "QUEUED", "message": "Job submitted successfully",
            }
        }
    )  # fmt: skip

    job_id: str
    status: JobStatus = Field(description="QUEUED; of a repeated request, where its job stands.")
    message: str


class Status(BaseModel):
    """Where a job stands."""

    model_config = ConfigDict(json_schema_extra={"example": _STATUS_EXAMPLE})

    job_id: str
    status: JobStatus
    queue_position: int | None = Field(
        ge=0, description="While QUEUED: how many jobs wait before it; 0: it is next."
    )
    mode: Literal["draft", "final"]
    stage: str | None = Field(description="What is being done, while RUNNING.")
    progress: float = Field(ge=0, le=1)
    attempt: int = Field(description="How often it was begun; more than once after a mishap.")
    result_image_url: str | None = Field(description="Where the picture is, when DONE.")
    quality_score: float | None = Field(description="0 to 1.")
    retry_count: int = Field(description="Other strategies that were tried for a better fit.")
    generator: str | None = Field(description="Who made the final picture; null for a draft.")
    warnings: list[str] = Field(description="Sentences for people.")
    created_at: Moment
    completed_at: Moment | None
    error_code: str | None
    error_message: str | None
    remedy: str | None
    error_stage: str | None = Field(description="The stage that failed.")
    error_reason: str | None = Field(description="Which of several causes, for some codes.")


class Page(BaseModel):
    """Some of your jobs, newest first."""

    jobs: list[Status]
    next: str | None = Field(description="Give it as `before` for the next page; null: no more.")


class Artifacts(BaseModel):
    """The files kept of a job's stages."""

    job_id: str
    names: list[str]


class Removed(BaseModel):
    """A job that was stopped, or is no more."""

    job_id: str
    status: Literal["CANCELLED", "ERASED"]


class Health(BaseModel):
    """The process is up."""

    status: Literal["ok"] = "ok"
    version: str


class Ready(BaseModel):
    """What works."""

    status: Literal["ready", "not ready"]
    checks: dict[str, bool]


def failures(*errors: type[TryOnError]) -> dict[int | str, dict[str, Any]]:
    """The failures an address may answer with, beside those every address may (`EVERYWHERE`)."""
    found: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        content: dict[str, Any] = {"application/json": {"examples": {}}}
        document = found.setdefault(error.http_status, {"model": ErrorBody, "content": content})
        examples = document["content"]["application/json"]["examples"]
        examples[error.code] = {
            "summary": error.default_message,
            "value": {"code": error.code, "message": error.default_message,
                      "remedy": error.default_remedy},
        }  # fmt: skip
        document["description"] = " or ".join(examples)
    return found


EVERYWHERE: Final = failures(
    Unauthorized, Forbidden, ImageTooLarge, RateLimited, Unexpected, ServiceUnavailable
)
OF_A_JOB: Final = failures(NotFound, JobErased, InvalidRequest)
OF_FILES: Final = failures(StorageError)


def describe_failures(document: dict[str, Any]) -> dict[str, Any]:
    """Say of every failure that it is JSON, also where the answer itself is something else."""
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                kinds = response.get("content", {})
                if status < "400" or not kinds:
                    continue
                merged = {name: value for kind in kinds.values() for name, value in kind.items()}
                response["content"] = {"application/json": merged}
                for example in merged.get("examples", {}).values():
                    example["value"]["job_id"] = None  # FastAPI leaves out what is null
    return document
