"""What all tests share: the real models, opened once, and golden pictures."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.images import check_golden
from tryon.arrays import BoolMask, RgbImage
from tryon.bootstrap import build_models
from tryon.pipeline import Models
from tryon.settings import Settings

RESULTS = Path(__file__).parents[1] / "test-results"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-goldens` writes the golden pictures anew; look at them before committing."""
    parser.addoption("--update-goldens", action="store_true", help="write golden pictures anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, RgbImage, BoolMask], None]:
    """Compare a picture with `tests/goldens/NAME.png` inside a region."""
    is_update = bool(request.config.getoption("--update-goldens"))

    def check(name: str, actual: RgbImage, where: BoolMask) -> None:
        check_golden(name, actual, where, RESULTS, is_update=is_update)

    return check


@pytest.fixture(scope="session")
def real_models() -> Iterator[Models]:
    """The two networks; they open at the first photo."""
    models = build_models(Settings())
    yield models
    models.pose.close()
