"""The page speaks the language of the browser, all of it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.page import ServedPage
from tests.fakes.studio import a_quality
from tests.servers import wait_until
from tryon.ui import words

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Locator, Page, expect

from tests.e2e.fitting import RUN_MS, choose, lay_out, open_studio, try_everything, try_on

pytestmark = pytest.mark.browser

# What the fake studio says is not in the tables.
FAKES_OWN = {
    *(part.message for part in a_quality(0.5, 0.7).components.values()),
    *map(words.component_label, a_quality(0.5, 0.7).components),
    *(words.strategy_label(f"strategy_{number}") for number in range(2)),
}


@pytest.fixture
def speaking(new_page: Callable[..., Page]) -> Callable[[str, str], Page]:
    """Open an address in a browser of a language: `speaking(url, "de-DE")`."""

    def speaking(url: str, locale: str) -> Page:
        page = new_page(locale=locale)
        open_studio(page, url)
        return page

    return speaking


def walk_through(page: Page, photos: tuple[Path, Path]) -> None:
    """Fit, final and wardrobe, so that everything has been said once."""
    try_on(page, *photos)
    page.click("#final-make")
    expect(page.locator("#finals .compare")).to_be_visible(timeout=RUN_MS)
    lay_out(page, 1, 1)
    try_everything(page, 1)


@pytest.mark.parametrize(
    ("locale", "start", "tag"),
    [("de-AT", "Anprobieren", "de"), ("es-MX", "Probar", "es"), ("zh-CN", "试穿", "zh")],
    ids=["german", "spanish", "chinese"],
)
def test_nothing_stays_english(
    served: ServedPage,
    speaking: Callable[[str, str], Page],
    photos: tuple[Path, Path],
    locale: str,
    start: str,
    tag: str,
) -> None:
    """Our own panels note every sentence they had no translation for: there is none."""
    page = speaking(served.url, locale)

    walk_through(page, photos)

    expect(page.locator("#start")).to_have_text(start)
    expect(page.locator("html")).to_have_attribute("lang", tag)
    left = set(page.evaluate("[...(window.tryonUntranslated || [])]"))
    assert left - FAKES_OWN == set()


def test_every_widget_is_marked_for_translation(served: ServedPage) -> None:
    """Labels, hints and buttons of Gradio; those that only programs see are left out."""
    config = httpx.get(served.url + "/config", timeout=60).json()
    parts = {part["id"]: part["props"] for part in config["components"]}

    def ids(node: dict[str, Any]) -> set[int]:
        if parts[node["id"]].get("visible") is False:
            return set()
        return {node["id"]}.union(*map(ids, node.get("children") or []))

    shown = [parts[i] for node in config["layout"]["children"] for i in ids(node) if i in parts]
    plain = {
        str(props.get(name))
        for props in shown
        for name in ("label", "info", "placeholder")
        if props.get(f"show_{name}") is not False
    }

    assert {text for text in plain if re.match(r"[A-Z][a-z]+ ", text)} == set()


def test_a_language_we_do_not_speak_gets_english(
    served: ServedPage, speaking: Callable[[str, str], Page]
) -> None:
    """Rather than keys or nothing."""
    page = speaking(served.url, "fi-FI")

    expect(page.locator("#start")).to_have_text("Try it on")
    expect(page.locator("#finals")).to_contain_text("The final step comes last")


def menu(page: Page) -> Locator:
    return page.locator("select.language")


def test_another_language_is_chosen_and_remembered(
    served: ServedPage, speaking: Callable[[str, str], Page]
) -> None:
    """By keys, on all of the page: Gradio's own widgets, our panels, pages beside the studio."""
    page = speaking(served.url, "en-GB")
    expect(menu(page)).to_have_value("en")
    menu(page).focus()

    page.keyboard.type("Deu")  # as one looks for it with the keyboard

    expect(page.locator("#start")).to_have_text("Anprobieren")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_label("Sprache")).to_have_value("de")
    open_studio(page, served.url)
    expect(page.get_by_role("tab").nth(1)).to_have_text("Garderobe")
    page.goto(f"{served.url}/login")
    expect(page.get_by_role("heading")).to_have_text("Anmelden")


def test_english_can_be_chosen_where_the_browser_asks_for_another(
    served: ServedPage, speaking: Callable[[str, str], Page]
) -> None:
    """A borrowed laptop, or a translation one does not like."""
    page = speaking(served.url, "es-ES")
    expect(page.locator("#start")).to_have_text("Probar")

    menu(page).select_option("en")

    expect(page.locator("#start")).to_have_text("Try it on")
    expect(page.locator("#head")).to_contain_text("Virtual try-on studio")


def test_photos_stay_when_the_language_changes(
    served: ServedPage, speaking: Callable[[str, str], Page], photos: tuple[Path, Path]
) -> None:
    """The page is drawn anew; what was brought is there again, ready to start."""
    page, before = speaking(served.url, "en-GB"), with_both(served)
    choose(page, *photos)
    wait_until(lambda: with_both(served) - before, "both photos on the disk")

    menu(page).select_option("zh")

    expect(page.locator("#start")).to_have_text("试穿")
    expect(page.locator("#person-photo img")).to_be_visible()
    expect(page.locator("#garment-photo img")).to_be_visible()
    expect(page.locator("#start")).to_be_enabled()


def with_both(served: ServedPage) -> set[Path]:
    """Records of visitors whose two cards are filled."""
    records = (served.cache.parent / "sessions").rglob("inputs.json")
    return {path for path in records if all(json.loads(path.read_text())["photos"])}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_menu_has_its_place_on_a_phone(
    visit: Callable[..., Page], served: ServedPage, dark: bool
) -> None:
    """Beside the title, as high as a finger needs, and nothing runs off the screen."""
    page = visit(served.url, width=390, dark=dark, touch=True)

    box = menu(page).bounding_box()

    assert box is not None
    assert box["height"] >= 44
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_language_is_chosen_before_signing_in_to_the_review(
    served: ServedPage, new_page: Callable[..., Page]
) -> None:
    """Who cannot read what an invitation is needed for looks for the menu at once."""
    page = new_page(locale="en-GB")
    page.goto(f"{served.url}/review/")

    page.get_by_label("Language").select_option("de")

    expect(page.get_by_role("button")).to_have_text("Anmelden")
