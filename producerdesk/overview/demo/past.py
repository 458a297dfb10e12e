"""Lets time pass for the demo desk: letters leave when they are due, as its dispatcher would have sent them."""

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone

from producerdesk.kit import clock
from producerdesk.notices.dispatcher import dispatch
from producerdesk.notices.models import Delivery, DispatcherTick
from producerdesk.notices.reasons import SERVER_SAID, about
from sessions.models import StudioSession
from sessions.notices import INVITATION, ref

State = Delivery.State
NAME = "demo"  # of our dispatcher
FULL = about(SERVER_SAID, "452 4.2.2 The mailbox is full")


@dataclass
class Days:
    """When the hours of the demo really were: a column that the database stamps by itself knows of no other day."""

    _lived: list[tuple[datetime, datetime, datetime]] = field(default_factory=list)  # really from, to; it stood for

    @contextmanager
    def lived(self, moment: datetime) -> Iterator[None]:
        """Note that what is stamped within was done at that moment."""
        began = timezone.now()
        yield
        if (ended := timezone.now()) > began:  # a clock that stands tells nothing apart
            self._lived.append((began, ended, moment))

    def date_back(self) -> None:
        """Give each row the hour at which it was made and changed in the story."""
        for model in apps.get_models():
            stamped = [
                each.name
                for each in model._meta.local_concrete_fields
                if isinstance(each, models.DateTimeField) and (each.auto_now or each.auto_now_add)
            ]
            if stamped:
                self._date_back(model, stamped)

    def _date_back(self, model: type[models.Model], stamped: list[str]) -> None:
        rows = list(model._base_manager.all())
        for row in rows:
            for name in stamped:
                setattr(row, name, self._in_the_story(getattr(row, name)))
        # by `update`, which stamps nothing
        for row in rows:
            model._base_manager.filter(pk=row.pk).update(**{name: getattr(row, name) for name in stamped})

    def _in_the_story(self, stamp: datetime) -> datetime:
        at = bisect_right(self._lived, stamp, key=lambda each: each[0]) - 1
        if at < 0 or self._lived[at][1] < stamp:
            return stamp  # done today
        return self._lived[at][2]


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
