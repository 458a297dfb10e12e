"""Which renderer answers. Nearly everybody takes whatever comes, or asks for JSON, and there is no choice to weigh."""

from collections.abc import Iterable
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation

ANYTHING = "*/*"


class Negotiation(DefaultContentNegotiation):
    """REST framework's own, which is asked where somebody is choosy."""

    def select_renderer(self, request: Any, renderers: Iterable[Any], format_suffix: str | None = None) -> Any:
        first, wanted = next(iter(renderers)), request.headers.get("Accept", ANYTHING)
        if format_suffix is None and wanted in (ANYTHING, first.media_type):
            return first, first.media_type
        return super().select_renderer(request, renderers, format_suffix)
