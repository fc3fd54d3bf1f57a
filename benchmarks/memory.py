"""Resident memory of the server: over many drafts, and for one large draft. Linux only."""

from pathlib import Path
from typing import Any

from app import create_app
from benchmarks.photos import LARGE_WH, as_jpeg, garment_rgb, person_rgb
from tryon.bootstrap import build
from tryon.settings import Settings

NUM_DRAFTS = 20


def measure_many_drafts() -> dict[str, Any]:
    """Megabytes of a process with the page loaded, before and after many drafts."""
    app = create_app()
    studio = build(Settings())
    person, garment = person_rgb(), garment_rgb()
    resident = {"before the first draft": resident_mb()}
    for number in range(1, NUM_DRAFTS + 1):
        studio.try_on(as_jpeg(person, number), as_jpeg(garment, number))
        if number in (1, NUM_DRAFTS // 2, NUM_DRAFTS):
            resident[f"after {number} draft{'s' if number > 1 else ''}"] = resident_mb()
    del app
    return {"resident_mb": resident, "peak_mb": peak_mb()}


def measure_large_draft() -> dict[str, Any]:
    """Megabytes of a process with the page loaded and the models open: idle, and at most while it
    makes its first draft of large photos."""
    app = create_app()
    studio = build(Settings())
    studio.warm_up()
    person, garment = (as_jpeg(rgb(LARGE_WH), 0) for rgb in (person_rgb, garment_rgb))
    idle = resident_mb()
    forget_peak()
    studio.try_on(person, garment)
    del app
    return {"idle_mb": idle, "peak_mb": peak_mb()}


def resident_mb() -> float:
    """Of this process, now."""
    return _status_mb("VmRSS")


def peak_mb() -> float:
    """The most that was resident since the start, or since `forget_peak`."""
    return _status_mb("VmHWM")


def forget_peak() -> None:
    """Count the peak from now on."""
    Path("/proc/self/clear_refs").write_text("5")


def _status_mb(name: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise OSError(f"no {name} in /proc/self/status")
