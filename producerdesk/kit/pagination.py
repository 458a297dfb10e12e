"""Pages of a list: at most 100 rows, and a wrong page number is told so."""

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from producerdesk.kit.errors import Refused
from producerdesk.kit.folded import RowCount

ALL = "all_of_it"  # the column with the count
USUAL, MOST = 50, 100
LAST_PAGE = 1_000_000  # beyond it an offset is only a burden


def counted(queryset: Any) -> Any:
    """Return the queryset with the count of all its rows beside each, as `ALL`."""
    return queryset.annotate(**{ALL: RowCount(queryset)})


class Pages(BasePagination):
    """`?page=2&page_size=50` -> `{"count", "page", "pages", "next", "previous", "results"}`."""

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """Return the page's slice of the queryset, each row with the count of all as `ALL`."""
        size = _number(request, "page_size", USUAL, MOST)
        self.page = _number(request, "page", 1, LAST_PAGE)
        self.request, self.size, self.whole = request, size, queryset
        return counted(queryset)[(self.page - 1) * size : self.page * size]

    def answer(self, rows: list[dict[str, Any]], count: int | None) -> Response:
        """Return the answer. Without rows there is no `count`: the list is empty, or the page lies beyond its end."""
        self.count = (self.whole.count() if self.page > 1 else 0) if count is None else count
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
                "page": self.page,
                "pages": self.pages,
                "next": self._link(self.page + 1) if self.page < self.pages else None,
                "previous": self._link(self.page - 1) if self.page > 1 else None,
                "results": rows,
            }
        )

    def _link(self, page: int) -> str:
        params = self.request.query_params.copy()
        params["page"] = page
        return f"{self.request.path}?{urlencode(sorted(params.lists()), doseq=True)}"

    def get_paginated_response_schema(self, schema: dict) -> dict:
        link = {"type": ["string", "null"]}
        number = {"type": "integer"}
        names = ("count", "page", "pages", "next", "previous", "results")
        return {
            "type": "object",
            "required": list(names),
            "properties": dict(zip(names, (number, number, number, link, link, schema), strict=True)),
        }

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
