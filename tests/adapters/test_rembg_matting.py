"""rembg as an operator may set it up wrongly, and what it brings with it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tryon.adapters.rembg_matting import RembgMatting
from tryon.errors import WeightsUnavailable

ROOT = Path(__file__).parents[2]
OPEN_AND_LOOK = """
import sys
import numpy as np
from tryon.bootstrap import build
from tryon.settings import Settings

build(Settings()).warm_up()
print(*{"numba", "pymatting", "rembg"} & set(sys.modules))
import rembg
print(rembg.remove.__name__)
"""


@pytest.mark.slow
def test_a_model_that_rembg_does_not_know_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip in MATTING_MODEL is no bug of ours, and the setting is what to change."""
    monkeypatch.setenv("U2NET_HOME", str(tmp_path))
    matting = RembgMatting("u2nets", lambda: tmp_path)

    with pytest.raises(WeightsUnavailable, match="cannot open its model u2nets") as failure:
        matting.alpha(np.zeros((64, 64, 3), np.uint8))

    assert "MATTING_MODEL" in failure.value.remedy


@pytest.mark.slow
def test_the_network_is_opened_without_what_else_rembg_can_do() -> None:
    """Its own matting would hold 140 MB that nothing of ours uses; who wants it still gets it."""
    done = subprocess.run(
        [sys.executable, "-c", OPEN_AND_LOOK], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.stdout.splitlines() == ["", "remove"], done.stderr
