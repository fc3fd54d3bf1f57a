"""The review as the command line, the REST API and the page call it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tryon.artifacts.files import try_on_files
from tryon.artifacts.record import RunRecord
from tryon.database.sql import Database
from tryon.errors import ReviewNotFound
from tryon.fit import TryOn
from tryon.review.calibrate import Report, calibrate
from tryon.review.disputes import Disputes
from tryon.review.erase import Eraser
from tryon.review.figures import examples_of
from tryon.review.items import Items
from tryon.review.labelling import Labelling
from tryon.review.projects import Projects
from tryon.review.records import Item, Project, Source
from tryon.review.report import ReportCache, project_report
from tryon.review.verdicts import decide

FOLDER: Final = "review"  # below STORAGE_DIR


@dataclass(frozen=True, slots=True)
class Review:
    """Everything the review can do, on one database and one folder of pictures.

    Attributes:
        threshold: the present QUALITY_THRESHOLD, shown beside the suggested one.
        inbox: project that fits sent from the studio go to; None: nothing can be sent.
    """

    database: Database
    projects: Projects
    items: Items
    labelling: Labelling
    disputes: Disputes
    eraser: Eraser
    threshold: float = 0.7
    inbox: str | None = None
    reports: ReportCache = field(default_factory=ReportCache)

    @classmethod
    def open(
        cls,
        database: Database,
        storage_dir: Path,
        threshold: float = 0.7,
        inbox: str | None = None,
    ) -> "Review":
        """On a database whose tables are up to date; touches nothing yet."""
        return cls(
            database,
            Projects(database),
            Items(database, storage_dir / FOLDER),
            Labelling(database),
            Disputes(database),
            Eraser(database, storage_dir / FOLDER),
            threshold,
            inbox,
        )

    def report(self, project: Project) -> dict[str, Any]:
        """The figures of a project with charts; made anew when something changed."""
        state = self.disputes.state(project)
        report = self.reports.get(project.id, state)
        if report is None:
            labels, items = self.disputes.labels(project), self.items.labelled(project)
            report = project_report(project, items, labels, state[1], self.threshold)
            self.reports.put(project.id, state, report)
        return report

    def calibrate(self, project: Project, wanted: float) -> Report:
        """Thresholds and mappings for a wanted precision.

        Raises:
            NotEnoughLabels: too few decided fits.
        """
        decisions = decide(self.disputes.labels(project))
        examples, _ = examples_of(self.items.labelled(project), decisions)
        return calibrate(examples, wanted, {"project": project.name})

    def send_to_review(
        self, try_on: TryOn, record: RunRecord | None = None, source: Source = "studio"
    ) -> Item:
        """Put a finished fit in front of the reviewers of the inbox.

        Raises:
            ReviewNotFound: this server takes nothing for review.
            StorageError: the disk said no.
        """
        if not self.inbox:
            raise ReviewNotFound(
                "no inbox", message="This studio sends nothing to review.",
                remedy="Name a review project in REVIEW_INBOX and start the studio again.",
            )  # fmt: skip
        project = self.projects.get(self.inbox)
        files = try_on_files(try_on, record or RunRecord())
        return self.items.add_files(project, files, source, source)
