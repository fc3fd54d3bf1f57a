"""Stage 6: ask a generator, repair and check its answers, keep the best, tell what happened."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final as Constant

from tryon.anchors import GarmentType
from tryon.arrays import RgbImage, SoftMask
from tryon.errors import Cancelled, NanoApiError, TimedOut
from tryon.generation.checks import check_answer
from tryon.generation.colour import match_colours
from tryon.generation.final import Final, FinalAttempt
from tryon.generation.generators import Generators
from tryon.generation.options import FinalOptions
from tryon.generation.preserve import blend, may_change, onto_photo
from tryon.generation.prompt import image_labels, instruction
from tryon.generation.reasons import failed_because
from tryon.generation.register import register
from tryon.generation.scene import Layer, Scene, build_scene
from tryon.ports import Generated, GenerationRequest, Generator
from tryon.stages.load import Photo
from tryon.stages.pose import Pose
from tryon.stages.segment import PersonMasks

LEAST_LEFT_S: Constant = 2.0  # with less time left no further picture is begun


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """An answer laid over the photo; `image` is None where it cannot be."""

    attempt: FinalAttempt
    image: RgbImage | None

    @property
    def rank(self) -> tuple[bool, int]:
        """Larger is better: it can be used at all, and fails few checks."""
        num_failed = sum(not check.passed for check in self.attempt.checks)
        return (self.image is not None, -num_failed)


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """What is asked of whichever generator.

    Attributes:
        types: of the garments, the uppermost first.
        region: (H, W) float32, where the picture may change.
        timeout_s: for all tries of one generator together.
    """

    scene: Scene
    types: tuple[GarmentType, ...]
    region: SoftMask
    options: FinalOptions
    timeout_s: float
    is_cancelled: Callable[[], bool]

    def request(
        self, model: str | None, number: int, failed: tuple[str, ...], left_s: float
    ) -> GenerationRequest:
        """The `number`th try from 0 on; its words are sharpened by the checks that `failed`."""
        scene, seed = self.scene, self.options.seed
        return GenerationRequest(
            person=scene.person, garments=scene.garments, draft=scene.draft, cloth=scene.cloth,
            behind=scene.behind, worn=scene.worn, region=self.region,
            labels=image_labels(self.types),
            instruction=instruction(self.types, self.options, failed),
            realism_level=self.options.realism_level, model=model,
            seed=None if seed is None else seed + number, timeout_s=left_s,
            is_cancelled=self.is_cancelled,
        )  # fmt: skip


def make_final(
    photo: Photo,
    pose: Pose,
    masks: PersonMasks,
    layers: Sequence[Layer],
    generators: Generators,
    options: FinalOptions,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Final:
    """Make the draft real.

    Args:
        photo: of the person.
        pose: of the person.
        masks: of the person.
        layers: garments and their drafts, the uppermost first.
        generators: what there is to choose from.
        options: who makes it and what to preserve.
        is_cancelled: asked often, also while an answer is waited for.

    Raises:
        NanoApiError: the generator asked for made nothing usable; `reason` says why.
        TimedOut: it took longer than `generators.timeout_s`.
        Cancelled: asked to stop.
    """
    start = time.perf_counter()
    scene = build_scene(photo, pose, masks, layers)
    types = tuple(garment.garment_type for garment, _ in layers)
    region = may_change(scene, options, masks.person)
    order = _Order(scene, types, region, options, generators.timeout_s, is_cancelled)
    generator, failure = generators.choose(options.generator), None
    made: list[_Candidate] = []  # by both generators: what was paid for is told
    try:
        _add_candidates(made, generator, order, options.model)
    except (NanoApiError, TimedOut) as error:
        if options.generator != "auto" or generator is generators.offline:
            raise
        failure, generator = error, generators.offline
        _add_candidates(made, generator, order, None)
    best = max(range(len(made)), key=lambda i: made[i].rank)
    image = made[best].image
    if image is None:
        raise ValueError("candidates: want at least one usable")
    attempts = tuple(candidate.attempt for candidate in made)
    return Final(
        image=onto_photo(photo, image, region),
        generator=generator.name,
        model=attempts[best].model,
        attempts=attempts,
        best=best,
        seconds=time.perf_counter() - start,
        notes=_notes(attempts, best, failure),
        failure=failure,
    )


def _add_candidates(
    made: list[_Candidate], generator: Generator, order: _Order, model: str | None
) -> None:
    """Answers until one passes, `max_retries` are used up, or time is; at least one is usable.

    A failure after a usable answer ends the tries instead of losing that answer.
    """
    deadline = time.monotonic() + order.timeout_s
    failed: tuple[str, ...] = ()
    for number in range(order.options.max_retries + 1):
        if order.is_cancelled():
            raise Cancelled
        left_s = deadline - time.monotonic()
        if made and left_s < LEAST_LEFT_S:
            break
        request = order.request(model, number, failed, left_s)
        try:
            generated = generator.generate(request)
        except (NanoApiError, TimedOut):
            if any(candidate.image is not None for candidate in made):
                break
            raise
        made.append(_judged(generated, request.instruction, order.scene, order.region))
        if made[-1].attempt.passed or generator.is_deterministic:
            break
        checks = made[-1].attempt.checks
        failed = tuple(check.name for check in checks if not check.passed) or ("frame_drift",)
    if all(candidate.image is None for candidate in made):
        raise failed_because("does_not_fit", "; ".join(made[-1].attempt.notes))


def _judged(generated: Generated, wording: str, scene: Scene, region: SoftMask) -> _Candidate:
    """The answer moved into place, its colours put right, blended and checked."""
    attempt = FinalAttempt(
        model=generated.model, seconds=generated.seconds, calls=generated.calls, checks=(),
        notes=(), instruction=wording, finish_reason=generated.finish_reason,
        usage=generated.usage, cost_usd=generated.cost_usd,
    )  # fmt: skip
    placed = register(generated.image, scene.person, region)
    if placed.image is None:
        return _Candidate(replace(attempt, notes=(placed.message,)), None)
    whole = blend(scene.draft, placed.image, placed.covered)
    matched, notes = match_colours(whole, scene, region)
    image = blend(scene.person, matched, region)
    checks = check_answer(placed, matched, image, scene, region)
    return _Candidate(replace(attempt, checks=checks, notes=notes), image)


def _notes(
    attempts: Sequence[FinalAttempt], best: int, failure: NanoApiError | TimedOut | None
) -> tuple[str, ...]:
    notes = list(attempts[best].notes)
    if failure is not None:
        notes.insert(0, f"{failure.message} This is the offline finisher's picture instead.")
    notes += [check.message for check in attempts[best].checks if not check.passed]
    if len(attempts) > 1:
        notes.append(f"Of {len(attempts)} pictures made, number {best + 1} is shown.")
    return tuple(dict.fromkeys(notes))
