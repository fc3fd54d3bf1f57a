"""Fetching from addresses users type: pictures come in, our own network stays out of reach."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers import running_http
from tryon.adapters import public_network
from tryon.adapters.public_fetch import fetch_public_image
from tryon.errors import ImageTooLarge, InvalidImageUrl

LIMIT_BYTES = 1000
PICTURE = b"\xff\xd8\xff" + bytes(500)
PUBLIC_IP = "93.184.216.34"

Answer = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture(autouse=True)
def _stay_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a check to fail, these tests must not really connect to what they name."""
    connect = httpcore.SyncBackend.connect_tcp

    def connect_here(self: httpcore.SyncBackend, host: str, *args: Any, **kwargs: Any) -> Any:
        if host not in ("127.0.0.1", "::1"):
            raise AssertionError(f"tried to connect to {host}")
        return connect(self, host, *args, **kwargs)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect_here)


@dataclass
class Site:
    """A web server on this machine.

    Attributes:
        port: it listens on.
        pages: what answers which path (without the query).
        asked: paths with query, and headers, of the requests that arrived.
    """

    port: int
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str = "/") -> str:
        """The full address."""
        return f"http://127.0.0.1:{self.port}{path}"


@pytest.fixture
def site() -> Iterator[Site]:
    """A server nobody may connect to, as it is on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers)))
            site.pages[self.path.split("?")[0]](self)

        def log_message(self, *args: object) -> None:
            pass

    with running_http(Handler) as port:
        site = Site(port)
        yield site


@pytest.fixture
def open_site(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The same server, and this one address and port let through; all others checked as ever."""
    strict = public_network._check_target

    def allow_this_one(port: int, ips: list[str]) -> None:
        if (port, ips) != (site.port, ["127.0.0.1"]):
            strict(port, ips)

    monkeypatch.setattr(public_network, "_check_target", allow_this_one)
    return site


def answer(body: bytes = PICTURE, status: int = 200, **headers: str) -> Answer:
    """A page; header names are written with underscores."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        sent = {"Content_Type": "image/jpeg", "Content_Length": str(len(body)), **headers}
        for name, value in sent.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return send


def redirect(to: str, status: int = 302) -> Answer:
    """A page that sends the client elsewhere."""
    return answer(b"", status, Location=to)


def fetch(url: str, timeout_s: float = 5.0) -> bytes:
    """The call under test with the limits of these tests."""
    return fetch_public_image(url, LIMIT_BYTES, timeout_s)


# --- what comes in -------------------------------------------------------------------------------


def test_a_picture_is_fetched(open_site: Site) -> None:
    """The bytes arrive as the site has them; the query string reaches the site."""
    open_site.pages["/shirt.jpg"] = answer()

    content = fetch(open_site.url("/shirt.jpg?size=large&sig=a%2Fb#top"))

    assert content == PICTURE
    assert open_site.asked[0][0] == "/shirt.jpg?size=large&sig=a%2Fb"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(open_site: Site, status: int) -> None:
    """Shops redirect their picture links, with relative addresses too."""
    open_site.pages["/a/old"] = redirect("../new?v=2", status)
    open_site.pages["/new"] = answer()

    assert fetch(open_site.url("/a/old")) == PICTURE


def test_content_without_a_length_is_fetched(open_site: Site) -> None:
    """Servers that stream do not say how much will come."""

    def stream(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        handler.wfile.write(b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")

    open_site.pages["/"] = stream

    assert fetch(open_site.url()) == b"hello world"


def test_nothing_of_ours_is_sent_along(open_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy from the environment, no cookies, no credentials, no compression."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    open_site.pages["/old"] = answer(b"", 302, Location="/new", Set_Cookie="id=1")
    open_site.pages["/new"] = answer()

    fetch(open_site.url("/old"))

    _, headers = open_site.asked[1]
    assert set(headers) == {"Host", "Accept", "Accept-Encoding", "User-Agent"}
    assert headers["Accept-Encoding"] == "identity"


# --- where connections never go ------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost", "0.0.0.0",
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
        "192.0.0.192", "168.63.129.16", "192.88.99.1",
        "198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]",
        "[::127.0.0.1]", "[fe80::1]", "[fec0::1]", "[fd00::1]", "[fd00:ec2::254]", "[ff02::1]",
        "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]",
        "[2001:db8::1]", "[100::1]",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_refused(host: str) -> None:
    """However loopback, private and metadata addresses are written, no connection is made."""
    with pytest.raises(InvalidImageUrl, match="not a public address"):
        fetch(f"http://{host}/latest/meta-data/?token=hush")


def test_the_refusal_comes_before_any_connection(site: Site) -> None:
    """A server on loopback hears nothing, on the web's own port or another."""
    site.pages["/"] = answer()

    with pytest.raises(InvalidImageUrl, match="not a public address"):
        fetch(site.url())

    assert site.asked == []


