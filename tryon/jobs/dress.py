"""The studio as workers see it: a job's options in, files out."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tryon.anchors import AnchorPair
from tryon.artifacts import RunRecord, options_json, try_on_files
from tryon.errors import NanoApiError
from tryon.jobs.job import JobOptions
from tryon.jobs.work import Dressed
from tryon.pipeline import FitOptions
from tryon.runs import TryOnCall
from tryon.steps import OnStep


@dataclass(frozen=True, slots=True)
class StudioDresser:
    """Calls the studio.

    Attributes:
        try_on: `Studio.try_on`.
        quality_threshold: score below which other strategies are tried.
        record: what `run.json` says of the settings.
    """

    try_on: TryOnCall
    quality_threshold: float
    record: RunRecord

    def __call__(
        self,
        person: bytes,
        garment: bytes,
        options: JobOptions,
        on_step: OnStep,
        is_cancelled: Callable[[], bool],
    ) -> Dressed:
        """Stages 0-5, and 6 when the job's mode is final."""
        fit_options = self._fit_options(options)
        try_on = self.try_on(person, garment, fit_options, on_step, is_cancelled)
        if options.mode == "final":
            raise NanoApiError("not built yet")
        settings = {**self.record.settings, **options_json(fit_options)}
        record = replace(self.record, mode=options.mode, settings=settings)
        return Dressed(
            files=try_on_files(try_on, record),
            picture="draft_composite.png",
            quality_score=try_on.best.quality.score,
            retry_count=len(try_on.attempts) - 1,
            generator=None,
            warnings=try_on.notes,
            seconds=dict(try_on.seconds),
        )

    def _fit_options(self, options: JobOptions) -> FitOptions:
        anchors = AnchorPair.from_json(options.anchors) if options.anchors else None
        return FitOptions(
            garment_type=anchors.garment_type if anchors else options.garment_type,
            anchors=anchors,
            tuck=options.tuck,
            max_retries=options.max_retries,
            quality_threshold=self.quality_threshold,
        )
