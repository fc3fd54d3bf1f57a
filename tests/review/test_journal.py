"""Labels carried to a dataset: private, whole, and enough to start again from."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.hub import FakeHub, running_hub
from tryon.adapters.hub_dataset import HubDataset
from tryon.review.imports import import_labels, read_labels
from tryon.review.journal import Journal
from tryon.review.labels import Defect, Label
from tryon.review.records import Item, Project
from tryon.review.service import Review

Fill = Callable[..., tuple[Project, list[Item]]]
GOOD = Label("accept", 5, comment="schön")
BAD = Label("reject", 1, (Defect("hem", (10.0, 20.0)),))


@pytest.fixture(scope="module")
def hub() -> Iterator[FakeHub]:
    with running_hub() as hub:
        yield hub


def label(review: Review, project: Project, name: str, *said: Label) -> None:
    """Hand in one item after the other; the first is said twice before."""
    who, _ = review.projects.invite(project, name)
    for words in said:
        turn = review.labelling.queue(project, who)[0]
        turn = review.labelling.save(who, turn.id, turn.revision, BAD, 1.0)
        review.labelling.save(who, turn.id, turn.revision, words, 2.0, "submit")


def test_labels_reach_a_private_dataset_and_come_back(
    hub: FakeHub, review: Review, fill: Fill, tmp_path: Path
) -> None:
    """The Space's disk was erased: the same fits are added again, the dataset brings the labels."""
    project, items = fill(2)
    label(review, project, "Ann", GOOD, BAD)
    carrier = HubDataset("team/labels", tmp_path / "sync", "hf_secret", 1000, hub.url)
    journal = Journal(review.database, carrier)

    assert journal.copy_new() == 4
    assert journal.copy_new() == 0
    journal.close()

    assert hub.private == {"team/labels": True}
    assert hub.tokens == {"Bearer hf_secret"}
    (((name, path), text),) = hub.files.items()
    assert name == "team/labels"
    assert path.startswith("review/labels-")
    lines = [json.loads(line) for line in text.splitlines()]
    told = [f"{one['change']['action']} {one['verdict']}" for one in lines]
    assert told == ["save reject", "submit accept", "save reject", "submit reject"]
    assert lines[1]["change"]["before"]["verdict"] == "reject"
    (tmp_path / "labels.jsonl").write_text(text, "utf-8")
    again = review.projects.create("Again")
    list(review.items.add_folders(again, [review.items.folder(i, project.id) for i in items]))
    import_labels(review.database, again, read_labels(tmp_path / "labels.jsonl", again))
    assert [g.label for g in review.disputes.labels(again)] == [GOOD, BAD]


def test_a_hub_that_is_away_loses_nothing(
    hub: FakeHub, review: Review, fill: Fill, tmp_path: Path
) -> None:
    """The lines wait in the folder; the next process carries them."""
    project, _ = fill(1)
    label(review, project, "Ann", GOOD)
    hub.files.clear()
    hub.is_away = True
    first = Journal(
        review.database, HubDataset("team/labels", tmp_path / "sync", "t", 1000, hub.url)
    )
    first.close()
    assert hub.files == {}
    hub.is_away = False

    second = Journal(
        review.database, HubDataset("team/labels", tmp_path / "sync", "t", 1000, hub.url)
    )
    second.close()

    (text,) = hub.files.values()
    assert len(text.splitlines()) == 2
