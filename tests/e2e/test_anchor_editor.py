"""The anchor editor in a real browser: mouse, touch and keys move points, and the draft follows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.page import ServedPage
from tryon.errors import FitExpired, WarpFailed
from tryon.ui import editor_words

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Locator, Page, expect

from tests.e2e.fitting import start_and_wait, try_on
from tests.e2e.looking import point_in

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
LOG_CHANGES = "document.addEventListener('tryon:fit-changed', e => changes.push(e.detail))"


@pytest.fixture
def editor(long_visit: Page) -> Page:
    """A finished fit, ready to be corrected."""
    start_and_wait(long_visit)
    watch_changes(long_visit)
    return long_visit


def watch_changes(page: Page) -> None:
    """Count the drafts that corrections bring."""
    expect(handle(page, "left_hem")).to_be_visible()
    if page.evaluate("window.changes === undefined"):
        page.evaluate(f"window.changes = []; {LOG_CHANGES}")
    page.evaluate("changes.length = 0")
    handle(page, "left_hem").evaluate("point => point.scrollIntoView({block: 'center'})")


def handle(page: Page, name: str, side: str = "person") -> Locator:
    return page.locator(f".ed-view[data-side={side}] .ed-handle[data-name={name}]")


def where(page: Page, name: str, side: str = "person") -> tuple[int, int]:
    """Where a point is, in pixels of its picture, as a screen reader is told."""
    numbers = (handle(page, name, side).get_attribute("aria-valuetext") or "").split()
    return int(numbers[1]), int(numbers[3].rstrip(","))


def middle(page: Page, name: str, side: str = "person") -> tuple[float, float]:
    return point_in(handle(page, name, side).locator(".dot"), 0.5, 0.5)


def drag(page: Page, name: str, by: tuple[float, float], side: str = "person") -> None:
    x, y = middle(page, name, side)
    page.mouse.move(x, y)
    page.mouse.down()
    for share in (0.3, 0.7, 1.0):
        page.mouse.move(x + by[0] * share, y + by[1] * share)
    page.mouse.up()


def draft(page: Page) -> str:
    return page.locator(".ed-view[data-side=person] .ed-back").get_attribute("src") or ""


def painted(page: Page, change: Callable[[], Any]) -> None:
    """Do something, and wait until the draft of it is on the page: none before it, none to come."""
    before = page.evaluate("changes.length")
    change()
    page.wait_for_function(
        "before => changes.length > before && !document.querySelector('.ed-frame.is-busy')",
        arg=before,
    )


def test_a_pen_drags_a_point(editor: Page) -> None:
    """Designers draw with pens; the loupe and the outline follow theirs, too."""
    x, y = middle(editor, "left_hem")
    before = where(editor, "left_hem")
    session = editor.context.new_cdp_session(editor)

    def pen(kind: str, x: float, y: float, pressed: int = 1) -> None:
        session.send(
            "Input.dispatchMouseEvent",
            {"type": kind, "x": x, "y": y, "button": "left", "buttons": pressed, "clickCount": 1,
             "pointerType": "pen"},
        )  # fmt: skip

    def stroke() -> None:
        pen("mousePressed", x, y)
        pen("mouseMoved", x + 20, y + 4)
        pen("mouseMoved", x + 40, y + 10)
        expect(editor.locator(".ed-loupe.is-on")).to_have_count(1)
        pen("mouseReleased", x + 40, y + 10, 0)

    painted(editor, stroke)

    assert where(editor, "left_hem")[0] > before[0] + 10


def test_a_dragged_point_brings_a_new_draft_and_score_in_place(editor: Page) -> None:
    """The heart of the studio: put a point down, see the garment there."""
    before = where(editor, "left_hem")

    painted(editor, lambda: drag(editor, "left_hem", (40, 10)))

    after = where(editor, "left_hem")
    assert after[0] > before[0] + 10
    assert where(editor, "left_hem", "garment") == before
    assert draft(editor).startswith("data:image/jpeg")
    assert editor.evaluate("changes[0].quality.score") == pytest.approx(0.83)


def test_the_rest_of_the_page_follows_after_a_moment(editor: Page) -> None:
    """Large draft, strip and zip belong to the corrected fit, too; nothing stale stays."""
    large = editor.get_by_alt_text("The draft: the person wearing the garment")
    old = large.get_attribute("src")

    drag(editor, "left_hem", (30, 0))

    editor.wait_for_function("old => document.querySelector('.compare-after').src !== old", arg=old)
    expect(editor.locator("#download")).to_be_enabled()


def test_garment_points_can_be_dragged_as_well(editor: Page) -> None:
    """A seam found at the wrong place is put right on the garment, not on the body."""
    before = where(editor, "left_hem", "garment")

    painted(editor, lambda: drag(editor, "left_hem", (-20, -20), "garment"))

    assert where(editor, "left_hem", "garment") != before
    assert where(editor, "left_hem") == before


def test_the_outline_follows_and_the_loupe_shows_the_spot(editor: Page) -> None:
    """While a point is on its way one sees where the cloth will be."""
    outline = editor.locator(".ed-view[data-side=person] .ed-outline")
    x, y = middle(editor, "left_hem")
    editor.mouse.move(x, y)
    editor.mouse.down()
    editor.mouse.move(x + 10, y)
    first = outline.get_attribute("d")

    editor.mouse.move(x + 40, y)

    expect(outline).to_have_css("opacity", "1")
    assert outline.get_attribute("d") != first
    expect(editor.locator(".ed-view[data-side=person] .ed-loupe")).to_be_visible()
    editor.mouse.up()
    expect(editor.locator(".ed-view[data-side=person] .ed-loupe")).to_be_hidden()


def test_a_finger_drags_a_point_and_the_page_stays(
    served: ServedPage, visit: Visit, photos: tuple[Path, Path]
) -> None:
    """On a phone a drag must not scroll the page away under the finger."""
    page = visit(served.url, width=390, height=844, touch=True)
    try_on(page, *photos)
    watch_changes(page)
    x, y = middle(page, "left_hem")
    scrolled, before = page.evaluate("scrollY"), where(page, "left_hem")
    touch = page.context.new_cdp_session(page)

    def swipe() -> None:
        for kind, dx in (
            ("touchStart", 0),
            ("touchMove", 15),
            ("touchMove", 30),
            ("touchEnd", None),
        ):
            points = [] if dx is None else [{"x": x + dx, "y": y + dx}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    painted(page, swipe)

    assert where(page, "left_hem")[0] > before[0]
    assert page.evaluate("scrollY") == scrolled


def test_arrows_move_by_one_and_with_shift_by_ten(editor: Page) -> None:
    """Precision without a mouse."""
    x, y = where(editor, "left_waist")
    handle(editor, "left_waist").focus()

    painted(editor, lambda: editor.keyboard.press("ArrowRight"))
    assert where(editor, "left_waist") == (x + 1, y)
    painted(editor, lambda: editor.keyboard.press("Shift+ArrowDown"))

    assert where(editor, "left_waist") == (x + 1, y + 10)
    expect(editor.locator("#anchor-editor [role=status]")).to_contain_text("Fit")


def test_undo_and_redo_walk_through_the_steps(editor: Page) -> None:
    """Nothing one does here is final."""
    before = where(editor, "left_hem")
    painted(editor, lambda: drag(editor, "left_hem", (30, 0)))
    moved = where(editor, "left_hem")

    painted(editor, lambda: editor.keyboard.press("Control+z"))
    assert where(editor, "left_hem") == before
    painted(editor, lambda: editor.keyboard.press("Control+Shift+Z"))

    assert where(editor, "left_hem") == moved
    expect(editor.get_by_role("button", name="Redo")).to_be_disabled()


def test_one_point_or_all_go_back_to_where_they_were_found(editor: Page) -> None:
    """A way back that does not need the memory of every step."""
    hem, waist = where(editor, "left_hem"), where(editor, "left_waist")
    painted(editor, lambda: drag(editor, "left_hem", (30, 0)))
    painted(editor, lambda: drag(editor, "left_waist", (30, 0)))

    painted(editor, lambda: editor.get_by_role("button", name="Put back").click())
    assert where(editor, "left_waist") == waist
    assert where(editor, "left_hem") != hem
    painted(editor, lambda: editor.get_by_role("button", name="Reset all").click())

    assert where(editor, "left_hem") == hem


def test_a_locked_point_stays(editor: Page) -> None:
    """What is right must not be moved by accident."""
    before = where(editor, "left_hem")
    handle(editor, "left_hem").focus()
    editor.keyboard.press("l")

    drag(editor, "left_hem", (30, 0))
    handle(editor, "left_hem").focus()
    editor.keyboard.press("ArrowRight")

    assert where(editor, "left_hem") == before
    assert "locked" in (handle(editor, "left_hem").get_attribute("aria-valuetext") or "")


def test_optional_points_are_removed_and_added(editor: Page) -> None:
    """A garment without a waist needs none; one with elbows can get them."""
    handle(editor, "left_waist").focus()
    painted(editor, lambda: editor.keyboard.press("Delete"))
    expect(handle(editor, "left_waist")).to_have_count(0)
    handle(editor, "left_hem").focus()
    expect(editor.get_by_role("button", name="Remove", exact=True)).to_be_disabled()

    painted(editor, lambda: editor.get_by_role("button", name="Add the point, Left waist").click())

    expect(handle(editor, "left_waist")).to_be_focused()


def test_left_is_mirrored_onto_right(editor: Page) -> None:
    """Half the work on a garment that is symmetric."""
    painted(editor, lambda: drag(editor, "left_armpit", (-20, 15), "garment"))
    axis = (
        where(editor, "left_neck", "garment")[0] + where(editor, "right_neck", "garment")[0]
    ) / 2

    painted(editor, lambda: editor.get_by_role("button", name="Mirror, Garment").click())

    left, right = (where(editor, f"{side}_armpit", "garment") for side in ("left", "right"))
    assert right[0] == pytest.approx(2 * axis - left[0], abs=3)
    assert right[1] == pytest.approx(left[1], abs=3)


def test_partners_light_up_and_enter_jumps_between_them(editor: Page) -> None:
    """The same name is the same colour and the same light on both pictures."""
    editor.mouse.move(*middle(editor, "right_hem", "garment"))
    expect(handle(editor, "right_hem")).to_have_class("ed-handle is-unsure is-lit")

    handle(editor, "left_neck", "garment").focus()
    editor.keyboard.press("Enter")

    expect(handle(editor, "left_neck", "person")).to_be_focused()
    editor.keyboard.press("Tab")
    expect(handle(editor, "right_neck", "person")).to_be_focused()


def test_a_part_of_the_score_lights_up_its_points(editor: Page) -> None:
    """What the quality panel speaks of can be seen at once."""
    send = "detail => document.dispatchEvent(new CustomEvent('tryon:highlight', {detail}))"
    editor.evaluate(send, {"anchors": ["left_neck"]})

    for side in ("garment", "person"):
        expect(handle(editor, "left_neck", side)).to_have_class("ed-handle is-lit")
    editor.evaluate(send, {"anchors": []})
    expect(editor.locator(".ed-handle.is-lit")).to_have_count(0)


def test_unsure_points_look_unsure_until_they_are_set(editor: Page) -> None:
    """One sees where to look first; a point set by hand is sure."""
    assert "is-unsure" in (handle(editor, "left_hem").get_attribute("class") or "")
    assert "unsure" in (handle(editor, "left_hem").get_attribute("aria-valuetext") or "")
    assert "is-unsure" not in (handle(editor, "left_neck").get_attribute("class") or "")

    painted(editor, lambda: drag(editor, "left_hem", (20, 0)))

    assert "is-unsure" not in (handle(editor, "left_hem").get_attribute("class") or "")


def test_zooming_in_makes_a_drag_finer(editor: Page) -> None:
    """The same way on the screen is a shorter way on the picture."""
    view = editor.locator(".ed-view[data-side=person]")
    painted(editor, lambda: drag(editor, "left_neck", (24, 0)))
    coarse = where(editor, "left_neck")[0]
    painted(editor, lambda: editor.keyboard.press("Control+z"))
    start = where(editor, "left_neck")[0]
    handle(editor, "left_neck").focus()
    for _ in range(3):
        editor.keyboard.press("+")

    painted(editor, lambda: drag(editor, "left_neck", (24, 0)))

    assert 0 < where(editor, "left_neck")[0] - start < (coarse - start) / 2
    editor.get_by_role("button", name="Show everything, Person").click()
    expect(view).to_have_class("ed-view")


def test_points_that_cannot_carry_a_fit_are_explained_in_place(editor: Page) -> None:
    """The old draft stays, the points stay, and undo leads back."""
    drag(editor, "left_hem", (0, -420))

    alert = editor.locator(".ed-alert [role=alert]")
    expect(alert).to_contain_text(WarpFailed.default_message)
    expect(alert).to_contain_text(WarpFailed.default_remedy)
    editor.keyboard.press("Control+z")
    expect(alert).to_have_count(0)


def test_a_lost_connection_keeps_the_points(editor: Page) -> None:
    """The train enters a tunnel: nothing is lost, and one button tries again."""
    editor.route("**/component_server**", lambda route: route.abort())
    drag(editor, "left_hem", (30, 0))
    moved = where(editor, "left_hem")
    expect(editor.locator(".ed-alert").first).to_contain_text(editor_words.EDITOR["no_answer"])

    editor.unroute("**/component_server**")
    painted(editor, lambda: editor.get_by_role("button", name="Try again").click())

    assert where(editor, "left_hem") == moved
    expect(editor.locator(".ed-alert").first).to_be_empty()


def test_new_photos_empty_the_editor(editor: Page) -> None:
    """Points of one photo over another would be a lie."""
    editor.locator("#person-examples .pick").first.click()

    expect(editor.locator("#anchor-editor .ed-handle")).to_have_count(0)
    expect(editor.locator("#anchor-editor")).to_contain_text(editor_words.EDITOR["empty_title"])


def test_nobody_corrects_a_fit_without_its_key(served: ServedPage, editor: Page) -> None:
    """A fit belongs to the page it was made on; guessing leads nowhere."""
    config = httpx.get(served.url + "/config", timeout=60).json()
    component = next(
        c["id"] for c in config["components"] if c["props"].get("elem_id") == "anchor-editor"
    )

    answer = httpx.post(
        served.url + "/gradio_api/component_server",
        json={"session_hash": "someone", "component_id": component, "fn_name": "realign",
              "data": {"key": "guessed", "points": {}}}, timeout=60).json()  # fmt: skip

    assert answer["error"]["code"] == FitExpired.code
