"""Addresses of API tokens: pages here, API resources for `producerdesk.api_urls`."""

from django.urls import path

from projects import tokens_api as api
from projects import tokens_pages as pages

app_name = "tokens"
resources = [("tokens", api.TokenViewSet, "token")]
urlpatterns = [
    path("me/tokens/", pages.index, name="list"),
    path("me/tokens/<slug:key>/end/", pages.end, name="end"),
]
