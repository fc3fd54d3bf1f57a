"""Work that survives a reload, stays one's own, and goes when one says so."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.page import ServedPage, running_page, serving
from tests.servers import free_port, wait_until
from tryon.ui import editor_words

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

from tests.e2e.fitting import choose, draft_address, open_studio, try_on, wait_for_draft
from tests.e2e.painting import is_inside, stroke, wait_for_mask

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


def kept(served: ServedPage, what: str) -> dict[Path, object]:
    """Everybody's moved `anchors`, or painted `masks`, as they are on the disk."""
    records = (served.cache.parent / "sessions").rglob("work.json")
    return {record: json.loads(record.read_text()).get(what) for record in records}


def test_a_reload_finds_photos_options_and_draft(page: Page, photos: tuple[Path, Path]) -> None:
    """Nothing is lost by a slip of the hand; the draft is made again from what was kept."""
    page.locator("#more-options button.label-wrap").click()
    page.get_by_role("radio", name="Tucked in").check()
    try_on(page, *photos)

    page.reload()

    wait_for_draft(page)
    expect(page.locator("#result .facts")).to_contain_text("Tucked in")
    expect(page.locator("#person-photo img")).to_be_visible()


def test_a_reload_finds_the_points_where_they_were_dragged(
    page: Page, served: ServedPage, photos: tuple[Path, Path]
) -> None:
    """Ten minutes of corrections are the last thing one wants to lose."""
    try_on(page, *photos)
    point = page.get_by_role("slider", name="Left shoulder, Person")
    found, before = int(point.get_attribute("aria-valuenow")), kept(served, "anchors")
    point.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(point).to_have_attribute("aria-valuenow", str(found + 10))
    wait_until(lambda: kept(served, "anchors") != before, "the moved point on the disk")

    page.reload()

    wait_for_draft(page)
    expect(point).to_have_attribute("aria-valuenow", str(found + 10))
    page.get_by_role("button", name="Reset all").click()
    expect(point).to_have_attribute("aria-valuenow", str(found))


def test_a_painted_mask_survives_reloads_even_one_that_comes_too_soon(
    page: Page, served: ServedPage, photos: tuple[Path, Path]
) -> None:
    """The second reload comes while the fit is still being made again from what was kept."""
    try_on(page, *photos)
    page.locator(".mk-box summary").click()
    wait_for_mask(page)
    before = kept(served, "masks")
    stroke(page, (0.42, 0.5), (0.58, 0.5))
    page.get_by_role("button", name="Fit again with this mask").click()
    expect(page.locator("#mask-editor .hint")).to_have_text(editor_words.MASKS["done"])
    wait_until(lambda: kept(served, "masks") != before, "the painted mask on the disk")

    page.reload()
    page.wait_for_selector("ol.steps")
    page.reload()

    wait_for_draft(page)
    page.locator(".mk-box summary").click()
    wait_for_mask(page)
    assert is_inside(page, 0.5, 0.5)
    page.get_by_role("button", name="As found").click()
    expect(page.locator("#mask-editor .hint")).to_have_text(editor_words.MASKS["found"])
    assert not is_inside(page, 0.5, 0.5)


def test_a_second_visitor_begins_with_an_empty_page(
    served: ServedPage, visit: Visit, photos: tuple[Path, Path]
) -> None:
    """What was kept belongs to one cookie."""
    try_on(visit(served.url), *photos)

    other = visit(served.url)

    expect(other.locator("#result")).to_contain_text("Your draft appears here")
    expect(other.locator("#person-photo img")).to_have_count(0)


def test_delete_my_photos_erases_every_copy_at_once(
    visit: Visit, photos: tuple[Path, Path], tmp_path: Path
) -> None:
    """Afterwards neither the page nor the server's disk has them: uploads, copies, drafts."""
    with running_page(tmp_path) as own:
        page = visit(own.url)
        try_on(page, *photos)
        assert photos[0].read_bytes() in own.cached_bytes()

        page.get_by_role("button", name="Delete my photos now").click()
        page.get_by_role("button", name="Delete everything").click()

        expect(page.locator("#result")).to_contain_text("Your draft appears here")
        expect(page.locator("#person-photo img")).to_have_count(0)
        left = own.cached_bytes() + b"".join(
            path.read_bytes() for path in (tmp_path / "sessions").rglob("*") if path.is_file()
        )
        assert all(photo.read_bytes() not in left for photo in photos)
        assert b"\xff\xd8\xff" not in left  # no draft, no preview


