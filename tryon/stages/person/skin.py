"""What looks like the skin of this person's face."""

import numpy as np

from tryon.arrays import BoolMask, SoftMask
from tryon.stages.body.limbs import SIDES, arm_shape, polygon
from tryon.stages.person.person_colours import PersonColours

SKIN_CHROMA_SPREAD = 3.0  # Lab units: least spread of a skin model, so that one tone is not all
SKIN_DARKER, SKIN_BRIGHTER = 20.0, 12.0  # Lab units: arms lie in shadow more often than in glare
ALONG_BONES = 0.4  # of an arm's width: what is surely arm
LEAST_BARE = 0.3  # of the arms: less skin may be something else
DARKEST = 0.3  # of the lightness of skin: darker things are not in shadow, they are dark
SKIN_LIGHT, SKIN_SHADE = 70.0, 10.0  # Lab units: lightness chroma is carried to, and its floor

# What a likeness to the skin of the face (0..1) tells.
NO_SKIN = 0.12  # below, a pixel is cloth, hair or something else
LIKELY_SKIN = 0.35  # from here bare, where an arm is known to be
SURE_SKIN = 0.5  # from here the person's own tone, and nothing else


def skin_likeness(small: PersonColours) -> SoftMask:
    """(h, w) float32: how much each pixel of the person looks like the skin of their face.

    A robust Gaussian in Lab around the colours of the cheeks and nose, or of the arms where they
    turn their back; wide in lightness.
    """
    bare = bare_arms_patch(small) if small.pose.is_from_behind else face_patch(small)
    if bare is None:
        return np.zeros(small.shape_hw, np.float32)
    light, *chroma = small.lab[small.person].T  # (N,) each: the pixels of the person
    is_bare = bare[small.person]
    bare_light = light[is_bare]
    lit = (bare_light >= np.percentile(bare_light, 25)) & (
        bare_light <= np.percentile(bare_light, 90)
    )
    off_light = light - float(np.median(bare_light[lit]))
    off_light /= np.where(off_light < 0, np.float32(SKIN_DARKER), np.float32(SKIN_BRIGHTER))
    distance = off_light**2
    # Skin in shadow keeps its hue but loses chroma with its light: compare chroma per light.
    per_light = SKIN_LIGHT / (light + SKIN_SHADE)
    for hue in (channel * per_light for channel in chroma):
        bare_hue = hue[is_bare][lit]
        centre = np.median(bare_hue)
        spread = max(2.2 * float(np.median(np.abs(bare_hue - centre))), SKIN_CHROMA_SPREAD)
        distance += ((hue - centre) / spread) ** 2
    likeness = np.zeros(small.shape_hw, np.float32)
    likeness[small.person] = np.exp(-0.5 * np.maximum(distance - 2.0, 0.0) / 3.0)
    return likeness


def skin_in_shade(small: PersonColours, skin: SoftMask) -> BoolMask:
    """(h, w) bool: what can be skin where less light falls than on the face, from its likeness."""
    sure = small.lab[..., 0][skin > SURE_SKIN]
    darkest = DARKEST * float(np.median(sure)) if sure.size else 0.0
    return np.asarray(small.may_be_skin & (small.lab[..., 0] > darkest))


def bare_arms_patch(small: PersonColours) -> BoolMask | None:
    """(h, w) bool: what along both arms can be skin; None where that is little."""
    arms = np.zeros(small.shape_hw, bool)
    for side in SIDES:
        arms |= arm_shape(small.pose, side, small.shape_hw, ALONG_BONES) & small.person
    skin = arms & small.may_be_skin
    return skin if int(skin.sum()) > LEAST_BARE * int(arms.sum()) else None


def face_patch(small: PersonColours) -> BoolMask | None:
    """(h, w) bool: cheeks, nose and mouth; None where they are not seen."""
    pose = small.pose
    eyes = (pose.xy("left_eye") + pose.xy("right_eye")) / 2
    mouth = (pose.xy("mouth_left") + pose.xy("mouth_right")) / 2
    down = mouth - eyes
    side = (pose.xy("left_eye_outer") - pose.xy("right_eye_outer")) * 0.5
    brow, chin = eyes + 0.3 * down, mouth + 0.35 * down
    corners = np.array([brow + side, brow - side, chin - 0.6 * side, chin + 0.6 * side])
    patch = polygon(small.shape_hw, corners) & small.person
    is_seen = pose.seen("nose") > 0.5 and not pose.is_from_behind
    return patch if is_seen and int(patch.sum()) >= 25 else None
