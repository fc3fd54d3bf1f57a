"""Finished jobs of the REST API as items of a project: an operator's choice, on the command line.

The API erases a job's files after a while; an item keeps its own.
"""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from tryon.artifacts.files import ALL_FILES
from tryon.database.sql import Database
from tryon.errors import TryOnError
from tryon.jobs.files import artifact_key
from tryon.jobs.job import Job, JobState
from tryon.jobs.service import Blobs
from tryon.jobs.tables import JobRow
from tryon.review.items import Added, Items
from tryon.review.records import Project


def finished_jobs(database: Database) -> list[Job]:
    """Jobs whose files may still be there, oldest first."""
    with database.read() as session:
        rows = session.scalars(
            select(JobRow).where(JobRow.state == JobState.DONE).order_by(JobRow.completed)
        ).all()
    return [row.to_job() for row in rows]


def add_jobs(items: Items, project: Project, jobs: list[Job], blobs: Blobs) -> Iterator[Added]:
    """Add the fit of each job; one whose files are gone is an outcome, not an exception."""
    known = {item.title: item.id for item in items.all(project) if item.source == "job"}
    for job in jobs:
        folder = Path(job.id)
        if job.id in known:
            yield Added(folder, "known", known[job.id])
            continue
        try:
            item = items.add_files(project, _files(job, blobs), "job", job.id)
        except TryOnError as error:
            yield Added(folder, "refused", reason=error.message)
        else:
            yield Added(folder, "added", item.id)


def _files(job: Job, blobs: Blobs) -> Iterator[tuple[str, bytes]]:
    for found in blobs.walk(artifact_key(job, "")):
        name = found.key.rsplit("/", 1)[-1]
        if name in ALL_FILES:
            yield name, blobs.get(found.key)
