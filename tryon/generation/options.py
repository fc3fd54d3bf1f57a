"""What a user may choose for the final picture."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from tryon.ports import GeneratorName

GeneratorChoice: TypeAlias = Literal["auto"] | GeneratorName
GENERATOR_CHOICES: Final[tuple[str, ...]] = ("auto", *get_args(GeneratorName))
REALISM_LEVELS: Final = {
    1: "the draft as it is, with softer edges",
    2: "the light of the photo on the garment",
    3: "and large folds, contact shadows, the photo's sharpness and grain",
    4: "stronger folds and shadows",
    5: "folds, drape and fit made anew, as far as the generator can",
}
"""What each level asks for; each adds to the one before."""
DEFAULT_REALISM: Final = 3


@dataclass(frozen=True, slots=True)
class FinalOptions:
    """How to make the final picture.

    Attributes:
        generator: "auto" takes Nano Banana where there is a key, and says so when it failed and
            the result is the offline finisher's; the other two take that one or fail.
        preserve_face: keep head and hair as photographed. False: a generator may repaint them.
        preserve_background: keep what is behind the person. False: a generator may repaint it.
        realism_level: a key of `REALISM_LEVELS`.
        max_retries: how often a picture that fails its checks is made anew; 0..3.
        seed: for generators that draw lots; None lets them.
        model: which of the generator's models; None for the one in the settings.
    """

    generator: GeneratorChoice = "auto"
    preserve_face: bool = True
    preserve_background: bool = True
    realism_level: int = DEFAULT_REALISM
    max_retries: int = 1
    seed: int | None = None
    model: str | None = None

    def __post_init__(self) -> None:
        if self.generator not in GENERATOR_CHOICES:
            raise ValueError(f"generator: want one of {GENERATOR_CHOICES}, got {self.generator!r}")
        if self.realism_level not in REALISM_LEVELS:
            raise ValueError(f"realism_level: want 1..5, got {self.realism_level}")
        if not 0 <= self.max_retries <= 3:
            raise ValueError(f"max_retries: want 0..3, got {self.max_retries}")
