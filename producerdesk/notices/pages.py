"""The pages of the bell and of the outbox."""

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from producerdesk.kit.ask import ask
from producerdesk.kit.pages import act, show


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """What the bell tells."""
    return show(
        request,
        "notices/list.html",
        notices=ask(request, "api:notice-list", query=request.GET),
        unread=ask(request, "api:notice-list", query={"unread": "true", "page_size": 1}),
    )


def follow(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Read one and go where it leads."""
    return act(request, "api:notice-read", args=[pk], then=lambda notice: notice["path"] or reverse("notices:list"))


def read_all(request: HttpRequest) -> HttpResponseBase:
    """Mark all as read."""
    return act(request, "api:notice-read-all", done=_("All read."))


@require_safe
def outbox(request: HttpRequest) -> HttpResponseBase:
    """The mails that no mail server took."""
    mails = ask(request, "api:outbox-list", query=request.GET)
    return show(request, "notices/outbox.html", mails=mails, desks=ask(request, "api:desk-list"))


@require_safe
def outbox_mail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One of them, as plain text."""
    return show(request, "notices/outbox_mail.html", mail=ask(request, "api:outbox-detail", args=[pk]))


def retry(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send what failed once more."""
    return act(request, "api:delivery-retry", args=[pk], done=_("It is on its way again."))
