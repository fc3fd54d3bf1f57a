"""Pictures of the real studio for the README: `make screenshots` writes docs/images/*.png.

Starts `app.py` on a free port with a storage folder of its own, tries an example on as a visitor
would, and photographs the page. Look at the pictures before committing them.
"""

import io
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from scripts.render_docs import ROOT
from tests.fakes.browser import CHROMIUM, NOT_FOUND, open_chromium
from tests.fakes.page import free_port, serving

FOLDER: Final = ROOT / "docs" / "images"
MAX_KB: Final = 400
DRAFT_TIMEOUT_MS: Final = 180_000  # the first draft waits for the models


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: who wears what, on which screen.

    Attributes:
        name: of the file.
        size_wh: of the screen; only what fits on it is shown.
        is_dark: colour scheme.
        person: beginning of the example's title.
        garment: beginning of the example's title.
        start_at: element at the top edge of the picture; empty for the top of the page.
    """

    name: str
    size_wh: tuple[int, int]
    is_dark: bool
    person: str
    garment: str
    start_at: str = ""


SHOTS: Final = (
    Shot("studio-light", (1440, 1370), False, "Grace Hopper", "Printed T-shirt"),
    Shot("studio-dark", (1440, 1370), True, "Eileen Collins", "Dress"),
    Shot("studio-phone", (390, 844), False, "Grace Hopper", "Printed T-shirt", "#result-card"),
)


def main() -> None:
    """Take every picture; exit 1 when one is too large for the README."""
    if CHROMIUM is None:
        sys.exit(NOT_FOUND)
    FOLDER.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        env = {"PORT": str(port), "HOST": "127.0.0.1", "STORAGE_DIR": folder}
        command = [sys.executable, "app.py"]
        with serving(command, port, Path(folder), env) as page, sync_playwright() as playwright:
            browser = open_chromium(playwright)
            for shot in SHOTS:
                path = FOLDER / f"{shot.name}.png"
                path.write_bytes(small_png(photograph(browser, page.url, shot)))
                print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")
            browser.close()
    if large := [p.name for p in FOLDER.glob("*.png") if p.stat().st_size > MAX_KB * 1000]:
        sys.exit(f"larger than {MAX_KB} kB: {', '.join(large)}")


def photograph(browser: Browser, url: str, shot: Shot) -> bytes:
    """Try the example on and take a PNG of the page."""
    width, height = shot.size_wh
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.is_dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(url)
    for card, title in (("person", shot.person), ("garment", shot.garment)):
        page.locator(f"#{card}-examples .pick[title^='{title}']").click()
    expect(page.locator("#start")).to_be_enabled()
    page.click("#start")
    expect(page.locator("#download")).to_be_enabled(timeout=DRAFT_TIMEOUT_MS)
    page.wait_for_function("[...document.images].every(image => image.complete)")
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    if shot.start_at:
        page.locator(shot.start_at).evaluate(
            "box => scrollTo(0, box.getBoundingClientRect().top + scrollY - 14)"
        )
    else:
        page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(500)
    picture = page.screenshot()
    context.close()
    return picture


def small_png(png: bytes) -> bytes:
    """The same picture in 256 colours: a quarter of the size, and text stays sharp."""
    with Image.open(io.BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(256, dither=Image.Dither.FLOYDSTEINBERG)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main()
