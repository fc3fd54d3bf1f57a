"""Turns: handing out items, keeping what is said, going back.

A save names the revision it was made from; when somebody (another tab) saved in between it is
refused, so nothing is overwritten unseen. Every change stays in `review_changes`.
"""

from typing import Final, Literal, TypeAlias
from uuid import uuid4

import numpy as np
from sqlalchemy import Select, String, and_, cast, delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tryon.database.sql import Database, now
from tryon.errors import InvalidLabel, LabelConflict, ReviewNotFound
from tryon.review.changes import count, take, to_turn, write_change
from tryon.review.labels import Label
from tryon.review.records import Progress, Project, Reviewer, State, Turn
from tryon.review.tables import ItemRow, LabelRow
from tryon.review.turns import Choice, Pool, Seen, choose

Action: TypeAlias = Literal["save", "submit", "skip", "reopen", "import"]
AHEAD: Final = 3  # items a reviewer holds: the one looked at, and the next ones' pictures
HOLD_S: Final = 1800.0  # an item nobody touched for so long goes back to the others
TRIES: Final = 25  # to get an item others want at the same moment
PACE_OF: Final = 20  # items the pace is measured over
MAX_LOOK_S: Final = 600.0  # a longer look was lunch
_STATES: Final[dict[str, State]] = {"submit": "done", "skip": "skipped"}


