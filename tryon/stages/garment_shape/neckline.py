"""The collar of a garment: middle of its back and of its front, from outline and picture."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.anchors import Anchor, AnchorSet
from tryon.arrays import BoolMask, RgbImage, SoftMask, to_unit_float
from tryon.stages.garment_shape.found import GUESSED, LIKELY, SEEN
from tryon.stages.garment_shape.silhouette import Silhouette

OPEN_NECK = 0.06  # of the torso width: a dip this deep means the back of the collar is not seen
HOOD_OPENING = 0.55  # of its breadth: how broad the opening of a hood is, within its two sides
HOOD_SIZE: Final = (0.17, 0.36)  # of the torso width: a hood is at least this high and this broad
DEPTHS: Final = np.arange(0.03, 0.66, 0.01)  # torso widths below the neck points that are tried
USUAL_DEPTH, SHALLOWER, DEEPER = 0.22, 0.08, 0.20  # of front necklines, with spreads
MOST_DEEP = 1.35  # times the distance of the neck points; open collars of shirts reach that
POWERS: Final = (1.0, 1.5, 2.2, 3.2)  # V, round .. square: y = depth * (1 - |t| ** power)
ROUND = 2.0  # the power of a neckline nobody looked at
ENDS = 0.85  # of the way to the neck points: nearer to them the outline begins
DARKENING = 0.5  # an edge below which it is darker counts this much: the inside lies in shadow
SAME_COLLAR = 0.07  # torso widths: upper and lower edge of one ribbed collar lie this close
STRONG = 0.6  # of the best edge: the collar's upper edge may be this much weaker
LEAST_PX = 16  # torso width below which no collar is seen
TORSO_PX = 200  # torso width in the small picture edges are looked for in
BLUR_PX = 1.2  # of the small picture
STEPS_PX: Final = (3, 6)  # of the small picture, above and below a curve: a seam, a shadow
INSET_PX = 2  # of the small picture, inside the outline, where no edge counts
MIN_EDGE, CLEAR_EDGE = 2.0, 5.0  # Lab units: change along a curve that counts as seen; that
# only few prints reach, but the shaded inside of the back does
TUBE_BREADTH = 0.5  # torso widths: a collar that stands up is no broader
# So far below its upper edge it has widened by less: 2 blouses 0.04 and 0.08, 25 others 0.13 up.
TUBE_BELOW, TUBE_WIDENS = 0.07, 0.11
DEEP_BACK = 0.45  # torso widths: no front lies lower that shows the back of its collar dipping


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """How the colour changes across curves of D depths and the P `POWERS`; (D, P) in Lab units.

    Attributes:
        everywhere: along four fifths of the curve at least.
        on_average: over the curve.
        brighter: how much brighter it is below the curve.
        departs: how much less like most of the cloth it is below the curve: print, not collar.
    """

    everywhere: NDArray[np.float64]
    on_average: NDArray[np.float64]
    brighter: NDArray[np.float64]
    departs: NDArray[np.float64]

    @property
    def strength(self) -> NDArray[np.float64]:
        """Asks for an edge along the whole curve, not for one strong spot."""
        return np.maximum(0, 0.75 * self.everywhere + 0.25 * self.on_average)


@dataclass(frozen=True, slots=True, eq=False)
class _Collar:
    """A picture of the collar, torso width `TORSO_PX`, and where its neck points lie in it.

    Attributes:
        lab: (h, w, 3) float32, softened.
        inside: (h, w) float32, 1 within the garment.
        left: (2,) float64 xy of the wearer's left neck point, on the right of the picture.
        right: the other one.
    """

    lab: NDArray[np.float32]
    inside: SoftMask
    left: NDArray[np.float64]
    right: NDArray[np.float64]

    @staticmethod
    def of(
        photo_rgb: RgbImage, mask: BoolMask, left: Anchor, right: Anchor, torso_width: float
    ) -> "_Collar":
        scale = TORSO_PX / torso_width
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        reach = (DEPTHS[-1] + 0.05) * torso_width
        (x0, x1), (y0, y1) = (
            (
                int(np.clip(min(span) - before, 0, length - 2)),
                int(np.clip(max(span) + after, 2, length)),
            )
            for span, before, after, length in (
                ((right.x, left.x), 0.05 * torso_width, 0.05 * torso_width, mask.shape[1]),
                ((right.y, left.y), 0.05 * torso_width, reach, mask.shape[0]),
            )
        )
        size_wh = (max(2, round((x1 - x0) * scale)), max(2, round((y1 - y0) * scale)))
        rgb = cv2.resize(photo_rgb[y0:y1, x0:x1], size_wh, None, 0, 0, how)
        own = cv2.resize(mask[y0:y1, x0:x1].astype(np.uint8), size_wh, None, 0, 0, how)
        inner = cv2.erode(own, np.ones((2 * INSET_PX + 1, 2 * INSET_PX + 1), np.uint8))
        lab = cv2.cvtColor(to_unit_float(rgb), cv2.COLOR_RGB2Lab)
        necks = [(np.array([p.x - x0, p.y - y0]) + 0.5) * scale - 0.5 for p in (left, right)]
        return _Collar(
            np.asarray(cv2.GaussianBlur(lab, (0, 0), BLUR_PX), np.float32),
            np.asarray(inner, np.float32),
            *necks,
        )

    def edges(self, depths: NDArray[np.float64]) -> _Edges:
        """How much the colour changes across curves hung between the neck points.

        A real edge changes the same way all along; a print changes this way here and that way
        there.

        Args:
            depths: (D,) of their middles below the neck points, in torso widths.
        """
        t = np.linspace(-ENDS, ENDS, 43)
        x, level = (
            (self.left[i] + self.right[i]) / 2 + t * (self.left[i] - self.right[i]) / 2
            for i in (0, 1)
        )
        drops = 1 - np.abs(t) ** np.array(POWERS)[:, None]
        y = level + TORSO_PX * depths[:, None, None] * drops  # (D, P, t)
        cloth = np.median(self.lab[self.inside > 0.5], axis=0) if self.inside.any() else 0.0
        found = np.zeros((4, *y.shape[:2]))
        for step in STEPS_PX:
            above, inner_above = self._at(x, y - step)
            below, inner_below = self._at(x, y + step)
            change = (below - above) * (inner_above * inner_below)[..., None]
            mean = change.mean(axis=2)
            length = np.linalg.norm(mean, axis=-1)
            along = np.einsum("dptc,dpc->dpt", change, mean / np.maximum(length, 1e-6)[..., None])
            near, far = (
                np.linalg.norm(lab.mean(axis=2) - cloth, axis=-1) for lab in (above, below)
            )
            found += (_lowest_fifth(along), along.mean(axis=2), mean[..., 0], far - near)
        return _Edges(*(found / len(STEPS_PX)))

    def _at(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        flat_y = y.reshape(-1, len(x)).astype(np.float32)
        flat_x = np.ascontiguousarray(np.broadcast_to(x, flat_y.shape), np.float32)
        lab = cv2.remap(self.lab, flat_x, flat_y, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE)
        inside = cv2.remap(self.inside, flat_x, flat_y, cv2.INTER_LINEAR)
        return lab.reshape(*y.shape, 3), inside.reshape(y.shape)


def find_neckline(
    shape: Silhouette,
    photo_rgb: RgbImage,
    left_neck: Anchor,
    right_neck: Anchor,
    torso_width: float,
) -> dict[str, Anchor]:
    """Middle of the collar, back and front, by name.

    Args:
        shape: of the garment.
        photo_rgb: (H, W, 3) uint8 of the same size.
        left_neck: the wearer's left neck point, on the right of the picture.
        right_neck: the other one.
        torso_width: pixels.
    """
    x = (left_neck.x + right_neck.x) / 2
    neck_y = (left_neck.y + right_neck.y) / 2
    top_y = float(shape.top(x))
    if neck_y - top_y > HOOD_SIZE[0] * torso_width:  # a hood: its collar lies below its top
        top_y = neck_y
    depth, edge = USUAL_DEPTH, 0.0
    if _can_look(left_neck, right_neck, torso_width):
        collar = _Collar.of(photo_rgb, shape.mask, left_neck, right_neck, torso_width)
        depth, edge = _front_depth(collar)
    dip = (top_y - neck_y) / torso_width
    if dip > OPEN_NECK:
        shows_back = edge > CLEAR_EDGE and dip + SAME_COLLAR < depth < DEEP_BACK
        shows_front = not shows_back
    else:
        shows_front = _stands_up(shape, left_neck, right_neck, torso_width)
    back_y, back_seen = top_y, SEEN
    front_y, front_seen = neck_y + depth * torso_width, LIKELY if edge > MIN_EDGE else GUESSED
    if shows_front:  # what is seen at the middle, there is no back behind it
        front_y, front_seen = top_y, SEEN
        back_y, back_seen = neck_y + 0.02 * torso_width, GUESSED
    return {
        "neck_back": Anchor("neck_back", x, back_y, back_seen),
        "neck_front": Anchor("neck_front", x, front_y, front_seen),
    }


def _stands_up(shape: Silhouette, left: Anchor, right: Anchor, torso_width: float) -> bool:
    """Whether the collar is a tube around the neck: its front is its upper edge."""
    row = round((left.y + right.y) / 2 + TUBE_BELOW * torso_width)
    broad = left.x - right.x
    if not 0 <= row < len(shape.outer_left) or broad > TUBE_BREADTH * torso_width:
        return False
    below = shape.outer_right[row] - shape.outer_left[row] + 1
    return bool(below - broad < TUBE_WIDENS * torso_width)


def _front_depth(collar: _Collar) -> tuple[float, float]:
    """How deep the front neckline hangs, in torso widths, and how strong its edge is."""
    edges = collar.edges(DEPTHS)
    spread = np.where(DEPTHS < USUAL_DEPTH, SHALLOWER, DEEPER)
    likely = np.exp(-0.5 * ((DEPTHS - USUAL_DEPTH) / spread) ** 2)
    likely[MOST_DEEP * float(np.hypot(*(collar.left - collar.right))) < DEPTHS * TORSO_PX] = 0
    signed = np.where(edges.brighter > 0, edges.strength, DARKENING * edges.strength)
    signed[edges.departs > CLEAR_EDGE] = 0
    weighted = (signed + 0.3 * MIN_EDGE) * likely[:, None]
    best, power = (int(i) for i in np.unravel_index(np.argmax(weighted), weighted.shape))
    everywhere = edges.everywhere[:, power]
    near = (DEPTHS[best] > DEPTHS) & (DEPTHS[best] - SAME_COLLAR < DEPTHS)
    clear = everywhere > max(MIN_EDGE, STRONG * everywhere[best])
    upper = near & clear & _is_peak(everywhere)
    edge = float(edges.strength[best, power])
    if upper.any():  # a ribbed collar is a stripe, and the neckline its upper edge
        best = int(np.flatnonzero(upper)[0])
    return float(DEPTHS[best] + _off_peak(everywhere, best) * (DEPTHS[1] - DEPTHS[0])), edge


def neck_breadth(alpha: SoftMask, anchors: AnchorSet) -> float:
    """How much of the distance of the neck points a collar is open: less where a hood stands.

    Args:
        alpha: (H, W) float32 of the garment.
        anchors: of the garment, in pixels of that picture.
    """
    names = ("left_neck", "right_neck", "left_armpit", "right_armpit")
    if any(name not in anchors for name in names):
        return 1.0
    left, right, *armpits = (anchors[name] for name in names)
    x, y = round((left.x + right.x) / 2), round((left.y + right.y) / 2)
    height, width = alpha.shape
    if not (0 <= x < width and 0 < y < height):
        return 1.0
    rises = int((alpha[:y, x] > 0.5).sum())
    is_hood = rises > HOOD_SIZE[0] * abs(armpits[0].x - armpits[1].x)
    return HOOD_OPENING if is_hood else 1.0


def neckline_power(photo_rgb: RgbImage, alpha: SoftMask, anchors: AnchorSet) -> float:
    """How round the neckline through these anchors is: 1 a V, 2 a parabola, more a square.

    Args:
        photo_rgb: (H, W, 3) uint8 of the garment.
        alpha: (H, W) float32.
        anchors: of the garment, in pixels of that picture.
    """
    names = ("left_neck", "right_neck", "neck_front", "left_armpit", "right_armpit")
    if any(name not in anchors for name in names):
        return ROUND
    left, right, front, left_armpit, right_armpit = (anchors[name] for name in names)
    torso_width = abs(left_armpit.x - right_armpit.x)
    depth = front.y - (left.y + right.y) / 2
    if not (_can_look(left, right, torso_width) and 0 < depth < DEPTHS[-1] * torso_width):
        return ROUND
    collar = _Collar.of(photo_rgb, alpha > 0.5, left, right, torso_width)
    strength = collar.edges(np.array([depth / torso_width])).strength[0]
    best = int(np.argmax(strength))
    return POWERS[best] if strength[best] > MIN_EDGE else ROUND


def _can_look(left: Anchor, right: Anchor, torso_width: float) -> bool:
    """Whether the points are a collar's: points set by hand may lie anywhere."""
    broad = float(np.hypot(left.x - right.x, left.y - right.y))
    return torso_width >= LEAST_PX and left.x - right.x >= 2 and broad < 2 * torso_width


def _lowest_fifth(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The 20th percentile along the last axis; `np.percentile` takes four times as long."""
    place = 0.2 * (values.shape[-1] - 1)
    low = int(place)
    ordered = np.partition(values, (low, low + 1), axis=-1)
    return np.asarray(
        ordered[..., low] + (place - low) * np.diff(ordered[..., low : low + 2])[..., 0]
    )


def _off_peak(values: NDArray[np.float64], index: int) -> float:
    """How far from a sampled peak the parabola through it and its neighbours peaks, in steps."""
    if not 0 < index < len(values) - 1:
        return 0.0
    before, here, after = values[index - 1 : index + 2]
    bend = 2 * here - before - after
    return float(np.clip((after - before) / (2 * bend), -0.5, 0.5)) if bend > 0 else 0.0


def _is_peak(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    padded = np.pad(values, 1, mode="edge")
    return (values >= padded[:-2]) & (values >= padded[2:])
