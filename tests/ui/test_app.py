"""The entry point: quick to import, honest about where it listens, patient with the models."""

import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import app
from tests.servers import free_port
from tryon.api.health import health
from tryon.bootstrap import build
from tryon.errors import WeightsUnavailable
from tryon.fit import Models
from tryon.settings import Settings
from tryon.stages.load import PhotoLimits
from tryon.studio import Studio

ROOT = Path(__file__).parents[2]
GARMENT = ROOT / "assets" / "garments" / "white_tshirt.jpg"


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


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("PORT", "often", "setting PORT: "),
        ("RETENTION_HOURS", "inf", "setting RETENTION_HOURS: "),
        ("RETENTION_HOURS", "1e9", "setting RETENTION_HOURS: "),  # beyond the year 9999
        ("RETENTION_HOURS", "1e-9", "setting RETENTION_HOURS: "),  # a sweep without a pause
        ("RATE_LIMIT", "lots", "RATE_LIMIT"),
        ("API_KEYS", " , ", "API_KEYS: want keys separated by commas"),  # as open as without
        ("NANO_BANANA_API_URL", "api.example", "setting NANO_BANANA_API_URL: "),
        ("TRUSTED_PROXIES", "proxy.example", "TRUSTED_PROXIES: want addresses or networks"),
        ("CORS_ORIGINS", "shop.example", "CORS_ORIGINS: want sites like https://shop.example"),
        ("DATABASE_URL", "mysql://a/b", "DATABASE_URL: "),
    ],
)
def test_a_setting_that_cannot_be_meant_ends_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    setting: str, value: str, said: str,
) -> None:  # fmt: skip
    """One line that names it, before anybody is told that the studio is up."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORT", str(free_port()))
    monkeypatch.setenv(setting, value)

    with pytest.raises(SystemExit) as ended:
        app.main()

    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (2, "")
    assert printed.err.startswith("error: ")
    assert said in printed.err


def test_a_tilde_in_a_setting_is_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No shell reads `.env`: visitors' photos must not land in a folder called ~."""
    monkeypatch.setenv("HOME", str(tmp_path))

    settings = Settings(_env_file=None, storage_dir="~/studio", quality_calibration="~/c.json")

    assert settings.storage_dir == tmp_path / "studio"
    assert settings.quality_calibration == tmp_path / "c.json"
    assert settings.weights_dir == tmp_path / ".cache/tryon-studio/weights"


def test_a_port_that_is_taken_ends_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody started it twice; the second must not say that it is there."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(SystemExit) as ended:
            app.main(Settings(_env_file=None, port=port))

    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (2, "")
    assert f"nobody can listen at 127.0.0.1:{port}: address already in use" in printed.err


def test_health_answers_without_models() -> None:
    """The page is up before the models are."""
    assert health()["status"] == "ok"


def test_warming_up_runs_each_model_once() -> None:
    """Opening a model takes a second or two; no visitor should wait for it."""
    seen = []
    models = Models(
        pose=SimpleNamespace(detect=lambda rgb: seen.append("pose")),
        matting=SimpleNamespace(alpha=lambda rgb: seen.append("matting")),
    )

    Studio(models, PhotoLimits()).warm_up()

    assert sorted(seen) == ["matting", "pose"]


def test_the_page_outlives_models_that_do_not_come(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Started without a network: the log says why, and so does the first run."""
    settings = Settings(_env_file=None, weights_dir=tmp_path, weights_offline=True)
    studio = build(settings)

    app.warm_up(studio)

    assert "the models are not ready: WEIGHTS_UNAVAILABLE" in caplog.text
    with pytest.raises(WeightsUnavailable) as failure:
        studio.try_on(GARMENT.read_bytes(), GARMENT.read_bytes())
    assert failure.value.stage in ("detect pose", "prepare garment")
