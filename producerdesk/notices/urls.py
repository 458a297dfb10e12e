"""Addresses of the bell and the outbox: pages here, API resources for `producerdesk.api_urls`."""

from django.urls import path

from producerdesk.notices import api, pages

app_name = "notices"
resources = [
    ("notices", api.NoticeViewSet, "notice"),
    ("deliveries", api.DeliveryViewSet, "delivery"),
    ("outbox", api.OutboxViewSet, "outbox"),
]
urlpatterns = [
    # /notices/
    path("notices/", pages.index, name="list"),
    path("notices/read/", pages.read_all, name="read_all"),
    path("notices/<id:pk>/", pages.follow, name="follow"),
    # /desk/
    path("desk/outbox/", pages.outbox, name="outbox"),
    path("desk/outbox/<id:pk>/", pages.outbox_mail, name="outbox_mail"),
    path("deliveries/<id:pk>/retry/", pages.retry, name="retry"),
]
