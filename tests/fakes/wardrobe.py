"""The drawn garments of `assets/garments` as stage 3 hands them on, with their true anchors."""

import json
from functools import cache

import cv2
import numpy as np
from PIL import Image

from assets.draw_garments import FOLDER
from tryon.anchors import Anchor, AnchorSet, GarmentType
from tryon.arrays import RgbImage, SoftMask, to_unit_float
from tryon.geometry import fit_within
from tryon.stages.garment import Garment
from tryon.stages.garment_cutout.cutout import clean_edge_colours
from tryon.stages.load import Photo

GARMENTS = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


@cache
def photo_rgb(name: str) -> RgbImage:
    """(1024, 768, 3) uint8, the garment on its background."""
    return np.asarray(Image.open(FOLDER / f"{name}.jpg").convert("RGB"))


@cache
def true_alpha(name: str) -> SoftMask:
    """(1024, 768) float32."""
    return to_unit_float(np.asarray(Image.open(FOLDER / f"{name}.mask.png")))


@cache
def true_anchors(name: str) -> AnchorSet:
    """In pixels of the photo."""
    document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    anchors = tuple(Anchor(a["name"], a["x"], a["y"]) for a in document["anchors"])
    return AnchorSet(document["width"], document["height"], anchors)


def type_of(name: str) -> GarmentType:
    """What kind it was drawn as."""
    document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    kind: GarmentType = document["garment_type"]
    return kind


@cache
def drawn(name: str, side_px: int = 512) -> Garment:
    """The garment prepared from its true mask and anchors, at this longer side."""
    alpha = true_alpha(name)
    size_wh = fit_within((alpha.shape[1], alpha.shape[0]), side_px)
    rgb = cv2.resize(photo_rgb(name), size_wh, interpolation=cv2.INTER_AREA)
    small_alpha = cv2.resize(alpha, size_wh, interpolation=cv2.INTER_AREA)
    return Garment(
        photo=Photo(rgb, None, (alpha.shape[1], alpha.shape[0]), "a" * 64),
        rgb=clean_edge_colours(rgb, small_alpha),
        alpha=small_alpha,
        garment_type=type_of(name),
        type_confidence=1.0,
        anchors=true_anchors(name).resized(*size_wh),
        cutout_confidence=1.0,
    )
