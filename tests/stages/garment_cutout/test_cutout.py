"""Stage 3: the garment without its background, with clean edges."""

from dataclasses import replace
from io import BytesIO

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from assets.draw_garments import CUTOUTS, FOLDER
from benchmarks.garments import SHAPES
from benchmarks.varied_garments import photograph
from tests.fakes.models import Broken, FakeMatting, FakePose
from tests.fakes.wardrobe import GARMENTS, drawn, photo_rgb, true_alpha
from tryon.arrays import BoolMask, RgbImage, SoftMask, to_uint8, to_unit_float
from tryon.errors import SegmentationFailed
from tryon.fit import Models
from tryon.stages.garment import prepare_garment
from tryon.stages.garment_cutout.cutout import clean_edge_colours, cut_out
from tryon.stages.load import Photo, PhotoLimits, load_photo

SIZE_HW = (320, 240)
NOBODY = FakePose(())


def shirt() -> BoolMask:
    """A T-shirt's outline with the sleeves apart from the body."""
    mask = np.zeros(SIZE_HW, np.uint8)
    outline = [(95, 60), (145, 60), (215, 110), (200, 190), (178, 185), (180, 120), (172, 280),
               (68, 280), (60, 120), (62, 185), (40, 190), (25, 110)]  # fmt: skip
    cv2.fillPoly(mask, [np.array(outline)], 1)
    return mask > 0


def lit(background: tuple[int, int, int], falloff: float = 0.0, noise: float = 0.0) -> RgbImage:
    """An empty background whose light changes from corner to corner by `falloff` levels."""
    y, x = np.mgrid[: SIZE_HW[0], : SIZE_HW[1]]
    light = falloff * (y / SIZE_HW[0] + x / SIZE_HW[1] - 1)
    grain = np.random.default_rng(0).normal(0, noise, (*SIZE_HW, 3))
    levels = np.array(background) + light[..., None] + grain
    return np.clip(levels + 0.5, 0, 255).astype(np.uint8)


def laid(
    mask: BoolMask, background: RgbImage, cloth: tuple[int, int, int]
) -> tuple[RgbImage, SoftMask]:
    """A photo of cloth on a background, softly edged as by a lens, and its true alpha."""
    alpha = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.8)
    mixed = background * (1 - alpha[..., None]) + np.array(cloth) * alpha[..., None]
    return np.clip(mixed + 0.5, 0, 255).astype(np.uint8), alpha


def iou(one: SoftMask, other: BoolMask) -> float:
    """Intersection over union."""
    mask = one > 0.5
    return float((mask & other).sum() / (mask | other).sum())


def blurred(mask: BoolMask, sigma: float = 3.0) -> SoftMask:
    """What a matting network of 320 px gives: the right place, soft edges."""
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), sigma), np.float32)


# --- backgrounds ---------------------------------------------------------------------------------

BACKGROUNDS = {
    "white": lit((255, 255, 255)),
    "grey": lit((190, 190, 190)),
    "light falling off": lit((215, 215, 215), falloff=35),
    "a coloured wall": lit((150, 180, 160), falloff=20),
    "a grainy photo": lit((200, 195, 190), falloff=15, noise=5),
}


@pytest.mark.parametrize("background", BACKGROUNDS.values(), ids=BACKGROUNDS)
def test_the_outline_is_met_on_plain_backgrounds(background: RgbImage) -> None:
    """Photos of shops and of bedroom floors alike give a clean shirt."""
    photo, _ = laid(shirt(), background, (60, 70, 140))

    cutout = cut_out(photo, blurred(shirt()))

    assert iou(cutout.alpha, shirt()) > 0.975
    assert cutout.notes == ()


def test_a_white_shirt_on_white_is_found_though_the_network_misses_it() -> None:
    """White on white is how shops photograph white shirts."""
    photo, _ = laid(shirt(), lit((255, 255, 255)), (246, 246, 247))
    only_part = blurred(shirt() & (np.arange(240) > 120)[None, :])

    cutout = cut_out(photo, only_part)

    assert iou(cutout.alpha, shirt()) > 0.95
    assert cutout.confidence < 0.7
    assert any("hardly differs from its background" in note for note in cutout.notes)


