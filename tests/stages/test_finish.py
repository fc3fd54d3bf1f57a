"""The offline finisher: what it takes over from the photo, and what it must not."""

import cv2
import numpy as np
import pytest
from skimage.color import rgb2lab

from tryon.arrays import RgbImage, SoftMask
from tryon.stages.finish import STRENGTHS, finish_draft
from tryon.stages.finishing.camera import grain_sigma, sharpness

H, W = 480, 360
TRUNK = np.s_[120:420, 90:270]
RED = (190, 60, 70)
NOTHING = np.zeros((H, W), np.float32)


def mask(part: tuple[slice, slice]) -> SoftMask:
    soft = np.zeros((H, W), np.float32)
    soft[part] = 1
    return soft


def person_in(cloth: np.ndarray) -> RgbImage:
    """A wall, and on the trunk what is worn: (h, w) or (h, w, 3) in 0..255."""
    rgb = np.full((H, W, 3), 205, np.float32)
    rgb[TRUNK] = cloth if cloth.ndim == 3 else cloth[..., None]
    return np.clip(rgb, 0, 255).astype(np.uint8)


def draft_on(person: RgbImage, colour: tuple[int, int, int] = RED) -> RgbImage:
    """A garment of one colour on the trunk."""
    rgb = person.copy()
    rgb[TRUNK] = colour
    return rgb


def finished(
    person: RgbImage, draft: RgbImage, behind: SoftMask = NOTHING, level: int = 3
) -> RgbImage:
    return finish_draft(person, draft, mask(TRUNK), behind, mask(TRUNK), level)


def folded(depth: float = 0.25) -> np.ndarray:
    """White cloth with two soft vertical folds, at a third and two thirds of the width."""
    x = np.linspace(0, 1, 180)
    shade = 1 - depth * sum(np.exp(-(((x - at) / 0.05) ** 2)) for at in (1 / 3, 2 / 3))
    return np.tile(225 * shade, (300, 1))


def lightness(rgb: RgbImage) -> np.ndarray:
    """(h, w) of the trunk, away from its edges."""
    return rgb2lab(rgb[TRUNK])[20:-20, 20:-20, 0]


# --- light ---------------------------------------------------------------------------------------


def test_folds_of_the_old_clothes_lie_on_the_new_ones() -> None:
    """The body has not moved: cloth falls where cloth fell."""
    person = person_in(folded())

    across = lightness(finished(person, draft_on(person))).mean(axis=0)

    fold, between = across[60 - 20], across[90 - 20]
    assert between - fold > 3


def test_no_folds_where_there_were_none() -> None:
    """Flat cloth stays as flat as the garment photo shows it."""
    person = person_in(np.full((300, 180), 225.0))

    across = lightness(finished(person, draft_on(person))).mean(axis=0)

    assert np.ptp(across[20:-20]) < 1.5


def test_light_changes_neither_hue_nor_saturation_of_the_garment() -> None:
    """Red in the shade is dark red, not brown or pink."""
    person = person_in(folded(0.4))

    result = finished(person, draft_on(person), level=5)[TRUNK][20:-20, 20:-20].astype(float)

    ratios = result[..., 1:] / result[..., :1]
    np.testing.assert_allclose(ratios[..., 0], RED[1] / RED[0], atol=0.04)
    np.testing.assert_allclose(ratios[..., 1], RED[2] / RED[0], atol=0.04)


