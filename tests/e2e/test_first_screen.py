"""The first screen in a real browser, as visitors use it."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from tests.fakes.page import ServedPage, serving
from tests.servers import free_port
from tryon.errors import InvalidImageFormat
from tryon.ui import words

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Page, Route, expect

from tests.e2e.fitting import choose, draft_address, start_and_wait, try_on, wait_for_draft
from tests.e2e.looking import serious_findings

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


def pictures(page: Page) -> dict[str, str]:
    """Addresses of the pictures in the strip, by card."""
    return page.eval_on_selector_all(
        ".card:has(img)",
        "cards => Object.fromEntries(cards.map(c => [c.dataset.key, c.querySelector('img').src]))",
    )


def test_two_uploads_become_a_draft_with_every_stage_beside_it(
    page: Page, photos: tuple[Path, Path], tmp_path: Path
) -> None:
    """The product in one test: upload, press one button, see everything, download everything."""
    failures: list[str] = []
    page.on("response", lambda answer: answer.status >= 400 and failures.append(answer.url))

    try_on(page, *photos)

    assert failures == []
    draft = page.get_by_alt_text("The draft: the person wearing the garment")
    expect(draft).to_be_visible()
    expect(draft).to_have_js_property("naturalWidth", 384)
    assert list(pictures(page)) == list(words.CARDS)
    expect(page.locator(".step.is-done")).to_have_count(7)
    expect(page.locator("#score")).to_contain_text("83")
    expect(page.locator("#score")).to_contain_text("The shoulder seams lie on the shoulders.")
    with page.expect_download() as download:
        page.click("#download")
    target = tmp_path / "all.zip"
    download.value.save_as(target)
    assert ZipFile(target).namelist() == ["quality.json"]


def test_from_the_draft_one_click_leads_to_what_comes_next(
    page: Page, photos: tuple[Path, Path]
) -> None:
    """The page is long; nobody has to look for the editor or for the final picture."""
    try_on(page, *photos)
    expect(page.locator("#result .verdict")).to_contain_text("83")

    page.locator("#result").get_by_role("link", name="Final picture").click()

    expect(page.locator("#final-make")).to_be_in_viewport()
    expect(page.locator("#final-card")).to_be_focused()


def test_examples_take_two_clicks(page: Page) -> None:
    """A visitor without photos still sees a draft."""
    page.get_by_role("button", name="Use the example: Eileen Collins, astronaut").click()
    page.locator("#garment-examples .pick").first.click()

    start_and_wait(page)


def test_examples_that_do_not_go_together_say_so_before_the_click(page: Page) -> None:
    """Both example people are seen to the waist: jeans on them would end in an error."""
    jeans = page.locator("#garment-examples .pick[title^=Jeans]")
    page.locator("#person-examples .pick").first.click()

    expect(jeans).to_have_attribute("aria-disabled", "true")
    expect(jeans).to_have_accessible_description(words.NEED_LEGS)
    expect(page.locator("#garment-examples .pick[aria-disabled]")).to_have_count(3)
    jeans.click(force=True)
    expect(page.locator("#garment-examples .is-asked")).to_have_text(words.NEED_LEGS)
    expect(page.locator("#garment-photo img")).to_have_count(0)


def test_the_other_way_round_people_are_faded(page: Page, photos: tuple[Path, Path]) -> None:
    """Until a photo of one's own is there, which may show the legs."""
    page.locator("#garment-examples .pick[title^=Jeans]").click()
    faded = page.locator("#person-examples .pick[aria-disabled]")
    expect(faded).to_have_count(2)
    expect(page.locator("#person-examples .picks-title")).to_have_text(words.TO_THE_WAIST)

    page.set_input_files("#person-photo input[type=file]", photos[0])
    page.locator("#garment-examples .pick").first.click()

    expect(faded).to_have_count(0)
    expect(page.locator("#start")).to_be_enabled()


def test_a_top_can_be_worn_tucked_in(page: Page, photos: tuple[Path, Path]) -> None:
    """The options reach the run by name, and the result says how the top is worn."""
    page.locator("#more-options button.label-wrap").click()
    page.get_by_role("radio", name="Tucked in").check()

    try_on(page, *photos)

    expect(page.locator("#result .facts")).to_contain_text("Tucked in")


def test_the_button_says_what_is_missing(page: Page, photos: tuple[Path, Path]) -> None:
    """A grey button without a reason makes people leave."""
    expect(page.locator("#start")).to_be_disabled()
    expect(page.locator("#hint")).to_have_text(words.NEED_BOTH)
    page.set_input_files("#person-photo input[type=file]", photos[0])

    expect(page.locator("#hint")).to_have_text(words.NEED_GARMENT)
    expect(page.locator("#start")).to_be_disabled()


