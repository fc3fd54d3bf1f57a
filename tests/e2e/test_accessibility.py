"""Every page under axe: names, contrast, roles; and no request to another host on any of them."""

from collections.abc import Callable

import pytest

from tests.fakes.page import ServedPage

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

from tests.e2e.fitting import lay_out, open_wardrobe, try_everything
from tests.e2e.looking import serious_findings

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