def test_a_dark_sleeve_the_network_left_out_is_put_back() -> None:
    """A network that drops a sleeve would give a one-armed draft."""
    photo, _ = laid(shirt(), lit((240, 240, 240)), (40, 45, 60))
    sleeve = np.zeros(SIZE_HW, bool)
    sleeve[:, :58] = True

    cutout = cut_out(photo, blurred(shirt() & ~sleeve))

    assert iou(cutout.alpha, shirt()) > 0.96


def test_a_gap_the_network_filled_is_opened_again() -> None:
    """Background between sleeve and body would be painted onto the person as cloth."""
    ring = shirt()
    gap = np.zeros(SIZE_HW, bool)
    gap[130:250, 100:140] = True  # enclosed on all sides, as by a sleeve laid over the body
    photo, _ = laid(ring & ~gap, lit((255, 255, 255)), (120, 40, 50))

    cutout = cut_out(photo, blurred(ring))

    assert iou(cutout.alpha, ring & ~gap) > 0.96
    assert cutout.alpha[140:240, 110:130].max() < 0.02


def test_a_white_print_is_cloth_and_no_gap() -> None:
    """A white square printed on a red shirt is part of the shirt, if it is shaded as cloth is."""
    photo, _ = laid(shirt(), lit((255, 255, 255)), (160, 40, 50))
    print_xy = np.s_[130:230, 90:150]
    shade = np.linspace(228, 250, 60)[None, :, None]
    photo = photo.copy()
    photo[print_xy] = np.broadcast_to(shade, (100, 60, 3))

    cutout = cut_out(photo, blurred(shirt()))

    assert cutout.alpha[print_xy].min() > 0.95


def test_a_busy_background_leaves_it_to_the_network() -> None:
    """On a patterned bedspread only the network can tell; its outline is kept and said unsure."""
    tiles = np.kron(np.random.default_rng(0).integers(0, 255, (20, 15, 3)), np.ones((16, 16, 1)))
    photo, _ = laid(shirt(), tiles.astype(np.uint8), (60, 70, 140))

    cutout = cut_out(photo, blurred(shirt(), 1.0))

    assert iou(cutout.alpha, shirt()) > 0.95
    assert cutout.confidence < 0.8


def test_dirt_beside_the_garment_is_dropped() -> None:
    """A label or a clip in the corner of the photo is not worn."""
    photo, _ = laid(shirt(), lit((240, 240, 240)), (60, 70, 140))
    dirt = np.zeros(SIZE_HW, bool)
    dirt[10:18, 10:18] = True

    cutout = cut_out(photo, blurred(shirt() | dirt, 1.0))

    assert cutout.alpha[dirt].max() < 0.1


# --- edges ---------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(
    cloth=st.tuples(*[st.integers(0, 255)] * 3),
    background=st.tuples(*[st.integers(0, 255)] * 3),
)
def test_no_colour_of_the_background_is_left_in_the_edge(
    cloth: tuple[int, int, int], background: tuple[int, int, int]
) -> None:
    """A white halo around dark cloth is the first thing people see."""
    photo, alpha = laid(shirt(), lit(background), cloth)

    cleaned = clean_edge_colours(photo, alpha)

    worn = alpha > 0.02
    gap = np.abs(cleaned[worn].astype(np.int16) - np.array(cloth)).max()
    assert gap <= 6  # pixels at alpha 0.98 and above keep up to 2% of the background


@pytest.mark.parametrize("level", [250, 228, 120], ids=["white", "pale", "dark"])
def test_white_cloth_on_white_does_not_glow(level: int) -> None:
    """Without an edge to follow, half-transparent background hung around it on dark trousers."""
    mask = np.kron(shirt(), np.ones((3, 3), bool))
    white = np.full((*mask.shape, 3), 255, np.uint8)
    photo, _ = laid(mask, white, (level, level, level))

    alpha = cut_out(photo, blurred(mask, 6.0)).alpha

    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    soft_px = ((alpha > 0.05) & (alpha < 0.95)).sum() / sum(len(line) for line in outlines)
    assert soft_px < 6