def test_an_answer_to_the_first_photo_that_comes_late_does_not_undo_the_second(
    page: Page, photos: tuple[Path, Path]
) -> None:
    """A slow network must not leave the button grey although both photos are there."""
    late: list[Route] = []

    def keep_the_first(route: Route) -> None:
        if late or "me.png" not in (route.request.post_data or ""):
            route.continue_()
        else:
            late.append(route)

    page.route("**/run/predict", keep_the_first)
    for kind, path in zip(("person", "garment"), photos, strict=True):
        page.set_input_files(f"#{kind}-photo input[type=file]", path)
        expect(page.locator(f"#{kind}-photo img")).to_be_visible()

    with page.expect_response(lambda answer: answer.request == late[0].request):
        late[0].continue_()

    start_and_wait(page)


def test_a_file_that_is_no_picture_is_explained_in_place(
    page: Page, photos: tuple[Path, Path], tmp_path: Path
) -> None:
    """Message and remedy where the draft would be; no popup, no traceback."""
    fake = tmp_path / "holiday.jpg"
    fake.write_text("not a picture at all")
    choose(page, fake, photos[1])
    page.click("#start")

    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(InvalidImageFormat.default_message)
    expect(alert).to_contain_text(InvalidImageFormat.default_remedy)
    expect(page.locator(".toast-body")).to_have_count(0)
    expect(page.locator("#person-photo")).to_have_class(re.compile("has-no-preview"))
    expect(page.locator("#start")).to_be_enabled()


def test_new_photos_clear_what_was_found_in_the_old_ones(
    page: Page, photos: tuple[Path, Path]
) -> None:
    """Keypoints of one photo beside another photo would be a lie."""
    try_on(page, *photos)

    page.locator("#person-examples .pick").first.click()

    expect(page.locator(".card img")).to_have_count(0)
    expect(page.locator("#result")).to_contain_text("Your draft appears here")
    expect(page.locator("#download")).to_be_disabled()


def test_new_photos_during_a_run_end_it_without_a_trace(
    page: Page, served: ServedPage, photos: tuple[Path, Path]
) -> None:
    """Results of the old photos must not drop in after the new photo is there."""
    choose(page, *photos)
    with served.holding("align"):
        page.click("#start")
        expect(page.locator(".card[data-key=cutout] img")).to_be_visible()

        page.locator("#person-examples .pick").first.click()

        expect(page.locator("#result")).to_contain_text("Your draft appears here")
    ask_for_a_link(page)  # whatever was still to be told has been told before the answer to this
    expect(page.locator(".card img")).to_have_count(0)
    expect(page.locator("#start")).to_be_enabled()


def test_a_run_can_be_cancelled_and_started_again(
    page: Page, served: ServedPage, photos: tuple[Path, Path]
) -> None:
    """Cancel does not wait for the stage that is at work, and the page is ready again."""
    choose(page, *photos)
    with served.holding("align"):
        page.click("#start")
        expect(page.locator(".step.is-running")).to_have_count(1)

        page.click("#cancel")

        expect(page.locator("#result")).to_contain_text("The run was cancelled.")
        expect(page.locator("#cancel")).to_be_disabled()
    start_and_wait(page)


def test_the_pipeline_can_be_watched(
    page: Page, served: ServedPage, photos: tuple[Path, Path]
) -> None:
    """Pictures of finished stages are there while later stages run."""
    choose(page, *photos)

    with served.holding("align"):
        page.click("#start")

        expect(page.locator(".card[data-key=keypoints] img")).to_be_visible()
        expect(page.locator(".step.is-running")).to_have_count(1)
        expect(page.locator(".card[data-key=draft] img")).to_have_count(0)


def test_a_link_that_gives_no_picture_is_explained_beside_the_field(page: Page) -> None:
    """Odd words stay words: nothing of a message is ever run as markup or template."""
    ask_for_a_link(page)

    expect(page.locator("#person-link-note").locator("b, img")).to_have_count(0)


def ask_for_a_link(page: Page) -> None:
    """Ask for an address that gives no picture, and read the answer."""
    page.locator("#person-card .link-box button.label-wrap").click()
    page.locator("#person-link input, #person-link textarea").fill("http://odd.example/x.jpg")
    page.click("#person-fetch")
    alert = page.locator("#person-link-note").get_by_role("alert")
    expect(alert).to_contain_text("<b>bold</b> & ${1+1} {{this}}")


def test_two_visitors_never_see_each_others_pictures(
    served: ServedPage, visit: Visit, photos: tuple[Path, Path], tmp_path: Path
) -> None:
    """What one uploads stays out of everyone else's page, even when both run at once."""
    from PIL import Image

    other = tmp_path / "other.png"
    Image.new("RGB", (70, 90), (10, 240, 20)).save(other)
    first, second, third = visit(served.url), visit(served.url), visit(served.url)
    choose(first, *photos)
    choose(second, other, photos[1])

    first.click("#start")
    second.click("#start")
    for page in (first, second):
        wait_for_draft(page)

    one, two = pictures(first), pictures(second)
    assert len(one) == len(two) == len(words.CARDS)
    assert not set(one.values()) & set(two.values())
    assert (
        httpx.get(one["person"], timeout=60).content != httpx.get(two["person"], timeout=60).content
    )
    assert pictures(third) == {}
    expect(third.locator("#start")).to_be_disabled()


