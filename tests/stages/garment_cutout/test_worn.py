"""Stage 3 on photos of garments that somebody wears."""

import numpy as np
import pytest

from tests.fakes.models import (
    FakeMatting,
    FakePose,
    PoseOnItsPhoto,
    a_photo,
    photo_of,
    posed,
    standing,
)
from tests.fakes.wardrobe import photo_rgb, true_alpha
from tryon.stages.body.human import shows_a_person
from tryon.stages.garment import Garment, prepare_garment
from tryon.stages.load import Photo

PERSON = standing()
TWO_COLOURS = np.array([[200, 60, 70], [40, 60, 120]], np.uint8)


def worn(garment_type=None) -> Garment:  # type: ignore[no-untyped-def]
    """What stage 3 makes of a photo of somebody in a red top and blue trousers."""
    rgb = photo_of(PERSON, (200, 60, 70)).copy()
    legs = PERSON.mask > 0.5
    legs[: int(posed(PERSON).xy("left_hip")[1])] = False
    rgb[legs] = TWO_COLOURS[1]
    photo = Photo(rgb, None, (rgb.shape[1], rgb.shape[0]), "0" * 64)
    return prepare_garment(photo, garment_type, FakeMatting(), PoseOnItsPhoto(PERSON))


def test_a_worn_garment_is_said() -> None:
    """The user learns that a photo of the garment alone would do better."""
    garment = worn()

    assert any("worn by somebody" in note for note in garment.notes)
    assert garment.cutout_confidence <= 0.6


def test_a_worn_top_is_taken_off_without_its_wearer() -> None:
    """Face, hands and legs of the model must not be pasted onto the user."""
    cutout = worn("tshirt").alpha
    pose = posed(PERSON)

    def at(name: str) -> float:
        x, y = pose.xy(name).round().astype(int)
        return float(cutout[y, x])

    chest = (pose.xy("left_shoulder") + pose.xy("right_hip")) / 2
    assert cutout[int(chest[1]), int(chest[0])] > 0.9
    assert [n for n in ("nose", "left_index", "right_knee", "left_ankle") if at(n) > 0.1] == []


def test_worn_trousers_are_taken_off_without_the_top() -> None:
    """Who says trousers gets the trousers."""
    cutout = worn("trousers").alpha
    pose = posed(PERSON)

    knee = pose.xy("left_knee").round().astype(int)
    chest = ((pose.xy("left_shoulder") + pose.xy("right_hip")) / 2).round().astype(int)
    assert cutout[knee[1], knee[0]] > 0.9
    assert cutout[chest[1], chest[0]] < 0.1


def test_a_flat_garment_in_which_the_model_sees_somebody_is_flat() -> None:
    """An empty hoodie looks like a person to the pose model; it has no skin."""
    rgb, alpha = photo_rgb("hoodie")[::2, ::2], true_alpha("hoodie")[::2, ::2]
    phantom = standing((rgb.shape[1], rgb.shape[0]), 150, (192, 120))
    photo = Photo(np.ascontiguousarray(rgb), None, (rgb.shape[1], rgb.shape[0]), "0" * 64)

    garment = prepare_garment(photo, "hoodie", FakeMatting(alpha.copy()), FakePose((phantom,)))

    assert ((garment.alpha > 0.5) == (alpha > 0.5)).mean() > 0.99
    assert garment.notes == ()


def test_a_face_printed_on_a_shirt_is_cloth() -> None:
    """Only a whole person wears a garment; a face alone is a print."""
    rgb, alpha = photo_rgb("white_tshirt")[::2, ::2].copy(), true_alpha("white_tshirt")[::2, ::2]
    face = standing((rgb.shape[1], rgb.shape[0]), 300, (192, 560))
    nose = face.points_xy[0].round().astype(int)
    rgb[nose[1] - 40 : nose[1] + 40, nose[0] - 40 : nose[0] + 40] = (224, 182, 150)
    photo = Photo(rgb, None, (rgb.shape[1], rgb.shape[0]), "0" * 64)

    garment = prepare_garment(photo, "tshirt", FakeMatting(alpha.copy()), FakePose((face,)))

    assert garment.alpha[nose[1], nose[0]] == 1
    assert garment.notes == ()


SKINS = {
    "pale": (255, 224, 196), "tan": (224, 172, 125), "brown": (141, 85, 54), "dark": (74, 44, 32),
}  # fmt: skip


@pytest.mark.parametrize("skin", SKINS.values(), ids=SKINS)
def test_people_of_every_skin_are_people(skin: tuple[int, int, int]) -> None:
    """The check that tells people from clothes must not depend on who they are."""
    rgb = photo_of(PERSON).copy()
    rgb[np.abs(rgb.astype(int) - (224, 182, 150)).max(axis=2) <= 8] = skin

    assert shows_a_person(rgb, PERSON)


def test_clothes_alone_are_no_person() -> None:
    """A blue outline before a white wall."""
    rgb = np.where(PERSON.mask[..., None] > 0.5, (60, 90, 160), 245).astype(np.uint8)

    assert not shows_a_person(rgb, PERSON)


def test_a_photo_stays_what_it_was() -> None:
    """Taking a garment off somebody changes no pixel of the photo kept beside it."""
    photo = a_photo(PERSON)
    before = photo.rgb.copy()

    prepare_garment(photo, None, FakeMatting(), PoseOnItsPhoto(PERSON))

    np.testing.assert_array_equal(photo.rgb, before)
