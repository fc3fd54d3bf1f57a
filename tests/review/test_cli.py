"""`python -m tryon review ...` from an empty folder to a calibration file."""

import csv
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.fakes.fits import write_fit
from tests.fakes.review import add_items, add_labels, team_labels
from tests.fakes.team import a_truth
from tryon.adapters.object_store import ObjectStore
from tryon.bootstrap import build_database, build_review
from tryon.calibration import load_calibration
from tryon.cli import main
from tryon.jobs.job import JobOptions
from tryon.jobs.tables import JobRow
from tryon.review.service import Review
from tryon.settings import Settings

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run an action in a storage folder of its own: (exit status, output, errors)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STORAGE_DIR", str(tmp_path / "storage"))
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def run(*words: object) -> tuple[int, str, str]:
        status = main(["review", *map(str, words)])
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def open_review(run: Run) -> Callable[[], Review]:
    """The same review as the command line's."""
    return lambda: build_review(Settings(), build_database(Settings()))


def test_from_a_batch_to_an_invitation(run: Run, tmp_path: Path) -> None:
    """The first five minutes of a lead."""
    for n in range(4):
        write_fit(tmp_path / "out" / f"row{n}", n)
    (tmp_path / "out" / "summary.csv").write_text("id\n")

    assert run("create", "Tops", "--overlap", "1", "--gold", "0")[0] == 0
    assert run("add", "Tops", tmp_path / "out")[1] == "4 added, 0 were there, 0 refused\n"
    assert run("add", "Tops", tmp_path / "out")[1] == "0 added, 4 were there, 0 refused\n"
    status, link, told = run("invite", "Tops", "Ann", "--lead", "--url", "https://studio.example/")

    assert status == 0
    assert link.startswith("https://studio.example/review/#invite=")
    assert "Ann, a lead" in told
    assert run("projects")[1] == "Tops: 4 items, 0 labels; Ann\n"


def test_figures_and_calibration_on_a_terminal(
    run: Run, open_review: Callable[[], Review], tmp_path: Path
) -> None:
    """Readable as text, complete as JSON, charts as files; the file loads and says its origin."""
    review = open_review()
    project = review.projects.create("Team")
    team = [review.projects.invite(project, name)[0] for name in ("Ann", "Bob", "Cy")]
    truth = a_truth(300)
    ids = add_items(review.database, project, truth)
    labels = team_labels(truth, ids, team, (0.05, 0.1, 0.2))
    add_labels(review.database, project, ids, labels)

    status, text, _ = run("stats", "Team", "--charts", tmp_path / "charts")
    _, document, _ = run("stats", "Team", "--json")
    made = run("calibrate", "Team", "--precision", "0.8", "--out", tmp_path / "c.json")

    assert status == 0
    assert "300 of 300 items labelled, 900 labels" in text
    assert "Ann and Bob" in text
    assert json.loads(document)["agreement"]["verdict_alpha"]["num_items"] == 300
    assert {"scores.svg", "roc.svg", "pr.svg", "body.svg"} <= {
        p.name for p in (tmp_path / "charts").iterdir()
    }
    ET.parse(tmp_path / "charts" / "roc.svg")
    calibration = load_calibration(tmp_path / "c.json")
    assert made[0] == 0
    assert calibration.version in made[1]
    assert (calibration.origin["project"], calibration.wanted_precision) == ("Team", 0.8)


