"""Photos to try without any of one's own: people from installed packages, garments we drew."""

import hashlib
import io
from dataclasses import dataclass
from functools import cache
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
_LEGS: Final = ("skirt", "shorts", "jeans", "trousers")
_LEGS_HINT: Final = " (for a photo that shows the legs)"


@dataclass(frozen=True, slots=True)
class Example:
    """One photo to choose.

    Attributes:
        title: what it shows.
        path: of the file.
        clashes: a person seen to the waist, or a garment for legs: the two do not go together.
    """

    title: str
    path: Path
    clashes: bool

    @property
    def photo(self) -> bytes:
        """The file; a large PNG as the JPEG it should be, for those whose network is slow."""
        return _photo(self.path)

    @property
    def stem(self) -> str:
        """Name of its copies; the page knows by it which example is on a card."""
        return f"example-{self.path.stem}"

    @property
    def thumb(self) -> bytes:
        """A small picture of it: a WebP."""
        return _thumb(self.path)

    @property
    def thumb_name(self) -> str:
        """Of a file: another picture, another name, so that browsers may keep it for good."""
        return f"{self.path.stem}-{hashlib.sha256(self.thumb).hexdigest()[:12]}.webp"


def example_people() -> tuple[Example, ...]:
    """Photos of people from head to waist that come with installed packages."""
    found = []
    for package, inside, title in _PEOPLE:
        spec = find_spec(package)
        path = Path(spec.origin).parent / inside if spec and spec.origin else None
        if path and path.is_file():
            found.append(Example(title, path, clashes=True))
    return tuple(found)


def example_garments(folder: Path = GARMENTS) -> tuple[Example, ...]:
    """Our drawn garments, the most telling ones first."""

    def rank(path: Path) -> tuple[int, str]:
        first = (i for i, name in enumerate(_FIRST) if path.stem.startswith(name))
        return (next(first, len(_FIRST)), path.stem)

    paths = sorted((p for p in folder.glob("*.jpg")), key=rank)
    return tuple(Example(_title(p.stem), p, p.stem.endswith(_LEGS)) for p in paths)


@cache
def _photo(path: Path) -> bytes:
    if path.suffix != ".png":
        return path.read_bytes()
    out = io.BytesIO()
    with Image.open(path) as picture:
        picture.convert("RGB").save(out, "JPEG", quality=92, subsampling=0)
    return out.getvalue()


@cache
def _thumb(path: Path) -> bytes:
    with Image.open(path) as picture:
        small = picture.convert("RGB")
    small.thumbnail((THUMB_PX, THUMB_PX))
    out = io.BytesIO()
    small.save(out, "WEBP", quality=78, method=6)  # a third of a JPEG
    return out.getvalue()


@cache
def _stems() -> dict[str, str]:
    examples = (*example_people(), *example_garments())
    return {hashlib.sha256(one.photo).hexdigest(): one.stem for one in examples}


def stem_of(photo: bytes, otherwise: str) -> str:
    """Name for a copy of a photo: that of the example it is, or another."""
    return _stems().get(hashlib.sha256(photo).hexdigest(), otherwise)


def example_digests() -> frozenset[str]:
    """sha256 of every example."""
    return frozenset(_stems())


def _title(stem: str) -> str:
    """The file's name as people say it; the people above are seen to the waist only."""
    words = stem.replace("aline", "A-line").replace("tshirt", "T-shirt").replace("_", " ")
    return words[0].upper() + words[1:] + (_LEGS_HINT if stem.endswith(_LEGS) else "")
