"""Exports load where data people load them, and come back as they were."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import fastparquet
import jsonschema
import pandas as pd
import pytest
from pycocotools.coco import COCO

from tests.fakes.fits import H, W
from tryon.anchors import AnchorPair
from tryon.errors import InvalidReviewFile
from tryon.review.annotations import label_studio_config, to_coco, to_label_studio
from tryon.review.archive import export, read_archive
from tryon.review.exports import COLUMNS, label_rows, to_csv, to_jsonl, to_parquet
from tryon.review.imports import Imported, import_labels, read_labels
from tryon.review.labels import Defect, Label
from tryon.review.records import Given, Item, Project
from tryon.review.service import Review
from tryon.review.turns import Kind
from tryon.runs.run import read_anchors

Fill = Callable[..., tuple[Project, list[Item]]]
ODD = 'torn, "odd"\nüß = 1; <b>'

# What Label Studio takes as tasks with annotations: its documented export format, as far as ours
# goes (docs: "Label Studio JSON format of annotated tasks").
RESULT = {
    "type": "object",
    "required": ["id", "from_name", "to_name", "type", "value"],
    "properties": {
        "id": {"type": "string"},
        "type": {"enum": ["choices", "rating", "keypointlabels", "textarea"]},
        "value": {"type": "object"},
    },
    "allOf": [
        {
            "if": {"properties": {"type": {"const": "keypointlabels"}}},
            "then": {
                "required": ["original_width", "original_height", "image_rotation"],
                "properties": {
                    "value": {
                        "required": ["x", "y", "width", "keypointlabels"],
                        "properties": {
                            "x": {"type": "number", "minimum": 0, "maximum": 100},
                            "y": {"type": "number", "minimum": 0, "maximum": 100},
                            "keypointlabels": {"type": "array", "items": {"type": "string"}},
                        },
                    }
                },
            },
        }
    ],
}
LABEL_STUDIO = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["data", "annotations"],
        "properties": {
            "data": {"type": "object", "required": ["photo", "draft"]},
            "annotations": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["result"],
                    "properties": {
                        "result": {"type": "array", "items": RESULT},
                        "was_cancelled": {"type": "boolean"},
                        "lead_time": {"type": "number"},
                    },
                },
            },
        },
    },
}


@pytest.fixture
def labelled(review: Review, fill: Fill) -> tuple[Project, list[Item], list[Given]]:
    """Six fits by two reviewers, with everything a label can hold, and one settled dispute."""
    project, items = fill(6, overlap=1, reviewers=2)
    anchors = review.items.anchors(project.id, items[0])
    assert anchors is not None
    moved = AnchorPair(
        anchors.garment_type, anchors.garment, anchors.person.moved("left_neck", 60.5, 30.25)
    )
    for name, said in (
        ("Ann", Label("accept", 5)),
        ("Bob", Label("reject", None, (Defect("hem", (10.0, 20.5)), Defect("halo")), moved, ODD)),
    ):
        who, _ = review.projects.invite(project, name)
        while turns := review.labelling.queue(project, who):
            review.labelling.save(who, turns[0].id, turns[0].revision, said, 2.5, "submit")
    lead, _ = review.projects.invite(project, "Lea", is_lead=True)
    review.disputes.settle(lead, items[0].id, 0, Label("fixable", 3))
    return project, review.items.all(project), review.disputes.labels(project)


def test_tables_load_in_pandas(labelled: tuple[Project, list[Item], list[Given]]) -> None:
    """The same rows and columns in all three, numbers as numbers, texts as they were."""
    rows = label_rows(*labelled)

    tables = {
        "csv": pd.read_csv(io.BytesIO(to_csv(rows)), encoding="utf-8-sig"),
        "jsonl": pd.read_json(io.BytesIO(to_jsonl(rows)), lines=True),
        "parquet": fastparquet.ParquetFile(io.BytesIO(to_parquet(rows))).to_pandas(),
    }

    for name, table in tables.items():
        assert list(table.columns) == list(COLUMNS), name
        assert len(table) == 13, name
        assert table["verdict"].value_counts().to_dict() == {
            "accept": 6, "reject": 6, "fixable": 1}, name  # fmt: skip
        assert table["rating"].sum() == 33, name
        assert set(table["comment"].dropna()) - {""} == {ODD}, name
        assert table["width"].unique().tolist() == [W], name


def test_coco_loads_in_pycocotools(
    labelled: tuple[Project, list[Item], list[Given]], tmp_path: Path
) -> None:
    """Keypoints by name, in pixels of the picture the file name points to."""
    path = tmp_path / "coco.json"
    path.write_text(json.dumps(to_coco(*labelled)), "utf-8")

    coco = COCO(path)

    annotations = coco.loadAnns(coco.getAnnIds())
    category = coco.loadCats(annotations[0]["category_id"])[0]
    at = category["keypoints"].index("left_neck") * 3
    assert len(coco.getImgIds()) == 6
    assert len(annotations) == 6
    assert annotations[0]["keypoints"][at : at + 3] == [60.5, 30.25, 2]
    assert len(annotations[0]["keypoints"]) == 3 * len(category["keypoints"])
    assert annotations[0]["num_keypoints"] == sum(v > 0 for v in annotations[0]["keypoints"][2::3])


def test_label_studio_tasks_fit_their_schema_and_configuration(
    labelled: tuple[Project, list[Item], list[Given]],
) -> None:
    """Every result names a control of the configuration, positions are per cent."""
    project, items, labels = labelled
    tasks = to_label_studio(project, items, labels)

    jsonschema.validate(tasks, LABEL_STUDIO)

    config = label_studio_config(project)
    results = [r for t in tasks for a in t["annotations"] for r in a["result"]]
    assert all(f'name="{r["from_name"]}"' in config for r in results)
    hem = next(r for r in results if r["type"] == "keypointlabels")
    assert hem["value"]["x"] == pytest.approx(10.5 / W * 100)
    assert hem["value"]["y"] == pytest.approx(21.0 / H * 100)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("csv", "l.csv"), ("jsonl", "l.jsonl"), ("parquet", "l.parquet"), ("label-studio", "l.json")],
)
def test_labels_come_back_as_they_were(
    review: Review, labelled: tuple[Project, list[Item], list[Given]], tmp_path: Path,
    kind: str, name: str,
) -> None:  # fmt: skip
    """Exported, imported into another project with the same fits, exported again: equal."""
    project, items, labels = labelled
    export(project, items, labels, kind, tmp_path / name, review.items)
    copy = review.projects.create("Copy")
    list(review.items.add_folders(copy, [review.items.folder(i, project.id) for i in items]))

    rows = read_labels(tmp_path / name, copy)
    done = import_labels(review.database, copy, rows)
    again = import_labels(review.database, copy, rows)

    def said(project: Project) -> list[tuple[object, ...]]:
        keys = {item.id: item.key for item in review.items.all(project)}
        return sorted(
            ((keys[g.item_id], g.reviewer, g.kind, g.label, g.seconds, round(g.completed, 3))
             for g in review.disputes.labels(project)),
            key=str,
        )  # fmt: skip

    assert done == Imported(added=13)
    assert again == Imported(known=13)
    assert said(copy) == said(project)


def test_an_archive_brings_everything_to_another_place(
    review: Review, labelled: tuple[Project, list[Item], list[Given]], tmp_path: Path
) -> None:
    """Pictures, labels, COCO and Label Studio in one file whose paths fit together."""
    project, items, labels = labelled
    path = tmp_path / "all.zip"
    export(project, items, labels, "archive", path, review.items)

    with ZipFile(path) as archive:
        names = set(archive.namelist())
        coco = json.loads(archive.read("items/coco.json"))
    with read_archive(path) as (entries, folder):
        found = list(
            review.items.add_folders(
                review.projects.create("Copy"), sorted((folder / "items").iterdir())
            )
        )

    assert all(f"items/{image['file_name']}" in names for image in coco["images"])
    assert {(entry.title, entry.source) for entry in entries} == {
        (item.title, item.source) for item in items
    }
    assert [added.status for added in found] == ["added"] * 6


def test_an_archive_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    """Names that climb out, and files we do not know, are left in the zip."""
    path = tmp_path / "bad.zip"
    head = {"schema": 1, "kind": "tryon-review-archive", "items": []}
    with ZipFile(path, "w") as archive:
        archive.writestr("project.json", json.dumps(head))
        archive.writestr("labels.jsonl", "")
        archive.writestr("../evil.png", "x")
        archive.writestr("items/../../evil.png", "x")
        archive.writestr("items/a/evil.sh", "x")

    with read_archive(path) as (_, folder):
        assert [p.name for p in folder.rglob("*")] == ["labels.jsonl"]
    assert not list(tmp_path.rglob("evil*"))


@pytest.mark.parametrize(
    "entry",
    [
        {"item": "../../elsewhere", "title": "a", "source": "batch"},
        {"item": "/elsewhere", "title": "a", "source": "batch"},
        {"item": "a", "title": "a", "source": "heaven"},
        {"item": "a", "source": "batch"},
        {"item": "a", "title": "a", "source": "batch", "gold": {"verdict": "fine"}},
        "a",
    ],
    ids=["outside", "absolute", "no such source", "no title", "no such verdict", "no object"],
)
def test_an_archive_cannot_name_folders_of_ours(tmp_path: Path, entry: object) -> None:
    """A list made by hand brings in nothing that is not in the zip."""
    path = tmp_path / "bad.zip"
    head = {"schema": 1, "kind": "tryon-review-archive", "items": [entry]}
    with ZipFile(path, "w") as archive:
        archive.writestr("project.json", json.dumps(head))
        archive.writestr("labels.jsonl", "")

    with pytest.raises(InvalidReviewFile, match=r"bad\.zip is no archive"), read_archive(path):
        pass


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"item_key,verdict\nx,accept\n"),
        ("a.jsonl", b'{"item_key": "x", "reviewer": "A", "completed": 1, "verdict": "fine"}\n'),
        ("a.jsonl", b"not json\n"),
        ("a.json", b'{"tasks": 1}'),
        ("a.parquet", b"PAR1"),
        ("a.txt", b""),
        ("a.csv", b"\xff\xfe\x00"),
    ],
    ids=["no reviewer", "unknown verdict", "no JSON", "no tasks", "cut off", "suffix", "bytes"],
)
def test_a_file_that_is_not_labels_is_refused_whole(
    review: Review, fill: Fill, tmp_path: Path, name: str, content: bytes
) -> None:
    """Half an import would be worse than none."""
    project, _ = fill(1)
    (tmp_path / name).write_bytes(content)

    with pytest.raises(InvalidReviewFile) as failure:
        read_labels(tmp_path / name, project)

    assert name in failure.value.message


def test_labels_of_fits_that_are_not_here_are_counted(
    review: Review, labelled: tuple[Project, list[Item], list[Given]], tmp_path: Path
) -> None:
    """The file may be of a larger project; nothing is invented for the rest."""
    project, items, labels = labelled
    export(project, items, labels, "jsonl", tmp_path / "l.jsonl", review.items)
    other = review.projects.create("Other")
    list(review.items.add_folders(other, [review.items.folder(items[0], project.id)]))

    done = import_labels(review.database, other, read_labels(tmp_path / "l.jsonl", other))

    assert (done.added, done.unknown_items) == (3, 10)


def test_corrected_anchors_are_files_a_run_takes(
    labelled: tuple[Project, list[Item], list[Given]], review: Review, tmp_path: Path
) -> None:
    """One file an item, by its title, and a table that says whose correction it is."""
    project, items, labels = labelled

    export(project, items, labels, "anchors", tmp_path / "corrected.zip", review.items)
    with ZipFile(tmp_path / "corrected.zip") as archive:
        archive.extractall(tmp_path)
    table = pd.read_csv(tmp_path / "corrected.csv")

    assert table["id"].tolist() == [item.title for item in items]
    assert set(table["reviewer"]) == {"Bob"}
    for row in table.itertuples():
        pair = read_anchors(tmp_path / row.anchors)
        assert pair.garment_type == row.garment_type
        assert (pair.person["left_neck"].x, pair.person["left_neck"].y) == (60.5, 30.25)


def test_a_leads_correction_counts_and_titles_may_repeat(
    review: Review, fill: Fill, tmp_path: Path
) -> None:
    """Two fits called the same keep a file each."""
    project, items = fill(2)
    found = review.items.anchors(project.id, items[0])
    assert found is not None
    twins = [replace(item, title="shirt / red") for item in items]

    def given(number: int, who: str, kind: Kind, x: float) -> Given:
        pair = replace(found, person=found.person.moved("left_neck", x, 30.0))
        label = Label("fixable", anchors=pair)
        return Given(f"{number}{kind}", items[number].id, who, kind, label, 1.0, 1.0)

    said = [given(0, "Lea", "adjudication", 50.0), given(0, "Ann", "label", 51.0),
            given(1, "Ann", "label", 52.0)]  # fmt: skip
    export(project, twins, said, "anchors", tmp_path / "c.zip", review.items)

    with ZipFile(tmp_path / "c.zip") as archive:
        names = [n for n in archive.namelist() if n.startswith("anchors/")]
        xs = [json.loads(archive.read(n))["person"]["anchors"][0]["x"] for n in names]
    assert names == ["anchors/shirt_red.json", f"anchors/shirt_red_{items[1].id}.json"]
    assert xs == [50.0, 52.0]
