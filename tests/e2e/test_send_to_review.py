"""Sending to review: said before, asked twice, taken back with everything else."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.desk import FolderDesk
from tests.fakes.page import ServedPage, running_page

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, expect

from tests.e2e.fitting import RUN_MS, lay_out, open_wardrobe, try_everything, try_on

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    """A page whose reviewers nobody else sends to."""
    with running_page(tmp_path_factory.mktemp("sent")) as page:
        yield page


@pytest.fixture
def desk(served: ServedPage) -> FolderDesk:
    """The reviewers' folder, empty."""
    desk = FolderDesk(served.cache.parent / "review")
    for path in desk.folder.glob("*"):
        path.unlink()
    return desk


def send(page: Page) -> None:
    page.get_by_role("button", name="Send to review").click()
    page.get_by_role("button", name="Yes, show it to the reviewers").click()
    status = page.locator("#send-to-review [role=status]")
    expect(status).to_have_text("Sent to review.", timeout=RUN_MS)  # the fit may be made again


def test_who_sees_it_and_for_how_long_is_said_before(page: Page) -> None:
    """At the control and at the foot of the page, from the first visit on."""
    control = page.locator("#send-to-review")
    expect(control).to_contain_text(
        "Once sent, reviewers of this studio see the photo of the person"
    )
    expect(control).to_contain_text("not erased after 24 hours but kept until the reviewers delete")
    expect(control.get_by_role("button", name="Send to review")).to_be_disabled()
    expect(page.locator("#foot")).to_contain_text("What you send to review is seen by reviewers")


def test_one_press_sends_nothing(page: Page, desk: FolderDesk, photos: tuple[Path, Path]) -> None:
    """The first press asks, in place; Escape and the other button change one's mind."""
    try_on(page, *photos)
    ask = page.get_by_role("button", name="Send to review")

    expect(ask).to_be_enabled()
    ask.press("Enter")
    expect(page.get_by_role("button", name="Do not send")).to_be_focused()
    page.keyboard.press("Escape")
    expect(ask).to_be_focused()
    ask.click()
    page.get_by_role("button", name="Do not send").click()

    expect(ask).to_be_visible()
    assert desk.items == []
    send(page)
    assert len(desk.items) == 1
    expect(ask).to_be_disabled()


def test_delete_my_photos_takes_back_what_was_sent(
    served: ServedPage, desk: FolderDesk, visit: Visit, photos: tuple[Path, Path]
) -> None:
    """Mine, and nobody else's; the question says so."""
    mine, other = visit(served.url), visit(served.url)
    for page in (other, mine):
        try_on(page, *photos)
        send(page)
    assert len(desk.items) == 2

    mine.get_by_role("button", name="Delete my photos now").click()
    expect(mine.get_by_role("dialog")).to_contain_text("What you sent to review in the last 24")
    mine.get_by_role("button", name="Delete everything").click()

    expect(mine.locator("#result")).to_contain_text("Your draft appears here")
    assert len(desk.items) == 1


def test_what_could_not_be_taken_back_is_said_and_tried_again(
    page: Page, desk: FolderDesk, photos: tuple[Path, Path]
) -> None:
    """Never a promise that was not kept."""
    try_on(page, *photos)
    send(page)
    (desk.folder / "closed").touch()

    page.get_by_role("button", name="Delete my photos now").click()
    page.get_by_role("button", name="Delete everything").click()
    expect(page.locator("#foot [role=alert]")).to_contain_text("could not be. Try again")
    assert len(desk.items) == 1
    (desk.folder / "closed").unlink()
    page.get_by_role("button", name="Delete my photos now").click()
    page.get_by_role("button", name="Delete everything").click()

    expect(page.locator("#foot [role=alert]")).to_have_count(0)
    expect(page.locator("#result")).to_contain_text("Your draft appears here")
    assert desk.items == []


def test_chosen_tiles_of_the_wardrobe_are_sent(page: Page, desk: FolderDesk) -> None:
    """Marked one by one, asked about once, marked as sent, also after a reload."""
    lay_out(page, 1, 3)
    try_everything(page, 3)
    boxes = page.get_by_role("checkbox", name="Choose")

    boxes.nth(2).check()
    boxes.nth(0).check()
    expect(page.locator("#tiles")).to_contain_text("kept until the reviewers delete them")
    page.get_by_role("button", name="Send 2 chosen to review").click()
    assert desk.items == []
    page.locator("#tiles").get_by_role("button", name="Yes, show it to the reviewers").click()

    expect(page.locator("#tiles-sent")).to_contain_text("2 of 2 sent to review", timeout=RUN_MS)
    assert [item.split("-")[0] for item in desk.items] == ["grid", "grid"]
    expect(page.locator("#tiles .tile-sent")).to_have_count(2)
    page.reload()
    open_wardrobe(page)
    expect(page.locator("#tiles .tile-sent")).to_have_count(2)
    page.get_by_role("button", name="Delete my photos now").click()
    page.get_by_role("button", name="Delete everything").click()
    expect(page.locator("#tiles .tile-sent")).to_have_count(0)
    assert desk.items == []


def test_a_failure_is_said_in_place(
    page: Page, desk: FolderDesk, photos: tuple[Path, Path]
) -> None:
    """With its remedy, every time, and it can be tried again."""
    try_on(page, *photos)
    desk.folder.mkdir(exist_ok=True)
    (desk.folder / "closed").touch()

    for _ in range(2):
        page.get_by_role("button", name="Send to review").click()
        page.get_by_role("button", name="Yes, show it to the reviewers").click()
        expect(page.locator("#send-to-review .alert-title")).to_be_visible()
        expect(page.get_by_role("button", name="Send to review")).to_be_enabled()
    (desk.folder / "closed").unlink()

    send(page)
    assert len(desk.items) == 1
