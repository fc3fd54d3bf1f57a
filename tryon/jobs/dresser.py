"""The pipeline as workers see it: photos and a job's options in, files out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from tryon.anchors import AnchorPair
from tryon.artifacts.files import try_on_files
from tryon.artifacts.record import RunRecord
from tryon.fit import FitOptions
from tryon.generation.options import FinalOptions
from tryon.jobs.job import GarmentOptions, JobOptions
from tryon.steps import OnStep
from tryon.studio import Studio

MOST_PICTURES_ANEW: Final = 1


@dataclass(frozen=True, slots=True, eq=False)
class Dressed:
    """What came out, as files.

    Attributes:
        files: name and content of every artifact.
        picture: name of the file that is the result.
    """

    files: Iterable[tuple[str, bytes]]
    picture: str
    quality_score: float
    retry_count: int
    generator: str | None
    warnings: tuple[str, ...]
    seconds: dict[str, float]


class Dresser(Protocol):
    """The pipeline, as a worker sees it."""

    def __call__(
        self,
        person: bytes,
        garments: Sequence[bytes],
        options: JobOptions,
        on_step: OnStep,
        is_cancelled: Callable[[], bool],
    ) -> Dressed:
        """Dress the person of one photo in the garments of others. Raises TryOnError."""


@dataclass(frozen=True, slots=True)
class StudioDresser:
    """Calls the studio.

    Attributes:
        service: the studio.
        quality_threshold: score below which other strategies are tried.
        record: what `run.json` says of the settings.
    """

    service: Studio
    quality_threshold: float
    record: RunRecord

    def __call__(
        self,
        person: bytes,
        garments: Sequence[bytes],
        options: JobOptions,
        on_step: OnStep,
        is_cancelled: Callable[[], bool],
    ) -> Dressed:
        """Stages 0-5, and 6 when the job's mode is final."""
        fit_options = [self._fit_options(options, garment) for garment in options.garments]
        try_on = self.service.try_on(person, garments, fit_options, on_step, is_cancelled)
        final_options = _final_options(options) if options.mode == "final" else None
        final = None
        if final_options is not None:
            final = self.service.finish(try_on, final_options, on_step, is_cancelled)
        return Dressed(
            files=try_on_files(try_on, self.record.of_run(fit_options, final_options), final),
            picture="result.png" if final else "draft_composite.png",
            quality_score=try_on.score,
            retry_count=try_on.num_retries,
            generator=final.generator if final else None,
            warnings=try_on.notes + (final.notes if final else ()),
            seconds=try_on.seconds | ({"generate": final.seconds} if final else {}),
        )

    def _fit_options(self, options: JobOptions, garment: GarmentOptions) -> FitOptions:
        anchors = AnchorPair.from_json(garment.anchors) if garment.anchors else None
        return FitOptions(
            garment_type=anchors.garment_type if anchors else garment.garment_type,
            anchors=anchors,
            tuck=options.tuck,
            max_retries=options.max_retries,
            quality_threshold=self.quality_threshold,
        )


def _final_options(options: JobOptions) -> FinalOptions:
    return FinalOptions(
        generator=options.generator,
        preserve_face=options.preserve_face,
        preserve_background=options.preserve_background,
        realism_level=options.realism_level,
        # A picture may cost money: once more at most, however many fits may be tried.
        max_retries=min(MOST_PICTURES_ANEW, options.max_retries),
    )
