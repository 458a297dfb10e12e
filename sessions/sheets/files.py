"""A call sheet as the file that a browser or a program gets."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from producerdesk.kit import papers
from sessions.sheets import paper


def answer(found: Mapping[str, Any], number: int, asked: str, *, address: str, warning: str = "") -> HttpResponse:
    """Return a sheet that the API `found` as a PDF to be opened, on the paper `asked` for, else the desk's.

    `number` 0 is a draft.
    """
    sheet, size = found["sheet"], papers.chosen(asked, found["paper"])
    body = paper.pdf(sheet, number=number, paper=size, address=address, warning=warning)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{paper.name_of(sheet, number)}"'
    return response
