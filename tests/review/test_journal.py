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
from tryon.review.picture_sync import PictureSync
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
    lines = [json.loads(line) for line in text.decode().splitlines()]
    told = [f"{one['change']['action']} {one['verdict']}" for one in lines]
    assert told == ["save reject", "submit accept", "save reject", "submit reject"]
    assert lines[1]["change"]["before"]["verdict"] == "reject"
    (tmp_path / "labels.jsonl").write_bytes(text)
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


@pytest.fixture
def carry(hub: FakeHub, review: Review, tmp_path: Path) -> Callable[[str], None]:
    """One life of the process: what is new is carried by the end; `carry("team/pictures")`."""

    def carry(dataset: str) -> None:
        carrier = HubDataset(dataset, tmp_path / "sync", "t", 1000, hub.url, has_pictures=True)
        pictures = PictureSync(review.database, review.items.root, carrier)
        Journal(review.database, carrier, pictures.copy_new).close()

    hub.files.clear()
    return carry


def test_pictures_come_back_with_their_labels(
    hub: FakeHub, review: Review, fill: Fill, carry: Callable[[str], None], tmp_path: Path
) -> None:
    """Disk and database were erased: the dataset is enough to go on where one was."""
    project, items = fill(2)
    label(review, project, "Ann", GOOD, BAD)

    carry("team/whole")

    for (_, path), content in hub.files.items():
        (tmp_path / "download" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "download" / path).write_bytes(content)
    (folder,) = (tmp_path / "download/review/items").iterdir()
    assert folder.name.startswith("Project_of_2-")
    again = review.projects.create("Again")
    added = list(review.items.add_folders(again, sorted(folder.iterdir())))
    assert [one.status for one in added] == ["added", "added"]
    (lines,) = (tmp_path / "download/review").glob("*.jsonl")
    import_labels(review.database, again, read_labels(lines, again))
    assert sorted(g.label.verdict or "" for g in review.disputes.labels(again)) == [
        "accept", "reject"]  # fmt: skip
    kept = {item.key: set(item.files) for item in items}
    assert {item.key: set(item.files) for item in review.items.all(again)} == kept


def test_what_is_erased_here_is_erased_in_the_dataset(
    hub: FakeHub, review: Review, fill: Fill, carry: Callable[[str], None]
) -> None:
    """Also when the process was started again in between; history goes, too."""
    _, items = fill(2)
    carry("team/erased")
    assert {path.split("/")[3] for _, path in hub.files} == {item.id for item in items}

    review.eraser.erase([items[0].id])
    carry("team/erased")

    assert {path.split("/")[3] for _, path in hub.files} == {items[1].id}
    assert hub.squashed == ["team/erased"]


def test_what_was_carried_takes_no_room_and_is_not_carried_again(
    hub: FakeHub, review: Review, fill: Fill, carry: Callable[[str], None], tmp_path: Path
) -> None:
    """A project of 10,000 fits would fill the disk twice, and the hub at every start."""
    fill(1)
    carry("team/once")
    hub.files.clear()

    carry("team/once")

    carry("team/once")
    assert hub.files == {}
    assert list((tmp_path / "sync" / "items").glob("*/*")) == []


def test_pictures_never_go_to_a_public_dataset(
    hub: FakeHub, review: Review, fill: Fill, carry: Callable[[str], None]
) -> None:
    """Somebody made it public, or it was there before: nothing is carried, and it says why."""
    fill(1)
    hub.private["team/public"] = False

    with pytest.raises(ValueError, match="team/public is public"):
        carry("team/public")

    assert hub.files == {}


def test_labels_alone_go_without_pictures(
    hub: FakeHub, review: Review, fill: Fill, tmp_path: Path
) -> None:
    """Pictures of people leave this machine only when somebody asked for it."""
    project, _ = fill(1)
    label(review, project, "Ann", GOOD)
    hub.files.clear()

    Journal(review.database, HubDataset("team/l", tmp_path / "s", "t", 1000, hub.url)).close()

    assert [path.rsplit(".")[-1] for _, path in hub.files] == ["jsonl"]
