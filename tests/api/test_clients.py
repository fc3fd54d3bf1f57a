"""The examples of the documents, run as they stand; and the Python client."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.fakes.api import GARMENT, PERSON, ServedApi, running_api
from tests.fakes.jobs import FakeDresser
from tryon import client as client_module
from tryon.client import JobStatus, TryOnClient, TryOnFailed
from tryon.errors import PoseFailed

ROOT = Path(__file__).parents[2]
ADDRESS = "http://127.0.0.1:8000"


def examples(document: str, language: str) -> list[str]:
    """The blocks of a language."""
    text = (ROOT / document).read_text("utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def example(document: str, language: str) -> str:
    """The first of them."""
    return examples(document, language)[0]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with the files the examples name."""
    (tmp_path / "me.jpg").write_bytes(PERSON)
    (tmp_path / "shirt.png").write_bytes(GARMENT)
    return tmp_path


@pytest.fixture
def client(api: ServedApi) -> TryOnClient:
    """Of the service without keys."""
    with TryOnClient(api.url) as client:
        yield client


def test_the_curl_example_of_the_readme(api: ServedApi, photos: Path) -> None:
    """Copied into a shell it gives a picture and leaves nothing behind."""
    assert "<!-- api-example -->\n```bash" in (ROOT / "README.md").read_text("utf-8")
    script = example("README.md", "bash").replace(ADDRESS, api.url)

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=photos, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    assert (photos / "result.png").read_bytes() == b"picture of " + PERSON
    assert done.stdout.endswith('"status":"ERASED"}')


def test_the_outfit_example_with_curl(api: ServedApi, photos: Path) -> None:
    """As in docs/api.md: the same Idempotency-Key, the same job."""
    (photos / "skirt.png").write_bytes(GARMENT)
    script = example("docs/api.md", "bash").replace(ADDRESS, api.url)

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=photos, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    first, again = (json.loads(line) for line in done.stdout.splitlines())
    assert first["job_id"] == again["job_id"]


