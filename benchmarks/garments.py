"""How far from the truth stage 3 reads the anchors of garments drawn in many shapes.

    python -m benchmarks.garments [--cutout] [--sheet SHEET.png]

Distances are in widths between the armpits: 0.1 is about 5 cm on an adult's shirt.
"""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image

from benchmarks.varied_garments import Shape, Shot, photograph
from tryon.anchors import AnchorSet
from tryon.bootstrap import build_models
from tryon.settings import Settings
from tryon.stages.garment import prepare_garment
from tryon.stages.load import Photo

FAR = 0.15  # a point farther off than this has to be moved by hand
SIDEWAYS: Final = ("waist",)  # along a straight side a point moves no cloth

TEE = Shape()
LONG = replace(TEE, kind="sweater", sleeve=(22, 1.2, 0.22, 0.32))
PRESSED = replace(LONG, sleeve=(2, 1.25, 0.25, 0.34), over=True)
TANK = replace(
    TEE, kind="tank_top", sleeve=None, neck=0.22, front=(0.38, 2.4), back=0.13,
    shoulder=(0.36, 0.06), armpit=(0.5, 0.67),
)  # fmt: skip
DRESS = replace(
    TANK, kind="dress", neck=0.2, front=(0.28, 2), back=0.03, shoulder=(0.38, 0.09),
    armpit=(0.5, 0.63), waist=(0.42, 1.18), hem=(0.85, 3.0),
)  # fmt: skip
SHAPES: Final[Mapping[str, Shape]] = {
    "T-shirt": TEE,
    "slim": replace(TEE, shoulder=(0.45, 0.13), armpit=(0.5, 0.56), waist=(0.45, 1.0)),
    "boxy": replace(TEE, shoulder=(0.5, 0.17), hem=(0.5, 1.29), sleeve=(55, 0.42, 0.4, 0.42)),
    "drop shoulder": replace(TEE, shoulder=(0.56, 0.22), armpit=(0.5, 0.7), hem=(0.5, 1.5)),
    "long line": replace(TEE, hem=(0.53, 2.3)),
    "trapeze": replace(TEE, waist=(0.58, 1.18), hem=(0.68, 1.8)),
    "peplum": replace(TEE, waist=(0.42, 1.06), hem=(0.62, 1.46)),
    "V-neck": replace(TEE, front=(0.4, 1.0)),
    "boat neck": replace(TEE, neck=0.34, front=(0.11, 2.4), shoulder=(0.46, 0.08)),
    "turtleneck": replace(
        LONG, neck=0.17, stand=0.18, shoulder=(0.44, 0.34), armpit=(0.5, 0.8), hem=(0.5, 1.85)
    ),
    "off shoulder": replace(
        TEE,
        neck=0.46,
        front=(0.03, 2),
        shoulder=(0.5, 0.02),
        armpit=(0.5, 0.4),
        hem=(0.5, 1.35),
        waist=(0.48, 0.9),
        loose=("neck", "shoulder"),
    ),
    "long sleeves": LONG,
    "at 12 degrees": replace(LONG, sleeve=(12, 1.2, 0.22, 0.32)),
    "at 55 degrees": replace(LONG, sleeve=(55, 1.2, 0.22, 0.32)),
    "flared sleeves": replace(LONG, sleeve=(28, 1.15, 0.52, 0.36)),
    "bishop sleeves": replace(LONG, sleeve=(22, 1.25, 0.2, 0.46)),
    "puffed sleeves": replace(TEE, shoulder=(0.42, 0.12), sleeve=(50, 0.45, 0.3, 0.48)),
    "against the trunk": PRESSED,
    "to the hem": replace(PRESSED, sleeve=(6, 1.25, 0.24, 0.33)),
    "cape sleeves": replace(TEE, sleeve=(22, 0.68, 0.62, 0.5), over=True, loose=("sleeve",)),
    "hoodie": replace(LONG, kind="hoodie", hood=True, loose=("neck_",)),
    "hoodie, against": replace(PRESSED, kind="hoodie", hood=True, loose=("neck_",)),
    "tank top": TANK,
    "spaghetti": replace(
        TANK, neck=0.29, front=(0.47, 1.6), back=0.45, shoulder=(0.315, 0.01), loose=("neck_back",)
    ),
    "muscle shirt": replace(TANK, neck=0.19, front=(0.2, 2), back=0.03, shoulder=(0.44, 0.13)),
    "halter": replace(TANK, neck=0.15, front=(0.11, 2), back=0.03, shoulder=(0.2, 0.03)),
    "A-line dress": DRESS,
    "sheath dress": replace(DRESS, hem=(0.5, 2.7)),
    "dress with sleeves": replace(DRESS, sleeve=(25, 1.15, 0.2, 0.3), shoulder=(0.46, 0.15)),
    "turned": replace(LONG, turn_deg=12),
    "turned tank top": replace(TANK, turn_deg=-12),
    "white on white": replace(LONG, cloth=(246, 246, 245), ground=(250, 250, 250)),
    "dark on dark": replace(TEE, cloth=(40, 40, 44), ground=(62, 62, 66)),
    "in its shadow": replace(TEE, shadow=0.35),
    "on a hanger": replace(TEE, has_hanger=True),
}


