"""What a person meets on the page, in the order of a visit: every state worth looking at.

`STORY` is one visit to the real studio. Each step changes the page as a visitor would and says
what to photograph: the whole page, what fits on the screen, or one card.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from scripts.held_studio import SWITCH
from tryon.ui import words

DRAFT_TIMEOUT_MS: Final = 180_000  # the first draft waits for the models
SCREEN: Final = "screen"
PAGE: Final = "page"


@dataclass(frozen=True, slots=True)
class Studio:
    """Where it answers and what opens it.

    Attributes:
        url: of the page.
        folder: its STORAGE_DIR.
        key: signs a visitor in.
        invite: address that opens the review for a reviewer.
    """

    url: str
    folder: Path
    key: str
    invite: str

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Runs wait before they align."""
        switch = self.folder / SWITCH
        switch.touch()
        try:
            yield
        finally:
            switch.unlink()


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture.

    Attributes:
        name: of the file.
        play: brings the page there.
        shows: `page`, `screen`, or the selector of one card.
        is_held: whether a run waits half way while it is photographed.
    """

    name: str
    play: Callable[[Page, Studio], None]
    shows: str = PAGE
    is_held: bool = False


def choose_examples(page: Page, person: str, garment: str) -> None:
    """One click each; the page is ready to start."""
    for card, title in (("person", person), ("garment", garment)):
        page.locator(f"#{card}-examples .pick[title^='{title}']").click()
    expect(page.locator("#start")).to_be_enabled()


def start(page: Page) -> None:
    """Press the button and wait for everything of the draft."""
    page.click("#start")
    expect(page.locator("#download")).to_be_enabled(timeout=DRAFT_TIMEOUT_MS)


def first_visit(page: Page, studio: Studio) -> None:
    """Nothing is chosen."""
    page.goto(studio.url)
    page.wait_for_selector("ol.steps")


def at_work(page: Page, _studio: Studio) -> None:
    """A run half way: some pictures are there."""
    choose_examples(page, "Eileen Collins", "Printed T-shirt")
    page.click("#start")
    expect(page.locator(".step.is-running")).to_have_count(1, timeout=DRAFT_TIMEOUT_MS)
    expect(page.locator(".card[data-key=anchors] img")).to_be_visible(timeout=DRAFT_TIMEOUT_MS)


def no_person(page: Page, _studio: Studio) -> None:
    """A garment where a person should be."""
    page.click("#cancel")
    expect(page.locator("#start")).to_be_enabled()
    garment = next(Path("assets").rglob("hoodie.jpg"))
    page.set_input_files("#person-photo input[type=file]", garment)
    expect(page.locator("#person-photo img")).to_be_visible()
    expect(page.locator("#start")).to_be_enabled()
    page.click("#start")
    expect(page.locator("#result").get_by_role("alert")).to_be_visible(timeout=DRAFT_TIMEOUT_MS)


def poor_score(page: Page, _studio: Studio) -> None:
    """A draft that misses a high wish, after further attempts."""
    choose_examples(page, "Eileen Collins", "Bomber")
    page.locator("#more-options button.label-wrap").click()
    page.locator("#threshold input[type=number]").fill("90")
    page.locator("#threshold input[type=number]").press("Enter")
    start(page)


def a_point(page: Page, _studio: Studio) -> None:
    """One point is selected and both of its dots are lit."""
    page.locator(".ed-view[data-side=person] .ed-handle[data-name=left_shoulder]").focus()


def masks(page: Page, _studio: Studio) -> None:
    """The mask editor is open."""
    page.locator(".mk-box summary").click()
    expect(page.locator(".mk-paint")).to_be_visible()


def draft(page: Page, _studio: Studio) -> None:
    """A good one."""
    page.locator("#threshold input[type=number]").fill("70")
    page.locator("#threshold input[type=number]").press("Enter")
    page.locator("#more-options button.label-wrap").click()
    page.locator(".mk-box summary").click()
    choose_examples(page, "Grace Hopper", "Printed T-shirt")
    start(page)


def large_stage(page: Page, _studio: Studio) -> None:
    """The viewer with two layers laid over the photo."""
    page.get_by_role("button", name="Open: Draft").click()
    for key in ("torso_mask", "keypoints"):
        page.locator(f".viewer-layers [data-lay={key}]").click()


def finals(page: Page, _studio: Studio) -> None:
    """Two of them under one handle."""
    page.keyboard.press("Escape")
    make = page.locator("#final-make")
    for number, realism in ((1, "2"), (2, "5")):
        page.locator("#realism input[type=number]").fill(realism)
        page.locator("#realism input[type=number]").press("Enter")
        make.click()
        right = page.locator("#finals .tag-after")
        expect(right).to_have_text(f"Final {number}", timeout=DRAFT_TIMEOUT_MS)
        expect(make).to_be_enabled()


def sign_in(page: Page, _studio: Studio) -> None:
    """What one is asked for before a link can be made."""
    page.locator("#share").get_by_role("link", name=words.SIGN_IN).click()
    page.get_by_label(words.KEY_LABEL).fill("wrong")
    page.get_by_role("button", name=words.SIGN_IN).click()
    expect(page.get_by_role("alert")).to_be_visible()


def link(page: Page, studio: Studio) -> None:
    """The link of a saved try-on, and sent to the reviewers as well."""
    page.get_by_label(words.KEY_LABEL).fill(studio.key)
    page.get_by_role("button", name=words.SIGN_IN).click()
    expect(page.locator("#download")).to_be_enabled(timeout=DRAFT_TIMEOUT_MS)
    page.get_by_role("button", name="Send to review").click()
    page.get_by_role("button", name="Yes, show it to the reviewers").click()
    expect(page.locator("#send-to-review [role=status]")).to_have_text("Sent to review.")
    page.get_by_role("button", name=words.SHARE["save"]).click()
    expect(page.get_by_label(words.SHARE["link"])).to_be_visible()


def saved(page: Page, _studio: Studio) -> None:
    """The page others see."""
    page.goto(page.get_by_label(words.SHARE["link"]).input_value())


def gone(page: Page, studio: Studio) -> None:
    """A link that has ended."""
    page.goto(f"{studio.url}/tryon/{'x' * 43}")


def empty_wardrobe(page: Page, studio: Studio) -> None:
    """Nobody and nothing in it."""
    page.goto(studio.url)
    page.wait_for_selector("ol.steps")
    page.get_by_role("tab", name="Wardrobe").click()
    expect(page.locator("#tiles .tiles-empty")).to_be_visible()


def wardrobe(page: Page, _studio: Studio) -> None:
    """Two people and somebody who is none, in four garments."""
    fill_wardrobe(page)
    with page.expect_file_chooser() as choosing:
        page.click("#person-add")
    choosing.value.set_files(next(Path("assets").rglob("hoodie.jpg")))
    expect(page.locator("#person-rack .piece")).to_have_count(3)
    page.click("#tiles-start")
    expect(page.locator("#tiles .tile.is-failed")).to_have_count(4, timeout=DRAFT_TIMEOUT_MS)


def tile(page: Page, _studio: Studio) -> None:
    """One draft, large."""
    page.locator("#tiles .tile.is-done").nth(1).click()
    expect(page.get_by_role("dialog")).to_be_visible()


def erase(page: Page, _studio: Studio) -> None:
    """The question before everything goes."""
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete my photos now").click()


def review_door(page: Page, _studio: Studio) -> None:
    """The tab for whoever is not invited."""
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Review").click()
    expect(page.locator("#review input")).to_be_visible()


def reviewing(page: Page, studio: Studio) -> None:
    """The labelling screen."""
    page.goto(studio.invite)
    expect(page.locator(".pane[data-picture=draft].is-loaded")).to_have_count(1)


def review_progress(page: Page, _studio: Studio) -> None:
    """How far the reviewers are."""
    page.locator(".views a, .views button").nth(1).click()


def fill_wardrobe(page: Page) -> None:
    """Two people in four garments."""
    page.get_by_role("tab", name="Wardrobe").click()
    for kind, chosen in (("person", (0, 1)), ("garment", (0, 2, 4, 7))):
        for number, index in enumerate(chosen, 1):
            page.locator(f"#{kind}-rack-examples .pick").nth(index).click()
            expect(page.locator(f"#{kind}-rack .piece")).to_have_count(number)
    page.click("#tiles-start")
    expect(page.locator("#tiles .tile.is-done")).to_have_count(8, timeout=DRAFT_TIMEOUT_MS)


STORY: Final = (
    Scene("01-first-visit", first_visit),
    Scene("02-at-work", at_work, is_held=True),
    Scene("03-no-person", no_person),
    Scene("04-poor-score", poor_score),
    Scene("05-point", a_point, "#editor-card"),
    Scene("06-masks", masks, "#editor-card"),
    Scene("07-draft", draft),
    Scene("08-large-stage", large_stage, SCREEN),
    Scene("09-finals", finals, "#final-card"),
    Scene("10-sign-in", sign_in, SCREEN),
    Scene("11-link", link, "#final-card"),
    Scene("12-saved", saved),
    Scene("13-gone", gone, SCREEN),
    Scene("14-wardrobe-empty", empty_wardrobe),
    Scene("15-wardrobe", wardrobe),
    Scene("16-tile", tile, SCREEN),
    Scene("17-erase", erase, SCREEN),
    Scene("18-review-door", review_door, SCREEN),
    Scene("19-reviewing", reviewing),
    Scene("20-review-progress", review_progress),
)
