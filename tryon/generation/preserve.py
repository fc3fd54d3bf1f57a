"""Whatever generated: only what may change is taken over, everything else is the person photo."""

from typing import Final

import cv2
import numpy as np

from tryon.arrays import RgbImage, SoftMask
from tryon.generation.options import FinalOptions
from tryon.generation.scene import Scene
from tryon.geometry import Resize, mask_box_xyxy
from tryon.stages.load import Photo, load_larger

BAND_ROWS: Final = 512  # of the photo as given at a time: no second copy of it in floats


def may_change(scene: Scene, options: FinalOptions, person: SoftMask) -> SoftMask:
    """(H, W) float32: 1 where the answer is taken, 0 where the photo stays exactly.

    The garment with its seam, never the face or the hair beside it. With
    `preserve_background=False` also what is not person, with `preserve_face=False` also head and
    hair. Hands, arms and other clothes always stay.

    Args:
        scene: the fit.
        options: what to preserve.
        person: (h, w) float32 alpha of the person, of any size.
    """
    region = scene.region
    if not options.preserve_background:
        size_wh = (region.shape[1], region.shape[0])
        alpha = cv2.resize(person, size_wh, None, 0, 0, cv2.INTER_LINEAR)
        region = np.maximum(region, np.clip(1 - 2 * alpha, 0, 1))
    if not options.preserve_face:
        region = np.maximum(region, scene.head)
    return np.asarray(region, np.float32)


def blend(person: RgbImage, answer: RgbImage, region: SoftMask) -> RgbImage:
    """`answer` inside `region`, `person` outside, exactly.

    Args:
        person: (H, W, 3) uint8.
        answer: (H, W, 3) uint8.
        region: (H, W) float32 weight of the answer.
    """
    mixed = cv2.blendLinear(answer, person, region, np.float32(1) - region)
    return np.where((region > 0)[..., None], mixed, person)


def onto_photo(photo: Photo, answer: RgbImage, region: SoftMask) -> RgbImage:
    """The person photo at the size it was given in, with the answer inside `region`.

    Args:
        photo: of the person.
        answer: (h, w, 3) uint8, covers the same picture at the same or a smaller size.
        region: (h, w) float32.

    Returns:
        (H, W, 3) uint8, H and W of `photo.given_wh`.
    """
    person = load_larger(photo, max(photo.given_wh)).rgb
    if person.shape == answer.shape:
        return blend(person, answer, region)
    result = person.copy()
    box = mask_box_xyxy(region > 0)
    if box is None:
        return result
    small_wh, full_wh = (region.shape[1], region.shape[0]), (person.shape[1], person.shape[0])
    grow = Resize(small_wh, full_wh)
    low, high = grow.points(np.array([box[:2], box[2:]], np.float64))
    x0, y0 = np.maximum(np.floor(low) - 2, 0).astype(int)
    x1, y1 = np.minimum(np.ceil(high) + 2, full_wh).astype(int)
    for top in range(int(y0), int(y1), BAND_ROWS):
        part = np.s_[top : min(top + BAND_ROWS, int(y1)), int(x0) : int(x1)]
        corner = np.array([[part[1].start, part[0].start]], np.float64)
        (sx, sy), (tx, ty) = grow.inverse.scale_xy, grow.inverse.points(corner)[0]
        matrix = np.array([[sx, 0, tx], [0, sy, ty]])
        size_wh = (part[1].stop - part[1].start, part[0].stop - part[0].start)
        grown, weight = (
            cv2.warpAffine(
                source, matrix, size_wh, None, kind | cv2.WARP_INVERSE_MAP, cv2.BORDER_REPLICATE
            )
            for source, kind in ((answer, cv2.INTER_CUBIC), (region, cv2.INTER_LINEAR))
        )
        result[part] = blend(person[part], grown, weight)
    return result
