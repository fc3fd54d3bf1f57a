"""Saved try-ons: seen by whoever is signed in and has the link, by nobody else, for a while."""

import hashlib
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.fakes.keys import KEY, FakeKeys, NoLimit
from tryon.errors import FitExpired
from tryon.ui import words
from tryon.ui.files import erase_older
from tryon.ui.login import COOKIE, Login, login_secret
from tryon.ui.saved import MOST_SAVED, SavedTryOns
from tryon.ui.saved_pages import add_saved_pages
from tryon.ui.sessions import Sessions

ANNA, BEN = (hashlib.sha256(name).hexdigest() for name in (b"anna", b"ben"))
RECORD = {
    "size": [60, 80], "score": 83, "level": "good", "passed": True,
    "facts": ["T-shirt, 92% sure", "60 × 80 px", "<b>1.2 s</b>"], "pictures": ["before", "draft"],
}  # fmt: skip
PICTURES = {"before": b"\xff\xd8\xffbefore", "draft": b"\xff\xd8\xffdraft"}


class Site:
    """The pages with their parts, and browsers that look at them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys, self.limit = FakeKeys(), NoLimit()
        self.sessions = Sessions(folder)
        self.saved = SavedTryOns(self.sessions, retention_hours=24)
        self.login = Login(self.keys, b"secret")
        self.app = FastAPI()
        add_saved_pages(self.app, self.login, self.saved, self.limit)

    def browser(self, root: str = "", **headers: str) -> TestClient:
        return TestClient(self.app, follow_redirects=False, headers=headers, root_path=root)

    def signed_in(self) -> TestClient:
        browser = self.browser()
        assert browser.post("/login", data={"key": KEY}).status_code == 303
        return browser

    def save(self, visitor: str = ANNA) -> str:
        return self.saved.save(visitor, self.saved.watch(visitor), RECORD, PICTURES)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    return Site(tmp_path / "sessions")


def addresses(name: str) -> list[str]:
    return [f"/tryon/{name}", f"/tryon/{name}/before.jpg", f"/tryon/{name}/draft.jpg"]


def test_who_is_signed_in_sees_the_try_on(site: Site) -> None:
    """Page and pictures, and nothing on the way keeps a copy."""
    name = site.save()
    browser = site.signed_in()

    answers = [browser.get(address) for address in addresses(name)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [answer.content for answer in answers[1:]] == list(PICTURES.values())
    assert all("no-store" in answer.headers["cache-control"] for answer in answers)
    assert "83" in answers[0].text


def test_nobody_else_does_whatever_they_know(site: Site) -> None:
    """Neither a stranger with the link nor its owner: an answer does not even tell it exists."""
    name, nothing = site.save(), "x" * 43

    for browser in (site.browser(), site.browser(cookie=f"{COOKIE}=forged")):
        there = [browser.get(address) for address in addresses(name)]
        not_there = [browser.get(address) for address in addresses(nothing)]

        assert {answer.status_code for answer in (*there, *not_there)} == {401}
        assert there[0].text.replace(name, nothing) == not_there[0].text
        assert words.SIGN_IN_TO_SEE in there[0].text


def test_a_cookie_of_another_server_opens_nothing(site: Site) -> None:
    """It is signed with a secret that only this server has."""
    name = site.save()
    cookie = Login(FakeKeys(), b"another secret").cookie_for(KEY, site_request())

    answer = site.browser(cookie=f"{COOKIE}={cookie['value']}").get(f"/tryon/{name}")

    assert answer.status_code == 401


def test_a_revoked_key_opens_nothing_any_more(site: Site) -> None:
    """Though its cookie is still fresh."""
    name, browser = site.save(), site.signed_in()
    site.keys.owners.clear()

    assert browser.get(f"/tryon/{name}").status_code == 401


def test_a_wrong_key_is_explained_and_too_many_are_refused(site: Site) -> None:
    """Keys cannot be guessed at leisure."""
    browser = site.browser()

    wrong = browser.post("/login", data={"key": "guess"})
    site.limit.wait = 30
    often = browser.post("/login", data={"key": KEY})

    assert (wrong.status_code, often.status_code) == (401, 429)
    assert words.WRONG_KEY in wrong.text
    assert words.TOO_OFTEN in often.text
    assert not browser.cookies


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/tryon/abc", "/tryon/abc"), ("https://evil.example/", "/"), ("//evil.example", "/"),
        ("/\\evil.example", "/"), ("javascript:alert(1)", "/"),
        ('/"><script>', "/%22%3E%3Cscript%3E"),
    ],
)  # fmt: skip
def test_signing_in_leads_back_and_never_to_another_site(
    site: Site, wanted: str, led_to: str
) -> None:
    """A link to our login must not carry anybody off."""
    answer = site.browser().post("/login", data={"key": KEY, "next": wanted})

    assert answer.headers["location"] == led_to


def test_signing_out_ends_it(site: Site) -> None:
    """On a borrowed machine, say."""
    name, browser = site.save(), site.signed_in()

    browser.post("/logout")

    assert browser.get(f"/tryon/{name}").status_code == 401


def test_signing_out_over_https_ends_a_framed_cookie(site: Site) -> None:
    """In the frame of another site a browser hears of no end that is not of the same kind."""
    ended = site.browser(**{"x-forwarded-proto": "https"}).post("/logout").headers["set-cookie"]

    assert "Max-Age=0" in ended
    assert "SameSite=none" in ended
    assert "Secure" in ended


def test_the_cookie_is_for_no_script_and_over_https_for_no_http(site: Site) -> None:
    """Behind a proxy with TLS the browser never sends it in the clear."""
    secure = site.browser(**{"x-forwarded-proto": "https"}).post("/login", data={"key": KEY})
    plain = site.browser().post("/login", data={"key": KEY})

    assert "HttpOnly" in secure.headers["set-cookie"]
    assert "Secure" in secure.headers["set-cookie"]
    assert "SameSite=lax" in plain.headers["set-cookie"]


def test_a_saved_try_on_ends_with_its_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the second for who looks, and from the disk with the next sweep."""
    name, browser = site.save(), site.signed_in()
    monkeypatch.setattr("tryon.ui.saved.time.time", lambda now=time.time: now() + 24 * 3600 + 1)

    assert [browser.get(address).status_code for address in addresses(name)] == [404] * 3
    assert words.SAVED_GONE in browser.get(f"/tryon/{name}").text
    assert erase_older(-1, site.folder) > 0
    assert not [path for path in site.folder.rglob("*") if path.is_file()]


