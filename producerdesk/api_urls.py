"""The REST API's addresses: each app names its resources, one router serves them."""

from collections.abc import Iterable
from typing import Any

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from budgets import urls as budgets
from contributors import urls as contributors
from producerdesk.accounts import urls as accounts
from producerdesk.notices import urls as notices
from producerdesk.overview import urls as overview
from producerdesk.overview.api_docs import ApiSchema
from projects import members_urls as members
from projects import tokens_urls as tokens
from projects import urls as projects
from sessions import urls as sessions


def by_first_word(routes: Iterable[Any]) -> list[URLResolver]:
    """Return the same routes under their first words, so that an address is held against few of them."""
    found: dict[str, list[URLPattern]] = {}
    for route in routes:
        first, _slash, rest = str(route.pattern).removeprefix("^").partition("/")
        found.setdefault(first, []).append(re_path(f"^{rest}", route.callback, route.default_args, route.name))
    return [path(f"{first}/", include(under)) for first, under in found.items()]


app_name = "api"
router = SimpleRouter()
for app in (accounts, budgets, contributors, notices, projects, members, tokens, sessions, overview):
    for prefix, viewset, basename in app.resources:
        router.register(prefix, viewset, basename)

urlpatterns = [
    path("schema/", ApiSchema.as_view(), name="schema"),
    *accounts.singles,
    *sessions.singles,
    *overview.singles,
    *by_first_word(router.urls),
]
