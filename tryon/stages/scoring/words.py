"""What the score says to people: one place for every sentence, so that they can be translated.

`MESSAGES` tells of a component that is well. `ADVICE` tells what is wrong and what to do, by
component and finding.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cutout": "The garment's outline is clear.",
    "garment_shape": "The garment has the outline of an ordinary piece of its kind.",
    "pose": "The pose is clear.",
    "shoulder_fit": "The shoulder seams sit on the shoulders.",
    "collar_gap": "The collar sits at the neck.",
    "body_width": "The garment is as wide as the body.",
    "balance": "The garment hangs straight and in the middle.",
    "torso_coverage": "The garment covers the trunk and stays on the body.",
    "sleeve_fit": "The sleeves follow the arms.",
    "waist_fit": "The waistband sits at the waist.",
    "leg_fit": "The legs of the garment follow the legs.",
    "hem": "The hem ends where hems of this kind end.",
    "warp_distortion": "The cloth keeps its proportions.",
    "occlusion_conflicts": "The face stays free.",
    "old_clothes": "Little of the clothes worn now is left to see.",
    "print_sharpness": "The garment photo is large enough for a sharp print.",
}

_FRONTAL = "Use a photo of the person facing the camera."
_OTHER_GARMENT = "Use a photo of the garment lying flat, seen straight from the front."
_RESET = "Reset the anchors, or move the one that is out of line."
_NO_ANCHORS = "Reset the anchors."

# Component -> finding -> (message, what to do).
ADVICE: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "cutout": {
        "unsure": (
            "The garment is hard to tell from its background.",
            "Check the cutout; a plain background of another colour, or a transparent PNG, helps.",
        ),
    },
    "garment_shape": {
        "guessed": (
            "Some of the garment's points had to be guessed.",
            "Check the hollow points on the cutout and drag those that are off.",
        ),
        "no garment": (
            "This may not be a flat garment: its outline is round or lopsided.",
            _OTHER_GARMENT,
        ),
        "unusual": (
            "The outline is unusual for this kind of garment.",
            "Check the type and the points on the cutout. " + _OTHER_GARMENT,
        ),
    },
    "pose": {
        "turned": ("The person is turned away from the camera.", _FRONTAL),
        "hidden": (
            "Parts of the body the fit depends on are hidden or outside the photo.",
            "Use a photo that shows the person from the head to below the hips.",
        ),
    },
    "shoulder_fit": {
        "wide": (
            "The shoulder seams lie beyond the shoulders.",
            "Move the shoulder anchors inwards.",
        ),
        "narrow": (
            "The shoulder seams lie inside the shoulders.",
            "Move the shoulder anchors outwards.",
        ),
        "unusual": (
            "The garment's shoulders are cut wider or narrower than usual.",
            "Check the shoulder points on the garment and on the body.",
        ),
        "off outline": (
            "The shoulder seams float above the shoulders or sink below them.",
            "Drag the shoulder anchors onto the outline of the shoulders.",
        ),
        "missing": ("The shoulder anchors are missing.", _NO_ANCHORS),
    },
    "collar_gap": {
        "aside": ("The collar sits beside the neck.", "Move the neck anchors to the neck."),
        "high": ("The collar sits too high.", "Move the neck anchors down."),
        "low": ("The collar sits too low.", "Move the neck anchors up."),
        "missing": ("The neck anchors are missing.", _NO_ANCHORS),
    },
    "body_width": {
        "wide": (
            "The garment is wider than the body.",
            "Move the anchors of armpits, waist and hem inwards.",
        ),
        "narrow": (
            "The garment is narrower than the body.",
            "Move the anchors of armpits, waist and hem outwards.",
        ),
        "missing": ("The anchors of the sides are missing.", _NO_ANCHORS),
    },
    "balance": {
        "turned": (
            "The garment is turned against the body.",
            "Level the anchors on the left with those on the right.",
        ),
        "aside": (
            "The garment hangs to one side of the body.",
            "Move all anchors so that its middle lies on the body's.",
        ),
        "missing": ("There are too few anchors to see how the garment hangs.", _NO_ANCHORS),
    },
    "torso_coverage": {
        "uncovered": (
            "Part of the trunk is not covered.",
            "Check the size, and the anchors of armpits and waist on that side.",
        ),
        "beside": (
            "Part of the garment lies beside the body.",
            "Check its size and the anchors of sleeves and hem.",
        ),
        "hidden": (
            "The trunk is hidden, so that coverage cannot be checked.",
            "Use a photo with the arms beside the body.",
        ),
    },
    "sleeve_fit": {
        f"{side} {what}": (f"The {side} sleeve {message}", f"Drag the {side} sleeve's anchors {to}")
        for side in ("left", "right")
        for what, message, to in (
            ("off", "lies beside the arm.", "onto the arm."),
            ("bare", "leaves the arm bare.", "onto the arm."),
            ("long", "is pulled longer than its cloth.", "up the arm."),
            ("short", "is pushed together.", "down the arm."),
        )
    },
    "waist_fit": {
        "aside": ("The waistband sits beside the waist.", "Move the waist anchors sideways."),
        "high": ("The waistband sits too high.", "Move the waist anchors down."),
        "low": ("The waistband sits too low.", "Move the waist anchors up."),
        "wide": ("The waist or seat is too wide.", "Move the waist and hip anchors inwards."),
        "narrow": ("The waist or seat is too narrow.", "Move the waist and hip anchors outwards."),
        "missing": ("The waist anchors are missing.", _NO_ANCHORS),
    },
    "leg_fit": {
        f"{side} {what}": (
            f"The {side} leg of the garment {message}",
            f"Drag its knee and hem anchors {to}",
        )
        for side in ("left", "right")
        for what, message, to in (
            ("off", "lies beside the leg.", "onto the leg."),
            ("bare", "leaves the leg bare.", "onto the leg."),
            ("long", "is pulled longer than its cloth.", "up the leg."),
            ("short", "is pushed together.", "down the leg."),
        )
    },
    "hem": {
        "short": (
            "The hem ends unusually high.",
            "If the garment is longer, move the hem anchors down.",
        ),
        "hidden": (
            "Much cloth is tucked away; the waistband may have been found too high.",
            "Choose “Over the waistband” if the garment should hang out.",
        ),
        "missing": ("The hem anchors are missing.", _NO_ANCHORS),
    },
    "warp_distortion": {
        "pulled": ("One anchor pulls the cloth out of shape.", _RESET),
        "uneven": (
            "The cloth is stretched unevenly.",
            "Check the anchors that lie far apart.",
        ),
        "long": ("The cloth is stretched lengthwise.", "Move the hem anchors up."),
        "wide": ("The cloth is stretched sideways.", "Move the side anchors inwards."),
        "folded": ("The cloth folds over itself; some anchors cross.", _RESET),
        "stiff": ("The anchors pull the cloth more than it can bend.", _RESET),
    },
    "occlusion_conflicts": {
        "face": (
            "The garment lies over the face.",
            "Move the neck anchors down; a photo with the chin free helps.",
        ),
    },
    "old_clothes": {
        "shown": (
            "Clothes worn now show beside the garment.",
            "A photo in a close-fitting top works better.",
        ),
        "painted over": (
            "Much of the clothes worn now sticks out and had to be painted over.",
            "Check the size of the garment; a photo in a close-fitting top works better.",
        ),
    },
    "print_sharpness": {
        "blurred": (
            "The garment photo is smaller than the garment in the draft; prints look soft.",
            "Use a larger garment photo.",
        ),
    },
}
