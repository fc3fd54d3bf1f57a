"""What is on a page, asked for when it has come to rest."""

from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

# The same place in three frames in a row.
AT_REST = """async node => {
  node.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  let box = null;
  for (let same = 0; same < 3;) {
    await new Promise(requestAnimationFrame);
    const { x, y, width, height } = node.getBoundingClientRect();
    const now = [x, y, width, height];
    same = box && now.every((value, i) => value === box[i]) ? same + 1 : 0;
    box = now;
  }
  return box;
}"""


def box_at_rest(locator: Locator) -> tuple[float, float, float, float]:
    """Left, top, width and height on the screen, once it is in view and moves no more."""
    x, y, width, height = locator.evaluate(AT_REST)
    return x, y, width, height


def point_in(locator: Locator, x: float, y: float) -> tuple[float, float]:
    """A place on the screen, given as shares of the width and the height of something."""
    left, top, width, height = box_at_rest(locator)
    return left + x * width, top + y * height


def serious_findings(page: Page) -> list[str]:
    """What axe finds serious or critical."""
    return axe_findings(page, ("serious", "critical"))


def axe_findings(
    page: Page, impacts: Sequence[str] = ("minor", "moderate", "serious", "critical")
) -> list[str]:
    """What axe finds, when no colour is on its way to another."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    page.wait_for_function(
        "document.getAnimations().every(one => !(one instanceof CSSTransition)"
        " || one.playState === 'finished')"
    )
    report: dict[str, Any] = axe.Axe().run(page).response
    return [
        f"{found['id']}: {node['html'][:120]}"
        for found in report["violations"]
        if found["impact"] in impacts
        for node in found["nodes"]
    ]
