"""A point read off an outline, and how sure it is."""

from typing import Final, TypeAlias

from tryon.arrays import PointsXY

SEEN: Final = 0.9  # read off
LIKELY: Final = 0.6  # inferred from what was read off
GUESSED: Final = 0.3  # assumed
Found: TypeAlias = tuple[PointsXY, float]  # (2,) float64 xy and its confidence
