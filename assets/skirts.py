"""The A-line skirt and the dress."""

import numpy as np

from assets.cloth import Colour, Crease, Panel, Stitch, Weave, Wrinkle, drag, fan, straight
from assets.outlines import Field, both, mirrored, path, run, shifted
from assets.parts import across, binding, both_sides, label, scaled, scaled_creases
from assets.prints import printed, scattered
from assets.studio import Garment


def _gathers(
    half_width: float, top: float, length: float, fan_out: float, seed: int, height: float
) -> tuple[Crease, ...]:
    """Folds falling from a waist seam, each of its own length."""
    rng = np.random.default_rng(seed)
    folds = []
    for x in np.linspace(-half_width, half_width, int(half_width / 9)):
        x = float(x + rng.uniform(-5, 5))
        fall = length * float(rng.uniform(0.35, 1.0))
        end = (x * (1 + fan_out * fall / length), top + fall)
        width = float(rng.choice([5.0, 7.0, 9.0]))
        folds.append(Crease(drag(end, (x, top - 30), float(rng.uniform(-6, 6))), width,
                            height * float(rng.uniform(0.5, 1.0))))  # fmt: skip
    return tuple(folds)


def aline_skirt() -> Garment:
    """Wine red, flared, with soft folds from the waistband."""
    wine: Colour = (0.52, 0.20, 0.25)
    cloth = Weave(grain=0.045, twill=0.03, sheen=0.07)
    thread = scaled(wine, 0.8)
    waist, hip, hem = (130.0, 150.0), (193.0, 338.0), (292.0, 846.0)
    flare = fan((0, -260), 700)
    xs = np.linspace(hem[0], 0, 24)
    wave = (2.6 * np.sin(xs / 15.5) + 2.0 * np.sin(xs / 27 + 1)) * (1 - (xs / hem[0]) ** 6)
    hem_points = [(float(x), float(hem[1] + 44 * (1 - (x / hem[0]) ** 2) + w))
                  for x, w in zip(xs, wave, strict=True)]  # fmt: skip
    bottom = run(*hem_points)
    top = run((0, 162), (66, 159), waist)
    outline = both(path(top, run(waist, (152, 206), hip, (246, 590), hem), bottom))
    waistband = both(path(top, run((137, 186), (70, 196), (0, 199))))
    inside = both(path(run((0, 151), (66, 148), waist), run(waist, (0, 190))))
    hem_line = across(shifted(bottom, 20.0)[::-1][:-8])
    folds = (
        *_gathers(118, 200, 640, 0.98, 5, 3.6),
        *both_sides(Crease(drag((250, 850), (150, 330), 12), 14.0, 4.0),
                    Crease(drag((120, 880), (64, 360), 8), 16.0, 5.0)),
        Crease(drag((6, 884), (4, 420), 6), 17.0, 5.0),
        Crease(drag((-200, 860), (-118, 400), 8), 15.0, 4.6),
        Crease(drag((188, 864), (112, 460), 8), 15.0, 5.0),
    )  # fmt: skip
    panels = (
        Panel(inside, scaled(wine, 0.9), weave=cloth, tone=0.6, volume=2.0),
        Panel(outline, wine, weave=cloth, frame=flare, creases=folds, volume=13.0, cast=0.25,
              wrinkles=(Wrinkle(420, 42, 5.0, 0, bend=0.12), Wrinkle(110, 22, 0.7, 20)),
              stitches=(Stitch(hem_line, thread),), seams=(hem_line,)),
        Panel(waistband, wine, weave=cloth, whole=True, volume=13.0, cast=0.35, rim=2.0,
              wrinkles=(Wrinkle(40, 16, 0.7, 80),),
              stitches=(Stitch(across(run((0, 195), (70, 192), (135, 182))), thread),)),
    )  # fmt: skip
    return Garment("aline_skirt", "skirt", panels, {},
                   {"waist": waist, "hip": hip, "hem": hem})  # fmt: skip


