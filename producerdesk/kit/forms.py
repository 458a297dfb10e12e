"""Forms: OPTIONS and an answer become plain dicts that `_field.html` draws. No validation lives here."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

Fields = dict[str, dict[str, Any]]
NUMBERED = re.compile(r"\[\d{1,4}\]")  # a row of a form: no form has more


def build(
    meta: Mapping[str, Any],
    *,
    values: Mapping[str, Any],
    errors: Mapping[str, list[str]] | None = None,
    etag: str = "",
    once: str = "",
) -> dict[str, Any]:
    """Return `{"fields": {name: field}, "errors", "etag", "once"}` of what OPTIONS says and how the values stand."""
    errors = dict(errors or {})
    fields = {name: _field(name, info, values.get(name, info.get("default")), errors) for name, info in meta.items()}
    shown = {key for field in fields.values() for key in _error_keys(field)}
    rest = [text for key, texts in errors.items() if key not in shown for text in texts]
    return {
        "fields": fields,
        "errors": rest,
        "has_errors": bool(errors),
        "etag": etag,
        "once": once or secrets.token_urlsafe(16),
    }


def typed(meta: Mapping[str, Any], post: QueryDict) -> dict[str, Any]:
    """Return what was typed, by field, so that a refused form comes back as it was sent."""
    return {name: _typed(name, info, post) for name, info in meta.items()}


def _typed(name: str, info: Mapping[str, Any], post: QueryDict) -> Any:
    match info["type"]:
        case "checkbox":
            return name in post and post[name] not in ("", "false", "False", "0")
        case "multiselect" | "list":
            return post.getlist(name)
        case "money":
            return {"amount": post.get(f"{name}.amount", ""), "currency": post.get(f"{name}.currency", "")}
        case "rows":
            return _typed_rows(name, info["fields"], post)
        case "group":
            return {inner: _typed(f"{name}.{inner}", part, post) for inner, part in info["fields"].items()}
    return post.get(name, "")


def _typed_rows(name: str, fields: Mapping[str, Any], post: QueryDict) -> list[dict[str, Any]]:
    """Read `calls[0]role=...` groups, in their order."""
    numbers = {
        int(key[len(name) + 1 : key.index("]")])
        for key in post
        if key.startswith(f"{name}[") and NUMBERED.match(key[len(name) :])
    }
    rows = [
        {inner: _typed(f"{name}[{number}]{inner}", info, post) for inner, info in fields.items()}
        for number in sorted(numbers)
    ]
    return [row for row in rows if any(value not in ("", [], False) for value in row.values())]


def _field(name: str, info: Mapping[str, Any], value: Any, errors: dict[str, list[str]]) -> dict[str, Any]:
    field = dict(info) | {
        "name": name,
        "id": "f-" + name.replace("[", "-").replace("]", "-").replace(".", "-"),
        "value": value,
        "errors": errors.get(_error_key(name), []),
    }
    if info["type"] == "rows":
        field["rows"] = [
            {
                inner: _field(f"{name}[{number}]{inner}", inner_info, (row or {}).get(inner), errors)
                for inner, inner_info in info["fields"].items()
            }
            for number, row in enumerate(value or [])
        ]
        field["blank"] = {
            inner: _field(f"{name}[__n__]{inner}", inner_info, inner_info.get("default"), {})
            for inner, inner_info in info["fields"].items()
        }
    elif info["type"] == "group":
        field["parts"] = {
            inner: _field(f"{name}.{inner}", part, (value or {}).get(inner), errors)
            for inner, part in info["fields"].items()
        }
    elif info["type"] in ("multiselect", "list"):
        field["value"] = [str(item) for item in value or []]
    elif info["type"] == "select":
        field["value"] = "" if value is None else str(value)
    elif "currencies" in info and (value or {}).get("currency"):
        field["currencies"] = list(dict.fromkeys([*info["currencies"], value["currency"]]))
    return field


def _error_key(name: str) -> str:
    """`calls[0]role` in a form is `calls.0.role` in the API's errors."""
    return name.replace("[", ".").replace("]", ".")


def _error_keys(field: dict[str, Any]) -> list[str]:
    inner = [part for row in field.get("rows", []) for part in row.values()] + list(field.get("parts", {}).values())
    return [_error_key(field["name"])] + [key for part in inner for key in _error_keys(part)]
