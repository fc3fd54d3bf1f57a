"""Where the files of a job are in the object store. Keys are made here and nowhere else.

    uploads/JOB/person         products/JOB/garment, garment_2, ... in the order submitted
    results/JOB/ATTEMPT.png    artifacts/JOB/ATTEMPT/NAME

A result belongs to an attempt, and the row says which one won: two workers at the same job, one of
them believed lost, never write the same key.
"""

from typing import Final

from tryon.jobs.job import Job

FOLDERS: Final = ("uploads", "products", "results", "artifacts")


def person_key(job_id: str) -> str:
    """The person photo as submitted."""
    return f"uploads/{job_id}/person"


def garment_keys(job_id: str, num_garments: int) -> list[str]:
    """The garment photos as submitted, in their order."""
    names = ["garment", *(f"garment_{number}" for number in range(2, num_garments + 1))]
    return [f"products/{job_id}/{name}" for name in names]


def result_key(job: Job) -> str:
    """The picture of this attempt."""
    return f"results/{job.id}/{job.attempt}.png"


def artifact_key(job: Job, name: str) -> str:
    """A file of this attempt; none: the folder they are in."""
    return f"artifacts/{job.id}/{job.attempt}/{name}"


def prefixes(job_id: str) -> tuple[str, ...]:
    """Everything that belongs to a job lies below one of these."""
    return tuple(f"{folder}/{job_id}/" for folder in FOLDERS)


def job_of(key: str) -> str | None:
    """The job a file belongs to; None when it is no file of a job."""
    parts = key.split("/")
    return parts[1] if len(parts) > 2 and parts[0] in FOLDERS else None
