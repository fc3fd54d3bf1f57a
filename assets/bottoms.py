"""Jeans and shorts."""

from dataclasses import dataclass

import numpy as np

from assets.cloth import Colour, Crease, Panel, Stitch, Weave, Weight, Wrinkle, drag, straight
from assets.outlines import Field, Points, both, path, run, shifted
from assets.parts import across, both_sides, button, scaled
from assets.studio import Garment


@dataclass(frozen=True, slots=True)
class Cut:
    """The shape of a pair of trousers, the wearer's left leg.

    Attributes:
        band: height of the waistband.
        dip: how much lower the front of the waistband is than its ends.
    """

    waist: tuple[float, float]
    hip: tuple[float, float]
    crotch: float
    hem_outer: tuple[float, float]
    hem_inner: tuple[float, float]
    knee_outer: tuple[float, float] | None = None
    knee_inner: tuple[float, float] | None = None
    band: float = 32.0
    dip: float = 12.0

    @property
    def outer(self) -> Points:
        """The outer edge from the waist to the hem."""
        mid = [self.knee_outer] if self.knee_outer else []
        (wx, wy), (hx, hy) = self.waist, self.hip
        return run(self.waist, (0.58 * hx + 0.42 * wx, (wy + hy) / 2), self.hip, *mid,
                   self.hem_outer)  # fmt: skip

    @property
    def inner(self) -> Points:
        """The inner edge from the hem to the crotch."""
        mid = [self.knee_inner] if self.knee_inner else []
        return run(self.hem_inner, *mid, (7.0, self.crotch + 34), (0.0, self.crotch))

    @property
    def hem(self) -> Points:
        """The end of the leg, slightly bowed."""
        (ox, oy), (ix, iy) = self.hem_outer, self.hem_inner
        return run(self.hem_outer, ((ox + ix) / 2, (oy + iy) / 2 + 5), self.hem_inner)

    @property
    def top(self) -> Points:
        """The top of the front from the midline to the waist."""
        x, y = self.waist
        return run((0, y + self.dip), (0.5 * x, y + 0.8 * self.dip), (x, y))

    @property
    def outline(self) -> Points:
        """Both legs."""
        return both(path(self.top, self.outer, self.hem, self.inner))

    @property
    def waistband(self) -> Points:
        """The band along the top."""
        x, y = self.waist
        low = run((x + 3.5, y + self.band), (0.5 * x, y + self.band + 0.8 * self.dip),
                  (0, y + self.band + self.dip))  # fmt: skip
        return both(path(self.top, low))

    @property
    def inside_back(self) -> Points:
        """The back of the waistband, seen over the front."""
        x, y = self.waist
        return both(path(run((0, y + 1), (0.5 * x, y - 2), (x, y)), run((x, y), (0, y + 46))))

    def loop(self, x: float, colour: Colour, thread: Colour) -> Panel:
        """A belt loop."""
        top = self.waist[1] + self.dip * (1 - (x / self.waist[0]) ** 2) - 3
        outline = path(run((x - 6, top), (x + 6, top)), run((x + 6, top), (x + 6, top + 40)),
                       run((x + 6, top + 40), (x - 6, top + 40)))  # fmt: skip
        rows = tuple(
            Stitch(run((x + d, top + 2), (x + d, top + 38)), thread, 2.4, 1.3, 0.8)
            for d in (-3.6, 3.6)
        )
        return Panel(outline, colour, rim=2.2, volume=1.0, cast=0.5, stitches=rows)

    @property
    def anchors(self) -> dict[str, tuple[float, float]]:
        """Anchors of the wearer's left."""
        found = {"waist": self.waist, "hip": self.hip, "hem_outer": self.hem_outer,
                 "hem_inner": self.hem_inner}  # fmt: skip
        if self.knee_outer and self.knee_inner:
            found |= {"knee_outer": self.knee_outer, "knee_inner": self.knee_inner}
        return found


