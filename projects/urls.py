"""Addresses of projects: pages here, API resources for `producerdesk.api_urls`."""

from django.urls import path

from projects import api, pages

app_name = "projects"
resources = [("projects", api.ProjectViewSet, "project"), ("songs", api.SongViewSet, "song")]
urlpatterns = [
    path("", pages.index, name="list"),
    path("start/", pages.start, name="start"),
    path("new/", pages.new, name="new"),
    # /projects/<pk>/
    path("<id:pk>/", pages.detail, name="detail"),
    path("<id:pk>/brief/", pages.brief, name="brief"),
    path("<id:pk>/edit/", pages.edit, name="edit"),
    path("<id:pk>/stage/", pages.stage, name="stage"),
    path("<id:pk>/delete/", pages.delete, name="delete"),
    # /projects/<pk>/songs/
    path("<id:pk>/songs/", pages.songs, name="songs"),
    path("<id:pk>/songs/new/", pages.new_song, name="new_song"),
    path("<id:pk>/songs/<id:song>/", pages.song, name="song"),
    path("<id:pk>/songs/<id:song>/edit/", pages.edit_song, name="edit_song"),
    path("<id:pk>/songs/<id:song>/stage/", pages.song_stage, name="song_stage"),
    path("<id:pk>/songs/<id:song>/move/", pages.move_song, name="move_song"),
    path("<id:pk>/songs/<id:song>/delete/", pages.delete_song, name="delete_song"),
]
