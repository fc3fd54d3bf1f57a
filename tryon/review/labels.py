"""What a reviewer says about one fit: the words, the record and its JSON form (schema 1).

Spots are pixels of the working picture (`person.png`), whatever the reviewer's screen showed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, get_args

from tryon.anchors import AnchorPair
from tryon.errors import InvalidAnchors, InvalidLabel

LABEL_SCHEMA: Final = 1
Verdict: TypeAlias = Literal["accept", "fixable", "reject"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
RATINGS: Final = (1, 2, 3, 4, 5)
MAX_COMMENT: Final = 4000  # characters
MAX_DEFECTS: Final = 200  # spots on one picture; more is a stuck mouse button


@dataclass(frozen=True, slots=True)
class Word:
    """One choice a reviewer has.

    Attributes:
        name: in files and figures; never changed once used.
        label: as people say it.
        key: on the keyboard, one lower-case letter; "" for none.
    """

    name: str
    label: str
    key: str = ""


DEFECTS: Final[tuple[Word, ...]] = (
    Word("neckline", "Neckline", "n"),
    Word("shoulder", "Shoulder", "s"),
    Word("sleeve_left", "Sleeve, wearer's left", "e"),
    Word("sleeve_right", "Sleeve, wearer's right", "w"),
    Word("hem", "Hem", "h"),
    Word("scale", "Size", "c"),
    Word("rotation", "Turned", "t"),
    Word("print", "Print", "p"),
    Word("occlusion_hair", "Hair in front", "i"),
    Word("occlusion_arm", "Arm in front", "m"),
    Word("mask_leak", "Mask leak", "l"),
    Word("halo", "Halo", "o"),
    Word("colour", "Colour", "k"),
    Word("face_changed", "Face changed", "v"),
    Word("background_changed", "Background changed", "b"),
)
SKIP_REASONS: Final[tuple[Word, ...]] = (
    Word("cannot_tell", "I cannot tell"),
    Word("picture_broken", "A picture is missing or broken"),
    Word("not_a_try_on", "This is no try-on"),
    Word("know_the_person", "I know this person"),
    Word("other", "Another reason (say it in the comment)"),
)
RESERVED_KEYS: Final = frozenset("afrzxgyju")  # verdicts, undo, skip, pictures, anchors


@dataclass(frozen=True, slots=True)
class Schema:
    """The choices of one project."""

    defects: tuple[Word, ...] = DEFECTS
    skip_reasons: tuple[Word, ...] = SKIP_REASONS

    def to_json(self) -> dict[str, Any]:
        """Plain data, as kept with the project."""
        return {
            name: [{"name": w.name, "label": w.label, "key": w.key} for w in getattr(self, name)]
            for name in ("defects", "skip_reasons")
        }

    @staticmethod
    def from_json(document: Any) -> "Schema":
        """Read `to_json`, or a file somebody wrote; what is left out keeps its default.

        Raises:
            InvalidLabel: not that shape, a name or a key twice, or a key that is taken.
        """
        try:
            if not isinstance(document, Mapping):
                raise TypeError("want an object")
            words = {
                name: tuple(
                    Word(str(item["name"]), str(item.get("label") or item["name"]),
                         str(item.get("key", "")).lower())
                    for item in document[name]
                )
                for name in ("defects", "skip_reasons") if name in document
            }  # fmt: skip
        except (KeyError, TypeError, AttributeError) as exc:
            raise InvalidLabel(
                f"schema: {exc}", message="The label schema cannot be read."
            ) from exc
        for group in words.values():
            names, keys = [w.name for w in group], [w.key for w in group if w.key]
            odd = {k for k in keys if len(k) != 1 or not k.isalpha()} | RESERVED_KEYS & set(keys)
            if len(set(names)) < len(names) or len(set(keys)) < len(keys) or odd or "" in names:
                raise InvalidLabel(
                    f"names {names}, keys {keys}",
                    message="The label schema has a name or a key twice, or a key that is taken.",
                )
        return Schema(**words)


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong, and where.

    Attributes:
        name: one of the project's defects.
        spot: x right, y down, pixels of the working picture; None when not placed.
    """

    name: str
    spot: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What one reviewer says about one fit; every part may still be missing.

    Attributes:
        verdict: whether the fit can be used.
        rating: 1 poor .. 5 perfect.
        defects: in the order they were added.
        anchors: corrected anchors; None when none was moved.
        comment: free text.
        skip_reason: why it was passed over; then there is no verdict.
    """

    verdict: Verdict | None = None
    rating: int | None = None
    defects: tuple[Defect, ...] = ()
    anchors: AnchorPair | None = None
    comment: str = ""
    skip_reason: str | None = None

    @property
    def defect_names(self) -> tuple[str, ...]:
        """Names without repetition, in order."""
        return tuple(dict.fromkeys(defect.name for defect in self.defects))

    @property
    def is_complete(self) -> bool:
        """Whether it may be handed in: there is a verdict."""
        return self.verdict is not None and self.skip_reason is None

    def to_json(self) -> dict[str, Any]:
        """The label as kept, sent and exported."""
        return {
            "schema": LABEL_SCHEMA,
            "verdict": self.verdict,
            "rating": self.rating,
            "defects": [
                {"name": d.name, "x": d.spot and d.spot[0], "y": d.spot and d.spot[1]}
                for d in self.defects
            ],
            "anchors": self.anchors and self.anchors.to_json(),
            "comment": self.comment,
            "skip_reason": self.skip_reason,
        }

    @staticmethod
    def from_json(document: Any, schema: Schema | None = None) -> "Label":
        """Read `to_json`; unknown words are refused, so that a slip does not become data.

        Args:
            document: what was sent or imported.
            schema: the project's choices; None takes any name.

        Raises:
            InvalidLabel: with what is wrong.
        """
        try:
            if document.get("schema", LABEL_SCHEMA) != LABEL_SCHEMA:
                raise InvalidLabel(f"schema {document['schema']!r}")
            anchors = document.get("anchors")
            return Label(
                verdict=_one_of(document.get("verdict"), VERDICTS, "verdict"),
                rating=_one_of(document.get("rating"), RATINGS, "rating"),
                defects=_defects(document.get("defects") or (), schema),
                anchors=AnchorPair.from_json(anchors) if anchors else None,
                comment=_comment(document.get("comment") or ""),
                skip_reason=_one_of(
                    document.get("skip_reason"),
                    None if schema is None else [w.name for w in schema.skip_reasons],
                    "skip_reason",
                ),
            )
        except InvalidAnchors as exc:
            raise InvalidLabel(exc.detail, message="The corrected anchors cannot be used.") from exc
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as exc:
            raise InvalidLabel(f"{type(exc).__name__}: {exc}") from exc


@dataclass(frozen=True, slots=True)
class Gold:
    """A known answer: what a good reviewer says of this item.

    Attributes:
        verdict: the right one.
        defects: names that must be found; others are not counted against the reviewer.
    """

    verdict: Verdict
    defects: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """As kept with the item."""
        return {"verdict": self.verdict, "defects": list(self.defects)}

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "Gold":
        """Read `to_json`.

        Raises:
            InvalidLabel: no such verdict.
        """
        verdict = _one_of(document.get("verdict"), VERDICTS, "verdict")
        if verdict is None:
            raise InvalidLabel("gold without a verdict")
        return Gold(verdict, tuple(map(str, document.get("defects", ()))))


def _one_of(value: Any, choices: Any, name: str) -> Any:
    if value is None or (choices is None and isinstance(value, str)):
        return value
    if isinstance(value, bool) or choices is None or value not in choices:
        raise InvalidLabel(f"{name} {value!r}")
    return value


def _comment(text: Any) -> str:
    if not isinstance(text, str) or len(text) > MAX_COMMENT:
        raise InvalidLabel(f"comment of {len(str(text))} characters")
    # Half an emoji, as a browser may cut one off, can be written to no file, NUL to no Postgres.
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _defects(items: Any, schema: Schema | None) -> tuple[Defect, ...]:
    if len(items) > MAX_DEFECTS:
        raise InvalidLabel(f"{len(items)} defects")
    known = None if schema is None else {word.name for word in schema.defects}
    defects = []
    for item in items:
        name = str(item["name"])
        if known is not None and name not in known:
            raise InvalidLabel(f"defect {name!r}")
        x, y = item.get("x"), item.get("y")
        spot = None if x is None or y is None else (round(float(x), 2), round(float(y), 2))
        if spot is not None and not all(-1e5 < value < 1e5 for value in spot):
            raise InvalidLabel(f"defect {name!r} at {spot}")
        defects.append(Defect(name, spot))
    return tuple(defects)
