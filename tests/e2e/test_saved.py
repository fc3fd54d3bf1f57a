"""A link to a saved try-on: copied and opened by who is signed in, and gone on demand."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.keys import KEY
from tests.fakes.page import ServedPage
from tryon.ui import words

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

from tests.e2e.fitting import try_on, wait_for_draft
from tests.e2e.looking import serious_findings

pytestmark = pytest.mark.browser


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
