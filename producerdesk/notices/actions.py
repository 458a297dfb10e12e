"""Every way in which an app plans notices and takes them back. Called in the transaction of the cause."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from producerdesk.accounts.models import Desk
from producerdesk.kit.errors import Conflict
from producerdesk.kit.inserting import insert, new
from producerdesk.notices.models import Delivery
from producerdesk.notices.queries import NoticeQuerySet

State = Delivery.State


@dataclass(frozen=True, slots=True)
class Row:
    """One message to plan. Six of the fields are its identity (`key`): planned twice, it is still one message.

    `dropped` says in the words of the source why it stands as skipped from the start. `project` is the one that it is
    about: who plans that one sees it, too.
    """

    kind: str
    ref: str
    recipient: str
    channel: str
    due_at: datetime
    offset: int = 0
    generation: int = 1
    recipient_name: str = ""
    expires_at: datetime | None = None
    dropped: str = ""
    project: int | None = None
    bundle: str = ""  # of what leaves as one message, of one kind to one person by one channel
    tells_at: datetime | None = None  # the time that it tells of: what a later message says it was before

    @property
    def key(self) -> tuple:
        """What makes it the same message."""
        return self.kind, self.ref, self.recipient, self.channel, self.offset, self.generation


def plan(*, desk: Desk | int, rows: Iterable[Row], now: datetime, first: bool = False) -> int:
    """Make these messages stand; return how many were added. What stands already, or was sent, is left as it is.

    A row that had been skipped or replaced stands again, as a new message at the new time. `first` says that what the
    rows are about was just made, so that nothing can stand.
    """
    wanted = {row.key: row for row in rows}
    if not wanted:
        return 0
    standing = () if first else Delivery.objects.about({row.ref for row in wanted.values()})
    known = {_key(old): old for old in standing}
    dropped = [known[key] for key in wanted if key in known and known[key].state in Delivery.DROPPED]
    for old in dropped:
        _stand_again(old, wanted[_key(old)])
    if dropped:
        Delivery.objects.bulk_update(dropped, _PLANNED_FIELDS)
    desk_id = desk if isinstance(desk, int) else desk.pk
    added = [_delivery(desk_id, row, now) for key, row in wanted.items() if key not in known]
    # two actions that plan the same at once: the second finds the row there
    insert(added, ignore_conflicts=True)
    return len(added) + len(dropped)


def supersede(
    *, ref: str | Iterable[str], reason: str, kinds: Iterable[str] | None = None, before_generation: int | None = None
) -> int:
    """Replace what has not left yet about these things, because a newer plan takes its place; return how many."""
    return _stop(State.SUPERSEDED, ref, reason, kinds, before_generation)


def cancel(
    *, ref: str | Iterable[str], reason: str, kinds: Iterable[str] | None = None, before_generation: int | None = None
) -> int:
    """Skip what has not left yet about these things, because it is not wanted any more; return how many."""
    return _stop(State.CANCELLED, ref, reason, kinds, before_generation)


def retry(delivery: Delivery, *, now: datetime) -> None:
    """Send a failed delivery again, at once and with all its tries. Whether it is still due is asked as ever.

    What failed in one message with it is sent with it again.
    """
    failed = Delivery.objects.filter(state=State.FAILED)
    rows = failed.filter(bundle=delivery.bundle) if delivery.bundle else failed.filter(pk=delivery.pk)
    changed = rows.update(state=State.PENDING, try_at=now, attempts=0, reason="")
    if not changed:
        raise Conflict(_("Only what failed can be sent again."))
    delivery.refresh_from_db()


def mark_read(*, notices: NoticeQuerySet, now: datetime) -> int:
    """Mark these lines of the bell as read; return how many were not."""
    return notices.filter(read_at=None).update(read_at=now)


_PLANNED_FIELDS = [
    *("state", "due_at", "try_at", "expires_at", "recipient_name", "bundle", "project_id", "tells_at"),
    *("reason", "lease_until", "claimed_by", "attempts", "message_id"),
]


def _stop(
    state: State, ref: str | Iterable[str], reason: str, kinds: Iterable[str] | None, before_generation: int | None
) -> int:
    rows = Delivery.objects.about([ref] if isinstance(ref, str) else ref).filter(state__in=Delivery.STOPPABLE)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    if before_generation is not None:
        rows = rows.filter(generation__lt=before_generation)
    return rows.update(state=state, reason=reason, lease_until=None)


def _key(delivery: Delivery) -> tuple:
    return (
        *(delivery.kind, delivery.ref, delivery.recipient),
        *(delivery.channel, delivery.offset, delivery.generation),
    )


def _delivery(desk_id: int, row: Row, now: datetime) -> Delivery:
    return new(
        Delivery,
        desk_id=desk_id,
        project_id=row.project,
        kind=row.kind,
        ref=row.ref,
        recipient=row.recipient,
        recipient_name=row.recipient_name,
        channel=row.channel,
        offset=row.offset,
        generation=row.generation,
        bundle=row.bundle,
        tells_at=row.tells_at,
        due_at=row.due_at,
        try_at=row.due_at,
        expires_at=row.expires_at,
        state=(State.CANCELLED if row.dropped else State.PENDING).value,
        reason=row.dropped,
        message_id=_message_id(),
        created_at=now,
    )


def _stand_again(old: Delivery, row: Row) -> None:
    old.state = State.CANCELLED if row.dropped else State.PENDING
    old.due_at = old.try_at = row.due_at
    old.expires_at, old.recipient_name, old.bundle = row.expires_at, row.recipient_name, row.bundle
    old.project_id, old.tells_at = row.project, row.tells_at
    old.reason, old.lease_until, old.claimed_by, old.attempts = row.dropped, None, "", 0
    # a mail program that has seen the old number would hide the new mail
    old.message_id = _message_id()


def _message_id() -> str:
    return f"<{uuid.uuid4().hex}@{urlsplit(settings.SITE_URL).hostname}>"
