"""A calibration of the automatic score: a versioned file made by the review from labels.

It turns the score or its components into the chance that a reviewer accepts the fit. The pipeline
uses one only when `QUALITY_CALIBRATION` names it, and then every `quality.json` says so.
`review/calibrate.py` makes them; nothing here needs scikit-learn.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from tryon.errors import InvalidCalibration, why
from tryon.stages.quality import Quality

CALIBRATION_SCHEMA: Final = 1
KIND: Final = "tryon-quality-calibration"
Method: TypeAlias = Literal["isotonic", "logistic"]


@dataclass(frozen=True, slots=True)
class Weight:
    """One component's part in the logistic mapping: `coefficient * (score - usual)`.

    Attributes:
        name: of the component in `quality.json`.
        coefficient: per unit of the component's score.
        usual: the mean over the labelled fits; a fit without this component counts as usual.
    """

    name: str
    coefficient: float
    usual: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """From the automatic score to the chance of being accepted.

    Attributes:
        method: "isotonic" maps the score alone, "logistic" its components.
        threshold: chance from which a fit passes; reaches `wanted_precision` on the labels.
        wanted_precision: share of accepted fits among those that pass.
        steps: isotonic: (score, chance), scores ascending.
        weights: logistic.
        intercept: logistic.
        origin: project, number of labels, date and cross-validated figures, for people.
    """

    method: Method
    threshold: float
    wanted_precision: float
    steps: tuple[tuple[float, float], ...] = ()
    weights: tuple[Weight, ...] = ()
    intercept: float = 0.0
    origin: Mapping[str, Any] = field(default_factory=dict)

    def chance(self, score: float, components: Mapping[str, float]) -> float:
        """Probability 0..1 that a reviewer accepts the fit.

        Args:
            score: the automatic score, 0..1.
            components: score of each component, 0..1, by name.
        """
        if self.method == "isotonic":
            scores, chances = zip(*self.steps, strict=True)
            return float(np.interp(score, scores, chances))
        given = ((w, components.get(w.name, w.usual)) for w in self.weights)
        logit = self.intercept + sum(w.coefficient * (value - w.usual) for w, value in given)
        return 1.0 / (1.0 + math.exp(-min(60.0, max(-60.0, logit))))

    @property
    def version(self) -> str:
        """Twelve letters that change with the mapping or the threshold."""
        text = json.dumps(self._mapping(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def to_json(self) -> dict[str, Any]:
        """The file."""
        head = {"schema": CALIBRATION_SCHEMA, "kind": KIND, "version": self.version}
        return head | self._mapping() | {"origin": dict(self.origin)}

    def _mapping(self) -> dict[str, Any]:
        common = {
            "method": self.method,
            "threshold": self.threshold,
            "wanted_precision": self.wanted_precision,
        }
        if self.method == "isotonic":
            return common | {"steps": [list(step) for step in self.steps]}
        weights = [
            {"name": w.name, "coefficient": w.coefficient, "usual": w.usual} for w in self.weights
        ]
        return common | {"weights": weights, "intercept": self.intercept}

    @staticmethod
    def from_json(document: Any) -> "Calibration":
        """Read `to_json`.

        Raises:
            InvalidCalibration: another kind of file, or one changed after it was made.
        """
        try:
            if document["kind"] != KIND or document["schema"] != CALIBRATION_SCHEMA:
                raise InvalidCalibration(f"{document['kind']!r} schema {document['schema']!r}")
            found = Calibration(
                method=document["method"],
                threshold=float(document["threshold"]),
                wanted_precision=float(document["wanted_precision"]),
                steps=tuple((float(x), float(y)) for x, y in document.get("steps", ())),
                weights=tuple(
                    Weight(str(w["name"]), float(w["coefficient"]), float(w["usual"]))
                    for w in document.get("weights", ())
                ),
                intercept=float(document.get("intercept", 0.0)),
                origin=dict(document.get("origin", {})),
            )
        except (KeyError, TypeError, ValueError) as exc:
            raise InvalidCalibration(f"{type(exc).__name__}: {exc}") from exc
        is_whole = (found.method == "isotonic" and found.steps) or (
            found.method == "logistic" and found.weights
        )
        if not is_whole or not 0 <= found.threshold <= 1:
            raise InvalidCalibration(f"{found.method}, threshold {found.threshold}")
        if document.get("version") != found.version:
            raise InvalidCalibration(
                f"version {document.get('version')!r}, content {found.version}",
                message="The calibration file was changed after it was made.",
            )
        return found


def calibrate_quality(quality: Quality, calibration: Calibration) -> Quality:
    """The same findings, with the chance of being accepted as the score; it says so itself."""
    parts = {name: part.score for name, part in quality.components.items()}
    chance = calibration.chance(quality.score, parts)
    return replace(quality, score=chance, calibration=calibration.version, raw_score=quality.score)


def load_calibration(path: Path) -> Calibration:
    """The calibration in a file.

    Raises:
        InvalidCalibration: no such file, not JSON, or not a calibration.
    """
    try:
        document = json.loads(path.read_text("utf-8"))
    except OSError as exc:
        message = f"The calibration file {path} cannot be read: {why(exc)}."
        raise InvalidCalibration(str(exc), message=message) from exc
    except ValueError as exc:
        message = f"The calibration file {path} is not JSON."
        raise InvalidCalibration(str(exc), message=message) from exc
    return Calibration.from_json(document)
