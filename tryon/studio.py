"""The one service that the command line, the API and the studio's pages call.

It keeps prepared photos by content, so that the same photo is paid for once.
"""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from tryon.anchors import GarmentType
from tryon.cache import ContentCache
from tryon.calibration import Calibration
from tryon.fit import MOST_GARMENTS, FitOptions, Models, Person, TryOn
from tryon.generation.final import Final
from tryon.generation.generators import GeneratorInfo, Generators
from tryon.generation.options import FinalOptions
from tryon.pipeline import (
    finish_fit,
    fit_garment,
    fit_outfit,
    prepare_garment_photo,
    prepare_person,
)
from tryon.stages.garment import Garment
from tryon.stages.load import PhotoLimits
from tryon.steps import OnStep, Steps, ignore, one_at_a_time
from tryon.turning import turned_photo

CACHED_PHOTOS = 3  # a prepared person of 768x1024 holds about 30 MB, of 1536 px 70 MB
WARM_UP_SHAPE = (256, 192, 3)


class Studio:
    """Prepared photos and models behind a few calls. Safe to use from several threads.

    Args:
        models: the networks.
        limits: what pictures are accepted.
        cached_photos: how many persons and how many garments stay prepared.
        generators: who makes final pictures; None for the offline finisher alone.
        calibration: of the score of every fit; None to leave it as it is.
    """

    def __init__(
        self,
        models: Models,
        limits: PhotoLimits,
        cached_photos: int = CACHED_PHOTOS,
        generators: Generators | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        self._calibration = calibration
        self._models = models
        self._limits = limits
        self._generators = generators or Generators()
        self._persons: ContentCache[Person] = ContentCache(cached_photos)
        self._garments: ContentCache[Garment] = ContentCache(cached_photos)

    def try_on(
        self,
        person: bytes,
        garment: bytes | Sequence[bytes],
        options: FitOptions | Sequence[FitOptions] | None = None,
        on_step: OnStep = ignore,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> TryOn:
        """Stages 0-5: dress the person of one photo in one garment, or in several at once.

        Args:
            person: bytes of the person photo.
            garment: bytes of the garment photo; of an outfit, those of one to `MOST_GARMENTS`
                photos in any order: bottoms go under dresses, dresses under tops.
            options: None for the defaults; for an outfit one for all, which then names no type
                and no anchors, or one a garment in the same order.
            on_step: told of every stage as it begins and ends, one call at a time, from this
                thread and from the one that prepares the garment beside it.
            is_cancelled: asked before each stage.

        Returns:
            The fit; of an outfit that of the uppermost garment, whose draft shows all of them.
            `TryOn.outfit` has the others.

        Raises:
            TryOnError: with code, message, remedy and the stage it happened in.
            ValueError: no garment, too many, or options that do not go with them.
        """
        garments = [garment] if isinstance(garment, bytes) else list(garment)
        choices = [self._calibrated(one) for one in _one_each(options, len(garments))]
        step = Steps(one_at_a_time(on_step), is_cancelled)
        with ThreadPoolExecutor(1, "garment") as beside:
            prepared = [
                beside.submit(self.garment, data, _type_of(choice), step)
                for data, choice in zip(garments, choices, strict=True)
            ]
            try:
                dressed = self.person(person, step)
            except BaseException:
                beside.shutdown(wait=True, cancel_futures=True)
                raise
        return fit_outfit(dressed, [one.result() for one in prepared], choices, step)

    def refit(
        self,
        before: TryOn,
        options: FitOptions,
        on_step: OnStep = ignore,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> TryOn:
        """Stages 4-5 again on what an earlier fit prepared: anchors moved, masks corrected.

        Of an outfit, the uppermost garment; what is worn below stays as it is.

        Raises:
            TryOnError: as `try_on`.
        """
        step = Steps(on_step, is_cancelled)
        chosen = self._calibrated(options)
        return fit_garment(before.person, before.garment, chosen, step, before.under)

    def _calibrated(self, options: FitOptions) -> FitOptions:
        return replace(options, calibration=self._calibration)

    def finish(
        self,
        try_on: TryOn,
        options: FinalOptions | None = None,
        on_step: OnStep = ignore,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Final:
        """Stage 6: the final picture of a fit, at the size of the person photo as given.

        Args:
            try_on: what `try_on` returned; of an outfit, all of it is shown.
            options: None for the defaults. With "auto", a failure of Nano Banana gives the offline
                finisher's picture: `Final.generator` says so, `Final.failure` why.
            on_step: told of the step "generate" as it begins and ends.
            is_cancelled: asked before it begins and between requests to a generator.

        Raises:
            NanoApiError: the generator asked for by name made nothing usable; `reason` says why.
            TimedOut: it took too long.
            Cancelled: asked to stop.
        """
        step = Steps(one_at_a_time(on_step), is_cancelled)
        return finish_fit(try_on, options or FinalOptions(), self._generators, step)

    def turned(self, photo: bytes, quarters: int) -> bytes:
        """A picture file turned to the right by so many quarters; see `turned_photo`.

        Raises:
            InvalidImageFormat, ImageTooLarge: it is no picture, or too large.
        """
        return turned_photo(photo, quarters, self._limits)

    def generators(self) -> tuple[GeneratorInfo, ...]:
        """Who can make final pictures, which one "auto" means, and what leaves this machine."""
        return self._generators.infos()

    def warm_up(self) -> None:
        """Open the models and run each once, so that the first visitor does not wait for that.

        Raises:
            WeightsUnavailable: a model file is missing; the next call looks for it again.
        """
        nobody = np.full(WARM_UP_SHAPE, 127, np.uint8)
        self._models.pose.detect(nobody)
        self._models.matting.alpha(nobody)

    def close(self) -> None:
        """Free the models and the prepared photos."""
        self._persons.clear()
        self._garments.clear()
        self._models.pose.close()

    def person(self, data: bytes, step: Steps) -> Person:
        """Stages 0-2, from memory when these very bytes were prepared lately."""
        made: list[Person] = []

        def make() -> Person:
            made.append(prepare_person(data, self._models, self._limits, step))
            return made[0]

        kept = self._persons.get_or_make(_digest(data), make)
        if not made:  # by an earlier run, or by one beside this
            step("load person", lambda: kept.photo)
            step("detect pose", lambda: kept.pose)
            step("segment person", lambda: kept.masks)
        return kept

    def garment(self, data: bytes, garment_type: GarmentType | None, step: Steps) -> Garment:
        """Stages 0 and 3, from memory when these very bytes were prepared lately."""
        made: list[Garment] = []

        def make() -> Garment:
            made.append(prepare_garment_photo(data, garment_type, self._models, self._limits, step))
            return made[0]

        kept = self._garments.get_or_make(f"{_digest(data)} {garment_type}", make)
        if not made:  # by an earlier run, or by one beside this
            step("load garment", lambda: kept.photo)
            step("prepare garment", lambda: kept)
        return kept


def _one_each(
    options: FitOptions | Sequence[FitOptions] | None, num_garments: int
) -> Sequence[FitOptions]:
    """The options of each garment.

    Raises:
        ValueError: see `Studio.try_on`.
    """
    if not 1 <= num_garments <= MOST_GARMENTS:
        raise ValueError(f"garment: want 1 to {MOST_GARMENTS} photos, got {num_garments}")
    if options is None or isinstance(options, FitOptions):
        common = options or FitOptions()
        if num_garments > 1 and (common.garment_type or common.anchors):
            raise ValueError("options: a type or anchors belong to one garment; give one a garment")
        return [common] * num_garments
    if len(options) != num_garments:
        raise ValueError(f"options: want {num_garments}, got {len(options)}")
    return options


def _type_of(options: FitOptions) -> GarmentType | None:
    """The type a garment is prepared as; points set by hand bring theirs."""
    return options.anchors.garment_type if options.anchors else options.garment_type


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