def _faded(cut: Cut) -> Weight:
    """Denim worn pale on the thighs and along the shins, darker at the edges."""

    def shade(x: Field, y: Field) -> Field:
        down = (y - cut.crotch) / (cut.hem_outer[1] - cut.crotch)
        centre = 96 + 30 * np.clip(down, 0, 1)
        thigh = np.exp(-(((np.abs(x) - centre) / 46) ** 2) - ((down - 0.16) / 0.34) ** 2)
        shin = np.exp(-(((np.abs(x) - centre) / 36) ** 2) - ((down - 0.72) / 0.30) ** 2)
        return np.asarray(0.90 + 0.38 * thigh + 0.20 * shin, dtype=np.float32)

    return shade


def jeans() -> Garment:
    """Mid-blue straight jeans, worn pale on the thighs."""
    blue: Colour = (0.265, 0.345, 0.46)
    orange: Colour = (0.74, 0.50, 0.24)
    copper: Colour = (0.62, 0.42, 0.28)
    denim = Weave(grain=0.13, twill=0.09, sheen=0.03)
    cut = Cut((146, 84), (180, 262), 330, (190, 946), (66, 952), (186, 636), (40, 640))
    curve = run((70, 118), (80, 158), (112, 180), (163, 189))
    fly = run((30, 126), (31, 216), (22, 248), (2, 266))
    outer_seam = shifted(cut.outer[18:], -7.0)
    hem_line = shifted(cut.hem, -15.0)
    whiskers = tuple(
        Crease(
            drag((14 + 5 * k, 318 - 22 * k), (150 - 4 * k, 268 - 15 * k), -12), 5.0, 2.2 - 0.2 * k
        )
        for k in range(4)
    )
    folds = both_sides(
        *whiskers,
        Crease(drag((12, 348), (104, 420), 12), 8.0, 3.2),
        Crease(drag((14, 380), (92, 500), 14), 9.0, 2.6),
        Crease(drag((48, 610), (130, 586), -8), 7.0, 2.4),
        Crease(drag((178, 650), (96, 672), -8), 7.0, 2.4),
        Crease(drag((50, 680), (140, 706), 9), 8.0, 2.2),
        Crease(drag((182, 900), (104, 880), 8), 6.0, 2.2),
        Crease(drag((70, 912), (150, 926), 6), 6.0, 2.0),
        Crease(drag((120, 440), (128, 600), 6), 14.0, 2.4),
    )
    double = [Stitch(line, orange) for line in (fly, shifted(fly, 5.0))]
    for flip in ([1.0, 1.0], [-1.0, 1.0]):
        lines = (shifted(curve, -4.0), shifted(curve, -8.5), hem_line, outer_seam[:70])
        double += [Stitch(line * flip, orange) for line in lines]
    x, y = cut.waist
    low = run((0, y + 39), (73, y + 36), (x + 1, y + 27))
    high = run((0, y + 17), (73, y + 15), (x - 1, y + 6))
    panels = (
        Panel(cut.inside_back, scaled(blue, 0.85), weave=denim, tone=0.60, volume=2.0),
        _patch(),
        Panel(cut.outline, blue, weave=denim, frame=straight(90),
              shade=_faded(cut), creases=folds, whole=True, volume=15.0, cast=0.2, rim=1.8,
              wrinkles=(Wrinkle(180, 46, 3.0, 10), Wrinkle(60, 20, 1.1, 60),
                        Wrinkle(26, 9, 0.35, 20)),
              seams=(run((0, 118), (0, 330)), fly, *(c * f for f in ([1.0, 1.0], [-1.0, 1.0])
                                                      for c in (curve, hem_line, outer_seam))),
              ridges=tuple(c * f for f in ([1.0, 1.0], [-1.0, 1.0])
                           for c in (shifted(curve, -6.0), shifted(outer_seam, 4.0),
                                     shifted(cut.inner, -5.0), shifted(cut.hem, -7.0))),
              stitches=tuple(double)),
        *(Panel(_pocket_bag(curve) * f, scaled(blue, 0.92), weave=denim, whole=True, volume=15.0,
                cast=0.0, tone=0.9) for f in ([1.0, 1.0], [-1.0, 1.0])),
        Panel(cut.waistband, blue, weave=denim, whole=True, volume=15.0, cast=0.3, rim=2.2,
              frame=straight(0), wrinkles=(Wrinkle(50, 16, 0.4, 80),),
              stitches=(Stitch(across(low), orange), Stitch(across(high), orange))),
        *(cut.loop(v, scaled(blue, 0.95), orange) for v in (-92.0, 92.0)),
        button(2.0, y + 28, 8.5, copper, 0.35),
        *(button(s * px, py, 2.8, copper, 0.4) for s in (1, -1) for px, py in
          ((76, 130), (157, 184))),
    )  # fmt: skip
    return Garment("jeans", "trousers", panels, {"crotch": (0, cut.crotch)}, cut.anchors,
                   sway=0.7)  # fmt: skip


