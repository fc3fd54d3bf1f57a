"""People times garments in the background: fair, stoppable, kept, and erased when asked."""

import csv
import hashlib
import io
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.studio import FakeStudio
from tests.servers import HELD_S, WAIT_S, wait_until
from tryon.anchors import AnchorPair
from tryon.errors import FitExpired, PoseFailed
from tryon.fit import FitOptions, TryOn
from tryon.ui.files import picture_jpeg
from tryon.ui.sessions import Sessions, Work
from tryon.ui.wardrobe import Wardrobes
from tryon.ui.wardrobe_files import contact_sheet, write_zip
from tryon.ui.wardrobe_table import MOST, Table, Tile

ANNA, BEN = (hashlib.sha256(name).hexdigest() for name in (b"anna", b"ben"))
PEOPLE = [("me.jpg", b"person 1"), ("you.jpg", b"person 2")]
GARMENTS = [("shirt.jpg", b"garment 1"), ("skirt.png", b"garment 2")]


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path / "sessions")


def laid_out(studio: FakeStudio, sessions: Sessions) -> Wardrobes:
    wardrobes = Wardrobes(studio, sessions)
    wardrobes.add(ANNA, "person", PEOPLE)
    wardrobes.add(ANNA, "garment", GARMENTS)
    return wardrobes


def run(wardrobes: Wardrobes, visitor: str = ANNA) -> Table:
    wardrobes.start(visitor)
    wait_until(lambda: not wardrobes.look(visitor).is_running, "the tiles")
    return wardrobes.look(visitor)


def test_everyone_gets_everything(sessions: Sessions) -> None:
    """A tile for every pair, scored, with its draft."""
    wardrobes = laid_out(FakeStudio(), sessions)

    tiles = list(run(wardrobes).laid_out())

    assert [tile.state for tile in tiles] == ["done"] * 4
    assert [tile.score for tile in tiles] == [0.83] * 4
    assert all((wardrobes.draft(ANNA, tile) or b"").startswith(b"\xff\xd8") for tile in tiles)


def test_an_outfit_is_worn_together(sessions: Sessions) -> None:
    """One more column, where the service gets both garments at once."""
    studio = FakeStudio()
    wardrobes = laid_out(studio, sessions)
    keys = [piece.key for piece in wardrobes.look(ANNA).garment]

    wardrobes.add_outfit(ANNA, keys)
    table = run(wardrobes)

    assert table.columns == [(keys[0],), (keys[1],), tuple(keys)]
    worn = [tuple(garments) for _, garments, _ in studio.seen]
    assert worn.count((b"garment 1", b"garment 2")) == 2
    assert [len(tile.kinds) for tile in table.laid_out()] == [1, 1, 2] * 2


def test_a_fit_is_made_again_for_whoever_needs_more_than_its_draft(sessions: Sessions) -> None:
    """Review wants every picture; one garment or an outfit, from the very same photos."""
    studio = FakeStudio()
    wardrobes = laid_out(studio, sessions)
    wardrobes.add_outfit(ANNA, [piece.key for piece in wardrobes.look(ANNA).garment])
    tiles = list(run(wardrobes).laid_out())
    seen = {(person, *garments) for person, garments, _ in studio.seen}
    studio.seen.clear()

    made = [wardrobes.again(ANNA, tile.id) for tile in tiles]

    assert [len(try_on.outfit) for try_on in made] == [1, 1, 2] * 2
    assert {(person, *garments) for person, garments, _ in studio.seen} == seen


