"""The only place that builds adapters. Nothing is loaded before it is first used."""

import logging
from importlib.util import find_spec
from pathlib import Path

from tryon.adapters.gemini import Endpoint, NanoBanana
from tryon.adapters.hub_dataset import HubDataset
from tryon.adapters.mediapipe_pose import MediapipePose
from tryon.adapters.rembg_matting import RembgMatting
from tryon.calibration import load_calibration
from tryon.database.sql import Database, database_url
from tryon.fit import Models
from tryon.generation.generators import Generators
from tryon.review.journal import Journal
from tryon.review.picture_sync import PictureSync
from tryon.review.service import Review
from tryon.settings import Settings
from tryon.stages.load import PhotoLimits
from tryon.studio import Studio
from tryon.weights import POSE_LANDMARKER, U2NETP, ensure

LOG = logging.getLogger(__name__)


def build(settings: Settings) -> Studio:
    """A studio ready to use; its models open at the first photo.

    Model files that are missing are fetched then, see `weights.py`.
    """
    calibration = settings.quality_calibration
    return Studio(
        build_models(settings), photo_limits(settings), generators=build_generators(settings),
        calibration=load_calibration(calibration) if calibration else None,
    )  # fmt: skip


def settled(settings: Settings) -> Settings:
    """The settings with the calibration's own threshold, unless QUALITY_THRESHOLD is set.

    Raises:
        InvalidCalibration: the file cannot be used.
    """
    path = settings.quality_calibration
    if path is None or "quality_threshold" in settings.model_fields_set:
        return settings
    threshold = load_calibration(path).threshold
    return settings.model_copy(update={"quality_threshold": threshold})


def build_generators(settings: Settings) -> Generators:
    """Who makes final pictures; without a key only the offline finisher."""
    key, nano = settings.nano_banana_api_key, None
    if key is not None and key.get_secret_value().strip():
        nano = NanoBanana(
            Endpoint(
                url=settings.nano_banana_api_url,
                key=key,
                model=settings.nano_banana_model,
                image_size=settings.nano_banana_image_size,
                connect_timeout_s=settings.nano_banana_connect_timeout_s,
                read_timeout_s=settings.nano_banana_read_timeout_s,
            )
        )
    return Generators(nano_banana=nano, timeout_s=settings.final_timeout_s)


def build_models(settings: Settings) -> Models:
    """The two networks, unopened."""
    folder, offline = settings.weights_dir, settings.weights_offline

    def matting_dir() -> Path:
        if settings.matting_model == "u2netp":  # rembg fetches the other models by itself
            ensure(U2NETP, folder, offline)
        return folder

    return Models(
        pose=MediapipePose(lambda: ensure(POSE_LANDMARKER, folder, offline)),
        matting=RembgMatting(settings.matting_model, matting_dir),
    )


def photo_limits(settings: Settings) -> PhotoLimits:
    """What pictures stage 0 accepts."""
    return PhotoLimits(
        work_side_px=settings.work_image_size,
        max_bytes=settings.max_upload_mb * 2**20,
        max_side_px=settings.max_image_side,
    )


def build_database(settings: Settings) -> Database:
    """The one database of this process: not connected, not migrated.

    Raises:
        ValueError: Redis without a database that several machines can share.
    """
    if settings.redis_url is not None and not all(map(find_spec, ("celery", "redis"))):
        raise ValueError("REDIS_URL: Celery and Redis need requirements-scale.txt")
    given = settings.database_url.get_secret_value() if settings.database_url else None
    database = Database.open(database_url(given, settings.storage_dir))
    if settings.redis_url is not None and database.is_sqlite:
        raise ValueError("REDIS_URL needs a DATABASE_URL of Postgres: workers share the jobs there")
    return database


def build_review(settings: Settings, database: Database) -> Review:
    """The review, its tables brought up to date."""
    database.migrate()
    return Review.open(
        database, settings.storage_dir, settings.quality_threshold, settings.review_inbox
    )


def start_journal(settings: Settings, review: Review) -> Journal | None:
    """Carry the review to REVIEW_DATASET; None without one, or when the hub does not let us."""
    if not settings.review_dataset:
        return None
    token = settings.hf_token.get_secret_value() if settings.hf_token else None
    folder = settings.storage_dir / "review-sync"
    try:
        has_pictures = settings.review_dataset_pictures
        hub = HubDataset(settings.review_dataset, folder, token, has_pictures=has_pictures)
        pictures = PictureSync(review.database, review.items.root, hub)
        journal = Journal(review.database, hub, pictures.copy_new if has_pictures else None)
    except Exception as error:  # noqa: BLE001 reviewing goes on; the log says why nothing is synced
        LOG.error("nothing is synced to %s: %s", settings.review_dataset, error)
        return None
    journal.start()
    return journal
