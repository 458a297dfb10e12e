"""What a calendar app reads at a feed's secret address: the own calls, and the whole schedule for who reads it."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.views.decorators.http import require_safe

from producerdesk.kit import clock
from producerdesk.kit.ask import SignInFirst, ask
from producerdesk.kit.throttles import PerFeed, WrongSecrets, hold_back
from sessions.schedule_pages import ics_file

KEPT = dt.timedelta(days=60)  # cancelled and past events stay that long, so that every app hears of the end
LARGEST_PAGE = 100


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Return the feed; 304 to who has it already. A wrong and a revoked secret find the same nothing."""
    hold_back(PerFeed, request, secret)
    request.way_in = f"Feed {secret}"  # type: ignore[attr-defined] # read by kit.ask
    try:
        name, events = _events(request)
    except SignInFirst:
        hold_back(WrongSecrets, request)
        return render(request, "errors/404.html", status=404)
    from sessions import ics  # it takes as long to load as all of our own, and few processes ever need it

    body = ics.calendar(events, name=name)
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    response = ics_file(body, "sessions")
    # the tag alone decides: an event that fell out of the feed makes it another one without a newer date
    answer = get_conditional_response(request, etag=etag, response=response)
    assert answer is not None  # noqa: S101 - a response went in
    answer["ETag"] = etag
    if events:
        answer["Last-Modified"] = http_date(max(event["last-modified"].dt for event in events).timestamp())
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _events(request: HttpRequest) -> tuple[str, list[Any]]:
    """Return the feed's name and its events: of a project or room, or all that the person reads."""
    from sessions import ics

    told = ask(request, "api:feed-events").data
    if told["narrow"]:
        return told["name"], [ics.event_of_session(session) for session in told["results"]]
    since = (clock.now() - KEPT).isoformat()
    own = _rows(request, "api:call-list", mine="true", removed="true", since=since)
    others = _rows(request, "api:session-list", mine="false", since=since)
    events = [*(ics.event_of_call(call) for call in own), *(ics.event_of_session(session) for session in others)]
    return told["name"], events


def _rows(request: HttpRequest, route: str, **query: Any) -> Iterator[dict[str, Any]]:
    page, pages = 1, 1
    while page <= pages:
        found = ask(request, route, query=query | {"page": page, "page_size": LARGEST_PAGE}).data
        yield from found["results"]
        page, pages = page + 1, found["pages"]