def test_a_correction_is_seen_on_the_tile_and_kept(sessions: Sessions) -> None:
    """Who corrects one fit of ninety takes it along: in the table, the zip, the review."""
    studio = FakeStudio()
    wardrobes = laid_out(studio, sessions)
    tile, other = list(run(wardrobes).laid_out())[:2]
    made = wardrobes.again(ANNA, tile.id)
    found = made.best.draft.anchors
    first, *others = found.person.anchors
    lower = replace(found.person, anchors=(replace(first, y=first.y + 20), *others))
    anchors = AnchorPair.from_json(replace(found, person=lower).to_json())
    work = Work(b"person 1", b"garment 1", FitOptions(tuck="in", anchors=anchors))
    before = wardrobes.draft(ANNA, tile)
    corrected = studio.refit(made, work.options)

    wardrobes.correct(ANNA, work, corrected)

    shown = Wardrobes(studio, sessions).tile(ANNA, tile.id)  # after a restart, too
    assert shown is not None
    assert (shown.is_corrected, shown.revision) == (True, 1)
    assert wardrobes.draft(ANNA, tile) == picture_jpeg(corrected.best.draft.rgb) != before
    assert wardrobes.options_of(ANNA, tile.id) == work.options
    wardrobes.again(ANNA, tile.id)
    assert studio.seen[-1][2] == work.options
    assert wardrobes.tile(ANNA, other.id) == other


def test_a_correction_taken_back_is_gone_from_the_tile(sessions: Sessions) -> None:
    """Reset in the editor means as found, in the table as well."""
    studio = FakeStudio()
    wardrobes = laid_out(studio, sessions)
    tile = next(run(wardrobes).laid_out())
    made = wardrobes.again(ANNA, tile.id)
    moved = FitOptions(anchors=made.best.draft.anchors)
    wardrobes.correct(ANNA, Work(b"person 1", b"garment 1", moved), made)

    wardrobes.correct(ANNA, Work(b"person 1", b"garment 1", FitOptions()), made)

    shown = wardrobes.tile(ANNA, tile.id)
    assert shown is not None
    assert not shown.is_corrected
    assert wardrobes.options_of(ANNA, tile.id).anchors is None


def test_a_fit_that_is_on_no_table_changes_none(sessions: Sessions) -> None:
    """Other photos, a tile that was never tried, somebody else's table."""
    studio = FakeStudio()
    wardrobes = laid_out(studio, sessions)
    made = studio.try_on(b"person 1", b"garment 1")
    options = FitOptions(anchors=made.best.draft.anchors)
    before = wardrobes.look(ANNA)

    for visitor, garment in ((ANNA, b"garment 1"), (ANNA, b"another"), (BEN, b"garment 1")):
        wardrobes.correct(visitor, Work(b"person 1", garment, options), made)

    assert wardrobes.look(ANNA) == before
    assert sessions.files(BEN) == []


@pytest.mark.parametrize("whose", ["nobody's", "erased", "waiting"])
def test_what_is_not_there_is_not_made_again(sessions: Sessions, whose: str) -> None:
    """A made-up id, a photo whose time is over, a tile that was never tried."""
    wardrobes = laid_out(FakeStudio(), sessions)
    tile = next(wardrobes.look(ANNA).laid_out())
    if whose == "erased":
        run(wardrobes)
        sessions.drop_file(ANNA, tile.person)

    with pytest.raises(FitExpired):
        wardrobes.again(ANNA, "f" * 24 if whose == "nobody's" else tile.id)


def test_a_failure_is_one_tile_with_its_remedy_and_is_tried_again(sessions: Sessions) -> None:
    """One bad photo must not cost the others."""
    studio = FakeStudio()
    wardrobes = laid_out(studio, sessions)
    wardrobes.add(ANNA, "person", [("no.txt", b"not a picture")])

    tiles = list(run(wardrobes).laid_out())

    assert [tile.state for tile in tiles] == ["done"] * 4 + ["failed"] * 2
    assert tiles[-1].remedy
    calls = len(studio.seen)
    run(wardrobes)
    assert len(studio.seen) == calls + 2


