"""The one service that the command line, the API and the studio's pages call.

It keeps prepared photos by content, so that the same photo is paid for once.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from tryon.anchors import GarmentType
from tryon.cache import ContentCache
from tryon.pipeline import (
    FitOptions,
    Models,
    Person,
    TryOn,
    fit_garment,
    prepare_garment_photo,
    prepare_person,
)  # fmt: skip
from tryon.stages.garment import Garment
from tryon.stages.load import PhotoLimits
from tryon.steps import OnStep, Steps, ignore, one_at_a_time

CACHED_PHOTOS = 4  # a prepared person of 1536 px holds about 45 MB
WARM_UP_SHAPE = (256, 192, 3)


class Studio:
    """Prepared photos and models behind a few calls. Safe to use from several threads.

    Args:
        models: the networks.
        limits: what pictures are accepted.
        cached_photos: how many persons and how many garments stay prepared.
    """

    def __init__(
        self, models: Models, limits: PhotoLimits, cached_photos: int = CACHED_PHOTOS
    ) -> None:
        self._models = models
        self._limits = limits
        self._persons: ContentCache[Person] = ContentCache(cached_photos)
        self._garments: ContentCache[Garment] = ContentCache(cached_photos)

    def try_on(
        self,
        person: bytes,
        garment: bytes,
        options: FitOptions | None = None,
        on_step: OnStep = ignore,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> TryOn:
        """Stages 0-5 for two pictures as files.

        Args:
            person: bytes of the person photo.
            garment: bytes of the garment photo.
            options: None for the defaults.
            on_step: told of every stage as it begins and ends, one call at a time, from this
                thread and from the one that prepares the garment beside it.
            is_cancelled: asked before each stage.

        Raises:
            TryOnError: with code, message, remedy and the stage it happened in.
        """
        options = options or FitOptions()
        step = Steps(one_at_a_time(on_step), is_cancelled)
        garment_type = options.anchors.garment_type if options.anchors else options.garment_type
        with ThreadPoolExecutor(1, "garment") as beside:
            prepared = beside.submit(self.garment, garment, garment_type, step)
            dressed = self.person(person, step)
        return fit_garment(dressed, prepared.result(), options, step)

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
        kept = self._persons.get_or_make(
            _digest(data), lambda: prepare_person(data, self._models, self._limits, step)
        )
        if "load person" not in step.seconds:  # made by an earlier run, or by one beside this
            step("load person", lambda: kept.photo)
            step("detect pose", lambda: kept.pose)
            step("segment person", lambda: kept.masks)
        return kept

    def garment(self, data: bytes, garment_type: GarmentType | None, step: Steps) -> Garment:
        """Stages 0 and 3, from memory when these very bytes were prepared lately."""
        key = f"{_digest(data)} {garment_type}"
        kept = self._garments.get_or_make(
            key,
            lambda: prepare_garment_photo(data, garment_type, self._models, self._limits, step),
        )
        if "load garment" not in step.seconds:  # made by an earlier run, or by one beside this
            step("load garment", lambda: kept.photo)
            step("prepare garment", lambda: kept)
        return kept


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
