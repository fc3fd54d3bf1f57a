"""Parts many garments share: labels, bindings, buttons, long sleeves with cuffs."""

from dataclasses import dataclass

import numpy as np

from assets.cloth import Colour, Crease, Frame, Paint, Panel, Stitch, Weave, Wrinkle, drag, straight
from assets.outlines import Field, Points, band, mirrored, path, run, shifted

JERSEY = Weave(grain=0.02, sheen=0.08)


def scaled(colour: Colour, by: float) -> Colour:
    """A lighter or darker dye."""
    r, g, b = (min(1.0, c * by) for c in colour)
    return r, g, b


def both_sides(*creases: Crease) -> tuple[Crease, ...]:
    """Folds and their mirror images; the light tells them apart."""
    return tuple(
        other
        for c in creases
        for other in (c, Crease(c.curve * [-1.0, 1.0], c.width, 0.8 * c.height, c.valley))
    )


def label(x: float, y: float, colour: Colour = (0.93, 0.92, 0.9)) -> Panel:
    """The maker's label inside the back of the neck."""
    outline = path(run((x - 17, y), (x + 17, y)), run((x + 17, y), (x + 16, y + 19)),
                   run((x + 16, y + 19), (x - 16, y + 19)))  # fmt: skip
    lines = [run((x - 9, y + 7), (x + 9, y + 7)), run((x - 6, y + 12), (x + 6, y + 12))]
    ink = (0.25, 0.25, 0.28)
    return Panel(
        outline, colour, volume=1.0, rim=0.5, cast=0.3, tone=0.8,
        stitches=tuple(Stitch(line, ink, 5.0, 1.2, 1.1) for line in lines),
    )  # fmt: skip


def lower_body(_x: Field, y: Field) -> Field:
    """Cloth hangs smooth from the shoulders and wrinkles below the chest."""
    return np.asarray(np.clip((y - 330) / 250, 0.2, 1.0), dtype=np.float32)


def scaled_creases(creases: tuple[Crease, ...], sign: float) -> tuple[Crease, ...]:
    """The same folds on the wearer's left (1) or right (-1)."""
    return tuple(Crease(c.curve * [sign, 1.0], c.width, c.height, c.valley) for c in creases)


def across(half: Points) -> Points:
    """A symmetric open line from its half that starts on the midline."""
    return np.concatenate([mirrored(half), half])


def disc(x: float, y: float, radius: float) -> Points:
    """A closed circle."""
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    return np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], axis=1)


def button(x: float, y: float, radius: float, colour: Colour, sheen: float = 0.05) -> Panel:
    """A button with four holes, or a rivet when small."""
    d = 0.3 * radius
    thread = scaled(colour, 0.45)
    holes = [run((x - d, y + s * d), (x + d, y + s * d)) for s in (-1, 1)] if radius > 4 else []
    return Panel(
        disc(x, y, radius), colour, weave=Weave(grain=0.0, sheen=sheen), rim=0.6, volume=0.5,
        cast=0.5, seams=(disc(x, y, 0.68 * radius),) if radius > 4 else (),
        stitches=tuple(Stitch(line, thread, d, d, 1.0) for line in holes),
    )  # fmt: skip


