"""What the page says: labels, captions, hints. One place, so that it can be translated.

What the two editors say is in `editor_words.py`.
"""

from typing import Final

from tryon.anchors import GARMENT_LABELS, GARMENT_TYPES, TUCKS, Tuck

TITLE: Final = "Virtual try-on studio"
LEAD: Final = "Put a garment photo on a person photo, and see every step of how it was fitted."

AUTO: Final = "auto"
TYPE_CHOICES: Final = [("Recognise it", AUTO), *((GARMENT_LABELS[t], t) for t in GARMENT_TYPES)]
TUCK_LABELS: Final[dict[Tuck, str]] = {
    "auto": "As in the photo",
    "in": "Tucked in",
    "out": "Over the waistband",
}
TUCK_CHOICES: Final = [(TUCK_LABELS[t], t) for t in TUCKS]
TUCK_HELP: Final = (
    "For tops. As in the photo means: tucked in when a waistband is seen above the hips."
)

TO_THE_WAIST: Final = "Faded: seen to the waist only"  # of examples
NEED_LEGS: Final = "Faded: for photos that show the legs"
NEED_BOTH: Final = "Add a person and a garment to begin."
NEED_PERSON: Final = "Now add a person."
NEED_GARMENT: Final = "Now add a garment."
READY: Final = "Ready. A draft takes a few seconds."
WORKING: Final = "Working. You can cancel at any time."

# The wardrobe.
LAY_OUT: Final = "Lay out people and garments to begin."
READY_TILES: Final = "Ready. A draft takes a second or two."
WORKING_TILES: Final = "Working. You can use the other pages meanwhile."
DONE_TILES: Final = "Everything is tried on."
FAILED_TILES: Final = "Some drafts failed; their tiles say why. Press once more to try those again."
NO_ROOM: Final = "There was no room for all of them. Remove some to add others."

# The final step.
GENERATOR_LABELS: Final[dict[str, str]] = {
    "nano-banana": "Nano Banana (Google Gemini)",
    "offline": "Offline finisher",
}
GENERATOR_COSTS: Final[dict[str, str]] = {
    "nano-banana": "About 3 to 14 US cents a picture, billed to this server's key; 10 to 60 s.",
    "offline": "Costs nothing; about a second.",
}
REALISM: Final[dict[int, str]] = {
    1: "The draft as it is, with softer edges.",
    2: "The light of the photo on the garment.",
    3: "Also large folds, contact shadows, the photo's sharpness and grain.",
    4: "Stronger folds and shadows.",
    5: "Folds, drape and fit made anew, as far as the generator can.",
}

# Signing in, and try-ons saved to be shown to others (`share.js`, `saved_pages.py`).
SIGN_IN: Final = "Sign in"
SIGN_IN_HUB: Final = "Sign in with Hugging Face"
SIGN_IN_TO_SEE: Final = "Sign in to see this try-on."
KEY_LABEL: Final = "API key"
WRONG_KEY: Final = "This key opens nothing here. Check it, or ask who runs this server."
TOO_OFTEN: Final = "Too many tries. Wait a minute and try again."
NO_LOGIN: Final = "Nobody can sign in here yet. Who runs this server can make a key:"
TO_STUDIO: Final = "To the studio"
SAVED_TITLE: Final = "A saved try-on"
SAVED_UNTIL: Final = "It can be seen by whoever is signed in and has the link, until"
SAVED_GONE: Final = "This try-on is no longer there"
SAVED_GONE_WHY: Final = "Its time was over, or who saved it has deleted it."
WHICH_PICTURE: Final = "Which picture"
HOW_MUCH: Final = "Before and after: how much of the person photo as given is shown"
BEFORE, DRAFT, FINAL = "Before", "Draft", "Final picture"
GOOD_FIT, BELOW = "Good fit", "Below the wanted score"
SHARE: Final[dict[str, str]] = {
    "sign_in": "Sign in",
    "why_sign_in": "Who is signed in can save a try-on and copy a link to it.",
    "sign_out": "Sign out",
    "save": "Save and copy a link",
    "terms": "Whoever is signed in here and has the link sees the person photo and the result.",
    "hours": "It ends after # hours, or when you take it back.",
    "link": "Link to the saved try-on",
    "copied": "Saved, and the link is copied.",
    "saved": "Saved. Copy the link:",
    "copy": "Copy the link",
    "take_back": "Take it back",
    "taken": "Taken back. The link shows nothing any more.",
}

# Stage number -> title, what it does.
STAGE_ROWS: Final[dict[int, tuple[str, str]]] = {
    0: ("Load", "Reads both photos, turns them upright"),
    1: ("Segment", "Separates person, torso and arms"),
    2: ("Pose", "Finds 33 points of the body"),
    3: ("Garment", "Cuts it out and marks its anchors"),
    4: ("Align", "Lays it over the body"),
    5: ("Check", "Scores the fit, tries again if low"),
    6: ("Final", "Light, folds and grain of the photo"),
    7: ("Store", "Packs all files for download"),
}

