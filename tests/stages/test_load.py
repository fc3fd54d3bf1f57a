"""Stage 0: every kind of file people upload either becomes a good `Photo` or says what is wrong."""

import hashlib
import io
import struct
import tracemalloc
import zlib
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from tryon.arrays import RgbImage
from tryon.errors import ImageTooLarge, InvalidImageFormat, TryOnError
from tryon.stages.load import MAX_PIXELS, PhotoLimits, load_photo

LIMITS = PhotoLimits()
HEIC = (Path(__file__).parent / "data" / "turned.heic").read_bytes()


def astronaut() -> Image.Image:
    """512 x 512 colour photo of a person."""
    return Image.open(io.BytesIO((files("skimage") / "data/astronaut.png").read_bytes()))


def hopper() -> bytes:
    """A real JPEG file, 512 x 600."""
    path = files("matplotlib") / "mpl-data/sample_data/grace_hopper.jpg"
    return path.read_bytes()


def encoded(image: Image.Image, file_format: str, **options: Any) -> bytes:
    """The picture as a file."""
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def with_alpha(image: Image.Image) -> Image.Image:
    """The picture fading from clear at the top to opaque at the bottom."""
    faded = image.convert("RGBA")
    faded.putalpha(Image.linear_gradient("L").resize(image.size))
    return faded


def mean_gap(actual: RgbImage, expected: Any) -> float:
    """Mean difference in 0..255 levels."""
    return float(np.abs(actual.astype(np.int16) - np.asarray(expected, np.int16)).mean())


def png_of_size(width: int, height: int) -> bytes:
    """A PNG with this header and almost no content: a decompression bomb's first bytes."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = b"IDAT" + zlib.compress(b"\x00" * 1000)
    chunks = [
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c))
        for c in (header, content, b"IEND")
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def saturated(width: int = 128, height: int = 96) -> Image.Image:
    """One strong green, where colour profiles make a visible difference."""
    return Image.new("RGB", (width, height), (40, 220, 60))


def wide_gamut_profile() -> bytes:
    """An RGB profile whose numbers mean more saturated colours than in sRGB (as Display P3)."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return srgb.replace(b"gXYZ", b"tmpX").replace(b"rXYZ", b"gXYZ").replace(b"tmpX", b"rXYZ")


# --- formats -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file_format", "options", "tolerance"),
    [
        ("PNG", {}, 0.0),
        ("BMP", {}, 0.0),
        ("JPEG", {"quality": 90}, 4.0),
        ("JPEG", {"quality": 90, "progressive": True}, 4.0),
        ("JPEG", {"quality": 90, "subsampling": 0}, 3.0),
        ("WEBP", {"quality": 90}, 4.0),
        ("WEBP", {"lossless": True}, 0.0),
        ("AVIF", {"quality": 90}, 3.0),
        ("GIF", {}, 4.0),
    ],
    ids=["png", "bmp", "jpeg", "progressive", "jpeg444", "webp", "webp-lossless", "avif", "gif"],
)
def test_reads_every_format(file_format: str, options: dict[str, Any], tolerance: float) -> None:
    """The same photo looks the same whatever file it came in."""
    data = encoded(astronaut(), file_format, **options)

    photo = load_photo(data, LIMITS)

    assert mean_gap(photo.rgb, astronaut()) <= tolerance
    assert photo.alpha is None
    assert photo.notes == ()


def test_reads_a_phone_heic_upright() -> None:
    """An iPhone photo held upright is not turned twice: the container and EXIF both say so."""
    photo = load_photo(HEIC, LIMITS)

    assert photo.given_wh == (300, 200)
    assert mean_gap(photo.rgb, astronaut().crop((100, 0, 400, 200))) < 4


