"""A studio without models: drawn results, the real step events, delays and failures on demand."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import cv2
import numpy as np
from PIL import Image
from PIL.ExifTags import Base as ExifTag

from tryon.anchors import Anchor, AnchorPair, AnchorSet
from tryon.errors import InvalidImageFormat, PoseFailed, TryOnError, WarpFailed
from tryon.fit import Attempt, FitOptions, Person, TryOn
from tryon.generation.final import Check, Final, FinalAttempt
from tryon.generation.generators import GeneratorInfo, Generators
from tryon.generation.options import FinalOptions
from tryon.ports import KEYPOINT_NAMES
from tryon.stages.align import Draft
from tryon.stages.garment import Garment
from tryon.stages.load import Photo, PhotoLimits
from tryon.stages.old_clothes.old_clothes import OldClothes
from tryon.stages.pose import Pose
from tryon.stages.quality import Component, Quality
from tryon.stages.segment import PersonMasks
from tryon.stages.touch_up import touch_up_garment, touch_up_person
from tryon.stages.warping.composite import MIN_REGION_PX
from tryon.steps import OnStep, Steps, ignore
from tryon.turning import TURNS, turned_photo

W, H = 384, 512
A_CHECK = Check("seam", 3.2, "levels", 14.0, True, "The garment blends into the photo.")

# Fractions of (W, H) of a drawn person facing the camera, arms hanging.
_JOINTS = {
    "nose": (0.5, 0.14), "left_shoulder": (0.63, 0.29), "right_shoulder": (0.37, 0.29),
    "left_elbow": (0.70, 0.45), "right_elbow": (0.30, 0.45),
    "left_wrist": (0.73, 0.60), "right_wrist": (0.27, 0.60),
    "left_hip": (0.58, 0.60), "right_hip": (0.42, 0.60),
    "left_knee": (0.57, 0.80), "right_knee": (0.43, 0.80),
    "left_ankle": (0.57, 0.97), "right_ankle": (0.43, 0.97),
}  # fmt: skip
_NEAREST = {
    "foot": (0.09, 0.99), "eye": (0.025, 0.12), "ear": (0.06, 0.13), "mouth": (0.02, 0.165),
    "pinky": (0.24, 0.63), "index": (0.23, 0.64), "thumb": (0.22, 0.62), "heel": (0.07, 0.98),
}  # fmt: skip
_ANCHORS = {
    "left_neck": (0.56, 0.25), "right_neck": (0.44, 0.25), "neck_front": (0.5, 0.29),
    "left_shoulder": (0.65, 0.28), "right_shoulder": (0.35, 0.28),
    "left_armpit": (0.63, 0.36), "right_armpit": (0.37, 0.36),
    "left_waist": (0.61, 0.50), "right_waist": (0.39, 0.50),
    "left_hem": (0.62, 0.63), "right_hem": (0.38, 0.63),
}  # fmt: skip
_OUTLINE = (
    "left_neck", "left_shoulder", "left_armpit", "left_waist", "left_hem", "right_hem",
    "right_waist", "right_armpit", "right_shoulder", "right_neck", "neck_front",
)  # fmt: skip


def _pixels(fractions: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    return {name: (x * W, y * H) for name, (x, y) in fractions.items()}


def a_pose() -> Pose:
    """33 keypoints of the drawn person; the ankles are hardly seen."""
    points, visibility = [], []
    for name in KEYPOINT_NAMES:
        if name in _JOINTS:
            x, y = _JOINTS[name]
        else:
            dx, y = next(v for k, v in _NEAREST.items() if k in name)
            x = 0.5 + dx if "left" in name.split("_") else 0.5 - dx
        points.append((x * W, y * H))
        visibility.append(0.2 if "ankle" in name or "heel" in name or "foot" in name else 0.98)
    return Pose(
        points_xy=np.array(points),
        visibility=np.array(visibility),
        scale_px=0.26 * W,
        yaw_deg=0.0,
        mask=np.zeros((H, W), np.float32),
    )


def a_photo(seed: int = 0) -> Photo:
    """A drawn person before a wall; another seed wears another colour."""
    rng = np.random.default_rng(seed)
    rgb = np.full((H, W, 3), (214, 218, 224), np.uint8)
    joints = {k: (round(x), round(y)) for k, (x, y) in _pixels(_JOINTS).items()}
    skin = (224, 182, 150)
    for side in ("left", "right"):
        limb = [joints[f"{side}_{j}"] for j in ("shoulder", "elbow", "wrist")]
        cv2.polylines(rgb, [np.array(limb)], False, skin, 30, cv2.LINE_AA)
        leg = [joints[f"{side}_{j}"] for j in ("hip", "knee", "ankle")]
        cv2.polylines(rgb, [np.array(leg)], False, (60, 70, 95), 46, cv2.LINE_AA)
    clothes = tuple(int(v) for v in rng.integers(90, 200, 3))
    cv2.rectangle(rgb, (140, 140), (244, 320), clothes, -1, cv2.LINE_AA)
    cv2.ellipse(rgb, (192, 78), (36, 48), 0, 0, 360, skin, -1, cv2.LINE_AA)
    return Photo(rgb, None, (W, H), f"{seed:064x}")


def masks_of(photo: Photo) -> PersonMasks:
    """Person, torso and arms of the drawn person."""
    person = np.any(photo.rgb != np.array((214, 218, 224)), axis=2).astype(np.float32)
    torso = np.zeros((H, W), np.float32)
    torso[140:320, 140:244] = 1
    arms = person.copy()
    arms[:, 125:259] = 0
    none = np.zeros((H, W), np.float32)
    nothing = OldClothes.none(photo.rgb)
    return PersonMasks(person, torso, arms, none, none.copy(), nothing, lambda: nothing, none > 0)


def a_garment(name: str = "tshirt") -> Garment:
    """A red shirt on white."""
    rgb = np.full((H, W, 3), 255, np.uint8)
    alpha = np.zeros((H, W), np.uint8)
    outline = np.array([_pixels(_ANCHORS)[k] for k in _OUTLINE]).round().astype(np.int32)
    cv2.fillPoly(alpha, [outline], 255, cv2.LINE_AA)
    rgb[alpha > 127] = (200, 60, 70)
    photo = Photo(rgb, None, (W, H), "b" * 64)
    return Garment(
        photo=photo,
        rgb=rgb,
        alpha=(alpha / 255).astype(np.float32),
        garment_type=name,
        type_confidence=0.92,
        anchors=an_anchor_set(),
        cutout_confidence=0.97,
        notes=("The picture is small, so the print may look soft.",),
    )


def an_anchor_set() -> AnchorSet:
    """Eleven anchors of a T-shirt, the hem unsure."""
    return AnchorSet(W, H, tuple(
        Anchor(name, x, y, 0.4 if "hem" in name else 0.9)
        for name, (x, y) in _pixels(_ANCHORS).items()
    ))  # fmt: skip


def a_draft(
    person: Person, garment: Garment, is_tucked: bool = False, anchors: AnchorPair | None = None
) -> Draft:
    """The shirt laid over the drawn person, arms in front, shifted as a whole by the anchors."""
    pair = anchors or AnchorPair("tshirt", garment.anchors, garment.anchors)
    shift = (pair.person.points_xy - pair.garment.points_xy).sum(axis=0)
    move = np.float32([[1, 0, shift[0]], [0, 1, shift[1]]])
    alpha, cloth = (cv2.warpAffine(a, move, (W, H)) for a in (garment.alpha, garment.rgb))
    region = alpha * (1 - person.masks.arms)
    rgb = (person.photo.rgb * (1 - region[..., None]) + cloth * region[..., None]).astype(np.uint8)
    xy = np.full((H, W, 2), np.nan, np.float32)
    return Draft(
        rgb=rgb,
        warped=garment.cutout,
        region=region,
        garment_xy=xy,
        old_garment=np.zeros((H, W), bool),
        anchors=pair,
        folded_px=0,
        stretch=1.2,
        stiffness=0.0,
        is_tucked=is_tucked,
    )


def a_quality(score: float, threshold: float) -> Quality:
    """Two components, one of them poor."""
    return Quality(score, threshold, {
        "shoulder_fit": Component(0.94, 3.1, "px", "The shoulder seams lie on the shoulders."),
        "sleeve_fit": Component(0.48, 21.0, "px", "The sleeves end a little above the elbow."),
    })  # fmt: skip


LYING = b"lying on its side"  # comment of a JPEG that `require_upright` refuses as it is


def require_upright(data: bytes) -> None:
    """What the pose stage says of a photo marked as `LYING`, until it is turned to the right."""
    if LYING not in data:
        return
    with Image.open(BytesIO(data)) as image:
        if image.getexif().get(ExifTag.Orientation) == 6:
            return
    reason, message, remedy = TURNS[1]
    raise PoseFailed(message=message, remedy=remedy, reason=reason)


@dataclass
class FakeStudio:
    """Walks through the real steps.

    Attributes:
        delay_s: how long each step takes.
        holds: a folder; a step with a file of its name there waits until the file is gone.
        fails_at: name of a step that raises, and what.
        scores: of the attempts, in order.
        seen: (person bytes, garment bytes, options) of each call; lists of the latter two when
            lists were given.
        refits: options of each fit made anew.
    """

    delay_s: float = 0.0
    holds: Path | None = None
    fails_at: dict[str, Exception] = field(default_factory=dict)
    scores: tuple[float, ...] = (0.61, 0.83)
    seen: list[tuple[bytes, Any, Any]] = field(default_factory=list)
    refits: list[FitOptions] = field(default_factory=list)

    def try_on(
        self,
        person: bytes,
        garment: bytes | Sequence[bytes],
        options: FitOptions | Sequence[FitOptions] | None = None,
        on_step: OnStep = ignore,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> TryOn:
        """What `Studio.try_on` does, drawn; the last garment given is the uppermost."""
        self.seen.append((person, garment, options))
        step = Steps(on_step, is_cancelled)
        garments = [garment] if isinstance(garment, bytes) else garment
        each = options if isinstance(options, Sequence) else [options] * len(garments)

        def work(name, make):
            def stage():
                self._take_time(name)
                if name in self.fails_at:
                    raise self.fails_at[name]
                return make()

            return step(name, stage)

        def photo_of(data: bytes) -> Photo:
            if data.startswith(b"not a picture"):
                raise InvalidImageFormat("no known signature")
            require_upright(data)
            drawn = a_photo(sum(data[:4096]))
            return replace(drawn, sha256=hashlib.sha256(data).hexdigest())

        photo = work("load person", lambda: photo_of(person))
        pose = work("detect pose", a_pose)
        body = Person(photo, pose, work("segment person", lambda: masks_of(photo)))
        result = None
        for data, chosen in zip(garments, each, strict=True):
            chosen = chosen or FitOptions()
            given = work("load garment", lambda d=data: photo_of(d))
            kind = chosen.garment_type or "tshirt"
            cloth = work("prepare garment", lambda k=kind: a_garment(k))
            cloth = replace(cloth, photo=replace(cloth.photo, sha256=given.sha256))
            attempts = []
            for number, score in enumerate(self.scores):
                draft = work("align", lambda c=cloth, t=chosen.tuck: a_draft(body, c, t == "in"))
                quality = work(
                    "check quality", lambda s=score, c=chosen: a_quality(s, c.quality_threshold)
                )
                attempts.append(Attempt(f"strategy_{number}", draft, quality, cloth))
                if quality.passed:
                    break
            result = TryOn(body, tuple(attempts), dict(step.seconds), result)
        return result

    def finish(
        self,
        try_on: TryOn,
        options: FinalOptions | None = None,
        on_step: OnStep = ignore,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Final:
        """What `Studio.finish` does, drawn."""

        def stage() -> Final:
            self._take_time("generate")
            if "generate" in self.fails_at:
                raise self.fails_at["generate"]
            return a_final(try_on)

        return Steps(on_step, is_cancelled)("generate", stage)

    def refit(
        self,
        before: TryOn,
        options: FitOptions,
        on_step: OnStep = ignore,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> TryOn:
        """What `Studio.refit` does: the shirt moves as its first anchor on the body did."""
        self.refits.append(options)
        step = Steps(on_step, is_cancelled)
        self._take_time("align")
        if "align" in self.fails_at:
            raise self.fails_at["align"]
        person, garment = before.person, before.garment
        if options.masks:
            masks = touch_up_person(person.masks, person.pose, options.masks)
            person, garment = replace(person, masks=masks), touch_up_garment(garment, options.masks)
        draft = step("align", a_draft, person, garment, options.tuck == "in", options.anchors)
        if draft.region.sum() < MIN_REGION_PX:
            raise WarpFailed("the shirt was pulled out of the photo")
        quality = step("check quality", a_quality, self.scores[-1], options.quality_threshold)
        return TryOn(person, (Attempt("by hand", draft, quality, garment),), dict(step.seconds))

    def turned(self, photo: bytes, quarters: int) -> bytes:
        """What `Studio.turned` does."""
        return turned_photo(photo, quarters, PhotoLimits())

    def _take_time(self, step: str) -> None:
        time.sleep(self.delay_s)
        while self.holds is not None and (self.holds / step).exists():
            time.sleep(0.01)

    def generators(self) -> tuple[GeneratorInfo, ...]:
        """The offline finisher alone, as where there is no key."""
        return Generators().infos()


def a_final(try_on: TryOn, generator: str = "offline") -> Final:
    """The draft, said to be finished."""
    attempt = FinalAttempt("classical-2", 0.2, 1, (A_CHECK,), (), "Edit image 3.")
    return Final(try_on.best.draft.rgb, generator, "classical-2", (attempt,), 0, 0.3)


def fake_pack(try_on: TryOn, options: FitOptions, target: Path) -> None:
    """A zip with one file, in place of `tryon.artifacts.store.zip_try_on`."""
    with ZipFile(target, "w") as archive:
        archive.writestr("quality.json", str(try_on.best.quality.to_json()))


def a_try_on() -> TryOn:
    """One finished fit."""
    return FakeStudio().try_on(b"person", b"garment")


@dataclass
class PoorBelow(FakeStudio):
    """The garments below the uppermost one score 0.3."""

    def try_on(self, *args: Any, **more: Any) -> TryOn:
        """An outfit of two."""
        result = super().try_on(*args, **more)
        below = result.under
        if below is None:
            return result
        poor = replace(below.best, quality=a_quality(0.3, 0.7))
        return replace(result, under=replace(below, attempts=(poor,)))


def of_garment(try_on: TryOn, **changes: object) -> TryOn:
    """The fit with what is known of its garment changed."""
    garment = replace(try_on.garment, **changes)
    return replace(try_on, attempts=tuple(replace(one, garment=garment) for one in try_on.attempts))


class OddlyWorded(TryOnError):
    """A failure whose words would be code if they reached a template."""

    code, http_status = "TEST", 500
    default_message = "<b>bold</b> & ${1+1} {{this}}"
    default_remedy = "<img src=x onerror=alert(1)>"
