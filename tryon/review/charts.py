"""Small charts as SVG text: axes, bars, curves, a body with heat. Colours are CSS classes.

Own drawing rather than matplotlib's, because these follow the page's light and dark, weigh 2 kB
and take a millisecond. Every chart has a sentence for those who cannot see it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
W, H = 480, 280  # of a chart, in its own units
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 26, 40
_CLASSES: Final = {
    "accept": "a", "fixable": "f", "reject": "r", "undecided": "u",
    "accepted": "a", "not accepted": "r",
}  # fmt: skip


def stacked_histogram(
    values: Mapping[str, Sequence[float]], title: str, x_name: str, mark: float | None = None
) -> str:
    """How many, by value from 0 to 1 in twenty bins, one colour a verdict; `mark`: a threshold."""
    edges = np.linspace(0, 1, 21)
    counts = {name: np.histogram(given, edges)[0] for name, given in values.items()}
    highest = int(np.sum([*counts.values()], axis=0).max()) if counts else 0
    step = _tick_step(highest)
    top = max(step, math.ceil(highest / step) * step)
    parts = [*_axes(x_name, "items", [*range(0, top + 1, step)])]
    floor = np.zeros(20, int)
    for name, count in counts.items():
        for at, num in enumerate(count):
            if num:
                x, width = _x(edges[at]) + 1, _x(edges[1]) - _x(0) - 2
                y, y_low = _y((floor[at] + num) / top), _y(floor[at] / top)
                hint = f"{name} {num}, {edges[at]:.2f} – {edges[at + 1]:.2f}"
                parts.append(_rect(x, y, width, y_low - y, _CLASSES.get(name, "bar"), hint))
        floor = floor + count
    parts += _mark(mark) + _legend([n for n in values if n in _CLASSES])
    told = ", ".join(f"{name} {len(given)}" for name, given in values.items()) or "no items"
    return _svg(parts, f"{title}: {told}.")


def bars(rows: Sequence[tuple[str, Mapping[str, int]]], title: str) -> str:
    """One bar a row, split by outcome; its name on the left, its sum on the right."""
    left, line = 150, 26
    most = max([sum(parts.values()) for _, parts in rows], default=0) or 1
    height = TOP + line * len(rows) + 8
    shapes = []
    for at, (name, parts) in enumerate(rows):
        x, y = float(left), TOP + at * line
        shapes.append(_text(left - 8, y + 15, name, "end", "strong"))
        for kind, num in parts.items():
            width = (W - left - 44) * num / most
            if num:
                css = _CLASSES.get(kind, "bar")
                shapes.append(_rect(x, y + 3, max(1.0, width), line - 8, css, f"{kind} {num}"))
            x += width
        shapes.append(_text(x + 6, y + 15, str(sum(parts.values())), "start"))
    kinds = [k for k in _CLASSES if any(k in parts for _, parts in rows)]
    told = ", ".join(
        f"{name}: " + ", ".join(f"{kind} {num}" for kind, num in parts.items() if num)
        for name, parts in rows
    )
    return _svg([*shapes, *_legend(kinds)], f"{title}: {told or 'no items'}.", height)


def curves(
    lines: Sequence[tuple[str, Floats, Floats]], title: str, x_name: str, y_name: str,
    told: str, dot: tuple[float, float] | None = None,
) -> str:  # fmt: skip
    """Lines in the unit square: (name, x, y) each; `dot`: where we are now."""
    parts = [*_axes(x_name, y_name, None)]
    for at, (name, x, y) in enumerate(lines):
        keep = np.linspace(0, len(x) - 1, min(len(x), 200)).astype(int)
        places = zip(x[keep], y[keep], strict=True)
        points = " ".join(f"{_x(a):.1f},{_y(b):.1f}" for a, b in places)
        css, hint = ("line is-second" if at else "line"), f"<title>{escape(name)}</title>"
        parts.append(f'<polyline class="{css}" points="{points}">{hint}</polyline>')
        below = H - BOTTOM - 26 + 16 * at
        parts.append(_text(W - RIGHT - 4, below, name, "end", "strong"))
        parts.append(f'<path class="{css}" d="M{W - RIGHT - 176} {below - 4}h26"/>')
    if dot is not None:
        hint = f"{dot[0]:.2f}, {dot[1]:.2f}"
        parts.append(
            f'<circle class="r" cx="{_x(dot[0]):.1f}" cy="{_y(dot[1]):.1f}" r="5">'
            f"<title>{hint}</title></circle>"
        )
    return _svg(parts, f"{title}: {told}")


# A standing body in the frame of `figures.body_spots`: shoulders at y=0, hips at y=1.
_BODY: Final = (
    (0.0, -0.2), (0.09, -0.2), (0.1, -0.1), (0.2, -0.05), (0.34, -0.03), (0.43, 0.04),
    (0.47, 0.16), (0.53, 0.5), (0.58, 0.86), (0.62, 1.08), (0.58, 1.18), (0.53, 1.12), (0.47, 0.9),
    (0.4, 0.54), (0.34, 0.28), (0.31, 0.45), (0.29, 0.62), (0.33, 0.9), (0.36, 1.15),
    (0.34, 1.6), (0.27, 2.0), (0.25, 2.42), (0.13, 2.45), (0.11, 2.0), (0.05, 1.6), (0.0, 1.22),
)  # fmt: skip
_HEAD: Final = (0.0, -0.42, 0.17, 0.25)  # x, y, half width, half height
_BODY_BOX: Final = (-1.0, -0.75, 1.0, 2.55)  # x0, y0, x1, y1


def body_map(spots_xy: Floats, title: str) -> str:
    """Where spots lie on a body seen from the front, as heat.

    Args:
        spots_xy: (N, 2) float64, see `figures.body_spots`.
        title: what the spots are.
    """
    x0, y0, x1, y1 = _BODY_BOX
    scale, width = 110.0, 220
    height = round((y1 - y0) * scale)

    def place(x: float, y: float) -> tuple[float, float]:
        return ((x - x0) * scale, (y - y0) * scale)

    right = [place(x, y) for x, y in _BODY]
    outline = [*right, *(place(-x, y) for x, y in reversed(_BODY))]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in outline)
    head_x, head_y = place(_HEAD[0], _HEAD[1])
    shapes = [
        f'<ellipse class="body" cx="{head_x:.1f}" cy="{head_y:.1f}" rx="{_HEAD[2] * scale:.1f}" '
        f'ry="{_HEAD[3] * scale:.1f}"/><polygon class="body" points="{points}"/>'
    ]
    inside = spots_xy[
        (spots_xy[:, 0] > x0) & (spots_xy[:, 0] < x1) & (spots_xy[:, 1] > y0)
        & (spots_xy[:, 1] < y1)
    ]  # fmt: skip
    cells, x_edges, y_edges = np.histogram2d(
        inside[:, 0], inside[:, 1], bins=(28, 46), range=((x0, x1), (y0, y1))
    )
    most = cells.max() if cells.size else 0
    for i, j in np.argwhere(cells > 0):
        x, y = place((x_edges[i] + x_edges[i + 1]) / 2, (y_edges[j] + y_edges[j + 1]) / 2)
        strength = 0.25 + 0.65 * cells[i, j] / most
        shapes.append(
            f'<circle class="heat" cx="{x:.1f}" cy="{y:.1f}" r="6" opacity="{strength:.2f}">'
            f"<title>{int(cells[i, j])} ×</title></circle>"
        )
    told = f"{title}: {len(inside)} spots" + (f", {_where(inside)}" if len(inside) else "") + "."
    return _svg(shapes, told, height, width)


def _where(spots_xy: Floats) -> str:
    bands = {"head and neck": (-9.0, 0.0), "chest": (0.0, 0.5), "waist and hem": (0.5, 1.3),
             "legs": (1.3, 9.0)}  # fmt: skip
    share = {
        name: float(((spots_xy[:, 1] >= low) & (spots_xy[:, 1] < high)).mean())
        for name, (low, high) in bands.items()
    }
    ranked = sorted(share.items(), key=lambda item: -item[1])
    return ", ".join(f"{round(part * 100)} % at {name}" for name, part in ranked if part)


def _x(value: float) -> float:
    return LEFT + (W - LEFT - RIGHT) * float(value)


def _y(value: float) -> float:
    return H - BOTTOM - (H - TOP - BOTTOM) * float(value)


def _tick_step(highest: int) -> int:
    """1, 2 or 5 times a power of ten, so that at most six ticks reach `highest`."""
    rough = max(1.0, highest / 5)
    power = 10 ** math.floor(math.log10(rough))
    return next(int(power * by) for by in (1, 2, 5, 10) if power * by >= rough)


def _axes(x_name: str, y_name: str, counts: Sequence[int] | None) -> Iterable[str]:
    """x from 0 to 1; y at these counts, the last at the top, or from 0 to 1, too."""
    ticks = (0, 0.25, 0.5, 0.75, 1)
    for value in counts or ticks:
        y = _y(value / counts[-1] if counts else value)
        yield f'<line class="grid" x1="{LEFT}" x2="{W - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield _text(LEFT - 7, y + 4, f"{value:g}", "end")
    for tick in ticks:
        yield _text(_x(tick), H - BOTTOM + 17, f"{tick:g}", "middle")
    yield f'<line class="axis" x1="{LEFT}" x2="{W - RIGHT}" y1="{_y(0)}" y2="{_y(0)}"/>'
    yield _text((LEFT + W - RIGHT) / 2, H - 6, x_name, "middle")
    yield _text(LEFT - 34, TOP - 10, y_name, "start")


def _mark(at: float | None) -> list[str]:
    if at is None:
        return []
    x = _x(at)
    side, anchor = (-6, "end") if at > 0.5 else (6, "start")
    return [
        f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{H - BOTTOM}"/>',
        _text(x + side, TOP + 10, f"threshold {at:.2f}", anchor, "strong"),
    ]


def _legend(kinds: Sequence[str]) -> list[str]:
    wide = 96.0  # room for other languages
    shapes, x = [], W - RIGHT - wide * len(kinds)
    for at, kind in enumerate(kinds):
        shapes.append(_rect(x + wide * at, 5, 11, 11, _CLASSES[kind], kind))
        shapes.append(_text(x + wide * at + 16, 15, kind, "start"))
    return shapes


def _rect(x: float, y: float, width: float, height: float, css: str, hint: str) -> str:
    return (
        f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="2"><title>{escape(hint)}</title></rect>'
    )


def _text(x: float, y: float, text: str, anchor: str, css: str = "") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{css}">{escape(text)}</text>'
    )


def _svg(parts: Iterable[str], told: str, height: float = H, width: float = W) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(told)}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )
