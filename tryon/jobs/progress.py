"""How far a job is, told by the stage it is at."""

from typing import Final

from tryon.artifacts.record import Mode

# Share of a draft that is done when a step begins, by measured seconds; steps of the person and of
# the garment run side by side.
_DRAFT: Final = {
    "load person": 0.02, "load garment": 0.02, "detect pose": 0.05, "prepare garment": 0.1,
    "segment person": 0.15, "align": 0.65, "check quality": 0.75, "generate": 0.8, "store": 0.8,
}  # fmt: skip
_DRAFT_OF_FINAL: Final = 0.3  # the generator takes most of a final picture's time


def how_far(step: str, mode: Mode) -> float:
    """0..1 at the beginning of a step; 0 for a step nobody knows."""
    if mode == "draft":
        return _DRAFT.get(step, 0.0)
    return 0.95 if step == "store" else _DRAFT.get(step, 0.0) / 0.8 * _DRAFT_OF_FINAL
