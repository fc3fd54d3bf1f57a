"""Several people in several garments, as a designer uses it in a browser."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.fakes.page import ServedPage

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

from tests.e2e.fitting import (
    draft_address,
    lay_out,
    open_wardrobe,
    try_everything,
    wait_for_draft,
)

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


def test_a_stack_of_photos_becomes_a_table_of_drafts(page: Page, photos: tuple[Path, Path]) -> None:
    """Own files and examples together; progress, scores, then everything to take along."""
    lay_out(page)
    page.set_input_files("#person-rack input[type=file]", [photos[0]])
    expect(page.locator("#person-rack .piece")).to_have_count(3)

    try_everything(page, 6)

    expect(page.locator("#tiles .badge")).to_have_text(["83"] * 6)
    expect(page.locator("#tiles")).to_contain_text("6 of 6 done")
    expect(page.locator("#tiles-start")).to_be_disabled()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all (zip)").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert len([n for n in archive.namelist() if n.startswith("drafts/")]) == 6
    with page.expect_download() as download:
        page.get_by_role("link", name="Contact sheet").click()
    with Image.open(io.BytesIO(Path(download.value.path()).read_bytes())) as sheet:
        assert sheet.width > 700


def test_drafts_are_sorted_and_filtered(page: Page) -> None:
    """A table of ninety is of use only if the bad fits can be found."""
    lay_out(page)
    try_everything(page)

    page.get_by_label("Order").select_option("worst")
    expect(page.get_by_role("list", name="Drafts").get_by_role("listitem")).to_have_count(4)
    page.get_by_label("Score at least").fill("90")
    expect(page.locator("#tiles")).to_contain_text("No draft is like that.")
    page.get_by_label("Score at least").fill("0")
    page.get_by_label("Kind of garment").last.select_option("T-shirt")

    expect(page.locator("#tiles .tile.is-done")).to_have_count(4)


def test_what_failed_is_counted_found_and_tried_again(
    page: Page, photos: tuple[Path, Path], tmp_path: Path
) -> None:
    """Two drafts of four: the table says so, shows the failures alone, and starts them anew."""
    fake = tmp_path / "notes.jpg"
    fake.write_text("not a picture at all")
    lay_out(page, 1, 2)
    page.set_input_files("#person-rack input[type=file]", [fake])
    expect(page.locator("#person-rack .piece")).to_have_count(2)

    page.locator("#tiles-start").click()
    expect(page.locator("#tiles")).to_contain_text("2 of 4 done, 2 failed")
    page.locator("#tiles .tiles-which select").select_option("Only those that failed")

    expect(page.locator("#tiles .tile.is-failed")).to_have_count(2)
    expect(page.locator("#tiles .tile.is-done")).to_have_count(0)
    expect(page.locator("#tiles-start")).to_be_enabled()


def test_two_garments_are_worn_together(page: Page) -> None:
    """Mark a top and a bottom: one more column, and it can be taken away again."""
    lay_out(page, num_people=1)
    expect(page.get_by_role("button", name="Wear together", exact=True)).to_be_disabled()
    for piece in page.locator("#garment-rack .piece-face").all():
        piece.click()
    page.get_by_role("button", name="Wear together", exact=True).click()
    expect(page.locator("#tiles .tiles-head")).to_have_count(3)

    try_everything(page, 3)
    page.locator("#tiles .tiles-head .piece-remove").click()

    expect(page.locator("#tiles .tile")).to_have_count(2)


def test_a_tile_opens_large_and_then_in_the_editor(page: Page) -> None:
    """From the overview to the correction of one fit in two clicks."""
    lay_out(page)
    try_everything(page)

    page.locator("#tiles .tile.is-done").nth(1).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("83 / 100")
    page.keyboard.press("ArrowRight")
    dialog.get_by_role("button", name="Open in the editor").click()

    expect(page.get_by_role("tab", name="Try on")).to_have_attribute("aria-selected", "true")
    wait_for_draft(page)


def test_a_corrected_fit_is_seen_in_the_table_and_opens_as_it_was_left(page: Page) -> None:
    """Between two drafts of ten, back and forth, nothing is done twice."""
    lay_out(page, 2, 1)
    try_everything(page, 2)
    page.locator("#tiles .tile.is-done").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Open in the editor").click()
    wait_for_draft(page)
    first = draft_address(page)
    point = page.get_by_role("slider", name="Left shoulder, Person")
    moved = str(int(point.get_attribute("aria-valuenow") or "") + 10)
    point.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#tiles .tile.is-done .badge").first).to_have_text("83 ✎")

    open_wardrobe(page)
    page.locator("#tiles .tile.is-done").nth(1).click()
    page.get_by_role("dialog").get_by_role("button", name="Open in the editor").click()
    wait_for_draft(page, first)
    second = draft_address(page)
    expect(point).not_to_have_attribute("aria-valuenow", moved)
    open_wardrobe(page)
    page.locator("#tiles .tile.is-done").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Corrected by hand")
    page.get_by_role("dialog").get_by_role("button", name="Open in the editor").click()

    wait_for_draft(page, second)
    expect(point).to_have_attribute("aria-valuenow", moved)


def test_chosen_drafts_are_compared_side_by_side(page: Page) -> None:
    """Which of these? is asked of pictures beside each other, not one after the other."""
    lay_out(page, 2, 2)
    try_everything(page)
    compare = page.get_by_role("button", name="Compare")
    boxes = page.get_by_role("checkbox", name="Choose")
    boxes.nth(0).check()
    expect(compare).to_be_disabled()
    boxes.nth(3).check()

    compare.click()

    window = page.get_by_role("dialog", name="Compare")
    expect(window.get_by_role("img")).to_have_count(2)
    expect(window.locator(".badge")).to_have_text(["83", "83"])
    window.get_by_role("button", name="Open in the editor").first.click()
    wait_for_draft(page)


def test_the_table_survives_a_reload_while_it_is_filled(page: Page, served: ServedPage) -> None:
    """The work goes on without the page, and the page finds it again; it can be stopped there."""
    lay_out(page)
    with served.holding("align"):
        page.locator("#tiles-start").click()
        expect(page.locator("#tiles .tile.is-running")).to_have_count(1)

        page.reload()
        open_wardrobe(page)

        expect(page.locator("#person-rack .piece")).to_have_count(2)
        expect(page.locator("#tiles .tile")).to_have_count(4)
        expect(page.locator("#tiles .tile.is-running")).to_have_count(1)
        page.locator("#tiles-stop").click()
        expect(page.locator("#tiles-stop")).to_be_disabled()
    try_everything(page)


def test_nobody_gets_the_drafts_of_somebody_else(served: ServedPage, visit: Visit) -> None:
    """A second visitor sees an empty table, and gets no zip by its address."""
    page, other = visit(served.url), visit(served.url)
    lay_out(page, 1, 1)
    try_everything(page, 1)

    open_wardrobe(other)

    expect(other.locator("#tiles")).to_contain_text("Everyone in everything")
    for path in ("drafts.zip", "contact-sheet.jpg"):
        answer = httpx.get(f"{served.url}/wardrobe/{path}", follow_redirects=False, timeout=60)
        assert answer.is_redirect


def test_one_person_in_many_garments_wraps(served: ServedPage, visit: Visit) -> None:
    """A stack of garments is looked through downwards, not by scrolling sideways."""
    page = visit(served.url)
    lay_out(page, 1, 7)
    try_everything(page, 7)

    places = page.locator("#tiles .tile.is-done").evaluate_all(
        "tiles => tiles.map(tile => tile.getBoundingClientRect().top)"
    )

    assert len(set(places)) > 1
    expect(page.locator("#tiles .tile-name").last).to_be_visible()


@pytest.mark.parametrize("width", [390, 1920])
def test_nothing_sticks_out_at_any_width(served: ServedPage, visit: Visit, width: int) -> None:
    """A wide table scrolls in its own frame."""
    page = visit(served.url, width=width)
    lay_out(page, 1, 6)
    try_everything(page, 6)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_names_of_files_stay_words(page: Page, tmp_path: Path) -> None:
    """A file's name is text of a stranger: it is never run as markup or template."""
    path = tmp_path / "<img src=x onerror=alert(1)> ${1+1}.png"
    Image.new("RGB", (60, 80)).save(path)
    open_wardrobe(page)

    page.set_input_files("#garment-rack input[type=file]", [path])

    expect(page.locator("#garment-rack .piece-name")).to_have_text(re.compile(r"1\+1"))
    assert page.locator("#garment-rack .piece-name img").count() == 0


def test_filters_leave_a_phone_room_for_drafts(
    served: ServedPage, visit: Visit, photos: tuple[Path, Path], tmp_path: Path
) -> None:
    """All four of them, two beside each other; nothing is pushed out sideways."""
    fake = tmp_path / "notes.jpg"
    fake.write_text("not a picture at all")
    page = visit(served.url, width=390, touch=True)
    lay_out(page, 1, 1)
    page.set_input_files("#garment-rack input[type=file]", [fake])
    expect(page.locator("#garment-rack .piece")).to_have_count(2)
    page.locator("#tiles-start").click()
    expect(page.locator("#tiles .tile.is-failed")).to_have_count(1)

    tops = page.locator(".tiles-tools label:visible").evaluate_all(
        "all => all.map(one => Math.round(one.getBoundingClientRect().top))"
    )

    assert len(tops) == 4
    assert len(set(tops)) == 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
