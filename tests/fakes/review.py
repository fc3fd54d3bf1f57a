"""Many review items and labels at once, straight into the tables."""

import hashlib
from collections.abc import Sequence
from uuid import uuid4

import numpy as np

from tests.fakes.fits import H, W
from tests.fakes.team import Truth, judge
from tryon.anchors import GARMENT_TYPES
from tryon.database.sql import Database
from tryon.review.labels import Label
from tryon.review.records import Project, Reviewer
from tryon.review.tables import ChangeRow, ItemRow, LabelRow
from tryon.review.turns import wanted


def add_items(database: Database, project: Project, truth: Truth) -> list[str]:
    """Items without pictures, one for each of `truth`; their ids."""
    rows = []
    for number, (score, parts) in enumerate(zip(truth.score, truth.components, strict=True)):
        key = hashlib.sha256(f"{project.id} {number}".encode())
        shuffle = int.from_bytes(key.digest()[:8]) >> 1
        rows.append(
            ItemRow(
                id=str(uuid4()), project_id=project.id, key=key.hexdigest(), source="batch",
                title=f"row_{number}", garment_type=GARMENT_TYPES[number % 6], width=W, height=H,
                score=float(score), components=parts, files=["person.png", "draft_composite.png"],
                body={"shoulders": [48.0, 36.0], "hips": [48.0, 78.0]}, provenance={}, gold=None,
                shuffle=shuffle, wanted=wanted(shuffle, project.rules), taken=0,
            )
        )  # fmt: skip
    with database.write() as session:
        session.add_all(rows)
    return [row.id for row in rows]


def add_labels(
    database: Database, project: Project, items: Sequence[str],
    labels: Sequence[tuple[str, Reviewer, Label]],
) -> None:  # fmt: skip
    """Labels handed in: (item id, reviewer, label) each."""
    start, rows, changes = 1_700_000_000.0, [], []
    for number, (item_id, who, label) in enumerate(labels):
        rows.append(
            LabelRow(
                id=str(uuid4()), project_id=project.id, item_id=item_id, reviewer_id=who.id,
                kind="label", state="done", is_held=True, revision=1, verdict=label.verdict,
                rating=label.rating, document=label.to_json(), seconds=4.0 + number % 5,
                opened=start + number, completed=start + number + 4.0,
            )
        )  # fmt: skip
        changes.append(
            ChangeRow(project_id=project.id, label_id=rows[-1].id, who=who.name,
                      action="submit", before=None, after={})
        )  # fmt: skip
    with database.write() as session:
        session.add_all(rows)
        session.flush()
        session.add_all(changes)


def team_labels(
    truth: Truth, items: Sequence[str], team: Sequence[Reviewer], rates: Sequence[float],
    seed: int = 0,
) -> list[tuple[str, Reviewer, Label]]:  # fmt: skip
    """Everybody judges every item, each with an error rate of their own."""
    rng = np.random.default_rng(seed)
    return [
        (item_id, who, judge(truth, number, rate, rng))
        for who, rate in zip(team, rates, strict=True)
        for number, item_id in enumerate(items)
    ]
