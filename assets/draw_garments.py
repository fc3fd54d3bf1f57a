"""Draw the example garments into assets/garments/: `python -m assets.draw_garments [NAME ...]`."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from assets import bottoms, long_tops, outerwear, skirts, tops
from assets.studio import Garment, photograph
from tryon.arrays import to_uint8

FOLDER = Path(__file__).parent / "garments"
JPEG_QUALITY = 90
GARMENTS: dict[str, Callable[[], Garment]] = {
    "printed_tshirt": tops.printed_tshirt,
    "white_tshirt": tops.white_tshirt,
    "striped_sweater": long_tops.striped_sweater,
    "hoodie": long_tops.hoodie,
    "tank_top": tops.tank_top,
    "button_shirt": outerwear.button_shirt,
    "bomber_jacket": outerwear.bomber_jacket,
    "jeans": bottoms.jeans,
    "chino_shorts": bottoms.chino_shorts,
    "aline_skirt": skirts.aline_skirt,
    "dress": skirts.dress,
}
CUTOUTS = ("printed_tshirt",)  # also as a PNG with transparency


def draw(name: str, folder: Path) -> None:
    """Write NAME.jpg, NAME.mask.png and NAME.json, and the cut-out where there is one."""
    garment = GARMENTS[name]()
    shot = photograph(garment)
    alpha = to_uint8(shot.alpha)
    Image.fromarray(shot.photo).save(folder / f"{name}.jpg", quality=JPEG_QUALITY, optimize=True)
    Image.fromarray(alpha).save(folder / f"{name}.mask.png", optimize=True)
    document = {
        "garment_type": garment.garment_type,
        "width": shot.anchors.width,
        "height": shot.anchors.height,
        "anchors": [
            {"name": a.name, "x": round(a.x, 2), "y": round(a.y, 2), "confidence": 1.0}
            for a in shot.anchors.anchors
        ],
    }
    text = json.dumps(document, indent=2) + "\n"
    (folder / f"{name}.json").write_text(text, encoding="utf-8")
    if name in CUTOUTS:
        rgba = np.dstack([shot.photo, alpha])
        rgba[alpha == 0] = 0
        Image.fromarray(rgba).save(folder / f"{name}_cutout.png", optimize=True)


def main() -> None:
    """Draw the named garments, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(GARMENTS))
    names = parser.parse_args().names or list(GARMENTS)
    FOLDER.mkdir(exist_ok=True)
    for name in names:
        draw(name, FOLDER)


if __name__ == "__main__":
    main()
