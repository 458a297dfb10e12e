"""Pages of a list: at most 100 rows, and a wrong page number is told so."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from producerdesk.kit.errors import Refused
from producerdesk.kit.folded import RowCount

ALL = "all_of_it"  # the column with the count
USUAL, MOST = 50, 100
COUNTED_AHEAD = 1_000  # rows behind the page that are counted; whether there are more is all that is told beyond
LAST_PAGE = 1_000_000  # beyond it an offset is only a burden


def counted(queryset: Any) -> Any:
    """Return the queryset with the count of all its rows, at most a thousand, beside each, as `ALL`."""
    return queryset.annotate(**{ALL: RowCount(queryset, COUNTED_AHEAD)})


class Pages(BasePagination):
    """`?page=2&page_size=50` -> `{"count", "more", "page", "pages", "next", "previous", "results"}`."""

    def turn_to(self, request: Any) -> None:
        """Note which page is asked for. A number that makes no sense is a 400."""
        self.size = _number(request, "page_size", USUAL, MOST)
        self.page = _number(request, "page", 1, LAST_PAGE)
        self.request = request

    def cut(self, whole: QuerySet) -> QuerySet:
        """Return the page's slice, each row with the count of all as `ALL`."""
        count = RowCount(whole, self._counted_to + 1)
        return whole.annotate(**{ALL: count})[(self.page - 1) * self.size : self.page * self.size]

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """Return the page's slice of the queryset."""
        self.turn_to(request)
        return self.cut(queryset)

    def answer(self, rows: list[dict[str, Any]], count: int | None, whole: Callable[[], QuerySet]) -> Response:
        """Return the answer. Without rows there is no `count`: the list is empty, or the page lies beyond its end."""
        if count is None:
            count = whole()[: self._counted_to + 1].count() if self.page > 1 else 0
        self.count = min(count, self._counted_to)
        self.pages = max(1, -(-self.count // self.size))
        if self.page > self.pages:
            raise Refused(
                {
                    "page": ngettext("There is only one page.", "There are %(pages)d pages.", self.pages)
                    % {"pages": self.pages}
                }
            )
        return Response(
            {
                "count": self.count,
                "more": count > self.count,
                "page": self.page,
                "pages": self.pages,
                "next": self._link(self.page + 1) if self.page < self.pages else None,
                "previous": self._link(self.page - 1) if self.page > 1 else None,
                "results": rows,
            }
        )

    @property
    def _counted_to(self) -> int:
        """How far the rows are counted: to the end is a third of a page's time where there are ten thousand."""
        return self.page * self.size + COUNTED_AHEAD

    def _link(self, page: int) -> str:
        params = self.request.query_params.copy()
        params["page"] = page
        return f"{self.request.path}?{urlencode(sorted(params.lists()), doseq=True)}"

    def get_paginated_response_schema(self, schema: dict) -> dict:
        link = {"type": ["string", "null"]}
        number = {"type": "integer"}
        kinds = {
            "count": number | {"description": f"Counted to {COUNTED_AHEAD} rows behind this page, see `more`."},
            "more": {"type": "boolean", "description": "Whether there are more than `count`."},
            "page": number,
            "pages": number,
            "next": link,
            "previous": link,
            "results": schema,
        }
        return {"type": "object", "required": list(kinds), "properties": kinds}

    def get_schema_operation_parameters(self, view: Any) -> list[dict]:
        def parameter(name: str, largest: int, text: str) -> dict:
            schema = {"type": "integer", "minimum": 1, "maximum": largest}
            return {"name": name, "in": "query", "required": False, "schema": schema, "description": text}

        return [
            parameter("page", LAST_PAGE, "Which page, from 1."),
            parameter("page_size", MOST, f"How many rows, {USUAL} unless told."),
        ]

    page_query_param = "page"
    page_size_query_param = "page_size"


class Whole(BasePagination):
    """A list that is short by nature comes whole; this only tells the schema how: `{"count", "results"}`."""

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> None:
        return None

    def get_paginated_response_schema(self, schema: dict) -> dict:
        return {
            "type": "object",
            "required": ["count", "results"],
            "properties": {"count": {"type": "integer"}, "results": schema},
        }


def _number(request: Any, name: str, usual: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= most):
        raise Refused({name: _("Give a number from 1 to %(most)d.") % {"most": most}})
    return int(text)
