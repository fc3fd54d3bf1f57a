"""`python -m tryon keys` and `worker`: what they print and what they refuse."""

from pathlib import Path

import pytest

from tryon.cli import main
from tryon.database.sql import Database, database_url
from tryon.jobs.api_keys import KeyRing


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A storage folder of one's own."""
    monkeypatch.setenv("STORAGE_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)  # no .env there
    return tmp_path


def test_a_key_is_made_listed_and_revoked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is printed once, alone on standard output, so that a script can keep it."""
    assert main(["keys", "add", "shop"]) == 0
    key = capsys.readouterr().out.strip()
    ring = KeyRing(Database.open(database_url(None, folder)))
    assert ring.owner_of(key) is not None

    assert main(["keys", "list"]) == 0
    listed = capsys.readouterr().out
    assert "shop" in listed
    assert key not in listed

    assert main(["keys", "revoke", "shop"]) == 0
    assert ring.owner_of(key) is None


def test_a_name_is_given_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two keys of one name could not be told apart when one has to go."""
    main(["keys", "add", "shop"])

    assert main(["keys", "add", "shop"]) == 1
    assert main(["keys", "revoke", "nobody"]) == 1
    assert "There is a key called shop already." in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", " ", "two\nlines", "x" * 81], ids=repr)
def test_a_key_has_a_name_that_can_be_listed(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """A script with a variable that is not set must not make a key nobody knows of."""
    assert main(["keys", "add", name]) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert "needs a name" in said.err


def test_a_storage_folder_that_cannot_be_made_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The setting is what has to change, not the program."""
    (folder / "file").touch()
    monkeypatch.setenv("STORAGE_DIR", str(folder / "file" / "storage"))

    assert main(["keys", "list"]) == 1
    assert "STORAGE_DIR" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("REDIS_URL", "redis://127.0.0.1:1/0", "DATABASE_URL"),
        ("DATABASE_URL", "mysql://host/name", "postgresql"),
        ("STORAGE_URL", "ftp://host/folder", "STORAGE_URL"),
    ],
)
def test_a_worker_that_could_lose_jobs_does_not_start(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    word: str,
) -> None:
    """Redis without Postgres, an unknown database, an unknown storage: said at start."""
    monkeypatch.setenv(name, value)

    assert main(["worker"]) == 2
    assert word in capsys.readouterr().err
