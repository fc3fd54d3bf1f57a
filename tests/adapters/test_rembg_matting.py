"""rembg as an operator may set it up wrongly."""

from pathlib import Path

import numpy as np
import pytest

from tryon.adapters.rembg_matting import RembgMatting
from tryon.errors import WeightsUnavailable


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