def gaps(found: AnchorSet, shot: Shot) -> dict[str, float]:
    """By part, how far the worse side's point lies off; a point not found is infinitely far."""
    worst: dict[str, float] = {}
    for true in shot.anchors.anchors:
        part = true.name.removeprefix("left_").removeprefix("right_")
        far = float("inf")
        if true.name in found:
            seen = found[true.name]
            dy = 0.0 if part in SIDEWAYS else seen.y - true.y
            far = float(np.hypot(seen.x - true.x, dy)) / shot.torso_px
        worst[part] = max(worst.get(part, 0.0), far)
    return worst


def main() -> int:
    """Draw, read and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--cutout", action="store_true", help="cut out by the network, too")
    parser.add_argument("--sheet", type=Path, help="a picture of all, with the points found")
    args = parser.parse_args()
    models, far_by_part, sheet = build_models(Settings()), dict[str, list[float]](), []
    print(f"{'':20s} {'type found':12s} parts more than {FAR} off")
    for number, (name, shape) in enumerate(SHAPES.items()):
        shot = photograph(shape, number)
        own = None if args.cutout else shot.alpha
        size_wh = (shot.photo.shape[1], shot.photo.shape[0])
        photo = Photo(shot.photo, own, size_wh, f"{number:064x}")
        told = prepare_garment(photo, None, models.matting, models.pose)
        read = prepare_garment(photo, shape.kind, models.matting, models.pose)
        far = gaps(read.anchors, shot)
        for part, gap in far.items():
            far_by_part.setdefault(part, []).append(gap)
        kind = told.garment_type + ("" if told.garment_type == shape.kind else " (!)")
        missed = ", ".join(f"{part} {gap:.2f}" for part, gap in far.items() if gap > FAR)
        print(f"{name:20s} {kind:12s} {missed}")
        picture = shot.photo.copy()
        for x, y in np.round(read.anchors.points_xy).astype(int).tolist():
            cv2.circle(picture, (x, y), 5, (230, 30, 30), -1)
        sheet.append(cv2.resize(picture, None, None, 0.4, 0.4, cv2.INTER_AREA))
    print(f"\n{'':14s}  num  median   90 %   far")
    for part, all_gaps in far_by_part.items():
        median, most = np.percentile(all_gaps, (50, 90), method="nearest")
        num_far = sum(gap > FAR for gap in all_gaps)
        print(f"{part:14s} {len(all_gaps):4d}  {median:6.3f} {most:6.3f} {num_far:5d}")
    if args.sheet:
        rows = [np.hstack(sheet[row : row + 7]) for row in range(0, len(sheet), 7)]
        Image.fromarray(np.vstack(rows)).save(args.sheet)
    return 0


if __name__ == "__main__":
    sys.exit(main())
