"""The words for garments, and named anchor points: records and their JSON form (`anchors.json`).

Left and right are the wearer's, so `left_*` lies on the right of a photo taken from the front.
Where the points are is decided in `stages/garment_shape/` and `stages/placement/`.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from tryon.arrays import PointsXY
from tryon.errors import InvalidAnchors

GarmentType: TypeAlias = Literal[
    "tshirt", "shirt", "sweater", "hoodie", "jacket", "tank_top",
    "trousers", "shorts", "skirt", "dress", "jumpsuit",
]  # fmt: skip
GARMENT_TYPES: Final[tuple[GarmentType, ...]] = get_args(GarmentType)
GARMENT_LABELS: Final[Mapping[GarmentType, str]] = {  # as people say it
    "tshirt": "T-shirt",
    "shirt": "Shirt",
    "sweater": "Sweater",
    "hoodie": "Hoodie",
    "jacket": "Jacket",
    "tank_top": "Tank top",
    "trousers": "Trousers",
    "shorts": "Shorts",
    "skirt": "Skirt",
    "dress": "Dress",
    "jumpsuit": "Jumpsuit",
}
Tuck: TypeAlias = Literal["auto", "in", "out"]  # how a top is worn; auto: as in the photo
TUCKS: Final[tuple[Tuck, ...]] = get_args(Tuck)
UPPER_TYPES: Final = frozenset({"tshirt", "shirt", "sweater", "hoodie", "jacket", "tank_top"})
LOWER_TYPES: Final = frozenset({"trousers", "shorts", "skirt"})
LEGGED_TYPES: Final = frozenset({"trousers", "shorts", "jumpsuit"})
FULL_TYPES: Final = frozenset({"dress", "jumpsuit"})
WORN_ORDER: Final[tuple[GarmentType, ...]] = (  # what lies over what, lowest first
    "trousers", "shorts", "skirt", "jumpsuit", "dress",
    "tank_top", "tshirt", "shirt", "sweater", "hoodie", "jacket",
)  # fmt: skip

_SIDES: Final = ("left", "right")
_TOP: Final = ("neck_back", "neck_front")
_TOP_PAIRS: Final = (
    "neck", "shoulder", "armpit",
    "elbow_outer", "elbow_inner", "sleeve_outer", "sleeve_inner", "waist", "hem",
)  # fmt: skip
_LEGS: Final = ("waist", "hip", "knee_outer", "knee_inner", "hem_outer", "hem_inner")


def _pairs(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{side}_{name}" for name in names for side in _SIDES)


_UPPER = _TOP + _pairs(_TOP_PAIRS)
_TROUSERS = ("crotch", *_pairs(_LEGS))
_SKIRT = _pairs(("waist", "hip", "hem"))

# Elbows, sleeves and knees are there only when the garment has them.
ANCHOR_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(UPPER_TYPES, _UPPER),
    "trousers": _TROUSERS,
    "shorts": _TROUSERS,
    "skirt": _SKIRT,
    "dress": (*_UPPER, *_pairs(("hip",))),
    "jumpsuit": tuple(
        dict.fromkeys((*(n for n in _UPPER if not n.endswith("_hem")), *_TROUSERS[1:], "crotch"))
    ),
}

MOST_SIDE_PX: Final = 100_000  # of the picture that points belong to
MOST_SHOWN: Final = 40  # characters of a name nobody knows
FARTHEST: Final = 20  # longer sides of it: a point further outside is a slip, and costs memory


@dataclass(frozen=True, slots=True)
class Anchor:
    """One named point, in pixels of its picture.

    Attributes:
        name: one of `ANCHOR_NAMES[garment_type]`.
        x: pixels to the right; 0 is the centre of the leftmost column.
        y: pixels down; 0 is the centre of the top row.
        confidence: 0.0 guessed .. 1.0 seen; a point set by hand is 1.0.
    """

    name: str
    x: float
    y: float
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class AnchorSet:
    """All anchors of one picture, in drawing order, names unique.

    Attributes:
        width: of the picture, pixels.
        height: of the picture, pixels.
        anchors: the points.
    """

    width: int
    height: int
    anchors: tuple[Anchor, ...]

    def __contains__(self, name: str) -> bool:
        return any(a.name == name for a in self.anchors)

    def __getitem__(self, name: str) -> Anchor:
        for anchor in self.anchors:
            if anchor.name == name:
                return anchor
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Names in order."""
        return tuple(a.name for a in self.anchors)

    @property
    def points_xy(self) -> PointsXY:
        """(N, 2) float64 pixels, in the order of `names`."""
        return np.array([(a.x, a.y) for a in self.anchors], dtype=np.float64).reshape(-1, 2)

    def only(self, names: Iterable[str]) -> "AnchorSet":
        """The anchors of these names, in the order given; unknown names are left out."""
        return replace(self, anchors=tuple(self[n] for n in names if n in self))

    def moved(self, name: str, x: float, y: float) -> "AnchorSet":
        """The set with one point put elsewhere by hand."""
        return replace(
            self,
            anchors=tuple(Anchor(name, x, y, 1.0) if a.name == name else a for a in self.anchors),
        )

    def resized(self, width: int, height: int) -> "AnchorSet":
        """The same points on the picture resized to (width, height); pixel centres map exactly."""
        sx, sy = width / self.width, height / self.height
        return AnchorSet(
            width,
            height,
            tuple(
                replace(a, x=(a.x + 0.5) * sx - 0.5, y=(a.y + 0.5) * sy - 0.5) for a in self.anchors
            ),
        )


