"""Chromium of the system, for the browser tests and the screenshots."""

import os
import shutil
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

CHROMIUM: Final = next(
    filter(None, (os.environ.get("CHROMIUM"), *map(shutil.which, ("chromium", "google-chrome")))),
    None,
)
NOT_FOUND: Final = "no Chromium found: install it or set CHROMIUM to its path"
FLAGS: Final = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def open_chromium(playwright: "Playwright") -> "Browser":
    """A browser without a window that asks nothing of other hosts."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
