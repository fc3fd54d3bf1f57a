"""T-shirts and the tank top."""

import numpy as np

from assets.cloth import Colour, Crease, Paint, Panel, Stitch, Weave, Wrinkle, drag, fan, straight
from assets.outlines import both, mirrored, path, run, shifted
from assets.parts import (
    JERSEY,
    across,
    binding,
    both_sides,
    label,
    lower_body,
    scaled,
    scaled_creases,
)
from assets.prints import mark, printed, sunset
from assets.studio import GREY, Garment


def tshirt(
    name: str, colour: Colour, paint: Paint | None, background: Colour, collar: Colour | None = None
) -> Garment:
    """A regular T-shirt with a ribbed crew neck."""
    collar = collar or colour
    neck, shoulder, armpit = (86.0, 166.0), (206.0, 208.0), (203.0, 408.0)
    waist, hem = (196.0, 642.0), (207.0, 866.0)
    outer, inner = (319.0, 384.0), (229.0, 447.0)
    opening = run(neck, (70, 208), (40, 240), (0, 250))  # inner edge of the collar rib, in front
    front_seam = run((105.0, 172.0), (88, 222), (50, 261), (0, 272))
    armhole = run(shoulder, (190, 268), (189, 345), armpit)
    side = path(run(armpit, (199, 500), waist, (201, 760), hem), run(hem, (120, 871), (0, 872)))
    body = both(path(front_seam[::-1], run((105.0, 172.0), shoulder), armhole, side))
    sleeve = path(
        run(shoulder, (232, 228), (262, 268), (294, 330), outer), run(outer, inner),
        run(inner, (214, 425), armpit), armhole[::-1],
    )  # fmt: skip
    rib = path(opening[::-1], run(neck, (96, 165), (105.0, 172.0)), front_seam)
    back_top = run((0, 174), (45, 172), neck)
    inside = both(path(back_top, run(neck, (72, 230), (0, 268))))
    back_rib = both(path(back_top, run(neck, (78, 190)), run((78, 190), (40, 196), (0, 197))))
    cuff = shifted(run(outer, inner), 17.0)
    hem_line = run((hem[0] - 1, hem[1] - 20), (120, 852), (0, 852))
    hem_stitch = across(hem_line[::-1])
    thread = scaled(colour, 0.82)
    sleeve_folds = (
        Crease(drag((210, 232), (268, 352), -10), 9.0, 2.6),
        Crease(drag((206, 395), (262, 330), 8), 7.0, 3.2),
        Crease(drag((212, 412), (282, 372), 6), 6.0, 2.2),
        Crease(drag((204, 380), (236, 300), 8), 6.0, 1.8),
    )
    body_folds = (
        *both_sides(
            Crease(drag(armpit, (128, 300), -16), 9.0, 3.4),
            Crease(drag((198, 415), (110, 380), -12), 11.0, 2.6),
            Crease(drag((197, 440), (130, 520), 14), 12.0, 2.6),
            Crease(drag((198, 470), (160, 640), 10), 11.0, 1.8),
        ),
        Crease(drag((-150, 850), (-110, 640), 10), 13.0, 2.6),
        Crease(drag((60, 860), (38, 690), -8), 14.0, 2.2),
        Crease(drag((150, 850), (128, 610), 14), 12.0, 2.8),
        Crease(drag((-40, 862), (-58, 730), 6), 10.0, 1.8),
    )
    wrinkles = (
        Wrinkle(260, 62, 3.4, 8, where=lower_body),
        Wrinkle(90, 26, 0.8, 50),
    )
    sleeves = tuple(
        Panel(
            outline, colour, weave=JERSEY, frame=straight(90 - sign * 32), whole=True, cast=0.16,
            creases=scaled_creases(sleeve_folds, sign),
            wrinkles=(Wrinkle(120, 40, 0.5, 10),), volume=7.0,
            stitches=(Stitch(cuff * [sign, 1.0], thread),
                      Stitch(shifted(cuff, 3.0) * [sign, 1.0], thread)),
            seams=(armhole * [sign, 1.0],),
        )
        for sign, outline in ((1, sleeve), (-1, mirrored(sleeve)))
    )  # fmt: skip
    panels = (
        Panel(inside, scaled(colour, 0.9), weave=JERSEY, tone=0.66, volume=3.0,
              shade=lambda _x, y: np.clip(1.12 - (y - 180) / 190, 0.55, 1.1),
              wrinkles=(Wrinkle(80, 40, 1.5, 90),)),
        Panel(back_rib, collar, weave=Weave(ribs=3.4, rib_depth=0.22), frame=fan((0, 60), 130),
              tone=0.74, cast=0.2, rim=1.2, volume=1.0),
        label(0, 197),
        *sleeves,
        Panel(body, colour, weave=JERSEY, paint=paint, creases=body_folds, wrinkles=wrinkles,
              whole=True, cast=0.22, volume=12.0, seams=(hem_stitch,),
              stitches=(Stitch(hem_stitch, thread), Stitch(np.add(hem_stitch, [0, 4.0]), thread))),
        Panel(both(rib), collar, weave=Weave(ribs=3.4, rib_depth=0.26), cast=0.3,
              frame=fan((0, 150), 110), rim=1.8, volume=1.5),
    )  # fmt: skip
    return Garment(
        name, "tshirt", panels,
        {"neck_back": (0, 174), "neck_front": (0, 250)},
        {"neck": neck, "shoulder": shoulder, "armpit": armpit, "sleeve_outer": outer,
         "sleeve_inner": inner, "waist": waist, "hem": hem},
        background,
    )  # fmt: skip


