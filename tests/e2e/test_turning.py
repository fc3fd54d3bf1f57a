"""Photos on their side, in a real browser: turned by a click, by keys, or by the remedy."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.fakes.page import ServedPage
from tests.fakes.studio import LYING

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Locator, Page, expect

from tests.e2e.fitting import choose, draft_address, open_studio, open_wardrobe, wait_for_draft
from tests.e2e.looking import serious_findings

pytestmark = pytest.mark.browser


@pytest.fixture
def photos(tmp_path: Path) -> tuple[Path, Path]:
    """A person and a garment, 90 wide and 120 high."""
    paths = (tmp_path / "me.png", tmp_path / "shirt.png")
    for path in paths:
        Image.new("RGB", (90, 120), (200, 60, 70)).save(path)
    return paths


@pytest.fixture
def lying(tmp_path: Path) -> Path:
    """A JPEG 120 wide and 90 high, in which nobody is found before it is turned to the right."""
    path = tmp_path / "lying.jpg"
    Image.new("RGB", (120, 90), (90, 120, 160)).save(path, comment=LYING)
    return path


def photo(page: Page, kind: str = "person") -> Locator:
    return page.locator(f"#{kind}-photo img")


def has_size(page: Page, width: int, height: int, kind: str = "person") -> None:
    """Wait for the photo on a card to be that large, as it is seen."""
    expect(photo(page, kind)).to_have_js_property("naturalWidth", width)
    expect(photo(page, kind)).to_have_js_property("naturalHeight", height)


@pytest.mark.parametrize("kind", ["person", "garment"])
def test_a_photo_is_turned_and_turned_back(
    page: Page, photos: tuple[Path, Path], kind: str
) -> None:
    """One click each; a click too many is undone by the other button."""
    choose(page, *photos)
    card = page.locator(f"#{kind}-turner")

    card.get_by_role("button", name="Turn right").click()
    has_size(page, 120, 90, kind)

    card.get_by_role("button", name="Turn left").click()
    has_size(page, 90, 120, kind)
    expect(page.locator("#start")).to_be_enabled()


def test_keys_turn_a_photo(page: Page, photos: tuple[Path, Path]) -> None:
    """Who uses no mouse has the same buttons, named and with a ring."""
    choose(page, *photos)
    button = page.locator("#person-turner").get_by_role("button", name="Turn right")

    button.focus()
    page.keyboard.press("Enter")

    has_size(page, 120, 90)
    expect(button).to_be_focused()


def test_quick_clicks_are_all_counted(page: Page, photos: tuple[Path, Path]) -> None:
    """Three quarters to the right are one to the left, whatever the network does meanwhile."""
    choose(page, *photos)
    before = photo(page).get_attribute("src")

    page.locator("#person-turner").get_by_role("button", name="Turn right").click(click_count=3)

    has_size(page, 120, 90)
    expect(photo(page)).not_to_have_attribute("src", before or "")


def test_without_a_photo_there_is_nothing_to_turn(page: Page) -> None:
    """The buttons come with the photo, and nothing moves when they do."""
    expect(page.locator("#person-turner")).to_be_hidden()


def test_a_failed_run_offers_the_turn_that_helps(
    page: Page, photos: tuple[Path, Path], lying: Path
) -> None:
    """From a photo on its side to the draft in one click."""
    choose(page, lying, photos[1])
    page.click("#start")
    alert = page.locator("#result").get_by_role("alert")
    expect(alert).to_contain_text("Turn it by 90° to the right.")
    assert serious_findings(page) == []

    alert.get_by_role("button", name="Turn it and try again").click()

    wait_for_draft(page)
    has_size(page, 90, 120)


def test_a_turned_photo_is_still_turned_after_a_reload(
    page: Page, served: ServedPage, photos: tuple[Path, Path], lying: Path
) -> None:
    """It is an input like any other: kept with the fit that was made of it."""
    choose(page, lying, photos[1])
    page.locator("#person-turner").get_by_role("button", name="Turn right").click()
    has_size(page, 90, 120)
    page.click("#start")
    wait_for_draft(page)
    before = draft_address(page)

    open_studio(page, served.url)

    wait_for_draft(page, before)
    has_size(page, 90, 120)


def test_a_failed_tile_of_the_wardrobe_offers_the_turn_too(
    page: Page, photos: tuple[Path, Path], lying: Path
) -> None:
    """The person is turned for every garment at once, and tried on again."""
    open_wardrobe(page)
    for kind, path in (("person", lying), ("garment", photos[1])):
        with page.expect_file_chooser() as choosing:
            page.click(f"#{kind}-add")
        choosing.value.set_files(path)
        expect(page.locator(f"#{kind}-rack .piece")).to_have_count(1)
    page.click("#tiles-start")

    page.locator("#tiles").get_by_role("button", name="Turn it and try again").click()

    expect(page.locator("#tiles .tile.is-done")).to_have_count(1)
    expect(page.locator("#person-rack .piece img")).to_have_js_property("naturalWidth", 90)


def test_what_is_no_picture_says_so_in_place(
    page: Page, photos: tuple[Path, Path], tmp_path: Path
) -> None:
    """The same sentence as a run would say, beside the buttons; the photo stays."""
    fake = tmp_path / "holiday.jpg"
    fake.write_text("not a picture at all")
    choose(page, fake, photos[1])

    page.locator("#person-turner").get_by_role("button", name="Turn left").click()

    expect(page.locator("#person-turner").get_by_role("alert")).to_be_visible()


def test_on_phones_the_buttons_are_large_enough(
    visit: Callable[..., Page], served: ServedPage, photos: tuple[Path, Path]
) -> None:
    """44 px, and within the photo."""
    page = visit(served.url, width=390, touch=True)
    choose(page, *photos)

    box = page.locator("#person-turner").get_by_role("button", name="Turn right").bounding_box()

    assert box is not None
    assert min(box["width"], box["height"]) >= 44
