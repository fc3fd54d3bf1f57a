"""Seconds and memory of drafts; writes docs/benchmark.md and the README's table.

    python -m benchmarks.draft

Every measurement runs in a process of its own: `speed.py` has those of time, `memory.py` those of
memory.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from benchmarks import memory, speed
from benchmarks.photos import PHONE_WH
from scripts.render_docs import ROOT, between
from tryon.process import tune_allocator
from tryon.steps import STAGES

MEASUREMENTS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "drafts": speed.measure_drafts,
    "loading": speed.measure_loading,
    "drags": speed.measure_drags,
    "memory": memory.measure_many_drafts,
    "large-draft": memory.measure_large_draft,
}
PROMISED_RATIO = 1.35
PROMISED_DRAGS_MS: Final = {"768x1024": 60, "1152x1536": 180}
PROMISED_MB = 1200
PROMISED_LARGE_MB = 400


def measured(what: str) -> dict[str, Any]:
    """One measurement, without the memory of the others."""
    print(f"measuring {what} ...", file=sys.stderr, flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.draft", "--only", what],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def speed_table(drafts: dict[str, Any], loading: dict[str, float], drags: dict[str, float]) -> str:
    """Markdown: seconds a stage, the whole, the bare inferences, a large photo, a moved point."""
    seconds = drafts["seconds"]
    lines = ["| Step | Seconds |", "|---|---:|"]
    lines += [
        f"| {STAGES[name]} {name} | {seconds[name]:.3f} |" for name in STAGES if name in seconds
    ]
    again = f", {drafts['attempts']} attempts" if drafts["attempts"] > 1 else ""
    lines += [
        f"| **whole draft, 768x1024{again}** (stages 0-5) | **{seconds['whole']:.3f}** |",
        f"| bare inferences: {seconds['pose, person']:.3f} pose + {seconds['matting, person']:.3f} "
        f"+ {seconds['matting, garment']:.3f} matting | {seconds['bare']:.3f} |",
        f"| **whole / bare** (wanted: at most {PROMISED_RATIO}) "
        f"| **{seconds['whole'] / seconds['bare']:.2f}** |",
        f"| CPU time of the whole draft / of the bare inferences "
        f"| {seconds['whole cpu']:.3f} / {seconds['bare cpu']:.3f} |",
    ]
    width, height = PHONE_WH
    lines += [
        f"| 0 load, {kind} of {width * height / 1e6:.0f} megapixels ({width}x{height}) "
        f"| {value:.3f} |"
        for kind, value in loading.items()
    ]
    lines += [
        f"| stages 4-5 after a point was moved, {size} (wanted: at most "
        f"{PROMISED_DRAGS_MS[size] / 1000:.3f}) | {value:.3f} |"
        for size, value in drags.items()
    ]
    return "\n".join(lines) + "\n"


def memory_table(many: dict[str, Any], large: dict[str, float]) -> str:
    """Markdown: megabytes of one process with the page loaded."""
    lines = ["| Memory of the server | MB |", "|---|---:|"]
    lines += [f"| resident {when} | {value:.0f} |" for when, value in many["resident_mb"].items()]
    lines += [
        f"| peak (promised: resident at most {PROMISED_MB}) | {many['peak_mb']:.0f} |",
        f"| one draft at 1152x1536, peak above idle with open models (promised: at most "
        f"{PROMISED_LARGE_MB}) | {large['peak_mb'] - large['idle_mb']:.0f} |",
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--only", choices=MEASUREMENTS, help="print one measurement as JSON")
    only = parser.parse_args().only
    if only:
        tune_allocator()  # as app.py does
        print(json.dumps(MEASUREMENTS[only]()))
        return 0

    cores = len(os.sched_getaffinity(0))
    if (load := os.getloadavg()[0]) > cores / 2:
        print(
            f"note: this machine is busy (load {load:.1f}): figures will be high", file=sys.stderr
        )
    found = {what: measured(what) for what in MEASUREMENTS}
    tables = speed_table(found["drafts"], found["loading"], found["drags"])
    tables += "\n" + memory_table(found["memory"], found["large-draft"])
    print(tables)
    intro = (
        "# Benchmark\n\n"
        f"`make bench` on {datetime.now(UTC):%Y-%m-%d}: {cores} cores, Python "
        f"{platform.python_version()}, {platform.system()} {platform.machine()}. Medians of "
        f"{speed.NUM_RUNS} warm runs; every run has photos that no cache knows. Bare inferences "
        "take turns with the drafts in the same process. An offline final picture (stage 6) and "
        "storing (stage 7) come on top of the whole draft. Person and garment are prepared side by "
        "side, and the matting network takes one picture at a time on all cores: stages 1 and 3 "
        "include what they waited for each other.\n\n"
    )
    (ROOT / "docs" / "benchmark.md").write_text(intro + tables, "utf-8")
    readme = ROOT / "README.md"
    readme.write_text(between(readme.read_text("utf-8"), "benchmark", tables), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
