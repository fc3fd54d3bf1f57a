"""How visitors come to their drafts, in one place for all browser tests.

Nothing here waits for a state that passes. That a button was grey for a moment can be missed; the
address of the draft is another one after every run, and it stays.
"""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.fakes.page import DELAY_S

RUN_MS = 120_000 * (1 + DELAY_S)  # a run, on a machine with much else to do
DRAFT = "#result .compare-after"


def open_studio(page: Page, url: str) -> None:
    """Open the page; it has been told what this visitor has made before."""
    with page.expect_response("**/run/predict"):
        page.goto(url)
    page.wait_for_selector("ol.steps")


def choose(page: Page, person: Path, garment: Path) -> None:
    """Put two photos in; the page is ready to start."""
    page.set_input_files("#person-photo input[type=file]", person)
    page.set_input_files("#garment-photo input[type=file]", garment)
    expect(page.locator("#start")).to_be_enabled()


def start_and_wait(page: Page, timeout_ms: float = RUN_MS) -> None:
    """Press the button and wait for the new draft, its files, and a page at rest."""
    expect(page.locator("#start")).to_be_enabled()
    before = draft_address(page)
    page.click("#start")
    wait_for_draft(page, before, timeout_ms)


def wait_for_draft(page: Page, before: str | None = None, timeout_ms: float = RUN_MS) -> None:
    """Wait for a draft at another address than `before`, its files, and a page at rest."""
    page.wait_for_function(
        f"before => ![undefined, before].includes(document.querySelector('{DRAFT}')?.src)",
        arg=before,
        timeout=timeout_ms,
    )
    expect(page.locator("#download")).to_be_enabled(timeout=timeout_ms)  # grey since the start
    expect(page.locator("#start")).to_be_enabled()


def draft_address(page: Page) -> str | None:
    """Of the large draft; None when there is none."""
    return page.evaluate(f"document.querySelector('{DRAFT}')?.src")


def try_on(page: Page, person: Path, garment: Path) -> None:
    """Two photos in, the draft out."""
    choose(page, person, garment)
    start_and_wait(page)


def open_wardrobe(page: Page) -> None:
    """Turn to the page of several people and garments."""
    page.get_by_role("tab").nth(1).click()
    expect(page.locator("#person-add")).to_be_visible()


def lay_out(page: Page, num_people: int = 2, num_garments: int = 2) -> None:
    """Examples beside each other, one click each."""
    open_wardrobe(page)
    for kind, number in (("person", num_people), ("garment", num_garments)):
        for index in range(number):
            page.locator(f"#{kind}-rack-examples .pick").nth(index).click()
            expect(page.locator(f"#{kind}-rack .piece")).to_have_count(index + 1)


def try_everything(page: Page, num_tiles: int = 4) -> None:
    """Fill the table; afterwards nothing on it changes by itself."""
    page.locator("#tiles-start").click()
    expect(page.locator("#tiles .tile.is-done")).to_have_count(num_tiles, timeout=RUN_MS)
    expect(page.locator("#tiles-stop")).to_be_disabled()
