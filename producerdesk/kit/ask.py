"""`ask`: how a page gets its data. It asks the REST API, in process, by route name, as the same viewer."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from urllib.parse import urlencode

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict
from django.urls import resolve, reverse
from django.utils import timezone


@dataclass(frozen=True)
class Answer:
    """What the API said: plain data, never model objects."""

    status: int
    data: Any
    headers: Mapping[str, str]

    @property
    def ok(self) -> bool:
        return self.status < 300


class SignInFirst(Exception):
    """The API does not know who asks. The middleware leads to the login page, and from there to `back`."""

    def __init__(self, back: str = "") -> None:
        super().__init__(back)
        self.back = back


class TurnedAway(Exception):
    """Too many requests, or our data is away: the middleware draws the page for it."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def ask(
    request: HttpRequest,
    route: str,
    *,
    args: Sequence[Any] = (),
    query: Mapping[str, Any] | QueryDict | None = None,
    method: str = "GET",
    data: Mapping[str, Any] | None = None,
) -> Answer:
    """Return the API's answer to this viewer.

    Without `data` a write carries the page's own form. 400, 409, 412, 422 and 428 come back as answers to be drawn
    beside the form; 401, 403, 404, 429 and 503 raise.
    """
    path = reverse(route, args=args)
    match = resolve(path)
    with timezone.override(UTC):  # pages are drawn on the viewer's clock; the API speaks UTC, whoever asks
        response = match.func(_inner(request, path, query, method, data), *match.args, **match.kwargs)
    answer = Answer(response.status_code, getattr(response, "data", None), response.headers)
    if answer.status == 401:
        raise SignInFirst
    if answer.status == 403:
        raise PermissionDenied(answer.data.get("detail", ""))
    if answer.status == 404:
        raise Http404(answer.data.get("detail", ""))
    if answer.status in (429, 503):
        raise TurnedAway(answer)
    return answer


def _inner(request: HttpRequest, path: str, query: Any, method: str, data: Mapping[str, Any] | None) -> HttpRequest:
    posted = request.POST  # read before the copy is made: both would read the one stream
    inner = copy.copy(request)
    for cached in ("headers", "accepted_types"):  # cached properties of the page's request
        inner.__dict__.pop(cached, None)
    inner.META = request.META | {"HTTP_ACCEPT": "application/json", "PATH_INFO": path}
    inner.path = inner.path_info = path
    inner.method = method
    text = query.urlencode() if isinstance(query, QueryDict) else urlencode(_present(query or {}), doseq=True)
    inner.GET = QueryDict(text)
    inner.META["QUERY_STRING"] = text
    # a page is for the browser that is signed in; who sends a token speaks to the API itself
    inner.META.pop("HTTP_AUTHORIZATION", None)
    inner.META.pop("HTTP_IF_NONE_MATCH", None)  # that is about the page, not about our answer
    if hasattr(request, "way_in"):  # a page under a secret address: who holds the secret asks, not who is signed in
        inner.META["HTTP_AUTHORIZATION"] = request.way_in
    for header, field in (("HTTP_IF_MATCH", "_etag"), ("HTTP_IDEMPOTENCY_KEY", "_once")):
        inner.META.pop(header, None)
        if method not in ("GET", "OPTIONS") and posted.get(field):
            inner.META[header] = posted[field]
    inner._asked = True  # type: ignore[attr-defined]  # throttles count HTTP requests, not asks
    # the page's own request has passed the CSRF check, and pages are never exempt from it
    inner._dont_enforce_csrf_checks = True  # type: ignore[attr-defined] # Django and REST framework read it
    if method in ("GET", "OPTIONS"):
        _set_body(inner, b"", "application/json")
    elif data is not None:
        _set_body(inner, orjson.dumps(data), "application/json")
    return inner


def _present(query: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value not in (None, "")}


def _set_body(inner: HttpRequest, body: bytes, content_type: str) -> None:
    inner.META |= {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))}
    inner.content_type, inner.content_params = content_type, {}
    inner._body = body
    inner._read_started = True  # type: ignore[attr-defined] # Django and REST framework read it
    inner.__dict__.pop("_post", None)
    inner.__dict__.pop("_files", None)
