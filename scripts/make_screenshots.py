"""Pictures of the real studio: `make screenshots` takes two sets.

Those of the README go to docs/images: look at them before committing them. The other set goes to
`screenshots/`, which git ignores: every state of `scripts/page_story.py` at 390, 1440 and 1920
pixels, light and dark, to be looked through after a change. Both are taken of `app.py` itself, on a
free port with a storage folder of its own.
"""

import argparse
import io
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import environ
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from scripts.page_story import PAGE, SCREEN, STORY, Studio, choose_examples, fill_wardrobe, start
from scripts.render_docs import ROOT
from tests.fakes.browser import CHROMIUM, NOT_FOUND, open_chromium
from tests.fakes.page import serving
from tests.servers import free_port

README_FOLDER: Final = ROOT / "docs" / "images"
LOOK_FOLDER: Final = ROOT / "screenshots"
MAX_KB: Final = 400
NUM_EXACT: Final = 96  # of the 256 colours of a picture
WIDTHS: Final = (390, 1440, 1920)
HEIGHTS: Final = {390: 844, 1440: 900, 1920: 1080}
PROJECT: Final = "Inbox"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture for the README: who wears what, on which screen.

    Attributes:
        name: of the file.
        size_wh: of the screen; only what fits on it is shown.
        is_dark: colour scheme.
        person: beginning of the example's title; empty: the wardrobe is shown.
        garment: beginning of the example's title.
        start_at: element at the top edge of the picture; empty for the top of the page.
    """

    name: str
    size_wh: tuple[int, int]
    is_dark: bool
    person: str = ""
    garment: str = ""
    start_at: str = ""


SHOTS: Final = (
    Shot("studio-light", (1440, 1190), False, "Grace Hopper", "Printed T-shirt"),
    Shot("studio-dark", (1440, 960), True, "Eileen Collins", "Bomber", "#editor-card"),
    Shot("studio-phone", (390, 844), False, "Grace Hopper", "Printed T-shirt", "#result-card"),
    Shot("wardrobe", (1440, 1240), False),
)


def main() -> None:
    """Take every picture; exit 1 when one is too large for the README."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--look", type=Path, metavar="FOLDER", default=LOOK_FOLDER,
                        help="of the set to look through (default: screenshots)")  # fmt: skip
    parser.add_argument("--only", metavar="SET", default="",
                        help="readme, or a part of the other set: 390, 1440-dark")  # fmt: skip
    options = parser.parse_args()
    if CHROMIUM is None:
        sys.exit(NOT_FOUND)
    expect.set_options(timeout=60_000)
    with a_studio() as studio, sync_playwright() as playwright:
        browser = open_chromium(playwright)
        if options.only in ("", "readme"):
            for shot in SHOTS:
                save(
                    README_FOLDER / f"{shot.name}.png", small_png(for_readme(browser, studio, shot))
                )
        for width in WIDTHS:
            for is_dark in (False, True):
                mode = f"{width}-{'dark' if is_dark else 'light'}"
                if mode.startswith(options.only):
                    look_through(browser, studio, options.look, width, is_dark)
        browser.close()
    pictures = README_FOLDER.glob("*.png")
    if large := [path.name for path in pictures if path.stat().st_size > MAX_KB * 1000]:
        sys.exit(f"larger than {MAX_KB} kB: {', '.join(large)}")


@contextmanager
def a_studio() -> Iterator[Studio]:
    """The real one, with a key to sign in and a project for reviewers."""
    port, key = free_port(), secrets.token_urlsafe(32)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = {"PORT": str(port), "HOST": "127.0.0.1", "STORAGE_DIR": name, "API_KEYS": key,
               "REVIEW_INBOX": PROJECT}  # fmt: skip
        review = [sys.executable, "-m", "tryon", "review"]
        said = [
            subprocess.run([*review, *action], env={**environ, **env}, cwd=ROOT, check=True,
                           capture_output=True, text=True).stdout
            for action in (("create", PROJECT), ("invite", PROJECT, "Ann", "--lead"))
        ]  # fmt: skip
        invite = re.findall(r"http\S+#invite=\S+", said[1])[0]
        command = [sys.executable, "-m", "scripts.held_studio"]
        with serving(command, port, folder, env) as page:
            yield Studio(page.url, folder, key, invite)


def save(path: Path, png: bytes) -> None:
    """Write it and say so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png)
    print(f"{path.name}: {len(png) / 1000:.0f} kB", flush=True)


def a_page(browser: Browser, size_wh: tuple[int, int], is_dark: bool) -> Page:
    """An empty page of a new visitor."""
    width, height = size_wh
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if is_dark else "light",
        reduced_motion="reduce",
        has_touch=width < 500,
    )
    return context.new_page()


def at_rest(page: Page) -> None:
    """Every picture is painted, nothing moves, nothing is under the mouse."""
    page.wait_for_function("[...document.images].every(image => image.complete)")
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)


def look_through(browser: Browser, studio: Studio, folder: Path, width: int, is_dark: bool) -> None:
    """The whole story on one screen."""
    page = a_page(browser, (width, HEIGHTS[width]), is_dark)
    mode = f"{width}-{'dark' if is_dark else 'light'}"
    for scene in STORY:
        path = folder / f"{scene.name}-{mode}.png"
        if scene.is_held:
            with studio.holding():
                scene.play(page, studio)
                at_rest(page)
                save(path, page.screenshot(full_page=True))
            continue
        scene.play(page, studio)
        at_rest(page)
        if scene.shows in (PAGE, SCREEN):
            save(path, page.screenshot(full_page=scene.shows == PAGE))
        else:
            save(path, page.locator(scene.shows).screenshot())
    page.context.close()


def for_readme(browser: Browser, studio: Studio, shot: Shot) -> bytes:
    """Try the example on and take a PNG of the page."""
    page = a_page(browser, shot.size_wh, shot.is_dark)
    page.goto(studio.url)
    if shot.person:
        choose_examples(page, shot.person, shot.garment)
        start(page)
    else:
        fill_wardrobe(page)
    at_rest(page)
    page.evaluate("document.activeElement.blur()")
    page.evaluate(
        "place => scrollTo(0, place ? document.querySelector(place).getBoundingClientRect().top"
        " + scrollY - 14 : 0)",
        shot.start_at,
    )
    picture = page.screenshot()
    page.context.close()
    return picture


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
