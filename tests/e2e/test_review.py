"""The labelling screen in a real browser, as reviewers use it all day."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.fakes.fits import H, W, write_fit
from tests.fakes.review_server import history
from tryon.review.labels import Defect, Label
from tryon.review.turns import Rules

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, Route, expect

from tests.e2e.labelling import Server, Studio, next_item, ready, saved
from tests.e2e.looking import axe_findings, box_at_rest, point_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all tests here; each has a project of its own on it."""
    server = Server(tmp_path_factory.mktemp("review"))
    server.start()
    yield server
    server.kill()
    server.review.database.close()


@pytest.fixture
def make(server: Server, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., Studio]:
    """A project with so many drawn fits: `make(20, overlap=1, reviewers=2)`."""

    def make(num: int, **rules: float) -> Studio:
        plain = {"gold": 0, "repeats": 0, "overlap": 0}
        name = request.node.name[5:80]
        project = server.review.projects.create(name, rules=Rules(**(plain | rules)))
        fits = [write_fit(tmp_path / f"f{n}", n, score=0.6 + n / 100) for n in range(num)]
        added = list(server.review.items.add_folders(project, fits))
        assert [one.status for one in added] == ["added"] * num
        return Studio(server, project)

    return make


def test_twenty_items_by_keyboard_alone(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """Verdict, rating, defect with its place, comment, next: no mouse."""
    studio = make(20)
    page = sign_in(studio, "Ann")

    for number in range(20):
        before = ready(page)
        page.keyboard.press("afr"[number % 3])
        page.keyboard.press("531"[number % 3])
        if number % 3:
            page.keyboard.press("h")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Shift+ArrowDown")
            page.keyboard.press("Escape")
        if number == 4:
            page.keyboard.press("/")
            page.keyboard.type("frayed, x and z are letters here")
            page.keyboard.press("Escape")
        page.keyboard.press("Enter")
        if number < 19:
            expect(page.locator(".desk-screen")).not_to_have_attribute("data-turn", before)

    expect(page.get_by_role("heading", name="All done")).to_be_visible()
    labels = studio.labels()
    hem = next(g.label for g in labels if g.label.defects)
    assert len({given.item_id for given in labels}) == 20
    assert [given.label.verdict for given in labels] == (["accept", "fixable", "reject"] * 7)[:20]
    assert hem.defects[0].name == "hem"
    assert hem.defects[0].spot == pytest.approx((W / 2, H / 3 + 0.06 * H), abs=0.2)
    assert labels[4].label.comment == "frayed, x and z are letters here"
    assert all(0 < given.seconds < 60 for given in labels)


def test_a_defect_is_placed_by_a_click_where_it_is(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """Chip then click, or click then chip; zoomed in, the place is still that of the picture."""
    studio = make(1)
    page = sign_in(studio, "Ann")
    ready(page)
    canvas = page.locator(".pane[data-picture=draft] .canvas")

    def click_at(x: float, y: float) -> None:
        page.mouse.click(*point_in(canvas, x, y))

    page.get_by_role("button", name="Neckline").click()
    click_at(0.5, 0.25)
    page.keyboard.press("Escape")
    page.keyboard.press("+")
    click_at(0.6, 0.5)
    page.get_by_role("button", name="Halo").click()
    saved(page)
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="All done")).to_be_visible()

    neckline, halo = studio.labels()[0].label.defects
    assert (neckline.name, halo.name) == ("neckline", "halo")
    assert neckline.spot == pytest.approx((0.5 * W - 0.5, 0.25 * H - 0.5), abs=0.5)
    assert halo.spot == pytest.approx((0.6 * W - 0.5, 0.5 * H - 0.5), abs=0.5)