def test_reads_a_multi_picture_jpeg_as_its_first_picture() -> None:
    """Phones put a second picture (depth, gain map) behind the JPEG; it is still a JPEG."""
    data = encoded(astronaut(), "MPO", save_all=True, append_images=[Image.new("RGB", (512, 512))])

    photo = load_photo(data, LIMITS)

    assert mean_gap(photo.rgb, astronaut()) < 5
    assert photo.notes == ()


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG", "AVIF"])
def test_uses_the_first_frame_of_an_animation_and_says_so(file_format: str) -> None:
    """An animated sticker gives its first frame, and the user is told about the others."""
    data = encoded(astronaut(), file_format, save_all=True, append_images=[astronaut().rotate(180)])

    photo = load_photo(data, LIMITS)

    assert mean_gap(photo.rgb, astronaut()) < 5
    assert photo.notes == ("This picture is animated; only its first frame is used.",)


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK"])
def test_reads_every_colour_mode(mode: str) -> None:
    """Grey, black-and-white, palette and print pictures all become RGB."""
    image = astronaut().convert(mode)
    data = encoded(image, "JPEG" if mode == "CMYK" else "PNG")

    photo = load_photo(data, LIMITS)

    assert photo.rgb.shape == (512, 512, 3)
    assert mean_gap(photo.rgb, image.convert("RGB")) < 4


def test_16_bit_grey_is_scaled_not_clipped() -> None:
    """A 16-bit scan keeps its shades; a naive conversion would make nearly all of it white."""
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (100, 1))

    photo = load_photo(encoded(Image.fromarray(ramp), "PNG"), LIMITS)

    np.testing.assert_array_equal(photo.rgb[50, :, 0], np.round(ramp[50] / 257))


def test_16_bit_colour_keeps_its_shades() -> None:
    """A 16-bit colour PNG from a raw converter reads as its 8-bit version."""
    rows = np.zeros((80, 256, 3), dtype=">u2")
    rows[..., 1] = np.linspace(0, 65535, 256)
    packed = b"".join(b"\x00" + row.tobytes() for row in rows)
    header = b"IHDR" + struct.pack(">IIBBBBB", 256, 80, 16, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c))
        for c in (header, b"IDAT" + zlib.compress(packed), b"IEND")
    )

    photo = load_photo(data, LIMITS)

    np.testing.assert_allclose(photo.rgb[40, :, 1], np.arange(256), atol=1)
    assert photo.rgb[..., 0].max() == 0


# --- turn, colour, transparency ------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_exif_orientation_is_applied(file_format: str, orientation: int) -> None:
    """A photo taken with the phone held any way stands upright, and its size is told upright."""
    upright = astronaut().crop((0, 0, 300, 200))
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    stored = upright if undo is None else upright.transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = orientation

    photo = load_photo(encoded(stored, file_format, exif=exif, quality=90), LIMITS)

    assert photo.given_wh == (300, 200)
    assert photo.size_wh == (300, 200)
    assert mean_gap(photo.rgb, upright) < 6


@pytest.mark.parametrize("value", [0, 9, 200])
def test_a_senseless_orientation_is_ignored(value: int) -> None:
    """Broken EXIF does not turn or refuse a picture."""
    exif = Image.Exif()
    exif[0x0112] = value

    photo = load_photo(encoded(astronaut().crop((0, 0, 300, 200)), "JPEG", exif=exif), LIMITS)

    assert photo.given_wh == photo.size_wh == (300, 200)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")  # Pillow prints it; nothing here leans on it
