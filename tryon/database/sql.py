"""The one SQL database: where it is, how it is opened, and its clock. SQLite or Postgres.

Several packages keep tables in it and know nothing of each other. To add some:

1. Declare them in a module of your package, on `Base`; prefix their names with the package's::

       class LabelRow(Base):
           __tablename__ = "review_labels"
           id: Mapped[str] = mapped_column(primary_key=True)
           created: Mapped[float] = mapped_column(Float, server_default=now())

2. Name that module in `TABLE_MODULES`, so that a test can hold tables and migrations equal.
3. Write `tryon/database/migrations/versions/PACKAGE_0001_what.py` after the one of `service`. A
   package's migrations form a branch of their own, so two packages never wait for each other: the
   first has `down_revision = None` and `branch_labels = ("PACKAGE",)`, each later one names the one
   before. Use `op.create_table` with what works on both databases; no `ALTER` but adding a column
   (others need `op.batch_alter_table`, because SQLite cannot).

`Database.migrate()` runs them all at start; several processes may do so at once. Then:

    database = Database.open(url)
    with database.write() as session:  # commits at the end, or rolls all of it back
        session.add(LabelRow(id="a"))
    with database.read() as session:
        rows = session.scalars(select(LabelRow)).all()

Times are seconds since 1970 (UTC) as floats, from the database's own clock (`now()`), so that
several machines agree and both databases do the same arithmetic.
"""

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, Float, MetaData, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.functions import FunctionElement

from tryon.database.faults import GONE, explained
from tryon.errors import StorageError

TABLE_MODULES: Final = ("tryon.jobs.tables", "tryon.review.tables")
MIGRATIONS: Final = Path(__file__).parent / "migrations"
NEWEST: Final = "heads"  # of every package

SQLITE_FILE: Final = "tryon.db"
SQLITE_WAIT_S: Final = 30  # for another writer; each of ours holds the lock for milliseconds
POOL_SIZE: Final = {"sqlite": 50, "postgresql": 10}  # connections kept open by one process
POOL_OVERFLOW: Final = 10
POOL_WAIT_S: Final = 30.0
CONNECT_TIMEOUT_S: Final = 5
_MIGRATION_LOCK: Final = 7205759403792793  # any number, the same in every process
_WRITES: Final = "tryon_writes"  # execution option: FULL or NORMAL; such take SQLite's lock at once


class Base(DeclarativeBase):
    """Parent of every table. Constraints get predictable names, which migrations can refer to."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class now(FunctionElement[float]):
    """Seconds since 1970 by the database's clock, to the millisecond or better."""

    type = Float()
    inherit_cache = True


@compiles(now, "sqlite")
def _sqlite_now(*_: Any, **__: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(now, "postgresql")
def _postgres_now(*_: Any, **__: Any) -> str:  # not now(): that stands still in a transaction
    return "(extract(epoch from clock_timestamp())::float8)"


def database_url(url: str | None, storage_dir: Path) -> URL:
    """Where the database is: as set, or a SQLite file in the storage folder.

    Args:
        url: `postgresql://user:password@host/name`, `sqlite:///path`, or None.
        storage_dir: made by `Database.open` when it is not there.

    Raises:
        ValueError: another kind of database, or no address at all.
    """
    if not url:
        return URL.create("sqlite", database=str(storage_dir / SQLITE_FILE))
    try:
        parsed = make_url(url)
    except (SQLAlchemyError, ValueError) as exc:  # no address, or a port that is no number
        raise ValueError("DATABASE_URL: want postgresql://user:password@host/name") from exc
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed
    raise ValueError(f"DATABASE_URL: want postgresql:// or sqlite:///FILE, got {parsed.drivername}")


class Database:
    """Sessions on one engine. Safe to use from several threads; not across a fork."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(**{_WRITES: "FULL"})
        self._light_writer = engine.execution_options(**{_WRITES: "NORMAL"})
        # SQLite's own waiting is a poll with growing pauses, at which somebody always loses.
        self._turn = threading.Lock() if self.is_sqlite else contextlib.nullcontext()

    @classmethod
    def open(cls, url: URL | str) -> "Database":
        """Connects at the first use, not here.

        Raises:
            ValueError: Postgres without what it needs.
            StorageError: SQLite's folder cannot be made.
        """
        return cls(_make_engine(make_url(url)))

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of this machine: no second machine can share it."""
        return self.engine.dialect.name == "sqlite"

    @contextlib.contextmanager
    def write(self, *, is_light: bool = False) -> Iterator[Session]:
        """A transaction that commits at the end. Keep it short: on SQLite others wait for it.

        Args:
            is_light: a power cut may undo it (SQLite; the end of a process never does). For what
                is said again soon, or means nothing once every process is gone: heartbeats,
                progress. A commit that waits for the disk takes 5 ms, one that does not 0.1 ms.

        Raises:
            ServiceUnavailable: the database does not answer.
            StorageError: its disk is full, or SQLite's file damaged or out of reach.
        """
        with (
            explained(),
            self._turn,
            Session(
                self._light_writer if is_light else self._writer, expire_on_commit=False
            ) as session,
            session.begin(),
        ):
            yield session

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that sees one state of everything and keeps nobody waiting.

        Raises:
            ServiceUnavailable: the database does not answer.
        """
        with explained(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    def insert(self, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
        """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def ping(self) -> None:
        """Ask for nothing.

        Raises:
            ServiceUnavailable: the database does not answer.
            StorageError: its file was taken away; what is written now is lost with this process.
        """
        with self.read() as session:
            session.execute(text("select 1"))
        if self.is_sqlite and not Path(str(self.engine.url.database)).exists():
            raise StorageError(message=GONE[0], remedy=GONE[1])

    def migrate(self) -> None:
        """Bring the tables of every package up to date; others starting up wait meanwhile.

        Raises:
            ServiceUnavailable: the database does not answer.
        """
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with explained(), self._writer.begin() as connection:
            if not self.is_sqlite:
                connection.execute(text(f"select pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            config.attributes["connection"] = connection
            command.upgrade(config, NEWEST)

    def close(self) -> None:
        """Let go of every connection; the next use opens new ones."""
        self.engine.dispose()


def _make_engine(url: URL) -> Engine:
    common: dict[str, Any] = {
        "poolclass": QueuePool, "pool_size": POOL_SIZE[url.get_backend_name()],
        "max_overflow": POOL_OVERFLOW,
        "pool_timeout": POOL_WAIT_S, "json_deserializer": _document,
    }  # fmt: skip
    if url.drivername != "sqlite":
        options = {"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "tryon"}
        try:
            return create_engine(url, pool_pre_ping=True, connect_args=options, **common)
        except ModuleNotFoundError as exc:
            raise ValueError("DATABASE_URL: Postgres needs requirements-scale.txt") from exc
    folder = Path(cast("str", url.database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise StorageError(
            type(exc).__name__, message=f"The folder {folder} cannot be made.",
            remedy="Say in STORAGE_DIR where files may be kept.",
        ) from exc  # fmt: skip
    engine = create_engine(url, connect_args={"timeout": SQLITE_WAIT_S}, **common)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _document(text: str) -> Any:
    """JSON of a column; broken by hand, the text itself: its reader has a word for what it is not,
    and the rows beside it are read."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, so that DDL is in it too
    for pragma in ("journal_mode=WAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns into a writer midway is refused when someone wrote in between.
    synchronous = connection.get_execution_options().get(_WRITES)
    if synchronous:
        connection.exec_driver_sql(f"PRAGMA synchronous={synchronous}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if synchronous else "BEGIN")
