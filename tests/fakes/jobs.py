"""Jobs without pictures: a dresser that sleeps, fails or waits on demand, and a ledger to fill."""

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import HELD_S
from tryon.jobs.dresser import Dressed
from tryon.jobs.job import JobOptions
from tryon.jobs.ledger import NewJob
from tryon.steps import OnStep, Steps

DRAFT = JobOptions(mode="draft")
HOLD = "hold"  # name of a file; see `FakeDresser.hold`


def new_job(owner: str = "shop", **changes: object) -> NewJob:
    """A draft of one owner."""
    values = {"id": str(uuid.uuid4()), "owner": owner, "options": DRAFT, "fingerprint": "f" * 64}
    return NewJob(**{**values, **changes})


@dataclass
class FakeDresser:
    """Walks through three steps.

    Attributes:
        seconds: how long each step takes.
        fails: raised in the second step, the first one first; then it works.
        gate: when given, the second step waits for it.
        hold: when given, the second step waits while this file exists; for other processes.
        is_deaf: never asks whether to stop: nothing but its gate ends it, however slow it is to get
            there.
        reached: set when the second step begins.
        seen: what it was called with.
    """

    seconds: float = 0.0
    fails: list[Exception] = field(default_factory=list)
    gate: threading.Event | None = None
    hold: Path | None = None
    is_deaf: bool = False
    reached: threading.Event = field(default_factory=threading.Event)
    seen: list[tuple[bytes, tuple[bytes, ...], JobOptions]] = field(default_factory=list)

    def __call__(
        self,
        person: bytes,
        garments: Sequence[bytes],
        options: JobOptions,
        on_step: OnStep,
        is_cancelled: Callable[[], bool],
    ) -> Dressed:
        self.seen.append((person, tuple(garments), options))
        step = Steps(on_step) if self.is_deaf else Steps(on_step, is_cancelled)
        step("load garment", time.sleep, self.seconds)
        step("align", self._align)
        step("check quality", time.sleep, self.seconds)
        return Dressed(
            files=[("draft_composite.png", b"picture of " + person), ("anchors.json", b"{}"),
                   ("person_mask.png", b"mask"), ("run.json", b"{}")],
            picture="draft_composite.png",
            quality_score=0.83,
            retry_count=1,
            generator=None,
            warnings=("The picture is small.",),
            seconds=dict(step.seconds),
        )  # fmt: skip

    def _align(self) -> None:
        gate = self.gate  # a test may take it away once it is reached
        self.reached.set()
        if gate is not None:
            assert gate.wait(HELD_S)
        while self.hold is not None and self.hold.exists():
            time.sleep(0.02)
        time.sleep(self.seconds)
        if self.fails:
            raise self.fails.pop(0)