# Said while a stage runs, by the pipeline's own name of the step.
DOING: Final[dict[str, str]] = {
    "load person": "Reading the person photo",
    "load garment": "Reading the garment photo",
    "segment person": "Separating the person from the background",
    "detect pose": "Looking for the body",
    "prepare garment": "Cutting out the garment",
    "align": "Laying the garment over the body",
    "check quality": "Checking the fit",
    "store": "Packing the files",
}

# Picture of the stage viewer (`stage_pictures.py`) -> title, what it is, stage number.
CARDS: Final[dict[str, tuple[str, str, int]]] = {
    "person": ("Person", "The photo as the studio works on it.", 0),
    "garment": ("Garment", "The garment's photo, turned upright.", 0),
    "person_mask": ("Person mask", "Everything that belongs to the person.", 1),
    "torso_mask": ("Torso mask", "The trunk, from the neck to the hips.", 1),
    "arms_mask": ("Arms mask", "Arms and hands, which can lie in front.", 1),
    "keypoints": ("Keypoints", "Joints found: orange left, blue right.", 2),
    "cutout": ("Cutout", "The garment alone, without its background.", 3),
    "anchors": ("Anchors", "Named points of the garment; hollow ones are unsure.", 3),
    "warped": ("Warped garment", "The garment bent to the same anchors on the body.", 4),
    "old_garment": ("Old clothes", "What sticks out beyond the new garment.", 4),
    "draft": ("Draft", "The garment on the person, arms kept in front.", 4),
}
# The final step is not part of a run; its picture comes to the viewer from the final panel.
FINAL_CARD: Final = ("Final", "The draft with the light, folds and grain of the photo.", 6)
VIEWER: Final[dict[str, str]] = {
    "opacity": "Opacity of what is laid over the photos",
    "opacity_short": "Opacity",
    "zoom_in": "Zoom in on all pictures",
    "zoom_out": "Zoom out of all pictures",
    "fit": "Whole",
    "zoom_fit": "Show the pictures whole",
    "open": "Open",
    "lay": "Lay over the photo",
    "lay_short": "Overlay",
    "layers": "Lay over this picture",
    "download": "Download",
    "previous": "Previous picture",
    "next": "Next picture",
    "full": "Full screen",
    "close": "Close",
    "stage": "Stage",
}

# Units of measured values: those from 0 to 1 are shown as per cent, some others in fewer digits.
SHARES: Final = frozenset({"share", "agreement", "confidence", "visibility"})
UNITS: Final[dict[str, str]] = {
    "degrees": "{:.1f}°",
    "ratio": "{:.2f} : 1",
    "shoulder widths": "{:.2f} shoulder widths",
    "shoulder widths below the hips": "{:.2f} shoulder widths below the hips",
}

# Part of the score -> what it measures.
MEANINGS: Final[dict[str, str]] = {
    "cutout": "How clearly the garment stands out from the background of its photo.",
    "garment_shape": "How ordinary the garment's outline is for its kind, and how sure its points.",
    "pose": "How well the body is seen, and whether the person faces the camera.",
    "shoulder_fit": "How far the shoulder seams are from the shoulders.",
    "collar_gap": "How much room there is between collar and neck.",
    "body_width": "How wide the garment is on the body.",
    "balance": "How far the garment leans or hangs off the middle.",
    "torso_coverage": "How much of the trunk is covered, and whether the garment stays on it.",
    "sleeve_fit": "How closely the sleeves follow the arms.",
    "waist_fit": "How far the waistband is from the waist.",
    "leg_fit": "How closely the legs of the garment follow those of the person.",
    "hem": "Where the hem ends, compared with others of its kind.",
    "warp_distortion": "How much the cloth is stretched or squeezed to fit.",
    "occlusion_conflicts": "How much the garment hides of what belongs in front of it.",
    "old_clothes": "How much of the clothes worn now still shows.",
    "print_sharpness": "How many pixels the garment photo has for each pixel of the draft.",
}

# What further attempts do otherwise (`stages/strategies.py`).
STRATEGIES: Final[dict[str, str]] = {
    "as measured": "Every point where it was found.",
    "even garment points": "The garment's left and right points made alike.",
    "sleeves between arm and flat": "Sleeves turned half way to the arms.",
    "sleeves as laid flat": "Sleeves as they lie in the garment photo.",
    "collar lower": "The whole garment a little lower.",
    "collar higher": "The whole garment a little higher.",
    "closer": "Narrower on the body.",
    "roomier": "Wider on the body.",
    "stiff cloth": "The trunk moved as one sheet, without bending.",
    "cut out by the background's colour": "The garment cut out anew, by the colour around it.",
}

INTERNAL: Final = {
    "message": "Something went wrong on our side.",
    "remedy": "Try again. If it happens again with these photos, try others and tell us.",
}
CANCELLED_TEXT: Final = "Nothing was kept. Press the button to start again."


def anchor_label(name: str) -> str:
    """`left_sleeve_outer` as people say it."""
    return name.replace("_", " ").capitalize()


def component_label(name: str) -> str:
    """A part of the score as people say it."""
    return name.replace("_", " ").capitalize()


def strategy_label(name: str) -> str:
    """A fitting strategy as people say it."""
    return name.replace("_", " ").replace("-", " ").capitalize()
