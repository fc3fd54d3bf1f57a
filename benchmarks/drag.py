"""Milliseconds from the end of a drag to the new draft on the screen; writes docs/drag.md.

    python -m benchmarks.drag        (or: make bench-drag)

A real browser on the real studio, person and garment at 768x1024. Points are dragged by mouse and
let go, most of the time in full movement: the worst case, since a pointer that rests before it is
let go has its draft under way already. Then the same beside a second visitor, another browser that
runs drafts of fresh photos without a pause.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.photos import as_jpeg, garment_rgb, person_rgb
from scripts.render_docs import ROOT
from tests.e2e.fitting import start_and_wait
from tests.fakes.browser import CHROMIUM, NOT_FOUND, open_chromium
from tests.fakes.page import serving
from tests.servers import free_port

NUM_DRAGS = 40
WARM_UP = 3  # drags not counted
PAUSE_MS = 1500  # between drags: the rest of the page has followed by then
REST_MS = 250  # what a hand rests on a point before it lets go, about
PROMISED_MS = {"median": 150, "p95": 250, "median beside a visitor": 300}
POINTS = ("left_sleeve_outer", "left_hem", "right_waist", "left_shoulder", "right_sleeve_inner")

# The time of the pointer going up, and of the first moment after the new draft was painted.
WATCH = """
window.drags = {up: 0, painted: 0, early: false};
addEventListener('pointerup', () => {
  drags.up = performance.now();
  if (!drags.early) drags.painted = 0;  // a draft of where the point was before does not count
}, true);
document.addEventListener('tryon:fit-changed', () => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => { drags.painted = performance.now(); };
  channel.port2.postMessage(0);
});
"""
IS_QUIET = "() => !document.querySelector('.ed-frame.is-busy, .ed-frame.is-moving')"
FIRST_REQUEST = """() => {
  const all = performance.getEntriesByType('resource');
  const asked = all.filter((entry) => entry.name.includes('component_server'));
  performance.clearResourceTimings();
  return asked.length ? asked[0].duration : 0;  // the later ones bring the stage viewer up to date
}"""


def make_fit(page: Page, number: int, folder: Path) -> None:
    """Upload photos nobody has seen before and wait for the draft and its files."""
    for name, rgb in (("person", person_rgb()), ("garment", garment_rgb())):
        path = folder / f"{name}{number}.jpg"
        path.write_bytes(as_jpeg(rgb, number))
        old = page.locator(f"#{name}-photo button[aria-label='Remove Image']")
        if old.count():
            old.click()
        page.set_input_files(f"#{name}-photo input[type=file]", path)
    start_and_wait(page, timeout_ms=180_000)


def drag_once(page: Page, number: int, rest_ms: int) -> dict[str, float]:
    """Drag one point there and back again by turns; milliseconds until its draft was painted."""
    name = POINTS[number % len(POINTS)]
    dot = page.locator(f".ed-view[data-side=person] [data-name={name}] .dot")
    box = dot.bounding_box()
    if box is None:
        raise RuntimeError(f"no point {name} on the page")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    way = 24 if number // len(POINTS) % 2 == 0 else -24
    page.evaluate("early => Object.assign(drags, {painted: 0, early})", bool(rest_ms))
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(x + way * step / 8, y + way * step / 16)
        page.wait_for_timeout(16)
    if rest_ms:
        page.wait_for_timeout(rest_ms)
    page.mouse.up()
    page.wait_for_function("() => drags.painted > 0", timeout=60_000)
    page.wait_for_function(IS_QUIET, timeout=60_000)
    total = page.evaluate("Math.max(0, drags.painted - drags.up)")
    return {"total": total, "request": page.evaluate(FIRST_REQUEST)}


def measure(page: Page, drags: int, rest_ms: int = 0) -> dict[str, list[float]]:
    """So many drags, one after the other, with the pause a person makes in between."""
    found: dict[str, list[float]] = {"total": [], "request": []}
    for number in range(-WARM_UP, drags):
        times = drag_once(page, number % drags, rest_ms)
        if number >= 0:
            for key, value in times.items():
                found[key].append(value)
        page.wait_for_timeout(PAUSE_MS)
    return found


@contextmanager
def second_visitor(url: str) -> Iterator[None]:
    """Someone else, in a browser and a process of their own, running drafts without a pause."""
    command = [sys.executable, "-m", "benchmarks.drag", "--visitor", url]
    visitor = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        if not (visitor.stdout and visitor.stdout.readline()):
            raise RuntimeError("the second visitor made no draft")
        yield
        if visitor.poll() is not None:
            raise RuntimeError("the second visitor left")
    finally:
        visitor.terminate()
        visitor.wait()


def visit_for_ever(url: str) -> None:
    """What the second visitor does; says so after the first draft."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        page = open_chromium(playwright).new_page()
        page.goto(url)
        number = 1000
        while True:
            make_fit(page, number, Path(folder))
            sys.stdout.write(f"draft {number}\n")
            sys.stdout.flush()
            number += 1


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def table(rows: dict[str, dict[str, list[float]]]) -> str:
    """Markdown: medians and 95th percentiles."""
    lines = [
        "| Drag end to draft painted, 768x1024 | median ms | p95 ms | request, median ms |",
        "|---|---:|---:|---:|",
    ]
    for name, found in rows.items():
        total, request = found["total"], statistics.median(found["request"])
        lines.append(
            f"| {name} | {statistics.median(total):.0f} | {percentile(total, 0.95):.0f} "
            f"| {request:.0f} |"
        )
    return "\n".join(lines) + "\n"