def test_the_inside_keeps_every_pixel() -> None:
    """Cleaning edges must not blur the print."""
    photo, alpha = laid(shirt(), lit((255, 255, 255)), (60, 70, 140))
    photo = photo.copy()
    photo[100:200, 80:160] = np.random.default_rng(0).integers(0, 255, (100, 80, 3))

    cleaned = clean_edge_colours(photo, alpha)

    solid = alpha >= 0.995
    np.testing.assert_array_equal(cleaned[solid], photo[solid])


def test_cleaning_leaves_the_photo_itself_alone() -> None:
    """The photo is shown beside the cutout; both come from one array."""
    photo, alpha = laid(shirt(), lit((255, 255, 255)), (60, 70, 140))
    before = photo.copy()

    clean_edge_colours(photo, alpha)

    np.testing.assert_array_equal(photo, before)


def test_nothing_solid_nothing_cleaned() -> None:
    """A veil is half transparent everywhere: there is no solid colour to take."""
    photo, alpha = laid(shirt(), lit((255, 255, 255)), (60, 70, 140))

    cleaned = clean_edge_colours(photo, (alpha * 0.5).astype(np.float32))

    np.testing.assert_array_equal(cleaned, photo)


# --- stage 3 as a whole --------------------------------------------------------------------------


def as_photo(rgb: RgbImage, alpha: SoftMask | None = None) -> Photo:
    """The picture as stage 0 hands it on."""
    return Photo(rgb, alpha, (rgb.shape[1], rgb.shape[0]), "0" * 64)


@pytest.mark.parametrize("name", CUTOUTS)
def test_a_picture_with_transparency_keeps_it_exactly(name: str) -> None:
    """Somebody who cut the garment out by hand knows better than any model."""
    photo = load_photo((FOLDER / f"{name}_cutout.png").read_bytes(), PhotoLimits())

    garment = prepare_garment(photo, None, Broken(), Broken())

    mask = np.asarray(Image.open(FOLDER / f"{name}.mask.png"))
    np.testing.assert_array_equal(to_uint8(garment.alpha), mask)
    np.testing.assert_array_equal(garment.cutout[..., 3], mask)
    assert garment.cutout_confidence == 1.0


def test_a_given_type_is_not_doubted() -> None:
    """Who says hoodie gets a hoodie, though its outline is that of a sweater."""
    photo, alpha = laid(shirt(), lit((240, 240, 240)), (60, 70, 140))

    garment = prepare_garment(as_photo(photo), "hoodie", FakeMatting(alpha), NOBODY)

    assert garment.garment_type == "hoodie"
    assert garment.type_confidence == 1.0
    assert garment.notes == ()


def test_a_detected_type_is_said() -> None:
    """A wrong guess is corrected only by somebody who was told it."""
    photo, alpha = laid(shirt(), lit((240, 240, 240)), (60, 70, 140))

    garment = prepare_garment(as_photo(photo), None, FakeMatting(alpha), NOBODY)

    assert garment.notes
    assert "taken for" in garment.notes[0]
    assert 0 < garment.type_confidence < 1


EMPTY = {
    "nothing found": np.zeros(SIZE_HW, np.float32),
    "a speck": np.pad(np.ones((10, 10), np.float32), ((155, 155), (115, 115))),
    "everything found": np.ones(SIZE_HW, np.float32),
}


@pytest.mark.parametrize("alpha", EMPTY.values(), ids=EMPTY)
def test_a_photo_without_a_garment_is_refused(alpha: SoftMask) -> None:
    """A photo of a wall, or of nothing but cloth, gets a remedy instead of a draft."""
    with pytest.raises(SegmentationFailed) as refusal:
        prepare_garment(as_photo(lit((200, 200, 200), noise=2)), None, FakeMatting(alpha), NOBODY)

    assert refusal.value.code == "SEGMENTATION_FAILED"
    assert "plain background" in refusal.value.remedy


