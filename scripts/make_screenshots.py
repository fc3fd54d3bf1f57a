"""Pictures of the real studio: `make screenshots` writes docs/images/*.png for the README.

Starts `app.py` on a free port with a storage folder of its own, tries examples on as a visitor
would, and photographs the page. Look at the pictures before committing them. `--all FOLDER` writes
every page at 390, 1440 and 1920 pixels, light and dark, to look through.
"""

import argparse
import io
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from scripts.render_docs import ROOT
from tests.fakes.browser import CHROMIUM, NOT_FOUND, open_chromium
from tests.fakes.page import serving
from tests.servers import free_port

FOLDER: Final = ROOT / "docs" / "images"
MAX_KB: Final = 400
NUM_EXACT: Final = 96  # of the 256 colours of a picture
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
        tab: which page: `Try on` or `Wardrobe`.
        is_whole: the whole page instead of what fits on the screen.
    """

    name: str
    size_wh: tuple[int, int]
    is_dark: bool
    person: str
    garment: str
    start_at: str = ""
    tab: str = "Try on"
    is_whole: bool = False


SHOTS: Final = (
    Shot("studio-light", (1440, 1190), False, "Grace Hopper", "Printed T-shirt"),
    Shot("studio-dark", (1440, 960), True, "Eileen Collins", "Bomber", "#editor-card"),
    Shot("studio-phone", (390, 844), False, "Grace Hopper", "Printed T-shirt", "#result-card"),
    Shot("wardrobe", (1440, 1240), False, "", "", "", "Wardrobe"),
)
EVERY: Final = tuple(
    Shot(
        f"{tab.split()[0].lower()}-{width}-{'dark' if is_dark else 'light'}", (width, 900), is_dark,
        "Grace Hopper", "Printed T-shirt", tab=tab, is_whole=True,
    )
    for tab in ("Try on", "Wardrobe")
    for width in (390, 1440, 1920)
    for is_dark in (False, True)
)  # fmt: skip


def main() -> None:
    """Take every picture; exit 1 when one is too large for the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page, width and mode")
    wanted = parser.parse_args().all
    if CHROMIUM is None:
        sys.exit(NOT_FOUND)
    expect.set_options(timeout=60_000)
    target = wanted or FOLDER
    target.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        env = {"PORT": str(port), "HOST": "127.0.0.1", "STORAGE_DIR": folder}
        command = [sys.executable, "app.py"]
        with serving(command, port, Path(folder), env) as page, sync_playwright() as playwright:
            browser = open_chromium(playwright)
            for shot in EVERY if wanted else SHOTS:
                path = target / f"{shot.name}.png"
                path.write_bytes(small_png(photograph(browser, page.url, shot)))
                print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
            browser.close()
    if wanted:
        return
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
    if shot.tab == "Wardrobe":
        fill_wardrobe(page)
    else:
        try_on(page, shot)
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
    picture = page.screenshot(full_page=shot.is_whole)
    context.close()
    return picture


def try_on(page: Page, shot: Shot) -> None:
    """One example on another; for a whole page its final picture, too."""
    for card, title in (("person", shot.person), ("garment", shot.garment)):
        page.locator(f"#{card}-examples .pick[title^='{title}']").click()
    expect(page.locator("#start")).to_be_enabled()
    page.click("#start")
    expect(page.locator("#download")).to_be_enabled(timeout=DRAFT_TIMEOUT_MS)
    if shot.is_whole:
        page.click("#final-make")
        expect(page.locator("#finals .compare")).to_be_visible(timeout=DRAFT_TIMEOUT_MS)


def fill_wardrobe(page: Page) -> None:
    """Two people in four garments."""
    page.get_by_role("tab", name="Wardrobe").click()
    for kind, chosen in (("person", (0, 1)), ("garment", (0, 2, 4, 7))):
        for number, index in enumerate(chosen, 1):
            page.locator(f"#{kind}-rack-examples .pick").nth(index).click()
            expect(page.locator(f"#{kind}-rack .piece")).to_have_count(number)
    page.click("#tiles-start")
    expect(page.locator("#tiles .tile.is-done")).to_have_count(8, timeout=DRAFT_TIMEOUT_MS)


def small_png(png: bytes) -> bytes:
    """The same picture in 256 colours, a third of the size.

    The page's own flat colours stay exact; the photos share the rest.
    """
    with Image.open(io.BytesIO(png)) as picture:
        full = picture.convert("RGB")
    colours, counts = np.unique(np.asarray(full).reshape(-1, 3), axis=0, return_counts=True)
    exact = colours[np.argsort(-counts)[:NUM_EXACT]]
    spread = full.quantize(256 - NUM_EXACT, method=Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette(exact.ravel().tolist() + spread)
    few = full.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main()
