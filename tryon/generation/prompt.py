"""What a generator that reads is asked for. Short: long lists of what not to do make it worse.

The person photo comes last, because models take framing and size from the last picture.
"""

from typing import Final

from tryon.anchors import FULL_TYPES, GARMENT_LABELS, LOWER_TYPES, GarmentType
from tryon.generation.options import FinalOptions

IMAGE_LABELS: Final = (
    "Image 1, garment:", "Image 2, draft placement:", "Image 3, person (base photo):",
)  # fmt: skip
"""Said before each picture, in this order: garment, draft, person."""

ENDING: Final = "Output the final image only."

_REALISM: Final = {
    1: "Keep the garment exactly as image 2 shows it; only soften its edges.",
    2: "Keep the garment as image 2 shows it and light it like the photo.",
    3: "Give it the photo's light, natural folds and contact shadows, sharpness and grain.",
    4: "Give it the photo's light, clear natural folds, contact shadows, sharpness and grain.",
    5: "Let it drape and fold on this body as real cloth would, lit like the photo.",
}
_SHARPENED: Final = {
    "frame_drift": "Do not zoom, shift or crop: every pixel outside the garment stays in place.",
    "identity": "The face must stay exactly the same.",
    "background_psnr": "Do not touch the background.",
    "garment_colour": "The garment's colours must equal image 1 exactly.",
    "draft_colour": "The garment's colours must equal image 1 exactly.",
    "print_kept": "Copy the print and logo of image 1 exactly.",
    "changed": "Image 3 must be edited: the person has to wear the garment of image 1.",
    "seam": "The garment must blend into neck, arms and waist without a visible edge.",
}
"""What is added after a check of that name failed."""


def instruction(
    garment_type: GarmentType, options: FinalOptions, failed: tuple[str, ...] = ()
) -> str:
    """One paragraph.

    Args:
        garment_type: what is worn.
        options: what to preserve, how far to go.
        failed: names of the checks that the last answer failed.
    """
    kept = ["face, hair"] if options.preserve_face else []
    kept += ["skin, body shape, pose, hands, other clothes"]
    kept += ["background"] if options.preserve_background else []
    kept += ["lighting, framing and crop"]
    sentences = [
        f"Edit image 3: replace only the {_place(garment_type)} with the"
        f" {GARMENT_LABELS[garment_type].lower()} of image 1, placed as in image 2, keeping its"
        " colour, print, logo and cut.",
        f"Keep {', '.join(kept)} unchanged.",
        _REALISM[options.realism_level],
        *dict.fromkeys(_SHARPENED[name] for name in failed if name in _SHARPENED),
        ENDING,
    ]
    return " ".join(sentences)


def _place(garment_type: GarmentType) -> str:
    if garment_type in FULL_TYPES:
        return "clothes from the shoulders down"
    return "lower-body clothes" if garment_type in LOWER_TYPES else "upper-body clothes"