def test_a_broken_exif_block_is_ignored() -> None:
    """A picture is still a picture when a program wrote rubbish beside it."""
    data = encoded(astronaut(), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xffrubbish")

    photo = load_photo(data, LIMITS)

    assert photo.size_wh == (512, 512)


def test_a_colour_profile_is_converted_to_srgb() -> None:
    """Colours are what the designer saw: the numbers change when the profile is not sRGB."""
    data = encoded(saturated(), "PNG", icc_profile=wide_gamut_profile())

    photo = load_photo(data, LIMITS)

    assert photo.notes == ()
    assert mean_gap(photo.rgb, saturated()) > 20


def test_an_srgb_profile_changes_nothing() -> None:
    """A picture that says sRGB keeps its numbers."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(astronaut(), "PNG", icc_profile=profile)

    photo = load_photo(data, LIMITS)

    assert mean_gap(photo.rgb, astronaut()) < 0.5


@pytest.mark.parametrize("profile", [b"rubbish", wide_gamut_profile()[:300]], ids=["text", "cut"])
def test_a_broken_profile_is_ignored_with_a_note(profile: bytes) -> None:
    """A photo is not refused for its profile, but the user hears that colours may be off."""
    data = encoded(astronaut(), "PNG", icc_profile=profile)

    photo = load_photo(data, LIMITS)

    assert mean_gap(photo.rgb, astronaut()) == 0
    assert "profile" in photo.notes[0]


def test_grey_with_an_rgb_profile_is_read() -> None:
    """Some programs attach the screen's profile to grey pictures."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    grey = astronaut().convert("L")

    photo = load_photo(encoded(grey, "JPEG", icc_profile=profile, quality=95), LIMITS)

    assert photo.notes == ()
    assert mean_gap(photo.rgb, grey.convert("RGB")) < 3


def test_a_print_jpeg_is_not_a_negative() -> None:
    """Adobe stores CMYK inverted; read without care, the photo comes out as its negative."""
    data = encoded(saturated().convert("CMYK"), "JPEG", quality=95)

    photo = load_photo(data, LIMITS)

    assert b"Adobe" in data
    assert mean_gap(photo.rgb, saturated()) < 5
    assert "print colours" in photo.notes[0]


def test_transparent_parts_are_white_and_the_alpha_is_kept() -> None:
    """A cutout garment keeps its own alpha; what shows through is white, not black."""
    faded = with_alpha(astronaut())
    white = Image.new("RGBA", faded.size, "white")

    photo = load_photo(encoded(faded, "PNG"), LIMITS)

    assert photo.alpha is not None
    np.testing.assert_allclose(photo.alpha * 255, np.asarray(faded.getchannel("A")), atol=0.01)
    assert mean_gap(photo.rgb, Image.alpha_composite(white, faded).convert("RGB")) < 1


@pytest.mark.parametrize("kind", ["LA", "palette", "colour key", "grey key", "16-bit key"])
def test_every_way_to_be_transparent_is_seen(kind: str) -> None:
    """PNG has five ways to say transparent; the corner is clear and the middle opaque in each."""
    alpha = Image.new("L", (200, 200), 0)
    alpha.paste(255, (50, 50, 150, 150))
    grey = Image.composite(Image.new("L", (200, 200), 200), Image.new("L", (200, 200), 7), alpha)
    data = {
        "LA": lambda: encoded(Image.merge("LA", (grey, alpha)), "PNG"),
        "palette": lambda: encoded(grey.convert("P"), "PNG", transparency=7),
        "colour key": lambda: encoded(grey.convert("RGB"), "PNG", transparency=(7, 7, 7)),
        "grey key": lambda: encoded(grey, "PNG", transparency=7),
        "16-bit key": lambda: encoded(
            Image.fromarray(np.asarray(grey).astype(np.uint16) * 257), "PNG", transparency=7 * 257
        ),
    }[kind]()

    photo = load_photo(data, LIMITS)

    assert photo.alpha is not None
    assert photo.alpha[5, 5] == 0
    assert photo.alpha[100, 100] == 1
    assert photo.rgb[5, 5].tolist() == [255, 255, 255]
    assert photo.rgb[100, 100].tolist() == [200, 200, 200]


def test_an_opaque_alpha_channel_is_no_transparency() -> None:
    """Many PNGs have an alpha channel that says nothing; later stages see None."""
    data = encoded(astronaut().convert("RGBA"), "PNG")

    photo = load_photo(data, LIMITS)

    assert photo.alpha is None
    assert mean_gap(photo.rgb, astronaut()) == 0


def test_hidden_colours_do_not_bleed_into_the_edge() -> None:
    """Clear pixels often hold black; shrinking must not draw a dark line around the garment."""
    image = Image.new("RGBA", (4000, 4000), (0, 0, 0, 0))
    image.paste((250, 240, 230, 255), (1003, 1003, 3001, 3001))

    photo = load_photo(encoded(image, "PNG", compress_level=1), PhotoLimits(work_side_px=301))

    assert photo.alpha is not None
    assert photo.rgb.min() >= 229


# --- size ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "CMYK"])
@pytest.mark.parametrize("side_px", [350, 500, 768])
def test_shrinking_keeps_things_where_they_are(mode: str, side_px: int) -> None:
    """A mark at a known place is found at the scaled place, whatever path the decoder takes."""
    width, height, mark_xy = 2001, 1499, (1601.5, 600.5)
    image = Image.new("L", (width, height), 255)
    image.paste(0, (1552, 551, 1652, 651))  # 100 px wide, its centre is mark_xy
    data = encoded(image.convert(mode), "JPEG" if mode == "CMYK" else "PNG")

    photo = load_photo(data, PhotoLimits(work_side_px=side_px))

    darkness = 255.0 - photo.rgb[..., 0]
    rows, cols = np.indices(darkness.shape)
    found_x = float((cols * darkness).sum() / darkness.sum())
    found_y = float((rows * darkness).sum() / darkness.sum())
    scale_x, scale_y = photo.size_wh[0] / width, photo.size_wh[1] / height
    assert found_x == pytest.approx((mark_xy[0] + 0.5) * scale_x - 0.5, abs=0.06)
    assert found_y == pytest.approx((mark_xy[1] + 0.5) * scale_y - 0.5, abs=0.06)


@pytest.mark.parametrize("size_wh", [(4001, 2999), (6007, 4003), (9001, 7001)])
def test_jpegs_decoded_small_keep_things_where_they_are(size_wh: tuple[int, int]) -> None:
    """The JPEG decoder's own halving rounds odd sizes up; the picture must not shift by it."""
    width, height = size_wh
    image = Image.new("L", size_wh, 255)
    left, top = width - 300, height - 300
    image.paste(0, (left, top, left + 200, top + 200))

    photo = load_photo(encoded(image, "JPEG", quality=95), PhotoLimits(work_side_px=512))

    darkness = 255.0 - photo.rgb[..., 0]
    darkness[darkness < 8] = 0  # JPEG's ringing
    rows, cols = np.indices(darkness.shape)
    scale_x, scale_y = photo.size_wh[0] / width, photo.size_wh[1] / height
    found_x = float((cols * darkness).sum() / darkness.sum())
    found_y = float((rows * darkness).sum() / darkness.sum())
    assert found_x == pytest.approx((left + 100) * scale_x - 0.5, abs=0.06)
    assert found_y == pytest.approx((top + 100) * scale_y - 0.5, abs=0.06)


def test_shrinking_is_antialiased() -> None:
    """A fine check pattern becomes even grey; without antialiasing it would be stripes."""
    checks = (np.indices((2000, 2000)).sum(axis=0) % 2 * 255).astype(np.uint8)

    photo = load_photo(encoded(Image.fromarray(checks), "PNG"), PhotoLimits(work_side_px=700))

    inner = photo.rgb[20:-20, 20:-20]
    assert inner.std() < 3
    assert inner.mean() == pytest.approx(127.5, abs=2)


def test_a_small_picture_is_never_enlarged() -> None:
    """A picture below the working size is used as it is."""
    data = encoded(saturated(80, 70), "PNG")

    photo = load_photo(data, LIMITS)

    assert photo.size_wh == photo.given_wh == (80, 70)
    assert photo.scale == 1


@given(
    width=st.integers(100, 400), height=st.integers(100, 400),  # never "too narrow"
    side_px=st.integers(256, 512),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_the_working_picture_fits_and_keeps_its_shape(
    width: int, height: int, side_px: int
) -> None:
    """For any size: the longer side fits, the shape is kept to half a pixel, nothing grows."""
    data = encoded(Image.new("L", (width, height), 128), "PNG")

    photo = load_photo(data, PhotoLimits(work_side_px=side_px))

    assert max(photo.size_wh) == min(side_px, max(width, height))
    assert abs(min(photo.size_wh) - min(width, height) * photo.scale) <= 0.5
    assert photo.given_wh == (width, height)


@pytest.mark.parametrize("size_wh", [(1, 1), (1, 2000), (2000, 63), (63, 63)])
def test_tiny_pictures_are_refused_with_their_size(size_wh: tuple[int, int]) -> None:
    """A thumbnail cannot be dressed; the message says how small it is."""
    data = encoded(Image.new("RGB", size_wh), "PNG")

    with pytest.raises(InvalidImageFormat, match="too small") as caught:
        load_photo(data, LIMITS)

    assert f"{size_wh[0]} x {size_wh[1]}" in caught.value.message
    assert "thumbnail" in caught.value.remedy


def test_a_strip_is_refused() -> None:
    """A panorama that would be a few pixels high at working size is refused, not processed."""
    data = encoded(Image.new("RGB", (10_000, 100)), "PNG")

    with pytest.raises(InvalidImageFormat, match="too narrow"):
        load_photo(data, LIMITS)


# --- limits --------------------------------------------------------------------------------------


def test_a_huge_header_is_refused_at_once_without_memory() -> None:
    """A 20000 x 20000 bomb is stopped by its header; the numbers are in the message."""
    data = png_of_size(20_000, 20_000)
    tracemalloc.start()

    with pytest.raises(ImageTooLarge) as caught:
        load_photo(data, LIMITS)

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "20000 x 20000" in caught.value.message
    assert "12000" in caught.value.message
    assert peak_bytes < 2**20


def test_too_many_pixels_are_refused_within_the_side_limit() -> None:
    """12000 x 12000 is within the side limit but more than memory is planned for."""
    with pytest.raises(ImageTooLarge, match="144 million; at most 120 million"):
        load_photo(png_of_size(12_000, 12_000), LIMITS)


def test_the_largest_allowed_size_passes_the_limits() -> None:
    """12000 x 10000 gets as far as its (cut off) pixels; Pillow's own bomb limit is not asked."""
    assert MAX_PIXELS == 12_000 * 10_000

    with pytest.raises(InvalidImageFormat):
        load_photo(png_of_size(12_000, 10_000), LIMITS)


@pytest.mark.parametrize(
    "data",
    [HEIC, encoded(astronaut(), "JPEG"), encoded(astronaut(), "WEBP"), encoded(astronaut(), "GIF"),
     encoded(astronaut(), "AVIF"), encoded(astronaut(), "BMP")],
    ids=["heic", "jpeg", "webp", "gif", "avif", "bmp"],
)  # fmt: skip
def test_the_side_limit_holds_for_every_format(data: bytes) -> None:
    """No format slips around the size limit."""
    with pytest.raises(ImageTooLarge, match="at most 256 on a side"):
        load_photo(data, PhotoLimits(max_side_px=256))


def test_a_gif_frame_larger_than_its_screen_is_refused() -> None:
    """A GIF can announce a small screen and then hold a giant frame."""
    data = bytearray(encoded(saturated(100, 100), "GIF"))
    frame = data.index(b",\x00\x00\x00\x00\x64\x00\x64\x00")
    data[frame + 5 : frame + 9] = struct.pack("<HH", 60_000, 60_000)

    with pytest.raises(ImageTooLarge):
        load_photo(bytes(data), LIMITS)


def test_a_jpeg_with_endless_passes_is_refused() -> None:
    """A small progressive JPEG can keep a processor busy for minutes by repeating its passes."""
    data = encoded(astronaut(), "JPEG", progressive=True)
    last_pass = data.rindex(b"\xff\xda")
    endless = data[:last_pass] + data[last_pass:-2] * 100 + data[-2:]

    with pytest.raises(InvalidImageFormat, match="damaged"):
        load_photo(endless, LIMITS)


def test_a_heic_larger_than_its_header_is_refused() -> None:
    """A HEIC can announce 64 x 64 and hold a giant picture; the decoder is held to its word."""
    data = bytearray(HEIC)
    size_at = data.index(b"ispe") + 8
    data[size_at : size_at + 8] = struct.pack(">II", 64, 64)

    with pytest.raises(InvalidImageFormat):
        load_photo(bytes(data), LIMITS)


def test_a_heavy_file_is_refused_with_both_sizes() -> None:
    """The message says how large the file is and how large it may be."""
    with pytest.raises(ImageTooLarge, match=r"26\.0 MB; at most 25 MB"):
        load_photo(bytes(26 * 2**20), LIMITS)


# --- what is no picture --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"hello, this is a text", "text file"),
        ("Grüße, 你好".encode()[:-1], "text file"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<?xml version='1.0'?>\n<!-- drawn --><svg/>", "SVG"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2", "video"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  ", "video"),
        (b"\x1a\x45\xdf\xa3\x01\x00webm", "video"),
        (b"RIFF\x00\x10\x00\x00AVI LIST", "video"),
        (b"PK\x03\x04\x14\x00", "ZIP"),
        (b"II*\x00\x08\x00\x00\x00", "TIFF"),
        (b"8BPS\x00\x01", "Photoshop"),
        (b"\xff\x0a\xfa", "JPEG XL"),
        (bytes(range(256)), "not a picture we can read"),
        (bytes(5000), "not a picture we can read"),
    ],
    ids=["empty", "text", "utf-8", "pdf", "svg", "svg-xml", "html", "mp4", "mov", "webm", "avi",
         "zip", "tiff", "psd", "jxl", "bytes", "zeros"],
)  # fmt: skip
def test_other_files_are_named(data: bytes, words: str) -> None:
    """A user who picked the wrong file is told what it is and what to do."""
    with pytest.raises(InvalidImageFormat, match=words) as caught:
        load_photo(data, LIMITS)

    assert caught.value.remedy.endswith(".")


@pytest.mark.parametrize("part", [0.5, 0.9], ids=["half", "most"])
@pytest.mark.parametrize(
    ("file_format", "options"),
    [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("WEBP", {}), ("GIF", {}),
     ("BMP", {})],
    ids=["jpeg", "progressive", "png", "webp", "gif", "bmp"],
)  # fmt: skip
def test_a_cut_off_file_is_refused(file_format: str, options: dict[str, Any], part: float) -> None:
    """An upload that broke off is not shown half grey: the user is asked to upload it again."""
    data = encoded(astronaut(), file_format, **options)

    with pytest.raises(InvalidImageFormat, match=f"{file_format}.* is cut off|cut off") as caught:
        load_photo(data[: int(len(data) * part)], LIMITS)

    assert "again" in caught.value.remedy


@pytest.mark.parametrize("part", [0.05, 0.5, 0.95])
def test_a_cut_off_heic_or_avif_is_refused(part: float) -> None:
    """These containers cannot always tell cut off from damaged; both are refused."""
    for data in (HEIC, encoded(astronaut(), "AVIF")):
        with pytest.raises(InvalidImageFormat, match=r"cut off|incomplete"):
            load_photo(data[: int(len(data) * part)], LIMITS)


def test_a_fully_transparent_picture_is_refused() -> None:
    """An export with all layers hidden would otherwise be an all-white garment."""
    data = encoded(Image.new("RGBA", (100, 100), (200, 0, 0, 0)), "PNG")

    with pytest.raises(InvalidImageFormat, match="fully transparent"):
        load_photo(data, LIMITS)


@pytest.mark.parametrize(
    "data",
    [HEIC, encoded(saturated(), "JPEG"), encoded(saturated(), "PNG"), encoded(saturated(), "WEBP"),
     encoded(saturated(), "GIF"), encoded(saturated(), "AVIF"), encoded(saturated(), "BMP")],
    ids=["heic", "jpeg", "png", "webp", "gif", "avif", "bmp"],
)  # fmt: skip
@given(changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=6))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damaged_files_never_crash(data: bytes, changes: list[tuple[float, int]]) -> None:
    """Whatever bytes are wrong: a photo or an explained refusal, never a traceback."""
    damaged = bytearray(data)
    for place, value in changes:
        damaged[int(place * len(data))] = value

    try:
        photo = load_photo(bytes(damaged), PhotoLimits(max_pixels=10**6))
    except TryOnError:
        return

    assert photo.rgb.dtype == np.uint8


# --- the record ----------------------------------------------------------------------------------


def test_the_record_is_read_only_and_names_its_source() -> None:
    """Later stages cannot change the photo, and the cache can tell files apart."""
    data = hopper()

    photo = load_photo(data, LIMITS)

    assert photo.sha256 == hashlib.sha256(data).hexdigest()
    assert photo.given_wh == (512, 600)
    assert not photo.rgb.flags.writeable
