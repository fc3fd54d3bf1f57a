"""Steps: what watchers hear, and what errors say about where they happened."""

import pytest

from tryon.errors import Cancelled, PoseFailed
from tryon.steps import STAGES, StepEvent, Steps


def test_a_watcher_hears_begin_and_end_with_the_result() -> None:
    """The page shows what runs now, how long it took and what came out."""
    heard: list[StepEvent] = []

    result = Steps(heard.append)("align", lambda x: x + 1, 41)

    assert result == 42
    assert [(e.name, e.is_done, e.result) for e in heard] == [
        ("align", False, None),
        ("align", True, 42),
    ]
    assert heard[1].seconds is not None
    assert heard[1].seconds >= 0


def test_seconds_of_attempts_add_up() -> None:
    """A benchmark of a run with three attempts counts all three."""
    step = Steps()

    step("align", lambda: None)
    once = step.seconds["align"]
    step("align", lambda: None)

    assert step.seconds["align"] > once


def test_a_failure_names_its_stage() -> None:
    """Somebody who reads the error knows which photo to look at."""

    def fail() -> None:
        raise PoseFailed("nobody")

    with pytest.raises(PoseFailed) as failure:
        Steps()("detect pose", fail)

    assert failure.value.stage == "detect pose"
    assert failure.value.to_json()["stage"] == "detect pose"


def test_the_innermost_stage_is_named() -> None:
    """An error that passes through two steps happened in the first."""
    step = Steps()

    def fail() -> None:
        raise PoseFailed

    with pytest.raises(PoseFailed) as failure:
        step("align", lambda: step("detect pose", fail))

    assert failure.value.stage == "detect pose"


def test_a_bug_keeps_its_type_and_gains_a_note() -> None:
    """The log of an unexpected error says in which stage it happened."""

    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as failure:
        Steps()("align", fail)

    assert failure.value.__notes__ == ["in stage align"]


def test_a_failed_stage_never_ends() -> None:
    """A watcher does not see a tick beside a stage that failed."""
    heard: list[StepEvent] = []

    def fail() -> None:
        raise PoseFailed

    with pytest.raises(PoseFailed):
        Steps(heard.append)("detect pose", fail)

    assert [e.is_done for e in heard] == [False]


def test_a_cancelled_run_stops_before_the_next_stage() -> None:
    """Who presses cancel does not pay for the stages that follow."""
    ran: list[str] = []
    step = Steps(is_cancelled=lambda: bool(ran))
    step("load person", lambda: ran.append("load person"))

    with pytest.raises(Cancelled) as stop:
        step("detect pose", lambda: ran.append("detect pose"))

    assert ran == ["load person"]
    assert stop.value.stage == "detect pose"


def test_stage_numbers_are_those_shown_to_people() -> None:
    """The page draws eight stages; an event outside of them would have no place."""
    assert set(STAGES.values()) == set(range(8))
    assert StepEvent("align").stage == 4