@dataclass(frozen=True, slots=True)
class AnchorPair:
    """A fit as people edit it: the garment's anchors and the body's, one-to-one by name."""

    garment_type: GarmentType
    garment: AnchorSet
    person: AnchorSet

    def to_json(self) -> dict[str, Any]:
        """The `anchors.json` of ARTIFACTS, coordinates rounded to 0.01 px."""
        return {
            "schema": 1,
            "garment_type": self.garment_type,
            "garment": _set_to_json(self.garment),
            "person": _set_to_json(self.person),
        }

    @staticmethod
    def from_json(document: Any) -> "AnchorPair":
        """Read what `to_json` wrote, perhaps edited by hand.

        Raises:
            InvalidAnchors: not that shape, unknown names, or names that differ.
        """
        try:
            if document["schema"] != 1:
                raise InvalidAnchors(message="The anchors are not of schema 1.")
            garment_type = document["garment_type"]
            if garment_type not in GARMENT_TYPES:
                raise InvalidAnchors(message="The anchors name no garment type that we know.")
            pair = AnchorPair(
                garment_type,
                _set_from_json(document["garment"], garment_type, "garment"),
                _set_from_json(document["person"], garment_type, "person"),
            )
        except KeyError as exc:
            raise InvalidAnchors(message=f"The anchors lack {exc}.") from exc
        except (TypeError, ValueError, OverflowError) as exc:
            raise InvalidAnchors(f"{type(exc).__name__}: {exc}") from exc
        if set(pair.garment.names) != set(pair.person.names):
            odd = ", ".join(sorted(set(pair.garment.names) ^ set(pair.person.names)))
            raise InvalidAnchors(
                message=f"These anchors are on one of the two pictures only: {odd}.",
                remedy="In anchors.json, remove a point from both lists or keep it in both.",
            )
        return AnchorPair(garment_type, pair.garment, pair.person.only(pair.garment.names))

    def require_type(self, garment_type: GarmentType | None) -> None:
        """Guard anchors given together with a type; None says none.

        Raises:
            InvalidAnchors: they are those of another type of garment.
        """
        if garment_type not in (None, self.garment_type):
            raise InvalidAnchors(
                message=f"The anchors are those of a {self.garment_type}, not of a {garment_type}.",
                remedy="Leave the garment type out, or give the anchors of this garment.",
            )


def _set_to_json(anchors: AnchorSet) -> dict[str, Any]:
    return {
        "width": anchors.width,
        "height": anchors.height,
        "anchors": [
            {
                "name": a.name,
                "x": round(a.x, 2),
                "y": round(a.y, 2),
                "confidence": round(a.confidence, 3),
            }
            for a in anchors.anchors
        ],
    }


def _set_from_json(document: Any, garment_type: GarmentType, picture: str) -> AnchorSet:
    width, height = int(document["width"]), int(document["height"])
    if not (1 <= width <= MOST_SIDE_PX and 1 <= height <= MOST_SIDE_PX):
        raise InvalidAnchors(message=f"The anchors say a width and height that no {picture} has.")
    farthest_px = FARTHEST * max(width, height)
    anchors: dict[str, Anchor] = {}
    for item in document["anchors"]:
        name = item["name"]
        if name not in ANCHOR_NAMES[garment_type]:
            shown = str(name)[:MOST_SHOWN]
            raise InvalidAnchors(message=f"A {garment_type} has no anchor called {shown!r}.")
        anchor = Anchor(
            name, float(item["x"]), float(item["y"]), float(item.get("confidence", 1.0))
        )
        if not all(map(math.isfinite, (anchor.x, anchor.y, anchor.confidence))):
            raise InvalidAnchors(
                message=f"The anchor {name} of the {picture} has a number that is none."
            )
        if max(abs(anchor.x), abs(anchor.y)) > farthest_px:
            raise InvalidAnchors(
                message=f"The anchor {name} of the {picture} lies far outside its picture."
            )
        if name in anchors:
            raise InvalidAnchors(message=f"The anchor {name} stands twice on the {picture}.")
        anchors[name] = anchor
    return AnchorSet(width, height, tuple(anchors.values()))