@pytest.mark.parametrize("port", [22, 8080, 6379, 65535])
def test_odd_ports_are_refused(port: int) -> None:
    """Only the web's ports: a public address must not be used to scan services."""
    with pytest.raises(InvalidImageUrl, match="usual web ports"):
        fetch(f"http://{PUBLIC_IP}:{port}/")


@pytest.mark.parametrize(
    "to",
    ["http://10.0.0.1/", "http://127.0.0.1:1/", "//169.254.169.254/x", "http://[::1]/"],
    ids=["private", "loopback", "no-scheme", "v6"],
)
def test_redirects_into_private_space_are_refused(open_site: Site, to: str) -> None:
    """The check holds for every hop, not only for the address that was typed."""
    open_site.pages["/"] = redirect(to)

    with pytest.raises(InvalidImageUrl, match="not a public address"):
        fetch(open_site.url())


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://example.org/a.jpg", "data:,x"])
def test_redirects_to_other_schemes_are_refused(open_site: Site, to: str) -> None:
    """A web server cannot point us at files."""
    open_site.pages["/"] = redirect(to)

    with pytest.raises(InvalidImageUrl, match="http or https"):
        fetch(open_site.url())


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that resolves to a public and a private address is an attack, not a site."""
    monkeypatch.setattr(public_network, "_resolved", lambda *_: [PUBLIC_IP, "10.0.0.1"])

    with pytest.raises(InvalidImageUrl, match="not a public address"):
        fetch("http://shop.example/")


def test_each_connection_is_checked_anew(open_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name whose DNS answer turns private after the first hop gains nothing."""
    turns = iter([["127.0.0.1"], ["192.168.0.1"]])
    monkeypatch.setattr(public_network, "_resolved", lambda *_: next(turns))
    open_site.pages["/"] = answer(b"", 302, Location="/again", Connection="close")

    with pytest.raises(InvalidImageUrl, match="not a public address"):
        fetch(f"http://shop.example:{open_site.port}/")


