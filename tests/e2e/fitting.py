"""How a visitor comes to a draft, in one place for all browser tests.

Nothing here waits for a state that passes. That a button was grey for a moment can be missed; the
address of the draft is another one after every run, and it stays.
"""

from pathlib import Path

from playwright.sync_api import Page, expect

RUN_MS = 120_000  # a run of the fake studio, on a machine with much else to do
DRAFT = "#result .compare-after"


def choose(page: Page, person: Path, garment: Path) -> None:
    """Put two photos in; the page is ready to start."""
    page.set_input_files("#person-photo input[type=file]", person)
    page.set_input_files("#garment-photo input[type=file]", garment)
    expect(page.locator("#start")).to_be_enabled()


def start_and_wait(page: Page, timeout_ms: float = RUN_MS) -> None:
    """Press the button and wait for the new draft, its files, and a page at rest."""
    expect(page.locator("#start")).to_be_enabled()
    before = page.evaluate(f"document.querySelector('{DRAFT}')?.src")
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


def try_on(page: Page, person: Path, garment: Path) -> None:
    """Two photos in, the draft out."""
    choose(page, person, garment)
    start_and_wait(page)
