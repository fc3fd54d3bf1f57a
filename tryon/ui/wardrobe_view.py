"""The wardrobe as its panels show it: plain data for `js/rack.js` and `js/wardrobe.js`."""

from collections.abc import Mapping
from typing import Any, Final

from tryon.ui.downloads import SHEET, ZIP
from tryon.ui.files import jpeg_thumb, own_file
from tryon.ui.quality_panel import level
from tryon.ui.wardrobe import Wardrobes
from tryon.ui.wardrobe_files import names_of
from tryon.ui.wardrobe_table import MOST, Kind, Table, Tile

THUMB_PX: Final = 560


def rack_value(wardrobes: Wardrobes, visitor: str, kind: Kind, note: str = "") -> dict[str, Any]:
    """The photos of one rack."""
    table = wardrobes.look(visitor)
    names = names_of(table)
    return {
        "kind": kind,
        "most": MOST[kind],
        "note": note,
        "pieces": [
            {
                "key": piece.key,
                "name": names[piece.key],
                "image": _photo(wardrobes, visitor, piece.key),
            }
            for piece in table.pieces(kind)
        ],
    }


def tiles_value(wardrobes: Wardrobes, visitor: str, table: Table) -> dict[str, Any]:
    """The table of drafts."""
    names = names_of(table)
    tiles = list(table.laid_out())
    return {
        "rows": [
            {"name": names[p.key], "image": _photo(wardrobes, visitor, p.key)} for p in table.person
        ],
        "columns": [
            {
                "keys": list(keys),
                "names": [names[key] for key in keys],
                "images": [_photo(wardrobes, visitor, key) for key in keys],
            }
            for keys in table.columns
        ],
        "tiles": [_tile(wardrobes, visitor, tile, names) for tile in tiles],
        "done": sum(tile.state == "done" for tile in tiles),
        "failed": sum(tile.state == "failed" for tile in tiles),
        "running": table.is_running,
        "left_s": _seconds_left(tiles),
        "files": {"zip": ZIP, "sheet": SHEET} if any(t.state == "done" for t in tiles) else {},
    }


def _tile(
    wardrobes: Wardrobes, visitor: str, tile: Tile, names: Mapping[str, str]
) -> dict[str, Any]:
    def thumb() -> bytes | None:
        draft = wardrobes.draft(visitor, tile)
        return jpeg_thumb(draft, THUMB_PX) if draft else None

    image = (
        own_file(visitor, f"tile-{tile.id}-{tile.revision}", thumb)
        if tile.state == "done"
        else None
    )
    return {
        "id": tile.id,
        "person": names[tile.person],
        "garments": [names[key] for key in tile.garments],
        "single": len(tile.garments) == 1,
        "state": "waiting" if tile.state == "done" and image is None else tile.state,
        "score": tile.score,
        "level": level(tile.score, tile.threshold),
        "kinds": list(tile.kinds),
        "reason": tile.reason,
        "remedy": tile.remedy,
        "cause": tile.cause,
        "corrected": tile.is_corrected,
        "image": image or {},
    }


def _photo(wardrobes: Wardrobes, visitor: str, key: str) -> dict[str, Any]:
    return own_file(visitor, f"photo-{key}", lambda: wardrobes.photo(visitor, key)) or {}


def _seconds_left(tiles: list[Tile]) -> int:
    """From the tiles done so far; 0 while nothing is known."""
    took = [tile.seconds for tile in tiles if tile.state == "done"]
    left = sum(tile.state in ("waiting", "running") for tile in tiles)
    return round(left * sum(took) / len(took)) if took else 0
