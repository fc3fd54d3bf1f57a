"""What makes the page easy for everybody: keys, touch, large letters, small screens, calm."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.browser import new_visitor
from tests.fakes.page import ServedPage

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, Page, expect

from tests.e2e.fitting import (
    choose,
    lay_out,
    open_studio,
    try_everything,
    try_on,
    wait_for_draft,
)

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
MIN_TARGET_PX = 24  # WCAG 2.2, 2.5.8
FINGER_PX = 44  # what a finger hits without looking twice; WCAG 2.2, 2.5.5
CALM = 0.1  # a shift score that is called good: https://web.dev/articles/cls

# Name, width and height of everything that can be pressed and is smaller than asked for. A box to
# tick is as large as its label; a list to choose from as the frame around it.
SMALL_TARGETS = """least => [...document.querySelectorAll(
    "button, a[href], input, select, summary, [role=slider], textarea")]
  .filter(node => node.checkVisibility({ visibilityProperty: true }))
  .map(node => [node, (node.closest("label") || node.closest(".wrap-inner") || node)
    .getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.width < least || box.height < least))
  .map(([node, box]) => [node.ariaLabel || node.textContent.trim() || node.type || node.id,
    Math.round(box.width), Math.round(box.height)])"""

# What lies beyond the right edge, unless it is made to be scrolled sideways or is not seen at all.
STICKING_OUT = """() => [...document.querySelectorAll("body *")]
  .filter(node => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter(node => !node.closest(".cards, .ed-view, .sr-only, .visually-hidden"))
  .filter(node => node.getBoundingClientRect().right > innerWidth + 1)
  .map(node => `${node.tagName} ${node.id} ${node.className}`)"""

# The focused thing looks different than without the focus: it, something in it, or what it lies in.
HAS_RING = """() => {
  const node = document.activeElement;
  const near = [node, ...node.querySelectorAll("*")];
  for (let up = node.parentElement; up && near.length < 200; up = up.parentElement) near.push(up);
  near.push(...(node.parentElement?.querySelectorAll("i") || []));
  const look = () => near.map(one => {
    const s = getComputedStyle(one);
    return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor, s.stroke, s.strokeWidth]
      .join();
  });
  const focused = look();
  node.blur();
  const plain = look();
  node.focus({ preventScroll: true });
  return focused.some((one, i) => one !== plain[i]);
}"""
NAME = """() => { const e = document.activeElement;
  return `${e.tagName} ${e.id} ${e.ariaLabel || e.textContent.trim().slice(0, 40)}`; }"""
COUNT_SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifted += entry.value;
}).observe({ type: "layout-shift" });
"""


@pytest.fixture(scope="module")
def phone_visit(browser: Browser, served: ServedPage, photos: tuple[Path, Path]) -> Iterator[Page]:
    """A draft on a phone, everything that folds open."""
    page = new_visitor(browser, viewport={"width": 390, "height": 844}, has_touch=True)
    open_studio(page, served.url)
    try_on(page, *photos)
    page.locator("#more-options button.label-wrap").click()
    page.locator(".mk-box summary").click()
    expect(page.get_by_role("radio", name="Tucked in")).to_be_visible()
    expect(page.locator(".mk-paint")).to_be_visible()
    yield page
    page.context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_whoever_uses_the_keys_sees_where_they_are(
    served: ServedPage, visit: Visit, photos: tuple[Path, Path], dark: bool
) -> None:
    """Every stop of the Tab key looks different while it has the focus."""
    page = visit(served.url, dark=dark)
    try_on(page, *photos)
    page.locator(".mk-box summary").click()
    page.evaluate("document.activeElement.blur()")
    stops, without = set(), []

    while len(stops) < 300:
        page.keyboard.press("Tab")
        name = page.evaluate(NAME)
        if name.startswith("BODY"):
            break
        stops.add(name)
        if not page.evaluate(HAS_RING):
            without.append(name)

    assert len(stops) > 40
    assert without == []


def test_what_is_pressed_is_large_enough(
    served: ServedPage, visit: Visit, photos: tuple[Path, Path]
) -> None:
    """Nobody needs a steady hand, on a phone least of all."""
    page = visit(served.url, width=390, touch=True)
    try_on(page, *photos)
    page.locator("#more-options button.label-wrap").click()
    page.locator(".mk-box summary").click()
    expect(page.get_by_role("radio", name="Tucked in")).to_be_visible()

    small = page.evaluate(SMALL_TARGETS, MIN_TARGET_PX)
    lay_out(page, 1, 1)
    try_everything(page, 1)
    small += page.evaluate(SMALL_TARGETS, MIN_TARGET_PX)

    assert small == []


@pytest.mark.parametrize(
    "selector",
    [".ed-chip", ".ed-tool", ".ed-switch button", "input[type=number]", ".reset-button", "#start",
     "#download", ".next a", ".card-tools :is(a, button)"],
)  # fmt: skip
def test_a_finger_hits_what_is_used_most(phone_visit: Page, selector: str) -> None:
    """Points, tools and numbers are as high on a phone as a finger is wide."""
    heights = phone_visit.locator(selector).evaluate_all(
        "(nodes) => nodes.filter(node => node.checkVisibility({ visibilityProperty: true }))"
        ".map(node => node.getBoundingClientRect().height)"
    )

    assert heights
    assert min(heights) >= FINGER_PX


