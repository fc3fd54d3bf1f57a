"""The offline finisher through the service: sizes, exactness, honesty about who made it."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tests.fakes.final_fits import a_fit, larger_fit, scene_of
from tests.fakes.models import FakeMatting, FakePose
from tests.fakes.wardrobe import drawn
from tryon.artifacts.files import final_png
from tryon.errors import Cancelled, NanoApiError
from tryon.fit import FitOptions, Models
from tryon.generation.generators import Generators
from tryon.generation.options import REALISM_LEVELS, FinalOptions
from tryon.generation.scene import build_scene
from tryon.pipeline import fit_outfit
from tryon.stages.load import PhotoLimits, load_larger
from tryon.steps import StepEvent, Steps
from tryon.studio import Studio

OFFLINE = FinalOptions(generator="offline")


@pytest.fixture
def studio() -> Studio:
    """The service; its models are not asked."""
    return Studio(Models(FakePose(()), FakeMatting()), PhotoLimits())


@pytest.mark.parametrize("level", REALISM_LEVELS)
def test_only_the_garment_and_its_seam_change(studio: Studio, level: int) -> None:
    """Face, hands and wall are the photo's, to the last bit, at every level."""
    fit = a_fit()
    scene = scene_of(fit)

    final = studio.finish(fit, replace(OFFLINE, realism_level=level))

    outside = scene.region == 0
    np.testing.assert_array_equal(final.image[outside], fit.person.photo.rgb[outside])
    assert (scene.region[scene.cloth > 0] == 1).all()
    assert 0.3 < outside.mean() < 0.9


def test_the_result_says_who_made_it(studio: Studio) -> None:
    """Offline is never passed for Nano Banana."""
    final = studio.finish(a_fit())

    assert (final.generator, final.model) == ("offline", "classical-2")
    assert final.failure is None
    assert final.to_json()["generator"] == "offline"
    assert final.checks
    assert final.passed, [check for check in final.checks if not check.passed]


def test_the_file_says_who_made_it(studio: Studio) -> None:
    """A picture is passed on without its report; nothing of the photo's own metadata is."""
    final = studio.finish(a_fit())

    with Image.open(io.BytesIO(final_png(final))) as picture:
        texts = dict(picture.text)
        assert not picture.getexif()

    assert texts == {"Generator": "offline", "Model": final.model}


def test_without_a_key_nano_banana_says_what_to_set(studio: Studio) -> None:
    """Asked for by name it is never replaced in silence."""
    with pytest.raises(NanoApiError, match="NANO_API_ERROR") as caught:
        studio.finish(a_fit(), FinalOptions(generator="nano-banana"))

    assert caught.value.reason == "no_key"
    assert "NANO_BANANA_API_KEY" in caught.value.remedy
    assert caught.value.stage == "generate"


def test_the_page_can_say_who_would_do_it(studio: Studio) -> None:
    """Which one "auto" means, and that nothing leaves the machine."""
    nano, offline = studio.generators()

    assert (nano.name, nano.is_available, nano.is_default) == ("nano-banana", False, False)
    assert (offline.name, offline.is_available, offline.is_default) == ("offline", True, True)
    assert "Nothing leaves" in offline.sends


def test_it_is_a_step_like_the_others(studio: Studio) -> None:
    """The page shows that it runs, and can stop it."""
    heard: list[StepEvent] = []

    studio.finish(a_fit(), OFFLINE, heard.append)

    assert [(event.stage, event.is_done) for event in heard] == [(6, False), (6, True)]
    with pytest.raises(Cancelled):
        studio.finish(a_fit(), OFFLINE, is_cancelled=lambda: True)


def test_the_same_fit_gives_the_same_picture(studio: Studio) -> None:
    """Grain included: a result can be made again."""
    first, second = (studio.finish(a_fit(), OFFLINE).image for _ in range(2))

    np.testing.assert_array_equal(first, second)


# --- photos larger than the working picture ------------------------------------------------------


def test_the_result_is_as_large_as_the_photo_was_given(studio: Studio) -> None:
    """And equals that photo, not an enlargement of the working picture."""
    fit = larger_fit(3)
    given = load_larger(fit.person.photo, 10_000).rgb
    region = scene_of(fit).region

    final = studio.finish(fit, OFFLINE)

    assert final.image.shape == given.shape == (1260, 900, 3)
    np.testing.assert_array_equal(final.image[region == 0], given[region == 0])
    assert (final.image[region == 1] != given[region == 1]).any()


def test_a_photo_larger_than_any_generator_paints_stays_exact_outside(studio: Studio) -> None:
    """The answer is enlarged; the photo never is."""
    fit = larger_fit(6)
    given = load_larger(fit.person.photo, 10_000).rgb
    small = scene_of(fit)

    final = studio.finish(fit, OFFLINE)

    assert max(small.draft.shape) < max(given.shape) == 2520
    assert final.image.shape == given.shape
    changed = (final.image != given).any(axis=2)
    grown = np.kron(small.region > 0, np.ones((2, 2))) > 0
    grown = grown[: changed.shape[0], : changed.shape[1]]
    assert changed.mean() < 1.3 * (small.region > 0).mean()
    assert grown.any()


def test_the_garment_is_looked_up_again_for_a_larger_photo() -> None:
    """The print is sharper than the working draft enlarged."""
    fit = larger_fit(3)
    scene = scene_of(fit)

    enlarged = np.kron(fit.best.draft.rgb, np.ones((3, 3, 1), np.uint8))
    solid = scene.cloth > 0.99
    gap = np.abs(scene.draft.astype(int) - enlarged)[solid]
    assert scene.draft.shape == enlarged.shape
    assert 0.1 < gap.mean() < 6  # the same picture, not the same pixels


# --- outfits --------------------------------------------------------------------------------------


def test_an_outfit_is_finished_as_a_whole(studio: Studio) -> None:
    """Trousers below a shirt: both belong to what may change."""
    person = a_fit().person
    garments = [drawn("printed_tshirt", 320), drawn("jeans", 320)]
    fit = fit_outfit(person, garments, [FitOptions(), FitOptions()], Steps())
    layers = [(part.garment, part.best.draft) for part in fit.outfit]
    scene = build_scene(person.photo, person.pose, person.masks, layers)

    final = studio.finish(fit, OFFLINE)

    assert len(scene.garments) == 2
    assert (scene.region[fit.under.best.draft.region > 0.5] == 1).all()  # type: ignore[union-attr]
    np.testing.assert_array_equal(
        final.image[scene.region == 0], person.photo.rgb[scene.region == 0]
    )


def test_auto_without_a_key_is_the_offline_finisher() -> None:
    """No surprise, no failure."""
    assert Generators().choose("auto").name == "offline"