def dress() -> Garment:
    """Navy with scattered flowers: short sleeves, waist seam, flared skirt."""
    navy: Colour = (0.135, 0.165, 0.265)
    cloth = Weave(grain=0.04, sheen=0.13)
    thread = scaled(navy, 1.5)
    blooms: tuple[Colour, ...] = ((0.90, 0.52, 0.47), (0.94, 0.80, 0.74), (0.83, 0.36, 0.38))
    flowers = printed(scattered((600, 940), 11, blooms, (0.36, 0.48, 0.40), 34), (0, 500))
    neck, shoulder, armpit = (88.0, 80.0), (160.0, 102.0), (150.0, 232.0)
    waist, hip, hem = (118.0, 376.0), (176.0, 520.0), (268.0, 924.0)
    outer, inner = (226.0, 218.0), (168.0, 258.0)
    neckline = run((0, 172), (36, 160), (70, 120), neck)
    armhole = run(shoulder, (145, 150), (142, 196), armpit)
    bodice = both(path(neckline, run(neck, shoulder), armhole, run(armpit, (130, 300), waist),
                       run(waist, (60, 388), (0, 390))))  # fmt: skip
    xs = np.linspace(hem[0], 0, 24)
    wave = (2.4 * np.sin(xs / 13.5) + 2.2 * np.sin(xs / 23 + 2)) * (1 - (xs / hem[0]) ** 6)
    bottom = run(*[(float(x), float(hem[1] + 40 * (1 - (x / hem[0]) ** 2) + w))
                   for x, w in zip(xs, wave, strict=True)])  # fmt: skip
    skirt = both(
        path(
            run((0, 384), (60, 382), (waist[0], waist[1] - 1)),
            run((waist[0], waist[1] - 1), (130, 412), hip, (228, 728), hem),
            bottom,
        )
    )
    sleeve = path(run(shoulder, (184, 118), (208, 168), outer), run(outer, inner),
                  run(inner, (157, 244), armpit), armhole[::-1])  # fmt: skip
    back_neck = run((0, 92), (46, 88), neck)
    inside = both(path(back_neck, run(neck, (70, 140), (0, 186))))
    cuff = shifted(run(outer, inner), 9.0)
    hem_line = across(shifted(bottom, 16.0)[::-1][:-8])
    flare = fan((0, -60), 560)
    bodice_folds = both_sides(
        Crease(drag((146, 240), (80, 190), -12), 8.0, 2.8),
        Crease(drag((138, 262), (70, 270), -10), 9.0, 2.6),
        Crease(drag((70, 380), (84, 270), -8), 8.0, 3.0),
        Crease(drag((104, 374), (106, 300), 8), 7.0, 2.4),
        Crease(drag((30, 384), (36, 310), 6), 7.0, 2.0),
    )
    sleeve_folds = (
        Crease(drag((156, 226), (196, 176), 7), 6.0, 2.4),
        Crease(drag((160, 240), (208, 206), 5), 5.0, 1.8),
        Crease(drag((164, 112), (194, 190), -8), 7.0, 1.8),
    )
    skirt_folds = (
        *_gathers(112, 384, 470, 1.15, 8, 4.2),
        *both_sides(Crease(drag((216, 928), (128, 480), 10), 14.0, 4.4),
                    Crease(drag((96, 946), (52, 500), 8), 15.0, 5.0)),
        Crease(drag((-8, 954), (-4, 540), 6), 15.0, 5.0),
        Crease(drag((160, 938), (92, 560), 8), 14.0, 5.0),
        Crease(drag((-156, 938), (-88, 520), 8), 14.0, 4.6),
    )  # fmt: skip

    def dim(_x: Field, y: Field) -> Field:
        return np.asarray(np.clip(1.12 - (y - 90) / 150, 0.55, 1.1), dtype=np.float32)

    panels = (
        Panel(inside, navy, weave=cloth, paint=flowers, tone=0.5, volume=3.0, shade=dim),
        binding(across(back_neck), -7.0, navy, thread, tone=0.75),
        label(0, 101),
        *(Panel(outline, navy, weave=cloth, frame=straight(90 - s * 34), paint=flowers, whole=True,
                volume=7.0, cast=0.16, creases=scaled_creases(sleeve_folds, s),
                wrinkles=(Wrinkle(80, 24, 1.4, 10),), seams=(cuff * [s, 1.0],),
                stitches=(Stitch(cuff * [s, 1.0], thread),))
          for s, outline in ((1.0, sleeve), (-1.0, mirrored(sleeve)))),
        Panel(skirt, navy, weave=cloth, frame=flare, paint=flowers, creases=skirt_folds,
              volume=12.0, rim=1.4, cast=0.1, seams=(hem_line,),
              stitches=(Stitch(hem_line, thread),),
              wrinkles=(Wrinkle(380, 36, 5.0, 0, bend=0.12), Wrinkle(90, 20, 0.7, 20))),
        Panel(bodice, navy, weave=cloth, paint=flowers, creases=bodice_folds, whole=True,
              volume=11.0, cast=0.3, wrinkles=(Wrinkle(140, 40, 2.2, 8), Wrinkle(60, 18, 0.8, 50))),
        binding(across(neckline), -7.0, navy, thread),
    )  # fmt: skip
    return Garment(
        "dress", "dress", panels, {"neck_back": (0, 92), "neck_front": (0, 172)},
        {"neck": neck, "shoulder": shoulder, "armpit": armpit, "sleeve_outer": outer,
         "sleeve_inner": inner, "waist": waist, "hip": hip, "hem": hem},
    )  # fmt: skip
