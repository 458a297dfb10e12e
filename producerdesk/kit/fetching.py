"""Reading an address of the web that a person gave us, so that it leads nowhere but to the web.

A name is looked up once, each address that it has is checked, and the connection goes to the very address that was
checked: a name that answers otherwise the second time gains nothing. Every redirect is a new address and checked anew.
Private, loopback, link-local and reserved networks are refused, also where they hide inside IPv6.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PORTS = {"http": 80, "https": 443}
ALSO_PORTS = frozenset((8080, 8443))
REDIRECTS = 4
SECONDS = 20.0  # for all of it, redirects included
A_WAIT = 8.0  # for one answer of the other side
PIECE = 2**16
LONGEST_URL = 2000
MOVED = frozenset((301, 302, 303, 307, 308))
# IPv6 that carries an IPv4 address, which is where it leads to: NAT64, and addresses compatible with IPv4
_CARRIERS = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))

# not for the web by the registers of RFC 6890, and taken for public by older Pythons
_SPECIAL = tuple(
    ipaddress.ip_network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "fec0::/10", "3fff::/20", "5f00::/16")
)


class NotFetched(Exception):
    """It could not be read; the text says why, for who gave the address. `again` is when to ask at the earliest."""

    def __init__(self, text: str, *, again: float | None = None) -> None:
        self.again = again
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was read; `body` is None where it is still what the validators named."""

    body: bytes | None
    etag: str = ""
    last_modified: str = ""


@dataclass(slots=True)
class _Hop:
    """One request: the address it goes to, and what is left of the time for all of them."""

    url: SplitResult
    until: float
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return self.url.port or PORTS[self.url.scheme]

    def left(self) -> float:
        """Return how many seconds are left. Raises NotFetched for none."""
        seconds = self.until - time.monotonic()
        if seconds <= 0:
            raise NotFetched(_("It took too long to answer."))
        return seconds


def check(text: str) -> str:
    """Return the address as it is read, or raise NotFetched for one that is not even tried. Looks nothing up."""
    text = text.strip()
    if text.lower().startswith(("webcal://", "webcals://")):
        text = "https://" + text.partition("://")[2]
    if len(text) > LONGEST_URL or not text.isascii() or not text.isprintable() or " " in text:
        raise NotFetched(_("Give a web address like https://calendar.example.com/basic.ics."))
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise NotFetched(_("Give a web address like https://calendar.example.com/basic.ics.")) from None
    if url.scheme not in PORTS or not url.hostname:
        raise NotFetched(_("Give a web address like https://calendar.example.com/basic.ics."))
    if url.username is not None or url.password is not None:
        raise NotFetched(_("Leave name and password out of the address: use the secret address of the calendar."))
    if port is not None and port != PORTS[url.scheme] and port not in ALSO_PORTS and not _opened():
        raise NotFetched(_("Calendars are not read from port %(port)d.") % {"port": port})
    with contextlib.suppress(ValueError):
        _must_be_public(ipaddress.ip_address(url.hostname))
    return text


