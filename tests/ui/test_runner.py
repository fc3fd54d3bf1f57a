"""Runs beside the page: bounded, watched, cancellable, and honest about failures."""

import threading
from pathlib import Path

import pytest

from tests.fakes.studio import FakeStudio, fake_pack
from tests.servers import WAIT_S, wait_until
from tryon.errors import Cancelled, PoseFailed, StorageError, TimedOut, WeightsUnavailable
from tryon.fit import FitOptions, TryOn
from tryon.steps import StepEvent
from tryon.ui.runner import Dropped, Failed, Fitted, Packed, Run, Runner, Started, Waiting


@pytest.fixture
def photos(tmp_path: Path) -> tuple[Path, Path]:
    person, garment = tmp_path / "person.jpg", tmp_path / "garment.jpg"
    person.write_bytes(b"person")
    garment.write_bytes(b"garment")
    return person, garment


def start(runner: Runner, photos: tuple[Path, Path], name: str = "all.zip") -> Run:
    return runner.start(*photos, FitOptions(), photos[0].parent / name)


def test_a_run_tells_every_stage_then_the_draft_then_the_zip(photos: tuple[Path, Path]) -> None:
    """The page can show each result as it comes."""
    runner = Runner(FakeStudio(), fake_pack)

    events = list(start(runner, photos).events())

    begun = [e.name for e in events if isinstance(e, StepEvent) and not e.is_done]
    assert begun == [
        "load person", "detect pose", "segment person", "load garment", "prepare garment",
        "align", "check quality", "align", "check quality", "store",
    ]  # fmt: skip
    assert isinstance(events[0], Started)
    assert any(isinstance(e, Fitted) for e in events)
    assert isinstance(events[-1], Packed)
    assert events[-1].path.stat().st_size > 0


def test_the_photos_reach_the_studio_byte_for_byte(photos: tuple[Path, Path]) -> None:
    """Stage 0 is the only decoder; nothing before it may touch the file."""
    studio = FakeStudio()

    list(start(Runner(studio, fake_pack), photos).events())

    assert studio.seen == [(b"person", b"garment", FitOptions())]


def test_no_more_runs_at_once_than_there_are_slots(photos: tuple[Path, Path]) -> None:
    """Two cores serve two runs well and five runs badly."""
    busy, most, lock, both = 0, 0, threading.Lock(), threading.Event()

    class Counting(FakeStudio):
        def try_on(self, *args: object, **kwargs: object) -> TryOn:
            nonlocal busy, most
            with lock:
                busy += 1
                most = max(most, busy)
                if busy == 2:
                    both.set()
            assert both.wait(WAIT_S)
            with lock:
                busy -= 1
            return super().try_on(*args, **kwargs)

    runner = Runner(Counting(), fake_pack, slots=2)

    runs = [start(runner, photos, f"{i}.zip") for i in range(5)]

    assert all(isinstance(list(run.events())[-1], Packed) for run in runs)
    assert most == 2


def test_who_waits_is_told_how_many_are_ahead_and_moves_up(photos: tuple[Path, Path]) -> None:
    """Waiting without a number feels broken."""
    hold = photos[0].parent / "load person"
    hold.touch()
    runner = Runner(FakeStudio(holds=hold.parent), fake_pack, slots=1)
    first = start(runner, photos, "1.zip")
    next(e for e in first.events() if isinstance(e, Started))

    runs = [start(runner, photos, f"{i}.zip") for i in (2, 3)]
    hold.unlink()

    ahead = [[e.ahead for e in run.events() if isinstance(e, Waiting)] for run in runs]
    assert ahead == [[1], [2, 1]]


def test_cancelling_ends_the_watching_while_the_stage_goes_on(photos: tuple[Path, Path]) -> None:
    """Cancel must feel immediate although a stage cannot be broken off."""
    hold = photos[0].parent / "load person"
    hold.touch()
    run = start(Runner(FakeStudio(holds=hold.parent), fake_pack), photos)

    events = []
    for event in run.events():
        events.append(event)
        if isinstance(event, Started):
            run.cancel()

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, Cancelled)
    hold.unlink()


def test_a_dropped_run_shows_nothing_any_more(photos: tuple[Path, Path]) -> None:
    """After a new upload, results of the old photos would be lies."""
    run = start(Runner(FakeStudio(), fake_pack), photos)
    watching = run.events()
    next(watching)
    wait_until((photos[0].parent / "all.zip").exists, "the end, with every event in line")

    run.drop()

    assert [type(event) for event in watching] == [Dropped]


@pytest.mark.parametrize(
    "error",
    [PoseFailed("nobody"), StorageError("disk full"), WeightsUnavailable("no source answered")],
    ids=["photo", "storage", "models"],
)
def test_an_explained_failure_arrives_as_it_is(photos: tuple[Path, Path], error: Exception) -> None:
    """Message and remedy are written once, in errors.py."""
    runner = Runner(FakeStudio(fails_at={"detect pose": error}), fake_pack)

    last = list(start(runner, photos).events())[-1]

    assert isinstance(last, Failed)
    assert last.error is error


def test_a_bug_is_told_without_its_traceback(
    photos: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    """The traceback is for our log; it may hold paths and data of the server."""
    runner = Runner(FakeStudio(fails_at={"align": KeyError("oops")}), fake_pack)

    last = list(start(runner, photos).events())[-1]

    assert last == Failed(None)
    assert "oops" in caplog.text


def test_a_run_that_hangs_is_given_up(photos: tuple[Path, Path]) -> None:
    """A page that says "working" for ever helps nobody."""
    hold = photos[0].parent / "load person"
    hold.touch()
    run = start(Runner(FakeStudio(holds=hold.parent), fake_pack), photos)

    last = list(run.events(limit_s=0.3))[-1]
    hold.unlink()

    assert isinstance(last, Failed)
    assert isinstance(last.error, TimedOut)
    assert run.is_cancelled
