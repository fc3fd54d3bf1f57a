"""Signing in with Hugging Face, where a Space has its OAuth settings; a fake provider answers."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

pytest.importorskip("authlib", reason="authlib is not installed")
from gradio import oauth
from joserfc import jwk, jwt

from tests.fakes.keys import FakeKeys, NoLimit
from tryon.ui.login import Login, add_hub_login
from tryon.ui.saved import SavedTryOns
from tryon.ui.saved_pages import add_saved_pages
from tryon.ui.sessions import Sessions

SPACE = {
    "OAUTH_CLIENT_ID": "the-space", "OAUTH_CLIENT_SECRET": "secret",
    "OAUTH_SCOPES": "openid profile",
}  # fmt: skip


class Provider(BaseHTTPRequestHandler):
    """Knows one account and whoever asks is it."""

    key = jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
    nonces: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        base = f"http://127.0.0.1:{self.server.server_port}"
        answers = {
            "/.well-known/openid-configuration": {
                "issuer": base, "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token", "jwks_uri": f"{base}/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            },
            "/keys": {"keys": [self.key.as_dict(private=False)]},
        }  # fmt: skip
        self.answer(answers[self.path])

    def do_POST(self) -> None:
        asked = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        claims = {
            "iss": f"http://127.0.0.1:{self.server.server_port}", "aud": "the-space",
            "sub": "1", "preferred_username": "ada", "nonce": self.nonces[asked["code"][0]],
            "iat": int(time.time()), "exp": int(time.time()) + 600,
        }  # fmt: skip
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        self.answer({"access_token": "t", "token_type": "Bearer", "id_token": token})

    def answer(self, document: dict[str, object]) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def provider() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def space(provider: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[TestClient]:
    """A Space with OAuth and one saved try-on; `space.name` is its name."""
    for name, value in (SPACE | {"OPENID_PROVIDER_URL": provider}).items():
        monkeypatch.setenv(name, value)
        monkeypatch.setattr(oauth, name, value)  # Gradio reads them when it is imported
    for name, value in {"SPACE_ID": "ada/studio", "SYSTEM": "spaces"}.items():
        monkeypatch.setenv(name, value)
    app = FastAPI()
    assert add_hub_login(app)
    saved = SavedTryOns(Sessions(tmp_path), 24)
    record = {"size": [6, 8], "score": 83, "level": "good", "passed": True, "facts": []}
    name = saved.save("a" * 64, 0, record | {"pictures": ["before", "draft"]}, {"before": b"jpeg"})
    add_saved_pages(app, Login(FakeKeys({}), b"secret", has_hub=True), saved, NoLimit())
    with TestClient(app, base_url="https://studio.example", follow_redirects=False) as browser:
        browser.name = name
        yield browser


def test_an_account_signs_in_sees_the_try_on_and_signs_out(space: TestClient) -> None:
    """The whole way: our page, the provider, back to the link, and out again."""
    link = f"/tryon/{space.name}"
    asked = space.get(link)
    assert asked.status_code == 401
    assert f"/login/huggingface?_target_url={link}" in asked.text

    away = urlsplit(space.get(f"/login/huggingface?_target_url={link}").headers["location"])
    sent = {name: values[0] for name, values in parse_qs(away.query).items()}
    Provider.nonces["code"] = sent["nonce"]
    query = {"code": "code", "state": sent["state"], "_target_url": link}
    back = space.get("/login/callback", params=query)

    assert back.headers["location"] == link
    assert space.get(link).status_code == 200
    space.get(space.post("/logout").headers["location"])
    assert space.get(link).status_code == 401


def test_elsewhere_there_is_no_such_login(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the settings nothing is added, and no other host is asked."""
    for name in (*SPACE, "OPENID_PROVIDER_URL", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    app = FastAPI()
    before = len(app.routes)

    assert not add_hub_login(app)
    assert len(app.routes) == before