def test_a_bug_is_told_without_its_traceback(sessions: Sessions) -> None:
    """The page says a sentence; the log has the rest."""
    wardrobes = laid_out(FakeStudio(fails_at={"align": KeyError("secret")}), sessions)

    tiles = list(run(wardrobes).laid_out())

    assert {tile.state for tile in tiles} == {"failed"}
    assert "secret" not in tiles[0].reason + tiles[0].remedy


def test_visitors_take_turns(sessions: Sessions) -> None:
    """A table of ninety-six does not make the next visitor wait for all of them."""
    order: list[str] = []
    begun = threading.Event()

    class Noting(FakeStudio):
        def try_on(self, person: bytes, *args: object, **kwargs: object) -> TryOn:
            order.append("anna" if person.startswith(b"person") else "ben")
            begun.wait(HELD_S)
            return super().try_on(person, *args, **kwargs)

    wardrobes = laid_out(Noting(), sessions)
    wardrobes.add(BEN, "person", [("b.jpg", b"ben himself")])
    wardrobes.add(BEN, "garment", GARMENTS)

    wardrobes.start(ANNA)
    wardrobes.start(BEN)
    begun.set()
    wait_until(lambda: not any(wardrobes.look(v).is_running for v in (ANNA, BEN)), "the tiles")

    assert order[:4] == ["anna", "ben", "anna", "ben"]


def test_stopping_keeps_what_is_done_and_can_go_on(sessions: Sessions) -> None:
    """Stop answers at once; the tile under way counts as not tried."""
    is_stopped = threading.Event()

    class HeldAtTheSecond(FakeStudio):
        def try_on(self, *args: object, **kwargs: object) -> TryOn:
            if len(self.seen) == 1:
                assert is_stopped.wait(HELD_S)
            return super().try_on(*args, **kwargs)

    wardrobes = laid_out(HeldAtTheSecond(), sessions)
    wardrobes.start(ANNA)
    wait_until(lambda: any(t.state == "done" for t in wardrobes.look(ANNA).laid_out()), "the tiles")

    wardrobes.stop(ANNA)
    is_stopped.set()
    wait_until(
        lambda: all(t.state != "running" for t in wardrobes.look(ANNA).laid_out()), "the tiles"
    )
    states = [tile.state for tile in wardrobes.look(ANNA).laid_out()]

    assert set(states) == {"done", "waiting"}
    assert [tile.state for tile in run(wardrobes).laid_out()] == ["done"] * 4


def test_the_table_outlives_the_server(sessions: Sessions) -> None:
    """After a restart photos, scores and drafts are there; nothing is computed twice."""
    first = laid_out(FakeStudio(), sessions)
    done = run(first)
    first.close()

    studio = FakeStudio()
    again = Wardrobes(studio, sessions)

    assert list(again.look(ANNA).laid_out()) == list(done.laid_out())
    run(again)
    assert studio.seen == []


def test_nobody_sees_the_table_of_somebody_else(sessions: Sessions) -> None:
    """Neither photos nor drafts, even with the right id of a tile."""
    wardrobes = laid_out(FakeStudio(), sessions)
    tile = next(run(wardrobes).laid_out())

    assert list(wardrobes.look(BEN).laid_out()) == []
    assert wardrobes.tile(BEN, tile.id) is None
    assert wardrobes.draft(BEN, tile) is None
    assert wardrobes.photo(BEN, tile.person) is None


def test_forgetting_during_a_run_leaves_nothing_behind(sessions: Sessions) -> None:
    """The tile under way must not write its draft after the deletion."""
    inside, go_on = threading.Event(), threading.Event()

    class Held(FakeStudio):
        def try_on(self, *args: object, **kwargs: object) -> TryOn:
            inside.set()
            go_on.wait(HELD_S)
            return super().try_on(*args, **kwargs)

    wardrobes = laid_out(Held(), sessions)
    wardrobes.start(ANNA)
    assert inside.wait(WAIT_S)

    wardrobes.forget(ANNA)
    sessions.forget(ANNA)
    go_on.set()
    wardrobes.close()

    assert sessions.files(ANNA) == []


