"""What a generator that reads is asked for. Short: long lists of what not to do make it worse.

The person photo comes last, because models take framing and size from the last picture.
"""

from typing import Final

from tryon.anchors import FULL_TYPES, GARMENT_LABELS, LOWER_TYPES, GarmentType
from tryon.generation.options import FinalOptions

ENDING: Final = "Output the final image only."

_REALISM: Final = {
    1: "Keep the garment exactly as {draft} shows it; only soften its edges.",
    2: "Keep the garment as {draft} shows it and light it like the photo.",
    3: "Give it the photo's light, natural folds and contact shadows, sharpness and grain.",
    4: "Give it the photo's light, clear natural folds, contact shadows, sharpness and grain.",
    5: "Let it drape and fold on this body as real cloth would, lit like the photo.",
}
_SHARPENED: Final = {
    "frame_drift": "Do not zoom, shift or crop: every pixel outside the garment stays in place.",
    "identity": "The face must stay exactly the same.",
    "background_psnr": "Do not touch the background.",
    "garment_colour": "The garment's colours must equal its own picture exactly.",
    "draft_colour": "The garment's colours must equal its own picture exactly.",
    "print_kept": "Copy print and logo of the garment's own picture exactly.",
    "changed": "{person} must be edited: the person has to wear the new garment.",
    "seam": "The garment must blend into neck, arms and waist without a visible edge.",
}
"""What is added after a check of that name failed."""


def image_labels(garment_types: tuple[GarmentType, ...]) -> tuple[str, ...]:
    """What is said before each picture: the garments, the draft, the person."""
    roles = [f"garment ({GARMENT_LABELS[kind].lower()})" for kind in garment_types]
    roles += ["draft placement", "person (base photo)"]
    return tuple(f"Image {number}, {role}:" for number, role in enumerate(roles, 1))


def instruction(
    garment_types: tuple[GarmentType, ...], options: FinalOptions, failed: tuple[str, ...] = ()
) -> str:
    """One paragraph.

    Args:
        garment_types: what is worn, the uppermost first.
        options: what to preserve, how far to go.
        failed: names of the checks that the last answer failed.
    """
    draft, person = len(garment_types) + 1, len(garment_types) + 2
    kept = ["face, hair"] if options.preserve_face else []
    kept += ["skin, body shape, pose, hands, other clothes"]
    kept += ["background"] if options.preserve_background else []
    kept += ["lighting, framing and crop"]
    garments = " and the ".join(
        f"{GARMENT_LABELS[kind].lower()} of image {number}"
        for number, kind in enumerate(garment_types, 1)
    )
    words = {"draft": f"image {draft}", "person": f"Image {person}"}
    sentences = [
        f"Edit image {person}: replace only the {_place(garment_types)} with the {garments}, placed"
        f" as in image {draft}, keeping colour, print, logo and cut.",
        f"Keep {', '.join(kept)} unchanged.",
        _REALISM[options.realism_level].format(**words),
        *dict.fromkeys(_SHARPENED[name].format(**words) for name in failed if name in _SHARPENED),
        ENDING,
    ]
    return " ".join(sentences)


def _place(garment_types: tuple[GarmentType, ...]) -> str:
    kinds = set(garment_types)
    if kinds & FULL_TYPES or (kinds & LOWER_TYPES and kinds - LOWER_TYPES):
        return "clothes from the shoulders down"
    return "lower-body clothes" if kinds & LOWER_TYPES else "upper-body clothes"