class Labelling:
    """Everything the labelling screen does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def queue(self, project: Project, reviewer: Reviewer, ahead: int = AHEAD) -> list[Turn]:
        """The items this reviewer is at, oldest first; new ones are claimed as needed."""
        self._release(project, reviewer)
        turns = self._open(reviewer)
        for _ in range(TRIES):
            if len(turns) >= ahead:
                break
            choice = self._choose(project, reviewer)
            if choice is None:
                break
            if self._claim(project, reviewer, choice):
                turns = self._open(reviewer)
        return turns[:ahead]

    def turn(self, reviewer: Reviewer, turn_id: str) -> Turn:
        """One of the reviewer's own turns.

        Raises:
            ReviewNotFound: none of theirs.
        """
        with self._database.read() as session:
            row = self._own(session, reviewer, turn_id)
            return to_turn(row, session.get_one(ItemRow, row.item_id))

    def save(
        self,
        reviewer: Reviewer,
        turn_id: str,
        revision: int,
        label: Label,
        seconds: float,
        action: Action = "save",
    ) -> Turn:
        """Keep what was said; "submit" and "skip" hand the item in.

        Args:
            reviewer: who says it.
            turn_id: of their turn.
            revision: of the turn as the reviewer saw it.
            label: all of it.
            seconds: looked at the item in all.
            action: "save" while working on it.

        Raises:
            ReviewNotFound: not a turn of theirs.
            LabelConflict: somebody saved in between.
            InvalidLabel: handed in without a verdict, or skipped without a reason.
        """
        if action == "submit" and not label.is_complete:
            raise InvalidLabel("no verdict", message="There is no verdict yet.",
                               remedy="Choose accept, fixable or reject first.")  # fmt: skip
        if action == "skip" and label.skip_reason is None:
            raise InvalidLabel("no reason", message="There is no reason to skip yet.",
                               remedy="Choose why you skip this item.")  # fmt: skip
        with self._database.write() as session:
            row = self._own(session, reviewer, turn_id)
            if row.revision != revision:
                raise LabelConflict(f"{turn_id}: at {row.revision}, given {revision}")
            state = _STATES.get(action, "open")
            is_held = state != "skipped"
            if row.is_held != is_held and row.kind == "label":
                count(session, row.item_id, 1 if is_held else -1)
            write_change(session, row, reviewer.name, action, label, state)
            row.is_held = is_held
            row.seconds = min(MAX_LOOK_S, max(row.seconds, seconds))
            session.flush()
            return to_turn(row, session.get_one(ItemRow, row.item_id))

    def reopen(self, reviewer: Reviewer, turn_id: str) -> Turn:
        """Take an item back that was handed in or skipped; what was said is still there.

        Raises:
            ReviewNotFound: not a turn of theirs.
        """
        with self._database.write() as session:
            row = self._own(session, reviewer, turn_id)
            if row.state != "open":
                label = Label.from_json({**row.document, "skip_reason": None})
                if not row.is_held and row.kind == "label":
                    count(session, row.item_id, 1)
                row.is_held = True
                write_change(session, row, reviewer.name, "reopen", label, "open")
                session.flush()
            return to_turn(row, session.get_one(ItemRow, row.item_id))

    def has_had(self, reviewer: Reviewer, item_id: str) -> bool:
        """Whether the reviewer may look at this item's pictures."""
        with self._database.read() as session:
            own = select(LabelRow.id).where(
                LabelRow.reviewer_id == reviewer.id, LabelRow.item_id == item_id
            )
            return session.scalar(own.limit(1)) is not None

    def last_done(self, reviewer: Reviewer) -> Turn | None:
        """What undo goes back to: the turn handed in or skipped last."""
        with self._database.read() as session:
            row = session.scalar(
                select(LabelRow)
                .where(
                    LabelRow.reviewer_id == reviewer.id,
                    LabelRow.state != "open",
                    LabelRow.kind != "adjudication",
                )
                .order_by(LabelRow.completed.desc())
                .limit(1)
            )
            return None if row is None else to_turn(row, session.get_one(ItemRow, row.item_id))

    def progress(self, project: Project, reviewer: Reviewer) -> Progress:
        """Counts and pace."""
        own = (LabelRow.reviewer_id == reviewer.id, LabelRow.kind != "adjudication")
        with self._database.read() as session:
            states = dict(
                session.execute(
                    select(LabelRow.state, func.count()).where(*own).group_by(LabelRow.state)
                ).all()
            )  # fmt: skip
            seconds = session.scalars(
                select(LabelRow.seconds)
                .where(*own, LabelRow.state == "done")
                .order_by(LabelRow.completed.desc())
                .limit(PACE_OF)
            ).all()
            free = (ItemRow.project_id == project.id, ItemRow.taken < ItemRow.wanted)
            waiting = session.scalar(select(func.count()).select_from(ItemRow).where(*free)) or 0
            had = select(LabelRow.item_id).where(LabelRow.reviewer_id == reviewer.id)
            not_for_them = session.scalar(
                select(func.count()).select_from(ItemRow)
                .where(*free, or_(ItemRow.id.in_(had), ItemRow.id.in_(_gold(project))))
            ) or 0  # fmt: skip
        pace = float(np.median(seconds)) if seconds else None
        left = waiting - not_for_them + states.get("open", 0)
        return Progress(states.get("done", 0), states.get("skipped", 0), left, pace)

    def _open(self, reviewer: Reviewer) -> list[Turn]:
        with self._database.read() as session:
            rows = session.execute(
                select(LabelRow, ItemRow)
                .join(ItemRow, ItemRow.id == LabelRow.item_id)
                .where(
                    LabelRow.reviewer_id == reviewer.id,
                    LabelRow.state == "open",
                    LabelRow.kind != "adjudication",
                )
                .order_by(LabelRow.opened, LabelRow.id)
            ).all()
        return [to_turn(label, item) for label, item in rows]

    def _choose(self, project: Project, reviewer: Reviewer) -> Choice | None:
        """The next item. Items go by their random number here, and come as one text: ten thousand
        rows as Python objects would wake the garbage collector and double the longest waits."""
        number = cast(ItemRow.shuffle, String)
        here = ItemRow.project_id == project.id
        with self._database.read() as session:
            free = session.scalar(
                select(func.aggregate_strings(number, ",")).where(
                    here, ItemRow.taken < ItemRow.wanted
                )
            )
            gold = session.scalars(select(number).where(here, ItemRow.gold.is_not(None))).all()
            had = session.execute(
                select(number, LabelRow.kind, LabelRow.state)
                .join(ItemRow, ItemRow.id == LabelRow.item_id)
                .where(LabelRow.reviewer_id == reviewer.id, LabelRow.kind != "adjudication")
                .order_by(LabelRow.opened, LabelRow.id)
            ).all()
            known = frozenset(gold)
            numbers = [one for one in (free or "").split(",") if one and one not in known]
            is_gold = np.arange(len(numbers) + len(gold)) >= len(numbers)
            numbers += gold
            pool = Pool(
                ids=numbers,
                shuffle=np.fromstring(",".join(numbers), np.uint64, sep=","),
                places=np.ones(len(numbers), np.int64),
                is_gold=is_gold,
            )
            seen = Seen(
                items=[item for item, _, _ in had],
                again=frozenset(item for item, kind, _ in had if kind == "repeat"),
                may_repeat=[
                    item for item, kind, state in had
                    if kind == "label" and state == "done" and item not in known
                ],
            )  # fmt: skip
            choice = choose(pool, seen, reviewer.salt, project.rules)
            if choice is None:
                return None
            item_id = session.scalar(
                select(ItemRow.id).where(here, ItemRow.shuffle == int(choice.item))
            )
        return Choice(str(item_id), choice.kind)

    def _claim(self, project: Project, reviewer: Reviewer, choice: Choice) -> bool:
        """Whether the item is now the reviewer's; False when somebody was faster."""
        try:
            with self._database.write() as session:
                if choice.kind == "label" and not take(session, choice.item):
                    return False
                session.add(
                    LabelRow(
                        id=str(uuid4()), project_id=project.id, item_id=choice.item,
                        reviewer_id=reviewer.id, kind=choice.kind, state="open", is_held=True,
                        document=Label().to_json(), revision=0, seconds=0.0,
                    )
                )  # fmt: skip
        except IntegrityError:  # the same reviewer in another tab
            return True
        return True

    def _release(self, project: Project, reviewer: Reviewer) -> None:
        """Hand back what others left untouched; drop own ones that others finished meanwhile."""
        stale = (
            LabelRow.project_id == project.id, LabelRow.state == "open", LabelRow.revision == 0,
            LabelRow.kind == "label", LabelRow.is_held, LabelRow.opened < now() - HOLD_S,
            LabelRow.reviewer_id != reviewer.id,
        )  # fmt: skip
        lost = (LabelRow.reviewer_id == reviewer.id, LabelRow.state == "open",
                LabelRow.is_held.is_(False))  # fmt: skip
        with self._database.read() as session:
            either = or_(and_(*stale), and_(*lost))
            if session.scalar(select(LabelRow.id).where(either).limit(1)) is None:
                return
        with self._database.write() as session:
            for row in session.scalars(select(LabelRow).where(*stale)).all():
                row.is_held = False
                count(session, row.item_id, -1)
            for row in session.scalars(select(LabelRow).where(*lost)).all():
                if take(session, row.item_id):
                    row.is_held = True
                elif row.revision == 0:
                    session.execute(delete(LabelRow).where(LabelRow.id == row.id))

    def _own(self, session: Session, reviewer: Reviewer, turn_id: str) -> LabelRow:
        row = session.get(LabelRow, turn_id)
        if row is None or row.reviewer_id != reviewer.id:
            raise ReviewNotFound(turn_id)
        return row


def _gold(project: Project) -> Select[str]:
    return select(ItemRow.id).where(ItemRow.project_id == project.id, ItemRow.gold.is_not(None))
