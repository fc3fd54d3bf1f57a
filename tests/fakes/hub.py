"""A stand-in for the Hugging Face hub on this machine: datasets with commits of small files."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from tests.servers import free_port, wait_until


@dataclass
class FakeHub:
    """What it holds.

    Attributes:
        private: by dataset, as asked for when it was made.
        files: (dataset, path) -> content, as of the last commit.
        squashed: datasets whose history was thrown away, once each time.
        tokens: of every request.
        is_away: answers 503 to commits.
    """

    url: str
    private: dict[str, bool] = field(default_factory=dict)
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    squashed: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    is_away: bool = False

    def forget(self, dataset: str, folder: str) -> None:
        """Delete a folder."""
        for key in list(self.files):
            if key[0] == dataset and key[1].startswith(folder):
                del self.files[key]

    def app(self) -> FastAPI:
        """The endpoints `HfApi` uses to make a repository and commit to it."""
        app = FastAPI()

        @app.middleware("http")
        async def note(request: Request, call_next):
            self.tokens.add(request.headers.get("authorization", ""))
            return await call_next(request)

        @app.post("/api/repos/create")
        async def create(request: Request):
            asked = await request.json()
            name = f"{asked.get('organization') or 'me'}/{asked['name']}"
            is_private = asked.get("visibility") == "private" or bool(asked.get("private"))
            self.private.setdefault(name, is_private)
            return {"url": f"{self.url}/datasets/{name}", "name": name, "id": "1"}

        @app.post("/api/datasets/{owner}/{name}/preupload/{revision}")
        async def preupload(request: Request):
            files = (await request.json())["files"]
            return {"files": [{"path": f["path"], "uploadMode": "regular", "shouldIgnore": False,
                               "oid": None} for f in files]}  # fmt: skip

        @app.post("/api/datasets/{owner}/{name}/commit/{revision}")
        async def commit(owner: str, name: str, request: Request):
            if self.is_away:
                return JSONResponse({"error": "away"}, status_code=503)
            for line in (await request.body()).decode().splitlines():
                part = json.loads(line)
                if part["key"] == "file":
                    content = base64.b64decode(part["value"]["content"])
                    self.files[f"{owner}/{name}", part["value"]["path"]] = content
                if part["key"] == "deletedFolder":
                    self.forget(f"{owner}/{name}", part["value"]["path"].rstrip("/") + "/")
            url = f"{self.url}/datasets/{owner}/{name}/commit/abc"
            return {"success": True, "commitOid": "a" * 40, "commitUrl": url}

        @app.get("/api/datasets/{owner}/{name}")
        async def info(owner: str, name: str):
            dataset = f"{owner}/{name}"
            private = self.private[dataset]
            return {"id": dataset, "sha": "a" * 40, "siblings": [], "private": private}

        @app.post("/api/datasets/{owner}/{name}/super-squash/{revision}")
        async def squash(owner: str, name: str):
            self.squashed.append(f"{owner}/{name}")
            return {}

        @app.get("/api/datasets/{owner}/{name}/revision/{revision}")
        async def revision(owner: str, name: str):
            return {"id": f"{owner}/{name}", "sha": "a" * 40, "siblings": []}

        return app


@contextmanager
def running_hub() -> Iterator[FakeHub]:
    """Serve until the block ends."""
    port = free_port()
    hub = FakeHub(f"http://127.0.0.1:{port}")
    server = uvicorn.Server(uvicorn.Config(hub.app(), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "the hub")
    yield hub
    server.should_exit = True
    thread.join(10)
