"""A web server on loopback that hands out calendars as a test wants them, and files to hand out."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Reply = Callable[[BaseHTTPRequestHandler], None]


def event(*lines: str, uid: str = "1") -> str:
    """Return an event of these lines."""
    return "".join(f"{line}\r\n" for line in ("BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"))


def calendar(*events: str) -> bytes:
    """Return a calendar of these events, and of whatever else stands among them."""
    return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + "".join(events) + "END:VCALENDAR\r\n").encode()


LUNCH = calendar(event("DTSTART:20270310T110000Z", "DTEND:20270310T130000Z", "SUMMARY:Dentist"))


class Site:
    """`site.replies["/a.ics"] = ok(LUNCH)`; `site.asked` keeps path and headers of each request."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.replies: dict[str, Reply] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


@contextmanager
def serving() -> Iterator[Site]:
    """Serve on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            site.replies[self.path.partition("?")[0]](self)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ok(body: bytes, **headers: str) -> Reply:
    """Answer 200 with this body, and 304 to who has its ETag."""

    def reply(request: BaseHTTPRequestHandler) -> None:
        known = "ETag" in headers and request.headers.get("If-None-Match") == headers["ETag"]
        request.send_response(304 if known else 200)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            if not known or name == "ETag":
                request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        if not known:
            request.wfile.write(body)

    return reply


def fail(status: int, **headers: str) -> Reply:
    """Answer this status with nothing in it."""

    def reply(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return reply


def moved(to: str) -> Reply:
    """Lead on to another address."""
    return fail(302, Location=to)
