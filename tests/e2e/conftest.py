"""A browser and a served page for the tests in this folder."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.fakes.browser import CHROMIUM, NOT_FOUND, open_chromium
from tests.fakes.page import ServedPage, running_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Chromium of the system, or a skip that says what is missing."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip(NOT_FOUND)
    sync_api.expect.set_options(timeout=20_000)  # what is awaited comes; a busy machine is slow
    with sync_api.sync_playwright() as playwright:
        chromium = open_chromium(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    """The page on the fake studio."""
    with running_page(tmp_path_factory.mktemp("page"), delay_s=0.1) as page:
        yield page


@pytest.fixture(scope="session")
def slow_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    """The page on a studio that takes its time."""
    with running_page(tmp_path_factory.mktemp("slow"), delay_s=0.6) as page:
        yield page


@pytest.fixture
def visit(browser: "Browser") -> Iterator[Callable[..., "Page"]]:
    """Open an address as a new visitor: `visit(url, width=390, touch=True)`."""
    contexts = []

    def visit(
        url: str, width: int = 1280, height: int = 900, dark: bool = False, touch: bool = False
    ) -> "Page":
        context = browser.new_context(
            viewport={"width": width, "height": height},
            has_touch=touch,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(url)
        page.wait_for_selector("ol.steps")
        return page

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def long_visit(
    browser: "Browser", served: ServedPage, photos: tuple[Path, Path]
) -> Iterator["Page"]:
    """One visitor's page with both photos in, for all tests of a file."""
    from tests.e2e.fitting import choose

    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(served.url)
    page.wait_for_selector("ol.steps")
    choose(page, *photos)
    yield page
    context.close()


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two picture files of one's own: a person and a garment."""
    folder = tmp_path_factory.mktemp("photos")
    paths = (folder / "me.png", folder / "shirt.png")
    for path, colour in zip(paths, ((90, 120, 160), (200, 60, 70)), strict=True):
        Image.new("RGB", (60, 80), colour).save(path)
    return paths
