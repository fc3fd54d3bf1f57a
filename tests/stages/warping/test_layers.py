"""A garment cut into sheets: how their edges look once they move apart."""

import numpy as np

from tryon.anchors import Anchor, AnchorSet
from tryon.stages.warping.layers import garment_layers

ARMPIT_Y = 120
POINTS = {
    "left_shoulder": (280, 60), "right_shoulder": (120, 60),
    "left_armpit": (270, ARMPIT_Y), "right_armpit": (130, ARMPIT_Y),
    "left_sleeve_outer": (330, 350), "right_sleeve_outer": (70, 350),
    "left_sleeve_inner": (275, 350), "right_sleeve_inner": (125, 350),
    "left_waist": (270, 260), "right_waist": (130, 260),
    "left_hem": (270, 380), "right_hem": (130, 380),
}  # fmt: skip


def test_sleeves_that_hang_beside_the_trunk_are_cut_off_sharply() -> None:
    """An arm that is raised shows the side of the trunk: no blur of cloth is left there."""
    alpha = np.zeros((400, 400), np.float32)
    alpha[60:380, 70:330] = 1
    anchors = AnchorSet(400, 400, tuple(Anchor(n, x, y, 1.0) for n, (x, y) in POINTS.items()))

    layers = {layer.name: layer.alpha_of(alpha) for layer in garment_layers(alpha, anchors)}

    for name in ("trunk", "left sleeve", "right sleeve"):
        across = layers[name][ARMPIT_Y + 60 : 340]
        is_soft = (across > 0.05) & (across < 0.95)
        assert is_soft.sum(axis=1).max() <= 4
    at_armhole = layers["left sleeve"][ARMPIT_Y - 30]
    assert ((at_armhole > 0.05) & (at_armhole < 0.95)).sum() >= 4, "sewn sheets overlap"
