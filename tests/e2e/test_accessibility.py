"""Every page under axe: names, contrast, roles; and no request to another host on any of them."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.page import ServedPage

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

from tests.e2e.fitting import RUN_MS, lay_out, open_studio, open_wardrobe, try_everything, try_on
from tests.e2e.looking import serious_findings
from tests.e2e.painting import wait_for_mask

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_wardrobe_has_nothing_serious_and_asks_no_other_host(
    served: ServedPage, visit: Callable[..., Page], dark: bool
) -> None:
    """Empty, filled, and with a draft open; the studio works offline and tells nobody."""
    page = visit(served.url, dark=dark)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    open_wardrobe(page)
    expect(page.locator("#tiles")).to_contain_text("Everyone in everything")
    found = serious_findings(page)
    lay_out(page, 1, 1)
    try_everything(page, 1)
    found += serious_findings(page)
    page.locator("#tiles .tile.is-done").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found += serious_findings(page)

    assert found == []
    assert [url for url in asked if not url.startswith((served.url, "data:", "blob:"))] == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_finished_final_picture_has_nothing_serious(
    served: ServedPage, visit: Callable[..., Page], photos: tuple[Path, Path], dark: bool
) -> None:
    """The page at its fullest: points, masks, every stage, the score, two finals to compare."""
    page = visit(served.url, dark=dark)
    try_on(page, *photos)
    for number in (1, 2):
        page.click("#final-make")
        expect(page.get_by_alt_text(f"Final {number}", exact=True).first).to_be_visible(
            timeout=RUN_MS
        )
        expect(page.locator("#final-make")).to_be_enabled()
    page.locator(".mk-box summary").click()
    wait_for_mask(page)

    assert serious_findings(page) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_review_tab_has_nothing_serious(
    served: ServedPage, visit: Callable[..., Page], dark: bool
) -> None:
    """Whatever it shows where nobody reviews yet."""
    page = visit(served.url, dark=dark)

    page.get_by_role("tab").nth(2).click()
    expect(page.locator("#review")).to_contain_text(re.compile(r"\w"))

    assert serious_findings(page) == []


@pytest.mark.parametrize("locale", ["en-GB", "de-DE", "es-ES", "zh-CN"])
def test_nothing_is_wider_than_a_phone(
    new_page: Callable[..., Page], served: ServedPage, photos: tuple[Path, Path], locale: str
) -> None:
    """No page scrolls sideways, in no language, however long its words."""
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, locale=locale)
    open_studio(page, served.url)
    wide = [f"empty {tab}" for tab in each_tab(page) if is_wide(page)]
    page.get_by_role("tab").first.click()
    try_on(page, *photos)
    page.click("#final-make")
    expect(page.locator("#finals .compare")).to_be_visible(timeout=RUN_MS)
    page.locator(".mk-box summary").click()
    wait_for_mask(page)
    wide += ["try on"] if is_wide(page) else []
    lay_out(page, 1, 2)
    try_everything(page, 2)
    wide += ["wardrobe"] if is_wide(page) else []

    assert wide == []


def each_tab(page: Page) -> Iterator[int]:
    """Every tab in turn, opened."""
    for number, tab in enumerate(page.get_by_role("tab").all()):
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        yield number


def is_wide(page: Page) -> bool:
    """Whether there is something to the right of the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
