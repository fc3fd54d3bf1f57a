"""The way of a real batch through the review: fitted, labelled, corrected, run again."""

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import cv2
import numpy as np
import pytest

from tryon import cli
from tryon.arrays import RgbImage
from tryon.review.archive import export
from tryon.review.turns import Rules
from tryon.runs.run import read_anchors
from tryon.ui.anchor_editor import PREVIEW_QUALITY
from tryon.ui.examples import GARMENTS, example_people

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

from tests.e2e.labelling import Server, Studio, next_item, ready
from tests.e2e.looking import point_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `python -m tryon batch` makes of two portraits and two drawn garments."""
    folder = tmp_path_factory.mktemp("batch")
    rows = [
        f"{garment}_{number},{person.path},{GARMENTS / garment}.jpg"
        for number, person in enumerate(example_people())
        for garment in ("printed_tshirt", "striped_sweater")
    ]
    (folder / "pairs.csv").write_text("\n".join(["id,person,garment", *rows]), "utf-8")
    assert (
        cli.main(["batch", str(folder / "pairs.csv"), "--out", str(folder / "out"), "--quiet"]) == 0
    )
    return folder / "out"


@pytest.fixture(scope="module")
def studio(batch: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A project with those fits, on a server whose studio is the real one."""
    server = Server(tmp_path_factory.mktemp("review"), is_real=True)
    server.start()
    plain = Rules(gold=0, repeats=0, overlap=0)
    project = server.review.projects.create("Portraits", rules=plain)
    fits = sorted(path for path in batch.iterdir() if path.is_dir())
    added = list(server.review.items.add_folders(project, fits))
    assert [one.status for one in added] == ["added"] * 4
    yield Studio(server, project)
    server.kill()
    server.review.database.close()


def picture_of(address: str) -> RgbImage:
    """(H, W, 3) uint8, BGR as OpenCV has it, of a data address."""
    data = base64.b64decode(address.removeprefix("data:image/jpeg;base64,"))
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


def test_a_batch_is_labelled_and_a_correction_comes_back_as_a_better_run(
    studio: Studio, sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    """All stages are shown; the draft a reviewer corrected is the one a run makes of the export."""
    page = sign_in(studio, "Ann")
    ready(page)
    for name in ("warped", "torso_mask", "garment"):
        page.locator(".pane").last.get_by_role("combobox").select_option(name)
        expect(page.locator(f".pane[data-picture={name}].is-loaded")).to_have_count(1)
    page.keyboard.press("j")
    handle = page.locator(".is-person [data-name=left_shoulder] .dot")
    expect(handle).to_be_visible()
    x, y = point_in(handle, 0.5, 0.5)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 25, y - 35, steps=5)
    page.mouse.up()
    page.keyboard.press("j")
    drawn = page.locator(".pane[data-picture=corrected] .pane-image")
    expect(drawn).to_have_attribute("src", re.compile("^data:"), timeout=120_000)
    corrected = picture_of(drawn.get_attribute("src") or "")
    page.keyboard.press("f")
    for verdict in "far":
        next_item(page)
        page.keyboard.press(verdict)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="All done")).to_be_visible()

    labels = studio.labels()
    assert [given.label.verdict for given in labels] == ["fixable", "fixable", "accept", "reject"]
    said = labels[0].label.anchors
    item = studio.review.items.get(studio.project.id, labels[0].item_id)
    anchors = exported(studio, tmp_path)
    assert anchors.keys() == {item.title}
    assert read_anchors(anchors[item.title]) == said
    made = run_again(item.title, anchors[item.title], tmp_path)
    assert read_anchors(made / "anchors.json").person == (said and said.person)
    again = cv2.imread(str(made / "draft_composite.png"))
    before = cv2.imread(str(studio.review.items.folder(item, studio.project.id)
                            / "draft_composite.png"))  # fmt: skip
    assert gap(sent(again), corrected) < 0.5  # what the reviewer saw is what the run made
    assert gap(sent(before), corrected) > 2.0  # and not what was there before


def gap(one: RgbImage, other: RgbImage) -> float:
    """Mean difference in levels."""
    return float(np.abs(one.astype(int) - other).mean())


def sent(picture: RgbImage) -> RgbImage:
    """A picture after the JPEG that goes to the browser."""
    flags = [cv2.IMWRITE_JPEG_QUALITY, PREVIEW_QUALITY]
    return cv2.imdecode(cv2.imencode(".jpg", picture, flags)[1], cv2.IMREAD_COLOR)


def exported(studio: Studio, folder: Path) -> dict[str, Path]:
    """`review export --format anchors`: title -> file."""
    items, labels = studio.review.items.all(studio.project), studio.labels()
    export(studio.project, items, labels, "anchors", folder / "c.zip", studio.review.items)
    with ZipFile(folder / "c.zip") as archive:
        archive.extractall(folder)
    return {path.stem: path for path in (folder / "anchors").iterdir()}


def run_again(title: str, anchors: Path, folder: Path) -> Path:
    """`python -m tryon run` with the corrected anchors."""
    garment, _, number = title.rpartition("_")
    person = example_people()[int(number)].path
    out = folder / "again"
    files = [str(person), f"{GARMENTS / garment}.jpg"]
    assert cli.main(["run", *files, "--anchors", str(anchors), "--out", str(out), "--quiet"]) == 0
    return out
