"""A visitor's table of people times garments: plain records, no files and no threads."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal, TypeAlias, get_args

from tryon.anchors import GARMENT_LABELS
from tryon.fit import MOST_GARMENTS, TryOn

Kind: TypeAlias = Literal["person", "garment"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MOST: Final[dict[Kind, int]] = {"person": 8, "garment": 32}
MOST_OUTFITS: Final = 12


@dataclass(frozen=True, slots=True)
class Piece:
    """A photo in the table: `key` is the digest of its content, `name` that of the file."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One person in one garment or outfit.

    Attributes:
        person: key of the piece.
        garments: keys of the pieces worn together, one for a single garment.
        state: where it stands.
        score, threshold: of the draft.
        kinds: garment types as people say them, the uppermost first.
        reason: what lowers the score most; empty for a good fit.
        remedy: what to do after a failure; `reason` then says what happened.
        cause: the failure's reason as a word, where it has one; see `tryon/turning.py`.
        seconds: it took.
        is_corrected: by hand, in the editor.
        revision: counts its drafts.
    """

    person: str
    garments: tuple[str, ...]
    state: Literal["waiting", "running", "done", "failed"] = "waiting"
    score: float = 0.0
    threshold: float = 0.0
    kinds: tuple[str, ...] = ()
    reason: str = ""
    remedy: str = ""
    cause: str = ""
    seconds: float = 0.0
    is_corrected: bool = False
    revision: int = 0

    @property
    def id(self) -> str:
        """A short name for both photos together."""
        return hashlib.sha256(" ".join((self.person, *self.garments)).encode()).hexdigest()[:24]

    @property
    def draft_file(self) -> str:
        """Name of the draft in the visitor's folder."""
        return f"draft-{self.id}.jpg"

    @property
    def work_file(self) -> str:
        """Name of what was corrected, in the visitor's folder."""
        return f"work-{self.id}.json"

    def with_fit(self, try_on: TryOn) -> "Tile":
        """The tile with what came of it; an outfit is as good as its worst garment."""
        quality = min((fit.best.quality for fit in try_on.outfit), key=lambda one: one.score)
        worst = min(quality.components.values(), key=lambda part: part.score)
        return replace(
            self, state="done", score=quality.score, threshold=quality.threshold,
            kinds=tuple(GARMENT_LABELS[fit.garment.garment_type] for fit in try_on.outfit),
            reason=worst.message if worst.advice else "",
        )  # fmt: skip


@dataclass(slots=True)
class Table:
    """What one visitor has laid out; read and changed under the lock of `Wardrobes`.

    Attributes:
        person, garment: photos.
        outfits: keys of garments to be worn together, besides each alone.
        tiles: what was tried, by `Tile.id`.
        is_running: whether it is being filled.
    """

    person: list[Piece] = field(default_factory=list)
    garment: list[Piece] = field(default_factory=list)
    outfits: list[tuple[str, ...]] = field(default_factory=list)
    tiles: dict[str, Tile] = field(default_factory=dict)
    is_running: bool = False

    def pieces(self, kind: Kind) -> list[Piece]:
        """The people or the garments."""
        return self.person if kind == "person" else self.garment

    @property
    def columns(self) -> list[tuple[str, ...]]:
        """What each person wears: every garment alone, then the outfits."""
        return [*((piece.key,) for piece in self.garment), *self.outfits]

    def add_outfit(self, keys: Sequence[str]) -> None:
        """One more column, where it is an outfit, a new one, and there is room."""
        outfit = tuple(piece.key for piece in self.garment if piece.key in keys)
        has_room = len(self.outfits) < MOST_OUTFITS
        if 2 <= len(outfit) <= MOST_GARMENTS and outfit not in self.outfits and has_room:
            self.outfits.append(outfit)

    def laid_out(self) -> Iterator[Tile]:
        """Every tile in reading order: a row a person, a column a garment or outfit."""
        for person in self.person:
            for garments in self.columns:
                fresh = Tile(person.key, garments)
                yield self.tiles.get(fresh.id, fresh)

    def next_waiting(self) -> Tile | None:
        """The next tile to try; those that share the rarer kind of photo come together."""
        waiting = [tile for tile in self.laid_out() if tile.state == "waiting"]
        if len(self.garment) > len(self.person):  # prepared photos are remembered a few at a time
            order = {garments: i for i, garments in enumerate(self.columns)}
            waiting.sort(key=lambda tile: order[tile.garments])
        return waiting[0] if waiting else None

    def with_other_person(self, key: str, other: str) -> None:
        """Put another photo in the place of a person's; what was tried with the old one goes."""
        known = {piece.key for piece in self.person}
        self.person = [
            replace(piece, key=other) if piece.key == key else piece
            for piece in self.person
            if piece.key != key or other not in known
        ]
        self.tiles = {i: tile for i, tile in self.tiles.items() if tile.person != key}

    def without(self, key: str) -> "Table":
        """The table with one photo taken off, and every draft made from it."""
        return Table(
            [piece for piece in self.person if piece.key != key],
            [piece for piece in self.garment if piece.key != key],
            [outfit for outfit in self.outfits if key not in outfit],
            {i: t for i, t in self.tiles.items() if key not in (t.person, *t.garments)},
            self.is_running,
        )

    def to_record(self) -> dict[str, Any]:
        """What is kept on disk; unfinished tiles are tried again after a restart."""
        return {
            "person": [asdict(piece) for piece in self.person],
            "garment": [asdict(piece) for piece in self.garment],
            "outfits": self.outfits,
            "tiles": [asdict(t) for t in self.laid_out() if t.state in ("done", "failed")],
        }

    @staticmethod
    def from_record(record: Mapping[str, Any]) -> "Table":
        """The table that `to_record` gave; an empty one for a record of another version."""
        try:
            person, garment = ([Piece(**piece) for piece in record.get(kind, ())] for kind in KINDS)
            outfits = [tuple(outfit) for outfit in record.get("outfits", ())]
            tiles = [
                Tile(**{**tile, "garments": tuple(tile["garments"]), "kinds": tuple(tile["kinds"])})
                for tile in record.get("tiles", ())
            ]
        except (KeyError, TypeError):
            return Table()
        return Table(person, garment, outfits, {tile.id: tile for tile in tiles})
