"""Addresses that people give lead to the web and nowhere else."""

import ipaddress
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from producerdesk.kit import fetching
from producerdesk.kit.fetching import NotFetched, fetch
from tests.calendars import LUNCH, Site, fail, moved, ok, serving

pytestmark = pytest.mark.once
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
MB = 2**20
PRIVATE = [
    *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1"),  # noqa: S104
    *("192.0.0.8", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.7"),
    *("::1", "::", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::"),
    "2001:0:4136:e378:8000:63bf:80ff:fffe",  # Teredo to 127.0.0.1
]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serving() as found:
        yield found


@pytest.fixture
def opened(settings: Any) -> None:
    """Loopback may be read from, as a developer may open it."""
    settings.FETCH_ALSO_FROM = LOOPBACK


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address_is_read(address: str, monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    """Neither where it stands in the address itself, nor where a name leads to it."""
    site.asked.clear()
    monkeypatch.setattr(socket, "create_connection", _never)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(NotFetched, match="private network"):
        fetch(f"http://{host}/", at_most=MB)
    answers = [(family, 1, 6, "", (address, 80))]
    public = (socket.AF_INET, 1, 6, "", ("93.184.216.34", 80))
    for found in (answers, [public, *answers]):  # one bad address among good ones is no accident
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, found=found, **more: found)
        with pytest.raises(NotFetched, match="private network"):
            fetch("http://calendar.example.com/", at_most=MB)


def _never(*args: Any, **more: Any) -> Any:
    raise AssertionError("it was connected to")


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::ffff:7f00:1]"])
def test_loopback_by_other_names_is_not_read(host: str, site: Site) -> None:
    site.replies["/a"] = ok(b"secret")
    site.asked.clear()
    with pytest.raises(NotFetched):
        fetch(f"http://{host}:8080/a", at_most=MB)
    assert site.asked == []


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "calendar",
            "file:///etc/passwd",
            "ftp://example.com/a.ics",
            "gopher://example.com",
            "http://",
            "http:///a",
        ),
        *(
            "http://example.com:22/",
            "https://example.com:6379/",
            "http://example.com:99999/",
            "http://u:p@example.com/",
        ),
        *(
            "http://exa mple.com/",
            "http://example.com/\r\nX: y",
            "https://exämple.com/",
            "http://[::1/",
            "//example.com",
        ),
        "https://example.com/" + "a" * 2000,
    ],
)
def test_what_is_no_address_of_the_web_is_refused_by_its_looks(url: str) -> None:
    with pytest.raises(NotFetched):
        fetching.check(url)


def test_a_subscription_is_read_by_https() -> None:
    assert fetching.check(" webcal://example.com/a.ics ") == "https://example.com/a.ics"


def test_the_address_that_was_checked_is_the_one_that_is_asked(
    opened: None, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers otherwise the second time gains nothing: there is no second time."""
    site.replies["/a"] = ok(LUNCH, ETag='"1"')
    asked = []

    def turn(host: str, port: int, *args: Any, **more: Any) -> Any:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.66"
        return [(socket.AF_INET, 1, 6, "", (address, port))]

    # create_connection looks its address up, too: an address is its own answer
    true = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *args, **more: (turn if host == "calendar.example.com" else true)(host, *args, **more),
    )
    found = fetch(site.url("/a", "calendar.example.com"), at_most=MB)
    assert found.body == LUNCH and found.etag == '"1"'
    assert asked == ["calendar.example.com"]
    assert site.asked[-1][1]["host"] == f"calendar.example.com:{site.port}"


def test_a_redirect_is_checked_like_the_first_address(settings: Any, site: Site) -> None:
    settings.FETCH_ALSO_FROM = (ipaddress.ip_network("127.0.0.1/32"),)
    site.replies |= {"/a": moved("/b"), "/b": ok(LUNCH), "/in": moved("http://127.0.0.2/latest/"), "/on": moved("/on")}
    site.replies |= {"/file": moved("file:///etc/passwd"), "/link": moved("http://169.254.169.254/latest/")}
    assert fetch(site.url("/a"), at_most=MB).body == LUNCH
    for path, why in (("/in", "private"), ("/link", "private"), ("/file", "web address"), ("/on", "on and on")):
        with pytest.raises(NotFetched, match=why):
            fetch(site.url(path), at_most=MB)


def test_too_much_is_not_read(opened: None, site: Site) -> None:
    """Neither where the length is said, nor where it goes on and on."""
    sent = []

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            for _number in range(2000):
                request.wfile.write(b"x" * 2**15)
                sent.append(1)
        except OSError:
            pass

    site.replies |= {
        "/said": fail(200, Content_Length=str(50 * MB)),
        "/endless": endless,
        "/packed": ok(b"x", Content_Encoding="gzip"),
    }
    for path, why in (
        ("/said", "too large: at most 1 MB"),
        ("/endless", "too large: at most 1 MB"),
        ("/packed", "packed"),
    ):
        with pytest.raises(NotFetched, match=why):
            fetch(site.url(path), at_most=MB)
    assert len(sent) * 2**15 < 20 * MB


def test_a_slow_answer_ends_when_the_time_is_up(opened: None, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then is no answer, in the head as in the body."""
    monkeypatch.setattr(fetching, "SECONDS", 0.6)

    def drip(request: BaseHTTPRequestHandler) -> None:
        try:
            for _number in range(30):
                request.wfile.write(b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n"[_number : _number + 1] or b"x")
                time.sleep(0.1)
        except OSError:
            pass

    site.replies["/drip"] = drip
    begun = time.monotonic()
    with pytest.raises(NotFetched, match="too long"):
        fetch(site.url("/drip"), at_most=MB)
    assert time.monotonic() - begun < 2


def test_what_goes_wrong_is_said(opened: None, site: Site) -> None:
    def short(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b"short")

    def noise(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"SSH-2.0\r\n")

    site.replies |= {"/short": short, "/noise": noise, "/404": fail(404), "/403": fail(403), "/500": fail(500)}
    site.replies["/503"] = fail(503, Retry_After="120")
    said = {"/short": "broke off", "/noise": "no web page", "/404": "no calendar", "/403": "not public", "/500": "500"}
    for path, why in said.items():
        with pytest.raises(NotFetched, match=why):
            fetch(site.url(path), at_most=MB)
    with pytest.raises(NotFetched) as later:
        fetch(site.url("/503"), at_most=MB)
    assert later.value.again == 120
    with pytest.raises(NotFetched, match="does not answer"):
        fetch("http://127.0.0.1:9/", at_most=MB)
