"""Seconds and memory of a draft at 768x1024; writes docs/benchmark.md and the README's table.

    python -m benchmarks.draft

Speed: whole drafts (prepared photos never reused) and, in turn with them, the bare inferences they
need: MediaPipe once and the matting network twice, on input prepared beforehand. Memory: another
process, with the page loaded, makes drafts one after another.
"""

import argparse
import io
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from scripts.render_docs import ROOT, between
from tryon.bootstrap import build
from tryon.generation.options import FinalOptions
from tryon.memory import tune_allocator
from tryon.settings import Settings
from tryon.steps import STAGES
from tryon.store import save_try_on

SIZE_WH = (768, 1024)
NUM_RUNS = 9
NUM_DRAFTS = 20
OFFLINE = FinalOptions(generator="offline")
GARMENT = ROOT / "assets" / "garments" / "printed_tshirt.jpg"
U2NET_SIDE_PX = 320
PROMISED_RATIO = 1.6
PROMISED_MB = 1200


def person_rgb() -> NDArray[np.uint8]:
    """(1024, 768, 3): Grace Hopper as matplotlib has her, a little cut off on both sides."""
    photo = files("matplotlib") / "mpl-data/sample_data/grace_hopper.jpg"
    with photo.open("rb") as file, Image.open(file) as given:
        return np.asarray(ImageOps.fit(given.convert("RGB"), SIZE_WH), dtype=np.uint8)


