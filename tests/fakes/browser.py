"""Chromium of the system, for the browser tests and the screenshots."""

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

CHROMIUM: Final = next(
    filter(None, (os.environ.get("CHROMIUM"), *map(shutil.which, ("chromium", "google-chrome")))),
    None,
)
NOT_FOUND: Final = "no Chromium found: install it or set CHROMIUM to its path"
FLAGS: Final = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",  # in a container /dev/shm may have 64 MB
]  # fmt: skip
PATIENCE_MS: Final = 30_000  # what is awaited comes; a busy machine is slow
_said: "dict[BrowserContext, list[str]]" = {}  # on the consoles


def open_chromium(playwright: "Playwright") -> "Browser":
    """A browser without a window that asks nothing of other hosts."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


def new_visitor(browser: "Browser", **options: Any) -> "Page":
    """An empty page of somebody with cookies of their own; `page.context.close()` ends the visit.

    Args:
        options: of `Browser.new_context`.
    """
    context = browser.new_context(reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE_MS)
    said = _said[context] = []
    context.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    context.on("weberror", lambda failure: said.append(f"uncaught: {failure.error}"))
    context.on("close", lambda: _said.pop(context))
    return context.new_page()


def evidence(browser: "Browser", folder: Path, name: str) -> str:
    """What all open pages show and have said, in words and as pictures in `folder`."""
    told, stem = [], re.sub(r"\W+", "-", name)
    folder.mkdir(exist_ok=True)
    for number, page in enumerate(p for context in browser.contexts for p in context.pages):
        picture = folder / f"{stem}-{number}.png"
        page.screenshot(path=picture, timeout=10_000)
        told += [f"{page.url} looks like {picture}", *_said.get(page.context, [])[-20:]]
        told += ["Words on it:", page.locator("body").inner_text(timeout=10_000)[:2000]]
    return "\n".join(told)
