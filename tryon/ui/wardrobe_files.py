"""A wardrobe to take along: one picture of all drafts, and a zip with each and the scores."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont, ImageOps

from tryon.ui.quality_panel import points
from tryon.ui.wardrobe_table import Table, Tile

CELL_WH: Final = (360, 480)
GAP: Final = 24
HEAD: Final = 56  # above the table and above each row, for names
PAPER: Final = (250, 250, 248)
INK: Final = (28, 29, 32)
QUIET: Final = (92, 95, 102)
GOOD: Final = (15, 118, 110)
FAIR: Final = (161, 92, 7)

ReadDraft = Callable[[Tile], bytes | None]


def contact_sheet(table: Table, read_draft: ReadDraft) -> Image.Image:
    """Every draft of the table on one RGB picture: a row a person, a column a garment or outfit."""
    columns = table.columns
    names = names_of(table)
    width = GAP + len(columns) * (CELL_WH[0] + GAP)
    height = HEAD + len(table.person) * (CELL_WH[1] + HEAD) + GAP
    sheet = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(sheet)
    for i, garments in enumerate(columns):
        at = (GAP + i * (CELL_WH[0] + GAP), 20)
        _say(draw, at, " + ".join(names[key] for key in garments), INK, CELL_WH[0])
    tiles = {(tile.person, tile.garments): tile for tile in table.laid_out()}
    for row, person in enumerate(table.person):
        top = HEAD + row * (CELL_WH[1] + HEAD) + HEAD // 2
        _say(draw, (GAP, top - 24), names[person.key], QUIET, CELL_WH[0])
        for i, garments in enumerate(columns):
            corner = (GAP + i * (CELL_WH[0] + GAP), top)
            _paste(sheet, draw, corner, tiles[person.key, garments], read_draft)
    return sheet


def write_zip(table: Table, read_draft: ReadDraft, target: Path) -> None:
    """Every draft under a telling name, `scores.csv` and `contact_sheet.jpg`."""
    names = names_of(table)
    part = target.with_name(target.name + ".part")
    rows = io.StringIO(newline="")
    writer = csv.writer(rows)
    writer.writerow(["person", "garments", "file", "score", "kinds", "note"])
    with zipfile.ZipFile(part, "w") as archive:
        for number, tile in enumerate(table.laid_out(), 1):
            worn = " + ".join(names[key] for key in tile.garments)
            draft = read_draft(tile) if tile.state == "done" else None
            file = f"drafts/{number:03d}_{_slug(names[tile.person])}_{_slug(worn)}.jpg"
            if draft:
                archive.writestr(file, draft)
            writer.writerow([
                _cell(names[tile.person]), _cell(worn), file if draft else "",
                f"{tile.score:.3f}" if draft else "", " + ".join(tile.kinds), tile.reason,
            ])  # fmt: skip
        sheet = io.BytesIO()
        contact_sheet(table, read_draft).save(sheet, "JPEG", quality=90)
        archive.writestr("contact_sheet.jpg", sheet.getvalue())
        archive.writestr("scores.csv", "\ufeff" + rows.getvalue())  # so that Excel reads UTF-8
    part.replace(target)


def names_of(table: Table) -> Mapping[str, str]:
    """What each photo is called: its file's name without the ending, or its number."""
    return {
        piece.key: Path(piece.name).stem.strip() or f"{kind} {number}"
        for kind, pieces in (("person", table.person), ("garment", table.garment))
        for number, piece in enumerate(pieces, 1)
    }


def _paste(
    sheet: Image.Image,
    draw: ImageDraw.ImageDraw,
    corner: tuple[int, int],
    tile: Tile,
    read_draft: ReadDraft,
) -> None:
    x, y = corner
    draw.rectangle((x, y, x + CELL_WH[0], y + CELL_WH[1]), fill=(238, 238, 234))
    draft = read_draft(tile) if tile.state == "done" else None
    if not draft:
        said = tile.reason if tile.state == "failed" else "Not tried yet"
        _say(draw, (x + 16, y + CELL_WH[1] // 2 - 8), said, QUIET, CELL_WH[0] - 32)
        return
    with Image.open(io.BytesIO(draft)) as picture:
        fitted = ImageOps.contain(picture, CELL_WH)
    at = (x + (CELL_WH[0] - fitted.width) // 2, y + (CELL_WH[1] - fitted.height) // 2)
    sheet.paste(fitted, at)
    colour = GOOD if tile.score >= tile.threshold else FAIR
    draw.rounded_rectangle((x + 12, y + 12, x + 60, y + 42), 15, fill=colour)
    draw.text((x + 36, y + 27), str(points(tile.score)), fill=(255, 255, 255), anchor="mm",
              font=ImageFont.load_default(17))  # fmt: skip


def _say(
    draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, colour: tuple[int, ...], room: int
) -> None:
    """One line, cut where the room ends. The font that comes with Pillow knows Latin letters."""
    font = ImageFont.load_default(16)
    said = text.encode("latin-1", "replace").decode("latin-1")
    while said and draw.textlength(said, font) > room:
        said = said.removesuffix("...")[:-1] + "..." if len(said) > 4 else ""
    draw.text(at, said, fill=colour, font=font)


def _slug(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text)[:40].strip("-.") or "photo"


def _cell(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