def test_only_checked_addresses_are_connected_to(
    open_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is resolved once for check and connection; the site still sees its name."""
    monkeypatch.setattr(public_network, "_resolved", lambda *_: ["127.0.0.1"])
    open_site.pages["/"] = answer()

    content = fetch(f"http://no-such-name.invalid:{open_site.port}/")

    assert content == PICTURE
    assert open_site.asked[0][1]["Host"] == f"no-such-name.invalid:{open_site.port}"


def test_the_next_address_is_tried(open_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no IPv6, a site with both kinds of address is still reached."""
    monkeypatch.setattr(public_network, "_check_target", lambda *_: None)
    monkeypatch.setattr(public_network, "_resolved", lambda *_: ["::1", "127.0.0.1"])
    open_site.pages["/"] = answer()

    assert fetch(f"http://shop.example:{open_site.port}/") == PICTURE


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_as_itself(address: object) -> None:
    """Writing an IPv4 address inside IPv6 changes nothing."""
    plain = public_network._is_public(str(address))

    assert public_network._is_public(f"::ffff:{address}") == plain


@pytest.mark.parametrize("ip", [PUBLIC_IP, "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_addresses_are_public(ip: str) -> None:
    """The check lets the internet through."""
    assert public_network._is_public(ip)


# --- what is explained ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("file:///etc/passwd", "http or https"),
        ("ftp://example.org/a.jpg", "http or https"),
        ("data:image/png;base64,AAAA", "http or https"),
        ("gopher://example.org", "http or https"),
        ("shop.example/a.jpg", "http or https"),
        ("", "http or https"),
        ("http://", "no web address"),
        ("http:///a.jpg", "no web address"),
        ("http://[::1/", "no web address"),
        ("http://shop.example:99999999/", "no web address"),
        ("http://a\x00b/", "no web address"),
        ("http://0177.0.0.1/", "no web address"),
        ("http://me:hush@shop.example/", "user name or password"),
        ("http://me@shop.example/", "user name or password"),
        ("http://shop.example/?" + "a" * 5000, "4096 characters"),
        ("http://no-such-name.invalid/?token=hush", "No site called no-such-name.invalid"),
        ("http://" + "a" * 70 + ".example/", "address|No site"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(url: str, words: str) -> None:
    """The user learns what to change, and secrets in the address stay out of messages and log."""
    with pytest.raises(InvalidImageUrl, match=words) as caught:
        fetch(url)

    assert "hush" not in f"{caught.value} {caught.value.message} {caught.value.remedy}"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (answer(b"gone", 404), "no picture at this address"),
        (answer(b"gone", 410), "no picture at this address"),
        (answer(b"no", 403), r"does not give out this picture \(403\)"),
        (answer(b"busy", 503), "answered 503"),
        (answer(b"", 204), "answered 204"),
        (answer(b"", 302), "answered 302"),
        (answer(b"<html>", Content_Type="text/html; charset=utf-8"), "web page, not a picture"),
        (answer(PICTURE, Content_Encoding="gzip"), "compressed"),
        (answer(b""), "empty answer"),
        (redirect("/"), "redirects more than 5 times"),
        (redirect("http://[::1"), "no web address"),
        (redirect("http://me:hush@shop.example/"), "user name or password"),
        (lambda handler: handler.wfile.write(b"SSH-2.0-hello\r\n"), "cannot be reached"),
        (answer(PICTURE, Content_Length="900"), "cannot be reached"),
    ],
    ids=["404", "410", "403", "503", "204", "no-location", "html", "gzip", "empty", "circle",
         "bad-location", "secret-location", "no-http", "broke-off"],
)  # fmt: skip
def test_what_a_site_does_wrong_is_said(open_site: Site, page: Answer, words: str) -> None:
    """Each way a site fails has its own sentence, without the address's query string."""
    open_site.pages["/"] = page

    with pytest.raises(InvalidImageUrl, match=words) as caught:
        fetch(open_site.url("/?token=hush"))

    assert "hush" not in f"{caught.value} {caught.value.message} {caught.value.remedy}"


def test_a_closed_port_cannot_be_reached(open_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that is down is told apart from a wrong address."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    monkeypatch.setattr(public_network, "_check_target", lambda *_: None)

    with pytest.raises(InvalidImageUrl, match="cannot be reached"):
        fetch(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("announced", [str(LIMIT_BYTES + 1), "9" * 19], ids=["plain", "absurd"])
def test_an_announced_oversize_is_refused_unread(open_site: Site, announced: str) -> None:
    """Nothing is downloaded when the server already says it is too much."""
    open_site.pages["/"] = answer(b"", Content_Length=announced)

    with pytest.raises(ImageTooLarge, match="larger than"):
        fetch(open_site.url())


def test_an_endless_answer_is_stopped(open_site: Site) -> None:
    """Reading ends at the limit, whatever the server goes on sending."""
    sent = []

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n")
        while len(sent) < 10_000:
            handler.wfile.write(bytes(10_000))
            sent.append(1)

    open_site.pages["/"] = endless

    with pytest.raises(ImageTooLarge):
        fetch(open_site.url())

    assert len(sent) < 10_000


def silence(_handler: BaseHTTPRequestHandler, is_over: threading.Event) -> None:
    is_over.wait(60)


def dripping_headers(handler: BaseHTTPRequestHandler, is_over: threading.Event) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not is_over.wait(0.05):
        handler.wfile.write(b"X-More: 1\r\n")


def dripping_body(handler: BaseHTTPRequestHandler, is_over: threading.Event) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not is_over.wait(0.05):
        handler.wfile.write(b"x")


@pytest.mark.parametrize("page", [silence, dripping_headers, dripping_body])
def test_the_time_limit_holds_over_everything(
    open_site: Site, page: Callable[[BaseHTTPRequestHandler, threading.Event], None]
) -> None:
    """A server that sends one byte at a time cannot keep us longer than one that sends none."""
    is_over = threading.Event()  # only after we have given up
    open_site.pages["/"] = lambda handler: page(handler, is_over)

    with pytest.raises(InvalidImageUrl, match=r"within 0\.4 seconds"):
        fetch(open_site.url(), timeout_s=0.4)

    is_over.set()


def test_a_slow_name_server_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's name look-up has no time limit of its own."""
    answered = threading.Event()

    def look_up(*_: Any, **__: Any) -> list[Any]:
        answered.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    with pytest.raises(InvalidImageUrl, match="within"):
        fetch("http://shop.example/", timeout_s=0.3)

    assert not answered.is_set()
    answered.set()


def test_an_untrusted_certificate_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TLS is verified against the name although the connection goes to a checked address."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the openssl command makes the certificate of this test")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
               "-nodes", "-keyout", key, "-out", cert, "-days", "1", "-subj", "/CN=shop.example",
               "-addext", "subjectAltName=DNS:shop.example"]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    monkeypatch.setattr(public_network, "_check_target", lambda *_: None)
    monkeypatch.setattr(public_network, "_resolved", lambda *_: ["127.0.0.1"])
    thread = threading.Thread(target=server.handle_request)
    thread.start()

    with pytest.raises(InvalidImageUrl, match="no certificate we trust"):
        fetch(f"https://shop.example:{server.server_port}/")

    thread.join()
    server.socket.close()
    server.server_close()


def test_httpcore_still_calls_our_checks() -> None:
    """The check hangs on httpcore's names; a release that renames them must fail here."""
    backend = public_network.PublicOnly(public_network.Deadline(1))

    assert isinstance(backend, httpcore.NetworkBackend)
    with pytest.raises(public_network.NotPublic):
        backend.connect_tcp("127.0.0.1", 80)
    with pytest.raises(NotImplementedError):
        backend.connect_unix_socket("/run/docker.sock")
