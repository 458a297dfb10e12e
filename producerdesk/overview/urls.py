"""Addresses of what spans all apps."""

from django.urls import path

from producerdesk.overview import pages

urlpatterns = [path("", pages.home, name="home")]
