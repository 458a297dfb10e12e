"""DRF's exception handler: whatever was raised becomes the one error shape, or a 500."""

from typing import Any

import structlog
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, TooManyFieldsSent, TooManyFilesSent
from django.core.exceptions import ValidationError as ModelError
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from producerdesk.kit.errors import FORM, Away, Clash, Conflict, Refused, Stale, StillAtIt, texts_of
from producerdesk.kit.permissions import NOT_YOURS

log = structlog.get_logger(__name__)
RETRY_AFTER_SECONDS = 10


def handle(error: Exception, context: dict) -> Response | None:
    """Return the answer to an exception, or None to let it be a 500."""
    known = _known(error)
    if known is None:
        return None
    return Response(_body(known), status=known.status_code, headers=_headers(known))


def _known(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound(_("There is nothing here, or it is not yours to see."))
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied(str(error) or NOT_YOURS)
    if isinstance(error, TooManyFieldsSent | TooManyFilesSent):
        return exceptions.ParseError(_("This form has more fields than any of ours."))
    if isinstance(error, ModelError):
        return Refused(_model_fields(error))
    if isinstance(error, OperationalError | InterfaceError):
        log.error("database away", error=str(error))
        return Away()
    if isinstance(error, IntegrityError):
        # two people at the same moment: the check passed, the constraint did not
        log.warning("constraint refused", error=str(error))
        return Conflict(_("Somebody else did something that stands against this a moment ago. Look again."))
    return None


def _model_fields(error: ModelError) -> dict[str, list[str]]:
    found = error.message_dict if hasattr(error, "error_dict") else {FORM: error.messages}
    return {FORM if name == NON_FIELD_ERRORS else name: texts for name, texts in found.items()}


def _body(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        return {"code": "invalid", "detail": _("Some of it needs another look."), "fields": _fields(error.detail)}
    code = error.get_codes()
    body: dict[str, Any] = {"code": code if isinstance(code, str) else error.default_code, "detail": str(error.detail)}
    if isinstance(error, Refused):
        body["fields"] = error.fields
    if isinstance(error, Clash):
        body |= {"clashes": error.clashes, "free": error.free, "wish": error.wish}
    if isinstance(error, Stale) and error.current is not None:
        body["current"] = error.current
    return body


def _fields(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """Flatten DRF's nested detail to `{"calls.0.call": [...]}`."""
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for name, inner in detail.items():
            name = FORM if name in ("non_field_errors", NON_FIELD_ERRORS) else str(name)
            path = (prefix or name) if name == FORM else (f"{prefix}.{name}" if prefix else name)
            for key, texts in _fields(inner, path).items():
                found.setdefault(key, []).extend(texts)
        return found
    if isinstance(detail, list) and any(isinstance(item, dict) for item in detail):
        found = {}
        for number, item in enumerate(detail):
            if item:
                found |= _fields(item, f"{prefix}.{number}" if prefix else str(number))
        return found
    return {prefix or FORM: texts_of(detail)} if detail else {}


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait) + 1)
    if isinstance(error, Away | StillAtIt):
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return headers
