"""The operator's view of the tables: to look, not to touch.

Slots, sessions and money are bound to each other by actions; a hand that changes one row behind their back breaks them.
"""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

# nobody needs to see these, and some of them open a door
SECRETS = frozenset({"password", "salt", "secret_hash", "digest", "token_key", "answer", "data", "address", "content"})
SECRET_OF = {
    "answer": "OnceKey",
    "data": "Authenticator",
    "address": "ImportedCalendar",
    "content": "ImportedCalendar",
}  # elsewhere these words are harmless


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shows every column but secrets, and changes nothing."""

    list_display: Any = ("pk", "__str__")
    list_select_related = True
    show_full_result_count = False  # it would count a million slots on every page

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return [field.name for field in self.model._meta.concrete_fields if not _is_secret(self.model, field.name)]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return self.get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def show_all(label: str, **others: Any) -> None:
    """Let operators look at every table of an app. `others` names models with an admin of their own."""
    for model in apps.get_app_config(label).get_models():
        admin.site.register(model, others.get(model.__name__, ReadOnlyAdmin))


def _is_secret(model: type[Model], name: str) -> bool:
    return name in SECRETS and SECRET_OF.get(name, model.__name__) == model.__name__
