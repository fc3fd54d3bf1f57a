"""A browser and a served page for the tests in this folder."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests.fakes.browser import (
    CHROMIUM,
    NOT_FOUND,
    PATIENCE_MS,
    evidence,
    new_visitor,
    open_chromium,
)
from tests.fakes.page import ROOT, ServedPage, running_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.e2e.labelling import Studio

BROWSER = pytest.StashKey["Browser"]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """A failure shows what was on the page, and where the picture of it lies."""
    report = yield
    browser = item.config.stash.get(BROWSER, None)
    if report.failed and call.when != "teardown" and browser is not None:
        try:
            shown = evidence(browser, ROOT / "test-results", item.name)
        except Exception as error:  # noqa: BLE001 - the browser has gone: the failure itself counts
            shown = f"the pages cannot be looked at: {error}"
        report.sections.append(("Browser", shown))
    return report


@pytest.fixture(scope="session")
def browser(pytestconfig: pytest.Config) -> Iterator["Browser"]:
    """Chromium of the system, or a skip that says what is missing."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip(NOT_FOUND)
    sync_api.expect.set_options(timeout=PATIENCE_MS)
    with sync_api.sync_playwright() as playwright:
        chromium = open_chromium(playwright)
        pytestconfig.stash[BROWSER] = chromium
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def served(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[ServedPage]:
    """The page on the fake studio."""
    with running_page(tmp_path_factory.mktemp("page")) as page:
        yield page


@pytest.fixture
def new_page(browser: "Browser") -> Iterator[Callable[..., "Page"]]:
    """An empty page of a new visitor, with options of `Browser.new_context`."""
    pages: list[Page] = []

    def new_page(**options: Any) -> "Page":
        pages.append(new_visitor(browser, **options))
        return pages[-1]

    yield new_page
    for page in pages:
        page.context.close()


@pytest.fixture
def visit(new_page: Callable[..., "Page"]) -> Callable[..., "Page"]:
    """Open the studio as a new visitor: `visit(url, width=390, touch=True)`."""
    from tests.e2e.fitting import open_studio

    def visit(
        url: str, width: int = 1280, height: int = 900, dark: bool = False, touch: bool = False
    ) -> "Page":
        page = new_page(
            viewport={"width": width, "height": height},
            has_touch=touch,
            color_scheme="dark" if dark else "light",
        )
        open_studio(page, url)
        return page

    return visit


@pytest.fixture
def page(visit: Callable[..., "Page"], served: ServedPage) -> "Page":
    """The studio as a new visitor sees it."""
    return visit(served.url)


@pytest.fixture(scope="module")
def long_visit(
    browser: "Browser", served: ServedPage, photos: tuple[Path, Path]
) -> Iterator["Page"]:
    """One visitor's page with both photos in, for all tests of a file."""
    from tests.e2e.fitting import choose, open_studio

    page = new_visitor(browser, viewport={"width": 1280, "height": 900})
    open_studio(page, served.url)
    choose(page, *photos)
    yield page
    page.context.close()


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two picture files of one's own: a person and a garment."""
    folder = tmp_path_factory.mktemp("photos")
    paths = (folder / "me.png", folder / "shirt.png")
    for path, colour in zip(paths, ((90, 120, 160), (200, 60, 70)), strict=True):
        Image.new("RGB", (60, 80), colour).save(path)
    return paths


@pytest.fixture
def sign_in(new_page: Callable[..., "Page"]) -> Callable[..., "Page"]:
    """Open the review as somebody: `sign_in(studio, "Ann", width=390)`."""

    def sign_in(
        studio: "Studio", name: str, width: int = 1440, dark: bool = False, is_lead: bool = False,
        locale: str = "en-GB",
    ) -> "Page":  # fmt: skip
        if name not in studio.tokens:
            studio.invite(name, is_lead)
        page = new_page(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            has_touch=width < 500,
            locale=locale,
        )
        page.goto(f"{studio.url}#invite={studio.tokens[name]}")
        page.wait_for_selector(".views")
        return page

    return sign_in
