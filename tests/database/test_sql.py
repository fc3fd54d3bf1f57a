"""The database: one clock, whole transactions, tables as the migrations make them."""

import importlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from tryon.database.sql import SQLITE_FILE, TABLE_MODULES, Base, Database, database_url, now
from tryon.errors import ServiceUnavailable, StorageError
from tryon.jobs.job import GarmentOptions, JobOptions
from tryon.jobs.ledger import Ledger
from tryon.jobs.tables import ApiKeyRow


def test_migrations_make_the_tables_the_code_declares(empty_database: Database) -> None:
    """A column added to a class without a migration would be missed at the first query."""
    for name in TABLE_MODULES:
        importlib.import_module(name)

    empty_database.migrate()

    with empty_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_processes_that_start_together_do_not_trip_over_each_other(
    empty_database: Database,
) -> None:
    """Two workers and a web server are started by one command; one of them migrates."""
    with ThreadPoolExecutor(4) as pool:
        others = [Database.open(empty_database.engine.url) for _ in range(4)]
        list(pool.map(Database.migrate, others))
    for other in others:
        other.close()

    with empty_database.read() as session:
        assert session.scalars(select(ApiKeyRow)).all() == []


def test_a_transaction_is_kept_whole_or_not_at_all(database: Database) -> None:
    """An error in the middle leaves nothing behind."""

    def add_and_fail() -> None:
        with database.write() as session:
            session.add(ApiKeyRow(key_sha256="a" * 64, name="shop"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        add_and_fail()

    with database.read() as session:
        assert session.get(ApiKeyRow, "a" * 64) is None


def test_writers_wait_for_each_other(database: Database) -> None:
    """Twenty threads add at once, and none is told that the database is locked."""

    def add(number: int) -> None:
        with database.write() as session:
            session.add(ApiKeyRow(key_sha256=f"{number:064}", name=f"shop {number}"))

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(add, range(40)))

    with database.read() as session:
        assert len(session.scalars(select(ApiKeyRow)).all()) == 40


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    """Asking for a status stays quick while a job is being written."""
    is_read = threading.Event()

    def look() -> None:
        with database.read() as session:
            session.scalars(select(ApiKeyRow)).all()
        is_read.set()

    with database.write() as session:
        session.add(ApiKeyRow(key_sha256="a" * 64, name="shop"))
        session.flush()
        thread = threading.Thread(target=look)
        thread.start()
        assert is_read.wait(60)
    thread.join()


def test_the_clock_is_utc_in_seconds(database: Database) -> None:
    """Leases are sums of it; both databases must mean the same moment."""
    with database.read() as session:
        seconds = session.scalar(select(now()))

    assert seconds == pytest.approx(time.time(), abs=600)


def test_the_clock_goes_on_within_a_transaction(database: Database) -> None:
    """A lease counts from the statement, not from when a long transaction began."""
    with database.read() as session:
        first = session.scalar(select(now()))
        later = first
        while later == first:
            later = session.scalar(select(now()))

    assert later > first


def test_a_database_that_is_away_is_explained(tmp_path: Path) -> None:
    """The API answers 503 with a remedy, not a traceback."""
    away = Database.open(database_url("postgresql://a:secret@127.0.0.1:1/b", tmp_path))

    with pytest.raises(ServiceUnavailable) as failure:
        away.ping()

    assert failure.value.message == "The database does not answer at the moment."
    assert "port 1 failed" in failure.value.detail  # for who runs it
    assert "secret" not in str(failure.value)


def no_database(file: Path) -> None:
    file.write_bytes(b"no database at all" * 100)


def damaged_in_the_middle(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    file.write_bytes(content)


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(no_database, "is damaged"), (damaged_in_the_middle, "is damaged"), (a_folder, "opened or")],
)
def test_a_file_that_is_no_database_is_explained(
    tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    """Waiting a few seconds would not help, and it is no bug of ours."""
    first = Database.open(database_url(None, tmp_path))
    first.migrate()
    first.close()
    spoil(tmp_path / SQLITE_FILE)
    spoiled = Database.open(database_url(None, tmp_path))

    with pytest.raises(StorageError, match=said) as failure, spoiled.read() as session:
        session.execute(text("select count(*) from jobs"))

    assert str(tmp_path) not in failure.value.message + failure.value.remedy
    spoiled.close()


def test_a_wrong_statement_is_a_bug_and_not_explained_away(tmp_path: Path) -> None:
    """A missing column must not look like a database that will be back in a moment."""
    database = Database.open(database_url(None, tmp_path))
    database.migrate()

    with database.read() as session, pytest.raises(OperationalError, match="no such table"):
        session.execute(text("select * from missing_table"))

    database.close()


@pytest.mark.parametrize(
    "url",
    [
        "mysql://a/b",
        "sqlite://",
        "postgresql://a:b@c:port/d",
        "not an address",
        "sqlite:///:memory:",
    ],
)
def test_a_database_that_cannot_keep_jobs_is_refused_at_start(url: str, tmp_path: Path) -> None:
    """Nothing is lost later in memory or in a kind nobody tested."""
    with pytest.raises(ValueError, match="DATABASE_URL"):
        database_url(url, tmp_path)


def test_a_file_that_was_taken_away_is_noticed(tmp_path: Path) -> None:
    """SQLite would go on writing into a file nobody can find again."""
    database = Database.open(database_url(None, tmp_path))
    database.migrate()
    database.ping()

    (tmp_path / "tryon.db").unlink()

    with pytest.raises(StorageError, match="no longer where it was"):
        database.ping()
    database.close()


def test_a_full_disk_is_explained(tmp_path: Path) -> None:
    """SQLite may grow no more: told as a disk that is full, not as a database that is away."""
    database = Database.open(database_url(None, tmp_path))
    database.migrate()

    def add_much() -> None:
        with database.write() as session:
            session.execute(text("pragma max_page_count = 1"))
            for number in range(1000):
                session.add(ApiKeyRow(key_sha256=f"{number:064}", name=f"shop {number}"))

    with pytest.raises(StorageError):
        add_much()


def test_jobs_of_an_older_version_are_understood(
    empty_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deployment in the middle of a day loses no job: its options are brought up to date."""
    monkeypatch.setattr("tryon.database.sql.NEWEST", "service_0001")
    empty_database.migrate()
    with empty_database.write() as session:
        session.execute(
            text(
                "insert into jobs (id, owner, fingerprint, options, state, priority, attempt,"
                " failures, due, handed, created, progress, webhook_tries) values ('a', 'shop',"
                """ 'f', '{"garment_type": "dress", "anchors": null, "mode": "draft"}', 'QUEUED',"""
                " 5, 0, 0, 0, 0, 0, 0, 0)"
            )
        )
    monkeypatch.undo()

    empty_database.migrate()

    job = Ledger(empty_database).get("a")
    assert job.options == JobOptions((GarmentOptions("dress"),), mode="draft")
