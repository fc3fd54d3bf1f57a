"""The files of a try-on as bytes (`docs/artifacts.md`): one function for each result type.

Pictures are made from arrays, so nothing of a photo's metadata gets through. Where the files are
kept is the concern of `store.py`.
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tryon.arrays import to_uint8
from tryon.artifacts.record import RunRecord, run_json
from tryon.errors import TryOnError
from tryon.fit import MOST_GARMENTS, Attempt, TryOn
from tryon.generation.final import Final as FinalPicture
from tryon.ports import KEYPOINT_NAMES
from tryon.stages.align import Draft
from tryon.stages.garment import Garment
from tryon.stages.load import Photo
from tryon.stages.pose import Pose
from tryon.stages.segment import PersonMasks
from tryon.steps import StepEvent

Files: TypeAlias = Iterator[tuple[str, bytes]]

ERROR_FILE: Final = "error.json"
RECORD_FILE: Final = "run.json"
# For looking into the stages; left out with SAVE_DEBUG_ARTIFACTS=false.
DEBUG_FILES: Final = frozenset({
    "person_mask.png", "torso_mask.png", "arms_mask.png",
    "garment_mask.png", "garment_map.npz", "warped_garment.png", "old_garment_mask.png",
})  # fmt: skip
ALL_FILES: Final = DEBUG_FILES | {
    "person.png", "keypoints.json", "garment_cutout.png", "anchors.json", "draft_composite.png",
    "quality.json", "result.png", "generation.json", RECORD_FILE, ERROR_FILE,
}  # fmt: skip
# Of every garment of an outfit; those below the uppermost one are numbered from 2 on.
OUTFIT_FILES: Final = (
    "garment_mask.png", "garment_cutout.png", "anchors.json", "garment_map.npz",
    "warped_garment.png", "quality.json",
)  # fmt: skip

PNG_LEVEL: Final = 1  # 55 ms for 768x1024; level 3 takes 74 ms and saves 5 % of the size


def numbered(name: str, number: int) -> str:
    """The name of a file of the garment that is `number`th from above: `anchors_2.json`."""
    stem, ending = name.rsplit(".", 1)
    return f"{stem}_{number}.{ending}"


REPLACED_FILES: Final = ALL_FILES | {  # what an earlier run may have left in a folder
    numbered(name, number) for name in OUTFIT_FILES for number in range(2, MOST_GARMENTS + 1)
}


@dataclass(slots=True)
class Recorder:
    """An `OnStep` that remembers results, so that a failure leaves what exists so far."""

    results: dict[str, Any] = field(default_factory=dict)

    def __call__(self, event: StepEvent) -> None:
        """Keep the result of a step that ended."""
        if event.is_done:
            self.results[event.name] = event.result

    def files(self) -> Files:
        """The files of every step that ended; of several attempts, those of the last."""
        done = self.results
        if "load person" in done:
            yield from photo_files(done["load person"])
        if "detect pose" in done:
            yield from pose_files(done["detect pose"])
        if "segment person" in done:
            yield from mask_files(done["segment person"])
        if "prepare garment" in done:
            yield from garment_files(done["prepare garment"])
        if "align" in done and "load person" in done:
            yield from draft_files(done["align"], done["load person"])


def try_on_files(try_on: TryOn, record: RunRecord, final: FinalPicture | None = None) -> Files:
    """Every file of a finished fit and of its final picture, if there is one; `run.json` last."""
    parts = (
        photo_files(try_on.person.photo),
        pose_files(try_on.person.pose),
        mask_files(try_on.person.masks),
        garment_files(try_on.garment),
        draft_files(try_on.best.draft, try_on.person.photo),
        quality_files(try_on.best, try_on.attempts),
    )
    for part in parts:
        yield from (file for file in part if record.save_debug or file[0] not in DEBUG_FILES)
    for number, fit in enumerate(try_on.outfit[1:], start=2):
        for name, content in _lower_files(fit, try_on.outfit[: number - 1]):
            if record.save_debug or name not in DEBUG_FILES:
                yield numbered(name, number), content
    if final is not None:
        yield from final_files(final)
    yield RECORD_FILE, json_bytes(run_json(try_on, record, final))


def _lower_files(fit: TryOn, above: Sequence[TryOn]) -> Files:
    """`OUTFIT_FILES` of a garment that is worn below others."""
    seen_xy = fit.best.draft.garment_xy.copy()
    for upper in above:
        seen_xy[upper.best.draft.region > 0.5] = np.nan
    draft = replace(fit.best.draft, garment_xy=seen_xy)
    yield from garment_files(fit.garment)
    for name, content in draft_files(draft, fit.person.photo):
        if name in OUTFIT_FILES:  # the picture of all garments is the uppermost one's
            yield name, content
    yield from quality_files(fit.best, fit.attempts)


def photo_files(photo: Photo) -> Files:
    """`person.png`."""
    yield "person.png", png_bytes(photo.rgb)


def pose_files(pose: Pose) -> Files:
    """`keypoints.json`."""
    height, width = pose.mask.shape
    points = zip(KEYPOINT_NAMES, pose.points_xy, pose.visibility, strict=True)
    keypoints = [
        {
            "name": name,
            "x": round(float(x), 2),
            "y": round(float(y), 2),
            "visibility": round(float(seen), 4),
        }
        for name, (x, y), seen in points
    ]
    document = {"width": width, "height": height, "keypoints": keypoints}
    yield "keypoints.json", json_bytes(document)


def mask_files(masks: PersonMasks) -> Files:
    """`person_mask.png`, `torso_mask.png`, `arms_mask.png`."""
    yield "person_mask.png", png_bytes(to_uint8(masks.person))
    yield "torso_mask.png", png_bytes(to_uint8(masks.torso))
    yield "arms_mask.png", png_bytes(to_uint8(masks.arms))


def garment_files(garment: Garment) -> Files:
    """`garment_mask.png` and `garment_cutout.png`, at the size of the photo as given."""
    cutout = garment.cutout
    if garment.photo.size_wh != garment.photo.given_wh:
        cutout = np.asarray(
            cv2.resize(cutout, garment.photo.given_wh, interpolation=cv2.INTER_LINEAR), np.uint8
        )
    yield "garment_mask.png", png_bytes(cutout[..., 3])
    yield "garment_cutout.png", png_bytes(cutout)


def draft_files(draft: Draft, person: Photo) -> Files:
    """Anchors, map, warped garment, mask of old clothes beyond it, and the draft itself."""
    yield "anchors.json", json_bytes(draft.anchors.to_json())
    buffer = io.BytesIO()  # not compressed: 15 ms instead of 97 ms for 768x1024
    np.savez(buffer, garment_xy=draft.garment_xy, person_scale=np.float64(person.scale))
    yield "garment_map.npz", buffer.getvalue()
    yield "warped_garment.png", png_bytes(draft.warped)
    yield "old_garment_mask.png", png_bytes(draft.old_garment * np.uint8(255))
    yield "draft_composite.png", png_bytes(draft.rgb)


def quality_files(best: Attempt, attempts: Sequence[Attempt]) -> Files:
    """`quality.json`: the best attempt in words, and every attempt."""
    document = best.quality.to_json() | {
        "strategy": best.strategy,
        "is_tucked": best.draft.is_tucked,
        "attempts": [
            {
                "strategy": attempt.strategy,
                "score": round(attempt.quality.score, 4),
                "gain": round(attempt.quality.score - attempts[0].quality.score, 4),
            }
            for attempt in attempts
        ],
        "retry_count": len(attempts) - 1,
    }
    yield "quality.json", json_bytes(document)


def final_files(final: FinalPicture) -> Files:
    """`result.png` and `generation.json`."""
    yield "result.png", final_png(final)
    yield "generation.json", json_bytes(final.to_json())


def error_file(error: TryOnError) -> tuple[str, bytes]:
    """`error.json`."""
    return ERROR_FILE, json_bytes(error.to_json())


def final_png(final: FinalPicture) -> bytes:
    """The final picture, and in the file who made it: it may be passed on without its report."""
    return png_bytes(final.image, {"Generator": final.generator, "Model": final.model})


def png_bytes(image: NDArray[np.uint8], texts: Mapping[str, str] | None = None) -> bytes:
    """(H, W), (H, W, 3) or (H, W, 4) uint8 as a PNG without metadata but `texts`."""
    buffer, info = io.BytesIO(), PngInfo()
    for name, text in (texts or {}).items():
        info.add_text(name, text)
    picture = Image.fromarray(np.ascontiguousarray(image))
    picture.save(buffer, "PNG", compress_level=PNG_LEVEL, pnginfo=info)
    return buffer.getvalue()


def json_bytes(document: Mapping[str, Any]) -> bytes:
    """Readable JSON, UTF-8, ending in a line break."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
