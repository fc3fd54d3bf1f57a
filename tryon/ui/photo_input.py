"""One card to bring in a photo: upload, paste or camera, an example, or a link; and to turn it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import gradio as gr

from tryon.errors import TryOnError
from tryon.ui.downloads import example_address
from tryon.ui.examples import Example
from tryon.ui.files import keep_bytes
from tryon.ui.panel import panel, said

Turn: TypeAlias = Callable[[bytes, int], bytes]  # of `tryon.studio.Studio.turned`

NOTHING: dict[str, Any] = {}
CARD_PHOTO: Final = "photo"  # class of the images on cards
_GRADIOS_OWN: Final = gr.Image.preprocess


@dataclass(frozen=True, slots=True)
class Beside:
    """The other card: some of its examples do not go with some of ours.

    Attributes:
        name: `person` or `garment`.
        examples: on it.
        why: said of ours once such a one is chosen there.
    """

    name: str
    examples: tuple[Example, ...]
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class PhotoInput:
    """The widgets of one card."""

    name: str
    image: gr.Image
    turner: gr.HTML
    picker: gr.HTML
    link: gr.Textbox
    fetch_button: gr.Button
    link_note: gr.HTML
    examples: tuple[Example, ...]


def photo_card(
    name: str, heading: str, help_text: str, examples: tuple[Example, ...], sources: list[str],
    beside: Beside,
) -> PhotoInput:  # fmt: skip
    """Lay out one card.

    Args:
        name: `person` or `garment`; prefix of the element ids.
        heading: shown above.
        help_text: one sentence on what makes a good photo.
        examples: photos to choose from.
        sources: of `gr.Image`.
        beside: the examples of the other card.
    """
    gr.Image.preprocess = _unopened_on_cards
    with gr.Column(elem_id=f"{name}-card", elem_classes=["card-box"]):
        gr.HTML(f"<h2>{heading}</h2><p class='quiet'>{help_text}</p>", elem_classes=["card-head"])
        turner = panel("turner", {"label": f"{heading} photo"}, uses=("preview",),
                       elem_id=f"{name}-turner")  # fmt: skip
        image = gr.Image(
            label=f"{heading} photo", show_label=False, type="filepath", image_mode=None,
            sources=sources, height=340, elem_id=f"{name}-photo", elem_classes=[CARD_PHOTO],
            buttons=[], placeholder="Drop a photo here, paste it, or click to choose",
        )  # fmt: skip
        value = picker_value(name, examples) | {
            "other": beside.name, "why": beside.why,
            "against": [example.stem for example in beside.examples if example.clashes],
        }  # fmt: skip
        picker = panel("picker", value, elem_id=f"{name}-examples", visible=bool(examples))
        with gr.Accordion("Use a link instead", open=False, elem_classes=["link-box"]):
            link = gr.Textbox(
                label=f"Address of the {name} photo", placeholder="https://…", max_lines=1,
                elem_id=f"{name}-link",
            )  # fmt: skip
            fetch_button = gr.Button("Fetch the photo", size="md", elem_id=f"{name}-fetch")
            link_note = panel("hint", NOTHING, elem_id=f"{name}-link-note")
    return PhotoInput(name, image, turner, picker, link, fetch_button, link_note, examples)


def picker_value(name: str, examples: tuple[Example, ...]) -> dict[str, Any]:
    """What `js/picker.js` shows."""
    items = [
        {"title": e.title, "thumb": example_address(e), "clashes": e.clashes} for e in examples
    ]
    return {"label": f"Example {name} photos", "items": items}


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


def turned_file(card: PhotoInput, turn: Turn, path: str, quarters: int) -> str:
    """The photo of a card as a new file, turned to the right by so many quarters.

    Raises:
        TryOnError: it is no picture.
    """
    return str(keep_bytes(turn(Path(path).read_bytes(), quarters), card.name))


def wire_photo_card(card: PhotoInput, fetch: Callable[[str], bytes], turn: Turn) -> None:
    """Connect examples, link and turning; all of them end as a file in the upload."""

    def pick(event: gr.EventData) -> str:
        index = event.index
        if not isinstance(index, int) or not 0 <= index < len(card.examples):
            raise gr.Error("There is no such example.", print_exception=False)
        example = card.examples[index]
        return str(keep_bytes(example.photo, example.stem))

    def from_link(url: str) -> tuple[Any, dict[str, Any]]:
        try:
            return str(keep_bytes(fetch(url.strip()), card.name)), NOTHING
        except TryOnError as error:
            return gr.skip(), {"message": error.message, "remedy": error.remedy}

    def on_turn(event: gr.EventData, path: str | None) -> tuple[Any, dict[str, Any]]:
        quarters, number = (said(event).get(name) for name in ("quarters", "number"))
        answer = {"label": card.turner.value["label"], "number": number}
        if not path or not isinstance(quarters, int):
            return gr.skip(), answer
        try:
            return turned_file(card, turn, path, quarters), answer
        except TryOnError as error:
            return gr.skip(), answer | {"message": error.message, "remedy": error.remedy}

    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    card.picker.pick(pick, None, card.image, queue=False, **quiet)
    card.turner.turn(on_turn, card.image, [card.image, card.turner], queue=False, **quiet)
    for event in (card.fetch_button.click, card.link.submit):
        event(from_link, card.link, [card.image, card.link_note], show_progress="minimal",
              concurrency_limit=4, api_visibility="private")  # fmt: skip


def wire_remedy(result: gr.HTML, card: PhotoInput, turn: Turn, autostart: gr.HTML) -> None:
    """Connect the button of a failed run that turns the photo and tries again."""

    def on_turn(event: gr.EventData, path: str | None) -> tuple[Any, Any]:
        quarters = said(event).get("quarters")
        if not path or not isinstance(quarters, int):
            return gr.skip(), gr.skip()
        turned = turned_file(card, turn, path, quarters)
        return turned, {"go": turned}

    result.turn(on_turn, card.image, [card.image, autostart], queue=False,
                show_progress="hidden", api_visibility="private")  # fmt: skip
