"""What the review hands out: frozen records, free of SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from tryon.anchors import TUCKS, Tuck
from tryon.review.labels import Gold, Label, Schema
from tryon.review.turns import Kind, Rules

State: TypeAlias = Literal["open", "done", "skipped"]
Source: TypeAlias = Literal["studio", "grid", "batch", "job"]


@dataclass(frozen=True, slots=True)
class Project:
    """What is reviewed, by which words and rules."""

    id: str
    name: str
    instructions: str
    schema: Schema
    rules: Rules


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Someone who may review one project; a lead also sees figures and settles disputes."""

    id: str
    project_id: str
    name: str
    is_lead: bool
    salt: int


@dataclass(frozen=True, slots=True)
class Item:
    """One fit to look at.

    Attributes:
        title: where it comes from; not told to reviewers.
        width: of the working picture, pixels; spots and body anchors are in these.
        height: of the working picture, pixels.
        score: the automatic score; None when the run had none. Hidden until labelled.
        components: score of each part, by name.
        body: middle of the shoulders and of the hips, pixels; None when no pose was found.
        files: names of the artifacts that are kept.
        gold: the known answer; None for most items.
        wanted: how many reviewers shall see it.
    """

    id: str
    key: str
    source: Source
    title: str
    garment_type: str
    width: int
    height: int
    score: float | None
    components: Mapping[str, float]
    body: Mapping[str, tuple[float, float]] | None
    files: tuple[str, ...]
    provenance: Mapping[str, Any]
    gold: Gold | None
    wanted: int

    @property
    def tuck(self) -> Tuck:
        """What the run was asked for, to lay the garment anew the same way."""
        asked = self.provenance.get("settings", {}).get("tuck")
        return next((tuck for tuck in TUCKS if tuck == asked), "auto")


@dataclass(frozen=True, slots=True)
class Turn:
    """One reviewer's turn at one item.

    Attributes:
        revision: goes up with every save; a save that names an older one is refused.
        label: what was said so far.
        seconds: how long it was looked at.
    """

    id: str
    item: Item
    reviewer_id: str
    kind: Kind
    state: State
    revision: int
    label: Label
    seconds: float


@dataclass(frozen=True, slots=True)
class Given:
    """A label that was handed in, as figures and exports see it.

    Attributes:
        completed: seconds since 1970, UTC.
    """

    id: str
    item_id: str
    reviewer: str
    kind: Kind
    label: Label
    seconds: float
    completed: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one reviewer is.

    Attributes:
        done: items handed in.
        skipped: items passed over.
        left: items still waiting for somebody, this reviewer among them.
        median_seconds: of the last items; None before the first.
    """

    done: int
    skipped: int
    left: int
    median_seconds: float | None
