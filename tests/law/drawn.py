"""The forms of a page as a browser reads them: what is written in the HTML, not what was meant to be."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.urls import resolve

MULTIPART, PLAIN = "multipart/form-data", "application/x-www-form-urlencoded"
_SAYS_NOTHING = ("submit", "button", "image", "reset", "file")  # a file is chosen by a person; buttons are not pressed
_TICKED = ("checkbox", "radio")


@dataclass
class Form:
    """A form that posts: where to, what a browser would send, and what a person could change in it."""

    path: str
    kind: str = PLAIN
    sent: dict[str, list[str]] = field(default_factory=dict)
    controls: list[str] = field(default_factory=list)

    @property
    def route(self) -> str:
        """The name of the route it posts to."""
        return resolve(self.path).view_name

    def says(self, name: str, value: str) -> None:
        """Add what a control sends."""
        self.sent.setdefault(name, []).append(value)


def forms_of(html: str, path: str) -> list[Form]:
    """Return the forms of the page at `path` that post, in their order. Controls may stand outside (`form="id"`)."""
    reader = _Reader(path)
    reader.feed(html)
    reader.close()
    return reader.forms


class _Reader(HTMLParser):
    """Reads what a browser would send. What stands in a `<template>` is not there yet."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._path = path
        self._form: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._select: tuple[Form, dict[str, str | None]] | None = None
        self._options: list[tuple[str | None, bool]] = []
        self._text: tuple[Form, str] | None = None
        self._written = ""
        self._templates = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "template":
            self._templates += 1
        elif self._templates:
            return
        elif tag == "form":
            self._open(said)
        elif tag == "option" and self._select and "disabled" not in said:
            self._options.append((said.get("value"), "selected" in said))
        elif tag in ("input", "select", "textarea"):
            self._control(tag, said)

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._templates -= 1
        elif tag == "form" and not self._templates:
            self._form = None
        elif tag == "select" and self._select:
            self._close_select()
        elif tag == "textarea" and self._text:
            form, name = self._text
            form.says(name, self._written.removeprefix("\n").replace("\n", "\r\n"))
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text:
            self._written += data
        elif self._select and self._options and self._options[-1][0] is None:
            self._options[-1] = (data.strip(), self._options[-1][1])  # without a value it means what it reads

    def _open(self, said: dict[str, str | None]) -> None:
        if (said.get("method") or "get").lower() != "post":
            self._form = Form("")  # it asks; its controls change nothing
            return
        self._form = Form(urlsplit(said.get("action") or self._path).path, said.get("enctype") or PLAIN)
        self.forms.append(self._form)
        if said.get("id"):
            self._by_id[said["id"] or ""] = self._form

    def _control(self, tag: str, said: dict[str, str | None]) -> None:
        form = self._by_id.get(said.get("form") or "") or self._form
        name, kind = said.get("name"), said.get("type") or "text"
        if form is None or not name or "disabled" in said or (tag == "input" and kind in _SAYS_NOTHING[:4]):
            return
        if kind != "hidden" and "readonly" not in said:
            form.controls.append(name)
        if tag == "select":
            self._select, self._options = (form, said), []
        elif tag == "textarea":
            self._text, self._written = (form, name), ""
        elif kind != "file" and (kind not in _TICKED or "checked" in said):
            form.says(name, said.get("value") or ("on" if kind in _TICKED else ""))

    def _close_select(self) -> None:
        assert self._select
        (form, said), self._select = self._select, None
        chosen = [value for value, selected in self._options if selected]
        if "multiple" not in said:
            chosen = chosen[-1:] or [value for value, _selected in self._options[:1]]
        for value in chosen:
            form.says(said["name"] or "", value or "")
