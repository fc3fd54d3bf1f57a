"""Seconds of a draft by stage, beside the bare inferences it needs."""

import io
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.photos import LARGE_WH, PHONE_WH, SIZE_WH, as_jpeg, garment_rgb, person_rgb
from tryon.anchors import Anchor, AnchorPair
from tryon.artifacts.store import save_try_on
from tryon.bootstrap import build, photo_limits
from tryon.fit import FitOptions, TryOn
from tryon.generation.options import FinalOptions
from tryon.settings import Settings
from tryon.stages.load import load_photo
from tryon.studio import Studio

NUM_RUNS = 9
WARM_UP_RUNS = 2  # they open the models and fill the allocators
NUM_DRAGS = 15
OFFLINE = FinalOptions(generator="offline")
U2NET_SIDE_PX = 320


@contextmanager
def bare_inferences() -> Iterator[dict[str, Callable[[], Any]]]:
    """The networks alone: same files as in the studio, usual options, input prepared beforehand."""
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


def measure_drafts() -> dict[str, Any]:
    """Medians over warm runs: drafts and bare inferences taking turns, photos never seen before.

    Seconds by stage, and "whole", "bare", "whole cpu", "bare cpu"; the last two hardly depend on
    what else runs on the machine.
    """
    studio = build(Settings())
    person, garment = person_rgb(), garment_rgb()
    rows: dict[str, list[float]] = {}
    attempts = []
    with bare_inferences() as bare:
        for number in range(NUM_RUNS + WARM_UP_RUNS):
            cpu = time.process_time()
            row = {name: timed(run)[0] for name, run in bare.items()}
            row |= {"bare": sum(row.values()), "bare cpu": time.process_time() - cpu}
            photos = (as_jpeg(person, number), as_jpeg(garment, number))
            cpu = time.process_time()
            row["whole"], try_on = timed(partial(studio.try_on, *photos))
            row["whole cpu"] = time.process_time() - cpu
            row |= try_on.seconds
            row["generate"], _ = timed(partial(studio.finish, try_on, OFFLINE))
            with tempfile.TemporaryDirectory() as folder:
                row["store"], _ = timed(partial(save_try_on, try_on, Path(folder)))
            if number >= WARM_UP_RUNS:
                attempts.append(len(try_on.attempts))
                for name, value in row.items():
                    rows.setdefault(name, []).append(value)
    seconds = {name: statistics.median(values) for name, values in rows.items()}
    return {"seconds": seconds, "attempts": statistics.median_low(attempts)}


def measure_loading() -> dict[str, float]:
    """Median seconds of stage 0 for a photo as phones take them, by the file's kind.

    CPU seconds: it works on one core, so they are wall seconds of a machine that does nothing else.
    """
    settings = Settings()
    limits, taken = photo_limits(settings), person_rgb(PHONE_WH)
    found = {}
    for kind, options in (("JPEG", {"quality": 92}), ("PNG", {"compress_level": 1})):
        buffer = io.BytesIO()
        Image.fromarray(taken).save(buffer, kind, **options)
        load = partial(load_photo, buffer.getvalue(), limits)
        times = []
        for _ in range(WARM_UP_RUNS + NUM_RUNS):
            cpu = time.process_time()
            load()
            times.append(time.process_time() - cpu)
        found[kind] = statistics.median(times[WARM_UP_RUNS:])
    return found


def measure_drags() -> dict[str, float]:
    """Median seconds of stages 4-5 after a point was moved, by the photos' size as text."""
    studio = build(Settings())
    found = {}
    for size_wh in (SIZE_WH, LARGE_WH):
        person, garment = (as_jpeg(rgb(size_wh), 0) for rgb in (person_rgb, garment_rgb))
        try_on = studio.try_on(person, garment)
        times = [dragged(studio, try_on, number) for number in range(WARM_UP_RUNS + NUM_DRAGS)]
        found[f"{size_wh[0]}x{size_wh[1]}"] = statistics.median(times[WARM_UP_RUNS:])
    return found


def dragged(studio: Studio, try_on: TryOn, number: int) -> float:
    """Seconds to lay the garment out anew with the left hem point moved by some pixels."""

    def moved(anchor: Anchor) -> Anchor:
        return replace(anchor, x=anchor.x + number) if anchor.name == "left_hem" else anchor

    pair = try_on.best.draft.anchors
    body = replace(pair.person, anchors=tuple(map(moved, pair.person.anchors)))
    anchors = AnchorPair(pair.garment_type, pair.garment, body)
    return timed(partial(studio.refit, try_on, FitOptions(anchors=anchors)))[0]


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Wall seconds, result."""
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result
