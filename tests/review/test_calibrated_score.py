"""A calibration in use: only when it is named, and never without saying so."""

import json
from pathlib import Path

import pytest
from skimage import data

import app
from tests.fakes.studio import a_quality
from tryon.artifacts.files import png_bytes, quality_files
from tryon.artifacts.store import save_try_on
from tryon.bootstrap import settled
from tryon.calibration import Calibration, Weight, calibrate_quality
from tryon.cli import main
from tryon.errors import InvalidCalibration
from tryon.fit import FitOptions, Models
from tryon.review.fits import read_fit
from tryon.settings import Settings
from tryon.stages.load import PhotoLimits
from tryon.studio import Studio

GARMENT = Path(__file__).parents[2] / "assets" / "garments" / "white_tshirt.jpg"
STEPS = Calibration("isotonic", 0.55, 0.9, steps=((0.0, 0.1), (0.5, 0.2), (1.0, 0.8)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(STEPS.to_json()), "utf-8")
    return path


def test_the_score_becomes_a_chance_and_the_old_one_stays() -> None:
    """Whoever reads quality.json sees both, and which calibration it was."""
    quality = calibrate_quality(a_quality(0.75, threshold=0.55), STEPS)

    document = quality.to_json()

    assert document["score"] == pytest.approx(0.5)
    assert document["raw_score"] == 0.75
    assert document["calibration"] == STEPS.version
    assert document["passed"] is False
    assert "raw_score" not in a_quality(0.75, 0.55).to_json()


def test_a_part_the_fit_does_not_have_counts_as_usual() -> None:
    """Trousers have no collar; the parts are those of the run, whatever they are called."""
    weights = (Weight("shoulder_fit", 4.0, 0.5), Weight("collar", 9.0, 0.7))
    logistic = Calibration("logistic", 0.5, 0.9, weights=weights, intercept=0.0)

    chance = calibrate_quality(a_quality(0.1, 0.5), logistic).score

    assert chance == pytest.approx(1 / (1 + 2.718281828 ** (-4 * (0.94 - 0.5))), abs=1e-6)


@pytest.mark.slow
def test_every_fit_of_a_studio_with_a_calibration_says_so(
    real_models: Models, tmp_path: Path
) -> None:
    """In its notes and its files; the review goes on from the score before."""
    studio = Studio(real_models, PhotoLimits(work_side_px=512), calibration=STEPS)
    person = png_bytes(data.astronaut())

    try_on = studio.try_on(person, GARMENT.read_bytes(), FitOptions(max_retries=0))

    quality = try_on.best.quality
    save_try_on(try_on, tmp_path / "fit")
    assert quality.calibration == STEPS.version
    assert any(STEPS.version in note for note in try_on.notes)
    assert read_fit(tmp_path / "fit").score == pytest.approx(quality.raw_score, abs=1e-4)
    document = json.loads(dict(quality_files(try_on.best, try_on.attempts))["quality.json"])
    assert document["calibration"] == STEPS.version


def test_the_threshold_is_that_of_the_file_unless_one_is_set(file: Path) -> None:
    """Thresholds of the two scales do not mix by accident."""
    plain = Settings(_env_file=None)
    named = Settings(_env_file=None, quality_calibration=file)
    both = Settings(_env_file=None, quality_calibration=file, quality_threshold=0.8)

    assert settled(plain).quality_threshold == plain.quality_threshold
    assert settled(named).quality_threshold == 0.55
    assert settled(both).quality_threshold == 0.8


def test_a_file_that_cannot_be_used_stops_the_program_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scores without the calibration one asked for would be taken for calibrated ones."""
    (tmp_path / "c.json").write_text("{}")
    monkeypatch.setenv("QUALITY_CALIBRATION", str(tmp_path / "c.json"))
    monkeypatch.setenv("STORAGE_DIR", str(tmp_path / "storage"))

    status = main(["review", "projects"])

    assert status == 1
    assert capsys.readouterr().err.startswith("error: INVALID_CALIBRATION: ")
    with pytest.raises(InvalidCalibration):
        app.create_app(Settings(_env_file=None))
