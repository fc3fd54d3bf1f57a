"""Photos to try without any of one's own: people from installed packages, garments we drew."""

import base64
import io
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PIL import Image

THUMB_PX: Final = 192  # longer side; shown 110 px high at most
GARMENTS: Final = Path(__file__).parents[2] / "assets" / "garments"

# Package, file inside it, title. Both are in the public domain (NASA; United States Navy).
_PEOPLE: Final = (
    ("skimage", "data/astronaut.png", "Eileen Collins, astronaut"),
    ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg", "Grace Hopper, computer scientist"),
)
_FIRST: Final = (
    "printed_tshirt", "striped", "hoodie", "button_shirt", "bomber", "white_tshirt", "tank_top",
    "dress",
)  # fmt: skip
_LEGS: Final = (" (for a photo that shows the legs)", ("skirt", "shorts", "jeans", "trousers"))


@dataclass(frozen=True, slots=True)
class Example:
    """One photo to choose."""

    title: str
    path: Path

    @property
    def thumb(self) -> str:
        """A small picture as a data address, so that it needs no file and no request."""
        with Image.open(self.path) as picture:
            small = picture.convert("RGB")
        small.thumbnail((THUMB_PX, THUMB_PX))
        out = io.BytesIO()
        small.save(out, "WEBP", quality=78, method=6)  # a third of a JPEG; the page has each twice
        return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()


def example_people() -> tuple[Example, ...]:
    """Photos of people from head to waist that come with installed packages."""
    found = []
    for package, inside, title in _PEOPLE:
        spec = find_spec(package)
        path = Path(spec.origin).parent / inside if spec and spec.origin else None
        if path and path.is_file():
            found.append(Example(title, path))
    return tuple(found)


def example_garments(folder: Path = GARMENTS) -> tuple[Example, ...]:
    """Our drawn garments, the most telling ones first."""

    def rank(path: Path) -> tuple[int, str]:
        first = (i for i, name in enumerate(_FIRST) if path.stem.startswith(name))
        return (next(first, len(_FIRST)), path.stem)

    paths = sorted((p for p in folder.glob("*.jpg")), key=rank)
    return tuple(Example(_title(p.stem), p) for p in paths)


def _title(stem: str) -> str:
    """The file's name as people say it; the people above are seen to the waist only."""
    hint, lower = _LEGS
    words = stem.replace("aline", "A-line").replace("tshirt", "T-shirt").replace("_", " ")
    return words[0].upper() + words[1:] + (hint if stem.endswith(lower) else "")
