"""A link to a saved try-on: copied and opened by who is signed in, and gone on demand."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.keys import KEY
from tests.fakes.page import ServedPage, running_page
from tryon.ui import words

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

from tests.e2e.fitting import lay_out, try_everything, try_on, wait_for_draft
from tests.e2e.looking import serious_findings

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served_below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    """The studio at a path of another site."""
    with running_page(tmp_path_factory.mktemp("below"), prefix="/studio") as page:
        yield page


def sign_in(page: Page) -> None:
    page.get_by_label(words.KEY_LABEL).fill(KEY)
    page.get_by_role("button", name=words.SIGN_IN).click()


def test_a_saved_try_on_is_shared_seen_and_deleted(
    served: ServedPage,
    visit: Callable[..., Page],
    new_page: Callable[..., Page],
    photos: tuple[Path, Path],
) -> None:
    """The whole life of a link, and every page of it under axe."""
    found = []
    mine = visit(served.url)
    try_on(mine, *photos)
    expect(mine.locator("#share")).to_contain_text(words.SHARE["why_sign_in"])

    mine.locator("#share").get_by_role("link", name=words.SIGN_IN).click()
    sign_in(mine)
    wait_for_draft(mine)  # signing in has cost no work
    mine.get_by_role("button", name=words.SHARE["save"]).click()
    field = mine.get_by_label(words.SHARE["link"])
    expect(field).to_be_visible()
    link = field.input_value()
    found += serious_findings(mine)

    other = new_page(viewport={"width": 390, "height": 800}, has_touch=True)
    assert other.goto(link).status == 401
    expect(other.get_by_role("alert")).to_have_text(words.SIGN_IN_TO_SEE)
    found += serious_findings(other)
    sign_in(other)
    expect(other.get_by_role("img", name=words.DRAFT)).to_be_visible()
    assert other.url == link
    other.wait_for_function("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
    assert other.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found += serious_findings(other)

    mine.get_by_role("button", name="Delete my photos now").click()
    mine.get_by_role("button", name="Delete everything").click()
    expect(mine.locator("#result")).to_contain_text("Your draft appears here")
    assert other.goto(link).status == 404
    assert found == []


def test_behind_a_path_prefix_nothing_leaves_it(
    served_below: ServedPage, visit: Callable[..., Page], photos: tuple[Path, Path]
) -> None:
    """Draft, final, wardrobe, sign-in and link work at /studio of somebody's site."""
    home = f"{served_below.url}/"
    page = visit(home)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    try_on(page, *photos)
    page.click("#final-make")
    expect(page.locator("#finals .compare-after")).to_have_js_property("naturalWidth", 384)
    page.locator("#share").get_by_role("link", name=words.SIGN_IN).click()
    sign_in(page)
    assert page.url == home
    wait_for_draft(page)
    page.get_by_role("button", name=words.SHARE["save"]).click()
    link = page.get_by_label(words.SHARE["link"])
    expect(link).to_be_visible()
    saved = link.input_value()
    lay_out(page, 1, 1)
    try_everything(page, 1)
    page.get_by_role("tab").nth(2).click()
    expect(page.locator("#review")).to_contain_text("Sign in")
    page.goto(saved)
    expect(page.get_by_role("img", name=words.FINAL)).to_have_js_property("complete", True)
    page.get_by_role("link", name=words.TO_STUDIO).click()
    page.wait_for_selector("ol.steps")

    assert page.url == home
    assert [url for url in asked if not url.startswith((home, "data:", "blob:"))] == []