def test_a_pattern_worn_before_does_not_shine_through() -> None:
    """Stripes and checks are no folds."""
    stripes = np.where(np.arange(300)[:, None] // 10 % 2, 235.0, 30.0) * np.ones((1, 180))
    person = person_in(stripes)

    down = lightness(finished(person, draft_on(person))).mean(axis=1)

    assert np.ptp(down) < 4


def test_a_print_worn_before_does_not_shine_through() -> None:
    """A dark logo on a white shirt leaves no shadow on the next garment."""
    cloth = folded(0.0)
    cloth[100:160, 60:120] = 25
    person = person_in(cloth)

    seen = lightness(finished(person, draft_on(person)))

    assert abs(seen[90:130, 50:90].mean() - seen[200:250, 50:90].mean()) < 2


def test_bleach_worn_before_is_no_light() -> None:
    """Faded thighs of old jeans do not shine on the next trousers."""
    denim = np.tile(np.array([70.0, 100.0, 150.0]), (300, 180, 1))
    denim[100:180, 50:130] = (120, 140, 165)
    person = person_in(denim)

    seen = lightness(finished(person, draft_on(person)))

    assert abs(seen[100:140, 50:90].mean() - seen[200:250, 50:90].mean()) < 1


def test_letters_worn_before_leave_no_marks() -> None:
    """Thin dark strokes in the colour of the cloth are no folds either."""
    cloth = folded(0.0)
    cloth[100:160, 60:120:12] = 150
    person = person_in(cloth)

    seen = lightness(finished(person, draft_on(person)))

    assert np.ptp(seen[85:135, 45:95].mean(axis=0)) < 1


def test_folds_end_gently_where_the_old_clothes_end() -> None:
    """New trousers under an old short skirt have no step where its hem was."""
    person = person_in(folded())
    worn = mask(np.s_[120:300, 90:270])

    result = finish_draft(person, draft_on(person), mask(TRUNK), NOTHING, worn, 3)

    fold, between = lightness(result)[:, 60 - 20], lightness(result)[:, 90 - 20]
    assert np.abs(np.diff(fold)).max() < 1.5
    assert (between - fold)[60:100].mean() > 2
    assert (between - fold)[-40:].mean() < 1


def test_what_lies_on_the_garment_casts_a_shadow() -> None:
    """An arm in front is not pasted on either."""
    person = person_in(np.full((300, 180), 225.0))
    arm = np.s_[240:280, 90:270]
    cloth, behind = mask(TRUNK), mask(arm)
    cloth[arm] = 0

    result = finish_draft(person, draft_on(person), cloth, behind, cloth, 4)

    light = rgb2lab(result)[..., 0]
    assert light[360, 150:210].mean() - light[283, 150:210].mean() > 1.5


def test_where_the_clothes_tell_nothing_a_body_is_still_round() -> None:
    """A flat cut-out gives itself away at its sides."""
    person = person_in(np.full((300, 180), 225.0))

    result = finish_draft(person, draft_on(person), mask(TRUNK), NOTHING, NOTHING, 3)

    across = rgb2lab(result[TRUNK])[40:-40, :, 0].mean(axis=0)
    assert 1 < across[90] - across[6] < 12


# --- camera --------------------------------------------------------------------------------------


def noisy(rgb: RgbImage, sigma: float) -> RgbImage:
    noise = np.random.default_rng(1).normal(0, sigma, rgb.shape)
    return np.clip(rgb + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("sigma", [2.0, 4.0])
def test_the_garment_has_the_grain_of_the_photo(sigma: float) -> None:
    """A clean garment in a noisy photo looks cut out."""
    person = noisy(person_in(np.full((300, 180), 225.0)), sigma)

    result = finished(person, draft_on(person))

    inner = np.zeros((H, W), bool)
    inner[140:400, 110:250] = True
    assert grain_sigma(draft_on(person), inner) < 0.3
    assert grain_sigma(result, inner) == pytest.approx(grain_sigma(person, ~inner), rel=0.5)


def test_a_clean_photo_gets_no_grain() -> None:
    """Patterned clothes are not taken for noise."""
    checks = (np.indices((300, 180)).sum(axis=0) // 2 % 2) * 120.0 + 60
    person = person_in(checks)

    result = finished(person, draft_on(person))

    assert np.ptp(result[200:220, 150:170, 0].astype(int)) <= 2


def test_grain_is_measured_in_levels() -> None:
    """The estimate is that of the noise put in."""
    flat = np.full((200, 200, 3), 128, np.uint8)
    noise = np.random.default_rng(0).normal(0, 3, (200, 200, 1))
    rgb = np.clip(flat + noise, 0, 255).astype(np.uint8)

    assert grain_sigma(rgb, np.ones((200, 200), bool)) == pytest.approx(3.0, rel=0.25)


def test_soft_cloth_worn_before_does_not_soften_a_sharp_garment() -> None:
    """The photo is sharp where its wall is; a plain jumper says nothing about the camera."""
    person = person_in(np.full((300, 180), 225.0))
    person[:100] = (np.arange(W) // 6 % 2 * 150 + 50).astype(np.uint8)[None, :, None]
    draft = draft_on(person)
    draft[TRUNK] = np.tile((np.arange(180) // 6 % 2 * 150 + 50).astype(np.uint8), (300, 1))[
        ..., None
    ]

    result = finished(person, draft)

    inner = np.s_[140:400, 110:250]
    assert np.abs(np.diff(result[inner][..., 0].astype(int), axis=1)).max() > 120


def test_a_soft_photo_softens_a_sharp_garment() -> None:
    """A product photo pasted into a snapshot is sharper than its surroundings."""
    rng = np.random.default_rng(2)
    texture = cv2.GaussianBlur(rng.normal(0, 90, (300, 180)).astype(np.float32), (0, 0), 2.0) + 128
    person = cv2.GaussianBlur(person_in(texture * 1.0), (0, 0), 2.0)
    draft = draft_on(person)
    stripes = (np.arange(180) // 6 % 2 * 150 + 50).astype(np.uint8)
    draft[TRUNK] = np.tile(stripes, (300, 1))[..., None]
    inner = np.zeros((H, W), bool)
    inner[140:400, 110:250] = True

    result = finished(person, draft)

    before, after = sharpness(draft, inner), sharpness(result, inner)
    assert before is not None
    assert after is not None
    assert after < before


# --- limits --------------------------------------------------------------------------------------


def test_the_first_level_leaves_the_garment_as_it_is() -> None:
    """Who trusts the garment photo more than any light gets it."""
    person = person_in(folded())
    draft = draft_on(person)

    result = finished(person, draft, level=1)

    inner = np.s_[130:410, 100:260]
    np.testing.assert_array_equal(result[inner], draft[inner])


def test_folds_grow_with_the_level() -> None:
    """Each level asks for more than the one before."""
    person = person_in(folded())

    depths = [np.ptp(lightness(finished(person, draft_on(person), level=n)).mean(axis=0)[20:-20])
              for n in STRENGTHS]  # fmt: skip

    assert depths == sorted(depths)
    assert depths[0] < 0.5 < depths[-1]


@pytest.mark.parametrize("level", STRENGTHS)
def test_away_from_the_garment_nothing_changes(level: int) -> None:
    """Not by one level of grey."""
    person = noisy(person_in(folded()), 3)

    result = finished(person, draft_on(person), level=level)

    away = cv2.dilate(mask(TRUNK), np.ones((9, 9))) == 0
    np.testing.assert_array_equal(result[away], person[away])


def test_a_draft_without_garment_comes_back() -> None:
    """Nothing to finish is no failure."""
    person = person_in(folded())

    assert finish_draft(person, person, NOTHING, NOTHING, NOTHING, 3) is person


def test_inputs_are_left_alone() -> None:
    """They belong to a cached fit."""
    person = person_in(folded())
    draft = draft_on(person)
    before = draft.copy()

    finished(person, draft)

    np.testing.assert_array_equal(draft, before)
