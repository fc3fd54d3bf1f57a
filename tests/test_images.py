"""The ruler of picture tests: what it accepts and what it catches."""

import io
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests import images
from tests.images import check_golden, looks_like
from tryon.arrays import BoolMask, RgbImage

PATCH = np.s_[180:260, 200:280]  # the astronaut's collar and badge


def photo() -> RgbImage:
    """512 x 512 colour photo of a person."""
    return np.asarray(
        Image.open(io.BytesIO((files("skimage") / "data/astronaut.png").read_bytes()))
    )


def where_patch() -> BoolMask:
    """True in the patch only."""
    where = np.zeros((512, 512), bool)
    where[PATCH] = True
    return where


def with_patch(patch: RgbImage) -> RgbImage:
    """The photo with other pixels in the patch."""
    changed = photo().copy()
    changed[PATCH] = patch
    return changed


def test_a_re_encoded_photo_is_the_same_picture() -> None:
    """Golden tests must not fail because a library rounds a little differently."""
    buffer = io.BytesIO()
    Image.fromarray(photo()).save(buffer, "JPEG", quality=95)

    re_encoded = np.asarray(Image.open(buffer))

    assert looks_like(re_encoded, photo(), where_patch())


def test_a_patch_shifted_by_two_pixels_is_another_picture() -> None:
    """A garment that slips by two pixels is a change somebody should look at."""
    shifted = with_patch(np.roll(photo(), 2, axis=1)[PATCH])

    assert not looks_like(shifted, photo(), where_patch())


def test_swapped_channels_inside_a_patch_are_another_picture() -> None:
    """Red taken for blue is the classic mistake between imaging libraries."""
    swapped = with_patch(photo()[PATCH][..., ::-1])

    assert not looks_like(swapped, photo(), where_patch())


def test_a_small_change_drowns_when_the_whole_picture_is_compared() -> None:
    """Why comparisons are made inside the changed region: the rest of the photo hides the shift."""
    shifted = with_patch(np.roll(photo(), 2, axis=1)[PATCH])

    assert looks_like(shifted, photo(), np.ones((512, 512), bool))


def test_a_difference_leaves_three_pictures_to_look_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody whose change moved a picture sees at once what moved."""
    monkeypatch.setattr(images, "GOLDENS", tmp_path / "goldens")
    check_golden("collar", photo(), where_patch(), tmp_path / "results", is_update=True)

    with pytest.raises(AssertionError, match="mean"):
        check_golden("collar", photo()[..., ::-1], where_patch(), tmp_path / "results")

    saved = {path.name for path in (tmp_path / "results").iterdir()}
    assert saved == {"collar.actual.png", "collar.golden.png", "collar.difference.png"}


def test_an_updated_golden_is_met_exactly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--update-goldens` writes what the next run compares with."""
    monkeypatch.setattr(images, "GOLDENS", tmp_path / "goldens")

    check_golden("collar", photo(), where_patch(), tmp_path / "results", is_update=True)
    check_golden("collar", photo(), where_patch(), tmp_path / "results")

    assert not (tmp_path / "results").exists()
