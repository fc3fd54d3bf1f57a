"""The theme's colours can be told apart by everybody."""

import pytest

from tryon.ui.theme import COLOURS

PAPERS = ("background_fill_primary", "background_fill_secondary", "input_background_fill")


def contrast(one: str, other: str) -> float:
    """By WCAG 2, of two #rrggbb."""

    def light(colour: str) -> float:
        shares = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        red, green, blue = (
            s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("edge", ["input_border_color", "checkbox_border_color"])
def test_the_edge_of_what_one_fills_in_is_seen(edge: str, paper: str, mode: int) -> None:
    """Where a field begins and whether there is a box to tick: 3 to 1, WCAG 2.2, 1.4.11."""
    assert contrast(COLOURS[edge][mode], COLOURS[paper][mode]) >= 3


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("text", [
    "body_text_color", "body_text_color_subdued", "block_info_text_color", "slider_color",
    "block_label_text_color", "block_title_text_color", "input_placeholder_color",
    "accordion_text_color", "border_color_accent",
])  # fmt: skip
def test_every_text_can_be_read(text: str, paper: str, mode: int) -> None:
    """On every paper of the page: 4.5 to 1, WCAG 2.2, 1.4.3."""
    assert contrast(COLOURS[text][mode], COLOURS[paper][mode]) >= 4.5
