"""What `run.json` says of a run: versions, settings, photos, seconds, what was decided."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Final, Literal, TypeAlias

from tryon import __version__
from tryon.fit import FitOptions, TryOn
from tryon.generation.final import Final as FinalPicture
from tryon.generation.options import FinalOptions

Mode: TypeAlias = Literal["draft", "final"]

CHOSEN: Final = ("tuck", "max_retries", "quality_threshold")  # for a run, told among its settings
LIBRARIES: Final = (
    "mediapipe", "rembg", "onnxruntime", "opencv-contrib-python", "numpy", "scipy",
    "scikit-image", "pillow",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What `run.json` says beyond the results themselves.

    Attributes:
        mode: how far the run was asked to go.
        settings: the settings that change results, by name.
        save_debug: whether `artifacts.DEBUG_FILES` are kept.
    """

    mode: Mode = "draft"
    settings: Mapping[str, Any] = field(default_factory=dict)
    save_debug: bool = True

    def of_run(
        self, options: Sequence[FitOptions], final: FinalOptions | None = None
    ) -> "RunRecord":
        """The same with what was chosen for one run.

        Args:
            options: of each garment; all but their types, anchors and masks are the same.
            final: of the final picture; None when none was asked for.
        """
        chosen = {name: getattr(options[0], name) for name in CHOSEN}
        chosen["anchors"] = "given" if any(one.anchors for one in options) else "found"
        if final is not None:
            chosen["final"] = asdict(final)
        mode: Mode = "draft" if final is None else "final"
        return replace(self, mode=mode, settings={**self.settings, **chosen})


def run_json(try_on: TryOn, record: RunRecord, final: FinalPicture | None) -> dict[str, Any]:
    """The document of `run.json`."""
    garment = try_on.garment
    seconds = try_on.seconds | ({"generate": final.seconds} if final else {})
    return {
        "schema": 1,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "mode": record.mode,
        "versions": {
            "tryon": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in LIBRARIES},
        },
        "settings": dict(record.settings),
        "inputs": {
            name: {
                "sha256": photo.sha256,
                "width": photo.given_wh[0],
                "height": photo.given_wh[1],
            }
            for name, photo in (
                ("person", try_on.person.photo),
                *((_input_name(n), fit.garment.photo) for n, fit in enumerate(try_on.outfit, 1)),
            )
        },
        "garment_type": garment.garment_type,
        "garment_type_confidence": round(garment.type_confidence, 4),
        "cutout_confidence": round(garment.cutout_confidence, 4),
        "body_yaw_deg": round(try_on.person.pose.yaw_deg, 1),
        "strategy": try_on.best.strategy,
        "is_tucked": try_on.best.draft.is_tucked,
        "under": [
            {
                "garment_type": fit.garment.garment_type,
                "garment_type_confidence": round(fit.garment.type_confidence, 4),
                "cutout_confidence": round(fit.garment.cutout_confidence, 4),
                "strategy": fit.best.strategy,
            }
            for fit in try_on.outfit[1:]
        ],
        "generator": final.generator if final else None,
        "seconds": {name: round(taken, 4) for name, taken in seconds.items()},
        "notes": [*try_on.notes, *(final.notes if final else ())],
    }


def _input_name(number: int) -> str:
    return "garment" if number == 1 else f"garment_{number}"
