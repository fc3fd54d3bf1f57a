"""What the panels say while a run goes on, when it ends and when it fails."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.fakes.studio import FakeStudio, OddlyWorded, a_try_on, of_garment
from tryon.anchors import GARMENT_LABELS, GarmentType, Tuck
from tryon.arrays import RgbImage
from tryon.errors import Cancelled, PoseFailed, StorageError
from tryon.fit import FitOptions
from tryon.steps import STAGES, StepEvent
from tryon.ui import words
from tryon.ui.report import RunReport
from tryon.ui.runner import Failed, Fitted, Started, Waiting
from tryon.ui.stage_pictures import STAGE_PICTURES


class Kept:
    """Pictures the report stored, by name; stands in for the cache."""

    def __init__(self) -> None:
        self.pictures: list[tuple[str, RgbImage]] = []

    def __call__(self, rgb: RgbImage, stem: str) -> dict[str, Any]:
        self.pictures.append((stem, rgb))
        return {"path": f"{stem}-{len(self.pictures)}.jpg"}


def events_of_a_run() -> list[StepEvent]:
    events: list[StepEvent] = []
    FakeStudio().try_on(b"person", b"garment", on_step=events.append)
    return events


def states(report: RunReport) -> dict[int, str]:
    return {row["number"]: row["state"] for row in report.stages_panel["rows"]}


def shown(report: RunReport) -> list[str]:
    return [card["key"] for card in report.strip_panel["cards"] if card["image"]]


def test_before_a_run_all_stages_wait_and_nothing_is_shown() -> None:
    """The empty page already tells what will happen, in the order of the stage numbers."""
    report = RunReport(Kept())

    assert list(states(report)) == list(range(8))
    assert set(states(report).values()) == {"pending", "skipped"}
    assert shown(report) == []


def test_pictures_appear_as_their_stage_ends() -> None:
    """Nobody waits for the draft to see whether the person was found."""
    report = RunReport(Kept())
    seen = {}

    for event in events_of_a_run():
        report.add(event)
        if event.is_done:
            seen[event.name] = shown(report)

    assert seen["load person"] == ["person"]
    assert seen["detect pose"] == ["person", "keypoints"]
    assert "arms_mask" in seen["segment person"]
    assert "cutout" in seen["prepare garment"]
    assert seen["align"] == [picture.key for picture in STAGE_PICTURES]


def test_one_stage_runs_at_a_time_and_attempts_are_counted() -> None:
    """Stage 4 takes the seconds of both attempts, and says that there were two."""
    report = RunReport(Kept())

    for event in events_of_a_run():
        report.add(event)
        if not event.is_done:
            running = [n for n, state in states(report).items() if state == "running"]
            assert running == [event.stage]

    assert report.stages_panel["rows"][4]["runs"] == 2


def test_the_end_shows_the_best_attempt_not_the_last() -> None:
    """A later attempt can be worse; pictures and score must be those of the one kept."""
    good = a_try_on()
    worse = replace(
        good.attempts[0],
        draft=replace(good.best.draft, rgb=np.zeros_like(good.best.draft.rgb)),
    )
    try_on = replace(good, attempts=(good.best, worse))
    kept = Kept()
    report = RunReport(kept)
    report.add(StepEvent("load person", 0.1, good.person.photo))
    report.add(StepEvent("align", 0.1, worse.draft))

    report.add(Fitted(try_on))

    drafts = [rgb for stem, rgb in kept.pictures if stem == "draft"]
    assert np.array_equal(drafts[-1], good.best.draft.rgb)
    assert [a["best"] for a in report.score["attempts"]] == [True, False]


def test_a_remembered_person_is_shown_in_full() -> None:
    """The second run with the same photo skips stages 0-2; their pictures must still be there."""
    report = RunReport(Kept())

    report.add(Fitted(a_try_on()))

    assert shown(report) == list(words.CARDS)
    assert {states(report)[n] for n in range(6)} == {"done"}


def test_the_draft_comes_with_facts_and_notes() -> None:
    """What was recognised, how large, how long; and what a person should know."""
    report = RunReport(Kept())

    report.add(Fitted(a_try_on()))

    assert report.result["facts"][:3] == [
        "T-shirt, 92% sure", "Over the waistband", "384 × 512 px",
    ]  # fmt: skip
    assert report.result["notes"] == ["The picture is small, so the print may look soft."]


@pytest.mark.parametrize(
    ("kind", "tuck", "said"),
    [("tshirt", "in", {"Tucked in"}), ("trousers", "auto", set())],
)
def test_the_facts_say_whether_a_top_was_tucked_in(
    kind: GarmentType, tuck: Tuck, said: set[str]
) -> None:
    """A hem that vanishes behind the waistband is meant so; of trousers there is nothing to say."""
    options = FitOptions(garment_type=kind, tuck=tuck)
    report = RunReport(Kept())

    report.add(Fitted(FakeStudio().try_on(b"person", b"garment", options)))

    assert set(report.result["facts"]) & set(words.TUCK_LABELS.values()) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.944, "agreement", "94%"),
        (0.000808, "shoulder widths", "0.00 shoulder widths"),
        (2.214, "degrees", "2.2°"),
        (3.14159, "px", "3.14 px"),
        (7.0, "", "7"),
    ],
)
def test_measured_values_are_short(value: float, unit: str, said: str) -> None:
    """Nobody reads 0.000808 shoulder widths; a unit we do not know is still shown."""
    made = a_try_on()
    part = replace(made.best.quality.components["shoulder_fit"], value=value, unit=unit)
    quality = replace(made.best.quality, components={"shoulder_fit": part})
    report = RunReport(Kept())

    report.add(Fitted(replace(made, attempts=(replace(made.best, quality=quality),))))

    assert report.score["components"][0]["value"] == said


def test_a_draft_says_at_once_how_good_it_is() -> None:
    """The score stands under the picture, not only a screen further down."""
    made = a_try_on()
    report = RunReport(Kept())

    report.add(Fitted(made))

    assert report.result["score"] == round(100 * made.best.quality.score)
    assert (report.result["level"], report.result["passed"]) == ("good", True)


@pytest.mark.parametrize(
    "more", ["", " That is not sure; choose the type if it is something else."]
)
def test_nothing_is_said_twice_about_a_draft(more: str) -> None:
    """The kind of garment is among the facts; only a note that says more is shown as well."""
    made = a_try_on()
    label = GARMENT_LABELS[made.garment.garment_type]
    note = f"The garment was taken for: {label}.{more}"
    report = RunReport(Kept())

    report.add(Fitted(of_garment(made, notes=(note,))))

    assert (note in report.result["notes"]) is bool(more)


def test_a_failure_names_what_to_do_and_where_it_happened() -> None:
    """In place of the draft: message, remedy, code and stage."""
    report = RunReport(Kept())
    report.add(Started())
    report.add(StepEvent("detect pose"))
    error = PoseFailed("nobody")
    error.stage = "detect pose"

    report.add(Failed(error))

    assert report.result == {"state": "error", **error.to_json()}
    assert states(report)[2] == "failed"
    assert report.is_over


def test_a_bug_shows_a_sentence_and_no_detail() -> None:
    """Details of the server are for the log."""
    report = RunReport(Kept())

    report.add(Failed(None))

    assert report.result == {"state": "error", **words.INTERNAL}


def test_cancelling_is_not_an_error() -> None:
    """Who cancels has done nothing wrong."""
    report = RunReport(Kept())
    report.add(Started())
    report.add(StepEvent("align"))

    report.add(Failed(Cancelled()))

    assert report.result["state"] == "stopped"
    assert states(report)[4] == "stopped"


def test_a_draft_without_its_zip_is_still_a_draft() -> None:
    """A full disk must not take away the result that is already on the page."""
    report = RunReport(Kept())
    report.add(Fitted(a_try_on()))

    report.add(Failed(StorageError("disk full")))

    assert report.result["state"] == "done"
    assert report.result["notes"][-1] == f"No zip: {StorageError.default_message}"


@pytest.mark.parametrize(
    ("ahead", "text"), [(1, "1 run is ahead of yours."), (3, "3 runs are ahead.")]
)
def test_waiting_in_line_is_said(ahead: int, text: str) -> None:
    """Both slots taken is normal on a busy day."""
    report = RunReport(Kept())

    report.add(Waiting(ahead))

    assert report.result["text"] == text


def test_panels_are_plain_data() -> None:
    """They go to the browser as JSON, where texts are set as text; odd words stay as they are."""
    report = RunReport(Kept())
    for event in events_of_a_run():
        report.add(event)
    report.add(Failed(OddlyWorded()))

    panels = (report.result, report.stages_panel, report.strip_panel, report.score)

    assert "<b>bold</b> & ${1+1} {{this}}" in json.dumps(panels)


def test_every_picture_of_the_viewer_has_words() -> None:
    """A new picture is an entry in one list and one line of words; this holds them together."""
    assert [picture.key for picture in STAGE_PICTURES] == list(words.CARDS)
    assert {picture.step for picture in STAGE_PICTURES} <= set(STAGES)


def test_layers_go_with_the_photo_they_lie_over() -> None:
    """A layer of another size or photo would show edges where there are none."""
    kept = Kept()
    RunReport(kept).add(Fitted(a_try_on()))
    sizes = {stem: picture.shape for stem, picture in kept.pictures}

    layers = [stem for stem in sizes if stem.endswith("_layer")]

    assert {stem.removesuffix("_layer") for stem in layers} == {
        picture.key for picture in STAGE_PICTURES if picture.lay
    }
    assert all(sizes[stem][:2] == sizes["person"][:2] and sizes[stem][2] == 4 for stem in layers)


def test_a_corrected_fit_replaces_the_pictures_it_changed() -> None:
    """Draft and warped garment are new; the person, and what was found in it, stay."""
    kept = Kept()
    report = RunReport(kept)
    report.add(Fitted(a_try_on()))
    before = dict(report.cards)

    report.correct(a_try_on())

    changed = {key for key in report.cards if report.cards[key] != before[key]}
    assert changed == {p.key for p in STAGE_PICTURES if p.step == "align"}


def test_every_stage_and_step_has_words() -> None:
    """A new stage without words would be a hole in the page."""
    assert set(words.STAGE_ROWS) == set(STAGES.values())
    assert set(STAGES) - set(words.DOING) == {"generate"}
