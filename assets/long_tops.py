"""The striped sweater and the hoodie."""

import numpy as np

from assets.cloth import Crease, Panel, Stitch, Weave, Wrinkle, drag, fan, straight
from assets.outlines import band, both, mirrored, path, run
from assets.parts import Arm, across, both_sides, button, label, lower_body, scaled
from assets.prints import stripes
from assets.studio import Garment


def striped_sweater() -> Garment:
    """Navy stripes on ecru, fine knit, ribbed neck, cuffs and hem."""
    ecru, navy = (0.90, 0.875, 0.82), (0.13, 0.15, 0.235)
    knit = Weave(grain=0.04, ribs=2.7, rib_depth=0.07, sheen=0.03)
    rib = Weave(grain=0.04, ribs=4.4, rib_depth=0.45, sheen=0.12)
    neck, shoulder, armpit = (92.0, 152.0), (200.0, 192.0), (197.0, 398.0)
    waist, hem = (186.0, 610.0), (186.0, 846.0)
    armhole = run(shoulder, (184, 250), (183, 335), armpit)
    arm = Arm(armhole, (304, 492), (229, 606), (342, 812), (279, 826), cuff=40.0)
    opening = run((0, 222), (44, 213), (76, 186), neck)
    neck_seam = run((0, 243), (54, 232), (94, 198), (110.0, 158.0))
    side = path(run(armpit, (190, 500), waist, (192, 740), (195, 796), (191, 814)),
                run((191, 814), (100, 818), (0, 819)))  # fmt: skip
    body = both(path(neck_seam, run((110.0, 158.0), shoulder), armhole, side))
    collar = both(path(opening, run(neck, (102, 151), (110.0, 158.0)), neck_seam[::-1]))
    back_top = run((0, 161), (48, 159), neck)
    inside = both(path(back_top, run(neck, (74, 205), (0, 240))))
    back_rib = both(path(back_top, run(neck, (82, 178)), run((82, 178), (40, 184), (0, 185))))
    hem_band = both(path(run((0, 806), (191, 806)), run((191, 806), (190, 828), hem),
                         run(hem, (100, 853), (0, 855))))  # fmt: skip
    folds = (
        *both_sides(
            Crease(drag(armpit, (118, 290), -16), 9.0, 3.2),
            Crease(drag((192, 405), (100, 376), -12), 11.0, 3.0),
            Crease(drag((190, 430), (126, 520), 14), 12.0, 3.0),
            Crease(drag((188, 480), (150, 640), 10), 11.0, 2.2),
            Crease(drag((188, 806), (150, 690), 10), 9.0, 2.4),
        ),
        Crease(drag((-110, 812), (-84, 650), -9), 12.0, 2.8),
        Crease(drag((50, 814), (34, 690), -8), 12.0, 2.6),
    )
    sleeve_paint = tuple(stripes(arm.frame(s), 27.0, 0.44, navy, 8.0) for s in (1.0, -1.0))
    panels = (
        Panel(inside, ecru, weave=knit, tone=0.68, volume=3.0,
              paint=stripes(straight(90), 27.0, 0.44, navy, 16.0),
              shade=lambda _x, y: np.clip(1.1 - (y - 160) / 170, 0.55, 1.1)),
        Panel(back_rib, navy, weave=rib, frame=fan((0, 40), 140), tone=0.8, cast=0.3, volume=1.0),
        label(0, 185),
        *arm.panels(ecru, knit, navy, rib, (sleeve_paint[0], sleeve_paint[1]), fold=2.9),
        Panel(hem_band, navy, weave=rib, volume=6.0, cast=0.1),
        Panel(body, ecru, weave=knit, paint=stripes(straight(90), 27.0, 0.44, navy, 6.0),
              creases=folds, whole=True, cast=0.28, volume=12.0,
              wrinkles=(Wrinkle(230, 58, 3.6, 8, where=lower_body), Wrinkle(80, 26, 0.9, 55))),
        Panel(collar, navy, weave=rib, frame=fan((0, 120), 110), cast=0.32, rim=1.9, volume=1.5),
    )  # fmt: skip
    return Garment(
        "striped_sweater", "sweater", panels, {"neck_back": (0, 161), "neck_front": (0, 222)},
        {"neck": neck, "shoulder": shoulder, "armpit": armpit, **arm.anchors,
         "waist": waist, "hem": hem},
    )  # fmt: skip


