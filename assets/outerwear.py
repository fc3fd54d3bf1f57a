"""The button shirt and the bomber jacket."""

import numpy as np

from assets.cloth import Colour, Crease, Frame, Panel, Stitch, Weave, Wrinkle, drag, fan, straight
from assets.outlines import Points, both, path, run
from assets.parts import Arm, across, both_sides, button, label, lower_body, scaled
from assets.prints import stripes
from assets.studio import Garment


def _leaf(sign: float) -> Points:
    """One side of the shirt's turned-down collar."""
    leaf = path(
        run((60, 116), (80, 128), (94, 154)), run((94, 154), (98, 192), (84, 250)),
        run((84, 250), (42, 226), (3, 200)), run((3, 200), (34, 172), (52, 142), (60, 116)),
    )  # fmt: skip
    return np.asarray(leaf * [sign, 1.0])


def button_shirt() -> Garment:
    """Light blue with woven stripes: collar, placket, chest pocket, buttoned cuffs."""
    blue, line = (0.735, 0.815, 0.905), (0.42, 0.55, 0.74)
    poplin = Weave(grain=0.03, sheen=0.05)
    thread = scaled(blue, 0.92)
    pearl = (0.95, 0.94, 0.91)
    neck, shoulder, armpit = (92.0, 150.0), (202.0, 190.0), (196.0, 404.0)
    waist, hem = (186.0, 626.0), (197.0, 806.0)
    armhole = run(shoulder, (187, 256), (184, 340), armpit)
    arm = Arm(armhole, (306, 496), (228, 610), (338, 824), (272, 838), cuff=52.0, gather=7.0)
    side = path(run(armpit, (189, 505), waist, (192, 730), hem),
                run(hem, (176, 858), (110, 892), (0, 896)))  # fmt: skip
    body = both(path(run((0, 196), (40, 178), (72, 148)), run((72, 148), neck, shoulder),
                     armhole, side))  # fmt: skip
    back_top = run((0, 122), (34, 120), (60, 116))
    inside = both(path(back_top, run((60, 116), (50, 166), (0, 204))))
    hem_line = across(run((0, 884), (106, 880), (168, 850), (190, 806)))
    pocket = path(run((58, 372), (142, 372)), run((142, 372), (142, 452)),
                  run((142, 452), (100, 476)), run((100, 476), (58, 452)))  # fmt: skip
    inner_pocket = path(run((61, 376), (61, 450)), run((61, 450), (100, 472)),
                        run((100, 472), (139, 450)), run((139, 450), (139, 376)))  # fmt: skip
    down = stripes(straight(0), 8.0, 0.26, line)
    folds = (
        *both_sides(
            Crease(drag(armpit, (120, 300), -16), 8.0, 3.6),
            Crease(drag((190, 412), (104, 392), -12), 9.0, 3.0),
            Crease(drag((188, 436), (112, 560), 16), 10.0, 3.6),
            Crease(drag((188, 480), (132, 690), 14), 10.0, 3.0),
            Crease(drag((96, 250), (120, 400), 10), 9.0, 2.2),
        ),
        Crease(drag((-30, 300), (-64, 560), 10), 8.0, 2.8),
        Crease(drag((30, 520), (70, 800), -12), 10.0, 3.4),
        Crease(drag((-34, 600), (-90, 860), 12), 10.0, 3.4),
        Crease(drag((130, 860), (110, 640), 10), 11.0, 3.0),
    )
    placket = path(
        run((-15, 199), (15, 199)), run((15, 199), (15, 894)), run((15, 894), (-15, 894))
    )
    sleeve_paint = tuple(stripes(_turned(arm, s), 8.0, 0.26, line) for s in (1.0, -1.0))
    cuff_x = [(arm.outer[0] * 0.72 + arm.inner[0] * 0.28) * s for s in (1, -1)]
    cuff_y = arm.outer[1] - 22
    wrinkles = (
        Wrinkle(220, 46, 2.6, 6, where=lower_body),
        Wrinkle(90, 22, 0.9, 50), Wrinkle(50, 12, 0.4, 0),
    )  # fmt: skip
    panels = (
        Panel(inside, blue, weave=poplin, paint=down, tone=0.74, volume=3.0,
              shade=lambda _x, y: np.clip(1.12 - (y - 120) / 150, 0.55, 1.1),
              seams=(across(run((0, 152), (52, 146))),)),
        label(0, 156, (0.16, 0.2, 0.3)),
        *arm.panels(blue, poplin, blue, poplin, (sleeve_paint[0], sleeve_paint[1]), fold=3.2),
        *(button(x, cuff_y, 4.4, pearl) for x in cuff_x),
        Panel(body, blue, weave=poplin, paint=down, creases=folds, wrinkles=wrinkles, whole=True,
              cast=0.28, volume=12.0, seams=(hem_line,), stitches=(Stitch(hem_line, thread),)),
        Panel(pocket, blue, weave=poplin, paint=down, whole=True, volume=12.0, cast=0.34,
              seams=(run((58, 392), (142, 392)),), wrinkles=(Wrinkle(60, 24, 1.0, 40),),
              stitches=(Stitch(inner_pocket, thread, 2.4, 1.2, 0.8),)),
        Panel(placket, blue, weave=poplin, paint=down, whole=True, volume=12.0, cast=0.34,
              wrinkles=(Wrinkle(70, 30, 1.6, 90),),
              stitches=tuple(Stitch(run((x, 204), (x, 890)), thread, 2.4, 1.2, 0.8)
                             for x in (-11.5, 11.5))),
        *(button(0.0, 230.0 + 92 * k, 5.2, pearl) for k in range(7)),
        *(Panel(_leaf(s), blue, weave=poplin, paint=stripes(straight(-38 * s), 8.0, 0.26, line),
                volume=3.0, rim=2.0, cast=0.55, wrinkles=(Wrinkle(60, 30, 1.0, 30),),
                stitches=(Stitch(_leaf_stitch(s), thread, 2.4, 1.2, 0.8),)) for s in (1.0, -1.0)),
        button(0.0, 206.0, 4.6, pearl),
    )  # fmt: skip
    return Garment(
        "button_shirt", "shirt", panels, {"neck_back": (0, 122), "neck_front": (0, 200)},
        {"neck": neck, "shoulder": shoulder, "armpit": armpit, **arm.anchors,
         "waist": waist, "hem": hem},
    )  # fmt: skip


