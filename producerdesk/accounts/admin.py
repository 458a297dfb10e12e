"""Accounts for operators: who may sign in. They come in by the same door as everybody, second step included."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from producerdesk.kit.admin import ReadOnlyAdmin, show_all

admin.site.site_title = admin.site.site_header = "ProducerDesk"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign] # as allauth's documentation has it


class UserAdmin(ReadOnlyAdmin):
    """An operator locks people out and makes other operators; all else is the person's own."""

    list_display = ("pk", "email", "name", "is_active", "is_staff")
    search_fields = ("email", "name")
    own = ("is_active", "is_staff", "is_superuser")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return [name for name in self.get_fields(request, obj) if name not in self.own]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_superuser


class AuthenticatorAdmin(ReadOnlyAdmin):
    """The second step of somebody whose phone is lost can be taken away, and never read."""

    list_display = ("pk", "user", "type", "last_used_at")
    search_fields = ("user__email",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_superuser


admin.site.unregister(Authenticator)
admin.site.register(Authenticator, AuthenticatorAdmin)
show_all("accounts", User=UserAdmin)