def test_undo_takes_back_a_change_and_then_the_item_before(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """Z again and again: nothing is gone that was not meant to go."""
    studio = make(3)
    page = sign_in(studio, "Ann")
    first = ready(page)
    page.keyboard.press("a")
    page.keyboard.press("4")
    next_item(page)
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Reject")).to_have_attribute("aria-pressed", "true")

    page.keyboard.press("z")
    expect(page.get_by_role("button", name="Reject")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("z")

    expect(page.locator(".desk-screen")).to_have_attribute("data-turn", first)
    expect(page.get_by_role("button", name="Accept")).to_have_attribute("aria-pressed", "true")
    saved(page)
    assert studio.labels() == []


def test_a_skip_needs_a_reason_and_is_kept(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """X, then a number; Escape goes back to the item."""
    studio = make(1)
    page = sign_in(studio, "Ann")
    ready(page)

    page.keyboard.press("x")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("x")
    page.keyboard.press("2")

    expect(page.get_by_role("heading", name="All done")).to_be_visible()
    expect(page.locator(".rest")).to_contain_text("skipped 1")
    assert studio.labels() == []


def test_a_reload_in_the_middle_loses_nothing(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """Also what was typed a moment ago."""
    studio = make(3)
    page = sign_in(studio, "Ann")
    turn = ready(page)
    page.keyboard.press("f")
    page.keyboard.press("n")
    saved(page)
    page.keyboard.press("/")
    page.keyboard.insert_text("collar")

    page.reload()

    assert ready(page) == turn
    expect(page.get_by_role("button", name="Fixable")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Neckline")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Comment")).to_have_value("collar")


def test_a_crash_of_the_server_loses_nothing(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """Killed in the middle: labelling goes on, the page says so, and sends it all later."""
    studio = make(6)
    page = sign_in(studio, "Ann")
    ready(page)
    page.keyboard.press("a")
    next_item(page)
    saved(page)
    ready(page)
    studio.server.kill()

    page.keyboard.press("r")
    page.keyboard.press("h")
    expect(page.locator(".save-state")).to_contain_text("kept in this browser")
    next_item(page)
    page.keyboard.press("f")
    studio.server.start()

    saved(page)
    page.keyboard.press("Enter")
    saved(page)
    verdicts = [given.label.verdict for given in studio.labels()]
    assert verdicts == ["accept", "reject", "fixable"]
    assert studio.labels()[1].label.defect_names == ("hem",)


def test_a_crash_and_a_reload_lose_nothing_either(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """Handed in while the server was down, then the browser was closed and opened again."""
    studio = make(4)
    page = sign_in(studio, "Ann")
    ready(page)
    studio.server.kill()
    page.keyboard.press("r")
    next_item(page)
    page.keyboard.press("f")
    expect(page.locator(".save-state")).to_contain_text("kept in this browser")
    studio.server.start()

    page.reload()

    ready(page)
    expect(page.get_by_role("button", name="Fixable")).to_have_attribute("aria-pressed", "true")
    saved(page)
    assert [given.label.verdict for given in studio.labels()] == ["reject"]


@pytest.mark.parametrize("is_reloaded", [False, True], ids=["going on", "after a reload"])
def test_an_answer_that_is_lost_is_no_conflict(
    make: Callable[..., Studio], sign_in: Callable[..., Page], is_reloaded: bool
) -> None:
    """Saved, but nobody told the page, while the reviewer went on: nobody is asked to choose."""
    studio = make(2)
    page = sign_in(studio, "Ann")
    turn = ready(page)

    def lose_answers(route: Route) -> None:
        if route.request.method == "PUT":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/turns/**", lose_answers)
    page.keyboard.press("f")
    expect(page.locator(".save-state")).to_contain_text("kept in this browser")
    page.keyboard.press("n")
    page.unroute("**/turns/**")
    if is_reloaded:
        page.reload()

    saved(page)
    assert ready(page) == turn
    expect(page.get_by_role("dialog")).to_have_count(0)
    last = history(studio.review, turn)[-1].after
    assert (last["verdict"], [d["name"] for d in last["defects"]]) == ("fixable", ["neckline"])


def test_two_tabs_of_one_reviewer_do_not_overwrite_each_other(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """The second is shown both versions and chooses; the history has both."""
    studio = make(2)
    one = sign_in(studio, "Ann")
    two = sign_in(studio, "Ann")  # another browser: no channel between them
    assert ready(one) == ready(two)
    one.keyboard.press("a")
    saved(one)

    two.keyboard.press("r")

    dialog = two.get_by_role("dialog")
    expect(dialog).to_contain_text("changed elsewhere")
    expect(dialog).to_contain_text("Accept")
    expect(dialog).to_contain_text("Reject")
    two.keyboard.press("1")
    saved(two)
    turn = ready(two)
    assert [c.after["verdict"] for c in history(studio.review, turn)] == [
        "accept", "reject"]  # fmt: skip


def test_a_second_tab_follows_the_first(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """In the same browser the tabs talk: no question is needed."""
    studio = make(3)
    one = sign_in(studio, "Ann")
    turn = ready(one)
    two = one.context.new_page()
    two.goto(studio.url)
    assert ready(two) == turn

    one.keyboard.press("a")
    next_item(one)
    saved(one)

    expect(two.locator(".desk-screen")).not_to_have_attribute("data-turn", turn)
    assert ready(two) == ready(one)


def test_two_reviewers_at_once_on_one_item_stay_blind(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """Both label it; neither sees the other's word or the score before handing in."""
    studio = make(1, overlap=1, reviewers=2)
    ann, bob = sign_in(studio, "Ann"), sign_in(studio, "Bob")
    assert ready(ann) != ready(bob)
    ann.keyboard.press("a")
    saved(ann)
    bob.keyboard.press("r")
    saved(bob)

    expect(ann.get_by_role("button", name="Accept")).to_have_attribute("aria-pressed", "true")
    expect(bob.get_by_role("button", name="Accept")).to_have_attribute("aria-pressed", "false")
    assert "0.6" not in bob.content()
    assert "Ann" not in bob.content()
    ann.keyboard.press("Enter")
    expect(ann.locator(".toast")).to_contain_text("Automatic score of the last item: 60")
    bob.keyboard.press("Enter")
    expect(bob.get_by_role("heading", name="All done")).to_be_visible()

    assert {g.reviewer: g.label.verdict for g in studio.labels()} == {
        "Ann": "accept", "Bob": "reject"}  # fmt: skip


def test_a_lead_settles_a_dispute(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """Both opinions beside the pictures; the lead's word ends it."""
    studio = make(1, overlap=1, reviewers=2)
    for name, label in (
        ("Ann", Label("accept", 5)),
        ("Bob", Label("reject", 1, (Defect("hem", (40.0, 70.0)),), comment="Floats.")),
    ):
        studio.invite(name)
        who = studio.review.projects.sign_in(studio.tokens[name])[1]
        turn = studio.review.labelling.queue(studio.project, who)[0]
        studio.review.labelling.save(who, turn.id, 0, label, 2.0, "submit")
    page = sign_in(studio, "Lea", is_lead=True)

    page.get_by_role("button", name="Disputes").click()
    expect(page.locator(".said")).to_contain_text("Floats.")
    expect(page.locator(".pane[data-picture=draft] .spot")).to_have_count(1)
    page.keyboard.press("f")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="No disputes")).to_be_visible()
    settled = [g for g in studio.labels() if g.kind == "adjudication"]
    assert [(g.reviewer, g.label.verdict) for g in settled] == [("Lea", "fixable")]


def test_anchors_are_corrected_in_the_studios_editor(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """Garment and person, mouse and keys; the draft is laid anew and stands beside the old one."""
    studio = make(1)
    page = sign_in(studio, "Ann")
    ready(page)
    page.keyboard.press("j")
    person = page.locator(".is-person .ed-view")
    handle = person.locator("[data-name=left_neck] .dot")
    expect(handle).to_be_visible()
    drawn = person.locator("img.ed-back")
    expect(drawn).to_have_attribute("src", re.compile("/draft.jpg$"))
    *_, width, height = box_at_rest(drawn)
    x, y = point_in(handle, 0.5, 0.5)

    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 20, steps=4)
    page.mouse.up()
    page.locator(".is-garment [data-name=right_neck]").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    expect(drawn).to_have_attribute("src", re.compile("^data:image/jpeg"))
    saved(page)
    page.keyboard.press("j")

    old, new = (page.locator(f".pane[data-picture={name}] .pane-image") for name in (
        "draft", "corrected"))  # fmt: skip
    expect(new).to_have_attribute("src", re.compile("^data:image/jpeg"))
    expect(old).to_be_visible()
    page.keyboard.press("f")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="All done")).to_be_visible()
    anchors = studio.labels()[0].label.anchors
    assert anchors is not None
    left, right = anchors.person["left_neck"], anchors.garment["right_neck"]
    assert left.x == pytest.approx(54 + 30 * W / width, abs=0.6)
    assert left.y == pytest.approx(34 + 20 * H / height, abs=0.6)
    assert (right.x, right.y) == pytest.approx((41, 24), abs=0.05)
    assert anchors.person["right_neck"].confidence == 0.9  # nobody touched this one


def test_corrected_anchors_survive_a_reload_and_can_be_taken_back(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """The editor opens where it was left; back at what was found, the label has no anchors."""
    studio = make(1)
    page = sign_in(studio, "Ann")
    turn = ready(page)
    page.keyboard.press("j")
    point = page.locator(".is-person [data-name=left_neck]")
    expect(point).to_have_attribute("aria-valuenow", "54")
    point.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".is-person img.ed-back")).to_have_attribute("src", re.compile("^data:"))
    saved(page)

    page.reload()
    assert ready(page) == turn
    page.keyboard.press("j")

    expect(point).to_have_attribute("aria-valuenow", "64")
    expect(page.locator(".is-person img.ed-back")).to_have_attribute("src", re.compile("^data:"))
    page.get_by_role("button", name="Reset all").click()
    page.keyboard.press("Escape")
    expect(page.locator(".pane[data-picture=draft]")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="All done")).to_be_visible()
    assert studio.labels()[0].label.anchors is None


def test_a_button_reached_by_tab_is_pressed_by_enter_and_space(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """Shortcuts do not take the keys away from people who walk through the page with Tab."""
    studio = make(1)
    page = sign_in(studio, "Ann")
    ready(page)

    page.get_by_role("button", name="Reject").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Hem").focus()
    page.keyboard.press("Enter")
    saved(page)

    expect(page.get_by_role("button", name="Reject")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Hem")).to_have_attribute("aria-pressed", "true")
    assert studio.labels() == []


def test_one_zoom_for_all_and_the_photo_at_a_key(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """Details are compared at the same place of every picture."""
    studio = make(1)
    page = sign_in(studio, "Ann")
    ready(page)

    page.locator(".pane[data-picture=draft] .port").hover()
    page.mouse.wheel(0, -400)
    expect(page.locator(".port.is-zoomed").first).to_be_visible()
    transforms = page.eval_on_selector_all(".canvas", "all => all.map(c => c.style.transform)")
    page.keyboard.down("Space")
    expect(page.locator(".pane[data-picture=draft] img.pane-photo")).to_be_visible()
    expect(page.locator(".pane[data-picture=draft] img.pane-image")).to_be_hidden()
    page.keyboard.up("Space")

    expect(page.locator(".pane[data-picture=draft] img.pane-image")).to_be_visible()
    assert len(set(transforms)) == 1
    assert float(re.findall(r"scale\(([\d.]+)", transforms[0])[0]) > 2


def test_nobody_else_gets_in(make: Callable[..., Studio], sign_in: Callable[..., Page]) -> None:
    """No cookie, another's item, a reviewer at figures, a write without our header: refused."""
    studio = make(2)
    page = sign_in(studio, "Ann")
    ready(page)
    src = page.locator(".pane[data-picture=draft] img.pane-image").get_attribute("src")
    api = f"{studio.url}api/{studio.project.id}"
    cookie = {c["name"]: c["value"] for c in page.context.cookies()}

    get = partial(httpx.get, timeout=60)
    assert get(src).status_code == 403
    assert get(src, cookies=cookie).status_code == 200
    assert get(f"{api}/queue").status_code == 403
    assert get(f"{api}/figures", cookies=cookie).status_code == 403
    undone = httpx.post(f"{api}/undo", cookies=cookie, timeout=60)
    assert undone.json()["code"] == "REVIEW_NOT_ALLOWED"
    assert get(f"{studio.url}api/me").json() == {"projects": []}
    studio.invite("Bob")
    bob = {next(iter(cookie)): studio.tokens["Bob"]}
    assert get(src, cookies=bob).status_code == 404


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_screen_can_be_read_and_used_by_everybody(
    make: Callable[..., Studio], sign_in: Callable[..., Page], width: int, dark: bool
) -> None:
    """No axe finding, nothing wider than the screen, every button large enough to hit."""
    studio = make(2)
    page = sign_in(studio, "Ann", width=width, dark=dark)
    ready(page)
    page.get_by_role("button", name="Fixable").click()
    page.get_by_role("button", name="Hem").click()

    labelling = axe_findings(page)
    page.get_by_role("button", name="Anchors").click()
    expect(page.locator(".is-person .ed-handle").first).to_be_visible()
    correcting = axe_findings(page)

    assert (labelling, correcting) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.eval_on_selector_all(
        ".side button, .pane-tabs button, .anchors button",
        "all => all.filter(b => b.checkVisibility() && b.offsetHeight < 30).length",
    )
    assert small == 0


@pytest.mark.parametrize(
    ("locale", "start", "tag"),
    [("de-CH", "Annehmen", "de"), ("es-AR", "Aceptar", "es"), ("zh-TW", "接受", "zh")],
    ids=["german", "spanish", "chinese"],
)
def test_nothing_stays_english(
    make: Callable[..., Studio], sign_in: Callable[..., Page], locale: str, start: str, tag: str
) -> None:
    """Labelling, help, skipping, anchors, disputes and figures: every sentence has its words."""
    studio = make(3, overlap=1, reviewers=2)
    studio.invite("Bob")
    who = studio.review.projects.sign_in(studio.tokens["Bob"])[1]
    hem = Label("reject", 2, (Defect("hem", (48.0, 70.0)), Defect("halo")), comment="Bauscht.")
    while turns := studio.review.labelling.queue(studio.project, who):
        studio.review.labelling.save(who, turns[0].id, turns[0].revision, hem, 2.0, "submit")
    page = sign_in(studio, "Lea", is_lead=True, locale=locale)
    ready(page)
    widths = [page.evaluate("document.documentElement.scrollWidth")]
    page.keyboard.press("?")
    expect(page.locator("dialog .keys")).to_be_visible()
    page.keyboard.press("?")
    for key in ("h", "ArrowDown", "Escape", "j"):
        page.keyboard.press(key)
    expect(page.locator(".is-person .ed-handle").first).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator(".panes")).to_be_visible()
    page.keyboard.press("a")
    next_item(page)
    page.keyboard.press("x")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("f")
    page.keyboard.press("Enter")
    expect(page.locator(".rest h2")).to_be_visible()
    page.locator(".views button").nth(1).click()
    expect(page.locator(".figures table").last).to_be_visible()
    widths.append(page.evaluate("document.documentElement.scrollWidth"))
    page.locator(".views button").nth(2).click()
    expect(page.locator(".said")).to_contain_text("Bauscht.")

    assert page.locator(".verdict.is-accept").first.text_content() == start + "A"
    assert max(widths) <= 1440
    assert page.evaluate("document.documentElement.lang") == tag
    assert "\n".join(page.evaluate("[...(window.tryonUntranslated || [])]")) == ""


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_figures_and_disputes_can_be_read_by_everybody(
    make: Callable[..., Studio], sign_in: Callable[..., Page], width: int, dark: bool
) -> None:
    """Charts have words, tables headings; nothing is wider than the screen."""
    studio = make(6, overlap=1, reviewers=2)
    for name in ("Ann", "Bob"):
        studio.invite(name)
        who = studio.review.projects.sign_in(studio.tokens[name])[1]
        while turns := studio.review.labelling.queue(studio.project, who):
            said = Label("reject", 2, (Defect("hem", (48.0, 70.0)),)) if name == "Bob" else None
            turn = turns[0]
            label = said or Label("accept", 5)
            studio.review.labelling.save(who, turn.id, turn.revision, label, 2.0, "submit")
    page = sign_in(studio, "Lea", width=width, dark=dark, is_lead=True)

    page.get_by_role("button", name="Figures").click()
    expect(page.get_by_role("img", name=re.compile("Automatic score by verdict"))).to_be_visible()
    figures = axe_findings(page)
    expect(page.locator(".tiles")).to_contain_text("6in dispute")
    widths = [page.evaluate("document.documentElement.scrollWidth")]
    page.get_by_role("button", name="Disputes").click()
    expect(page.locator(".said")).to_contain_text("Bob")
    disputes = axe_findings(page)

    assert (figures, disputes) == ([], [])
    widths.append(page.evaluate("document.documentElement.scrollWidth"))
    assert max(widths) <= width


@pytest.mark.parametrize("num_labels", [0, 1])
def test_figures_of_a_young_project_say_what_is_missing(
    make: Callable[..., Studio], sign_in: Callable[..., Page], num_labels: int
) -> None:
    """No label, one label: sentences instead of empty charts, and nothing called null."""
    studio = make(2)
    studio.invite("Ann")
    who = studio.review.projects.sign_in(studio.tokens["Ann"])[1]
    for turn in studio.review.labelling.queue(studio.project, who)[:num_labels]:
        studio.review.labelling.save(who, turn.id, 0, Label("accept"), 2.0, "submit")
    page = sign_in(studio, "Lea", is_lead=True)

    page.get_by_role("button", name="Figures").click()

    missing = ["No labels yet"] if num_labels == 0 else [
        "too few to calibrate", "Needs accepted items and others", "No defects were named",
        "No defect has been placed", "Nobody has labelled an item that somebody else"]  # fmt: skip
    for sentence in missing:
        expect(page.locator(".figures")).to_contain_text(sentence)
    assert not re.search("null|undefined|NaN", page.locator(".figures").inner_text())


def test_reviewers_choose_their_language(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """They come by an invitation and may never see the studio and its menu."""
    page = sign_in(make(1), "Ann")

    page.locator("select.language").select_option("es")

    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.locator("select.language")).to_have_value("es")


def test_undo_works_from_the_end_and_goes_on_back(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """The slip one notices last is in the last item; Enter hands each in again as it was."""
    studio = make(2)
    page = sign_in(studio, "Ann")
    turns = [ready(page)]
    page.keyboard.press("a")
    next_item(page)
    turns.append(ready(page))
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="All done")).to_be_visible()

    page.keyboard.press("z")
    expect(page.locator(".desk-screen")).to_have_attribute("data-turn", turns[1])
    expect(page.get_by_role("button", name="Reject")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("z")
    expect(page.locator(".desk-screen")).to_have_attribute("data-turn", turns[0])
    page.keyboard.press("f")
    page.keyboard.press("Enter")
    expect(page.locator(".desk-screen")).to_have_attribute("data-turn", turns[1])
    ready(page)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="All done")).to_be_visible()
    saved(page)
    assert [given.label.verdict for given in studio.labels()] == ["fixable", "reject"]


def test_a_skip_at_the_end_is_taken_back_with_the_key(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """Also when nothing was labelled at all; the screen says which key."""
    page = sign_in(make(1), "Ann")
    turn = ready(page)
    page.keyboard.press("x")
    page.keyboard.press("2")
    expect(page.get_by_role("button", name="Undo the last one Z")).to_be_visible()

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Undo: the last change")
    page.keyboard.press("?")
    page.keyboard.press("z")

    expect(page.get_by_role("heading", name="All done")).to_be_hidden()
    assert ready(page) == turn


def test_letters_after_a_comment_are_keys_again(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """Handed in from the comment, the next item's verdict is no comment on it."""
    studio = make(2)
    page = sign_in(studio, "Ann")
    turn = ready(page)
    page.keyboard.press("f")
    page.keyboard.press("/")
    page.keyboard.type("loose")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".desk-screen")).not_to_have_attribute("data-turn", turn)
    ready(page)

    page.keyboard.press("r")

    expect(page.get_by_role("button", name="Reject")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Comment")).to_have_value("")


def test_what_eyes_see_is_said_and_the_focus_is_never_lost(
    make: Callable[..., Studio], sign_in: Callable[..., Page]
) -> None:
    """Which item of how many, what was chosen by a key, that all is done; not every saving."""
    page = sign_in(make(2), "Ann")
    said = page.locator(".desk-screen > [role=status]")
    ready(page)
    expect(said).to_contain_text("Item 1 of 2")
    page.keyboard.press("f")
    page.keyboard.press("4")
    page.keyboard.press("h")
    expect(said).to_have_text("Fixable, Rating 4, Hem")
    saved(page)
    expect(said).to_have_text("Fixable, Rating 4, Hem")

    next_item(page)
    expect(said).to_contain_text("Item 2 of 2")
    expect(page.locator(".desk")).to_be_focused()
    page.keyboard.press("a")
    page.locator(".submit").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="All done")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Look again")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".desk")).to_be_focused()
