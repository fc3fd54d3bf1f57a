"""A request for a try-on: its pictures and choices, checked before anything is kept."""

import hashlib
from dataclasses import asdict, dataclass, replace
from typing import BinaryIO, Final

from tryon.anchors import AnchorPair
from tryon.artifacts.files import json_bytes
from tryon.errors import ImageTooLarge, InvalidImageFormat
from tryon.jobs.job import GarmentOptions, JobOptions
from tryon.stages.loading.file_kinds import file_kind

HEAD_BYTES: Final = 4096  # enough to tell what kind of file it is


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as submitted.

    Attributes:
        file: at its start, and set back there by whoever reads it here.
        num_bytes: of all of it.
    """

    file: BinaryIO
    num_bytes: int


@dataclass(frozen=True, slots=True)
class Submission:
    """A request for a try-on, its pictures at hand.

    Attributes:
        garments: one for each of `options.garments`.
    """

    person: Photo
    garments: tuple[Photo, ...]
    options: JobOptions
    priority: int
    idempotency_key: str | None = None
    webhook_url: str | None = None

    @property
    def photos(self) -> tuple[Photo, ...]:
        """All of them, the person first."""
        return (self.person, *self.garments)

    def checked(self, max_bytes: int) -> "Submission":
        """The same with anchors as we write them.

        Args:
            max_bytes: of one picture.

        Raises:
            ImageTooLarge: a picture is.
            InvalidImageFormat: a picture is none.
            InvalidAnchors: anchors are none, or those of another type of garment.
        """
        for photo in self.photos:
            _check(photo, max_bytes)
        garments = tuple(map(_with_own_anchors, self.options.garments))
        return replace(self, options=replace(self.options, garments=garments))

    def fingerprint(self) -> str:
        """Of photos and options: two requests with the same one are the same request."""
        digest = hashlib.sha256(json_bytes(asdict(self.options)))
        for photo in self.photos:
            digest.update(hashlib.file_digest(photo.file, "sha256").digest())  # type: ignore[arg-type]
            photo.file.seek(0)
        return digest.hexdigest()


def _check(photo: Photo, max_bytes: int) -> None:
    if photo.num_bytes > max_bytes:
        raise ImageTooLarge(message=f"This picture file is larger than {max_bytes / 2**20:g} MB.")
    head = photo.file.read(HEAD_BYTES)
    photo.file.seek(0)
    if not head:
        raise InvalidImageFormat(message="This file is empty.")
    file_kind(head)


def _with_own_anchors(garment: GarmentOptions) -> GarmentOptions:
    """With anchors as we write them: whatever else a client sent is not kept."""
    if garment.anchors is None:
        return garment
    pair = AnchorPair.from_json(garment.anchors)
    pair.require_type(garment.garment_type)
    return replace(garment, anchors=pair.to_json())
