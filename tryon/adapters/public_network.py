"""Connections that reach public web servers only, all within one deadline.

A network backend for httpcore: the check sits where the connection is made, so neither a redirect
nor a DNS answer that changes in between gets around it. What is fetched is none of its business.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any, Final

import httpcore

_PORTS: Final = frozenset({80, 443})
_INTERNET_V6: Final = ipaddress.IPv6Network("2000::/3")  # all that is assigned to the internet
_REFUSED: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocols and a cloud's metadata; Python 3.11.7 takes most for global
        "192.88.99.0/24",  # old 6to4 relays
        "168.63.129.16/32",  # a cloud's host agent, on an address that looks public
        "2001::/23",  # protocol assignments: Teredo carries an IPv4 address, perhaps a private one
        "2002::/16",  # 6to4 does too
        "3fff::/20",  # documentation
    )
)


class NotPublic(httpcore.ConnectError):
    """The address is none we connect to."""


class NotFound(httpcore.ConnectError):
    """The name does not exist."""


def _is_public(ip: str) -> bool:
    """Whether this is an address of the public internet, not one that stands for another."""
    address = ipaddress.ip_address(ip.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif address not in _INTERNET_V6:
            return False
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return not any(address in network for network in _REFUSED)


def _check_target(port: int, ips: list[str]) -> None:
    """Refuse ports that are not the web's, and names with any address that is not public."""
    if port not in _PORTS or not all(map(_is_public, ips)):
        raise NotPublic


class Deadline:
    """One time limit for many waits."""

    def __init__(self, timeout_s: float) -> None:
        self._end = time.monotonic() + timeout_s

    def left(self, timeout_s: float | None = None) -> float:
        """Seconds left, at most `timeout_s`.

        Raises:
            httpcore.TimeoutException: none.
        """
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout("deadline")
        return seconds if timeout_s is None else min(seconds, timeout_s)


def _resolved(host: str, port: int, deadline: Deadline) -> list[str]:
    """All addresses of a name. In a thread, as the system's look-up knows no time limit."""
    found: list[str] = []
    problems: list[Exception] = []

    def look_up() -> None:
        try:
            for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                found.append(str(address[0]))
        except (OSError, UnicodeError) as exc:
            problems.append(exc)

    thread = threading.Thread(target=look_up, name="resolve", daemon=True)
    thread.start()
    thread.join(deadline.left())
    if thread.is_alive():
        raise httpcore.ConnectTimeout("resolve")
    if problems or not found:
        raise NotFound from (problems[0] if problems else None)
    return list(dict.fromkeys(found))


class PublicOnly(httpcore.NetworkBackend):
    """Connects to public addresses only, all within one deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        ips = _resolved(host, port, self._deadline)
        _check_target(port, ips)
        problem: httpcore.ConnectError | httpcore.ConnectTimeout = httpcore.ConnectError()
        for ip in ips:  # a name may have an IPv6 address where there is no IPv6
            try:
                stream = self._inner.connect_tcp(
                    ip, port, self._deadline.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                problem = exc
            else:
                return _Stream(stream, self._deadline)
        raise problem


class _Stream(httpcore.NetworkStream):
    """A connection on which no wait outlasts the deadline, however slowly bytes drip in."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        # The name stays the user's, so the certificate is checked against it, not the address.
        left = self._deadline.left(timeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
