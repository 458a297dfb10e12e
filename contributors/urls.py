"""Addresses of people and hires: pages here, API resources for `producerdesk.api_urls`."""

from django.urls import path

from contributors import api
from contributors.hiring import LEGAL
from contributors.pages import engagements, links, people

app_name = "contributors"
resources = [
    ("contributors", api.ContributorViewSet, "contributor"),
    ("engagements", api.EngagementViewSet, "engagement"),
    ("private-links", api.PrivateLinkViewSet, "private-link"),
]
urlpatterns = [
    path("", people.index, name="list"),
    path("new/", people.new, name="new"),
    path("import/", people.import_sheet, name="import"),
    # /people/<pk>/
    path("<id:pk>/", people.detail, name="detail"),
    path("<id:pk>/edit/", people.edit, name="edit"),
    path("<id:pk>/archive/", people.archive, name="archive"),
    path("<id:pk>/restore/", people.restore, name="restore"),
    path("<id:pk>/delete/", people.delete, name="delete"),
    path("<id:pk>/links/", links.index, name="links"),
    path("<id:pk>/links/<id:link>/end/", links.end, name="end_link"),
]
# the ledger's entries lead to `engagement:detail`
hires = (
    [
        path("projects/<id:project>/people/", engagements.index, name="list"),
        path("projects/<id:project>/people/new/", engagements.new, name="new"),
        # /engagements/<pk>/
        path("engagements/<id:pk>/", engagements.detail, name="detail"),
        path("engagements/<id:pk>/edit/", engagements.edit, name="edit"),
        path("engagements/<id:pk>/delete/", engagements.delete, name="delete"),
        *(path(f"engagements/<id:pk>/{name}/", engagements.move, {"name": name}, name=name) for name in LEGAL),
    ],
    "engagement",
)
