"""Stage 6 without a network: the draft made to look photographed rather than pasted."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import RgbImage, SoftMask, require_rgb, require_soft
from tryon.geometry import mask_box_xyxy
from tryon.stages.finishing.camera import camera_of
from tryon.stages.finishing.light import Strength, light_field

STRENGTHS: Final = {
    1: Strength(shade=0.0, folds=0.0, contact=0.0),
    2: Strength(shade=0.8, folds=0.0, contact=0.1),
    3: Strength(shade=1.0, folds=1.2, contact=0.2),
    4: Strength(shade=1.0, folds=1.4, contact=0.35),
    5: Strength(shade=1.1, folds=1.6, contact=0.45),
}
"""Of each realism level. The highest cannot make folds anew; it carries them over fully."""
CAMERA_LEVEL: Final = 3  # from this level on, sharpness and grain follow the photo
EDGE_SIGMA: Final = 0.0008  # of the longer side: a cut edge is sharper than any a lens draws


def finish_draft(
    person: RgbImage,
    draft: RgbImage,
    cloth: SoftMask,
    behind: SoftMask,
    worn: SoftMask,
    realism_level: int,
) -> RgbImage:
    """Light, folds, contact shadows, sharpness, grain and soft edges for the garment of a draft.

    Args:
        person: (H, W, 3) uint8, the photo.
        draft: (H, W, 3) uint8, the photo with the garment laid on it.
        cloth: (H, W) float32, how much of the draft is garment.
        behind: (H, W) float32, garment that arms, hair or chin hide.
        worn: (H, W) float32, clothes in the photo, to read its light off.
        realism_level: a key of `STRENGTHS`.

    Returns:
        (H, W, 3) uint8; equals the draft away from the garment and its edge.
    """
    require_rgb(person, "person")
    require_rgb(draft, "draft")
    for name, mask in (("cloth", cloth), ("behind", behind), ("worn", worn)):
        require_soft(mask, name)
    box = mask_box_xyxy(cloth > 0)
    if box is None:
        return draft
    strength = STRENGTHS[realism_level]
    field = light_field(person, cloth, behind, worn, strength)
    part = _with_margin(box, cloth.shape)
    lit = _lit(draft[part], field[part])
    if realism_level >= CAMERA_LEVEL:
        lit = camera_of(person, draft, cloth).seen_through(lit)
    weight = cloth[part][..., None]
    painted = lit * weight + draft[part] * (1 - weight)
    painted = _soft_edges(painted, cloth[part], max(cloth.shape))
    result = draft.copy()
    result[part] = np.clip(painted + 0.5, 0, 255).astype(np.uint8)
    return result


def _with_margin(
    box_xyxy: tuple[int, int, int, int], shape_hw: tuple[int, ...]
) -> tuple[slice, slice]:
    x0, y0, x1, y1 = box_xyxy
    margin = 16
    return np.s_[max(0, y0 - margin) : min(shape_hw[0], y1 + margin),
                 max(0, x0 - margin) : min(shape_hw[1], x1 + margin)]  # fmt: skip


def _lit(rgb: RgbImage, field: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W, 3) float32 0..255: more or less light on the same colours; bright ones roll off."""
    gain = field ** np.float32(1 / 2.2)
    lit = rgb * gain[..., None]
    over = np.maximum(lit.max(axis=2) / np.float32(252), 1)
    return np.asarray(lit / over[..., None], np.float32)


def _soft_edges(painted: NDArray[np.float32], cloth: SoftMask, side_px: int) -> NDArray[np.float32]:
    """The outline of the garment no sharper than a lens draws it."""
    edge = cv2.GaussianBlur(cloth, (0, 0), 1.0)
    weight = np.clip(4 * edge * (1 - edge), 0, 1)[..., None]
    soft = cv2.GaussianBlur(painted, (0, 0), max(0.5, EDGE_SIGMA * side_px))
    return np.asarray(painted + weight * (soft - painted), np.float32)
