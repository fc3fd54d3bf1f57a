"""Run try-ons beside the page: a few at once, the rest in line, each watched and cancellable."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from tryon.errors import Cancelled, TimedOut, TryOnError
from tryon.fit import FitOptions, TryOn
from tryon.process import give_way
from tryon.steps import OnStep, StepEvent

LOG = logging.getLogger(__name__)

SLOTS: Final = 2  # runs at once; a run keeps about one core busy
LIMIT_S: Final = 180.0  # a run that takes longer is given up, waiting in line not counted


class TryOnService(Protocol):
    """What the page needs of `tryon.studio.Studio`."""

    def try_on(
        self,
        person: bytes,
        garment: bytes,
        options: FitOptions | None,
        on_step: OnStep,
        is_cancelled: Callable[[], bool],
    ) -> TryOn:
        """Stages 0-5. Raises TryOnError."""

    def refit(
        self,
        before: TryOn,
        options: FitOptions,
        on_step: OnStep,
        is_cancelled: Callable[[], bool],
    ) -> TryOn:
        """Stages 4-5 on photos prepared before. Raises TryOnError."""

    def turned(self, photo: bytes, quarters: int) -> bytes:
        """A picture file turned to the right by quarters. Raises TryOnError."""


Pack: TypeAlias = Callable[[TryOn, FitOptions, Path], None]


@dataclass(frozen=True, slots=True)
class Waiting:
    """In line; `ahead` others start first."""

    ahead: int


@dataclass(frozen=True, slots=True)
class Started:
    """At work; the first run may still wait for the models."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Stages 0-5 are done."""

    try_on: TryOn


@dataclass(frozen=True, slots=True)
class Packed:
    """The zip of everything lies at `path`."""

    path: Path


@dataclass(frozen=True, slots=True)
class Failed:
    """Ended early; None: a bug of ours, the log has the traceback."""

    error: TryOnError | None


@dataclass(frozen=True, slots=True)
class Dropped:
    """The visitor moved on to other photos: nothing of this run may be shown any more."""


RunEvent: TypeAlias = Waiting | Started | StepEvent | Fitted | Packed | Failed | Dropped
_LAST = (Packed, Failed, Dropped)


@dataclass(slots=True, eq=False)
class Run:
    """One visitor's run of two photos: what happens, and the switch to stop it."""

    person: Path
    garment: Path
    _events: queue.SimpleQueue[RunEvent] = field(default_factory=queue.SimpleQueue)
    _stop: threading.Event = field(default_factory=threading.Event)
    _dropped: bool = False
    _started: float | None = None

    def tell(self, event: RunEvent) -> None:
        """Add an event; from any thread. After a stop nobody listens."""
        if self._stop.is_set():
            return
        if isinstance(event, Started):
            self._started = time.monotonic()
        self._events.put(event)

    def cancel(self) -> None:
        """Stop before the next stage; watchers hear of it at once."""
        self._stop.set()
        self._events.put(Failed(Cancelled()))

    def drop(self) -> None:
        """Stop, and let watchers forget what they have shown."""
        self._dropped = True
        self._stop.set()
        self._events.put(Dropped())

    def is_with(self, person: str | None, garment: str | None) -> bool:
        """Whether these are its photos, and the visitor has not moved on from them."""
        return not self._dropped and (person, garment) == (str(self.person), str(self.garment))

    @property
    def is_cancelled(self) -> bool:
        """Whether someone asked to stop."""
        return self._stop.is_set()

    def events(self, limit_s: float = LIMIT_S) -> Iterator[RunEvent]:
        """Every event as it comes; ends after `Packed`, `Failed` or `Dropped`."""
        try:
            while True:
                event = self._next(limit_s)
                if event is None:
                    continue
                yield event
                if isinstance(event, _LAST):
                    return
        finally:  # the session remembers this run; let go of the pictures in its events
            self._stop.set()
            self._events = queue.SimpleQueue()

    def _next(self, limit_s: float) -> RunEvent | None:
        """The next event; None when nothing happened for a second."""
        try:
            event = self._events.get(timeout=1.0)
        except queue.Empty:
            late = self._started and time.monotonic() - self._started > limit_s
            return Failed(TimedOut()) if late else None
        return Dropped() if self._dropped else event


class Runner:
    """Starts runs on a few threads of its own.

    Args:
        service: does the runs; the first may take longer, while its models open.
        pack: writes the zip of everything.
        slots: how many runs at once.

    Attributes:
        service, pack: as given; corrections of a fit use them, too.
    """

    def __init__(self, service: TryOnService, pack: Pack, slots: int = SLOTS) -> None:
        self.service = service
        self.pack = pack
        self._slots = slots
        self._pool = ThreadPoolExecutor(slots, "try-on", give_way)
        self._lock = threading.Lock()
        self._waiting: list[Run] = []
        self._busy = 0

    def start(self, person: Path, garment: Path, options: FitOptions, zip_path: Path) -> Run:
        """Put a run in line. Its zip is written to `zip_path` at the end."""
        run = Run(person, garment)
        with self._lock:
            self._waiting.append(run)
            ahead = len(self._waiting) - max(0, self._slots - self._busy)
        if ahead > 0:
            run.tell(Waiting(ahead))
        self._pool.submit(self._work, run, person, garment, options, zip_path)
        return run

    def _work(
        self, run: Run, person: Path, garment: Path, options: FitOptions, zip_path: Path
    ) -> None:
        with self._lock:
            self._busy += 1
            self._waiting.remove(run)
            for ahead, other in enumerate(self._waiting, start=1):
                other.tell(Waiting(ahead))
        try:
            if run.is_cancelled:
                return
            run.tell(Started())
            try_on = self.service.try_on(
                person.read_bytes(), garment.read_bytes(), options,
                on_step=run.tell, is_cancelled=lambda: run.is_cancelled,
            )  # fmt: skip
            run.tell(Fitted(try_on))
            run.tell(StepEvent("store"))
            start = time.perf_counter()
            self.pack(try_on, options, zip_path)
            run.tell(StepEvent("store", time.perf_counter() - start))
            run.tell(Packed(zip_path))
        except TryOnError as error:
            LOG.info("run ended: %s", error)
            run.tell(Failed(error))
        except Exception:  # a bug: the log keeps the traceback, the visitor a sentence
            LOG.exception("run failed")
            run.tell(Failed(None))
        finally:
            with self._lock:
                self._busy -= 1
