"""What is looked at after generation, each with its limit; a check that fails is worth a retry."""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from tryon.arrays import AnyArray, BoolMask, RgbaImage, RgbImage, SoftMask
from tryon.generation.colour import garment_delta_e
from tryon.generation.final import Check
from tryon.generation.register import MAX_DRIFT, Placed
from tryon.generation.scene import Scene
from tryon.geometry import fit_within, mask_box_xyxy

CHECK_SIDE: Final = 768  # px: finer than this no check looks

LIMITS: Final = {
    "frame_drift": 100 * MAX_DRIFT,  # %, of the longer side: beyond it the answer is not used
    "identity": 0.6,  # structural similarity of the face; re-encoding keeps 0.95, a new face 0.3
    "background_psnr": 22.0,  # dB; re-encoding keeps 35, another wall falls below 15
    "garment_colour": 8.0,  # CIEDE2000 to the garment photo; two shades of one colour differ by 6
    "draft_colour": 6.0,  # CIEDE2000 to the draft, light divided out
    "print_kept": 0.35,  # of the features that the draft keeps of the garment's print
    "changed": 0.35,  # of what the draft changes of the photo
    "seam": 14.0,  # levels between answer and photo where one fades into the other
}
MIN_PRINT_FEATURES: Final = 15  # fewer in the draft: the garment has no print to keep
MIN_CHANGE_LEVELS: Final = 8.0  # a draft closer to the photo than this shows what was worn before


def check_answer(
    placed: Placed, answer: RgbImage, result: RgbImage, scene: Scene, region: SoftMask
) -> tuple[Check, ...]:
    """Look at one answer.

    Args:
        placed: how it lay over the photo before it was moved.
        answer: (H, W, 3) uint8, in place, colours set back, nothing preserved yet.
        result: (H, W, 3) uint8, blended into the photo.
        scene: what it should show.
        region: (H, W) float32, where it was used.

    Returns:
        The checks that apply: a garment without print has none to keep.
    """
    small_wh = fit_within((answer.shape[1], answer.shape[0]), CHECK_SIDE)
    made = answer if placed.image is None else _shrunk(placed.image, small_wh)
    answer, result, person, draft = (
        _shrunk(rgb, small_wh) for rgb in (answer, result, scene.person, scene.draft)
    )
    head, cloth, region = (_shrunk(mask, small_wh) for mask in (scene.head, scene.cloth, region))
    checks = [_frame_drift(placed)]
    if (face := mask_box_xyxy(head > 0.5)) is not None:
        checks.append(_identity(answer, person, face))
    if (outside := region == 0).any():
        checks.append(_background(answer, person, outside & (head < 0.5)))
    from_garment, from_draft = garment_delta_e(result, _with(scene, draft, cloth))
    checks += [
        _check("garment_colour", from_garment, "deltaE2000",
               "The garment has the colours of its photo.",
               "The garment's colours differ from those of its photo."),
        _check("draft_colour", from_draft, "deltaE2000",
               "The garment has the colours of the draft.",
               "The garment's colours differ from those of the draft."),
    ]  # fmt: skip
    for check in (
        _print_kept(scene, result, draft, cloth),
        _changed(made, person, draft, cloth),
        _seam(answer, person, cloth, region),
    ):
        checks += [check] if check is not None else []
    return tuple(checks)


def _check(name: str, value: float, unit: str, good: str, bad: str) -> Check:
    is_at_most = name in ("frame_drift", "garment_colour", "draft_colour", "seam")
    limit = LIMITS[name]
    holds = value <= limit if is_at_most else value >= limit
    return Check(name, float(value), unit, limit, is_at_most, good if holds else bad)


def _frame_drift(placed: Placed) -> Check:
    moved = f"The answer had moved by {placed.drift_px:.1f} px and was moved back."
    return _check("frame_drift", 100 * placed.drift_share, "% of the longer side",
                  moved if placed.drift_px >= 0.05 else "The answer lay exactly over the photo.",
                  moved)  # fmt: skip