def printed_tshirt() -> Garment:
    """Dark teal with a large round print."""
    paint = printed(sunset(214, "HIGH TIDE"), (0, 452))
    return tshirt("printed_tshirt", (0.10, 0.245, 0.285), paint, (0.957, 0.957, 0.953))


def white_tshirt() -> Garment:
    """The hard case: white on light grey, a small print."""
    paint = printed(mark(74, "drift", (0.13, 0.22, 0.40), (0.82, 0.36, 0.28)), (92, 345))
    return tshirt("white_tshirt", (0.94, 0.94, 0.935), paint, GREY)


def tank_top() -> Garment:
    """Rust jersey with a deep neck and bound edges."""
    colour = (0.66, 0.27, 0.17)
    thread = scaled(colour, 0.8)
    cloth = Weave(grain=0.04, ribs=3.6, rib_depth=0.10, sheen=0.06)
    neck, shoulder, armpit = (78.0, 146.0), (128.0, 153.0), (192.0, 398.0)
    waist, hem = (182.0, 640.0), (206.0, 868.0)
    neckline = run((0, 300), (38, 286), (68, 232), neck)
    armhole = run(shoulder, (117, 240), (138, 336), armpit)
    side = path(run(armpit, (184, 510), waist, (195, 770), hem), run(hem, (110, 876), (0, 879)))
    body = both(path(neckline, run(neck, shoulder), armhole, side))
    back_neck = run((0, 204), (44, 194), (70, 168), neck)
    back_hole = run(shoulder, (130, 240), (156, 340), armpit)
    inside = both(path(back_neck, run(neck, shoulder), back_hole, run(armpit, (90, 420), (0, 430))))
    hem_line = across(run((0, 859), (110, 856), (204, 848)))
    folds = (
        *both_sides(
            Crease(drag((186, 402), (96, 330), -14), 10.0, 3.2),
            Crease(drag((188, 420), (84, 420), -16), 12.0, 2.8),
            Crease(drag((186, 440), (120, 540), 12), 11.0, 3.0),
            Crease(drag((182, 520), (140, 690), 12), 12.0, 2.4),
            Crease(drag((98, 170), (80, 290), -8), 8.0, 1.8),
        ),
        Crease(drag((-158, 860), (-120, 620), 12), 13.0, 3.2),
        Crease(drag((-70, 868), (-52, 690), -9), 12.0, 2.4),
        Crease(drag((40, 868), (22, 660), 9), 14.0, 2.8),
        Crease(drag((140, 860), (112, 600), 16), 12.0, 3.4),
    )
    edges = [binding(curve, -9.5, colour, thread) for curve in (across(neckline), armhole,
                                                               mirrored(armhole))]  # fmt: skip
    back_edge = binding(across(back_neck), -9.5, colour, thread, tone=0.74)
    panels = (
        Panel(inside, scaled(colour, 0.85), weave=cloth, tone=0.66, volume=3.0,
              shade=lambda _x, y: np.clip(1.15 - (y - 170) / 240, 0.6, 1.1),
              wrinkles=(Wrinkle(80, 40, 1.6, 80),)),
        back_edge,
        label(0, 216),
        Panel(body, colour, weave=cloth, creases=folds, cast=0.4, volume=12.0,
              wrinkles=(Wrinkle(240, 56, 3.4, 6, where=lower_body), Wrinkle(80, 24, 0.9, 60)),
              seams=(hem_line,),
              stitches=(Stitch(hem_line, thread), Stitch(np.add(hem_line, [0, 4.0]), thread))),
        *edges,
    )  # fmt: skip
    return Garment(
        "tank_top", "tank_top", panels, {"neck_back": (0, 204), "neck_front": (0, 300)},
        {"neck": neck, "shoulder": shoulder, "armpit": armpit, "waist": waist, "hem": hem},
    )  # fmt: skip
