"""The HTTP side of the fake: one scenario a request, in turn, the last one for ever."""

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.fakes.gemini.answers import SCENARIOS, Reply

PATH = re.compile(r"/v1beta/models/([^/:]+):generateContent")


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    model: str
    headers: dict[str, str]
    body: dict[str, Any]
    at: float = field(default_factory=time.monotonic)


class FakeGemini:
    """`with FakeGemini("overloaded", "success") as fake: ... fake.url`.

    Args:
        scenarios: names of `SCENARIOS`, or functions from a request's JSON to a `Reply`.
        key: the only key it accepts; None accepts any.
        port: 0 takes a free one.
    """

    def __init__(
        self,
        *scenarios: str | Callable[[dict[str, Any]], Reply],
        key: str | None = None,
        port: int = 0,
    ) -> None:
        self.requests: list[Seen] = []
        self._key = key
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        chosen = scenarios or ("success",)
        self._script = [SCENARIOS[one] if isinstance(one, str) else one for one in chosen]
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                fake._answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                """Tests read what they want from `requests`."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *args: object) -> None:
                """Clients that hang up are part of the tests."""

        self._server = Server(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        """For NANO_BANANA_API_URL."""
        return f"http://127.0.0.1:{self._server.server_port}/v1beta"

    @property
    def calls(self) -> int:
        """How many requests arrived."""
        return len(self.requests)

    def __enter__(self) -> "FakeGemini":
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        raw = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        path = PATH.fullmatch(handler.path.partition("?")[0])
        body = json.loads(raw or b"{}")
        with self._lock:
            make = self._script[min(len(self.requests), len(self._script) - 1)]
            self.requests.append(Seen(path[1] if path else "", dict(handler.headers), body))
        if path is None:
            make = SCENARIOS["no-model"]
        elif self._key is not None and handler.headers.get("x-goog-api-key") != self._key:
            make = SCENARIOS["bad-key"]
        self._send(handler, make(body))

    def _send(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if self._stopped.wait(reply.delay_s):
            handler.close_connection = True
            return
        try:
            handler.send_response(reply.status)
            handler.send_header("Content-Type", reply.content_type)
            handler.send_header("Content-Length", str(len(reply.content) + reply.missing))
            for name, value in reply.headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            if reply.drip_s is None:
                handler.wfile.write(reply.content)
            else:
                for start in range(0, len(reply.content), 64):
                    handler.wfile.write(reply.content[start : start + 64])
                    if self._stopped.wait(reply.drip_s):
                        break
        except OSError:  # the client gave up
            handler.close_connection = True
        if reply.missing:
            handler.close_connection = True
