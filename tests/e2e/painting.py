"""What a hand with a brush does, and what it sees, in the mask editor."""

from playwright.sync_api import Page


def wait_for_mask(page: Page) -> None:
    page.wait_for_function(
        "() => document.querySelector('.mk-paint').width > 1 "
        "&& !document.querySelector('.mk-frame.is-busy')"
    )


def stroke(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag the brush between two places given as shares of the photo."""
    canvas = page.locator(".mk-paint")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    (x0, y0), (x1, y1) = (
        (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)
    )
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move(x1, y1, steps=4)
    page.mouse.up()


def is_inside(page: Page, x: float, y: float) -> bool:
    """Whether a place, in shares of the photo, is painted."""
    return bool(page.evaluate(
        "([x, y]) => { const c = document.querySelector('.mk-paint');"
        " return c.getContext('2d').getImageData(x * c.width, y * c.height, 1, 1).data[3] > 127 }",
        [x, y],
    ))  # fmt: skip
