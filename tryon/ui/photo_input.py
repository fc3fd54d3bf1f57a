"""One card to bring in a photo: upload, paste or camera, an example, or a link."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import gradio as gr

from tryon.errors import TryOnError
from tryon.ui.examples import Example
from tryon.ui.files import keep_bytes
from tryon.ui.panel import panel

NOTHING: dict[str, Any] = {}
CARD_PHOTO: Final = "photo"  # class of the images on cards
_GRADIOS_OWN: Final = gr.Image.preprocess


@dataclass(frozen=True, slots=True, eq=False)
class PhotoInput:
    """The widgets of one card."""

    name: str
    image: gr.Image
    picker: gr.HTML
    link: gr.Textbox
    fetch_button: gr.Button
    link_note: gr.HTML
    examples: tuple[Example, ...]


def photo_card(
    name: str, heading: str, help_text: str, examples: tuple[Example, ...], sources: list[str]
) -> PhotoInput:
    """Lay out one card.

    Args:
        name: `person` or `garment`; prefix of the element ids.
        heading: shown above.
        help_text: one sentence on what makes a good photo.
        examples: photos to choose from.
        sources: of `gr.Image`.
    """
    gr.Image.preprocess = _unopened_on_cards
    with gr.Column(elem_id=f"{name}-card", elem_classes=["card-box"]):
        gr.HTML(f"<h2>{heading}</h2><p class='quiet'>{help_text}</p>", elem_classes=["card-head"])
        image = gr.Image(
            label=f"{heading} photo", show_label=False, type="filepath", image_mode=None,
            sources=sources, height=340, elem_id=f"{name}-photo", elem_classes=[CARD_PHOTO],
            buttons=[], placeholder="Drop a photo here, paste it, or click to choose",
        )  # fmt: skip
        items = [{"title": e.title, "thumb": e.thumb} for e in examples]
        picker = panel("picker", {"label": f"Example {name} photos", "items": items},
                       elem_id=f"{name}-examples", visible=bool(items))  # fmt: skip
        with gr.Accordion("Use a link instead", open=False, elem_classes=["link-box"]):
            link = gr.Textbox(
                label=f"Address of the {name} photo", placeholder="https://…", max_lines=1,
                elem_id=f"{name}-link",
            )  # fmt: skip
            fetch_button = gr.Button("Fetch the photo", size="md", elem_id=f"{name}-fetch")
            link_note = panel("hint", NOTHING, elem_id=f"{name}-link-note")
    return PhotoInput(name, image, picker, link, fetch_button, link_note, examples)


def _unopened_on_cards(image: gr.Image, payload: Any) -> Any:
    """Hand the uploads of our cards over unopened; other images as Gradio does.

    Set on the class: Gradio makes the component anew when an event leaves it as it is, and a method
    set on one of them is gone then. A subclass would make Gradio write a stub file beside us.
    """
    if CARD_PHOTO in (image.elem_classes or []):
        return uploaded_path(payload)
    return _GRADIOS_OWN(image, payload)


def uploaded_path(payload: Any) -> str | None:
    """The upload as a file, unopened: stage 0 is the only decoder, and explains what it refuses.

    Gradio has checked by then that the path is an upload of this app.
    """
    return payload.path if payload is not None and payload.path else None


def wire_photo_card(card: PhotoInput, fetch: Callable[[str], bytes]) -> None:
    """Connect examples and link; both end as a file in the upload."""

    def pick(event: gr.EventData) -> str:
        index = event.index
        if not isinstance(index, int) or not 0 <= index < len(card.examples):
            raise gr.Error("There is no such example.", print_exception=False)
        return str(keep_bytes(card.examples[index].path.read_bytes(), card.name))

    def from_link(url: str) -> tuple[Any, dict[str, Any]]:
        try:
            return str(keep_bytes(fetch(url.strip()), card.name)), NOTHING
        except TryOnError as error:
            return gr.skip(), {"message": error.message, "remedy": error.remedy}

    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    card.picker.pick(pick, None, card.image, queue=False, **quiet)
    for event in (card.fetch_button.click, card.link.submit):
        event(from_link, card.link, [card.image, card.link_note], show_progress="minimal",
              concurrency_limit=4, api_visibility="private")  # fmt: skip
