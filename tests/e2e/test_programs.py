"""The studio for programs: the examples of docs/programs.md run, and nothing else is offered."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.fakes.page import ROOT, ServedPage, running_page

EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs/programs.md").read_text(), re.DOTALL)
IDS = ["generators", "try_on", "finish", "mcp"]


@pytest.fixture(scope="module")
def served_mcp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    """The page with its tools."""
    pytest.importorskip("mcp", reason="the package mcp is not installed")
    with running_page(tmp_path_factory.mktemp("mcp"), mcp=True) as page:
        yield page


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_the_examples_of_the_docs_run(served_mcp: ServedPage, tmp_path: Path, example: str) -> None:
    """What one copies from the page works."""
    for name in ("person", "garment"):
        Image.new("RGB", (60, 80), (90, 120, 160)).save(tmp_path / f"{name}.jpg")
    code = example.replace("http://127.0.0.1:8000", served_mcp.url)

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (done.returncode, bool(done.stdout)) == (0, True), done.stderr


def call_tool(url: str, name: str, **arguments: object) -> tuple[bool, str]:
    """Whether it failed, and what an assistant is told."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def call() -> tuple[bool, str]:
        address = f"{url}/gradio_api/mcp/"
        async with (
            streamable_http_client(address) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            answer = await session.call_tool(name, arguments)
            return answer.isError, "\n".join(getattr(one, "text", "") for one in answer.content)

    with ThreadPoolExecutor(1) as pool:  # the browser tests' loop runs in this thread
        return pool.submit(asyncio.run, call()).result()


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("try_on", {}, "'person' is a required property"),
        ("generators", {"Mode": "draft"}, "`Mode` is not a valid"),
    ],
    ids=["photos missing", "unknown"],
)
def test_a_tool_called_wrongly_says_what_is_wrong(
    served_mcp: ServedPage, tool: str, arguments: dict[str, str], said: str
) -> None:
    """Not that its own description cannot be read; and nothing is left out in silence."""
    has_failed, told = call_tool(served_mcp.url, tool, **arguments)

    assert has_failed
    assert said in told


def test_names_are_stable_and_nothing_else_is_public(served_mcp: ServedPage) -> None:
    """The page's own wiring is no interface for others; these three names are a contract."""
    info = httpx.get(served_mcp.url + "/gradio_api/info", timeout=60).json()

    assert sorted(info["named_endpoints"]) == ["/finish", "/generators", "/try_on"]
    assert info["unnamed_endpoints"] == {}


def test_a_failure_names_code_and_remedy(served_mcp: ServedPage, tmp_path: Path) -> None:
    """The texts of errors.py reach a program, too."""
    from gradio_client import Client, handle_file
    from gradio_client.exceptions import AppError

    bad = tmp_path / "bad.jpg"
    bad.write_text("not a picture")
    client = Client(served_mcp.url, verbose=False)

    with pytest.raises(AppError, match=r"INVALID_IMAGE_FORMAT: .+ Save it as JPEG"):
        client.predict(person=handle_file(bad), garment=handle_file(bad), api_name="/try_on")
    client.close()


@pytest.mark.parametrize("endpoint", ["try_on", "finish"])
def test_a_path_of_the_server_is_refused(
    served_mcp: ServedPage, tmp_path: Path, endpoint: str
) -> None:
    """A program must not make the server read its own files."""
    canary = tmp_path / "canary.txt"
    canary.write_text("canary-77aa")
    photo = {"path": str(canary), "meta": {"_type": "gradio.FileData"}}
    inputs = [photo, photo, "auto", "auto", {}, "offline", 3, True, True]

    call = httpx.post(
        f"{served_mcp.url}/gradio_api/call/{endpoint}",
        json={"data": inputs[: 5 if endpoint == "try_on" else 9]},
        timeout=60,
    )
    answer = httpx.get(
        f"{served_mcp.url}/gradio_api/call/{endpoint}/{call.json()['event_id']}", timeout=30
    )

    assert "event: error" in answer.text
    assert b"canary-77aa" not in served_mcp.cached_bytes()
