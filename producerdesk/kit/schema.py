"""OpenAPI: what the base viewset knows, told to drf-spectacular, and the errors on every operation."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_basic_type, force_instance
from drf_spectacular.types import OpenApiTypes

from producerdesk.kit.rows import Only

_MONEY = {
    "type": "object",
    "required": ["amount", "currency"],
    "properties": {
        "amount": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "description": "Text, never a float."},
        "currency": {"type": "string", "minLength": 3, "maxLength": 3, "description": "ISO 4217."},
    },
}
_ERROR = {
    "type": "object",
    "required": ["code", "detail"],
    "properties": {
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "fields": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
            "description": "What is wrong, by field; `form` for what belongs to none.",
        },
        "clashes": {"type": "array", "items": {"type": "object"}},
        "free": {"type": "array", "items": {"type": "object"}},
        "wish": {"type": ["object", "null"]},
        "current": {"type": ["object", "null"]},
    },
}
# every status that any operation may answer beside its success
ERRORS = {
    "400": "Something in the request is wrong; `fields` says what.",
    "401": "Sign in, or send a token.",
    "403": "Your role does not allow this.",
    "404": "There is nothing here, or it is not yours to see.",
    "405": "This method is not for this address.",
    "406": "We only speak JSON.",
    "409": "It clashes with something, or its state does not allow this.",
    "412": "It was changed in the meantime; `current` is how it stands.",
    "413": "More at once than we read of one request.",
    "415": "Send JSON or a form.",
    "422": "This Idempotency-Key was used for something else.",
    "428": "Send If-Match with the ETag you read.",
    "429": "Too many requests; see Retry-After.",
    "503": "Our data is away; see Retry-After.",
}


class DeskSchema(AutoSchema):
    """Reads `inputs`, `row` and `detail_row` of a DeskViewSet."""

    def get_request_serializer(self) -> Any:
        if self.method in ("POST", "PUT", "PATCH") and hasattr(self.view, "inputs"):
            return self.view.inputs.get(self.view.action)
        return super().get_request_serializer() if not hasattr(self.view, "inputs") else None

    def _is_list_view(self, serializer: Any = None) -> bool:
        return self.view.action == "list" if hasattr(self.view, "inputs") else super()._is_list_view(serializer)

    def get_response_serializers(self) -> Any:
        view = self.view
        if not hasattr(view, "inputs"):
            return super().get_response_serializers()
        if self.method == "DELETE":
            return {204: None}
        row = view.row if self._is_list_view() else (getattr(view, "detail_row", None) or view.row)
        return {201 if view.action == "create" else 200: row}

    def get_override_parameters(self) -> list:
        return []

    def _map_basic_serializer(self, serializer: Any, direction: str) -> dict:
        """Describe a serializer. What only some viewers get is never promised."""
        found = super()._map_basic_serializer(serializer, direction)
        fields = force_instance(serializer).fields
        promised = [name for name in found.get("required", ()) if not isinstance(fields[name], Only)]
        return {key: value for key, value in found.items() if key != "required"} | (
            {"required": promised} if promised else {}
        )

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]


class _WayIn(OpenApiAuthenticationExtension):
    """A way in tells of itself: its class carries `scheme`, `{name: OpenAPI security scheme}`."""

    target_class = "rest_framework.authentication.BaseAuthentication"
    match_subclasses = True

    @property
    def name(self) -> str:
        return next(iter(self.target.scheme))

    def get_security_definition(self, auto_schema: Any) -> dict:
        return self.target.scheme[self.name]


class _RowField(OpenApiSerializerFieldExtension):
    target_class = "producerdesk.kit.rows.MoneyField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> Any:
        return _MONEY | {"type": ["object", "null"]}


class _AmountField(_RowField):
    target_class = "producerdesk.kit.fields.AmountField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> Any:
        return _MONEY


class _Computed(OpenApiSerializerFieldExtension):
    target_class = "producerdesk.kit.rows.Computed"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> Any:
        return auto_schema._map_serializer_field(self.target.kind, direction)


class _Only(OpenApiSerializerFieldExtension):
    target_class = "producerdesk.kit.rows.Only"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> Any:
        return auto_schema._map_serializer_field(self.target.field, direction)


class _Children(OpenApiSerializerFieldExtension):
    target_class = "producerdesk.kit.rows.Children"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> Any:
        component = auto_schema.resolve_serializer(self.target.row(), direction)
        return {"type": "array", "items": component.ref if component else build_basic_type(OpenApiTypes.OBJECT)}


class _Listed(OpenApiSerializerFieldExtension):
    target_class = "producerdesk.kit.rows.Listed"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> Any:
        return {"type": "array", "items": auto_schema._map_serializer_field(self.target.kind, direction)}


def leave_out_what_nobody_may(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Return the operations that somebody may ask for: an action that no permission lists is refused to all."""
    return [each for each in endpoints if _is_listed(each[2], each[3].cls, each[3])]


def _is_listed(method: str, view: Any, callback: Any) -> bool:
    action = getattr(callback, "actions", {}).get(method.lower())
    return action is None or not hasattr(view, "needs") or action in view.needs


def document_errors(result: dict, generator: Any, request: Any, public: bool) -> dict:
    """Put the one error shape on every operation (schemathesis and client generators need it there)."""
    result.setdefault("components", {}).setdefault("schemas", {})["Error"] = _ERROR
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for path in result["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "responses" in operation:
                for status, text in ERRORS.items():
                    operation["responses"].setdefault(status, {"description": text, "content": body})
    return result