def _pocket_bag(curve: Points) -> Points:
    """The cloth behind the pocket's opening."""
    return path(curve, run((163, 189), (157, 160), (147, 116)), run((152, 116), (70, 116)))


def _patch() -> Panel:
    """The leather patch inside the back of the waist."""
    outline = path(run((-24, 87), (24, 87)), run((24, 87), (24, 112)), run((24, 112), (-24, 112)))
    return Panel(outline, (0.52, 0.36, 0.22), volume=0.5, cast=0.3, tone=0.7)


def chino_shorts() -> Garment:
    """Sand-coloured shorts with slanted pockets."""
    sand: Colour = (0.755, 0.665, 0.53)
    thread = scaled(sand, 0.82)
    twill = Weave(grain=0.05, twill=0.04, sheen=0.03)
    cut = Cut((168, 206), (214, 430), 520, (243, 772), (24, 784), dip=13.0)
    slant = run((108, 250), (184, 366))
    fly = run((30, 254), (31, 396), (21, 424), (2, 442))
    hem_line = shifted(cut.hem, -26.0)
    flips = ([1.0, 1.0], [-1.0, 1.0])
    folds = both_sides(
        Crease(drag((10, 506), (150, 452), -12), 8.0, 3.2),
        Crease(drag((12, 520), (160, 520), -14), 9.0, 3.4),
        Crease(drag((12, 545), (120, 660), 14), 10.0, 3.6),
        Crease(drag((216, 420), (150, 520), 12), 12.0, 2.8),
        Crease(drag((196, 768), (176, 610), 10), 14.0, 3.0),
        Crease(drag((80, 774), (94, 640), -8), 12.0, 2.8),
    )
    x, y = cut.waist
    rows = [fly, *(c * f for f in flips for c in (shifted(slant, -5.0), hem_line))]
    panels = (
        Panel(cut.inside_back, scaled(sand, 0.95), weave=twill, tone=0.66, volume=2.0),
        Panel(cut.outline, sand, weave=twill, creases=folds, whole=True, volume=15.0, rim=1.8,
              wrinkles=(Wrinkle(260, 52, 2.4, 6), Wrinkle(70, 20, 0.6, 40)),
              seams=(run((0, 230), (0, 520)), fly,
                     *(c * f for f in flips for c in (slant, hem_line))),
              ridges=tuple(c * f for f in flips for c in (shifted(slant, -3.0),
                                                          shifted(cut.hem, -13.0))),
              stitches=tuple(Stitch(row, thread) for row in rows)),
        Panel(cut.waistband, sand, weave=twill, whole=True, volume=15.0, cast=0.3, rim=2.0,
              wrinkles=(Wrinkle(50, 16, 0.4, 80),),
              stitches=(Stitch(across(run((0, y + 41), (84, y + 38), (x + 1, y + 28))), thread),)),
        *(cut.loop(v, sand, thread) for v in (-96.0, 96.0)),
        button(2.0, y + 29, 8.0, (0.42, 0.33, 0.25)),
    )  # fmt: skip
    return Garment("chino_shorts", "shorts", panels, {"crotch": (0, cut.crotch)}, cut.anchors,
                   sway=0.7)  # fmt: skip
