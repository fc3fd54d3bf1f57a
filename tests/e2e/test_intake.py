"""Photos that are pasted or dropped, too large, or stopped half way."""

from pathlib import Path

import pytest

from tryon.errors import ImageTooLarge

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

from tests.e2e.fitting import choose, draft_address, open_wardrobe, start_and_wait

pytestmark = pytest.mark.browser

PICTURES = """
  const picture = async (name, shade) => {
    const canvas = new OffscreenCanvas(60, 80), brush = canvas.getContext("2d");
    brush.fillStyle = `rgb(${shade}, 90, 60)`;
    brush.fillRect(0, 0, 60, 80);
    return new File([await canvas.convertToBlob()], name, { type: "image/png" });
  };
  const large = () => new File([new Uint8Array(26 * 2 ** 20)], "huge.png", { type: "image/png" });
"""
PASTE = f"""async (place) => {{ {PICTURES}
  const clipboardData = new DataTransfer();
  clipboardData.items.add(await picture("image.png", 200));
  const event = new ClipboardEvent("paste", {{ clipboardData, bubbles: true, cancelable: true }});
  document.querySelector(place).dispatchEvent(event);
}}"""
DROP = f"""async ([place, what]) => {{ {PICTURES}
  let data = new DataTransfer();
  const stack = [await picture("a.png", 1), large(), await picture("b.png", 99)];
  if (what === "stack") for (const file of stack) data.items.add(file);
  if (what === "one") data.items.add(await picture("a.png", 1));
  if (what === "folder") {{
    const entry = (file) => ({{ isFile: true, file: (take) => take(file) }});
    const files = await Promise.all(["10.png", "9.png", "notes.txt"].map(picture));
    const folder = {{ isDirectory: true, createReader: () => {{
      const batches = [files.map(entry), []];
      return {{ readEntries: (take) => take(batches.shift()) }};
    }} }};
    data = {{ types: ["Files"], files: [], items: [{{ webkitGetAsEntry: () => folder }}] }};
  }}
  const event = new Event("drop", {{ bubbles: true, cancelable: true }});
  Object.defineProperty(event, "dataTransfer", {{ value: data }});
  document.querySelector(place).dispatchEvent(event);
  return event.defaultPrevented;
}}"""


def photo_on(page: Page, card: str) -> str | None:
    return page.evaluate(f"document.querySelector('#{card}-photo img')?.src")


def test_a_paste_anywhere_fills_the_first_empty_card(page: Page) -> None:
    """As every tool for pictures has it: copy there, paste here, without aiming."""
    page.mouse.move(2, 2)
    page.evaluate(PASTE, "body")
    expect(page.locator("#person-photo img")).to_be_visible()
    expect(page.locator("#garment-photo img")).to_have_count(0)

    page.evaluate(PASTE, "body")

    expect(page.locator("#garment-photo img")).to_be_visible()
    expect(page.locator("#start")).to_be_enabled()


def test_a_paste_goes_where_the_mouse_is(page: Page, photos: tuple[Path, Path]) -> None:
    """Another garment on the same person is the most frequent change."""
    choose(page, *photos)
    start_and_wait(page)
    before, person = draft_address(page), photo_on(page, "person")

    page.locator("#garment-card h2").hover()
    page.evaluate(PASTE, "body")

    expect(page.locator("#result .compare-after")).to_have_count(0)  # the draft of the old one
    start_and_wait(page)
    assert draft_address(page) != before
    assert photo_on(page, "person") == person


def test_a_paste_in_the_wardrobe_is_one_more_garment(page: Page) -> None:
    """There are many garments, and few people."""
    open_wardrobe(page)
    page.mouse.move(2, 2)

    page.evaluate(PASTE, "body")

    expect(page.locator("#garment-rack .piece")).to_have_count(1)


def test_a_file_that_is_too_large_keeps_nobody_from_the_others(page: Page) -> None:
    """One of three is left out, by name, and the sentence stays until it is read."""
    open_wardrobe(page)

    page.evaluate(DROP, ["#garment-rack h2", "stack"])

    expect(page.locator("#garment-rack .piece")).to_have_count(2)
    said = page.locator("#intake").get_by_role("alert")
    expect(said).to_contain_text(ImageTooLarge.default_message)
    expect(said).to_contain_text("huge.png")
    page.locator("#intake").get_by_role("button", name="Close").click()
    expect(page.locator("#intake").get_by_role("alert")).to_have_count(0)


def test_a_folder_is_all_pictures_in_it(page: Page) -> None:
    """In the order of their numbers; other files in it are nobody's concern."""
    open_wardrobe(page)

    page.evaluate(DROP, ["#garment-rack h2", "folder"])

    expect(page.locator("#garment-rack .piece-name")).to_have_text(["9", "10"])


@pytest.mark.parametrize("place", ["#head", "#garment-card h2"], ids=["beside", "on the card"])
def test_a_drop_never_leaves_the_page(page: Page, place: str) -> None:
    """Browsers open what is dropped beside its place, and the page with its work is gone."""
    assert page.evaluate(DROP, [place, "one"])

    if place == "#head":
        page.evaluate(DROP, ["#person-card h2", "one"])
        expect(page.locator("#person-photo img")).to_be_visible()
        expect(page.locator("#garment-photo img")).to_have_count(0)
    else:
        expect(page.locator("#garment-photo img")).to_be_visible()


def test_an_upload_that_breaks_off_is_told_and_can_be_tried_again(
    page: Page, photos: tuple[Path, Path]
) -> None:
    """In a tunnel with a phone: a sentence that stays, in words of ours, and no dead end."""
    page.route("**/upload*", lambda route: route.abort())
    page.set_input_files("#person-photo input[type=file]", photos[0])
    expect(page.locator("#intake").get_by_role("alert")).to_contain_text(
        "The server cannot be reached."
    )
    page.unroute("**/upload*")

    page.set_input_files("#person-photo input[type=file]", photos[0])

    expect(page.locator("#person-photo img")).to_be_visible()
    expect(page.locator("#intake").get_by_role("alert")).to_have_count(0)
