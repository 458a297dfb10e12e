"""OPTIONS: what a form needs to draw itself, for this very viewer."""

from typing import Any

from django.http import Http404
from django.utils.encoding import force_str
from rest_framework import serializers
from rest_framework.metadata import BaseMetadata

from producerdesk.kit.fields import AmountField
from producerdesk.kit.permissions import holds, viewer_of

_TYPES: tuple[tuple[type[serializers.Field], str], ...] = (
    (AmountField, "money"),
    (serializers.BooleanField, "checkbox"),
    (serializers.EmailField, "email"),
    (serializers.URLField, "url"),
    (serializers.MultipleChoiceField, "multiselect"),
    (serializers.ManyRelatedField, "multiselect"),
    (serializers.ChoiceField, "select"),
    (serializers.RelatedField, "select"),
    (serializers.IntegerField, "integer"),
    (serializers.DecimalField, "decimal"),
    (serializers.DateField, "date"),
    (serializers.TimeField, "time"),
    (serializers.DateTimeField, "datetime"),
    (serializers.FileField, "file"),
    (serializers.ListSerializer, "rows"),
    (serializers.ListField, "list"),
    (serializers.Serializer, "group"),
)
_LIMITS = ("max_length", "min_length", "max_value", "min_value", "max_digits", "decimal_places")


class FormMetadata(BaseMetadata):
    """`{"forms": {"POST": {"fields": {...}, "values": {...}}, "PUT": ...}, "etag": "..."}`: only what one may do."""

    def determine_metadata(self, request: Any, view: Any) -> dict[str, Any]:
        found: Any = None
        forms: dict[str, Any] = {}
        answer: dict[str, Any] = {"name": force_str(view.get_view_name()), "forms": forms}
        if "pk" in view.kwargs and getattr(view, "inputs", None):  # without inputs there is no form to fill
            found = view.get_queryset().filter(pk=view.kwargs["pk"]).first()
            if found is None:
                raise Http404
        for method, action in (getattr(view, "action_map", None) or {}).items():
            if action in getattr(view, "inputs", {}) and _may(request, view, action, found):
                forms[method.upper()] = self._form(view, action, found)
        if found is not None and (etag := view.etag_of(found)):
            answer["etag"] = etag
        return answer

    def _form(self, view: Any, action: str, found: Any) -> dict[str, Any]:
        context = view.get_serializer_context() | {"narrow": view.form_narrow(action, found)}
        serializer = view.inputs[action](found, context=context)
        fields = {name: describe(field) for name, field in serializer.fields.items() if not field.read_only}
        values = view.form_start(action) if found is None else view.form_values(found, action)
        return {"fields": fields, "values": values}


def _may(request: Any, view: Any, action: str, found: Any) -> bool:
    right = view.needs.get(action)
    if right is None:
        return False
    return view.has_right(right, found) if found is not None else holds(viewer_of(request), right)


def describe(field: serializers.Field) -> dict[str, Any]:
    """Return a field's type, label, hint, limits and choices."""
    info: dict[str, Any] = {
        "type": _type(field),
        "label": force_str(field.label or field.field_name.replace("_", " ").capitalize()),
        "required": field.required or not _may_be_empty(field),
    }
    if field.help_text:
        info["hint"] = force_str(field.help_text)
    for limit in _LIMITS:
        if (value := getattr(field, limit, None)) is not None:
            info[limit] = value if isinstance(value, int) else str(value)
    if field.default not in (serializers.empty, None) and not callable(field.default):
        info["default"] = field.default if isinstance(field.default, bool | int) else force_str(field.default)
    if isinstance(field, AmountField) and field.choose:
        info["currencies"] = field.currencies()
    choices = _choices(field)
    if choices is not None:
        info["choices"] = choices
    inner = field.child if isinstance(field, serializers.ListSerializer) else field
    if isinstance(inner, serializers.Serializer):
        info["fields"] = {name: describe(part) for name, part in inner.fields.items() if not part.read_only}
    return info


def _may_be_empty(field: serializers.Field) -> bool:
    if getattr(field, "allow_blank", False) or field.allow_null or getattr(field, "allow_empty", False):
        return True
    if isinstance(field, serializers.CharField | serializers.ChoiceField):
        return False  # a request may leave it out, as it has a default; a form always shows a value
    return not field.required


def _type(field: serializers.Field) -> str:
    if field.style.get("input_type"):
        return field.style["input_type"]
    if field.style.get("base_template") == "textarea.html":
        return "textarea"
    return next((name for kind, name in _TYPES if isinstance(field, kind)), "text")


def _choices(field: serializers.Field) -> list[dict[str, Any]] | None:
    if isinstance(field, serializers.ManyRelatedField):
        field = field.child_relation
    if hasattr(field, "options"):
        return field.options()
    if isinstance(field, serializers.ChoiceField):
        return [{"value": value, "label": force_str(label)} for value, label in field.choices.items()]
    return None
