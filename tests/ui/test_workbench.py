"""Corrections have a lane of their own, the newest wins, and a fit is known by its key alone."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.studio import FakeStudio, a_try_on
from tests.servers import HELD_S, WAIT_S
from tryon.errors import FitExpired, WarpFailed
from tryon.fit import FitOptions, TryOn
from tryon.ui.workbench import Fit, Workbench


@pytest.fixture
def photos(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "person.jpg", tmp_path / "garment.jpg"
    for path in paths:
        path.write_bytes(path.stem.encode())
    return paths


def tucked(options: FitOptions) -> FitOptions:
    return replace(options, tuck="in")


def is_tucked(_fit: Fit, try_on: TryOn) -> bool:
    return try_on.best.draft.is_tucked


def test_a_correction_becomes_the_fit(photos: tuple[Path, Path]) -> None:
    """Later corrections, the page and the zip build on it."""
    bench = Workbench(FakeStudio())
    fit = bench.open(*photos, FitOptions(), a_try_on())

    shown = bench.refit(fit.key, tucked, is_tucked).result(WAIT_S)

    assert shown is True
    assert bench.current(fit).best.draft.is_tucked
    assert fit.options.tuck == "in"


def test_only_the_newest_of_many_corrections_is_finished(photos: tuple[Path, Path]) -> None:
    """A hand that moves on must not wait for drafts nobody will look at."""
    begun, go_on = threading.Event(), threading.Event()

    class Slow(FakeStudio):
        def refit(self, *args: Any, **kwargs: Any) -> TryOn:
            begun.set()
            go_on.wait(HELD_S)
            return super().refit(*args, **kwargs)

    studio = Slow()
    bench = Workbench(studio)
    fit = bench.open(*photos, FitOptions(), a_try_on())

    first = bench.refit(fit.key, tucked, is_tucked)
    assert begun.wait(WAIT_S)
    later = [bench.refit(fit.key, tucked, is_tucked) for _ in range(3)]
    go_on.set()

    assert [done.result(WAIT_S) for done in (first, *later)] == [None, None, None, True]
    assert len(studio.refits) == 2  # the one at work when the next came, and the newest


def test_a_failed_correction_leaves_the_fit_as_it_was(photos: tuple[Path, Path]) -> None:
    """The draft on the page stays; the next correction starts from it."""
    studio = FakeStudio(fails_at={"align": WarpFailed("crossed")})
    bench = Workbench(studio)
    before = a_try_on()
    fit = bench.open(*photos, FitOptions(), before)

    with pytest.raises(WarpFailed):
        bench.refit(fit.key, tucked, is_tucked).result(WAIT_S)

    assert bench.current(fit) is before
    assert fit.options == FitOptions()


def test_a_fit_put_away_is_made_again_from_its_photos(photos: tuple[Path, Path]) -> None:
    """Memory is bounded, yet who comes back after lunch goes on where they were."""
    studio = FakeStudio()
    bench = Workbench(studio, held=1)
    first = bench.open(*photos, FitOptions(), a_try_on())
    bench.refit(first.key, tucked, is_tucked).result(WAIT_S)
    bench.open(*photos, FitOptions(), a_try_on())
    assert first.try_on is None

    again = bench.current(first)

    assert again.best.draft.is_tucked
    assert studio.seen[-1][:2] == (b"person", b"garment")


def test_a_fit_whose_photos_are_erased_has_expired(photos: tuple[Path, Path]) -> None:
    """After their time the photos are gone, and the visitor is told what to do."""
    bench = Workbench(FakeStudio(), held=1)
    fit = bench.open(*photos, FitOptions(), a_try_on())
    bench.open(*photos, FitOptions(), a_try_on())
    photos[0].unlink()

    with pytest.raises(FitExpired):
        bench.current(fit)


def test_keys_are_not_guessable_and_a_closed_fit_is_gone(photos: tuple[Path, Path]) -> None:
    """A key is all it takes to see somebody's draft, so it must be long and short-lived."""
    bench = Workbench(FakeStudio())
    fit, other = (bench.open(*photos, FitOptions(), a_try_on()) for _ in range(2))
    assert fit.key != other.key
    assert len(fit.key) >= 32

    bench.close(fit.key)

    with pytest.raises(FitExpired):
        bench.refit(fit.key, tucked, is_tucked)
