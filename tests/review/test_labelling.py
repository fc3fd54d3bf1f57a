"""Turns on a real database: nothing twice, nothing lost, nothing overwritten unseen."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from tests.fakes.fits import H, W
from tests.fakes.review_server import history
from tryon.database.sql import Database, now
from tryon.errors import InvalidLabel, LabelConflict, ReviewNotAllowed, ReviewNotFound
from tryon.review.labelling import HOLD_S
from tryon.review.labels import Defect, Gold, Label
from tryon.review.records import Item, Project, Reviewer
from tryon.review.service import Review
from tryon.review.tables import LabelRow

Fill = Callable[..., tuple[Project, list[Item]]]
GOOD = Label("accept", 5)
BAD = Label("reject", 1, (Defect("hem", (10.0, 20.0)),), comment="torn")


def label_all(review: Review, project: Project, reviewer: Reviewer, label: Label = GOOD) -> int:
    """Hand in everything that comes; how many."""
    num = 0
    while turns := review.labelling.queue(project, reviewer):
        turn = turns[0]
        review.labelling.save(reviewer, turn.id, turn.revision, label, 2.0, "submit")
        num += 1
    return num


def test_five_reviewers_at_once_share_the_work(review: Review, fill: Fill) -> None:
    """Each item is seen by exactly as many as wanted, however the threads interleave."""
    project, items = fill(30, overlap=0.4, reviewers=3)
    team = [review.projects.invite(project, f"r{n}")[0] for n in range(5)]

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda who: label_all(review, project, who), team))

    seen = Counter(given.item_id for given in review.disputes.labels(project))
    assert dict(seen) == {item.id: item.wanted for item in items}
    assert {item.wanted for item in items} == {1, 3}


def test_the_next_items_are_there_before_they_are_needed(review: Review, fill: Fill) -> None:
    """Three are held, so that their pictures can be loaded; nobody else gets them meanwhile."""
    project, _ = fill(6)
    ann, bob = (review.projects.invite(project, name)[0] for name in ("Ann", "Bob"))

    anns = [turn.item.id for turn in review.labelling.queue(project, ann)]
    bobs = [turn.item.id for turn in review.labelling.queue(project, bob)]

    assert len(set(anns + bobs)) == 6
    assert [turn.item.id for turn in review.labelling.queue(project, ann)] == anns


def test_a_second_tab_cannot_overwrite_what_the_first_saved(review: Review, fill: Fill) -> None:
    """It is told, and both versions stay in the history."""
    project, _ = fill(1)
    ann, _ = review.projects.invite(project, "Ann")
    turn = review.labelling.queue(project, ann)[0]
    review.labelling.save(ann, turn.id, turn.revision, BAD, 3.0)

    with pytest.raises(LabelConflict):
        review.labelling.save(ann, turn.id, turn.revision, GOOD, 3.0)

    now_saved = review.labelling.turn(ann, turn.id)
    assert now_saved.label == BAD
    assert review.labelling.save(ann, turn.id, now_saved.revision, GOOD, 4.0).label == GOOD


def test_every_change_is_kept(review: Review, fill: Fill) -> None:
    """Who, when, before, after: a label that changed three times tells its story."""
    project, _ = fill(1)
    ann, _ = review.projects.invite(project, "Ann")
    turn = review.labelling.queue(project, ann)[0]
    turn = review.labelling.save(ann, turn.id, turn.revision, BAD, 3.0)
    turn = review.labelling.save(ann, turn.id, turn.revision, GOOD, 5.0, "submit")
    review.labelling.reopen(ann, turn.id)

    changes = history(review, turn.id)

    assert [(c.who, c.action) for c in changes] == [
        ("Ann", "save"), ("Ann", "submit"), ("Ann", "reopen")]  # fmt: skip
    assert [c.after["verdict"] for c in changes] == ["reject", "accept", "accept"]
    assert [c.before and c.before["verdict"] for c in changes] == [None, "reject", "accept"]
    assert [c.after["state"] for c in changes] == ["open", "done", "open"]
    assert changes[0].at <= changes[1].at <= changes[2].at


def test_undo_goes_back_to_the_item_handed_in_last(review: Review, fill: Fill) -> None:
    """With everything that was said about it."""
    project, _ = fill(3)
    ann, _ = review.projects.invite(project, "Ann")
    for label in (GOOD, BAD):
        turn = review.labelling.queue(project, ann)[0]
        review.labelling.save(ann, turn.id, turn.revision, label, 2.0, "submit")

    last = review.labelling.last_done(ann)
    reopened = review.labelling.reopen(ann, last.id)

    assert reopened.label == BAD
    assert review.labelling.queue(project, ann)[0].id == reopened.id
    assert review.labelling.progress(project, ann).done == 1


def test_a_skipped_item_goes_to_somebody_else(review: Review, fill: Fill) -> None:
    """The reason is kept; the reviewer does not get it again."""
    project, items = fill(1)
    ann, bob = (review.projects.invite(project, name)[0] for name in ("Ann", "Bob"))
    turn = review.labelling.queue(project, ann)[0]

    review.labelling.save(ann, turn.id, 0, Label(skip_reason="know_the_person"), 1.0, "skip")

    assert review.labelling.queue(project, ann) == []
    assert [t.item.id for t in review.labelling.queue(project, bob)] == [items[0].id]
    assert review.disputes.labels(project) == []


def test_an_item_left_untouched_goes_back_to_the_others(
    review: Review, database: Database, fill: Fill
) -> None:
    """Somebody went home; what they began to label stays theirs."""
    project, _ = fill(2)
    ann, bob = (review.projects.invite(project, name)[0] for name in ("Ann", "Bob"))
    begun, untouched = review.labelling.queue(project, ann)
    review.labelling.save(ann, begun.id, 0, BAD, 1.0)
    with database.write() as session:
        session.execute(update(LabelRow).values(opened=now() - HOLD_S - 60))

    bobs = review.labelling.queue(project, bob)

    assert [turn.item.id for turn in bobs] == [untouched.item.id]
    review.labelling.save(bob, bobs[0].id, 0, GOOD, 1.0, "submit")
    assert [turn.id for turn in review.labelling.queue(project, ann)] == [begun.id]


@pytest.mark.parametrize(
    ("label", "action"),
    [(Label(), "submit"), (Label(rating=3), "submit"), (Label(), "skip")],
    ids=["nothing said", "no verdict", "no reason"],
)
def test_what_is_not_complete_cannot_be_handed_in(
    review: Review, fill: Fill, label: Label, action: str
) -> None:
    """But it can be kept while one is working on it."""
    project, _ = fill(1)
    ann, _ = review.projects.invite(project, "Ann")
    turn = review.labelling.queue(project, ann)[0]

    with pytest.raises(InvalidLabel):
        review.labelling.save(ann, turn.id, 0, label, 1.0, action)
    assert review.labelling.save(ann, turn.id, 0, label, 1.0).state == "open"


def test_nobody_reads_or_writes_anothers_turn(review: Review, fill: Fill) -> None:
    """Blind: not even by its id."""
    project, _ = fill(1)
    ann, bob = (review.projects.invite(project, name)[0] for name in ("Ann", "Bob"))
    turn = review.labelling.queue(project, ann)[0]

    with pytest.raises(ReviewNotFound):
        review.labelling.turn(bob, turn.id)
    with pytest.raises(ReviewNotFound):
        review.labelling.save(bob, turn.id, 0, GOOD, 1.0)


def test_gold_items_come_to_everybody_among_the_others(review: Review, fill: Fill) -> None:
    """The known answer is kept with the item and never handed to the reviewer's page."""
    project, items = fill(40, gold=0.4, overlap=1, reviewers=2)
    for item in items[:6]:
        review.items.set_gold(project, item.title, Gold("reject", ("hem",)))
    team = [review.projects.invite(project, f"r{n}")[0] for n in range(2)]

    for who in team:
        label_all(review, project, who)

    golds = {item.id for item in items[:6]}
    seen = Counter(g.reviewer for g in review.disputes.labels(project) if g.item_id in golds)
    assert min(seen["r0"], seen["r1"]) >= 3


