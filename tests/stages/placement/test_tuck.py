"""Where a top that is tucked in ends: at the waistband, but for what hangs over it."""

from dataclasses import replace

import numpy as np

from tests.fakes.models import masks_of, posed, standing
from tryon.arrays import BoolMask
from tryon.stages.body.limbs import arm_shape
from tryon.stages.body.spine import Spine
from tryon.stages.placement.tuck import below_waistband
from tryon.stages.segment import PersonMasks

PERSON = standing()
POSE = posed(PERSON)
MASKS = masks_of(PERSON, POSE)
SPINE = Spine.of(POSE)
WAISTBAND = SPINE.length - 0.3  # shoulder widths below the shoulder line
STAIR_PX = 3  # of the old top's grid
ALONG, ASIDE = SPINE.coordinates(MASKS.person.shape)


def wearing(*parts: BoolMask) -> PersonMasks:
    """The person with a top down to the waistband, and these parts of it below."""
    top = (np.abs(ASIDE) < 0.4) & (ALONG > 0) & (ALONG < WAISTBAND)
    for part in parts:
        top = top | part
    old_top = replace(MASKS.old_top, mask=top.astype(np.float32))
    return replace(MASKS, old_top=old_top, top_end=WAISTBAND)


def part(aside: tuple[float, float], end: float) -> BoolMask:
    """From the waistband down, in shoulder widths."""
    return (aside[0] < ASIDE) & (aside[1] > ASIDE) & (ALONG >= WAISTBAND) & (end > ALONG)


FLAP = part((0.1, 0.4), WAISTBAND + 0.3)


def test_a_top_ends_at_the_waistband() -> None:
    """Above it all is seen, below it nothing."""
    below = below_waistband("auto", POSE, wearing())

    assert below[WAISTBAND + 0.05 < ALONG].min() == 1
    assert below[WAISTBAND - 0.05 > ALONG].max() == 0


def test_a_top_tucked_in_at_the_front_alone_still_hangs_at_the_side() -> None:
    """The new one is worn as the old one, and nothing of that need be painted over."""
    below = below_waistband("auto", POSE, wearing(FLAP))

    middle = part((0.16, 0.34), WAISTBAND + 0.25)
    assert below[middle].max() == 0
    assert below[part((-0.4, 0.05), WAISTBAND + 0.3) & (WAISTBAND + 0.05 < ALONG)].min() == 1


def test_all_of_it_goes_in_when_asked() -> None:
    """Tucked in means all around."""
    below = below_waistband("in", POSE, wearing(FLAP))

    assert below[WAISTBAND + 0.05 < ALONG].min() == 1


def test_a_ribbon_is_not_the_hem() -> None:
    """A bow's end does not make a flap of the new cloth."""
    below = below_waistband("auto", POSE, wearing(part((0.0, 0.06), WAISTBAND + 0.4)))

    assert below[WAISTBAND + 0.1 < ALONG].min() == 1


def test_what_is_not_joined_to_the_top_belongs_to_something_else() -> None:
    """The bow of a belt in the top's colours is no hem."""
    bow = part((0.0, 0.3), WAISTBAND + 0.4) & (WAISTBAND + 0.1 < ALONG)

    assert below_waistband("auto", POSE, wearing(bow))[bow].min() == 1


def test_what_lies_far_below_belongs_to_something_else() -> None:
    """A bag or a shadow in the top's colours is no part of it."""
    far = (np.abs(ASIDE) < 0.4) & (WAISTBAND + 0.6 < ALONG) & (WAISTBAND + 1.0 > ALONG)

    assert below_waistband("auto", POSE, wearing(far))[far].min() == 1


def test_a_sleeve_beside_the_trousers_is_not_the_hem() -> None:
    """A wide sleeve of the old top hangs lower than the waistband, and is joined to it."""
    sleeve = arm_shape(POSE, "left", MASKS.person.shape, widen=1.2)
    below = below_waistband("auto", POSE, wearing(sleeve))

    beside = arm_shape(POSE, "left", MASKS.person.shape, widen=0.7) & (WAISTBAND + 0.1 < ALONG)
    assert beside.any()
    assert below[beside].min() == 1


def test_the_edge_of_a_flap_has_no_stairs() -> None:
    """The old top is found on a coarse grid; a slanting hem of the new one is a line."""
    slant = part((0.0, 0.4), WAISTBAND + 0.5) & (ALONG < WAISTBAND + 0.2 + 0.5 * ASIDE)
    coarse = slant[::STAIR_PX, ::STAIR_PX].repeat(STAIR_PX, 0).repeat(STAIR_PX, 1)
    joined = part((0.0, 0.4), WAISTBAND + 0.1)

    covered = 1 - below_waistband("auto", POSE, wearing(coarse, joined))

    columns = (ASIDE > 0.1) & (ASIDE < 0.3) & (WAISTBAND < ALONG) & (WAISTBAND + 0.5 > ALONG)
    height = np.where(columns, covered, 0).sum(axis=0)
    steps = np.abs(np.diff(height[height > 0][1:-1]))
    assert len(steps) > 10
    assert steps.max() < 0.7 * STAIR_PX
