"""What is told of a job, to who asks and to webhooks."""

from datetime import UTC, datetime
from typing import Any

from tryon.jobs.job import Job


def status_json(job: Job) -> dict[str, Any]:
    """The answer of `GET /api/tryon/status/{job_id}`."""
    result, error = job.result, job.error
    return {
        "job_id": job.id,
        "status": job.state.value,
        "queue_position": job.queue_position,
        "mode": job.options.mode,
        "stage": job.stage,
        "progress": round(job.progress, 3),
        "attempt": job.attempt,
        "result_image_url": f"/results/{job.id}.png" if result else None,
        "quality_score": result.quality_score if result else None,
        "retry_count": result.retry_count if result else 0,
        "generator": result.generator if result else None,
        "warnings": list(result.warnings) if result else [],
        "created_at": iso(job.created),
        "completed_at": None if job.completed is None else iso(job.completed),
        "error_code": error.code if error else None,
        "error_message": error.message if error else None,
        "remedy": error.remedy if error else None,
        "error_stage": error.stage if error else None,
        "error_reason": error.reason if error else None,
    }


def iso(seconds: float) -> str:
    """Seconds since 1970 as UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