def _turned(arm: Arm, sign: float) -> Frame:
    x, y = arm.along
    return straight(float(np.degrees(np.arctan2(y, sign * x))) - 90)


def _leaf_stitch(sign: float) -> Points:
    line = path(run((90, 160), (93, 192), (81, 242)), run((81, 242), (44, 220), (8, 196)))
    return np.asarray(line * [sign, 1.0])


def bomber_jacket() -> Garment:
    """Olive nylon, zipped: ribbed collar, cuffs and hem, slanted pockets."""
    olive: Colour = (0.29, 0.305, 0.205)
    dark: Colour = (0.20, 0.21, 0.15)
    nylon = Weave(grain=0.025, sheen=0.10)
    rib = Weave(grain=0.05, ribs=5.0, rib_depth=0.42, sheen=0.06)
    thread = scaled(olive, 0.7)
    metal: Colour = (0.62, 0.60, 0.55)
    neck, shoulder, armpit = (96.0, 160.0), (222.0, 204.0), (214.0, 424.0)
    waist, hem = (210.0, 622.0), (200.0, 830.0)
    armhole = run(shoulder, (200, 268), (198, 356), armpit)
    arm = Arm(armhole, (330, 510), (246, 622), (354, 810), (292, 824), cuff=46.0, gather=11.0)
    seam = run((0, 232), (56, 216), (92, 186), neck)
    side = path(run(armpit, (212, 520), waist, (214, 730), (214, 768), (203, 788)),
                run((203, 788), (100, 791), (0, 792)))  # fmt: skip
    body = both(path(seam, run(neck, shoulder), armhole, side))
    hem_band = both(path(run((0, 780), (203, 778)), run((203, 778), (204, 804), hem),
                         run(hem, (100, 836), (0, 838))))  # fmt: skip
    front_top = run((76, 128), (60, 166), (3, 196))
    collar = path(front_top[::-1], run((76, 128), (92, 140), neck), seam[::-1])
    back_top = run((0, 134), (40, 132), (76, 128))
    inside = both(path(back_top, run((76, 128), (60, 178), (0, 210))))
    folds = (
        *both_sides(
            Crease(drag(armpit, (140, 316), -16), 9.0, 4.6),
            Crease(drag((208, 432), (112, 396), -14), 10.0, 4.4),
            Crease(drag((206, 460), (120, 560), 16), 11.0, 4.4),
            Crease(drag((206, 784), (160, 660), 12), 9.0, 4.4),
            Crease(drag((150, 786), (130, 690), 8), 8.0, 3.6),
            Crease(drag((84, 786), (70, 680), 6), 8.0, 3.6),
            Crease(drag((24, 330), (90, 400), 8), 9.0, 2.8),
        ),
        Crease(drag((18, 640), (110, 720), 10), 10.0, 3.8),
        Crease(drag((-18, 560), (-120, 690), -14), 11.0, 3.8),
    )
    wrinkles = (Wrinkle(190, 46, 4.0, 30), Wrinkle(90, 20, 1.4, 70), Wrinkle(60, 13, 0.7, 10))
    pocket = run((96, 590), (150, 716))
    zip_line = run((0, 204), (0, 832))
    teeth = [Stitch(zip_line, metal, 2.0, 1.6, 5.0)]
    panels = (
        Panel(inside, dark, weave=rib, frame=fan((0, 0), 130), tone=0.62, volume=2.0),
        label(0, 158),
        *arm.panels(olive, nylon, dark, rib, fold=4.2),
        Panel(hem_band, dark, weave=rib, volume=7.0, cast=0.1),
        Panel(body, olive, weave=nylon, creases=folds, wrinkles=wrinkles, whole=True, cast=0.32,
              volume=14.0, seams=(run((-16, 232), (-16, 790)), run((16, 232), (16, 790))),
              stitches=tuple(Stitch(run((x, 234), (x, 788)), thread) for x in (-20.0, 20.0))),
        *(Panel(_welt(pocket) * [s, 1.0], olive, weave=nylon, volume=3.0, rim=2.6, cast=0.5,
                stitches=(Stitch(_welt_stitch(pocket) * [s, 1.0], thread),)) for s in (1.0, -1.0)),
        *(Panel(collar * [s, 1.0], dark, weave=rib, frame=fan((0, 40), 150), volume=3.0, rim=2.2,
                cast=0.35) for s in (1.0, -1.0)),
        Panel(path(run((-5, 200), (5, 200)), run((5, 200), (5, 834)), run((5, 834), (-5, 834))),
              dark, volume=0.5, rim=1.0, cast=0.4, stitches=tuple(teeth)),
        Panel(path(run((-5, 204), (5, 204)), run((5, 204), (4, 222)), run((4, 222), (-4, 222))),
              metal, weave=Weave(grain=0.0, sheen=0.5), rim=3.0, volume=1.0, cast=0.5),
        Panel(path(run((-3, 222), (3, 222)), run((3, 222), (5, 252)), run((5, 252), (-4, 252))),
              metal, weave=Weave(grain=0.0, sheen=0.5), rim=3.0, volume=1.0, cast=0.5),
    )  # fmt: skip
    return Garment(
        "bomber_jacket", "jacket", panels, {"neck_back": (0, 134), "neck_front": (0, 198)},
        {"neck": neck, "shoulder": shoulder, "armpit": armpit, **arm.anchors,
         "waist": waist, "hem": hem},
    )  # fmt: skip


def _welt(edge: Points) -> Points:
    (ax, ay), (bx, by) = edge[0].tolist(), edge[-1].tolist()
    return path(run((ax, ay), (bx, by)), run((bx, by), (bx + 17, by - 7)),
                run((bx + 17, by - 7), (ax + 17, ay - 7)))  # fmt: skip


def _welt_stitch(edge: Points) -> Points:
    return np.add(edge, [13.5, -4.0])
