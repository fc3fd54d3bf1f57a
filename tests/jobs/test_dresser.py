"""What a job asks for is what the studio does, and what the job says of it."""

import json
from typing import Any

from tests.fakes.studio import FakeStudio, PoorBelow, a_try_on
from tryon.artifacts.record import RunRecord
from tryon.fit import TryOn
from tryon.generation.final import Final
from tryon.generation.options import FinalOptions
from tryon.jobs.dresser import Dressed, StudioDresser
from tryon.jobs.job import GarmentOptions, JobOptions
from tryon.steps import ignore

DRAFT = JobOptions(mode="draft")
FINAL = JobOptions(
    mode="final", preserve_face=False, preserve_background=False, realism_level=5,
    generator="offline", max_retries=3,
)  # fmt: skip


class Finishing(FakeStudio):
    """Keeps what it was asked to finish."""

    def finish(self, try_on: TryOn, options: FinalOptions | None = None, *args: Any) -> Final:
        """As the fake."""
        self.finished = options
        return super().finish(try_on, options, *args)


def dressed(studio: FakeStudio, options: JobOptions, *garments: bytes) -> Dressed:
    """One job of these garments, or of one."""
    dresser = StudioDresser(studio, 0.6, RunRecord(settings={"work_image_size": 1536}))
    return dresser(b"person", garments or (b"garment",), options, ignore, lambda: False)


def test_what_was_chosen_reaches_every_garment() -> None:
    """Type, tuck and retries as submitted; the threshold is the service's."""
    studio = FakeStudio()
    kinds = (GarmentOptions("hoodie"), GarmentOptions())

    dressed(studio, JobOptions(kinds, "draft", tuck="in", max_retries=1), b"top", b"bottom")

    [(person, garments, options)] = studio.seen
    assert (person, garments) == (b"person", (b"top", b"bottom"))
    asked = [(o.garment_type, o.tuck, o.max_retries, o.quality_threshold) for o in options]
    assert asked == [("hoodie", "in", 1, 0.6), (None, "in", 1, 0.6)]


def test_anchors_bring_their_type() -> None:
    """They were checked when the job was submitted, and are fitted as they are."""
    studio = FakeStudio()
    pair = a_try_on().best.draft.anchors

    dressed(studio, JobOptions((GarmentOptions(anchors=pair.to_json()),), "draft"))

    [(*_, (options,))] = studio.seen
    assert options.garment_type == pair.garment_type == "tshirt"
    assert options.anchors is not None
    assert options.anchors.to_json() == pair.to_json()


def test_anchors_of_any_garment_are_told() -> None:
    """Who compares two runs sees that points of the trousers were set by hand."""
    by_hand = GarmentOptions(anchors=a_try_on().best.draft.anchors.to_json())

    made = dressed(FakeStudio(), JobOptions((GarmentOptions(), by_hand), "draft"), b"top", b"low")

    assert json.loads(dict(made.files)["run.json"])["settings"]["anchors"] == "given"


def test_a_draft_is_its_files() -> None:
    """The picture is the draft, and the record says how it was made."""
    made = dressed(FakeStudio(), DRAFT)

    files = dict(made.files)
    record = json.loads(files["run.json"])
    assert made.picture == "draft_composite.png"
    assert made.picture in files
    assert "result.png" not in files
    assert (record["mode"], record["settings"]["work_image_size"]) == ("draft", 1536)
    assert record["settings"]["quality_threshold"] == 0.6
    assert made.generator is None


def test_a_final_picture_is_made_as_chosen() -> None:
    """It may cost money: made anew once at most, however many fits may be tried."""
    studio = Finishing()

    made = dressed(studio, FINAL)

    files = dict(made.files)
    assert studio.finished == FinalOptions(
        generator="offline", preserve_face=False, preserve_background=False, realism_level=5,
        max_retries=1,
    )  # fmt: skip
    assert made.picture == "result.png"
    assert {"result.png", "generation.json", "draft_composite.png"} <= files.keys()
    assert json.loads(files["run.json"])["settings"]["final"]["realism_level"] == 5
    assert made.generator == "offline"
    assert "generate" in made.seconds


def test_an_outfit_scores_as_its_worst_garment() -> None:
    """Retries are counted for all of them."""
    both = JobOptions((GarmentOptions(), GarmentOptions()), "draft")

    made = dressed(PoorBelow(scores=(0.4, 0.9)), both, b"top", b"bottom")

    assert (made.quality_score, made.retry_count) == (0.3, 1)
