"""Final pictures on the page: kept, found by their maker alone, honest about who made them."""

import hashlib
import threading
from pathlib import Path

import pytest

from tests.fakes.studio import FakeStudio, a_try_on
from tests.servers import HELD_S, WAIT_S
from tryon.errors import Cancelled
from tryon.generation.final import Final
from tryon.generation.generators import GeneratorInfo
from tryon.generation.options import GENERATOR_CHOICES, REALISM_LEVELS, FinalOptions
from tryon.ui import words
from tryon.ui.final_panel import final_options, finals_value, promise_of, watched
from tryon.ui.finals import MOST_KEPT, Finals, pair_of
from tryon.ui.sessions import Sessions

ANNA, BEN = (hashlib.sha256(name).hexdigest() for name in (b"anna", b"ben"))
PAIR = pair_of(b"person", b"garment")
OFFLINE = GeneratorInfo("offline", "classical-2", True, True, "Nothing leaves this machine.")


@pytest.fixture
def finals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Finals:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    return Finals(FakeStudio(), Sessions(tmp_path / "sessions"))


def make(finals: Finals, visitor: str = ANNA, pair: str = PAIR) -> None:
    try_on, options = a_try_on(), FinalOptions()
    finals.keep(visitor, pair, try_on, options, watched(finals.make(try_on, options)))


def test_finals_of_the_same_photos_lie_side_by_side(finals: Finals) -> None:
    """Several are made and compared; those of other photos are not among them."""
    make(finals)
    make(finals)
    make(finals, pair=pair_of(b"person", b"another garment"))

    shown = finals_value(finals, ANNA, PAIR)["finals"]

    assert len(shown) == 2
    assert all(one["final"]["path"] and one["draft"]["path"] for one in shown)
    assert shown[0]["made_by"] == "Offline finisher"


def test_the_full_picture_is_kept_without_loss(finals: Finals) -> None:
    """What was paid for is downloaded at full size, as PNG."""
    make(finals)
    name = finals.all(ANNA)[0]["id"]

    assert (finals.picture(ANNA, name, "full") or b"").startswith(b"\x89PNG")


def test_nobody_gets_the_final_of_somebody_else(finals: Finals) -> None:
    """Not even with its right name."""
    make(finals)

    assert finals.picture(BEN, finals.all(ANNA)[0]["id"], "full") is None
    assert finals_value(finals, BEN, PAIR)["finals"] == []


def test_the_oldest_make_room(finals: Finals) -> None:
    """A folder has an end; pictures go with their records."""
    for _ in range(MOST_KEPT + 1):
        make(finals)

    assert len(finals.all(ANNA)) == MOST_KEPT


def test_cancelling_is_answered_at_once(tmp_path: Path) -> None:
    """A generator may take a minute to notice; the page must not."""
    inside, go_on = threading.Event(), threading.Event()

    class Slow(FakeStudio):
        def finish(self, *args: object, **kwargs: object) -> Final:
            inside.set()
            go_on.wait(HELD_S)
            return super().finish(*args, **kwargs)

    making = Finals(Slow(), Sessions(tmp_path)).make(a_try_on(), FinalOptions())
    assert inside.wait(WAIT_S)
    making.cancel()

    with pytest.raises(Cancelled):
        watched(making)
    go_on.set()


def test_the_promise_names_the_generator_that_will_be_used() -> None:
    """Before a photo leaves the machine one reads where it goes."""
    nano = GeneratorInfo("nano-banana", "some-model", True, True, "The photo is sent to a host.")
    both = (nano, GeneratorInfo("offline", "classical-2", True, False, OFFLINE.sends))

    assert promise_of(both, "auto")["leaves"] is True
    assert promise_of(both, "auto")["sends"] == "The photo is sent to a host."
    assert promise_of(both, "offline")["leaves"] is False


def test_a_generator_that_is_not_set_up_is_never_promised() -> None:
    """Without a key "automatic" is the offline finisher, and says so."""
    nano = GeneratorInfo("nano-banana", "", False, False, "Not set up.")

    assert promise_of((nano, OFFLINE), "auto")["by"] == "Offline finisher"
    assert promise_of((nano, OFFLINE), "nano-banana")["leaves"] is False


def test_every_generator_and_level_has_words() -> None:
    """A choice without words would be a blank line on the page."""
    assert set(words.GENERATOR_LABELS) == set(GENERATOR_CHOICES) - {"auto"}
    assert set(words.GENERATOR_COSTS) == set(words.GENERATOR_LABELS)
    assert set(words.REALISM) == set(REALISM_LEVELS)


def test_options_outside_the_offer_fall_back_to_it() -> None:
    """Anybody can send anything to an endpoint."""
    options = final_options("rm -rf", 99, True, False, " " * 300)

    assert options == FinalOptions("auto", preserve_background=False)
