"""The entry point: quick to import, honest about where it listens, patient with the models."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import app
from tryon import bootstrap
from tryon.api.health import health
from tryon.errors import WeightsUnavailable
from tryon.settings import Settings

ROOT = Path(__file__).parents[2]


def test_importing_the_app_loads_nothing_slow() -> None:
    """Tools import it to look at it; models and pages are made when asked for."""
    code = "import app, sys; print(*{'gradio', 'mediapipe', 'rembg', 'cv2'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)

    assert done.stdout.split() == []


def test_a_space_listens_where_hugging_face_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every interface, port 7860; at home only this machine, and the port one chose."""
    monkeypatch.delenv("SPACE_ID", raising=False)
    settings = Settings(_env_file=None, host="127.0.0.1", port=8123)
    assert app.address(settings) == ("127.0.0.1", 8123)

    monkeypatch.setenv("SPACE_ID", "someone/studio")

    assert app.address(settings) == ("0.0.0.0", 7860)


def test_health_answers_without_models() -> None:
    """The page is up before the models are."""
    assert health()["status"] == "ok"


def test_models_that_did_not_come_are_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Started without a network, used after it came back: no restart needed."""
    tries = []

    class Model:
        def detect(self, photo_rgb: np.ndarray) -> tuple[()]:
            return ()

        def alpha(self, photo_rgb: np.ndarray) -> np.ndarray:
            tries.append(photo_rgb.shape)
            if len(tries) == 1:
                raise WeightsUnavailable("no source answered")
            return np.zeros(photo_rgb.shape[:2], np.float32)

    models = SimpleNamespace(pose=Model(), matting=Model())
    monkeypatch.setattr(bootstrap, "build_models", lambda _settings: models)
    studio = app.WarmStudio(Settings(_env_file=None))

    with pytest.raises(WeightsUnavailable):
        studio.get()

    assert studio.get() is studio.get()
    assert len(tries) == 2
