"""Our one theme: quiet greys, one teal accent, system fonts, light and dark.

Colours that our own panels share with Gradio's widgets are set here; the rest is in
`assets/*.css`. Contrast of text is at least 4.5 to 1 in both modes.
"""

from pathlib import Path
from typing import Final

import gradio as gr
from gradio.themes.utils import colors, sizes

_SHEETS: Final = (Path(__file__).parents[2] / "assets").glob("*.css")
# `studio` is refined by the others, all of them by `touch`.
CSS_PATHS: Final = sorted(
    _SHEETS, key=lambda path: (path.stem == "touch", path.stem != "studio", path.stem)
)
# Gradio's own sizes, in the unit that follows what a visitor has set in the browser.
TEXT: Final = sizes.Size(
    name="text_rem", xxs="0.5625rem", xs="0.625rem", sm="0.75rem", md="0.875rem", lg="1rem",
    xl="1.375rem", xxl="1.625rem",
)  # fmt: skip
# Light, dark. The edge of what one types into or chooses from is at least 3 to 1, of buttons less:
# they are known by their words.
COLOURS: Final = {
    "body_background_fill": ("#f6f6f4", "#131416"),
    "body_text_color": ("#1c1d20", "#ececee"),
    "body_text_color_subdued": ("#5c5f66", "#a3a6ad"),
    "background_fill_primary": ("#ffffff", "#1c1e21"),
    "background_fill_secondary": ("#f6f6f4", "#131416"),
    "border_color_primary": ("#e4e4e0", "#303338"),
    "border_color_accent": ("#0f766e", "#2dd4bf"),
    "block_background_fill": ("#ffffff", "#1c1e21"),
    "block_info_text_color": ("#5c5f66", "#a3a6ad"),
    "block_label_text_color": ("#44474d", "#c6c8cd"),
    "block_title_text_color": ("#44474d", "#c6c8cd"),
    "input_background_fill": ("#ffffff", "#16181a"),
    "input_border_color": ("#84878e", "#7b7e86"),
    "input_placeholder_color": ("#6a6d75", "#8e9199"),
    "button_primary_background_fill": ("#0f766e", "#2dd4bf"),
    "button_primary_background_fill_hover": ("#0d655e", "#5eead4"),
    "button_primary_text_color": ("#ffffff", "#06251f"),
    "button_secondary_background_fill": ("#ffffff", "#24272b"),
    "button_secondary_background_fill_hover": ("#f1f1ee", "#2c3035"),
    "button_secondary_text_color": ("#1c1d20", "#ececee"),
    "button_secondary_border_color": ("#d3d3ce", "#3a3d43"),
    "slider_color": ("#0f766e", "#2dd4bf"),
    "accordion_text_color": ("#44474d", "#c6c8cd"),
    "checkbox_border_color": ("#84878e", "#7b7e86"),
}
SHAPES: Final = {
    "color_accent": "#0f766e",
    "block_border_width": "0px",
    "block_border_width_dark": "0px",
    "block_shadow": "none",
    "block_shadow_dark": "none",
    "block_title_text_weight": "500",
    "block_title_text_size": "*text_sm",
    "input_border_width": "1px",
    "button_primary_border_color": "transparent",
    "button_primary_border_color_dark": "transparent",
    "button_border_width": "1px",
    "button_border_width_dark": "1px",
    "button_large_text_weight": "600",
    "button_medium_text_weight": "500",
    "button_small_text_weight": "500",
    "layout_gap": "20px",
}


def studio_theme() -> gr.themes.Base:
    """The theme, to be given to the mount."""
    return gr.themes.Base(
        primary_hue=colors.teal,
        secondary_hue=colors.teal,
        neutral_hue=colors.zinc,
        radius_size=sizes.radius_lg,
        spacing_size=sizes.spacing_md,
        text_size=TEXT,
        font=["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"],
        font_mono=["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"],
    ).set(
        **SHAPES,
        **{name: light for name, (light, _) in COLOURS.items()},
        **{f"{name}_dark": dark for name, (_, dark) in COLOURS.items()},
    )
