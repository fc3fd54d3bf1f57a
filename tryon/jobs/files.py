"""Where the files of a job are in the object store. Keys are made here and nowhere else.

    uploads/JOB/person         products/JOB/garment
    results/JOB/ATTEMPT.png    artifacts/JOB/ATTEMPT/NAME

A result belongs to an attempt, and the row says which one won: two workers at the same job, one of
them believed lost, never write the same key.
"""

from typing import Final, Literal

from tryon.jobs.job import Job

FOLDERS: Final = ("uploads", "products", "results", "artifacts")


def input_key(job_id: str, which: Literal["person", "garment"]) -> str:
    """A photo as submitted."""
    return f"{'uploads' if which == 'person' else 'products'}/{job_id}/{which}"


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
