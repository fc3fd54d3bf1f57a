"""Fits to finish: a drawn person in a drawn shirt, without models."""

from dataclasses import replace
from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image

from tests.fakes.models import a_photo, masks_of, posed, standing
from tests.fakes.wardrobe import drawn
from tryon.arrays import RgbImage
from tryon.fit import FitOptions, Person, TryOn
from tryon.generation.options import FinalOptions
from tryon.generation.prompt import image_labels, instruction
from tryon.generation.scene import Scene, build_scene
from tryon.pipeline import fit_garment
from tryon.ports import GenerationRequest
from tryon.stages.load import Photo, PhotoLimits, load_photo
from tryon.stages.old_clothes.old_clothes import OldClothes
from tryon.steps import Steps


def png(rgb: RgbImage) -> bytes:
    """The picture as a file."""
    buffer = BytesIO()
    Image.fromarray(rgb).save(buffer, "PNG")
    return buffer.getvalue()


@cache
def a_fit(garment: str = "printed_tshirt") -> TryOn:
    """The drawn person in one of the studio's drawn garments; the wall has texture."""
    body = standing()
    photo = a_photo(body)
    photo = replace(photo, rgb=textured(photo.rgb))
    masks = replace(
        masks_of(body, posed(body)),
        old_top=OldClothes.none(photo.rgb),
        find_old_bottom=lambda: OldClothes.none(photo.rgb),
    )
    person = Person(photo, posed(body), masks)
    return fit_garment(person, drawn(garment, 320), FitOptions(), Steps())


def textured(rgb: RgbImage) -> RgbImage:
    """The picture with soft spots all over, so that a shift of it can be seen."""
    rng = np.random.default_rng(3)
    spots = rng.normal(0, 1, (rgb.shape[0] // 12 + 1, rgb.shape[1] // 12 + 1, 3)).astype(np.float32)
    size = (spots.shape[1] * 12, spots.shape[0] * 12)
    wave = np.stack([
        np.asarray(Image.fromarray(spots[..., i]).resize(size, Image.Resampling.BICUBIC))
        for i in range(3)
    ], axis=2)[: rgb.shape[0], : rgb.shape[1]]  # fmt: skip
    return np.clip(rgb + 14 * wave, 0, 255).astype(np.uint8)


def larger_fit(scale: int = 3, garment: str = "printed_tshirt") -> TryOn:
    """The same fit, its person photo given `scale` times as large as the working picture."""
    fit = a_fit(garment)
    given = np.kron(fit.person.photo.rgb, np.ones((scale, scale, 1), np.uint8))
    noise = np.random.default_rng(1).integers(-3, 4, given.shape)
    given = np.clip(given + noise, 0, 255).astype(np.uint8)
    side = max(fit.person.photo.size_wh)
    photo: Photo = load_photo(png(given), PhotoLimits(side))
    return replace(fit, person=replace(fit.person, photo=photo))


def scene_of(fit: TryOn) -> Scene:
    """What a generator gets to see of a fit."""
    layers = [(part.garment, part.best.draft) for part in fit.outfit]
    return build_scene(fit.person.photo, fit.person.pose, fit.person.masks, layers)


def a_request(
    fit: TryOn | None = None, options: FinalOptions | None = None, timeout_s: float = 20.0
) -> GenerationRequest:
    """What a generator is asked for a fit."""
    fit, options = fit or a_fit(), options or FinalOptions()
    scene = scene_of(fit)
    types = tuple(part.garment.garment_type for part in fit.outfit)
    return GenerationRequest(
        person=scene.person, garments=scene.garments, draft=scene.draft, cloth=scene.cloth,
        behind=scene.behind, worn=scene.worn, region=scene.region, labels=image_labels(types),
        instruction=instruction(types, options), realism_level=options.realism_level,
        model=options.model, seed=options.seed, timeout_s=timeout_s,
    )  # fmt: skip
