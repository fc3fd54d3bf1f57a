"""Whether a top opens at the front, from the picture: buttons, a placket or a zip."""

import cv2
import numpy as np

from tryon.arrays import RgbImage, to_unit_float
from tryon.stages.garment_shape.silhouette import Silhouette

ROWS = (0.30, 0.92)  # of the height: below most collars, above the hem
NUM_BANDS = 10  # of rows; an edge has to be there in most of them
REACH = 0.30  # torso widths to either side of the middle that are looked at
MIDDLE, BESIDE = 0.07, 0.12  # torso widths: an opening lies within, other edges beyond
MOST_EDGE = 5.0  # Lab lightness a pixel: steeper counts as this, so that no print outweighs all
LEAST_EDGE = 0.55  # Lab lightness a pixel: an edge fainter than this is a fold
FILTERS_REACH = 8  # px: a blur, an edge filter and an erosion look no further
RATIO, NOISE = 3.0, 0.06  # opening / (edges beside it + noise)


def opens_at_front(shape: Silhouette, photo_rgb: RgbImage) -> bool:
    """Whether an edge runs down the middle that has no equal beside it: buttons or a zip.

    Edges are averaged along columns within bands of rows; a print's edges cancel out, those of a
    placket add up in most bands.
    """
    trunk = shape.core_width(0.6, 0.9) or float(shape.width_px)
    columns = np.arange(
        max(0, round(shape.axis_x - REACH * trunk)),
        min(shape.mask.shape[1], round(shape.axis_x + REACH * trunk) + 1),
    )
    rows = np.arange(shape.row(ROWS[0]), shape.row(ROWS[1]))
    if len(rows) < NUM_BANDS or len(columns) < 8:
        return False
    top, left = max(0, int(rows[0]) - FILTERS_REACH), max(0, int(columns[0]) - FILTERS_REACH)
    here = np.s_[top : rows[-1] + 1 + FILTERS_REACH, left : columns[-1] + 1 + FILTERS_REACH]
    light = cv2.cvtColor(to_unit_float(photo_rgb[here]), cv2.COLOR_RGB2Lab)[..., 0]
    edges = cv2.Sobel(cv2.GaussianBlur(light, (0, 0), 1.0), cv2.CV_32F, 1, 0) / 8
    inside = cv2.erode(shape.mask[here].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    edges = np.where(inside, np.clip(edges, -MOST_EDGE, MOST_EDGE), 0.0)
    edges = edges[np.ix_(rows - top, columns - left)]
    bands = np.array([band.mean(axis=0) for band in np.array_split(edges, NUM_BANDS)])
    along = np.abs(np.median(bands, axis=0))
    aside = np.abs(columns - shape.axis_x) / trunk
    middle, beside = along[aside < MIDDLE], along[aside > BESIDE]
    if not len(middle) or not len(beside):
        return False
    usual = float(np.percentile(beside, 90))
    return bool(middle.max() > LEAST_EDGE and middle.max() > RATIO * (usual + NOISE))
