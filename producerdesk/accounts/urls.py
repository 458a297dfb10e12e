"""Addresses of desks, staff and oneself: pages here, API resources for `producerdesk.api_urls`."""

from django.urls import path

from producerdesk.accounts import api, pages

app_name = "accounts"
resources = [("desks", api.OwnDeskViewSet, "desk"), ("staff", api.StaffViewSet, "staff")]
# there is one of it for each viewer, so it has no list and no id
singles = [path("me/", api.MeViewSet.as_view({"get": "retrieve", "put": "update"}), name="me")]
urlpatterns = [
    path("me/", pages.me, name="me"),
    # /desk/
    path("desk/", pages.own_desk, name="own_desk"),
    path("desk/<id:pk>/", pages.desk, name="desk"),
    path("desk/<id:pk>/staff/", pages.staff, name="staff"),
    path("desk/staff/<id:pk>/role/", pages.staff_role, name="staff_role"),
    path("desk/staff/<id:pk>/remove/", pages.staff_remove, name="staff_remove"),
]
