"""Tell what runs, how long it took and what came out; stop when asked; name the stage in errors."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, ParamSpec, TypeAlias, TypeVar

from tryon.errors import Cancelled, TryOnError

P = ParamSpec("P")
R = TypeVar("R")

STAGES: Final[dict[str, int]] = {
    "load person": 0,
    "load garment": 0,
    "segment person": 1,
    "detect pose": 2,
    "prepare garment": 3,
    "align": 4,
    "check quality": 5,
    "generate": 6,
    "store": 7,
}


@dataclass(frozen=True, slots=True, eq=False)
class StepEvent:
    """One stage began or ended.

    Attributes:
        name: a key of `STAGES`.
        seconds: wall time of the stage; None when it has just begun.
        result: what the stage returned; None when it has just begun.
    """

    name: str
    seconds: float | None = None
    result: Any = None

    @property
    def stage(self) -> int:
        """The stage number shown to people, 0..7."""
        return STAGES[self.name]

    @property
    def is_done(self) -> bool:
        """Whether the stage has ended."""
        return self.seconds is not None


OnStep: TypeAlias = Callable[[StepEvent], None]


def ignore(_event: StepEvent) -> None:
    """An `OnStep` for callers who do not watch."""


def one_at_a_time(on_step: OnStep) -> OnStep:
    """The same watcher, never called by two threads at once."""
    lock = threading.Lock()

    def locked(event: StepEvent) -> None:
        with lock:
            on_step(event)

    return locked


@dataclass(slots=True)
class Steps:
    """Calls one stage at a time.

    Attributes:
        on_step: told of every begin and end, in the thread that runs the stage.
        is_cancelled: asked before each stage.
        seconds: wall seconds by stage name, summed over attempts.
    """

    on_step: OnStep = ignore
    is_cancelled: Callable[[], bool] = lambda: False
    seconds: dict[str, float] = field(default_factory=dict)

    def __call__(self, name: str, stage: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `stage` under `name`.

        Raises:
            Cancelled: asked to stop before this stage began.
            TryOnError: from the stage, with `error.stage` filled in.
        """
        try:
            if self.is_cancelled():
                raise Cancelled
            self.on_step(StepEvent(name))
            start = time.perf_counter()
            result = stage(*args, **kwargs)
        except TryOnError as error:
            error.stage = error.stage or name
            raise
        except Exception as error:
            error.add_note(f"in stage {name}")
            raise
        seconds = time.perf_counter() - start
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds
        self.on_step(StepEvent(name, seconds, result))
        return result
