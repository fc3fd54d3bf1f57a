"""Hair, grown from around the head as far as its colour reaches."""

import cv2
import numpy as np

from tryon.arrays import BoolMask, SoftMask
from tryon.stages.body.limbs import head_shape, neck_shape, polygon, trunk_corners
from tryon.stages.person.person_colours import PersonColours
from tryon.stages.person.skin import NO_SKIN, SURE_SKIN, face_patch

LIKE_HAIR = 0.55  # share of hair in a colour, from which a pixel may be hair
MAYBE, MOST = 0.25, 0.4  # such a share on the trunk, on less than this of it, is hair lying there
FAIR, FAIREST = 80, 0.7  # percentile of the hair's own likeness to skin, and the most believed


def find_hair(small: PersonColours, skin: SoftMask, arms: BoolMask) -> BoolMask:
    """(h, w) bool: hair, grown from around the head as far as its colour reaches."""
    pose, shape_hw = small.pose, small.shape_hw
    if pose.seen("nose") < 0.5:
        return np.zeros(shape_hw, bool)
    face = head_shape(pose, shape_hw)
    size = max(3, round(0.32 * pose.scale_px))
    near_head = cv2.dilate(face.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
    chin_y = float(pose.xy("mouth_left")[1] + pose.xy("mouth_right")[1]) / 2
    rows = np.arange(shape_hw[0])[:, None]
    shoulder_y = float(pose.xy("left_shoulder")[1] + pose.xy("right_shoulder")[1]) / 2
    seed = near_head & ~face & small.person & (rows < chin_y)
    if int(seed.sum()) < 40:
        return np.zeros(shape_hw, bool)
    clothes = polygon(shape_hw, trunk_corners(pose)) & small.person & ~arms & (skin < 0.2)
    clothes &= rows > shoulder_y + 0.35 * pose.scale_px
    cheeks = face_patch(small)
    bare = small.person & ~arms & (skin > SURE_SKIN) & (rows > shoulder_y)
    others = clothes | bare if cheeks is None else clothes | bare | cheeks
    like_hair = small.share_of_colour(seed, others, dull=True)
    lying_on_it = clothes & (like_hair > MAYBE)
    if 0 < int(lying_on_it.sum()) < MOST * int(clothes.sum()):  # is no sample of the clothes
        like_hair = small.share_of_colour(seed, others & ~lying_on_it, dull=True)
    own = seed & (like_hair > LIKE_HAIR)
    fair = float(np.percentile(skin[own], FAIR)) if own.any() else 0.0
    reach = rows < shoulder_y + 1.1 * pose.scale_px
    candidate = small.person & ~arms & ~face & reach & (like_hair > LIKE_HAIR)
    candidate |= seed & (like_hair > 0.3)
    # Neck and chest are skin in shadow: there, only what is less like skin than most of this hair.
    below_jaw = (rows > chin_y) & (skin > min(max(fair, NO_SKIN), FAIREST))
    neck = neck_shape(pose, shape_hw)
    candidate &= ~neck_shape(pose, shape_hw, 0.75)  # a dark collar under the chin is no hair
    candidate &= ~(below_jaw & (neck | (rows > shoulder_y - 0.1 * pose.scale_px)))
    opened = cv2.morphologyEx(candidate.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels = cv2.connectedComponents(opened, None, 8)
    if count < 2:
        return candidate
    touching = np.unique(labels[seed & (opened > 0)])
    return np.asarray(np.isin(labels, touching[touching > 0]) & (opened > 0))