def test_there_is_room_for_so_many_and_no_more(sessions: Sessions) -> None:
    """A table has an end; what found no room is said, and the same photo counts once."""
    wardrobes = Wardrobes(FakeStudio(), sessions)
    photos = [(f"{i}.jpg", f"photo {i}".encode()) for i in range(MOST["person"] + 2)]

    left_out = wardrobes.add(ANNA, "person", [photos[0], *photos])

    assert left_out == 2
    assert len(wardrobes.look(ANNA).person) == MOST["person"]


def test_a_removed_photo_takes_its_drafts_and_outfits_along(sessions: Sessions) -> None:
    """Nothing refers to a photo that is gone."""
    wardrobes = laid_out(FakeStudio(), sessions)
    shirt, skirt = (piece.key for piece in wardrobes.look(ANNA).garment)
    wardrobes.add_outfit(ANNA, [shirt, skirt])
    run(wardrobes)

    wardrobes.remove(ANNA, shirt)

    table = wardrobes.look(ANNA)
    assert table.columns == [(skirt,)]
    assert len(list(table.laid_out())) == len(table.tiles) == 2


@pytest.mark.parametrize("keys", [[], ["nobody"], 1], ids=["none", "unknown", "one"])
def test_fewer_than_two_garments_are_no_outfit(sessions: Sessions, keys: object) -> None:
    """A forged or empty request changes nothing."""
    wardrobes = laid_out(FakeStudio(), sessions)
    first = wardrobes.look(ANNA).garment[0].key

    wardrobes.add_outfit(ANNA, [first] if keys == 1 else keys)

    assert wardrobes.look(ANNA).outfits == []


def test_the_zip_holds_every_draft_the_scores_and_the_sheet(
    sessions: Sessions, tmp_path: Path
) -> None:
    """Everything can be taken along; names are those of the files, made safe."""
    wardrobes = laid_out(FakeStudio(), sessions)
    wardrobes.add(ANNA, "person", [("=cmd()/../x.jpg", b"person 3")])
    table = run(wardrobes)

    write_zip(table, lambda tile: wardrobes.draft(ANNA, tile), tmp_path / "all.zip")

    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        names = archive.namelist()
        rows = list(csv.DictReader(io.StringIO(archive.read("scores.csv").decode("utf-8-sig"))))
    assert len([name for name in names if name.startswith("drafts/")]) == 6
    assert all(".." not in name for name in names)
    assert {"contact_sheet.jpg", "scores.csv"} < set(names)
    assert [row["score"] for row in rows] == ["0.830"] * 6
    assert not any(cell.startswith("=") for row in rows for cell in row.values())


def test_the_contact_sheet_shows_failures_and_what_is_not_tried(sessions: Sessions) -> None:
    """A picture for a meeting, also of an unfinished table."""
    wardrobes = laid_out(FakeStudio(fails_at={"detect pose": PoseFailed("nobody")}), sessions)
    table = run(wardrobes)
    table.tiles.pop(next(iter(table.tiles)))

    sheet = contact_sheet(table, lambda tile: None)

    assert sheet.size[0] > 2 * 360
    assert sheet.size[1] > 2 * 480


def test_tiles_that_share_the_rarer_photos_come_together() -> None:
    """Prepared photos are remembered a few at a time: twelve garments would push each other out."""
    table = Table.from_record({
        "person": [{"key": "a", "name": ""}, {"key": "b", "name": ""}],
        "garment": [{"key": k, "name": ""} for k in "xyz"],
    })  # fmt: skip
    order = []
    while tile := table.next_waiting():
        order.append((tile.person, *tile.garments))
        table.tiles[tile.id] = Tile(tile.person, tile.garments, "done")

    assert [garment for _, garment in order] == ["x", "x", "y", "y", "z", "z"]