def test_labels_travel_in_an_archive(run: Run, tmp_path: Path) -> None:
    """Known answers too."""
    write_fit(tmp_path / "fit", 1)
    with (tmp_path / "gold.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["title", "verdict", "defects"], ["fit", "reject", "hem halo"]])
    run("create", "One")
    run("add", "One", tmp_path / "fit")
    assert run("gold", "One", tmp_path / "gold.csv")[1].startswith("1 items have known answers")

    assert run("export", "One", "--out", tmp_path / "one.zip")[0] == 0
    run("create", "Two")
    status, told, _ = run("import", "Two", tmp_path / "one.zip")

    assert (status, told) == (0, "one.zip: 1 items; 0 labels added, 0 were there\n")
    review = build_review(Settings(), build_database(Settings()))
    gold = review.items.all(review.projects.get("Two"))[0].gold
    assert gold is not None
    assert gold.defects == ("hem", "halo")


def test_known_answers_are_kept_all_or_none(run: Run, tmp_path: Path) -> None:
    """A slip in line 3 is named, and line 2 not half done."""
    for name in ("a", "b"):
        write_fit(tmp_path / "out" / name, ord(name))
    (tmp_path / "gold.csv").write_text("title,verdict\na,reject\nb,maybe\n")
    run("create", "One")
    run("add", "One", tmp_path / "out")

    status, _, told = run("gold", "One", tmp_path / "gold.csv")

    review = build_review(Settings(), build_database(Settings()))
    assert status == 1
    assert "gold.csv, line 3: want one of the verdicts accept, fixable, reject" in told
    assert [item.gold for item in review.items.all(review.projects.get("One"))] == [None, None]


@pytest.mark.parametrize("schema", ["[]", "3", '{"defects": 3}', "not JSON"])
def test_a_schema_that_is_none_is_refused(run: Run, tmp_path: Path, schema: str) -> None:
    """Else reviewers would see defects that nobody meant."""
    (tmp_path / "schema.json").write_text(schema)

    assert run("create", "One", "--schema", tmp_path / "schema.json")[0] == 1
    assert run("projects")[1] == ""


def test_finished_jobs_of_the_api_become_items(
    run: Run, open_review: Callable[[], Review], tmp_path: Path
) -> None:
    """Those whose files are still there; twice is once."""
    database = open_review().database
    fit = write_fit(tmp_path / "fit", 1)
    blobs = ObjectStore((tmp_path / "storage").resolve().as_uri())
    for job_id in ("kept", "erased"):
        with database.write() as session:
            session.add(
                JobRow(id=job_id, owner="shop", fingerprint="f", state="DONE",
                       options=asdict(JobOptions()), priority=0, attempt=2, result=None)
            )  # fmt: skip
    for path in fit.iterdir():
        blobs.put(f"artifacts/kept/2/{path.name}", path.read_bytes())
    run("create", "Jobs")

    first, again = run("add", "Jobs", "--jobs"), run("add", "Jobs", "--jobs")

    assert first[1] == "1 added, 0 were there, 1 refused\n"
    assert again[1] == "0 added, 1 were there, 1 refused\n"
    review = open_review()
    assert [(i.source, i.title) for i in review.items.all(review.projects.get("Jobs"))] == [
        ("job", "kept")
    ]


def test_deleting_is_asked_for_twice(
    run: Run, open_review: Callable[[], Review], tmp_path: Path
) -> None:
    """An item by its id or its title, then the project; each says first what would go."""
    for n in range(3):
        write_fit(tmp_path / "out" / f"row{n}", n)
    run("create", "Tops")
    run("add", "Tops", tmp_path / "out")
    items = open_review().items.all(open_review().projects.get("Tops"))

    status, _, told = run("delete", items[0].id)
    assert status == 1
    assert told == (
        "error: INVALID_REVIEW_FILE: Nothing was deleted. This would go for good: 1 items with 0 "
        "labels. Say it again with --yes.\n"
    )
    assert run("projects")[1] == "Tops: 3 items, 0 labels; nobody yet\n"

    assert run("delete", items[0].id, "--yes")[:2] == (0, "deleted 1 items with 0 labels\n")
    assert run("delete", "row2", "--project", "Tops", "--yes")[0] == 0
    assert run("projects")[1] == "Tops: 1 items, 0 labels; nobody yet\n"
    assert run("delete", "--project", "Tops", "--yes")[1] == (
        "deleted Tops: 1 items with 0 labels, and the project itself\n"
    )

    assert run("projects")[1] == ""
    assert not list((tmp_path / "storage").rglob("person.png"))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("stats", "Nowhere"), "REVIEW_NOT_FOUND"),
        (("create", " "), "INVALID_REVIEW_FILE"),
        (("create", "There"), "INVALID_REVIEW_FILE"),
        (("create", "New", "--overlap", "2"), "INVALID_REVIEW_FILE"),
        (("add", "There", "no-such-folder"), "INVALID_REVIEW_FILE"),
        (("add", "There", "--jobs"), "INVALID_REVIEW_FILE"),
        (("calibrate", "There"), "NOT_ENOUGH_LABELS"),
        (("calibrate", "There", "--precision", "7"), "INVALID_REVIEW_FILE"),
        (("export", "There", "--out", "labels.docx"), "INVALID_REVIEW_FILE"),
        (("import", "There", "nothing.csv"), "INVALID_REVIEW_FILE"),
        (("dismiss", "There", "Nobody"), "REVIEW_NOT_FOUND"),
        (("delete",), "INVALID_REVIEW_FILE"),
        (("delete", "--yes"), "INVALID_REVIEW_FILE"),
        (("delete", "nothing", "--yes"), "REVIEW_NOT_FOUND"),
        (("delete", "nothing", "--project", "There", "--yes"), "REVIEW_NOT_FOUND"),
        (("delete", "--project", "Nowhere", "--yes"), "REVIEW_NOT_FOUND"),
        (("delete", "--project", "There"), "INVALID_REVIEW_FILE"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, tuple) else "",
)
def test_what_cannot_be_done_is_one_line(run: Run, words: tuple[str, ...], code: str) -> None:
    """Code, sentence, remedy; no traceback."""
    run("create", "There")

    status, _, told = run(*words)

    assert status == 1
    assert told.startswith(f"error: {code}: ")
    assert told.count("\n") == 1