def _identity(answer: RgbImage, person: RgbImage, face: tuple[int, int, int, int]) -> Check:
    x0, y0, x1, y1 = face
    grey = [cv2.cvtColor(rgb[y0:y1, x0:x1], cv2.COLOR_RGB2GRAY) for rgb in (answer, person)]
    window = min(7, *(side - (side + 1) % 2 for side in grey[0].shape))
    value = 1.0 if window < 3 else structural_similarity(*grey, win_size=window, data_range=255)
    return _check("identity", value, "structural similarity",
                  "The face is that of the photo.",
                  "The generator changed the face.")  # fmt: skip


def _background(answer: RgbImage, person: RgbImage, outside: BoolMask) -> Check:
    gap = answer[outside].astype(np.float64) - person[outside]
    mean = float(np.mean(gap**2)) if gap.size else 0.0
    value = 60.0 if mean < 0.065 else 10 * float(np.log10(255**2 / mean))
    return _check("background_psnr", min(60.0, value), "dB",
                  "What surrounds the garment is that of the photo.",
                  "The generator changed what surrounds the garment.")  # fmt: skip


def _print_kept(scene: Scene, result: RgbImage, draft: RgbImage, cloth: SoftMask) -> Check | None:
    words = [_features(garment) for garment in scene.garments]
    where = (cloth > 0.9).astype(np.uint8)
    in_draft, in_result = (
        sum(_num_matches(own, rgb, where) for own in words) for rgb in (draft, result)
    )
    if in_draft < MIN_PRINT_FEATURES:
        return None
    return _check("print_kept", min(1.0, in_result / in_draft), "of the draft's features",
                  "The print is that of the garment photo.",
                  "The print differs from the garment photo.")  # fmt: skip


def _features(garment: RgbaImage) -> NDArray[np.float32] | None:
    small = _shrunk(garment, fit_within((garment.shape[1], garment.shape[0]), CHECK_SIDE))
    inside = (small[..., 3] > 250).astype(np.uint8)
    _, words = cv2.SIFT.create(800).detectAndCompute(np.ascontiguousarray(small[..., :3]), inside)
    return words if words is None else np.asarray(words, np.float32)


def _num_matches(words: NDArray[np.float32] | None, rgb: RgbImage, where: NDArray[np.uint8]) -> int:
    _, found = cv2.SIFT.create(1200).detectAndCompute(rgb, where)
    if words is None or found is None or len(found) < 2:
        return 0
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(words, found, 2)
    return sum(len(p) == 2 and p[0].distance < 0.8 * p[1].distance for p in pairs)


def _changed(made: RgbImage, person: RgbImage, draft: RgbImage, cloth: SoftMask) -> Check | None:
    inside = cloth > 0.5
    if not inside.any():
        return None
    before = person[inside].astype(np.int16)
    wanted = float(np.abs(draft[inside] - before).mean())
    if wanted < MIN_CHANGE_LEVELS:
        return None
    got = float(np.abs(made[inside] - before).mean())
    return _check("changed", min(1.0, got / wanted), "of what the draft changes",
                  "The person wears the garment.",
                  "The generator left the clothes nearly as they were.")  # fmt: skip


def _seam(answer: RgbImage, person: RgbImage, cloth: SoftMask, region: SoftMask) -> Check | None:
    ring = (region > 0) & (region < 0.6) & (cloth < 0.02)
    if not ring.any():
        return None
    gap = cv2.GaussianBlur(answer.astype(np.float32) - person, (0, 0), 1.5)[ring]
    return _check("seam", float(np.abs(gap).mean()), "levels",
                  "The garment blends into the photo.",
                  "An edge shows where the garment meets the photo.")  # fmt: skip


def _shrunk(array: AnyArray, size_wh: tuple[int, int]) -> AnyArray:
    if (array.shape[1], array.shape[0]) == size_wh:
        return array
    shrunk: AnyArray = cv2.resize(array, size_wh, None, 0, 0, cv2.INTER_AREA)
    return shrunk


def _with(scene: Scene, draft: RgbImage, cloth: SoftMask) -> Scene:
    """The scene with these two, for measuring; the rest does not matter there."""
    return replace(scene, draft=draft, cloth=cloth)
