"""Jobs without pictures: a dresser that sleeps, fails or waits on demand, and a ledger to fill."""

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tryon.jobs.dresser import Dressed
from tryon.jobs.job import JobOptions
from tryon.jobs.ledger import NewJob
from tryon.steps import OnStep, Steps

DRAFT = JobOptions(mode="draft")


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
        reached: set when the second step begins.
        seen: what it was called with.
    """

    seconds: float = 0.0
    fails: list[Exception] = field(default_factory=list)
    gate: threading.Event | None = None
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
        step = Steps(on_step, is_cancelled)
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
        self.reached.set()
        if self.gate is not None:
            assert self.gate.wait(30)
        time.sleep(self.seconds)
        if self.fails:
            raise self.fails.pop(0)
