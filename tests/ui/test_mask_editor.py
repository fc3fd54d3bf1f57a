"""What a browser paints becomes a mask, or is refused."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.fakes.studio import FakeStudio, H, W, a_try_on
from tryon.errors import InvalidImageFormat
from tryon.fit import FitOptions
from tryon.stages.touch_up import MASK_KINDS, MaskEdits, MaskKind
from tryon.ui.mask_editor import painted_alpha, painted_edits, shown_mask, without
from tryon.ui.workbench import Workbench


def painted(kind: MaskKind) -> np.ndarray:
    """The mask as the page shows it, before anything is painted."""
    try_on = a_try_on()
    fit = Workbench(FakeStudio()).open(Path("p"), Path("g"), FitOptions(), try_on)
    return painted_alpha(shown_mask(fit, try_on, kind)["mask"]).copy()


def as_address(picture: np.ndarray, kind: str = "PNG") -> str:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(out.getvalue()).decode()}"


@pytest.mark.parametrize("kind", MASK_KINDS)
def test_a_mask_given_back_as_it_came_changes_nothing(kind: MaskKind) -> None:
    """Opening a mask and pressing the button must not eat its soft edge."""
    assert painted_edits(a_try_on(), None, kind, painted(kind)) is None


@pytest.mark.parametrize("kind", MASK_KINDS)
def test_a_stroke_is_inside_and_the_rest_stays_as_found(kind: MaskKind) -> None:
    """Only what was touched changes, to the last grey of an edge."""
    mask = painted(kind)
    mask[20:40, 10:50] = 255

    edits = painted_edits(a_try_on(), None, kind, mask)

    assert edits is not None
    made = getattr(edits, kind)
    found = getattr(a_try_on().person.masks, kind, a_try_on().garment.alpha)
    assert made[30, 30] > 0.9
    same = made[60:] == (found[60:] > 0.5 if kind == "arms" else found[60:])
    assert same.all()


def test_wiping_is_outside() -> None:
    """Paint and wipe are the same act with the other sign."""
    mask = painted("person")
    mask[200:260, 150:230] = 0

    edits = painted_edits(a_try_on(), None, "person", mask)

    assert edits is not None
    assert edits.person is not None
    assert edits.person[230, 190] < 0.1


def test_one_mask_after_the_other_adds_up() -> None:
    """Correcting the garment keeps the arms corrected before."""
    mask = painted("garment")
    mask[20:40, 10:50] = 255
    before = MaskEdits(arms=np.zeros((H, W), bool))

    edits = painted_edits(a_try_on(), before, "garment", mask)

    assert edits is not None
    assert edits.arms is before.arms


def test_the_last_mask_as_found_leaves_no_edits() -> None:
    """So that the run's record says nothing was painted."""
    edits = MaskEdits(arms=np.zeros((H, W), bool))

    assert without(edits, "person") is not None
    assert without(edits, "arms") is None


@pytest.mark.parametrize(
    "address",
    [
        None, "", "data:image/png;base64,", "data:image/png;base64,bm90IGEgcGljdHVyZQ==",
        "/etc/passwd", "https://example.org/x.png",
        as_address(np.zeros((8, 8, 3), np.uint8), "JPEG"),
        as_address(np.zeros((2000, 10, 4), np.uint8)),
    ],
    ids=["nothing", "empty", "no picture", "text", "a path", "a link", "jpeg", "too large"],
)  # fmt: skip
def test_what_is_no_painted_mask_is_refused(address: str | None) -> None:
    """The browser's word is checked; nothing is ever opened by name."""
    with pytest.raises(InvalidImageFormat):
        painted_alpha(address)
