"""A simulated team: reviewers with known error rates, so that figures can be checked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tryon.review.labels import VERDICTS, Defect, Label, Verdict

NUM_REVIEWERS = 5
ERROR_RATES = (0.05, 0.1, 0.15, 0.2, 0.3)


@dataclass(frozen=True)
class Truth:
    """What is really the case for every item: verdict as an index, score, components."""

    verdict: NDArray[np.int64]
    score: NDArray[np.float64]
    components: tuple[dict[str, float], ...]


def a_truth(num: int, seed: int = 0) -> Truth:
    """Items whose verdict follows two components of three, and whose score weighs them wrongly."""
    rng = np.random.default_rng(seed)
    fit, spill, noise = rng.beta(4, 2, (3, num))
    goodness = 9 * (fit - 0.62) + 5 * (spill - 0.6) + rng.logistic(0, 1, num)
    verdict = np.where(goodness > 0.4, 0, np.where(goodness > -1.5, 1, 2))
    components = tuple(
        {"shoulder_fit": float(a), "spill": float(b), "noise": float(c)}
        for a, b, c in zip(fit, spill, noise, strict=True)
    )
    return Truth(verdict, (fit + spill + noise) / 3, components)


def judge(truth: Truth, item: int, error_rate: float, rng: np.random.Generator) -> Label:
    """What a reviewer says who errs at this rate, any wrong verdict as likely as the other."""
    right = int(truth.verdict[item])
    said = right if rng.random() >= error_rate else (right + int(rng.integers(1, 3))) % 3
    verdict: Verdict = VERDICTS[said]
    rating = max(1, min(5, (5, 3, 1)[said] + int(rng.integers(-1, 2))))
    defects = ()
    if verdict != "accept":
        name = ("hem", "shoulder", "neckline")[item % 3]
        spot = (40.0 + float(rng.normal(0, 6)), 60.0 + float(rng.normal(0, 9)))
        defects = (Defect(name, spot if rng.random() < 0.8 else None),)
    return Label(verdict, rating, defects, comment='torn, "odd"\nüß' if item % 17 == 0 else "")
