"""The default matting network gives what rembg would, without what rembg brings."""

import subprocess
import sys
from importlib.resources import files

import cv2
import numpy as np
import pytest

from tryon.adapters.rembg_matting import RembgMatting
from tryon.adapters.u2net_matting import U2netMatting
from tryon.arrays import RgbImage
from tryon.settings import Settings
from tryon.weights import U2NETP, ensure


@pytest.fixture(scope="module")
def matting() -> U2netMatting:
    return U2netMatting(lambda: ensure(U2NETP, Settings().weights_dir))


@pytest.fixture(scope="module")
def astronaut_rgb() -> RgbImage:
    photo = cv2.imread(str(files("skimage") / "data/astronaut.png"))
    return np.asarray(cv2.cvtColor(photo, cv2.COLOR_BGR2RGB), np.uint8)


@pytest.mark.slow
def test_the_alpha_is_that_of_rembg(
    matting: U2netMatting, astronaut_rgb: RgbImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was measured with rembg stays true, to the last pixel."""
    monkeypatch.setenv("U2NET_HOME", "")  # the adapter sets it: undo that afterwards
    rembg = RembgMatting("u2netp", lambda: ensure(U2NETP, Settings().weights_dir).parent)

    np.testing.assert_array_equal(matting.alpha(astronaut_rgb), rembg.alpha(astronaut_rgb))


@pytest.mark.slow
@pytest.mark.parametrize("grey", [0, 127, 255])
def test_a_picture_of_one_colour_has_an_alpha(matting: U2netMatting, grey: int) -> None:
    """A photo taken with the lens cap on is refused later, in words, not by a division by zero."""
    alpha = matting.alpha(np.full((64, 48, 3), grey, np.uint8))

    assert alpha.shape == (64, 48)
    assert np.isfinite(alpha).all()


@pytest.mark.slow
def test_the_first_draft_compiles_nothing() -> None:
    """Compiling rembg's matting algorithms takes a minute, and they hold 100 MB for ever."""
    code = (
        "import sys; from tryon.bootstrap import build; from tryon.settings import Settings\n"
        "build(Settings()).warm_up(); print(*{'onnxruntime', 'rembg', 'numba'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["onnxruntime"]