def fetch(text: str, *, at_most: int, etag: str = "", last_modified: str = "", accept: str = "*/*") -> Fetched:
    """Read what stands at the address, at most so many bytes. Raises NotFetched and says why.

    `etag` and `last_modified` are those of what was read last.
    """
    until = time.monotonic() + SECONDS
    headers = {"Accept": accept, "Accept-Encoding": "identity", "User-Agent": "ProducerDesk", "Connection": "close"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    for _number in range(REDIRECTS + 1):
        hop = _Hop(urlsplit(check(text)), until, headers)
        try:
            with _answer(hop) as response:
                if response.status not in MOVED:
                    return _read(response, hop, at_most)
                onward = urljoin(text, response.headers.get("Location", ""))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotFetched(_why(error, hop)) from None
        if hop.url.scheme == "https" and not onward.lower().startswith("https:"):
            raise NotFetched(_("It leads on to an address that is not encrypted."))
        text = onward
    raise NotFetched(_("It leads on and on to other addresses."))


@contextlib.contextmanager
def _answer(hop: _Hop) -> Iterator[http.client.HTTPResponse]:
    """Ask, and yield the answer with its body unread. The connection ends when the time is up, wherever it stands."""
    target = f"{hop.url.path or '/'}{'?' + hop.url.query if hop.url.query else ''}"
    with contextlib.closing(_connected(hop)) as plain:
        sock = _secured(plain, hop)
        ending = threading.Timer(hop.left(), _end, [sock])
        ending.daemon = True
        ending.start()
        connection = http.client.HTTPConnection(hop.url.hostname or "", hop.port)
        connection.sock = sock
        try:
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            connection.request("GET", target, headers={"Host": hop.url.netloc, **hop.headers})
            with connection.getresponse() as response:
                yield response
        finally:
            ending.cancel()
            connection.close()
            sock.close()


def _end(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _connected(hop: _Hop) -> socket.socket:
    """Return a connection to an address that was checked: the name is not looked up again."""
    last: OSError | None = None
    for address in _addresses(hop):
        try:
            return socket.create_connection((str(address), hop.port), timeout=min(A_WAIT, hop.left()))
        except OSError as error:
            last = error
    raise last or OSError("no address")


def _addresses(hop: _Hop) -> list[Address]:
    """Return the addresses of the host. One that is not public refuses them all: such a name means no good."""
    host = hop.url.hostname or ""
    try:
        found = socket.getaddrinfo(host, hop.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotFetched(_("There is no computer called %(host)s.") % {"host": host}) from None
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    for address in addresses:
        _must_be_public(address)
    return list(dict.fromkeys(addresses))


def _must_be_public(address: Address) -> None:
    inner = _carried(address)
    if any(inner.version == network.version and inner in network for network in _opened()):
        return
    special = any(inner in network for network in _SPECIAL)
    if special or not inner.is_global or inner.is_multicast or inner.is_reserved:
        raise NotFetched(_("This address leads into a private network. Only calendars on the web are read."))


def _carried(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    teredo = address.teredo[1] if address.teredo else None
    within = address.ipv4_mapped or address.sixtofour or teredo
    if within is None and any(address in network for network in _CARRIERS) and int(address) > 1:
        within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return within or address


def _opened() -> tuple[Network, ...]:
    """Return the networks that may be read from though they are private: none in production (`env.py`)."""
    return settings.FETCH_ALSO_FROM


def _secured(plain: socket.socket, hop: _Hop) -> socket.socket:
    if hop.url.scheme == "http":
        return plain
    secure = ssl.create_default_context()
    return secure.wrap_socket(plain, server_hostname=hop.url.hostname, do_handshake_on_connect=False)


def _read(response: http.client.HTTPResponse, hop: _Hop, at_most: int) -> Fetched:
    etag, changed = (response.headers.get(name, "")[:200] for name in ("ETag", "Last-Modified"))
    if response.status == http.HTTPStatus.NOT_MODIFIED:
        return Fetched(None, etag, changed)
    if response.status != http.HTTPStatus.OK:
        raise NotFetched(_answered(response.status), again=_retry_after(response))
    if response.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
        raise NotFetched(_("It is sent packed, which was not asked for."))
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and int(length[:18]) > at_most:
        raise NotFetched(too_large(at_most))
    pieces, size = [], 0
    while piece := response.read1(PIECE):
        hop.left()
        size += len(piece)
        if size > at_most:
            raise NotFetched(too_large(at_most))
        pieces.append(piece)
    hop.left()  # one that was cut short by the clock looks like one that is over
    if length.isdecimal() and size < int(length):
        raise NotFetched(_("It broke off in the middle."))
    return Fetched(b"".join(pieces), etag, changed)


def too_large(at_most: int) -> str:
    """Return what to tell who gives more than is read."""
    return _("It is too large: at most %(most)d MB are read.") % {"most": at_most // 2**20}


def _answered(status: int) -> str:
    if status in (401, 403):
        return _("It is not public (%(status)d). Use the secret address that the calendar gives out.") % {
            "status": status
        }
    if status in (404, 410):
        return _("There is no calendar at this address (%(status)d).") % {"status": status}
    return _("It answered with an error (%(status)d).") % {"status": status}


def _retry_after(response: http.client.HTTPResponse) -> float | None:
    said = response.headers.get("Retry-After", "")
    if said.isdecimal():
        return float(said[:6])
    with contextlib.suppress(ValueError, TypeError):
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    return None


def _why(error: Exception, hop: _Hop) -> str:
    hop.left()
    if isinstance(error, ssl.SSLError):
        return _("Its encryption cannot be trusted.")
    if isinstance(error, TimeoutError):
        return _("It took too long to answer.")
    if isinstance(error, OSError):
        return _("%(host)s does not answer.") % {"host": hop.url.hostname}
    return _("It answers with something that is no web page.")
