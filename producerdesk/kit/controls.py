"""How a form's field is drawn: kind of input, value as HTML wants it, limits, and what differs after a 412."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from producerdesk.kit.moments import NOTHING

# the form kit's types that HTML calls otherwise; a decimal is text, so that no browser rounds it
_INPUTS = {"integer": "number", "decimal": "text", "datetime": "datetime-local", "zone": "text"}
_LIMITS = {"max_length": "maxlength", "min_value": "min", "max_value": "max", "step": "step"}
_KEYBOARDS = {"integer": "numeric", "decimal": "decimal"}


def input_type(kind: str) -> str:
    """Return what HTML calls the type of a field."""
    return _INPUTS.get(kind, kind)


def input_value(value: Any, kind: str) -> str:
    """Return a value as its input wants it: "10:00" for "10:00:00", wall time without a zone for a moment."""
    if value is None or value == "":
        return ""
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    if kind == "time":
        return text[: len("10:00")]
    if kind == "datetime" and "T" in text:
        try:
            return datetime.fromisoformat(text).strftime("%Y-%m-%dT%H:%M")
        except ValueError:
            return text  # what was typed comes back as it was
    return text


def limits(field: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that tell the browser a field's limits and the phone its keyboard."""
    kind = field["type"]
    found = {attribute: field.get(name) for name, attribute in _LIMITS.items()}
    if kind not in ("integer", "date", "time", "datetime"):
        found["min"] = found["max"] = None
    if kind == "integer":
        found["maxlength"] = None
    return found | {
        "inputmode": field.get("inputmode") or _KEYBOARDS.get(kind),
        "autocomplete": field.get("autocomplete"),
        "placeholder": field.get("placeholder"),
    }


def is_chosen(value: Any, chosen: Any) -> bool:
    """Say whether a choice is the chosen one, or one of them; 7 and "7" are the same."""
    if isinstance(chosen, list | tuple | set):
        return str(value) in {str(one) for one in chosen}
    return ("" if value is None else str(value)) == ("" if chosen is None else str(chosen))


def differences(form: Mapping[str, Any], current: Mapping[str, Any] | None) -> list[dict[str, str]]:
    """Return `{"label", "mine", "theirs"}` for each field that somebody else left otherwise than it was typed here."""
    rows = []
    for name, field in form["fields"].items():
        if name not in (current or {}) or field["type"] == "hidden":
            continue
        mine, theirs = _words(field, field.get("value")), _words(field, (current or {})[name])
        if mine != theirs:
            rows.append({"label": field["label"], "mine": mine, "theirs": theirs})
    return rows


def _words(field: Mapping[str, Any], value: Any) -> str:
    if field["type"] == "checkbox":
        return _("yes") if value else _("no")
    if isinstance(value, Mapping) and "currency" in value:
        return f"{value.get('amount') or ''} {value['currency'] or ''}".strip() or NOTHING
    if isinstance(value, Mapping):
        value = value.get("id", "")
    if isinstance(value, list | tuple):
        return ", ".join(_words(field, one) for one in value) or NOTHING
    labels = {str(choice["value"]): str(choice["label"]) for choice in field.get("choices") or ()}
    text = input_value(value, field["type"])
    return labels.get(text, text) or NOTHING


def sorted_by(key: str, ordering: str | Iterable[str] | None) -> dict[str, str]:
    """Return how a list stands to a column: `now` ("ascending", "descending" or "") and what a press asks, `next`."""
    first = ordering.split(",")[0] if isinstance(ordering, str) else next(iter(ordering or ()), "")
    if first.lstrip("-") != key:
        return {"now": "", "next": key}
    down = first.startswith("-")
    return {"now": "descending" if down else "ascending", "next": key if down else f"-{key}"}