def garment_rgb() -> NDArray[np.uint8]:
    """(1024, 768, 3): a drawn T-shirt, fitted on white."""
    canvas = Image.new("RGB", SIZE_WH, "white")
    with Image.open(GARMENT) as photo:
        photo.thumbnail(SIZE_WH, Image.Resampling.LANCZOS)
        canvas.paste(photo, ((SIZE_WH[0] - photo.width) // 2, (SIZE_WH[1] - photo.height) // 2))
    return np.asarray(canvas, dtype=np.uint8)


def as_jpeg(rgb: NDArray[np.uint8], number: int) -> bytes:
    """A file nobody has seen before: one pixel in the corner differs by `number`."""
    fresh = rgb.copy()
    fresh[:8, :8] = number * 11 % 256
    buffer = io.BytesIO()
    Image.fromarray(fresh).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


@contextmanager
def bare_inferences() -> Iterator[dict[str, Callable[[], Any]]]:
    """The networks alone: same files and options as in the studio, input prepared beforehand."""
    import mediapipe
    import onnxruntime
    from mediapipe.tasks.python import BaseOptions, vision

    from tryon.adapters.mediapipe_pose import MAX_PEOPLE, MIN_DETECTION
    from tryon.weights import ensure_all

    pose_file, matting_file = ensure_all(Settings().weights_dir)
    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(pose_file)),
        num_poses=MAX_PEOPLE,
        min_pose_detection_confidence=MIN_DETECTION,
        output_segmentation_masks=True,
    )
    image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=person_rgb())
    session = onnxruntime.InferenceSession(matting_file, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    shape = (1, 3, U2NET_SIDE_PX, U2NET_SIDE_PX)
    tensor = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        yield {
            "pose, person": lambda: landmarker.detect(image),
            "matting, person": lambda: session.run(None, {name: tensor}),
            "matting, garment": lambda: session.run(None, {name: tensor}),
        }


def measure_speed() -> dict[str, Any]:
    """Medians over warm runs, drafts and bare inferences taking turns."""
    studio = build(Settings())
    person, garment = person_rgb(), garment_rgb()
    seconds: dict[str, list[float]] = {}
    attempts = []
    with bare_inferences() as bare:
        for number in range(NUM_RUNS + 2):
            row = {name: timed(run)[0] for name, run in bare.items()}
            row["bare"] = sum(row.values())
            photos = (as_jpeg(person, number), as_jpeg(garment, number))
            row["whole"], try_on = timed(partial(studio.try_on, *photos))
            row |= try_on.seconds
            row["generate"], _ = timed(partial(studio.finish, try_on, OFFLINE))
            with tempfile.TemporaryDirectory() as folder:
                row["store"], _ = timed(partial(save_try_on, try_on, Path(folder)))
            if number >= 2:  # the first two runs open the models and fill the allocators
                attempts.append(len(try_on.attempts))
                for name, value in row.items():
                    seconds.setdefault(name, []).append(value)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    return {"seconds": medians, "attempts": statistics.median_low(attempts)}


def measure_memory() -> dict[str, Any]:
    """Resident megabytes of a process with page and models, before and after many drafts."""
    from app import create_app

    app = create_app()
    studio = build(Settings())
    person, garment = person_rgb(), garment_rgb()
    resident = {"idle": resident_mb()}
    for number in range(NUM_DRAFTS):
        studio.try_on(as_jpeg(person, number), as_jpeg(garment, number))
        if number + 1 in (1, NUM_DRAFTS // 2, NUM_DRAFTS):
            resident[str(number + 1)] = resident_mb()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    del app
    return {"resident_mb": resident, "peak_mb": peak}


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Wall seconds, result."""
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def resident_mb() -> float:
    """Of this process, now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise OSError("no VmRSS in /proc/self/status")


def in_a_process_of_its_own(what: str) -> dict[str, Any]:
    """Run one measurement without the memory of the other."""
    print(f"measuring {what} ...", file=sys.stderr, flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.draft", "--only", what],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def speed_table(seconds: dict[str, float], attempts: int) -> str:
    """Markdown: seconds a stage, the whole, the bare inferences."""
    lines = ["| Step | Seconds |", "|---|---:|"]
    lines += [
        f"| {STAGES[name]} {name} | {seconds[name]:.3f} |" for name in STAGES if name in seconds
    ]
    again = f", {attempts} attempts" if attempts > 1 else ""
    lines += [
        f"| **whole draft, 768x1024{again}** (stages 0-5) | **{seconds['whole']:.3f}** |",
        f"| bare inferences: {seconds['pose, person']:.3f} pose + {seconds['matting, person']:.3f} "
        f"+ {seconds['matting, garment']:.3f} matting | {seconds['bare']:.3f} |",
        f"| **whole / bare** (promised: at most {PROMISED_RATIO}) "
        f"| **{seconds['whole'] / seconds['bare']:.2f}** |",
    ]
    return "\n".join(lines) + "\n"


def memory_table(resident: dict[str, float], peak_mb: float) -> str:
    """Markdown: megabytes of one process with the page loaded."""
    lines = ["| Memory of the server | MB |", "|---|---:|"]
    lines += [
        f"| resident {'before the first draft' if when == 'idle' else f'after {when} drafts'} "
        f"| {value:.0f} |"
        for when, value in resident.items()
    ]
    lines += [f"| peak (promised: resident at most {PROMISED_MB}) | {peak_mb:.0f} |"]
    return "\n".join(lines).replace("after 1 drafts", "after 1 draft") + "\n"


def main() -> int:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--only", choices=("speed", "memory"), help="print one measurement as JSON")
    only = parser.parse_args().only
    if only:
        tune_allocator()  # as app.py does
        print(json.dumps(measure_speed() if only == "speed" else measure_memory()))
        return 0

    cores = len(os.sched_getaffinity(0))
    if (load := os.getloadavg()[0]) > cores / 2:
        print(
            f"note: this machine is busy (load {load:.1f}): figures will be high", file=sys.stderr
        )
    speed, memory = in_a_process_of_its_own("speed"), in_a_process_of_its_own("memory")
    tables = speed_table(speed["seconds"], speed["attempts"])
    tables += "\n" + memory_table(memory["resident_mb"], memory["peak_mb"])
    print(tables)
    intro = (
        "# Benchmark\n\n"
        f"`make bench` on {datetime.now(UTC):%Y-%m-%d}: {cores} cores, Python "
        f"{platform.python_version()}, {platform.system()} {platform.machine()}. Medians of "
        f"{NUM_RUNS} warm runs; every run has photos that no cache knows. Bare inferences take "
        "turns with the drafts in the same process. An offline final picture (stage 6) and storing "
        "(stage 7) come on top of the whole "
        "draft.\n\n"
    )
    (ROOT / "docs" / "benchmark.md").write_text(intro + tables, "utf-8")
    readme = ROOT / "README.md"
    readme.write_text(between(readme.read_text("utf-8"), "benchmark", tables), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