def hoodie() -> Garment:
    """Grey melange fleece: hood up, drawstrings, kangaroo pocket."""
    grey = (0.60, 0.605, 0.62)
    fleece = Weave(grain=0.06, melange=0.075, sheen=0.03)
    rib = Weave(grain=0.05, melange=0.04, ribs=4.8, rib_depth=0.34)
    thread = scaled(grey, 0.78)
    neck, shoulder, armpit = (112.0, 268.0), (226.0, 312.0), (214.0, 512.0)
    waist, hem = (208.0, 706.0), (196.0, 924.0)
    armhole = run(shoulder, (206, 372), (202, 448), armpit)
    arm = Arm(armhole, (326, 596), (240, 700), (350, 892), (286, 906), cuff=46.0, gather=9.0)
    seam = run((0, 352), (56, 336), (98, 300), neck)
    side = path(run(armpit, (210, 600), waist, (211, 810), (212, 862), (200, 880)),
                run((200, 880), (100, 884), (0, 885)))  # fmt: skip
    body = both(path(run((0, 344), (54, 326), (96, 292), neck), run(neck, shoulder), armhole, side))
    hem_band = both(path(run((0, 868), (198, 866)), run((198, 866), (200, 895), hem),
                         run(hem, (100, 930), (0, 932))))  # fmt: skip
    edge = run((0, 98), (54, 106), (89, 144), (88, 204), (56, 274), (0, 326))
    outside = run((0, 74), (66, 80), (116, 114), (138, 174), (134, 232), neck)
    hood = both(path(outside, seam[::-1]))
    pocket = both(path(run((0, 690), (92, 690)), run((92, 690), (116, 742), (152, 786)),
                       run((152, 786), (154, 872)), run((154, 872), (0, 874))))  # fmt: skip
    pocket_stitch = run((83, 693), (107, 745), (143, 789))
    folds = (
        *both_sides(
            Crease(drag(armpit, (140, 410), -16), 10.0, 4.0),
            Crease(drag((208, 522), (112, 492), -12), 12.0, 3.6),
            Crease(drag((206, 548), (130, 640), 14), 13.0, 3.6),
            Crease(drag((205, 870), (164, 740), 12), 11.0, 3.4),
            Crease(drag((190, 872), (168, 640), 10), 12.0, 2.4),
            Crease(drag((108, 290), (150, 420), 12), 11.0, 2.6),
        ),
        Crease(drag((-60, 660), (-84, 470), 10), 14.0, 2.6),
        Crease(drag((56, 664), (70, 500), -10), 14.0, 2.6),
    )
    hood_folds = both_sides(
        Crease(drag((120, 240), (96, 120), 10), 10.0, 3.0),
        Crease(drag((108, 270), (84, 200), 6), 7.0, 2.6),
        Crease(drag((104, 292), (52, 312), -8), 6.0, 2.0),
    )
    strings = []
    for line in (run((34, 322), (41, 362), (37, 420), (43, 486)),
                 run((-34, 322), (-38, 370), (-44, 420), (-40, 470))):  # fmt: skip
        tip = line[-12:]
        strings += [
            Panel(band(line, 6.0), (0.86, 0.86, 0.85), rim=2.0, volume=1.5, cast=0.5,
                  weave=Weave(grain=0.05, twill=0.12)),
            Panel(band(tip, 7.0), (0.30, 0.30, 0.31), rim=2.0, volume=1.5, cast=0.3),
            button(line[0][0] - 2, line[0][1], 6.0, (0.55, 0.55, 0.56), 0.5),
            button(line[0][0] - 2, line[0][1] + 0.5, 3.0, (0.13, 0.13, 0.14), 0.0),
        ]  # fmt: skip
    open_edges = both(edge)
    panels = (
        Panel(both(path(run((0, 88), (70, 98), (104, 170)), run((104, 170), (76, 300), (0, 340)))),
              scaled(grey, 0.92), weave=fleece, tone=0.60, volume=4.0,
              seams=(run((2, 92), (-1, 256)), across(run((0, 257), (66, 246)))),
              wrinkles=(Wrinkle(90, 36, 2.4, 10),),
              shade=lambda x, y: np.clip(1.25 - (y - 110) / 330 - np.abs(x) / 260, 0.5, 1.2)),
        label(0, 258),
        *arm.panels(grey, fleece, grey, rib, fold=3.4),
        Panel(hem_band, grey, weave=rib, volume=7.0, cast=0.1),
        Panel(body, grey, weave=fleece, creases=folds, whole=True, cast=0.28,
              volume=13.0, wrinkles=(Wrinkle(200, 60, 4.0, 10), Wrinkle(80, 30, 1.2, 60))),
        Panel(pocket, grey, weave=fleece, whole=True, volume=13.0, cast=0.3,
              wrinkles=(Wrinkle(150, 50, 3.2, 80),), seams=(across(run((0, 698), (88, 698))),),
              creases=both_sides(Crease(drag((148, 800), (70, 850), 8), 9.0, 2.4)),
              stitches=tuple(Stitch(curve, thread) for curve in (
                  across(run((0, 698), (88, 698))), pocket_stitch,
                  mirrored(pocket_stitch)))),
        Panel(hood, grey, holes=(open_edges,), weave=fleece, volume=9.0, rim=1.6, cast=0.42,
              creases=hood_folds, wrinkles=(Wrinkle(110, 40, 2.2, 20),),
              seams=(run((0, 326), (-5, 352)),),
              stitches=(Stitch(_around(edge, 14.0), thread),
                        Stitch(mirrored(_around(edge, 14.0)), thread))),
        *strings,
    )  # fmt: skip
    return Garment(
        "hoodie", "hoodie", panels, {"neck_back": (0, 268), "neck_front": (0, 326)},
        {"neck": neck, "shoulder": shoulder, "armpit": armpit, **arm.anchors,
         "waist": waist, "hem": hem},
    )  # fmt: skip


def _around(edge: np.ndarray, width: float) -> np.ndarray:
    """The hood's edge moved outwards."""
    centre = np.array([0.0, 205.0])
    reach = np.linalg.norm(edge - centre, axis=1, keepdims=True)
    return np.asarray(centre + (edge - centre) * (1 + width / reach))
