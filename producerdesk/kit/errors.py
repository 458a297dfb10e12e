"""Every way a request can be refused, and the one shape in which the API says so.

`{"code", "detail", "fields": {name: [texts]}, "clashes": [...]}`. Actions raise these (or Django's ValidationError);
`kit.handler` writes the answer. Pages draw the same.
"""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import exceptions, status

FORM = "form"  # the key of what belongs to no single field


def texts_of(found: Any) -> list[str]:
    """Return one text or many as a list of plain texts."""
    return [str(text) for text in found] if isinstance(found, list | tuple) else [str(found)]


class Refused(exceptions.APIException):
    """The request cannot be done as asked: 400, with texts per field."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "invalid"

    def __init__(self, fields: dict[str, Any] | None = None, detail: str = "") -> None:
        self.fields = {name: texts_of(texts) for name, texts in (fields or {}).items()}
        super().__init__(detail or _("Some of it needs another look."))


class Clash(exceptions.APIException):
    """Something is taken at that time: 409. Nothing was saved.

    `clashes` are dicts with `field`, `label`, `starts_at`, `ends_at`, `text`, as far as the viewer may see;
    `free` are the next spans in which everything asked for is free; `wish` is the span that was asked for.
    """

    status_code = status.HTTP_409_CONFLICT
    default_code = "clash"

    def __init__(
        self, detail: str, clashes: list[dict], free: list[dict] | None = None, wish: dict | None = None
    ) -> None:
        self.clashes, self.free, self.wish = clashes, free or [], wish
        super().__init__(detail)


class Conflict(exceptions.APIException):
    """The thing is in a state that does not allow this: 409 (a wrapped session cannot be moved)."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class Stale(exceptions.APIException):
    """Somebody changed the thing since it was read: 412. `current` is how it stands, `detail` what is said of it."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "stale"
    default_detail = "This was changed in the meantime."

    def __init__(self, current: dict | None = None, detail: str = "") -> None:
        self.current = current
        super().__init__(detail or _("This was changed in the meantime."))


class VersionNeeded(exceptions.APIException):
    """A change without If-Match: 428."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "version_needed"

    def __init__(self) -> None:
        super().__init__(_("Say which version you change: send If-Match with the ETag you read."))


class KeyReused(exceptions.APIException):
    """An Idempotency-Key came again with another body: 422."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "key_reused"

    def __init__(self) -> None:
        super().__init__(_("This Idempotency-Key was used for something else."))


class StillAtIt(exceptions.APIException):
    """The first request with this Idempotency-Key is still running: 409, try again."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "in_progress"

    def __init__(self) -> None:
        super().__init__(_("The first try is still under way. Try again in a moment."))


class TooLarge(exceptions.APIException):
    """More than we read of one request: 413."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"

    def __init__(self, most: int | None = None, field: str = "") -> None:
        megabytes = {"most": (most or settings.DATA_UPLOAD_MAX_MEMORY_SIZE) // 2**20}
        if field:
            super().__init__(_("This file is far too large: at most %(most)d MB are read. Choose another.") % megabytes)
        else:
            too_much = _("This is too much at once: at most %(most)d MB. Split it, or send a smaller file.")
            super().__init__(too_much % megabytes)


class Away(exceptions.APIException):
    """The database does not answer: 503."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "away"

    def __init__(self) -> None:
        super().__init__(_("We cannot reach our data right now. Nothing was changed. Try again in a moment."))