def test_delete_my_photos_kills_the_links_of_one_visitor(site: Site) -> None:
    """At once, and nobody else's."""
    mine, his, browser = site.save(ANNA), site.save(BEN), site.signed_in()

    site.saved.forget(ANNA)
    site.sessions.forget(ANNA)

    assert [browser.get(f"/tryon/{name}").status_code for name in (mine, his)] == [404, 200]
    assert [path.name for path in site.folder.iterdir() if path.name == ANNA] == []


def test_one_that_is_taken_back_is_gone_and_only_by_its_owner(site: Site) -> None:
    """Another visitor who knows the link cannot erase it."""
    name, browser = site.save(ANNA), site.signed_in()

    site.saved.take_back(BEN, name)
    kept = browser.get(f"/tryon/{name}").status_code
    site.saved.take_back(ANNA, name)

    assert (kept, browser.get(f"/tryon/{name}").status_code) == (200, 404)


def test_nothing_is_saved_that_was_erased_while_it_was_made(site: Site) -> None:
    """Who deletes everything has deleted what was under way, too."""
    watched = site.saved.watch(ANNA)
    site.saved.forget(ANNA)

    with pytest.raises(FitExpired):
        site.saved.save(ANNA, watched, RECORD, PICTURES)

    assert not site.folder.exists()


def test_the_oldest_of_very_many_goes(site: Site) -> None:
    """The disk of a public server is not for ever."""
    names = [site.save() for _ in range(MOST_SAVED + 1)]

    assert [site.saved.load(name) is None for name in names] == [True] + [False] * MOST_SAVED


@pytest.mark.parametrize("name", ["", "..", "a" * 42, "a" * 44, "a" * 42 + "/", "../" * 14 + "a"])
def test_odd_names_are_no_try_ons(site: Site, name: str) -> None:
    """A name never becomes a path."""
    assert site.saved.load(name) is None
    assert site.saved.picture(name, "before") is None


def test_names_cannot_be_guessed_and_the_disk_does_not_tell_them(site: Site) -> None:
    """256 bits, and folders carry a digest."""
    first, second = site.save(), site.save()

    assert first != second
    assert len(first) == 43
    assert not [path for path in site.folder.rglob("*") if first in path.name]


def test_the_page_speaks_the_browsers_language_and_takes_text_for_text(site: Site) -> None:
    """Facts are put together of known parts; none of them becomes markup."""
    name, browser = site.save(), site.signed_in()

    english = browser.get(f"/tryon/{name}").text
    german = browser.get(f"/tryon/{name}", headers={"accept-language": "de-AT,en;q=0.8"}).text

    assert "&lt;b&gt;1.2 s&lt;/b&gt;" in english
    assert '<html lang="de">' in german
    assert words.SAVED_TITLE not in german
    assert "92" in german


def test_behind_a_path_prefix_every_address_begins_with_it(site: Site) -> None:
    """A studio at /studio of another site must not send people to that site's own pages."""
    name, browser = site.save(), site.browser(root="/studio")

    asked = browser.get(f"/tryon/{name}")
    home = browser.post("/login", data={"key": KEY})
    elsewhere = browser.get("/login?next=/bank")
    shown = browser.get(f"/tryon/{name}")
    gone = browser.get("/tryon/" + "x" * 43)
    out = browser.post("/logout")

    pages = asked.text + shown.text + gone.text
    addresses = re.findall(r'(?:href|src|action|value)="(/[^"]*)"', pages)
    assert len(addresses) > 8
    assert [address for address in addresses if not address.startswith("/studio/")] == []
    assert [one.headers["location"] for one in (home, elsewhere, out)] == ["/studio/"] * 3


def test_without_any_key_the_page_says_how_to_make_one(site: Site) -> None:
    """A form that nothing could open would be a lie."""
    site.keys.owners.clear()

    page = site.browser().get("/login").text

    assert "tryon keys add" in page
    assert "<form" not in page


def test_the_secret_stays_the_same_and_belongs_to_its_owner(tmp_path: Path) -> None:
    """A restart signs nobody out; other users of the machine cannot read it."""
    path = tmp_path / "storage" / "login-secret"

    first = login_secret(path)

    assert login_secret(path) == first
    assert len(first) == 32
    assert path.stat().st_mode & 0o077 == 0


def site_request() -> object:
    """A request over plain http, as `Login.cookie_for` looks at it."""
    from starlette.requests import Request

    return Request(
        {"type": "http", "scheme": "http", "headers": [], "path": "/", "server": ("x", 80)}
    )
