"""What a hand with a brush does, and what it sees, in the mask editor."""

from playwright.sync_api import Page

from tests.e2e.looking import point_in


def wait_for_mask(page: Page) -> None:
    """Until the mask asked for last is on the canvas."""
    page.wait_for_function(
        "() => document.querySelector('.mk-paint').width > 1 "
        "&& !document.querySelector('.mk-frame.is-busy')"
    )


def stroke(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag the brush between two places given as shares of the photo."""
    photo = page.locator(".mk-paint")
    begin, stop = point_in(photo, *start), point_in(photo, *end)
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move(*stop, steps=4)
    page.mouse.up()


def is_inside(page: Page, x: float, y: float) -> bool:
    """Whether a place, in shares of the photo, is painted."""
    return bool(page.evaluate(
        "([x, y]) => { const c = document.querySelector('.mk-paint');"
        " return c.getContext('2d').getImageData(x * c.width, y * c.height, 1, 1).data[3] > 127 }",
        [x, y],
    ))  # fmt: skip
