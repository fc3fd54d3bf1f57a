"""Which generators there are, and which one a choice means."""

from dataclasses import dataclass, field

from tryon.generation.offline import OfflineFinisher
from tryon.generation.options import GeneratorChoice
from tryon.generation.reasons import failed_because
from tryon.ports import Generator, GeneratorName

TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True)
class GeneratorInfo:
    """One generator, for people who choose.

    Attributes:
        name: what to put into `FinalOptions.generator`.
        model: its default model.
        is_available: False where its key is missing.
        is_default: whether "auto" means this one.
        sends: a sentence on what leaves this machine.
    """

    name: GeneratorName
    model: str
    is_available: bool
    is_default: bool
    sends: str


@dataclass(frozen=True, slots=True)
class Generators:
    """What can make a final picture here.

    Attributes:
        nano_banana: None where there is no key.
        offline: always there.
        timeout_s: for one final picture, repeats included.
    """

    nano_banana: Generator | None = None
    offline: Generator = field(default_factory=OfflineFinisher)
    timeout_s: float = TIMEOUT_S

    def choose(self, choice: GeneratorChoice) -> Generator:
        """The generator a choice means.

        Raises:
            NanoApiError: Nano Banana is wanted, and there is no key.
        """
        if choice == "offline":
            return self.offline
        if self.nano_banana is not None:
            return self.nano_banana
        if choice == "nano-banana":
            raise failed_because("no_key")
        return self.offline

    def infos(self) -> tuple[GeneratorInfo, ...]:
        """Every generator, those without a key included; "auto" means the one `is_default`."""
        nano, default = self.nano_banana, self.choose("auto")
        return (
            GeneratorInfo(
                "nano-banana",
                nano.model if nano else "",
                nano is not None,
                default is nano,
                nano.sends if nano else "Not set up: NANO_BANANA_API_KEY is empty.",
            ),
            GeneratorInfo(
                "offline", self.offline.model, True, default is self.offline, self.offline.sends
            ),
        )
