"""`Idempotency-Key`: a POST that came twice leads to the same answer.

The key's row is claimed in a short transaction of its own, so that a second request meets it at once, and finished in
the domain's transaction, so that answer and deed stand or fall together. A refused request gives its key back.
An answer that must not be kept as it is says in `kept` what the second request gets: of a new token all but its secret.
"""

import functools
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.response import Response

from producerdesk.accounts.models import OnceKey
from producerdesk.kit.errors import KeyReused, Refused, StillAtIt

LONGEST_KEY = 80
LEASE = timedelta(seconds=60)  # after this a claim without an answer is a dead worker's
KEPT = timedelta(days=2)


def once(method: Callable[..., Response]) -> Callable[..., Response]:
    """Make a viewset's POST safe to repeat. Without the header it runs as it is."""

    @functools.wraps(method)
    def wrapper(self: Any, request: Any, *args: Any, **kwargs: Any) -> Response:
        text = request.headers.get("Idempotency-Key", "")
        if not text:
            return method(self, request, *args, **kwargs)
        if len(text) > LONGEST_KEY or not text.isprintable():
            raise Refused({"Idempotency-Key": _("Give up to %(most)d printable characters.") % {"most": LONGEST_KEY}})
        key, replay = _claim(self.viewer.principal, text, _hash(request))
        if replay is not None:
            return replay
        try:
            with transaction.atomic():
                response = method(self, request, *args, **kwargs)
                _finish(key, response)
        except BaseException:
            OnceKey.objects.filter(pk=key.pk, status=None, claimed_at=key.claimed_at).delete()
            raise
        return response

    return wrapper


def told_once(row: dict[str, Any], **secret: str) -> Response:
    """Return the answer to what was made, with its `secret` this once: the same key again gets it as null."""
    answer = Response(row | secret, status=201, headers={"Cache-Control": "no-store"})
    answer.kept = row | dict.fromkeys(secret)  # type: ignore[attr-defined] # read by _finish
    return answer


def _hash(request: Any) -> str:
    data = request.data
    said = _form(data) if isinstance(data, QueryDict) else data
    body = orjson.dumps([request.method, request.path, said], option=orjson.OPT_SORT_KEYS, default=_print_of)
    return hashlib.sha256(body).hexdigest()


def _form(data: QueryDict) -> list[tuple[str, list[Any]]]:
    """Return what a person put into the form: without our own hidden fields, which change from page to page."""
    return sorted((name, data.getlist(name)) for name in data if name[:1] != "_" and name != "csrfmiddlewaretoken")


def _print_of(value: Any) -> Any:
    """Return what stands for a value that is no JSON: of a file its name and what is in it."""
    if not isinstance(value, UploadedFile):
        return str(value)
    content = hashlib.sha256()
    for chunk in value.chunks():
        content.update(chunk)
    value.seek(0)  # whoever reads it next begins at its beginning
    return [value.name, content.hexdigest()]


def _claim(principal: str, text: str, request_hash: str) -> tuple[OnceKey, Response | None]:
    """Return the claimed row, or the answer that the first request got."""
    now = timezone.now()
    try:
        with transaction.atomic():
            return OnceKey.objects.create(
                principal=principal, key=text, request_hash=request_hash, claimed_at=now
            ), None
    except IntegrityError:
        found = OnceKey.objects.filter(principal=principal, key=text).first()
    if found is None:  # the first was refused between our two steps
        raise StillAtIt
    if found.request_hash != request_hash:
        raise KeyReused
    if found.status is not None:
        return found, _replay(found)
    taken = OnceKey.objects.filter(pk=found.pk, status=None, claimed_at=found.claimed_at, claimed_at__lt=now - LEASE)
    if not taken.update(claimed_at=now):
        raise StillAtIt
    found.claimed_at = now
    return found, None


def _finish(key: OnceKey, response: Response) -> None:
    answer = {"data": getattr(response, "kept", response.data), "etag": response.headers.get("ETag", "")}
    rows = OnceKey.objects.filter(pk=key.pk, status=None, claimed_at=key.claimed_at)
    if not rows.update(status=response.status_code, answer=answer):
        raise StillAtIt  # another took the claim over: undo ours


def _replay(key: OnceKey) -> Response:
    answer: dict[str, Any] = key.answer or {}
    headers = {"Idempotent-Replayed": "true"} | ({"ETag": answer["etag"]} if answer["etag"] else {})
    return Response(answer["data"], status=key.status, headers=headers)


def sweep() -> int:
    """Forget keys older than two days and return how many."""
    return OnceKey.objects.filter(claimed_at__lt=timezone.now() - KEPT).delete()[0]
