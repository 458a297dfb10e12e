"""JSON by orjson, in and out: fast, and strict about what is broken."""

from typing import IO, Any

import orjson
from django.utils.translation import gettext as _
from rest_framework import parsers, renderers
from rest_framework.exceptions import ParseError

DEEPEST = 12  # levels of nesting that a request of ours can need


class JSONRenderer(renderers.BaseRenderer):
    """Write an answer. Only plain types may come here: what orjson refuses is a mistake of ours."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        if renderer_context:
            renderer_context.pop("response", None)  # which holds this: a circle that would keep all that was read
        return b"" if data is None else orjson.dumps(data, default=_plain)


def _plain(value: Any) -> Any:
    """Turn DRF's dict and string subclasses and lazy translations into what JSON knows."""
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, list):
        return list(value)
    if isinstance(value, str) or hasattr(value, "__proxy_") or type(value).__name__ == "__proxy__":
        return str(value)
    raise TypeError(f"{type(value).__name__} is not plain JSON")


class JSONParser(parsers.BaseParser):
    """Read a request body; what is no JSON object or list gets a 400."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            found = orjson.loads(stream.read() or b"{}")
        except orjson.JSONDecodeError as error:
            raise ParseError(_("This is no JSON: %(why)s") % {"why": error}) from None
        if not isinstance(found, dict):
            raise ParseError(_("Send one JSON object."))
        _check_depth(found)
        return found


def _check_depth(found: Any, level: int = 0) -> None:
    if level > DEEPEST:
        raise ParseError(_("This JSON is nested too deep."))
    if isinstance(found, dict):
        for inner in found.values():
            _check_depth(inner, level + 1)
    elif isinstance(found, list):
        for inner in found:
            _check_depth(inner, level + 1)
