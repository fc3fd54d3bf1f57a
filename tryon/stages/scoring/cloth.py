"""Parts of the score that tell what became of the cloth, and how sure the garment itself is."""

import cv2
import numpy as np

from tryon.anchors import LOWER_TYPES
from tryon.arrays import BoolMask
from tryon.geometry import mask_box_xyxy
from tryon.stages.scoring.component import Component, Reading, judged
from tryon.stages.scoring.view import FitView

PULLED = 0.07  # shoulder widths between an anchor and where the rest of the cloth would have it
UNEVEN = 0.3  # logarithm of `Draft.stretch`
PROPORTION, PROPORTION_USUAL = 0.03, 0.07  # logarithm of vertical / horizontal scale
UNSHARP = 0.25  # logarithm of photo pixels per garment pixel
UNSURE_CUTOUT = 0.15  # 1 - agreement of the ways to cut the garment out
UNSURE_POINTS = 0.30  # 1 - mean confidence of the garment's anchors

# Logarithms of lengths on flat tops / their width between the armpits: middle and spread over
# catalogue photos. Much further off is an unusual cut, wrong points, or no garment at all.
TOP_SHAPE = {
    "shoulder": (0.17, 0.25),
    "hem": (0.07, 0.12),
    "length": (0.66, 0.22),
    "depth": (-0.36, 0.22),  # from the neck points down to the armpits
}


# Flat garments, 75 of them: mirrored on themselves they match to 0.89 or better; sleeves, neck and
# armpits keep tops from filling more than 0.96 of their convex hull.
LOPSIDED, LOPSIDED_HALF = 0.08, 0.16  # 1 - IoU of the outline with its mirror image
ROUNDEST, ROUND_USUAL, ROUND_HALF = 0.96, 0.004, 0.012  # share of the hull a top may fill
MIRROR_SHIFTS = range(-6, 7)  # px of the small outline: where its axis may lie


def cutout(view: FitView) -> Component:
    """How surely the garment was told from its background."""
    sure = view.cutout_confidence
    return judged("cutout", sure, "agreement", [Reading("unsure", 1 - sure, UNSURE_CUTOUT)])


def garment_shape(view: FitView) -> Component:
    """Whether the outline looks like this kind of garment, its points seen rather than guessed."""
    sure = float(np.mean([a.confidence for a in view.garment_anchors.anchors]))
    readings = [Reading("guessed", 1 - sure, UNSURE_POINTS)]
    mirror, hull = _outline(view.garment_mask)
    readings.append(Reading("no garment", 1 - mirror, LOPSIDED, LOPSIDED_HALF))
    if not view.is_lower:
        roundness = max(0.0, hull - ROUNDEST)
        readings.append(Reading("no garment", roundness, ROUND_USUAL, ROUND_HALF))
    for name, value in _shape(view).items():
        middle, usual = TOP_SHAPE[name]
        readings.append(Reading("unusual", abs(value - middle), usual))
    return judged("garment_shape", sure, "confidence", readings)


def warp_distortion(view: FitView) -> Component:
    """Whether the cloth keeps its proportions, with no anchor pulling at it."""
    source = np.array([[*view.garment[n], 1.0] for n in view.trunk_names])
    laid = np.array([view.body[n] for n in view.trunk_names])
    pulled = float(np.hypot(*(laid - source @ view.cloth).T).max()) / view.unit_px
    across, down = (float(np.hypot(*axis)) for axis in view.cloth[:2])
    proportion = float(np.log(max(1e-6, down) / max(1e-6, across))) - PROPORTION
    is_long = view.garment_type in LOWER_TYPES or view.has("left_hip")
    readings = [
        Reading("pulled", pulled, PULLED),
        Reading("uneven", float(np.log(max(1.0, view.stretch))), UNEVEN),
    ]
    if not is_long:  # on legs cloth is lengthened: flat trousers are not as round as legs
        says = "long" if proportion > 0 else "wide"
        readings.append(Reading(says, abs(proportion), PROPORTION_USUAL))
    if view.folded_px or np.linalg.det(view.cloth[:2]) <= 0:
        readings.append(Reading("folded", 1.0, 0.25))
    if view.stiffness > 0:
        readings.append(Reading("stiff", 0.25 + 0.3 * view.stiffness, 0.25))
    return judged("warp_distortion", view.stretch, "ratio", readings)


def print_sharpness(view: FitView) -> Component:
    """Garment pixels for every pixel of the draft; below 1 a print is enlarged and blurs."""
    per_pixel = view.view_per_photo / max(1e-6, float(np.sqrt(abs(np.linalg.det(view.cloth[:2])))))
    blur = max(0.0, -float(np.log(max(1e-3, per_pixel))))
    return judged("print_sharpness", per_pixel, "pixels", [Reading("blurred", blur, UNSHARP)])


def _outline(mask: BoolMask) -> tuple[float, float]:
    """How well the outline matches its mirror image (IoU), and the share of its hull it fills."""
    box = mask_box_xyxy(mask)
    if box is None:
        return 0.0, 1.0
    garment = np.pad(mask[box[1] : box[3], box[0] : box[2]], 1 + max(MIRROR_SHIFTS))
    mirrored = garment[:, ::-1]
    match = 0.0
    for shift in MIRROR_SHIFTS:
        other = np.roll(mirrored, shift, axis=1)
        match = max(match, float((garment & other).sum() / (garment | other).sum()))
    outlines, _ = cv2.findContours(
        garment.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    largest = max(outlines, key=cv2.contourArea)
    hull_px = max(1.0, cv2.contourArea(cv2.convexHull(largest)))
    return match, float(cv2.contourArea(largest)) / hull_px


def _shape(view: FitView) -> dict[str, float]:
    """Logarithms of a top's own lengths over its width between the armpits."""
    needed = ("left_armpit", "right_armpit", "left_neck", "right_neck")
    if view.is_lower or view.has("left_hip") or not view.has(*needed):
        return {}
    at = view.garment

    def width(part: str) -> float:
        return float(np.hypot(*(at[f"left_{part}"] - at[f"right_{part}"])))

    def drop(part: str) -> float:
        down = at[f"left_{part}"] + at[f"right_{part}"] - at["left_neck"] - at["right_neck"]
        return float(np.hypot(*down)) / 2

    lengths = {"depth": drop("armpit")}
    if view.has("left_shoulder", "right_shoulder"):
        lengths["shoulder"] = width("shoulder")
    if view.has("left_hem", "right_hem"):
        lengths |= {"hem": width("hem"), "length": drop("hem")}
    base = max(1.0, width("armpit"))
    return {name: float(np.log(max(1.0, px) / base)) for name, px in lengths.items()}
