"""Lets time pass for the demo desk: letters leave when they are due, as its dispatcher would have sent them."""

from datetime import datetime

from django.conf import settings

from producerdesk.kit import clock
from producerdesk.notices.dispatcher import dispatch
from producerdesk.notices.models import Delivery, DispatcherTick
from producerdesk.notices.reasons import SERVER_SAID, about
from sessions.models import StudioSession
from sessions.notices import INVITATION, ref

State = Delivery.State
NAME = "demo"  # of our dispatcher
FULL = about(SERVER_SAID, "452 4.2.2 The mailbox is full")


def let_time_pass(until: datetime) -> None:
    """Send each letter that is due before that moment at its own hour."""
    while moment := _next_due(until):
        with clock.standing_at(moment):
            send()


def send() -> None:
    """Send what is due now. With a mail server the letters are real: then they are left to the worker."""
    if settings.OUTBOX:
        dispatch(name=NAME)
        DispatcherTick.objects.filter(name=NAME).delete()  # health asks who sweeps today


def _next_due(until: datetime) -> datetime | None:
    waiting = (
        Delivery.objects.filter(state=State.PENDING, try_at__lt=until) if settings.OUTBOX else Delivery.objects.none()
    )
    return waiting.order_by("try_at").values_list("try_at", flat=True).first()


def a_mailbox_was_full(session: StudioSession, name: str) -> None:
    """Let the invitation to this person not arrive, so that Today has something to try again."""
    call = session.calls.get(contributor__name=name)
    rows = Delivery.objects.about([ref(call)]).filter(kind=INVITATION, channel=Delivery.Channel.EMAIL)
    rows.update(state=State.FAILED, reason=FULL, attempts=5)
