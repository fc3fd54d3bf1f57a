"""What one fit is made of: the models and options that go in, the results that come out."""

from dataclasses import dataclass

from tryon.anchors import AnchorPair, GarmentType, Tuck
from tryon.calibration import Calibration
from tryon.ports import MattingModel, PoseModel
from tryon.stages.align import Draft
from tryon.stages.garment import Garment
from tryon.stages.load import Photo
from tryon.stages.pose import Pose
from tryon.stages.quality import Quality
from tryon.stages.segment import PersonMasks
from tryon.stages.touch_up import MaskEdits

MOST_GARMENTS = 4  # in one run


@dataclass(frozen=True, slots=True)
class Models:
    """The two networks the pipeline needs."""

    pose: PoseModel
    matting: MattingModel


@dataclass(frozen=True, slots=True)
class FitOptions:
    """What a user may choose for the fit of one garment.

    Attributes:
        garment_type: None to detect.
        anchors: points set by hand, in pixels of pictures of any size; None to find them.
        tuck: whether a top is tucked into what is worn below; "auto" keeps it as in the photo.
        max_retries: how many other strategies may be tried.
        quality_threshold: score below which they are tried.
        masks: masks corrected by hand; None to take them as found.
        calibration: turns the score into the chance that people accept the fit; None: as it is.
    """

    garment_type: GarmentType | None = None
    anchors: AnchorPair | None = None
    tuck: Tuck = "auto"
    max_retries: int = 2
    quality_threshold: float = 0.7
    masks: MaskEdits | None = None
    calibration: Calibration | None = None


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
    garment: Garment  # as this strategy reads its photo


@dataclass(frozen=True, slots=True, eq=False)
class TryOn:
    """A finished fit with every stage's result; of an outfit, that of the uppermost garment.

    Attributes:
        person: who is dressed.
        attempts: strategies tried, in order; their drafts show the garments below, too.
        seconds: wall time by step, of the whole run.
        under: the fit of the garment below this one, perhaps with one below itself.
    """

    person: Person
    attempts: tuple[Attempt, ...]
    seconds: dict[str, float]
    under: "TryOn | None" = None

    @property
    def outfit(self) -> "tuple[TryOn, ...]":
        """This fit and those of the garments below it, from the uppermost down."""
        return (self, *(self.under.outfit if self.under else ()))

    @property
    def best(self) -> Attempt:
        """The attempt with the highest score; the earlier one when equal."""
        return max(self.attempts, key=lambda attempt: attempt.quality.score)

    @property
    def score(self) -> float:
        """0..1: that of the best attempt; of an outfit, the lowest of its garments."""
        return min(fit.best.quality.score for fit in self.outfit)

    @property
    def num_retries(self) -> int:
        """Other strategies that were tried, for all garments together."""
        return sum(len(fit.attempts) - 1 for fit in self.outfit)

    @property
    def garment(self) -> Garment:
        """What was put on, as the best attempt reads its photo."""
        return self.best.garment

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should read about this run, each sentence once."""
        garments = (part for fit in self.outfit for part in (fit.garment.photo, fit.garment))
        parts = (self.person.photo, self.person.pose, *garments)
        found = [note for part in parts for note in part.notes]
        if version := self.best.quality.calibration:
            found.append(f"The score is the chance of being accepted, by calibration {version}.")
        return tuple(dict.fromkeys(found))
