"""The review's REST without a browser: whatever is sent, the answer is one of ours."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.fakes.fits import write_fit
from tests.fakes.review_server import open_review
from tests.fakes.studio import FakeStudio
from tryon.api.errors import add_error_handlers
from tryon.api.review import COOKIE, add_review
from tryon.review.turns import Rules
from tryon.ui.review_anchors import ReviewAnchors


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, str]]:
    """Ann at her desk, and the address of her project."""
    folder = tmp_path_factory.mktemp("review")
    review = open_review(folder)
    project = review.projects.create("Tops")
    list(review.items.add_folders(project, [write_fit(folder / "fit", 0)]))
    api = FastAPI()
    add_error_handlers(api)
    add_review(api, review, ReviewAnchors(FakeStudio()))
    ann = TestClient(api, "http://studio/review/api/", False, headers={"X-Review": "1"})
    ann.post("sign-in", json={"token": review.projects.invite(project, "Ann", False)[1]})
    yield ann, project.id
    review.database.close()


def code(answer: Any) -> tuple[int, str]:
    """Status and code of a failure."""
    body = answer.json()
    assert body["message"]
    assert body["remedy"]
    return answer.status_code, body["code"]


def sent(body: Any) -> dict[str, Any]:
    """A body as no browser would send it: NaN and halves of characters included."""
    return {"content": json.dumps(body), "headers": {"Content-Type": "application/json"}}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"seconds": float("nan")}, (422, "INVALID_REQUEST")),
        ({"seconds": -1}, (422, "INVALID_REQUEST")),
        ({"action": "import"}, (422, "INVALID_REQUEST")),
        ({"label": None}, (422, "INVALID_REQUEST")),
        ({"label": {"defects": [None]}}, (422, "INVALID_LABEL")),
        ({"label": {"defects": [{"name": "hem", "x": 10**400, "y": 1}]}}, (422, "INVALID_LABEL")),
        ({"label": {"verdict": {}}}, (422, "INVALID_LABEL")),
        ({"label": {}, "action": "submit"}, (422, "INVALID_LABEL")),
        ({"revision": 10**30}, (409, "LABEL_CONFLICT")),
    ],
    ids=str,
)
def test_a_label_that_is_none_is_refused(
    desk: tuple[TestClient, str], changed: dict[str, Any], expected: tuple[int, str]
) -> None:
    """And what was saved before stays."""
    ann, project = desk
    [turn] = ann.get(f"{project}/queue").json()["turns"]
    address = f"{project}/turns/{turn['id']}"
    body = {"revision": turn["revision"], "label": turn["label"], "seconds": 1.0}

    answer = ann.put(address, **sent(body | changed))

    assert code(answer) == expected
    assert ann.get(address).json() == turn


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("", (403, "REVIEW_NOT_ALLOWED")),
        ("wrong\0", (403, "REVIEW_NOT_ALLOWED")),
        ("\ud800", (422, "INVALID_REQUEST")),
        ("x" * 201, (422, "INVALID_REQUEST")),
    ],
    ids=["none", "wrong", "half a character", "too long"],
)
def test_a_token_that_is_none_opens_nothing(
    desk: tuple[TestClient, str], token: str, expected: tuple[int, str]
) -> None:
    """Whatever somebody puts behind #invite=."""
    ann, _ = desk

    assert code(ann.post("sign-in", **sent({"token": token}))) == expected


@pytest.mark.parametrize("name", ["nobody", "%00", "a;b", "%0d%0a"])
def test_a_project_that_is_none_is_not_there(desk: tuple[TestClient, str], name: str) -> None:
    """No name of an address becomes part of a cookie or a path."""
    ann, _ = desk

    signed_out = ann.post(f"{name}/sign-out")

    assert code(ann.get(f"{name}/queue")) == (403, "REVIEW_NOT_ALLOWED")
    assert signed_out.json() == {"ok": True}
    assert "set-cookie" not in signed_out.headers


