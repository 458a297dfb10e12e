"""Every address. Each app brings its own; the API stands under /api/v1/."""

from django.contrib import admin
from django.urls import include, path

from budgets import urls as budgets
from contributors import urls as contributors
from producerdesk.notices import health
from producerdesk.overview.api_docs import ApiDocs
from sessions import urls as sessions

urlpatterns = [
    path("api/v1/", include("producerdesk.api_urls")),  # first: addresses are tried in this order
    path("", include("producerdesk.overview.urls")),
    path("", include("producerdesk.accounts.urls")),
    path("", include("producerdesk.notices.urls")),
    path("", include("projects.members_urls")),
    path("", include("projects.tokens_urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/docs/", ApiDocs.as_view(), name="api_docs"),
    path("healthz", health.answer, name="healthz"),
    path("people/", include("contributors.urls")),
    path("", include(contributors.hires)),
    path("projects/", include("projects.urls")),
    path("", include("budgets.urls")),
    path("", include(budgets.spent)),
    path("", include("sessions.urls")),
    path("", include(sessions.entries)),
]
handler400 = "producerdesk.overview.pages.unreadable"
handler403 = "producerdesk.overview.pages.no_right"
handler404 = "producerdesk.overview.pages.not_found"
handler500 = "producerdesk.overview.pages.broken"
