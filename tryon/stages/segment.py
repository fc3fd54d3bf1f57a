"""Stage 1: what is person, trunk, arms. The pose model says who, the matting model where exactly."""

from dataclasses import dataclass

from tryon.arrays import SoftMask, frozen


@dataclass(frozen=True, slots=True, eq=False)
class PersonMasks:
    """The person taken apart, at working size.

    Attributes:
        person: (H, W) float32 alpha of the whole person.
        torso: (H, W) float32, the trunk from neck base to hips, without arms.
        arms: (H, W) float32, visible arms and hands, bare or sleeved.
        hair: (H, W) float32, what looks like hair; all zero where it cannot be told.
        notes: sentences a person should read.
    """

    person: SoftMask
    torso: SoftMask
    arms: SoftMask
    hair: SoftMask
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for mask in (self.person, self.torso, self.arms, self.hair):
            frozen(mask)
