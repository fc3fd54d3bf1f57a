"""The studio for programs: Gradio endpoints with stable names, which are MCP tools where enabled.

The docstrings are what a client and an assistant read. Names and parameters are a contract: add,
never rename. For many jobs, keys and limits there is the REST API (`docs/api.md`).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import gradio as gr

from tryon.anchors import AnchorPair
from tryon.artifacts.files import final_png
from tryon.errors import InvalidRequest, TryOnError
from tryon.fit import FitOptions, TryOn
from tryon.process import give_way
from tryon.steps import ignore
from tryon.ui.files import keep_bytes, keep_picture, new_path
from tryon.ui.final_panel import final_options
from tryon.ui.finals import Finals
from tryon.ui.fit_run import fit_options
from tryon.ui.photo_input import uploaded_path
from tryon.ui.runner import Runner

AT_ONCE: Final = 1  # programs wait in Gradio's line and leave the second core to people
Answer = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Programs:
    """What the endpoints do.

    Attributes:
        runner: runs the try-ons.
        finals: makes the final pictures.
        defaults: how often to retry, and below which score.
        lane: where programs' try-ons wait for each other.
    """

    runner: Runner
    finals: Finals
    defaults: FitOptions
    lane: ThreadPoolExecutor

    def try_on(self, person: str | None, garment: str | None,
               garment_type: str, tuck: str, anchors: Any) -> Answer:  # fmt: skip
        """Dress the person of one photo in the garment of another and score the fit.

        Args:
            person: photo of one person from head to hips, facing the camera.
            garment: photo of a garment, flat or on a hanger, on a plain background.
            garment_type: auto, or a type such as tshirt, hoodie, jacket, trousers, skirt, dress.
            tuck: auto, in or out; how a top is worn.
            anchors: the anchors of an earlier draft, perhaps with some points moved.

        Returns:
            The draft picture, its score in parts, the anchor points, and a zip of every file.
        """
        with _explained():
            made, options = self._fitted(person, garment, garment_type, tuck, anchors)
            path = new_path("try-on.zip")
            self.runner.pack(made, options, path)
        best = made.best
        picture = keep_picture(best.draft.rgb, "draft")["path"]
        return picture, best.quality.to_json(), best.draft.anchors.to_json(), str(path)

    def finish(self, person: str | None, garment: str | None, garment_type: str, tuck: str,
               anchors: Any, generator: str, realism: float, preserve_face: bool,
               preserve_background: bool) -> Answer:  # fmt: skip
        """Make the final picture of a try-on: the draft with the photo's light, folds and grain.

        Args:
            person: photo of one person from head to hips, facing the camera.
            garment: photo of a garment, flat or on a hanger, on a plain background.
            garment_type: as of try_on.
            tuck: as of try_on.
            anchors: as of try_on.
            generator: auto, nano-banana or offline; the tool generators says what each sends away.
            realism: 1 to 5.
            preserve_face: keep face and hair as photographed.
            preserve_background: keep what is behind the person as photographed.

        Returns:
            The final picture as PNG, and how it was made and checked.
        """
        with _explained():
            made, _ = self._fitted(person, garment, garment_type, tuck, anchors)
            chosen = final_options(generator, realism, preserve_face, preserve_background, None)
            done = self.finals.make(made, chosen).future.result()
        return str(keep_bytes(final_png(done), "final")), done.to_json()

    def generators(self) -> list[dict[str, Any]]:
        """Say who can make final pictures here, which is the default, and what each sends away.

        Returns:
            One record a generator.
        """
        return [
            {"name": one.name, "model": one.model, "available": one.is_available,
             "default": one.is_default, "sends": one.sends}
            for one in self.finals.finisher.generators()
        ]  # fmt: skip

    def _fitted(
        self, person: str | None, garment: str | None, kind: str, tuck: str, anchors: Any
    ) -> tuple[TryOn, FitOptions]:
        if not person or not garment:
            raise InvalidRequest("a photo is missing")
        retries, threshold = self.defaults.max_retries, self.defaults.quality_threshold
        options = fit_options(kind=kind, worn=tuck, retries=retries, threshold=threshold)
        if anchors:
            options = replace(options, anchors=AnchorPair.from_json(anchors))
        photos = Path(person).read_bytes(), Path(garment).read_bytes()
        made = self.lane.submit(self.runner.service.try_on, *photos, options, ignore, lambda: False)
        return made.result(), options


def add_programs(runner: Runner, finals: Finals, defaults: FitOptions) -> None:
    """Connect the endpoints. Call inside `gr.Blocks`; nothing of it is seen on the page.

    Hidden widgets, because `gr.api` neither checks nor fetches files: a client could name any path
    of the server.
    """
    does = Programs(runner, finals, defaults, ThreadPoolExecutor(AT_ONCE, "programs", give_way))
    with gr.Group(visible=False):
        fit = [
            _photo("Person photo"), _photo("Garment photo"),
            gr.Textbox("auto", label="Garment type"), gr.Textbox("auto", label="Tuck"),
            _document("Anchors", "the anchors of an earlier draft; {} to find them"),
        ]  # fmt: skip
        finish = [
            gr.Textbox("auto", label="Generator"), gr.Number(3, label="Realism"),
            gr.Checkbox(True, label="Face"), gr.Checkbox(True, label="Background"),
        ]  # fmt: skip
        draft, final = gr.Image(label="Draft", type="filepath"), gr.File(label="Final picture")
        quality, used, made = (gr.JSON(label=label) for label in ("Quality", "Anchors", "Record"))
        files = gr.File(label="All files")
        hidden = gr.Button()
    line = {"concurrency_limit": AT_ONCE, "concurrency_id": "programs"}
    hidden.click(does.try_on, fit, [draft, quality, used, files], api_name="try_on", **line)
    hidden.click(does.finish, [*fit, *finish], [final, made], api_name="finish", **line)
    hidden.click(does.generators, None, made, api_name="generators")


def _photo(label: str) -> gr.Image:
    photo = gr.Image(label=label, type="filepath", image_mode=None)
    photo.preprocess = uploaded_path
    return photo


def _document(label: str, text: str) -> gr.JSON:
    """An input; Gradio's own schema of one is refused by MCP, and every call with it."""
    document = gr.JSON({}, label=label)
    document.api_info = lambda: {"type": "object", "description": text}
    return document


@contextmanager
def _explained() -> Iterator[None]:
    """A failure we can explain, as a client of Gradio understands it: code, sentence, remedy."""
    try:
        yield
    except TryOnError as error:
        said = f"{error.code}: {error.message} {error.remedy}"
        raise gr.Error(said, print_exception=False) from error
