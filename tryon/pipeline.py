"""The product on one page: dress the person of one photo in the garment of another.

Stage 7 is `tryon/artifacts/store.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tryon.anchors import LOWER_TYPES, WORN_ORDER, GarmentType
from tryon.calibration import calibrate_quality
from tryon.errors import WarpFailed
from tryon.fit import Attempt, FitOptions, Models, Person, TryOn
from tryon.generation.attempts import make_final
from tryon.generation.final import Final
from tryon.generation.generators import Generators
from tryon.generation.options import FinalOptions
from tryon.stages.align import Draft, align_garment
from tryon.stages.garment import Garment, prepare_garment
from tryon.stages.garment_variants import variant_of
from tryon.stages.load import PhotoLimits, load_photo
from tryon.stages.quality import Quality, check_quality, total
from tryon.stages.segment import segment_person
from tryon.stages.strategies import Strategy, next_strategy
from tryon.stages.touch_up import touch_up_garment, touch_up_person
from tryon.steps import Steps
from tryon.turning import find_upright_pose


def prepare_person(data: bytes, models: Models, limits: PhotoLimits, step: Steps) -> Person:
    """Stages 0-2 of the person photo. The pose comes first: its mask says what is person."""
    photo = step("load person", load_photo, data, limits)
    pose = step("detect pose", find_upright_pose, photo, models.pose)
    masks = step("segment person", segment_person, photo, pose, models.matting)
    return Person(photo, pose, masks)


def prepare_garment_photo(
    data: bytes, garment_type: GarmentType | None, models: Models, limits: PhotoLimits, step: Steps
) -> Garment:
    """Stages 0 and 3 of the garment photo."""
    photo = step("load garment", load_photo, data, limits)
    return step(
        "prepare garment", prepare_garment, photo, garment_type, models.matting, models.pose
    )


def fit_outfit(
    person: Person, garments: Sequence[Garment], options: Sequence[FitOptions], step: Steps
) -> TryOn:
    """Stages 4-5 for each garment, what is worn below first; `options` in the same order."""
    chosen = list(zip(garments, options, strict=True))
    if len(chosen) > 1:  # what hangs over a bottom now is not worn with the outfit
        chosen = [(g, replace(o, tuck="in") if g.garment_type in LOWER_TYPES else o)
                  for g, o in chosen]  # fmt: skip
    by_layer = sorted(chosen, key=lambda worn: WORN_ORDER.index(worn[0].garment_type))
    dressed = fit_garment(person, *by_layer[0], step)
    for garment, option in by_layer[1:]:
        dressed = fit_garment(person, garment, option, step, dressed)
    return dressed


def fit_garment(
    person: Person, garment: Garment, options: FitOptions, step: Steps, under: TryOn | None = None
) -> TryOn:
    """Stages 4-5: align, score, and try other ideas while the score is too low.

    Points set by hand are tried once, as they are.
    """
    below = under.best.draft if under else None
    if options.masks:
        masks = touch_up_person(person.masks, person.pose, options.masks)
        person, garment = replace(person, masks=masks), touch_up_garment(garment, options.masks)
    attempts: list[Attempt] = []
    for strategy, cloth in ideas(garment, attempts, 0 if options.anchors else options.max_retries):
        try:
            draft = step("align", align_garment, person.photo, person.pose, person.masks, cloth,
                         options.anchors, options.tuck, strategy, below)  # fmt: skip
        except WarpFailed:
            if not attempts:
                raise
            continue  # an idea that cannot be laid on is no reason to lose the draft there is
        quality = step("check quality", score_draft, draft, person, cloth, options)
        attempts.append(Attempt(strategy.name, draft, quality, cloth))
    return TryOn(person, tuple(attempts), dict(step.seconds), under)


def score_draft(draft: Draft, person: Person, garment: Garment, options: FitOptions) -> Quality:
    """Stage 5, on the scale of the calibration when there is one."""
    quality = check_quality(draft, person.pose, person.masks, garment, options.quality_threshold)
    return calibrate_quality(quality, options.calibration) if options.calibration else quality


def ideas(
    garment: Garment, attempts: Sequence[Attempt], max_retries: int
) -> Iterator[tuple[Strategy, Garment]]:
    """What to try next, on which reading of the garment, until one of `attempts` has passed."""
    tried: list[Strategy] = []
    num_left = max_retries + 1
    while num_left and not any(attempt.quality.passed for attempt in attempts):
        parts = attempts[0].quality.components if attempts else {}
        strategy = next_strategy(tried, parts, total)
        if strategy is None:
            return
        tried.append(strategy)
        cloth = variant_of(garment, strategy.variant)
        if cloth is not None:
            num_left -= 1
            yield strategy, cloth


def finish_fit(try_on: TryOn, options: FinalOptions, generators: Generators, step: Steps) -> Final:
    """Stage 6: the best draft made real by a generator, checked, everything else kept."""
    person = try_on.person
    layers = tuple((fit.garment, fit.best.draft) for fit in try_on.outfit)
    return step("generate", make_final, person.photo, person.pose, person.masks, layers,
                generators, options, step.is_cancelled)  # fmt: skip
