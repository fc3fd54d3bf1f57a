"""What visitors send to review is theirs: remembered, erased with the rest, never orphaned."""

import hashlib
from pathlib import Path

import pytest

from tests.fakes.desk import FolderDesk
from tests.fakes.studio import a_try_on
from tryon.errors import FitExpired, StorageError
from tryon.fit import FitOptions, TryOn
from tryon.ui.sent import From, ReviewDesk, Sent
from tryon.ui.sessions import Sessions

ANNA, BEN = (hashlib.sha256(name).hexdigest() for name in (b"anna", b"ben"))


@pytest.fixture
def desk(tmp_path: Path) -> FolderDesk:
    return FolderDesk(tmp_path / "review")


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path / "sessions")


@pytest.fixture
def sent(desk: FolderDesk, sessions: Sessions) -> Sent:
    return Sent(desk.desk, sessions, 24)


def test_a_visitor_takes_back_all_of_theirs_and_nothing_else(sent: Sent, desk: FolderDesk) -> None:
    """Also after a restart of the server, because the list is on disk."""
    sent.send(ANNA, a_try_on(), FitOptions(), "studio")
    sent.send(ANNA, a_try_on(), FitOptions(), "grid")
    sent.send(BEN, a_try_on(), FitOptions(), "studio")
    before = set(desk.items)

    assert sent.forget(ANNA) is None

    assert len(before) == 3
    assert [item.split("-")[0] for item in desk.items] == ["studio"]


def test_how_a_fit_was_asked_for_goes_with_it(sessions: Sessions) -> None:
    """Reviewers move its points on the same terms: tucked in stays tucked in."""
    asked: list[FitOptions] = []

    def send(try_on: TryOn, options: FitOptions, source: From) -> str:
        asked.append(options)
        return "item"

    Sent(ReviewDesk(send, lambda items: None), sessions, 24).send(
        ANNA, a_try_on(), FitOptions(tuck="in"), "studio"
    )

    assert [options.tuck for options in asked] == ["in"]


def test_what_could_not_be_erased_stays_on_the_list(
    sent: Sent, desk: FolderDesk, sessions: Sessions
) -> None:
    """The photos go anyway; the rest is told and can be tried again."""
    sessions.keep_photo(ANNA, b"a photo")
    sent.send(ANNA, a_try_on(), FitOptions(), "studio")
    (desk.folder / "closed").touch()

    assert isinstance(sent.forget(ANNA), StorageError)
    assert [path.name for path in sessions.files(ANNA)] == ["review.json"]
    (desk.folder / "closed").unlink()

    assert sent.forget(ANNA) is None
    assert (desk.items, sessions.files(ANNA)) == ([], [])


def test_what_cannot_be_remembered_is_not_sent(
    sent: Sent, desk: FolderDesk, tmp_path: Path
) -> None:
    """A full disk: a copy that nobody can take back must not lie with the reviewers."""
    (tmp_path / "sessions").write_text("a file where the folder should be")

    with pytest.raises(StorageError):
        sent.send(ANNA, a_try_on(), FitOptions(), "studio")

    assert desk.items == []


def test_erasing_while_something_is_sent_erases_that_too(
    desk: FolderDesk, sessions: Sessions
) -> None:
    """Two pages of one visitor: what arrives after the word Delete does not stay."""

    def send_slowly(try_on: TryOn, options: FitOptions, source: From) -> str:
        sent.forget(ANNA)  # on the other page, meanwhile
        return desk.send(try_on, options, source)

    sent = Sent(ReviewDesk(send_slowly, desk.erase), sessions, 24)

    with pytest.raises(FitExpired):
        sent.send(ANNA, a_try_on(), FitOptions(), "studio")

    assert (desk.items, sessions.files(ANNA)) == ([], [])


@pytest.mark.parametrize(
    ("keep_days", "said"), [(None, ""), (30.0, "30"), (0.5, "0.5")], ids=["for ever", "30", "half"]
)
def test_the_terms_are_those_of_the_settings(
    desk: FolderDesk, sessions: Sessions, keep_days: float | None, said: str
) -> None:
    """What the visitor reads is what the server does."""
    sent = Sent(ReviewDesk(desk.send, desk.erase, keep_days), sessions, 12)

    assert sent.terms == {"hours": "12", "days": said}
