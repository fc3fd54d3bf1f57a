"""The final step in a browser: made, compared, kept, explained when it fails."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.page import ServedPage

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

from tests.e2e.fitting import RUN_MS, try_on

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


def test_the_final_step_waits_for_a_draft(page: Page) -> None:
    """It says why, and already what would leave the machine."""
    expect(page.locator("#final-make")).to_be_disabled()
    expect(page.locator("#finals")).to_contain_text("The final step comes last")
    expect(page.locator("#promise")).to_contain_text("Nothing leaves this machine.")


def test_finals_are_made_compared_downloaded_and_found_again(
    page: Page, photos: tuple[Path, Path]
) -> None:
    """Two finals under one handle; a reload keeps them, because they may have cost money."""
    try_on(page, *photos)
    expect(page.locator("#final-make")).to_be_enabled()

    page.click("#final-make")
    expect(page.get_by_alt_text("Final 1", exact=True)).to_be_visible(timeout=RUN_MS)
    expect(page.locator("#final-make")).to_be_enabled()
    page.click("#final-make")
    expect(page.locator(".finals-strip li")).to_have_count(2, timeout=RUN_MS)
    page.locator(".finals-side select").first.select_option(label="Final 1")

    expect(page.locator("#finals .tag-before")).to_have_text("Final 1")
    expect(page.locator("#finals .tag-after")).to_have_text("Final 2")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the final picture").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    page.reload()
    expect(page.locator(".finals-strip li")).to_have_count(2, timeout=RUN_MS)


def test_new_photos_take_their_finals_off_the_page(page: Page, photos: tuple[Path, Path]) -> None:
    """A final of other photos beside these would be a lie."""
    try_on(page, *photos)
    page.click("#final-make")
    expect(page.locator("#finals .compare")).to_be_visible(timeout=RUN_MS)

    page.locator("#person-examples .pick").first.click()

    expect(page.locator("#finals .compare")).to_have_count(0)
    expect(page.locator("#final-make")).to_be_disabled()


def test_a_final_can_be_cancelled(
    page: Page, served: ServedPage, photos: tuple[Path, Path]
) -> None:
    """A generator may take a minute; nobody has to wait for it."""
    try_on(page, *photos)
    expect(page.locator("#final-make")).to_be_enabled()

    with served.holding("generate"):
        page.click("#final-make")
        expect(page.locator("#finals")).to_contain_text("Making the final picture")
        page.click("#final-cancel")

        expect(page.locator("#finals")).to_contain_text("The run was cancelled.")
        expect(page.locator("#final-make")).to_be_enabled()
