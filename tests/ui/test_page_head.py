"""The page begins with a sign of life, and answers for the browser where a language was chosen."""

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from tryon.ui.page_head import WORDS_HERE, PageHead
from tryon.ui.translate import COOKIE

PAGE = f"""<!doctype html><html><head><title>x</title>
<meta property="og:title" content="Gradio" />
<meta
    name="twitter:creator" content="@Gradio"
/>
<script>let words = "{WORDS_HERE}";</script>
</head><body>the page</body></html>"""


@pytest.fixture
def browser() -> TestClient:
    async def page(_request: object) -> HTMLResponse:
        return HTMLResponse(PAGE)

    app = Starlette(routes=[Route("/", page), Route("/other", page)])
    app.add_middleware(PageHead)
    return TestClient(app)


def test_who_waits_sees_the_name_of_the_page(browser: TestClient) -> None:
    """In the language the page will have; Gradio shows nothing for seconds."""
    answer = browser.get("/", headers={"accept-language": "de-AT,en;q=0.5"})

    assert 'content: "Studio für virtuelle Anproben"' in answer.text
    assert answer.text.endswith("<body>the page</body></html>")
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_one_language_comes_along(browser: TestClient) -> None:
    """The words of four are half of the page, for a visitor who reads one of them."""
    german = browser.get("/", headers={"accept-language": "de-AT"}).text
    french = browser.get("/", headers={"accept-language": "fr"}).text

    assert 'let words = {"de": {' in german
    assert "Anprobieren" in german
    assert "Probar" not in german
    assert 'let words = {"en": {}};' in french


def test_a_link_to_the_page_shows_its_own_name(browser: TestClient) -> None:
    """Who sends it to a friend does not send the name of a library."""
    page = browser.get("/", headers={"accept-language": "es"}).text

    assert page.count("og:title") == 1
    assert "twitter" not in page
    assert 'property="og:title" content="Estudio' in page


def test_without_a_choice_the_browser_is_asked(browser: TestClient) -> None:
    """Nothing stands between its languages and the page."""
    assert "navigator" not in browser.get("/").text


@pytest.mark.parametrize(("chosen", "tag"), [("es", "es"), ("en", "en"), ("zh", "zh-CN")])
def test_a_chosen_language_answers_for_the_browser(
    browser: TestClient, chosen: str, tag: str
) -> None:
    """Gradio has Chinese under the tag of mainland China only."""
    page = browser.get("/", headers={"cookie": f"{COOKIE}={chosen}"}).text

    assert f"['languages', ['{tag}']]" in page
    assert page.index("navigator") < page.index("<title>")


@pytest.mark.parametrize(
    ("wishes", "answer"),
    [("zh", "zh-CN"), ("zh-HK,zh;q=0.9", "zh-CN"), ("fi-FI,de;q=0.8", "de"), ("zh-TW", None),
     ("zh-CN,zh;q=0.9", None), ("de-CH,en", None), ("fi", None), ("en-GB,de", None)],
)  # fmt: skip
def test_widgets_speak_as_the_panels_do(
    browser: TestClient, wishes: str, answer: str | None
) -> None:
    """Gradio knows two kinds of Chinese and reads one wish; half a page in English helps nobody."""
    page = browser.get("/", headers={"accept-language": wishes}).text

    assert ("navigator" in page) == (answer is not None)
    assert answer is None or f"['language', '{answer}']" in page


@pytest.mark.parametrize("forged", ["'];alert(1)//", "fi", "de-AT"])
def test_a_language_we_do_not_speak_is_no_choice(browser: TestClient, forged: str) -> None:
    """Nor is a script: what a cookie says never reaches the page."""
    assert "navigator" not in browser.get("/", headers={"cookie": f"{COOKIE}={forged}"}).text


def test_other_addresses_stay_as_they_are(browser: TestClient) -> None:
    """Pictures and answers of the API have no head."""
    assert browser.get("/other").text == PAGE
