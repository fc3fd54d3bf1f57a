"""The product on one page: dress the person of one photo in the garment of another.

Stage 6 (final generation) is not built yet; stage 7 is `tryon/store.py`.
"""

from dataclasses import dataclass

from tryon.anchors import AnchorPair, GarmentType
from tryon.ports import MattingModel, PoseModel
from tryon.stages.align import Draft, align_garment
from tryon.stages.garment import Garment, prepare_garment
from tryon.stages.load import Photo, PhotoLimits, load_photo
from tryon.stages.pose import Pose, find_pose
from tryon.stages.quality import Quality, check_quality
from tryon.stages.segment import PersonMasks, segment_person
from tryon.stages.strategies import STRATEGIES
from tryon.stages.tuck import Tuck
from tryon.steps import Steps


@dataclass(frozen=True, slots=True)
class Models:
    """The two networks the pipeline needs."""

    pose: PoseModel
    matting: MattingModel


@dataclass(frozen=True, slots=True)
class FitOptions:
    """What a user may choose for one fit.

    Attributes:
        garment_type: None to detect.
        anchors: points set by hand, in pixels of pictures of any size; None to find them.
        tuck: whether a top is tucked into what is worn below; "auto" keeps it as in the photo.
        max_retries: how many other strategies may be tried.
        quality_threshold: score below which they are tried.
    """

    garment_type: GarmentType | None = None
    anchors: AnchorPair | None = None
    tuck: Tuck = "auto"
    max_retries: int = 2
    quality_threshold: float = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Everything known of the person photo (stages 0-2)."""

    photo: Photo
    pose: Pose
    masks: PersonMasks


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """One strategy tried: what came of it."""

    strategy: str
    draft: Draft
    quality: Quality


@dataclass(frozen=True, slots=True, eq=False)
class TryOn:
    """A finished fit with every stage's result."""

    person: Person
    garment: Garment
    attempts: tuple[Attempt, ...]
    seconds: dict[str, float]

    @property
    def best(self) -> Attempt:
        """The attempt with the highest score; the earlier one when equal."""
        return max(self.attempts, key=lambda attempt: attempt.quality.score)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should read about this run, each sentence once."""
        parts = (self.person.photo, self.person.pose, self.person.masks,
                 self.garment.photo, self.garment)  # fmt: skip
        return tuple(dict.fromkeys(note for part in parts for note in part.notes))


def prepare_person(data: bytes, models: Models, limits: PhotoLimits, step: Steps) -> Person:
    """Stages 0-2 of the person photo. The pose comes first: its mask says what is person."""
    photo = step("load person", load_photo, data, limits)
    pose = step("detect pose", find_pose, photo, models.pose)
    masks = step("segment person", segment_person, photo, pose, models.matting)
    return Person(photo, pose, masks)


def prepare_garment_photo(
    data: bytes, garment_type: GarmentType | None, models: Models, limits: PhotoLimits, step: Steps
) -> Garment:
    """Stages 0 and 3 of the garment photo."""
    photo = step("load garment", load_photo, data, limits)
    return step(
        "prepare garment", prepare_garment, photo, garment_type, models.matting, models.pose
    )


def fit_garment(person: Person, garment: Garment, options: FitOptions, step: Steps) -> TryOn:
    """Stages 4-5: align, score, and try other strategies while the score is too low."""
    attempts: list[Attempt] = []
    strategies = STRATEGIES[:1] if options.anchors else STRATEGIES[: options.max_retries + 1]
    for strategy in strategies:
        draft = step("align", align_garment, person.photo, person.pose, person.masks, garment,
                     options.anchors, options.tuck, strategy)  # fmt: skip
        quality = step("check quality", check_quality, draft, person.pose, person.masks, garment,
                       options.quality_threshold)  # fmt: skip
        attempts.append(Attempt(strategy.name, draft, quality))
        if quality.passed:
            break
    return TryOn(person, garment, tuple(attempts), dict(step.seconds))
