"""Photos on their side: told which way up they belong, and turned without loss."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tests.fakes.models import FakePose, photo_of, standing, turned_in_picture
from tryon.arrays import RgbImage
from tryon.errors import InvalidImageFormat, PoseFailed
from tryon.ports import DetectedPose
from tryon.stages.load import Photo, PhotoLimits, load_photo
from tryon.turning import TURNS, find_upright_pose, turned_photo

LIMITS = PhotoLimits()
PERSON = standing()
LYING = turned_in_picture(PERSON, 90)
ORIENTATION = 0x0112


class Upright(FakePose):
    """Finds the person upright when the photo is as it was drawn, and lying otherwise."""

    def __init__(self, upright_rgb: RgbImage) -> None:
        super().__init__((PERSON,))
        self._upright_rgb = upright_rgb

    def detect(self, photo_rgb: RgbImage) -> tuple[DetectedPose, ...]:
        """Whom `FakePose` was given, upright or not."""
        found = super().detect(photo_rgb)
        return found if np.array_equal(photo_rgb, self._upright_rgb) else (LYING,)


def a_photo(rgb: RgbImage) -> Photo:
    return Photo(rgb, None, (rgb.shape[1], rgb.shape[0]), "0" * 64)


def scene(width: int = 96, height: int = 72) -> RgbImage:
    """No two corners alike."""
    y, x = np.mgrid[:height, :width]
    rgb = np.stack([x * 255 // width, y * 255 // height, (x + y) // 2], axis=-1)
    return rgb.astype(np.uint8)


def a_file(rgb: RgbImage, kind: str, orientation: int | None = None) -> bytes:
    exif = Image.Exif()
    if orientation is not None:
        exif[ORIENTATION] = orientation
    out = BytesIO()
    Image.fromarray(rgb).save(out, kind, exif=exif, quality=95, subsampling=0)
    return out.getvalue()


def seen(data: bytes) -> RgbImage:
    return load_photo(data, LIMITS).rgb


# --- which way up --------------------------------------------------------------------------------


@pytest.mark.parametrize("quarters", sorted(TURNS))
def test_a_photo_on_its_side_is_told_how_to_be_turned(quarters: int) -> None:
    """The remedy is the one click that makes it work, not advice on photography."""
    upright = photo_of(PERSON)
    lying = np.rot90(upright, quarters).copy()

    with pytest.raises(PoseFailed) as failure:
        find_upright_pose(a_photo(lying), Upright(upright))

    reason, message, remedy = TURNS[quarters]
    told = failure.value
    assert (told.reason, told.message, told.remedy) == (reason, message, remedy)


def test_where_no_turn_helps_the_failure_stays_as_it_is() -> None:
    """Nobody is sent to turn a photo of a wall."""
    wall = np.full((300, 200, 3), 200, np.uint8)

    with pytest.raises(PoseFailed) as failure:
        find_upright_pose(a_photo(wall), FakePose(()))

    assert failure.value.reason is None
    assert failure.value.message == "No person was found in this photo."


def test_whoever_is_seen_in_a_turned_copy_alone_is_nobody() -> None:
    """A cup of coffee looks like a person when it stands on its head."""
    upright = photo_of(PERSON)
    lying = np.rot90(upright, 2).copy()
    model = FakePose((), (), (PERSON,))

    with pytest.raises(PoseFailed) as failure:
        find_upright_pose(a_photo(lying), model)

    assert failure.value.reason is None


def test_turned_copies_are_looked_at_only_after_a_failure() -> None:
    """An upright photo pays nothing for those that are not."""
    model = FakePose((PERSON,))

    find_upright_pose(a_photo(photo_of(PERSON)), model)

    assert model.calls == 1


# --- turning a file ------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("quarters", [-1, 1, 2])
def test_a_jpeg_is_turned_as_it_is_seen(orientation: int, quarters: int) -> None:
    """Also when the camera wrote an orientation, mirrored ones included."""
    given = a_file(scene(), "JPEG", orientation)

    turned = turned_photo(given, quarters, LIMITS)

    np.testing.assert_array_equal(seen(turned), np.rot90(seen(given), -quarters))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_pictures_are_turned_too(kind: str) -> None:
    """They become a JPEG; colours stay within what that costs."""
    given = a_file(scene(), kind)

    turned = turned_photo(given, 1, LIMITS)

    gap = np.abs(seen(turned).astype(int) - np.rot90(seen(given), -1).astype(int))
    assert gap.mean() < 2.5


def test_what_is_transparent_stays_so() -> None:
    """A garment without its background is worth more than its size in bytes."""
    rgba = np.dstack([scene(), np.full((72, 96), 255, np.uint8)])
    rgba[:30, :40, 3] = 0
    out = BytesIO()
    Image.fromarray(rgba).save(out, "PNG")

    turned = load_photo(turned_photo(out.getvalue(), 1, LIMITS), LIMITS)

    before = load_photo(out.getvalue(), LIMITS)
    assert before.alpha is not None
    assert turned.alpha is not None
    np.testing.assert_allclose(turned.alpha, np.rot90(before.alpha, -1))


def test_turning_back_loses_nothing() -> None:
    """A click too many is undone by one the other way: the same pixels, to the last bit."""
    given = a_file(scene(), "JPEG")

    back = turned_photo(turned_photo(given, 1, LIMITS), -1, LIMITS)

    np.testing.assert_array_equal(seen(back), seen(given))
    assert turned_photo(back, 4, LIMITS) == back


def test_a_large_photo_keeps_its_size() -> None:
    """The final picture has the size of the photo as given."""
    small = replace(LIMITS, work_side_px=100)

    turned = turned_photo(a_file(scene(300, 200), "PNG"), 1, small)

    assert load_photo(turned, small).given_wh == (200, 300)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_broken_exif_block_is_no_reason_to_fail() -> None:
    """Some programs write rubbish there; browsers and our decoder see an upright picture."""
    out = BytesIO()
    Image.fromarray(scene()).save(out, "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xffrubbish")

    turned = turned_photo(out.getvalue(), 1, LIMITS)

    assert load_photo(turned, LIMITS).size_wh == (72, 96)


def test_what_is_no_picture_is_refused_as_everywhere() -> None:
    """The same sentence as a run would say."""
    with pytest.raises(InvalidImageFormat):
        turned_photo(b"not a picture at all", 1, LIMITS)