def test_a_picture_of_one_colour_is_refused_without_a_warning() -> None:
    """An empty canvas saved by mistake is answered as any photo without a garment."""
    nothing = np.zeros(SIZE_HW, np.float32)

    with pytest.raises(SegmentationFailed):
        prepare_garment(as_photo(lit((200, 200, 200))), None, FakeMatting(nothing), NOBODY)


# --- real model ----------------------------------------------------------------------------------

GOOD_CUTOUT = 0.985


@pytest.mark.slow
@pytest.mark.parametrize("name", GARMENTS)
def test_drawn_garments_are_cut_out_as_they_were_drawn(name: str, real_models: Models) -> None:
    """The figure by which cutouts are judged on labelled photos, on pictures known exactly."""
    photo = photo_rgb(name)

    cutout = cut_out(photo, real_models.matting.alpha(photo))

    assert iou(cutout.alpha, true_alpha(name) > 0.5) >= GOOD_CUTOUT


@pytest.mark.slow
@pytest.mark.parametrize("name", ["white_tshirt", "printed_tshirt", "hoodie"])
def test_a_real_cutout_has_no_halo(name: str, real_models: Models) -> None:
    """Laid over black, the edge of a shirt photographed on white stays dark or cloth-coloured."""
    buffer = BytesIO()
    Image.fromarray(photo_rgb(name)).save(buffer, "PNG")
    photo = load_photo(buffer.getvalue(), PhotoLimits())

    garment = prepare_garment(photo, None, real_models.matting, FakePose(()))

    edge = (garment.alpha > 0.1) & (garment.alpha < 0.9)
    solid = cv2.erode((garment.alpha > 0.995).astype(np.uint8), np.ones((5, 5), np.uint8))
    near = cv2.dilate(edge.astype(np.uint8), np.ones((25, 25), np.uint8)) & solid
    brightness = garment.rgb.mean(axis=2)
    assert brightness[edge].mean() < brightness[near > 0].mean() + 6


def test_the_drawn_wardrobe_is_what_stage_three_would_make() -> None:
    """Other tests dress people from it; its arrays obey the same contract."""
    garment = drawn("printed_tshirt")

    assert garment.alpha.dtype == np.float32
    assert to_unit_float(garment.rgb).shape == (*garment.alpha.shape, 3)
    assert garment.anchors.width == garment.alpha.shape[1]


# --- what lies around a garment ------------------------------------------------------------------


def test_a_shadow_the_network_left_out_stays_out() -> None:
    """A rim of shadow sewn to a dark garment would hang around it on the person."""
    shot = photograph(SHAPES["in its shadow"])

    alpha = cut_out(shot.photo, shot.alpha).alpha

    assert iou(alpha, shot.alpha > 0.5) > 0.99


@pytest.mark.parametrize("name", ["T-shirt", "tank top", "long sleeves"])
def test_a_hanger_is_no_part_of_the_garment(name: str) -> None:
    """Sellers photograph on hangers; the hook would stand before the wearer's face."""
    bare, hung = photograph(SHAPES[name]), photograph(replace(SHAPES[name], has_hanger=True))
    wire = np.abs(hung.photo.astype(int) - bare.photo).max(axis=2) > 40
    above = np.flatnonzero(bare.alpha.any(axis=1))[0]

    alpha = cut_out(hung.photo, np.maximum(hung.alpha, wire.astype(np.float32))).alpha

    assert wire[:above].any()
    assert not (alpha[: above - 20] > 0.5).any()
    assert iou(alpha, hung.alpha > 0.5) > 0.99


@pytest.mark.parametrize("turn_deg", [0, -12, 12])
def test_thin_straps_are_no_hanger(turn_deg: float) -> None:
    """Of a top that lies turned, one strap alone is highest."""
    shot = photograph(replace(SHAPES["spaghetti"], turn_deg=turn_deg))

    alpha = cut_out(shot.photo, shot.alpha).alpha

    assert iou(alpha, shot.alpha > 0.5) > 0.99
