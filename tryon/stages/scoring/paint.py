"""Parts of the score that look at the painted draft: what is covered, and what should not be."""

import numpy as np

from tryon.arrays import BoolMask
from tryon.stages.body.limbs import head_shape
from tryon.stages.scoring.component import Component, Reading, judged, unknown
from tryon.stages.scoring.view import FitView

TOP_BAND = (0.30, 0.75)  # shoulder widths below the shoulders, share of the trunk
LOWER_BAND = (-0.25, 0.25)  # shoulder widths below the hips
UNCOVERED = 0.1  # share of one half of the trunk without garment
BESIDE = 0.008  # shoulder widths beside the person, mean over the garment
LEGS_BESIDE = 0.025  # the same for trousers and shorts, whose legs may be wide
MOST_BESIDE = 0.4  # further away counts no more
ON_FACE = 0.05  # share of the face under the garment
MIDDLE = 0.6  # shoulder widths to either side of the spine, where a top hides another. Beside it
# wide sleeves and bulky cloth stick out of every closer garment, and are painted over well.
STICKS_OUT, STICKS_OUT_HALF = (
    0.03,
    0.25,
)  # share of the top worn now that lies above or below the garment
STILL_SHOWN = 0.04  # share of it that nothing could be painted over
MIN_SEEN_PX = 25  # pixels of the view below which a share is noise


def torso_coverage(view: FitView) -> Component:
    """The trunk under the garment on both sides of the spine, the garment on the person."""
    aside, up = view.raster
    if view.is_lower:
        low, high = (-(view.trunk + v) for v in LOWER_BAND[::-1])
        body = view.person & ~view.arms
        body = body & (np.abs(aside) < 0.55)
    else:
        high, low = -TOP_BAND[0], -TOP_BAND[1] * view.trunk
        body = view.torso & ~view.hair
    band = body & (up < high) & (up > low)
    halves = [band & (aside >= 0), band & (aside < 0)]
    bare = [1 - _share(view.warped, half) for half in halves if half.sum() > MIN_SEEN_PX]
    if not bare:
        return unknown("torso_coverage", 0.6, "share", "hidden")
    covered = _share(view.warped, band)
    outside = np.clip(-view.depth, 0, MOST_BESIDE)
    beside = float(outside[view.region].mean()) if view.region.any() else MOST_BESIDE
    readings = [Reading("uncovered", max(bare), UNCOVERED)]
    if view.garment_type not in ("skirt", "dress"):  # those hang beside the legs
        readings.append(Reading("beside", beside, LEGS_BESIDE if view.is_lower else BESIDE))
    return judged("torso_coverage", covered, "share", readings)


def occlusion_conflicts(view: FitView) -> Component:
    """How much of the face the garment lies on; only what is kept in front of it hides that."""
    face = head_shape(view.pose, view.person.shape) & view.person & ~view.hair
    if view.pose.seen("nose") < 0.5 or int(face.sum()) < MIN_SEEN_PX:
        return judged("occlusion_conflicts", 0.0, "share", [Reading("face", 0.0, ON_FACE)])
    # A hood lies behind the head.
    hidden = _share(view.region if view.garment_type == "hoodie" else view.warped, face)
    return judged("occlusion_conflicts", hidden, "share", [Reading("face", hidden, ON_FACE)])


def old_clothes(view: FitView) -> Component:
    """How much of the top worn now sticks out beyond the garment, painted over or not."""
    aside, _ = view.raster
    middle = view.old_top & (np.abs(aside) < MIDDLE)
    if int(middle.sum()) < MIN_SEEN_PX:
        return judged("old_clothes", 0.0, "share", [Reading("shown", 0.0, STILL_SHOWN)])
    left = _share(view.old_left, middle)
    shown = _share(view.old_left & view.uncovered, view.old_top)
    return judged("old_clothes", left, "share", [
        Reading("shown", shown, STILL_SHOWN),
        Reading("painted over", left, STICKS_OUT, STICKS_OUT_HALF),
    ])  # fmt: skip


def _share(mask: BoolMask, within: BoolMask) -> float:
    return float(mask[within].mean())
