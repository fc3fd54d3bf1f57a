"""Fits on their way into a project: whole, once, and resumable."""

import os
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.fakes.fits import write_fit
from tests.fakes.studio import a_try_on
from tryon.errors import ReviewNotFound
from tryon.review.records import Item, Project
from tryon.review.service import Review

Fill = Callable[..., tuple[Project, list[Item]]]


def test_an_import_that_was_stopped_goes_on(review: Review, tmp_path: Path) -> None:
    """Thirty folders, stopped after ten: the second run adds the other twenty, none twice."""
    project = review.projects.create("Many")
    folders = [write_fit(tmp_path / "out" / f"row{n:02}", n) for n in range(30)]
    list(islice(review.items.add_folders(project, folders), 10))

    second = [added.status for added in review.items.add_folders(project, folders)]

    assert second == ["known"] * 10 + ["added"] * 20
    assert len(review.items.all(project)) == 30


def test_folders_without_a_finished_fit_are_told_apart(review: Review, tmp_path: Path) -> None:
    """Failed rows of a batch stand beside finished ones."""
    project = review.projects.create("Mixed")
    failed = tmp_path / "failed"
    failed.mkdir()
    (failed / "error.json").write_text("{}")
    broken = write_fit(tmp_path / "broken")
    (broken / "quality.json").write_text("{nonsense")
    good = write_fit(tmp_path / "good")

    found = list(review.items.add_folders(project, [failed, broken, good]))

    assert [added.status for added in found] == ["refused", "refused", "added"]
    assert "draft_composite.png" in found[0].reason or "person.png" in found[0].reason
    assert "quality.json" in found[1].reason


def nan_as_score(fit: Path) -> None:
    (fit / "quality.json").write_text('{"score": NaN}')


def a_pipe_that_never_ends(fit: Path) -> None:
    (fit / "run.json").unlink()
    os.mkfifo(fit / "run.json")


def brackets_without_end(fit: Path) -> None:
    (fit / "quality.json").write_text("[" * 100_000)


def a_picture_that_would_fill_the_memory(fit: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(fit / "draft_composite.png")


def an_empty_picture(fit: Path) -> None:
    (fit / "garment_cutout.png").write_bytes(b"")


def somebody_elses_file(fit: Path) -> None:
    (fit / "person.png").rename(fit.parent / "elsewhere.png")
    (fit / "person.png").symlink_to(fit.parent / "elsewhere.png")


def text_as_score(fit: Path) -> None:
    (fit / "quality.json").write_text('{"score": "high"}')


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    "spoil",
    [
        nan_as_score, text_as_score, a_pipe_that_never_ends, brackets_without_end,
        a_picture_that_would_fill_the_memory, an_empty_picture, somebody_elses_file,
    ],
)  # fmt: skip
def test_a_spoiled_folder_is_refused_and_the_next_one_added(
    review: Review, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    """Thousands are added at once; one that was edited by hand, or by an enemy, stops nothing."""
    project = review.projects.create("Spoiled")
    spoiled, good = write_fit(tmp_path / "spoiled", 1), write_fit(tmp_path / "good", 2)
    spoil(spoiled)

    found = list(review.items.add_folders(project, [spoiled, good]))

    assert [added.status for added in found] == ["refused", "added"]
    assert found[0].reason.startswith("spoiled")


def test_an_item_outlives_the_folder_it_came_from(review: Review, tmp_path: Path) -> None:
    """Outputs are cleaned up and runs repeated; what was labelled must stay what it was."""
    project = review.projects.create("Kept")
    folder = write_fit(tmp_path / "fit", score=0.61)
    item = review.items.add_folder(project, folder, "batch", "fit")
    before = review.items.artifact(project.id, item, "draft_composite.png")
    for path in folder.iterdir():
        path.unlink()

    assert review.items.artifact(project.id, item, "draft_composite.png") == before
    assert item.score == 0.61
    assert item.components == pytest.approx({"shoulder_fit": 0.61, "spill": 0.71})
    assert item.provenance["versions"] == {"tryon": "0"}


def test_pictures_are_shown_as_jpeg_of_the_same_shape(review: Review, fill: Fill) -> None:
    """Also cutouts with alpha; a name that is no picture of ours is not found."""
    project, items = fill(1)

    view = review.items.view(project.id, items[0].id, "garment")

    with Image.open(view) as image, Image.open(view.parents[1] / "garment_cutout.png") as given:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", given.size)
        assert np.asarray(image)[0, 0].tolist() == pytest.approx([236, 236, 233], abs=3)
    for name in ("final", "../quality", "quality"):
        with pytest.raises(ReviewNotFound):
            review.items.view(project.id, items[0].id, name)


def test_a_fit_of_the_studio_goes_to_the_inbox(review: Review, tmp_path: Path) -> None:
    """One button; without an inbox the studio says that it sends nothing."""
    with pytest.raises(ReviewNotFound, match="REVIEW_NOT_FOUND"):
        review.send_to_review(a_try_on())
    project = review.projects.create("Inbox")
    open_studio = Review.open(review.database, tmp_path, inbox="Inbox")

    item = open_studio.send_to_review(a_try_on())

    assert item.source == "studio"
    assert set(item.components) == {"shoulder_fit", "sleeve_fit"}
    assert [i.id for i in review.items.all(project)] == [item.id]
    assert open_studio.items.view(project.id, item.id, "draft").is_file()