def test_the_route_of_a_next_js_store(api: ServedApi, client: TryOnClient, photos: Path) -> None:
    """It passes the picture on, and a failure as it is."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed (apt-get install nodejs)")
    job_id = client.submit(PERSON, GARMENT, mode="draft")
    client.wait(job_id)
    [route] = [block for block in examples("docs/api.md", "js") if "export async function" in block]
    script = photos / "route.mjs"
    script.write_text(
        route + f"for (const job of ['{job_id}', 'nobody']) {{\n"
        "  const answer = await GET(null, { params: Promise.resolve({ job }) });\n"
        "  const length = (await answer.arrayBuffer()).byteLength;\n"
        "  console.log(answer.status, answer.headers.get('Content-Type'), length);\n}\n"
    )

    done = subprocess.run(
        [node, script.name], cwd=photos, capture_output=True, text=True,
        env={"TRYON_URL": api.url, "TRYON_KEY": "", "PATH": os.environ["PATH"]},
    )  # fmt: skip

    assert done.stdout.splitlines()[0] == f"200 image/png {len(b'picture of ' + PERSON)}", (
        done.stderr
    )
    assert done.stdout.splitlines()[1].startswith("404 application/json")


def test_the_store_snippet_in_node(api: ServedApi, photos: Path) -> None:
    """The fetch-and-poll code of the original shop, unchanged."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed (apt-get install nodejs)")
    script = photos / "snippet.mjs"
    script.write_text(
        example("docs/api.md", "js") + "\nimport { readFileSync } from 'node:fs';\n"
        "const file = (name) => new Blob([readFileSync(name)]);\n"
        f"const url = await tryOn('{api.url}', file('me.jpg'), file('shirt.png'), 'tshirt');\n"
        "const picture = await (await fetch(url)).arrayBuffer();\n"
        "console.log(Buffer.from(picture).length);\n"
    )

    done = subprocess.run([node, script.name], cwd=photos, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(b"picture of " + PERSON)


def test_the_store_snippet_says_what_went_wrong(tmp_path: Path, photos: Path) -> None:
    """`error_message` is a sentence one can show."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed (apt-get install nodejs)")
    with running_api(tmp_path / "api", FakeDresser(fails=[PoseFailed()])) as served:
        script = photos / "snippet.mjs"
        script.write_text(
            example("docs/api.md", "js") + "\nimport { readFileSync } from 'node:fs';\n"
            "const file = (name) => new Blob([readFileSync(name)]);\n"
            f"try {{ await tryOn('{served.url}', file('me.jpg'), file('shirt.png'), 'tshirt'); }}\n"
            "catch (error) { console.log(error.message); }\n"
        )
        done = subprocess.run([node, script.name], cwd=photos, capture_output=True, text=True)

    assert done.stdout.strip() == PoseFailed.default_message


def test_the_python_example(api: ServedApi, photos: Path) -> None:
    """As in docs/api.md, in a fresh interpreter."""
    script = example("docs/api.md", "python").replace(ADDRESS, api.url)

    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{script}"],
        cwd=photos, capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "DONE None 1.0"
    assert (photos / "result.png").read_bytes() == b"picture of " + PERSON


def test_the_client_follows_a_job(client: TryOnClient, photos: Path) -> None:
    """Progress, picture, files, list, removal."""
    told: list[JobStatus] = []
    job_id = client.submit(photos / "me.jpg", GARMENT, mode="draft", tuck="in", priority=9)

    done = client.wait(job_id, told.append)

    assert told[-1] == done
    assert (done.status, done.quality_score, done.has_ended) == ("DONE", 0.83, True)
    assert client.result(done) == b"picture of " + PERSON
    assert "anchors.json" in client.artifacts(done)
    assert client.artifact(done, "anchors.json") == b"{}"
    assert job_id in {job.job_id for job in client.jobs()}
    assert client.remove(done) == "ERASED"


def test_the_client_sends_an_outfit(tmp_path: Path, photos: Path) -> None:
    """Several garments, each with its type; files of any kind."""
    dresser = FakeDresser()
    with running_api(tmp_path / "api", dresser) as served, TryOnClient(served.url) as client:
        garments = [photos / "shirt.png", PERSON]
        client.wait(client.submit(PERSON, garments, garment_type=["auto", "skirt"]))
        client.wait(client.submit(PERSON, tuple(garments), garment_type=("auto", "skirt")))

    [(_, sent, options), (_, *again)] = dresser.seen
    assert again == [sent, options]
    assert sent == (GARMENT, PERSON)
    assert [garment.garment_type for garment in options.garments] == [None, "skirt"]


def test_the_client_says_why(client: TryOnClient) -> None:
    """Code, sentence and remedy of the service."""
    with pytest.raises(TryOnFailed, match="INVALID_IMAGE_FORMAT") as failure:
        client.submit(b"no picture", GARMENT)

    assert failure.value.code == "INVALID_IMAGE_FORMAT"
    assert failure.value.remedy


def test_a_failed_job_is_an_error_of_the_client(tmp_path: Path) -> None:
    """Nobody takes a failure for a result."""
    with (
        running_api(tmp_path, FakeDresser(fails=[PoseFailed()])) as served,
        TryOnClient(served.url) as client,
    ):
        job_id = client.submit(PERSON, GARMENT, mode="draft")
        with pytest.raises(TryOnFailed) as failure:
            client.wait(job_id)

    assert (failure.value.code, failure.value.job_id) == ("POSE_FAILED", job_id)


def test_the_client_tries_again_what_may_work_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lost connection and a busy service; always with the same Idempotency-Key."""
    monkeypatch.setattr(client_module, "FIRST_PAUSE_S", 0.0)
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["idempotency-key"])
        if len(seen) == 1:
            raise httpx.ReadError("gone")
        if len(seen) == 2:
            return httpx.Response(503, json={"code": "QUEUE_FULL"})
        return httpx.Response(202, json={"job_id": "a"})

    with TryOnClient("http://shop", transport=httpx.MockTransport(answer)) as client:
        assert client.submit(b"a", b"b") == "a"

    assert len(seen) == 3
    assert len(set(seen)) == 1


def test_the_client_removes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first time cancels, a second time would erase."""
    num_asked = 0

    def answer(_request: httpx.Request) -> httpx.Response:
        nonlocal num_asked
        num_asked += 1
        raise httpx.ReadError("gone")

    with (
        TryOnClient("http://shop", transport=httpx.MockTransport(answer)) as client,
        pytest.raises(TryOnFailed, match="UNREACHABLE"),
    ):
        client.remove("a")

    assert num_asked == 1


def test_the_object_store_does_not_see_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A result may lie at a signed address of another host."""
    asked: list[httpx.Headers] = []

    def get(url: str, **options: object) -> httpx.Response:
        asked.append(httpx.Headers(options.get("headers")))
        return httpx.Response(200, content=b"picture", request=httpx.Request("GET", url))

    monkeypatch.setattr(httpx, "get", get)
    transport = httpx.MockTransport(
        lambda _: httpx.Response(307, headers={"Location": "https://bucket.example/a?signed"})
    )
    with TryOnClient("http://shop", api_key="secret", transport=transport) as client:
        assert client.result("a") == b"picture"

    assert [dict(headers) for headers in asked] == [{}]