def test_a_token_opens_one_project_until_it_is_taken_back(review: Review, fill: Fill) -> None:
    """A new invitation ends the old one; a dismissed reviewer's labels stay."""
    project, _ = fill(1)
    ann, first = review.projects.invite(project, "Ann")
    assert review.projects.sign_in(first) == (project, ann)
    label_all(review, project, ann)

    again, second = review.projects.invite(project, "Ann", is_lead=True)

    assert again.id == ann.id
    with pytest.raises(ReviewNotAllowed):
        review.projects.sign_in(first)
    assert review.projects.sign_in(second)[1].is_lead
    review.projects.dismiss(project, "Ann")
    with pytest.raises(ReviewNotAllowed):
        review.projects.sign_in(second)
    assert len(review.disputes.labels(project)) == 1


def test_a_dispute_is_found_and_settled_by_a_lead_only(review: Review, fill: Fill) -> None:
    """Two verdicts on one item; the lead's word decides and may be changed, but not unseen."""
    project, items = fill(1, overlap=1, reviewers=2)
    ann, bob = (review.projects.invite(project, name)[0] for name in ("Ann", "Bob"))
    lead, _ = review.projects.invite(project, "Lea", is_lead=True)
    label_all(review, project, ann, GOOD)
    label_all(review, project, bob, BAD)
    assert review.disputes.open(project) == [items[0].id]

    with pytest.raises(ReviewNotAllowed):
        review.disputes.settle(ann, items[0].id, 0, GOOD)
    review.disputes.settle(lead, items[0].id, 0, Label("fixable", 3))

    dispute = review.disputes.get(project, items[0].id)
    assert review.disputes.open(project) == []
    assert [g.reviewer for g in dispute.said] == ["Ann", "Bob"]
    assert (dispute.settled.label.verdict, dispute.revision) == ("fixable", 1)
    with pytest.raises(LabelConflict):
        review.disputes.settle(lead, items[0].id, 0, GOOD)


def test_spots_are_pixels_of_the_working_picture(review: Review, fill: Fill) -> None:
    """The item says how large that is, so an export needs no screen."""
    _, items = fill(1)

    assert (items[0].width, items[0].height) == (W, H)
    assert items[0].body == {"shoulders": (48.0, 36.0), "hips": (48.0, 78.0)}
