"""A small, fast HTTP client: a few connections kept alive in one thread, so that it takes little from the server."""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median, quantiles

CONNECTIONS = 8
PATIENCE = 30.0  # seconds without any answer, then something is wrong


@dataclass
class Heard:
    """What came back: milliseconds, statuses, bytes of the last body, and how long all of it took."""

    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    size: int = 0
    seconds: float = 0.0

    def add(self, other: "Heard") -> None:
        """Add what came in another turn."""
        self.times += other.times
        self.statuses += other.statuses
        self.size, self.seconds = other.size, self.seconds + other.seconds

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    @property
    def middle(self) -> float:
        """The median, in milliseconds."""
        return median(self.times) if self.times else 0.0

    @property
    def slow(self) -> float:
        """What 95 of 100 stay under, in milliseconds."""
        return quantiles(self.times, n=20)[-1] if len(self.times) > 1 else self.middle


def request(method: str, path: str, *, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Return a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def load(port: int, requests: Iterator[bytes], *, seconds: float) -> Heard:
    """Send requests over all connections for so long, the next one as soon as one is answered."""
    heard = Heard()
    with selectors.DefaultSelector() as selector:
        for _ in range(CONNECTIONS):
            line = _Line(port)
            line.send(next(requests))
            selector.register(line.socket, selectors.EVENT_READ, line)
        began = time.perf_counter()
        open_ = CONNECTIONS
        while open_:
            ready = selector.select(PATIENCE)
            if not ready:
                raise TimeoutError(f"no answer on port {port} in {PATIENCE:g} s")
            for key, _events in ready:
                line = key.data
                if not line.read(heard):
                    continue
                if time.perf_counter() - began < seconds:
                    line.send(next(requests))
                else:
                    selector.unregister(line.socket)
                    line.socket.close()
                    open_ -= 1
        heard.seconds = time.perf_counter() - began
    return heard


class _Line:
    """One connection and the answer that is coming in."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._got = bytearray()
        self._head, self._whole = 0, 0
        self._sent = 0.0

    def send(self, said: bytes) -> None:
        self._got.clear()
        self._whole = 0
        self._sent = time.perf_counter()
        self.socket.sendall(said)

    def read(self, heard: Heard) -> bool:
        """Take what has come; return whether the answer is whole, and if so note it."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("the server hung up")
        self._got += part
        if not self._whole:
            self._head = self._got.find(b"\r\n\r\n") + 4
            if self._head < 4:
                return False
            head = bytes(self._got[: self._head]).lower()
            _, found, rest = head.partition(b"content-length:")
            if not found:
                raise ValueError(f"an answer without a length: {head[:200]!r}")
            self._whole = self._head + int(rest.split(b"\r\n", 1)[0])
        if len(self._got) < self._whole:
            return False
        heard.times.append((time.perf_counter() - self._sent) * 1000)
        heard.statuses[int(self._got[9:12])] += 1
        heard.size = self._whole - self._head
        return True