@pytest.mark.parametrize(
    ("is_embedded", "kind"),
    [(False, "SameSite=Strict"), (True, "SameSite=None; Secure; Partitioned")],
    ids=["own site", "framed"],
)
def test_one_signs_in_and_out(tmp_path: Path, is_embedded: bool, kind: str) -> None:
    """A Space shows the page in a frame: browsers keep and end only cookies of this kind there."""
    review = open_review(tmp_path)
    project = review.projects.create("Tops")
    _, token = review.projects.invite(project, "Ann")
    api = FastAPI()
    add_error_handlers(api)
    add_review(api, review, ReviewAnchors(FakeStudio()), is_embedded=is_embedded)
    ann = TestClient(api, "https://studio/review/api/", headers={"X-Review": "1"})

    came = ann.post("sign-in", json={"token": token}).headers["set-cookie"]
    at_her_desk = ann.get(f"{project.id}/queue").status_code
    left = ann.post(f"{project.id}/sign-out").headers["set-cookie"]
    afterwards = ann.get(f"{project.id}/queue").status_code
    review.database.close()

    assert came.endswith(f"Path=/review; HttpOnly; {kind}")
    assert left.endswith(f"Path=/review; HttpOnly; {kind}")
    assert (at_her_desk, afterwards) == (200, 403)


def test_only_our_page_may_write(desk: tuple[TestClient, str]) -> None:
    """A form of another site sends the cookie, but cannot send the header."""
    ann, project = desk
    other_site = TestClient(ann.app, str(ann.base_url), cookies=ann.cookies)

    assert other_site.get(f"{project}/queue").status_code == 200
    assert code(other_site.post(f"{project}/undo")) == (403, "REVIEW_NOT_ALLOWED")


@pytest.fixture
def three(tmp_path: Path) -> Iterator[tuple[str, TestClient, TestClient, TestClient]]:
    """A project of one item, held by Ann; Bob, who had none, and Lea, a lead."""
    review = open_review(tmp_path)
    rules = Rules(gold=0, repeats=0, overlap=0)
    project = review.projects.create("Tops", rules=rules)
    list(review.items.add_folders(project, [write_fit(tmp_path / "fit", 0, score=0.61)]))
    api = FastAPI()
    add_error_handlers(api)
    add_review(api, review, ReviewAnchors(FakeStudio()))
    people = []
    for name in ("Ann", "Bob", "Lea"):
        one = TestClient(api, "http://studio/review/api/", False, headers={"X-Review": "1"})
        _, token = review.projects.invite(project, name, name == "Lea")
        one.post("sign-in", json={"token": token})
        people.append(one)
    people[0].get(f"{project.id}/queue")
    yield (project.id, *people)
    review.database.close()


def test_pictures_are_seen_by_whom_they_were_handed_to(
    three: tuple[str, TestClient, TestClient, TestClient],
) -> None:
    """A reviewer who knows the id of another's item sees nothing of it; a lead sees everything."""
    project, ann, bob, lea = three
    [turn] = ann.get(f"{project}/queue").json()["turns"]
    picture = f"{project}/items/{turn['item']['id']}/photo.jpg"

    assert ann.get(picture).status_code == lea.get(picture).status_code == 200
    assert code(bob.get(picture)) == (404, "REVIEW_NOT_FOUND")
    assert code(bob.get(f"{project}/turns/{turn['id']}")) == (404, "REVIEW_NOT_FOUND")
    assert code(bob.get(f"{project}/figures")) == (403, "REVIEW_NOT_ALLOWED")


def test_the_score_is_told_when_the_item_is_handed_in(
    three: tuple[str, TestClient, TestClient, TestClient],
) -> None:
    """Whoever knows the number sees the picture with its eyes."""
    project, ann, *_ = three
    [turn] = ann.get(f"{project}/queue").json()["turns"]
    address = f"{project}/turns/{turn['id']}"
    said = {"revision": turn["revision"], "label": {"verdict": "accept"}, "seconds": 1.0}

    saved = ann.put(address, json=said)
    done = ann.put(address, json=said | {"revision": saved.json()["revision"], "action": "submit"})

    assert "score" not in saved.json()
    assert "0.61" not in ann.get(address).text + saved.text + json.dumps(turn)
    assert done.json()["score"] == 0.61


def test_a_cookie_opens_only_the_project_it_was_made_for(
    three: tuple[str, TestClient, TestClient, TestClient], tmp_path: Path
) -> None:
    """A token copied under another name, by hand or by a proxy, opens neither."""
    project, ann, *_ = three
    [token] = ann.cookies.values()
    other = TestClient(ann.app, str(ann.base_url), cookies={f"{COOKIE}elsewhere": token})

    assert code(other.get("elsewhere/queue")) == (403, "REVIEW_NOT_ALLOWED")
    assert code(other.get(f"{project}/queue")) == (403, "REVIEW_NOT_ALLOWED")
