"""The one service that the command line, the API and the studio's pages call.

It keeps prepared photos by content, so that the same photo is paid for once.
"""

from collections.abc import Callable

from tryon.cache import ContentCache
from tryon.pipeline import (
    FitOptions, Garment, Models, Person, TryOn, fit_garment, prepare_garment_photo, prepare_person,
)  # fmt: skip
from tryon.stages.load import PhotoLimits
from tryon.steps import OnStep, Steps, ignore


class Studio:
    """Prepared photos and models behind three calls. Safe to use from several threads."""

    def __init__(self, models: Models, limits: PhotoLimits, cached_photos: int = 8) -> None:
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

        Raises:
            TryOnError: with code, message, remedy and the stage it happened in.
        """
