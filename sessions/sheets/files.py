"""A call sheet as the file that a browser or a program gets."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from sessions.sheets import paper


def answer(sheet: Mapping[str, Any], number: int, size: str, *, address: str, warning: str = "") -> HttpResponse:
    """Return the sheet as a PDF to be opened: A4, or US Letter where that is asked for. `number` 0 is a draft."""
    size = size if size in paper.PAPERS else paper.A4
    body = paper.pdf(sheet, number=number, paper=size, address=address, warning=warning)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{paper.name_of(sheet, number)}"'
    return response
