"""What all tests share: the real models, opened once, and golden pictures."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import text

from tests.images import check_golden
from tests.servers import Process, or_skip, running_postgres, running_redis
from tryon.arrays import BoolMask, RgbImage
from tryon.bootstrap import build_models
from tryon.database.sql import Database, database_url
from tryon.fit import Models
from tryon.settings import Settings

settings.register_profile("untimed", deadline=None)  # a busy machine is no failure of the code
settings.load_profile("untimed")

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


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real Postgres for the whole run."""
    with or_skip(running_postgres()) as server:
        yield server.url


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A real Redis for a file of tests, which may kill it and start it again, empty."""
    with or_skip(running_redis(tmp_path_factory.mktemp("redis"))) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables; each test that asks for one runs on both kinds."""
    if request.param == "sqlite":
        database = Database.open(database_url(None, tmp_path))
    else:
        url = request.getfixturevalue("postgres_url")
        database = Database.open(database_url(url, tmp_path))
        with database.write() as session:
            session.execute(text("drop schema public cascade"))
            session.execute(text("create schema public"))
    yield database
    database.close()


@pytest.fixture
def database(empty_database: Database) -> Database:
    """Every table, and nothing in them."""
    empty_database.migrate()
    return empty_database
