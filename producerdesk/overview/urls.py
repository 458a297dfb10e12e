"""Addresses of what spans all apps: pages here, API resources for `producerdesk.api_urls`."""

from django.urls import path

from producerdesk.overview import api, pages

app_name = "overview"
resources = [("activity", api.ActivityViewSet, "activity")]
singles = [
    path("search/", api.SearchViewSet.as_view({"get": "retrieve"}), name="search"),
    path("today/", api.TodayViewSet.as_view({"get": "retrieve"}), name="today"),
    path(
        "projects/<id:pk>/questions/",
        api.QuestionsViewSet.as_view({"get": "retrieve"}, detail=True),
        name="project-questions",
    ),
    path(
        "projects/<id:pk>/glance/", api.GlanceViewSet.as_view({"get": "retrieve"}, detail=True), name="project-glance"
    ),
]
urlpatterns = [
    path("", pages.today, name="today"),
    path("search/", pages.search, name="search"),
    path("today/nudge/", pages.nudge_all, name="nudge_all"),
    path("projects/<id:pk>/activity/", pages.activity, name="activity"),
]
