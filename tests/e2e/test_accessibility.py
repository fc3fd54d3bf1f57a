"""Every page under axe: names, contrast, roles; and no request to another host on any of them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.fakes.page import ServedPage

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_wardrobe_has_nothing_serious_and_asks_no_other_host(
    served: ServedPage, visit: Callable[..., Page], dark: bool
) -> None:
    """Empty, filled, and with a draft open; the studio works offline and tells nobody."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    page = visit(served.url, dark=dark)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.get_by_role("tab", name="Wardrobe").click()
    expect(page.locator("#tiles")).to_contain_text("Everyone in everything")
    empty = axe.Axe().run(page)
    for kind in ("person", "garment"):
        page.locator(f"#{kind}-rack-examples .pick").first.click()
        expect(page.locator(f"#{kind}-rack .piece")).to_have_count(1)
    page.click("#tiles-start")
    expect(page.locator("#tiles .tile.is-done")).to_have_count(1, timeout=60_000)
    filled = axe.Axe().run(page)
    page.locator("#tiles .tile.is-done").click()
    opened = axe.Axe().run(page)

    found = [bad for report in (empty, filled, opened) for bad in serious(report.response)]
    assert found == []
    assert [url for url in asked if not url.startswith((served.url, "data:", "blob:"))] == []


def serious(report: dict[str, Any]) -> list[str]:
    return [
        f"{found['id']}: {node['html'][:120]}"
        for found in report["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]
