"""The stage viewer in a real browser: side by side, laid over the photo, zoomed in step."""

import re

import pytest

from tryon.ui import words

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Locator, Page, expect

from tests.e2e.fitting import start_and_wait

pytestmark = pytest.mark.browser

FOLLOWING = ("draft", "warped")


@pytest.fixture(scope="module")
def stages(long_visit: Page) -> Page:
    """A page with a finished run."""
    start_and_wait(long_visit)
    return long_visit


def card(page: Page, key: str) -> Locator:
    return page.locator(f".card[data-key={key}]")


def scale(frame: Locator) -> float:
    return float(frame.locator(".frame-stack").evaluate(
        "stack => new DOMMatrix(getComputedStyle(stack).transform).a"))  # fmt: skip


def test_every_stage_says_what_it_is_and_how_long_it_took(stages: Page) -> None:
    """One sentence and a time on every card."""
    for key, (title, caption, _) in words.CARDS.items():
        expect(card(stages, key)).to_contain_text(title)
        expect(card(stages, key)).to_contain_text(caption)
        expect(card(stages, key).locator(".card-time")).to_have_text(re.compile(r"\d s$"))


def test_a_mask_is_laid_over_its_photo_as_strongly_as_one_likes(stages: Page) -> None:
    """Where exactly an edge runs is seen on the photo, not beside it."""
    arms = card(stages, "arms_mask")
    overlay = arms.get_by_role("button", name="Lay over the photo")
    photo = card(stages, "person").locator("img").get_attribute("src")

    overlay.click()
    slider = stages.locator(".strip-tools").get_by_label(words.VIEWER["opacity"])
    slider.evaluate("range => { range.value = 40; range.dispatchEvent(new Event('input')) }")

    expect(overlay).to_have_attribute("aria-pressed", "true")
    expect(arms.locator("img").first).to_have_attribute("src", photo or "")
    expect(arms.locator("img.is-laid")).to_have_css("opacity", "0.4")
    overlay.click()
    expect(arms.locator("img")).to_have_count(1)


def test_all_pictures_zoom_in_step(stages: Page) -> None:
    """The same place on every stage at one glance."""
    frames = [card(stages, key).locator(".card-face") for key in ("person", "keypoints", "draft")]
    stages.locator(".strip-tools").get_by_role("button", name="Zoom in on all").click()
    zoomed = [scale(frame) for frame in frames]

    stages.locator(".strip-tools").get_by_role("button", name="Show the pictures whole").click()

    assert zoomed == [pytest.approx(1.5)] * 3
    assert [scale(frame) for frame in frames] == [1.0] * 3


def test_a_large_view_stacks_layers_over_any_picture(stages: Page) -> None:
    """Is the arm in front of the sleeve? The mask over the draft tells."""
    card(stages, "draft").get_by_role("button", name="Open: Draft").click()
    dialog = stages.get_by_role("dialog", name="Draft")

    dialog.get_by_role("button", name="Arms mask").click()
    dialog.get_by_role("button", name="Keypoints").click()

    expect(dialog.locator(".viewer-frame img")).to_have_count(3)
    expect(dialog.get_by_role("link", name="Download")).to_have_attribute("download", "draft.jpg")
    for name in ("Arms mask", "Keypoints"):
        dialog.get_by_role("button", name=name).click()
    stages.keyboard.press("Escape")


def test_a_picture_fills_the_screen(stages: Page) -> None:
    """For the client at the other end of the table."""
    card(stages, "warped").get_by_role("button", name="Open: Warped garment").click()

    stages.get_by_role("button", name="Full screen").click()

    stages.wait_for_function("document.fullscreenElement !== null")
    stages.evaluate("document.exitFullscreen()")
    stages.get_by_role("button", name="Close").click()


def test_a_picture_is_downloaded_from_its_card(stages: Page) -> None:
    """One picture, named after its stage."""
    with stages.expect_download() as download:
        card(stages, "keypoints").get_by_role("link", name="Download: Keypoints").click()

    assert download.value.suggested_filename == "keypoints.jpg"


def test_a_moved_point_brings_the_stages_up_to_date(stages: Page) -> None:
    """Draft and warped garment follow at once, without waiting for the rest of the page."""
    stages.evaluate(
        "window.came = []; document.addEventListener('tryon:stage-pictures',"
        " event => came.push(...Object.keys(event.detail)))"
    )
    before = {key: card(stages, key).locator("img").get_attribute("src") for key in FOLLOWING}

    stages.get_by_role("slider", name="Left shoulder, Person").focus()
    stages.keyboard.press("Shift+ArrowRight")

    stages.wait_for_function("['draft', 'warped'].every(key => came.includes(key))")
    for key, address in before.items():
        expect(card(stages, key).locator("img")).not_to_have_attribute("src", address or "")


def test_the_final_picture_is_a_stage_like_the_others(stages: Page) -> None:
    """Once made it stands last, is laid over the photo, and comes down at full size."""
    final = card(stages, "final")
    expect(final).to_contain_text("Stage 6")

    stages.click("#final-make")

    expect(final.locator("img")).to_be_visible()
    expect(final.locator(".card-time")).to_have_text(re.compile(r"\d s$"))
    expect(stages.locator(".steps li").nth(6)).to_have_class(re.compile("is-done"))
    final.get_by_role("button", name="Lay over the photo").click()
    expect(final.locator("img.is-laid")).to_have_count(1)
    with stages.expect_download() as download:
        final.get_by_role("link", name="Download: Final").click()
    assert download.value.suggested_filename == "final.png"
