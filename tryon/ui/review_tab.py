"""The studio's tab `Review`: the review's own page, drawn inside the studio."""

from typing import Final

import gradio as gr

# The scripts are those of the page at /review/; they bring their own colours.
_LOAD: Final = """
const base = new URL("review/static/", document.baseURI);
if (!document.querySelector("link[data-review]")) {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = new URL("review.css", base).href;
  sheet.dataset.review = "";
  document.head.append(sheet);
}
const root = element.querySelector(".panel-review") || element;
import(new URL("app.js", base).href).then((review) => review.mount(root));
"""


def build_review_tab() -> None:
    """Lay the tab's content out. Call inside `gr.Tab`; needs `/review/` on the same server."""
    gr.HTML(
        html_template='<div class="panel-review"></div>',
        js_on_load=_LOAD,
        apply_default_css=False,
        elem_id="review",
    )
