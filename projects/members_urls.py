"""Addresses of who may see a project and of invitations: pages here, API resources for `producerdesk.api_urls`."""

from django.urls import path

from projects import members_api as api
from projects import members_pages as pages

app_name = "members"
resources = [
    ("members", api.MemberViewSet, "member"),
    ("invitations", api.InvitationViewSet, "invitation"),
    ("staff-invitations", api.StaffInvitationViewSet, "staff-invitation"),
    ("joins", api.JoinViewSet, "join"),
]
urlpatterns = [
    path("projects/<id:pk>/access/", pages.access, name="access"),
    path("members/<id:pk>/role/", pages.member_role, name="role"),
    path("members/<id:pk>/remove/", pages.member_remove, name="remove"),
    # /invitations/
    path("invitations/<id:pk>/resend/", pages.resend, name="resend"),
    path("invitations/<id:pk>/take-back/", pages.take_back, name="take_back"),
    path("invitations/staff/<id:pk>/resend/", pages.resend_staff, name="resend_staff"),
    path("invitations/staff/<id:pk>/take-back/", pages.take_back_staff, name="take_back_staff"),
    path("invitations/<str:secret>/", pages.join, name="join"),
]