def binding(
    curve: Points, width: float, colour: Colour, thread: Colour, tone: float = 1.0
) -> Panel:
    """A narrow folded strip sewn over an edge, to the left of the walking direction."""
    return Panel(
        band(curve, width), colour, rim=1.6, volume=1.0, cast=0.22, tone=tone,
        stitches=(Stitch(shifted(curve, 0.82 * width), thread, 2.4, 1.4, 0.7),),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arm:
    """Where a hanging long sleeve is, on the wearer's left.

    Attributes:
        armhole: the seam from the shoulder tip to the armpit.
        cuff: length of the cuff along the sleeve.
        gather: how far the sleeve puffs out over the cuff on each side, pixels.
    """

    armhole: Points
    elbow_outer: tuple[float, float]
    elbow_inner: tuple[float, float]
    outer: tuple[float, float]
    inner: tuple[float, float]
    cuff: float
    gather: float = 5.0

    @property
    def along(self) -> tuple[float, float]:
        """The direction of the forearm, length 1."""
        upper = np.add(self.elbow_outer, self.elbow_inner) / 2
        lower = np.add(self.outer, self.inner) / 2
        x, y = (lower - upper) / np.linalg.norm(lower - upper)
        return float(x), float(y)

    def frame(self, sign: float) -> Frame:
        """The cloth runs down the arm."""
        x, y = self.along
        return straight(float(np.degrees(np.arctan2(y, sign * x))))

    @property
    def wrist(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Outer and inner end of the seam between sleeve and cuff."""
        (x, y), (ox, oy), (ix, iy) = self.along, self.outer, self.inner
        c = self.cuff
        return (ox - x * c + 1.0, oy - y * c), (ix - x * c - 1.0, iy - y * c)

    @property
    def outline(self) -> Points:
        """The sleeve without its cuff."""
        outer, inner = self.wrist
        (sx, sy), (ax, ay) = self.armhole[0].tolist(), self.armhole[-1].tolist()
        ex, ey = self.elbow_outer
        cap = (sx + 0.36 * (ex - sx) + 6, sy + 0.16 * (ey - sy))
        g = self.gather
        bent, puffed = (outer[0] + g - 2, outer[1] - 44), (outer[0] + g, outer[1] - 13)
        tucked, inner_bent = (inner[0] - g, inner[1] - 13), (inner[0] - g - 1, inner[1] - 44)
        return path(
            run((sx, sy), cap, self.elbow_outer, bent, puffed, outer), run(outer, inner),
            run(inner, tucked, inner_bent, self.elbow_inner, (ax + 13, ay + 36), (ax, ay)),
            self.armhole[::-1],
        )  # fmt: skip

    def folds(self, height: float) -> tuple[Crease, ...]:
        """Drag lines at the armpit, bunches at the elbow and above the cuff."""
        (sx, sy), (ax, ay) = self.armhole[0].tolist(), self.armhole[-1].tolist()
        (ex, ey), (ix, iy) = self.elbow_outer, self.elbow_inner
        (wx, wy), (vx, vy) = self.wrist
        marks = (
            ((ax + 4, ay + 4), (ex - 24, ey - 110), 12, 8.0, 1.3),
            ((ax + 6, ay + 30), (ex - 16, ey - 46), 10, 7.0, 1.1),
            ((sx + 8, sy + 24), (ex - 26, ey - 40), -16, 10.0, 1.0),
            ((ix + 2, iy - 30), (ex - 12, ey + 62), 8, 6.0, 1.2),
            ((ix + 2, iy - 64), (ex - 20, ey + 20), 7, 6.0, 1.0),
            ((ix + 4, iy + 20), (ex + 6, ey + 150), -8, 7.0, 1.0),
            ((vx + 2, vy - 16), (wx - 6, wy - 46), 7, 5.0, 0.9),
            ((wx - 3, wy - 20), (vx + 12, vy - 64), -7, 5.0, 0.9),
            ((wx - 4, wy - 70), (vx + 10, vy - 112), -7, 6.0, 0.8),
        )
        return tuple(Crease(drag(a, b, sag), w, height * h) for a, b, sag, w, h in marks)

    def panels(
        self, colour: Colour, weave: Weave, cuff_colour: Colour, cuff_weave: Weave,
        paint: tuple[Paint | None, Paint | None] = (None, None), fold: float = 2.6,
    ) -> tuple[Panel, ...]:  # fmt: skip
        """Both sleeves and cuffs."""
        panels: list[Panel] = []
        wrist_outer, wrist_inner = self.wrist
        tuck = np.array(self.along) * -4.0  # the cuff begins under the sleeve
        cuff = path(
            np.stack([tuck + wrist_outer + [-2.0, 0.0], wrist_outer]),
            run(wrist_outer, self.outer), run(self.outer, self.inner),
            run(self.inner, wrist_inner), np.stack([tuck + wrist_inner + [2.0, 0.0]]),
        )  # fmt: skip
        for sign, own_paint in zip((1.0, -1.0), paint, strict=True):
            flip = [sign, 1.0]
            panels.append(Panel(cuff * flip, cuff_colour, weave=cuff_weave, volume=5.0,
                                paint=own_paint if cuff_weave == weave else None,
                                frame=self.frame(sign), rim=1.8))  # fmt: skip
            panels.append(
                Panel(
                    self.outline * flip, colour, weave=weave, frame=self.frame(sign), whole=False,
                    paint=own_paint, volume=6.0, rim=0.9, cast=0.2,
                    creases=scaled_creases(self.folds(fold), sign),
                    wrinkles=(Wrinkle(90, 26, 0.55 * fold, 18),),
                )
            )  # fmt: skip
        return tuple(panels)

    @property
    def anchors(self) -> dict[str, tuple[float, float]]:
        """The sleeve's own anchors."""
        return {
            "elbow_outer": self.elbow_outer,
            "elbow_inner": self.elbow_inner,
            "sleeve_outer": self.outer,
            "sleeve_inner": self.inner,
        }
