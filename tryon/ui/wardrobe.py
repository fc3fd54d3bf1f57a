"""Several people times several garments, tried on in the background: one table a visitor.

One thread works for everybody, one tile of each visitor in turn, so that a long table delays nobody
and leaves the second core to those who drag. What is done is kept on disk at once.
"""

import contextlib
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import replace
from typing import Final

from tryon.errors import Cancelled, FitExpired, TryOnError
from tryon.fit import FitOptions, TryOn
from tryon.process import BACKGROUND, give_way
from tryon.steps import ignore
from tryon.ui.files import picture_jpeg
from tryon.ui.sessions import Sessions, Work
from tryon.ui.tile_fits import Dresser, TileFits
from tryon.ui.wardrobe_table import MOST, Kind, Piece, Table, Tile

KEPT_TABLES: Final = 50  # visitors whose table stays in memory; it is on disk anyway
RECORD: Final = "wardrobe.json"


class Wardrobes:
    """The tables of all visitors, and the thread that fills them.

    Args:
        service: does the fits.
        sessions: keeps photos, drafts and the table of each visitor.
        options: of every fit.
    """

    def __init__(
        self, service: Dresser, sessions: Sessions, options: FitOptions | None = None
    ) -> None:
        self._service = service
        self._sessions = sessions
        self._fits = TileFits(service, sessions, options or FitOptions())
        self._tables: OrderedDict[str, Table] = OrderedDict()
        self._lock = threading.RLock()
        self._pool = ThreadPoolExecutor(1, "wardrobe", give_way, (BACKGROUND,))

    def look(self, visitor: str) -> Table:
        """A copy of the visitor's table as it is now."""
        with self._lock:
            table = self._table(visitor)
            return Table(list(table.person), list(table.garment), list(table.outfits),
                         dict(table.tiles), table.is_running)  # fmt: skip

    def add(self, visitor: str, kind: Kind, photos: Sequence[tuple[str, bytes]]) -> int:
        """Lay photos (name, bytes) beside the others; how many found no room.

        Raises:
            StorageError: the disk said no.
        """
        left_out = 0
        for name, data in photos:
            with self._lock:
                pieces = self._table(visitor).pieces(kind)
                is_known = hashlib.sha256(data).hexdigest() in {piece.key for piece in pieces}
                if not is_known and len(pieces) >= MOST[kind]:
                    left_out += 1
                elif not is_known:
                    pieces.append(Piece(self._sessions.keep_photo(visitor, data), name[:80]))
        self._keep(visitor)
        return left_out

    def remove(self, visitor: str, key: str) -> None:
        """Take a photo off the table, with the drafts made from it."""
        with self._lock:
            self._table(visitor)
            self._tables[visitor] = self._tables[visitor].without(key)
        self._keep(visitor)

    def add_outfit(self, visitor: str, keys: Sequence[str]) -> None:
        """One more column: garments that are worn together. Fewer than two are none."""
        with self._lock:
            self._table(visitor).add_outfit(keys)
        self._keep(visitor)

    def remove_outfit(self, visitor: str, keys: Sequence[str]) -> None:
        """Take an outfit off the table; its garments stay."""
        with self._lock:
            table = self._table(visitor)
            table.outfits = [outfit for outfit in table.outfits if outfit != tuple(keys)]
            used = {tile.id for tile in table.laid_out()}
            table.tiles = {i: tile for i, tile in table.tiles.items() if i in used}
        self._keep(visitor)

    def turn(self, visitor: str, tile_id: str, quarters: int) -> None:
        """Turn the person photo of a tile to the right by quarters, and try it on again.

        Raises:
            StorageError: the disk said no.
        """
        tile = self.tile(visitor, tile_id)
        photo = self._sessions.photo(visitor, tile.person) if tile else None
        if tile is None or photo is None:
            return
        turned = self._sessions.keep_photo(visitor, self._service.turned(photo, quarters))
        with self._lock:
            self._table(visitor).with_other_person(tile.person, turned)
        self._keep(visitor)
        self.start(visitor)

    def start(self, visitor: str) -> None:
        """Try everything on that is not done; failed tiles are tried again."""
        with self._lock:
            table = self._table(visitor)
            table.tiles = {i: t for i, t in table.tiles.items() if t.state != "failed"}
            if not table.is_running and table.next_waiting():
                table.is_running = True
                self._pool.submit(self._work, visitor)

    def stop(self, visitor: str) -> None:
        """Stop before the next stage of the tile under way."""
        with self._lock:
            self._table(visitor).is_running = False

    def forget(self, visitor: str) -> None:
        """Stop and drop the table; the files are the concern of `Sessions.forget`."""
        with self._lock:
            self.stop(visitor)
            self._tables.pop(visitor, None)

    def tile(self, visitor: str, tile_id: str) -> Tile | None:
        """A tile of this visitor by its id."""
        with self._lock:
            return next((t for t in self._table(visitor).laid_out() if t.id == tile_id), None)

    def again(self, visitor: str, tile_id: str) -> TryOn:
        """The fit of a finished tile, made again from its photos, in line with everybody's tiles.

        Raises:
            FitExpired: no such tile, or its photos are erased.
            Cancelled: it was taken off the table meanwhile, or the server ends.
            TryOnError: as any fit.
        """
        tile = self.tile(visitor, tile_id)
        photos = self._fits.photos(visitor, tile) if tile and tile.state == "done" else []
        if not photos:
            raise FitExpired(tile_id)
        options = self.options_of(visitor, tile_id)
        try:
            return self._pool.submit(
                self._service.try_on, photos[0], photos[1:], options, on_step=ignore,
                is_cancelled=lambda: self.tile(visitor, tile_id) is None,
            ).result()  # fmt: skip
        except (CancelledError, RuntimeError) as exc:
            raise Cancelled from exc

    def options_of(self, visitor: str, tile_id: str) -> FitOptions:
        """How a tile was fitted: with what was corrected by hand, where it was."""
        return self._fits.options(visitor, self.tile(visitor, tile_id))

    def tile_of(self, visitor: str, work: Work) -> Tile | None:
        """The finished tile of a fit that is corrected, or was, in the editor."""
        keys = [hashlib.sha256(photo).hexdigest() for photo in (work.person, work.garment)]
        tile = self.tile(visitor, Tile(keys[0], (keys[1],)).id)
        has_news = tile and tile.state == "done" and (work.is_corrected or tile.is_corrected)
        return tile if has_news else None

    def correct(self, visitor: str, work: Work, try_on: TryOn) -> None:
        """Lay a fit that was corrected in the editor on its tile, if there is one.

        Raises:
            StorageError: the disk said no.
        """
        draft = picture_jpeg(try_on.best.draft.rgb)
        with self._lock:
            tile = self.tile_of(visitor, work)
            if tile is None:
                return
            self._sessions.save_work(visitor, work, tile.work_file)
            self._sessions.save_file(visitor, tile.draft_file, draft)
            self._table(visitor).tiles[tile.id] = replace(
                tile.with_fit(try_on), is_corrected=work.is_corrected, revision=tile.revision + 1
            )
        self._keep(visitor)

    def draft(self, visitor: str, tile: Tile) -> bytes | None:
        """The draft of a finished tile: a JPEG at the size of the working picture."""
        return self._sessions.read_file(visitor, tile.draft_file)

    def photo(self, visitor: str, key: str) -> bytes | None:
        """A photo on the visitor's table, byte for byte."""
        return self._sessions.photo(visitor, key)

    def close(self) -> None:
        """Finish the tile under way and end the thread."""
        with self._lock:
            for table in self._tables.values():
                table.is_running = False
        self._pool.shutdown(cancel_futures=True)

    def _work(self, visitor: str) -> None:
        """Try one tile on, then get in line again behind the other visitors."""
        with self._lock:
            table = self._tables.get(visitor)
            tile = table.next_waiting() if table and table.is_running else None
            if table is None or tile is None:
                if table:
                    table.is_running = False
                return
            table.tiles[tile.id] = replace(tile, state="running")

        def is_cancelled() -> bool:
            now = self._tables.get(visitor)
            return now is None or not now.is_running or tile.id not in now.tiles

        done = self._fits.fit(visitor, tile, is_cancelled)
        with self._lock:
            now = self._tables.get(visitor)
            if now is None:  # forgotten meanwhile: nothing of it may be written again
                self._sessions.drop_file(visitor, tile.draft_file)
                return
            was_wanted = now.tiles.pop(tile.id, None)
            if done is not None and was_wanted:
                now.tiles[tile.id] = done
            else:
                self._sessions.drop_file(visitor, tile.draft_file)
            with contextlib.suppress(TryOnError):  # a full disk loses the record, not the page
                self._keep(visitor)
            with contextlib.suppress(RuntimeError):  # the server is about to end
                self._pool.submit(self._work, visitor)

    def _table(self, visitor: str) -> Table:
        if visitor not in self._tables:
            self._tables[visitor] = Table.from_record(self._sessions.load(visitor, RECORD))
            idle = [name for name, table in self._tables.items() if not table.is_running]
            for name in idle[: max(0, len(self._tables) - KEPT_TABLES)]:
                if name != visitor:
                    del self._tables[name]
        self._tables.move_to_end(visitor)
        return self._tables[visitor]

    def _keep(self, visitor: str) -> None:
        self._sessions.save(visitor, RECORD, self.look(visitor).to_record())
