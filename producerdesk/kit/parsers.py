"""How a form's body is read."""

from typing import Any

from rest_framework import parsers


class FormParser(parsers.FormParser):
    """Reads a form. A browser ends lines with CR LF whatever stood in the text; we keep LF, as programs send it.

    Without this a text of several lines would be another text each time its form is saved.
    """

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        said = super().parse(stream, media_type, parser_context).copy()
        for name, values in said.lists():
            said.setlist(name, [text.replace("\r\n", "\n") for text in values])
        return said
