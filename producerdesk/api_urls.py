"""The REST API's addresses: each app names its resources, one router serves them."""

from django.urls import include, path
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
    path("", include(router.urls)),
]
