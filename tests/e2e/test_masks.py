"""Masks touched up with a brush in a real browser; the fit is made anew with them."""

import pytest

from tryon.ui import editor_words

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

from tests.e2e.fitting import start_and_wait
from tests.e2e.painting import is_inside, stroke, wait_for_mask

pytestmark = pytest.mark.browser


@pytest.fixture
def painting(long_visit: Page) -> Page:
    """A finished fit with the mask of the arms on the canvas."""
    page = long_visit
    start_and_wait(page)
    if page.locator(".mk-box[open]").count() == 0:
        page.locator(".mk-box summary").click()
    page.locator("#mask-editor [data-value=arms]").click()
    wait_for_mask(page)
    page.locator("#mask-editor [data-value=paint]").click()
    return page


def test_what_is_painted_is_in_the_next_fit(painting: Page) -> None:
    """An arm the studio missed comes in front of the garment: strip and draft show it."""
    assert not is_inside(painting, 0.5, 0.5)
    arms = painting.locator(".card[data-key=arms_mask] img").first
    before = arms.get_attribute("src")
    stroke(painting, (0.42, 0.5), (0.58, 0.5))
    assert is_inside(painting, 0.5, 0.5)

    painting.get_by_role("button", name="Fit again with this mask").click()

    expect(painting.locator("#mask-editor .hint")).to_have_text(editor_words.MASKS["done"])
    assert is_inside(painting, 0.5, 0.5)
    painting.wait_for_function(
        "old => document.querySelector('.card[data-key=arms_mask] img').src !== old", arg=before
    )
    expect(painting.locator("#download")).to_be_enabled()


def test_wiping_takes_away_and_strokes_can_be_undone(painting: Page) -> None:
    """Brush, wipe, undo, redo: like in any drawing program."""
    arm = (0.29, 0.42)
    assert is_inside(painting, *arm)
    painting.locator("#mask-editor [data-value=wipe]").click()
    stroke(painting, (0.27, 0.40), (0.31, 0.44))
    assert not is_inside(painting, *arm)

    painting.keyboard.press("Control+z")
    undone = is_inside(painting, *arm)
    painting.locator("#mask-editor").get_by_role("button", name="Redo").click()

    assert undone
    assert not is_inside(painting, *arm)


def test_an_applied_mask_can_be_taken_back_and_reset(painting: Page) -> None:
    """No mask is ever lost: the last one comes back, and so does the one that was found."""
    back = painting.get_by_role("button", name="Take the last mask back")
    as_found = painting.get_by_role("button", name="As found")
    apply = painting.get_by_role("button", name="Fit again with this mask")
    expect(back).to_be_disabled()
    for y in (0.5, 0.56):
        stroke(painting, (0.42, y), (0.58, y))
        apply.click()
        expect(painting.locator("#mask-editor .hint")).to_have_text(editor_words.MASKS["done"])

    back.click()
    expect(painting.locator("#mask-editor .hint")).to_have_text(editor_words.MASKS["undone"])
    assert (is_inside(painting, 0.5, 0.5), is_inside(painting, 0.5, 0.57)) == (True, False)
    as_found.click()

    expect(painting.locator("#mask-editor .hint")).to_have_text(editor_words.MASKS["found"])
    assert not is_inside(painting, 0.5, 0.5)
    expect(as_found).to_be_disabled()


def test_each_mask_lies_over_its_own_photo(painting: Page) -> None:
    """The garment's mask is painted on the garment."""
    arms = painting.locator(".ed-view[data-side=mask] .ed-back").get_attribute("src")

    painting.locator("#mask-editor [data-value=garment]").click()
    wait_for_mask(painting)

    photo = painting.locator(".ed-view[data-side=mask] .ed-back").get_attribute("src")
    assert photo != arms
    assert is_inside(painting, 0.5, 0.45)
    expect(painting.get_by_role("button", name="Fit again with this mask")).to_be_disabled()


def test_an_empty_mask_is_explained_and_what_was_painted_stays(painting: Page) -> None:
    """A garment wiped away is no fit; nothing is lost by trying."""
    painting.locator("#mask-editor [data-value=garment]").click()
    wait_for_mask(painting)
    painting.locator("#mask-editor [data-value=wipe]").click()
    brush = painting.get_by_label(editor_words.MASKS["width"])
    brush.evaluate("range => { range.value = 120; range.dispatchEvent(new Event('input')) }")
    for y in (0.2, 0.35, 0.5, 0.65, 0.8):
        stroke(painting, (0.2, y), (0.8, y))

    painting.get_by_role("button", name="Fit again with this mask").click()

    alert = painting.locator("#mask-editor [role=alert]")
    expect(alert).to_contain_text("No garment could be told from the background.")
    assert not is_inside(painting, 0.5, 0.45)
    brush.evaluate("range => { range.value = 28; range.dispatchEvent(new Event('input')) }")