def test_a_server_that_starts_again_during_a_run_loses_nothing(
    new_page: Callable[..., Page], tmp_path: Path, photos: tuple[Path, Path]
) -> None:
    """It is said in our words, and the draft comes by itself when the server is back."""
    port = free_port()
    command = [sys.executable, "-m", "tests.fakes.page", str(port)]
    page = new_page()
    with serving(command, port, tmp_path) as served, served.holding("align"):
        open_studio(page, served.url)
        choose(page, *photos)
        page.click("#start")
        expect(page.locator(".step.is-running")).to_have_count(1)

    expect(page.locator("#intake")).to_contain_text("Your photos and corrections are kept.")
    with serving(command, port, tmp_path):
        wait_for_draft(page)
        expect(page.locator("#person-photo img")).to_be_visible()


def moved_right(page: Page) -> int:
    """Move the left shoulder with the keys; where it is then."""
    point = page.get_by_role("slider", name="Left shoulder, Person")
    expect(point).to_be_visible()
    found = int(point.get_attribute("aria-valuenow") or "")
    point.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(point).not_to_have_attribute("aria-valuenow", str(found))
    return int(point.get_attribute("aria-valuenow") or "")


@pytest.mark.parametrize("is_reloaded", [False, True], ids=["left open", "reloaded"])
def test_a_point_moved_while_the_server_is_away_is_sent_when_it_is_back(
    new_page: Callable[..., Page], tmp_path: Path, photos: tuple[Path, Path], is_reloaded: bool
) -> None:
    """Stopped for an update in the middle of a correction: nobody has to remember what they did."""
    port = free_port()
    command = [sys.executable, "-m", "tests.fakes.page", str(port)]
    page = new_page()
    with serving(command, port, tmp_path) as served:
        open_studio(page, served.url)
        try_on(page, *photos)
        before = draft_address(page)

    at = moved_right(page)
    expect(page.locator(".ed-alert").first).to_contain_text("Your points are kept in this browser")

    with serving(command, port, tmp_path) as served:
        if is_reloaded:
            page.reload()
        wait_for_draft(page, before)
        expect(page.locator(".ed-note")).to_contain_text("are put in again")
        point = page.get_by_role("slider", name="Left shoulder, Person")
        expect(point).to_have_attribute("aria-valuenow", str(at))
        wait_until(lambda: any(kept(served, "anchors").values()), "the moved point on the disk")


def test_a_reload_right_after_a_move_loses_nothing(
    page: Page, served: ServedPage, photos: tuple[Path, Path]
) -> None:
    """Whoever is quick is not punished."""
    try_on(page, *photos)
    with served.holding("align"):
        at = moved_right(page)
        page.wait_for_function("localStorage['tryon-fit'].includes('\"isKept\":false')")
        page.reload()

    wait_for_draft(page)
    expect(page.get_by_role("slider", name="Left shoulder, Person")).to_have_attribute(
        "aria-valuenow", str(at)
    )


def test_an_older_tab_says_that_it_is_older(page: Page, photos: tuple[Path, Path]) -> None:
    """Two tabs of one fit: the newest word is not overwritten by one who does not know of it."""
    try_on(page, *photos)
    other = page.context.new_page()
    other.goto(page.url)
    wait_for_draft(other)

    at = moved_right(other)
    banner = page.locator(".intake.is-older")
    expect(banner).to_contain_text("This fit was changed in another tab.")
    expect(page.locator(".ed-frame")).to_have_attribute("inert", "")
    page.get_by_role("button", name="Show the newer one").click()

    wait_for_draft(page)
    point = page.get_by_role("slider", name="Left shoulder, Person")
    expect(point).to_have_attribute("aria-valuenow", str(at))
    expect(banner).to_be_hidden()
    expect(other.locator(".intake.is-older")).to_be_hidden()


def test_an_older_tab_may_go_on_when_its_visitor_says_so(
    page: Page, photos: tuple[Path, Path]
) -> None:
    """Then it is the other one that is older."""
    try_on(page, *photos)
    other = page.context.new_page()
    other.goto(page.url)
    wait_for_draft(other)
    moved_right(other)

    page.get_by_role("button", name="Go on with this one").click()

    expect(other.locator(".intake.is-older")).to_be_visible()
    expect(page.locator(".intake.is-older")).to_be_hidden()
    moved_right(page)