def run(drags: int) -> dict[str, dict[str, list[float]]]:
    """All rows of the table."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = {"PORT": str(port), "HOST": "127.0.0.1", "STORAGE_DIR": name}
        command = [sys.executable, "app.py"]
        with serving(command, port, folder, env) as served, sync_playwright() as playwright:
            page = open_chromium(playwright).new_page(viewport={"width": 1280, "height": 1000})
            page.goto(served.url)
            make_fit(page, 1, folder)
            page.evaluate(WATCH)
            page.locator(".ed-pair").scroll_into_view_if_needed()
            time.sleep(2)
            rows = {"let go in full movement": measure(page, drags)}
            rows["let go after a short rest"] = measure(page, drags, REST_MS)
            with second_visitor(served.url):
                rows["in full movement, a second visitor running drafts"] = measure(page, drags)
    return rows


def main() -> int:
    """Measure, print, write docs/drag.md."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--visitor", metavar="URL", help="be the second visitor of a page")
    parser.add_argument("--json", action="store_true", help="print every figure, write nothing")
    parser.add_argument("--drags", type=int, default=NUM_DRAGS, help="of each row")
    options = parser.parse_args()
    if CHROMIUM is None:
        sys.exit(NOT_FOUND)
    if options.visitor:
        visit_for_ever(options.visitor)
    cores = len(os.sched_getaffinity(0))
    if (load := os.getloadavg()[0]) > cores / 2:
        note = f"note: this machine is busy (load {load:.1f}): figures will be high"
        print(note, file=sys.stderr)
    rows: dict[str, Any] = run(options.drags)
    if options.json:
        print(json.dumps(rows))
        return 0
    text = table(rows)
    print(text)
    intro = (
        "# From the end of a drag to the new draft\n\n"
        f"`make bench-drag` on {datetime.now(UTC):%Y-%m-%d}: {cores} cores shared by "
        f"server and browser, Python {platform.python_version()}, {options.drags} drags a row. "
        f"Promised: median at most {PROMISED_MS['median']} ms, 95th percentile "
        f"{PROMISED_MS['p95']} ms, median beside a second visitor "
        f"{PROMISED_MS['median beside a visitor']} ms.\n\n"
    )
    (ROOT / "docs" / "drag.md").write_text(intro + text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
