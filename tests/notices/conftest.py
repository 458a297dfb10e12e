"""A kind of notice for tests, whose truth and words a test decides."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from producerdesk.accounts.models import Desk, User
from producerdesk.kit import clock
from producerdesk.notices import actions, registry
from producerdesk.notices.actions import Row
from producerdesk.notices.models import Delivery
from producerdesk.notices.registry import Bell, Kind, Mail, NotDue
from tests.services import SmtpSink


@dataclass
class Notes:
    """Plans notes, and holds what they say when the dispatcher asks."""

    desk: Desk
    user: User
    not_due: dict[str, NotDue] = field(default_factory=dict)  # by ref
    gone: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    blind: bool = False
    address: Callable[[str], str] = lambda ref: f"{ref.replace(':', '-')}@example.com"
    asked: Callable[[Delivery], None] = lambda delivery: None

    def row(self, ref: str = "note:1", channel: str = "bell", **said: Any) -> Row:
        """Return a row that is due now."""
        said.setdefault("due_at", clock.now())
        return Row(kind="test.note", ref=ref, recipient=f"user:{self.user.pk}", channel=channel, **said)

    def plan(self, *refs: str, channel: str = "bell", **said: Any) -> list[Delivery]:
        """Plan a note for each ref; return the deliveries."""
        rows = [self.row(ref, channel, **said) for ref in refs or ("note:1",)]
        actions.plan(desk=self.desk, rows=rows, now=clock.now())
        return [self.delivery(row.ref, channel=channel) for row in rows]

    def delivery(self, ref: str = "note:1", **said: Any) -> Delivery:
        """Return the latest delivery about `ref`."""
        return Delivery.objects.filter(ref=ref, **said).latest("generation")

    def state(self, ref: str = "note:1", **said: Any) -> str:
        """Return the state of the latest delivery about `ref`."""
        return self.delivery(ref, **said).state

    def load(self, deliveries: Sequence[Delivery]) -> Mapping[int, str]:
        """Answer the dispatcher."""
        if self.blind:
            raise ZeroDivisionError
        return {row.pk: row.ref for row in deliveries if row.ref not in self.gone}

    def still_due(self, delivery: Delivery, about: str, now: datetime) -> NotDue | None:
        """Answer the dispatcher."""
        self.asked(delivery)
        return self.not_due.get(about)

    def mail(self, delivery: Delivery, about: str) -> Mail:
        """Write for the dispatcher."""
        if about in self.broken:
            raise ZeroDivisionError
        return Mail(to=self.address(about), subject=f"About {about}", text=f"Text of {about}", html=f"<p>{about}</p>")

    def bell(self, delivery: Delivery, about: str) -> Bell:
        """Write for the dispatcher."""
        if about in self.broken:
            raise ZeroDivisionError
        return Bell(self.user.pk, f"About {about}", "/somewhere/")


@pytest.fixture
def notes(db: None) -> Iterator[Notes]:
    """The kind `test.note`, known while the test runs."""
    user = User.objects.create_user("mara@example.com", name="Mara Ellison")
    found = Notes(Desk.objects.create(name="Lowlight"), user)
    registry.register(
        Kind(name="test.note", load=found.load, still_due=found.still_due, mail=found.mail, bell=found.bell)
    )
    yield found
    del registry._kinds["test.note"]


@pytest.fixture
def mail_server(smtp_sink: SmtpSink, settings: Any) -> SmtpSink:
    """A mail server that the desk sends by."""
    settings.OUTBOX = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_sink.port
    return smtp_sink
