"""Move a generator's answer back over the photo: generators zoom and shift what they repaint."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, RgbImage, SoftMask
from tryon.geometry import Resize, fit_within

SEARCH_SIDE: Final = 640  # px: where both pictures are compared
MAX_DRIFT: Final = 0.045  # of the longer side, and of the scale: 4 % with room for its measuring
MAX_TURN_DEG: Final = 3.0
MIN_LIKENESS: Final = 0.75  # correlation outside the region; unrelated photos reach 0.4
SAME_LEVELS: Final = 0.5  # mean difference outside the region: nothing moved
UNMOVED_PX: Final = 0.2  # a smaller drift is left, because moving pixels costs sharpness
MIN_MATCHES: Final = 12
RATIO: Final = 0.75  # Lowe's, for features

Matrix: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """An answer in place.

    Attributes:
        image: (H, W, 3) uint8, size of the photo; None where it does not lie over the photo.
        covered: (H, W) float32, 0 where the answer, moved into place, shows nothing: by the border
            of what was zoomed into or shifted.
        drift_px: how far its middle had moved, or its border by zooming, in photo pixels.
        drift_share: the same as a share of the longer side.
        likeness: correlation with the photo outside the region, -1..1.
        message: why it was rejected; empty when it was not.
    """

    image: RgbImage | None
    covered: SoftMask
    drift_px: float
    drift_share: float
    likeness: float
    message: str = ""


def register(answer: RgbImage, person: RgbImage, region: SoftMask) -> Placed:
    """Find how the answer moved, and move it back.

    Args:
        answer: (h, w, 3) uint8 of any size.
        person: (H, W, 3) uint8, the photo.
        region: (H, W) float32; where it is 0 both should show the same.

    Source: features by Lowe, IJCV 60(2), 2004; refined as Evangelidis & Psarakis, IEEE TPAMI
    30(10), 2008 (ECC).
    """
    outside = region == 0
    size_wh = (person.shape[1], person.shape[0])
    everywhere = np.ones(region.shape, np.float32)
    if answer.shape == person.shape:
        gap = np.abs(answer[outside].astype(np.int16) - person[outside].astype(np.int16))
        if not gap.size or float(gap.mean()) < SAME_LEVELS:
            return Placed(answer, everywhere, 0.0, 0.0, 1.0)
    else:
        shrinks = answer.shape[0] > person.shape[0]
        kind = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        answer = np.asarray(cv2.resize(answer, size_wh, None, 0, 0, kind), np.uint8)

    matrix, likeness = _best_map(answer, person, outside)
    share, turn_deg = _movement(matrix, size_wh)
    drift_px = share * max(size_wh)
    if likeness < MIN_LIKENESS:
        message = "The answer shows something else than the photo and was not used."
        return Placed(None, everywhere, drift_px, share, likeness, message)
    if share > MAX_DRIFT or turn_deg > MAX_TURN_DEG:
        message = f"The answer moved or zoomed by {share:.0%} of the photo and was not used."
        return Placed(None, everywhere, drift_px, share, likeness, message)
    if drift_px < UNMOVED_PX:
        return Placed(answer, everywhere, drift_px, share, likeness)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(answer, matrix, size_wh, None, flags, cv2.BORDER_REPLICATE)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    inner = cv2.copyMakeBorder(everywhere[4:-4, 4:-4], 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=0)
    covered = cv2.warpAffine(inner, matrix, size_wh, None, flags, cv2.BORDER_CONSTANT, 0)
    covered = cv2.min(cv2.GaussianBlur(covered, (0, 0), 3), covered)
    return Placed(moved, np.asarray(covered, np.float32), drift_px, share, likeness)


def _best_map(answer: RgbImage, person: RgbImage, outside: BoolMask) -> tuple[Matrix, float]:
    """(2, 3) from photo pixels to answer pixels, and the likeness it reaches."""
    size_wh = (person.shape[1], person.shape[0])
    small_wh = fit_within(size_wh, SEARCH_SIDE)
    grey_answer, grey_person = (
        cv2.resize(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), small_wh, None, 0, 0, cv2.INTER_AREA)
        for rgb in (answer, person)
    )
    mask = cv2.resize(outside.astype(np.uint8), small_wh, None, 0, 0, cv2.INTER_NEAREST)
    identity = np.eye(2, 3)
    starts = [identity]
    if (by_features := _from_features(grey_answer, grey_person, mask)) is not None:
        starts.append(by_features)
    found = [*starts, *(_refined(grey_answer, grey_person, mask, start) for start in starts)]
    likeness = [_likeness(grey_answer, grey_person, mask, matrix) for matrix in found]
    best = int(np.argmax(likeness))
    if likeness[best] < likeness[0] + 1e-4:
        best = 0  # nothing explains the answer better than that it did not move
    return _at_full_size(found[best], Resize(size_wh, small_wh)), likeness[best]


def _from_features(
    answer: NDArray[np.uint8], person: NDArray[np.uint8], mask: NDArray[np.uint8]
) -> Matrix | None:
    sift = cv2.SIFT.create(1500)
    points_person, words_person = sift.detectAndCompute(person, mask)
    points_answer, words_answer = sift.detectAndCompute(answer, None)
    if words_person is None or words_answer is None or len(points_answer) < 2:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(words_person, words_answer, 2)
    good = [p[0] for p in pairs if len(p) == 2 and p[0].distance < RATIO * p[1].distance]
    if len(good) < MIN_MATCHES:
        return None
    source = np.array([points_person[m.queryIdx].pt for m in good])
    target = np.array([points_answer[m.trainIdx].pt for m in good])
    matrix, inliers = cv2.estimateAffinePartial2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=2.0
    )
    if matrix is None or int(inliers.sum()) < MIN_MATCHES:
        return None
    return np.asarray(matrix, np.float64)


def _refined(
    answer: NDArray[np.uint8], person: NDArray[np.uint8], mask: NDArray[np.uint8], start: Matrix
) -> Matrix:
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-5)
    try:
        _, matrix = cv2.findTransformECCWithMask(
            person, answer, mask, np.full_like(mask, 1), start.astype(np.float32),
            cv2.MOTION_AFFINE, criteria, 5,
        )  # fmt: skip
    except cv2.error:  # it does not converge on pictures that have nothing in common
        return start
    return np.asarray(matrix, np.float64)


def _likeness(
    answer: NDArray[np.uint8], person: NDArray[np.uint8], mask: NDArray[np.uint8], matrix: Matrix
) -> float:
    """Correlation of the masked pixels, the answer moved by `matrix`."""
    size_wh = (person.shape[1], person.shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(answer, matrix, size_wh, None, flags, cv2.BORDER_CONSTANT, 0)
    shown = cv2.warpAffine(np.full_like(mask, 1), matrix, size_wh, None, flags)
    where = (mask > 0) & (shown > 0)
    if where.mean() < 0.05:
        return 0.0
    a, b = (cv2.GaussianBlur(g, (0, 0), 1.0)[where].astype(np.float64) for g in (moved, person))
    a, b = a - a.mean(), b - b.mean()
    return float((a @ b) / max(1e-9, np.sqrt((a @ a) * (b @ b))))


def _at_full_size(matrix: Matrix, shrink: Resize) -> Matrix:
    """The same map between the pictures before they were shrunk."""
    corners = np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 100.0]])
    small = shrink.points(corners)
    moved = shrink.inverse.points(small @ matrix[:, :2].T + matrix[:, 2])
    return np.column_stack([(moved[1] - moved[0]) / 100, (moved[2] - moved[0]) / 100, moved[0]])


def _movement(matrix: Matrix, size_wh: tuple[int, int]) -> tuple[float, float]:
    """Share of the longer side by which it shifts or zooms, whichever is more; turn in degrees."""
    centre = (np.array(size_wh, np.float64) - 1) / 2
    shift = matrix[:, :2] @ centre + matrix[:, 2] - centre
    scales = np.linalg.svd(matrix[:, :2], compute_uv=False)
    turn_deg = abs(float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0]))))
    share = max(float(np.abs(shift).max()) / max(size_wh), float(np.abs(scales - 1).max()))
    return share, turn_deg