def test_nothing_is_asked_of_other_hosts(
    page: Page, served: ServedPage, photos: tuple[Path, Path]
) -> None:
    """No fonts, scripts or statistics from elsewhere: it works offline and tells nobody."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_selector("ol.steps")

    try_on(page, *photos)

    assert len(asked) > 20
    elsewhere = [url for url in asked if not url.startswith((served.url, "data:", "blob:"))]
    assert elsewhere == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious(
    served: ServedPage, visit: Visit, photos: tuple[Path, Path], dark: bool
) -> None:
    """Names, contrast, headings: empty page and finished page with options, in both modes."""
    page = visit(served.url, dark=dark)

    found = serious_findings(page)
    page.locator("#more-options button.label-wrap").click()
    expect(page.get_by_role("radio", name="Tucked in")).to_be_visible()
    try_on(page, *photos)
    found += serious_findings(page)

    assert found == []


@pytest.mark.parametrize("width", [390, 820, 1440, 1920])
def test_nothing_sticks_out_at_any_width(
    served: ServedPage, visit: Visit, photos: tuple[Path, Path], width: int
) -> None:
    """No sideways scrolling on phones, no endless lines on wide screens."""
    page = visit(served.url, width=width)

    try_on(page, *photos)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("#bench").bounding_box()["width"] <= 1480


def test_back_and_reload_know_the_tab(page: Page, served: ServedPage) -> None:
    """Whoever looks something up in the wardrobe comes back by the key for it, and is not lost."""
    tab = page.get_by_role("tab")
    tab.nth(1).click()
    expect(page).to_have_url(re.compile("#wardrobe$"))

    page.reload()

    expect(page.locator("#person-add")).to_be_visible()
    expect(tab.nth(1)).to_have_attribute("aria-selected", "true")
    page.go_back()
    expect(tab.nth(0)).to_have_attribute("aria-selected", "true")
    page.go_forward()
    expect(tab.nth(1)).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1366, 720)], ids=["large", "small"])
def test_a_laptop_shows_photos_and_button_at_once(
    served: ServedPage, visit: Visit, photos: tuple[Path, Path], width: int, height: int
) -> None:
    """Two examples and the button: nobody has to look for what comes next."""
    page = visit(served.url, width=width, height=height)
    choose(page, *photos)

    bottom = page.locator("#start").evaluate("node => node.getBoundingClientRect().bottom")

    assert bottom <= height


def test_the_handle_stays_where_it_was_left(page: Page, photos: tuple[Path, Path]) -> None:
    """Whoever wants to see the draft alone while correcting it says so once."""
    try_on(page, *photos)
    before = draft_address(page)
    page.locator(".compare-range").first.fill("0")

    page.locator(".ed-view[data-side=person] .ed-handle[data-name=left_hem]").focus()
    page.keyboard.press("Shift+ArrowRight")

    expect(page.locator("#result .compare-after")).not_to_have_attribute("src", before or "")
    expect(page.locator("#result .compare-range")).to_have_value("0")


def test_a_glimpse_of_the_draft_needs_no_second_request(
    page: Page, photos: tuple[Path, Path]
) -> None:
    """On a slow network one sees at once what is coming."""
    page.route("**/draft.jpg", lambda route: route.abort())
    choose(page, *photos)
    page.click("#start")

    glimpse = page.locator("#result .compare[style*='data:image/jpeg']")

    expect(glimpse).to_be_visible()


def test_the_draft_comes_into_view_on_a_phone(
    served: ServedPage, visit: Visit, photos: tuple[Path, Path]
) -> None:
    """On a phone the draft is far below the button; one should see that something happens."""
    page = visit(served.url, width=390, height=800)
    choose(page, *photos)

    with served.holding("align"):
        page.click("#start")

        expect(page.locator(".plate-title")).to_be_in_viewport()


def test_the_keyboard_is_enough(page: Page, photos: tuple[Path, Path]) -> None:
    """Start, compare, open a picture, walk on and close, without a mouse."""
    choose(page, *photos)
    page.locator("#start").focus()
    page.keyboard.press("Enter")
    wait_for_draft(page)

    page.locator(".compare-range").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#result .compare")).to_have_attribute("style", re.compile("--cut: 26%"))
    page.get_by_role("button", name="Open: Keypoints").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Keypoints")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="Anchors")).to_contain_text("Left shoulder")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_the_page_comes_compressed_and_streams_do_not(served: ServedPage) -> None:
    """A first visit on a phone network waits for an eighth of it."""
    page = httpx.get(served.url + "/", headers={"accept-encoding": "gzip, br"}, timeout=60)
    plain = httpx.get(served.url + "/", headers={"accept-encoding": "identity"}, timeout=60)
    other = httpx.get(served.url + "/health", timeout=60)

    assert page.headers["content-encoding"] == "br"
    assert int(page.headers["content-length"]) < 100_000 < len(plain.content)
    assert "set-cookie" in page.headers
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in other.headers


def test_a_second_visit_brings_what_changed_alone(served: ServedPage) -> None:
    """Nothing is sent twice: scripts are kept for good, the page as long as it is the same."""
    page = httpx.get(served.url + "/", timeout=60)
    script = re.search(r'src="(?:\./)?(assets/[^"]+\.js)"', page.text)
    example = re.search(r'"thumb":"([^"]+)"', page.text)
    assert script is not None
    assert example is not None

    kept = {"if-none-match": page.headers["etag"], "cookie": page.headers["set-cookie"]}
    again = httpx.get(served.url + "/", headers=kept, timeout=60)
    files = [httpx.get(f"{served.url}/{one[1]}", timeout=60) for one in (script, example)]

    assert (again.status_code, again.content) == (304, b"")
    assert [file.status_code for file in files] == [200, 200]
    assert all("immutable" in file.headers["cache-control"] for file in files)
    assert not any("set-cookie" in file.headers for file in files)


def test_a_path_of_the_server_is_refused_as_an_upload(served: ServedPage, tmp_path: Path) -> None:
    """A forged request must not make the server copy its own files to where all can read them."""
    canary = tmp_path / "canary.txt"
    canary.write_text("canary-6f1d")

    answer = submit(served.url, str(canary))

    assert answer["success"] is False
    assert b"canary-6f1d" not in served.cached_bytes()


def test_a_real_upload_is_taken_by_the_same_request(
    served: ServedPage, photos: tuple[Path, Path]
) -> None:
    """Tests the ruler: the request above fails because of its path, not because of its form."""
    with photos[0].open("rb") as file:
        reply = httpx.post(served.url + "/gradio_api/upload", files={"files": file}, timeout=60)

    answer = submit(served.url, reply.json()[0])

    assert answer["success"] is True


def submit(url: str, path: str) -> dict[str, Any]:
    """Press the button by hand with `path` as both photos; the last word of the server."""
    config = httpx.get(url + "/config", timeout=60).json()
    ids = {c["props"].get("elem_id"): c["id"] for c in config["components"]}
    start = next(d for d in config["dependencies"] if [ids["start"], "click"] in d["targets"])
    photo = {"path": path, "meta": {"_type": "gradio.FileData"}}
    chosen = [photo, photo, "auto", "auto", 2, 0.7]
    session = re.sub(r"\W", "", path)[-10:]
    body = {
        "data": [*chosen, *[None] * (len(start["inputs"]) - len(chosen))],
        "fn_index": start["id"], "session_hash": session, "trigger_id": ids["start"],
    }  # fmt: skip
    httpx.post(url + "/gradio_api/queue/join", json=body, timeout=60).raise_for_status()
    stream = httpx.stream(
        "GET", url + "/gradio_api/queue/data", params={"session_hash": session}, timeout=60
    )
    with stream as lines:
        for line in lines.iter_lines():
            message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
            if message.get("msg") == "process_completed":
                return dict(message)
    raise AssertionError("the server said nothing")


@pytest.mark.slow
def test_the_real_studio_dresses_the_example(visit: Visit, tmp_path: Path) -> None:
    """Real models, real photo, drawn garment: a visitor's first two clicks."""
    port = free_port()
    env = {"PORT": str(port), "HOST": "127.0.0.1"}
    with serving([sys.executable, "app.py"], port, tmp_path, env) as served:
        page = visit(served.url)
        page.get_by_role("button", name="Use the example: Eileen Collins, astronaut").click()
        page.get_by_role("button", name="Use the example: Printed T-shirt").click()

        start_and_wait(page, timeout_ms=300_000)

        assert list(pictures(page)) == list(words.CARDS)
        before, after = (
            httpx.get(
                page.locator(f".compare-{which}").get_attribute("src") or "", timeout=60
            ).content
            for which in ("before", "after")
        )
        assert before != after


def test_a_photo_of_ones_own_is_not_sent_back(page: Page, photos: tuple[Path, Path]) -> None:
    """It is on the device already; on a slow network its return took as long as its way there."""
    choose(page, *photos)

    expect(page.locator("#person-photo img")).to_have_attribute("src", re.compile("^blob:"))
    expect(page.locator("#person-photo img")).to_have_js_property("naturalWidth", 60)