def test_nothing_jumps_while_one_works(
    served: ServedPage, visit: Visit, photos: tuple[Path, Path]
) -> None:
    """Upload, run, a moved point: what one looks at stays where it is."""
    page = visit(served.url)
    page.evaluate(COUNT_SHIFTS)

    try_on(page, *photos)
    point = page.locator(".ed-view[data-side=person] .ed-handle[data-name=left_hem]")
    point.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".ed-view[data-side=person] .ed-back")).to_have_attribute(
        "src", re.compile("^data:")
    )

    assert page.evaluate("shifted") < CALM


def test_from_the_first_visit_to_the_final_picture_without_a_mouse(page: Page) -> None:
    """Examples, run, a moved point, the final picture: Tab, Enter and arrows are enough."""

    def press(selector: str, key: str = "Enter") -> None:
        """Walk to it by Tab and press the key."""
        for _ in range(200):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                page.keyboard.press(key)
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab never comes to {selector}")

    press("#person-examples .pick")
    press("#garment-examples .pick")
    expect(page.locator("#start")).to_be_enabled()
    press("#start")
    wait_for_draft(page)
    expect(page.locator("#start")).to_be_focused()
    before = page.locator("#result .compare-after").get_attribute("src")
    press(".ed-view[data-side=person] .ed-handle", "Shift+ArrowRight")
    expect(page.locator("#result .compare-after")).not_to_have_attribute("src", before or "")
    press("#final-make")

    expect(page.locator("#finals .compare-after")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desk"])
def test_large_letters_stay_on_the_page(
    served: ServedPage, new_page: Callable[..., Page], photos: tuple[Path, Path], width: int
) -> None:
    """Whoever has set letters twice as large reads them so, and nothing is pushed out sideways."""
    page = new_page(viewport={"width": width, "height": 900}, has_touch=width < 500)
    page.add_init_script(
        "addEventListener('DOMContentLoaded',"
        " () => { document.documentElement.style.fontSize = '200%'; })"
    )
    open_studio(page, served.url)
    try_on(page, *photos)
    page.locator("#more-options button.label-wrap").click()
    page.locator(".mk-box summary").click()
    expect(page.locator(".mk-paint")).to_be_visible()

    sizes = page.evaluate(
        "['#head h1', '#start', '.card-title', '.ed-tool', '#final-make'].map("
        " s => parseFloat(getComputedStyle(document.querySelector(s)).fontSize))"
    )
    sticking_out = page.evaluate(STICKING_OUT)

    assert min(sizes) >= 26
    assert sticking_out == []


def test_a_phone_on_its_side_shows_the_whole_draft(
    served: ServedPage, visit: Visit, photos: tuple[Path, Path]
) -> None:
    """On a low screen pictures are as high as it, so that one sees what one compares or drags."""
    page = visit(served.url, width=844, height=390, touch=True)

    try_on(page, *photos)

    heights = [
        (page.locator(selector).first.bounding_box() or {})["height"]
        for selector in ("#result .compare", ".ed-view[data-side=person]")
    ]
    assert max(heights) <= 390
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_result_comes_before_what_else_can_be_done_with_it(
    served: ServedPage, visit: Visit, photos: tuple[Path, Path]
) -> None:
    """On a phone the final picture stands right below its button, not below the small print."""
    page = visit(served.url, width=390, touch=True)
    try_on(page, *photos)
    page.click("#final-make")
    expect(page.locator("#finals .compare-after")).to_be_visible()

    tops = [
        page.locator(place).evaluate("node => node.getBoundingClientRect().top")
        for place in ("#final-make", "#finals", "#send-to-review", "#share")
    ]

    assert tops == sorted(tops)


def test_the_words_of_the_trade_are_explained(
    served: ServedPage, visit: Visit, photos: tuple[Path, Path]
) -> None:
    """What a stage does on a phone, where only its name fits, and what a part of the score is."""
    page = visit(served.url, width=390, touch=True)
    try_on(page, *photos)
    segment = page.get_by_role("note", name=re.compile("Segment: Separates person"))

    segment.focus()
    shown = segment.evaluate("node => getComputedStyle(node, '::after').content")
    page.get_by_text("What the parts measure").click()

    assert "torso and arms" in shown
    expect(page.locator(".meanings dt").first).to_be_visible()
    expect(page.locator(".meanings dd").first).not_to_be_empty()


def test_nothing_moves_for_whoever_wants_no_movement(
    page: Page, served: ServedPage, photos: tuple[Path, Path]
) -> None:
    """While a run works its bar fades a little; nothing slides, turns or shimmers."""
    choose(page, *photos)

    with served.holding("align"):
        page.click("#start")
        expect(page.locator(".step.is-running")).to_have_count(1)
        expect(page.locator(".card[data-key=cutout] img")).to_be_visible()
        moving = page.evaluate(
            "document.getAnimations().filter(one => one instanceof CSSAnimation)"
            ".map(one => one.animationName)"
        )

    assert set(moving) == {"pulse"}


def test_the_keys_stay_where_they_are_needed_during_a_run(
    page: Page, served: ServedPage, photos: tuple[Path, Path]
) -> None:
    """Enter starts, Enter again cancels; the button that turns grey does not lose the focus."""
    choose(page, *photos)
    page.locator("#start").focus()

    with served.holding("align"):
        page.keyboard.press("Enter")
        expect(page.locator("#cancel")).to_be_focused()
        page.keyboard.press("Enter")

    expect(page.locator("#result")).to_contain_text("Nothing was kept")
    expect(page.locator("#start")).to_be_focused()
