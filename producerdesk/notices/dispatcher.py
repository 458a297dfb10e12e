"""Claims what is due, asks whether it still is, sends it and marks it. Any number may run beside each other.

Rows are taken in batches under a lease. Whatever a dispatcher then does to a row is a compare-and-set on the batch's
own token, so one that was slow, or whose row was cancelled or taken over in the meantime, changes nothing and sends
nothing. A bell (and a mail that goes to the outbox) is inserted in the transaction that marks its row sent: exactly
once. A real mail is marked `sending`, sent outside any transaction, and marked `sent`: if the dispatcher dies between
the last two, the mail is sent again with the same Message-ID when the lease is over. Twice is rare; never is not.

Rows of a bundle (the dates of a series) leave as one message: only the first of them that is open is claimed, and takes
the others along. Each is asked whether it is still due, and each is marked by itself.
"""

import os
import socket
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_noop as _

from producerdesk.kit import clock
from producerdesk.kit.prepared import Ready, prepared
from producerdesk.kit.viewer import NOBODY, Viewer
from producerdesk.notices import reasons, registry
from producerdesk.notices.mailserver import MailServer, Refused, ServerAway
from producerdesk.notices.models import Delivery, DispatcherTick, Notice, OutboxMail
from producerdesk.notices.registry import Bell, Later, Mail, NotDue

log = structlog.get_logger(__name__)
State = Delivery.State

BATCH = 100
BUDGET = 20.0  # seconds a sweep may take; the next tick goes on
# after a temporary error; then it has failed. Long enough for grey-listing, short enough for a reminder
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
GIVE_UP = 10  # times that a mail was begun: by then it is the mail that ends its dispatchers

Effect = Mail | Bell


@dataclass(frozen=True)
class Counts:
    """What a sweep did."""

    sent: int = 0
    dropped: int = 0  # not due any more
    postponed: int = 0  # a temporary error, or no hour for it: later
    failed: int = 0
    put_back: int = 0  # no time left, or no mail server

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) + getattr(other, name) for name in Counts.__dataclass_fields__))


@dataclass(frozen=True)
class Batch:
    """Rows claimed together. `token` is theirs alone: without it a row is not ours any more."""

    token: str
    rows: list[Delivery]

    def ours(self, rows: Iterable[Delivery], state: State = State.CLAIMED) -> QuerySet[Delivery]:
        """Return those of the rows that are still ours, in that state."""
        return Delivery.objects.filter(pk__among=[row.pk for row in rows], claimed_by=self.token, state=state)

    def hold(self, rows: Iterable[Delivery]) -> set[int]:
        """Return the ids of those that are still ours, locked. Passes over what another holds.

        Who holds such a row is cancelling it, perhaps among others of ours: waiting could dead-lock.
        """
        return {pk for (pk,) in _held(NOBODY, keys=[row.pk for row in rows], token=self.token).values_list("pk")}


@prepared
def _held(viewer: Viewer, keys: list[int], token: str) -> QuerySet:
    rows = Delivery.objects.filter(pk__among=keys, claimed_by=token, state=State.CLAIMED)
    return rows.order_by().select_for_update(skip_locked=True)


@dataclass(frozen=True)
class Message:
    """What leaves, and the rows that it tells: nearly always one, of a bundle several."""

    rows: list[Delivery]
    effect: Effect


def dispatch(*, name: str, budget: float = BUDGET) -> Counts:
    """Send what is due until nothing is, or the budget is spent. `name` is the way of running, for /healthz."""
    stop_at = time.monotonic() + budget
    _tick(name, clock.now())
    counts = Counts()
    for channel in (Delivery.Channel.BELL, Delivery.Channel.EMAIL):
        while time.monotonic() < stop_at and (batch := claim(channel, now=clock.now())):
            done = _deliver(batch, stop_at)
            counts += done
            if done.put_back:
                break
    if counts.sent:
        DispatcherTick.objects.filter(name=name).update(sent=F("sent") + counts.sent)
    return counts


def claim(channel: str, *, now: datetime, limit: int = BATCH) -> Batch | None:
    """Take up to `limit` due rows of a channel under a lease: before others what a dead dispatcher left behind."""
    token = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
    with transaction.atomic():
        rows = _lock("left_behind", channel, now, limit) or _lock("pending", channel, now, limit)
        if not rows:
            return None
        # on PostgreSQL the rows are locked, on SQLite the whole database is: what was read above still stands
        Delivery.objects.filter(pk__among=[row.pk for row in rows]).update(
            state=State.CLAIMED, claimed_by=token, lease_until=now + settings.DELIVERY_CLAIM_LEASE
        )
    return Batch(token, rows)


def _lock(sort: str, channel: str, now: datetime, limit: int) -> list[Delivery]:
    """Return the first rows of a sort (`pending`, `left_behind`), locked. Passes over what another dispatcher holds."""

    def build(viewer: Viewer, channel: str, now: datetime) -> QuerySet:
        return getattr(Delivery.objects, sort)(channel, now=now).select_for_update(skip_locked=True)[:limit]

    return Ready(build, NOBODY, {"channel": channel, "now": now}, key=("due", sort, limit)).objects()


def _deliver(batch: Batch, stop_at: float) -> Counts:
    if batch.rows[0].channel == Delivery.Channel.EMAIL and not settings.OUTBOX:
        return _post(batch, stop_at)
    return _keep(batch, clock.now())


# --- bells and the outbox: the effect is a row ----------------------------------------------------
def _keep(batch: Batch, now: datetime) -> Counts:
    messages: list[Message] = []
    not_due: dict[Delivery, NotDue] = {}
    counts = Counts()
    abouts = _load(batch.rows)
    for row in batch.rows:
        message, done = _prepared(batch, row, abouts, not_due, now)
        counts += done
        messages += [message] if message else []
    counts += _drop(batch, not_due)
    return counts + _insert(batch, messages, now)


def _insert(batch: Batch, messages: list[Message], now: datetime) -> Counts:
    rows = [row for message in messages for row in message.rows]
    with transaction.atomic():
        ours = batch.hold(rows)
        # of a bundle all or none: what has lost a row meanwhile is written anew without it
        whole = [message for message in messages if all(row.pk in ours for row in message.rows)]
        sent = {row.pk for message in whole for row in message.rows}
        effects = [(message.rows[0], message.effect) for message in whole]
        Notice.objects.bulk_create(_notice(row, bell, now) for row, bell in effects if isinstance(bell, Bell))
        OutboxMail.objects.bulk_create(_outbox_mail(row, mail, now) for row, mail in effects if isinstance(mail, Mail))
        _mark_sent(Delivery.objects.filter(pk__among=list(sent)), now)
        torn = [row for row in rows if row.pk in ours and row.pk not in sent]
        return Counts(sent=len(sent)) + (_put_back(batch, torn) if torn else Counts())


def _notice(row: Delivery, bell: Bell, now: datetime) -> Notice:
    text = bell.text if len(bell.text) <= 240 else f"{bell.text[:239]}…"
    return Notice(user_id=bell.user_id, delivery=row, text=text, path=bell.path, created_at=now)


def _outbox_mail(row: Delivery, mail: Mail, now: datetime) -> OutboxMail:
    return OutboxMail(
        desk_id=row.desk_id,
        delivery=row,
        to=mail.to,
        subject=mail.subject[:240],
        text=mail.text,
        html=mail.html,
        message_id=row.message_id,
        created_at=now,
    )


# --- mail by a mail server ------------------------------------------------------------------------
def _post(batch: Batch, stop_at: float) -> Counts:
    counts = Counts()
    with MailServer() as server:
        for done, row in enumerate(batch.rows):
            if time.monotonic() > stop_at:
                return counts + _put_back(batch, batch.rows[done:])
            try:
                counts += _post_one(batch, row, server, clock.now())
            except ServerAway as away:
                return counts + _put_back(batch, batch.rows[done:], reason=str(away)[: reasons.LENGTH])
    return counts


def _post_one(batch: Batch, row: Delivery, server: MailServer, now: datetime) -> Counts:
    """Send one mail. Whether it is still due is asked now, not when the batch was claimed."""
    not_due: dict[Delivery, NotDue] = {}
    message, counts = _prepared(batch, row, _load([row]), not_due, now)
    counts += _drop(batch, not_due)
    if message is None:
        return counts
    rows = message.rows
    if rows[0].attempts >= GIVE_UP:
        return counts + _fail(batch, rows, State.CLAIMED, _("It broke off each time it was sent."))
    try:
        server.ready()
    except ServerAway as away:
        _put_back(batch, [each for each in rows if each != row], reason=str(away)[: reasons.LENGTH])
        raise
    return counts + _send(batch, message, server, now)


def _send(batch: Batch, message: Message, server: MailServer, now: datetime) -> Counts:
    rows, lease = message.rows, now + settings.DELIVERY_SENDING_LEASE
    if batch.ours(rows).update(state=State.SENDING, lease_until=lease, attempts=F("attempts") + 1) != len(rows):
        # cancelled, or taken over by another because we were slow; what is left of a bundle is written anew
        left = batch.ours(rows, State.SENDING).update(state=State.PENDING, lease_until=None, attempts=F("attempts") - 1)
        return Counts(put_back=left)
    for row in rows:
        row.attempts += 1
    try:
        server.send(cast(Mail, message.effect), rows[0].message_id)  # of rows of this channel
    except Refused as refusal:
        return _fail(batch, rows, State.SENDING, str(refusal))
    except Exception as error:
        log.warning("mail not sent", delivery=rows[0].pk, error=repr(error))
        why = MailServer.reason(error)
        return sum((_postpone(batch, row, State.SENDING, why, now) for row in rows), Counts())
    return Counts(sent=_mark_sent(batch.ours(rows, State.SENDING), clock.now()))


def _mark_sent(rows: QuerySet[Delivery], now: datetime) -> int:
    return rows.update(state=State.SENT, sent_at=now, reason="", lease_until=None)


def _put_back(batch: Batch, rows: list[Delivery], **why: str) -> Counts:
    """Give rows back that were not tried. It costs them no attempt: it was not their fault."""
    return Counts(put_back=batch.ours(rows).update(state=State.PENDING, lease_until=None, **why))


# --- both -----------------------------------------------------------------------------------------
def _load(rows: list[Delivery]) -> dict[int, Any]:
    """Return what each row is about, asked once a kind."""
    by_kind: dict[str, list[Delivery]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    found: dict[int, Any] = {}
    for of_a_kind in by_kind.values():
        try:
            found.update(registry.kind_of(of_a_kind[0]).load(of_a_kind))
        except Exception as error:  # one kind's trouble; `_read` raises it for each row
            found.update(dict.fromkeys((row.pk for row in of_a_kind), error))
    return found


def _prepared(
    batch: Batch, row: Delivery, abouts: Mapping[int, Any], not_due: dict[Delivery, NotDue], now: datetime
) -> tuple[Message | None, Counts]:
    """Return what leaves of a row and of its bundle, or None. What must not leave is put among `not_due`."""
    rows, counts, due = [row], Counts(), []
    if row.bundle:
        rows += _take_along(batch, row, now)
        abouts = _load(rows)
    for each in rows:
        try:
            why = _why_not(each, abouts, now)
        except Exception as error:
            counts += _postpone(batch, each, State.CLAIMED, _broken(each, error), now)
            continue
        if isinstance(why, Later):
            counts += _wait(batch, each, why)
        elif isinstance(why, NotDue):
            not_due[each] = why
        else:
            due.append(each)
    try:
        return (Message(due, _written(due, abouts)) if due else None), counts
    except Exception as error:
        return None, sum((_postpone(batch, each, State.CLAIMED, _broken(each, error), now) for each in due), counts)


def _take_along(batch: Batch, row: Delivery, now: datetime) -> list[Delivery]:
    """Claim the other rows of a bundle, and return them."""
    with transaction.atomic():
        rows = list(Delivery.objects.along_with(row, now=now).select_for_update(skip_locked=True))
        Delivery.objects.filter(pk__in=[each.pk for each in rows]).update(
            state=State.CLAIMED, claimed_by=batch.token, lease_until=now + settings.DELIVERY_CLAIM_LEASE
        )
    return rows


def _why_not(row: Delivery, abouts: Mapping[int, Any], now: datetime) -> NotDue | Later | None:
    """Return why the delivery must not leave, or not yet."""
    if row.expires_at and row.expires_at <= now:
        return NotDue(State.EXPIRED, row.reason or _("Its time had passed."))
    kind = registry.kind_of(row)
    if row.pk not in abouts:
        return NotDue(State.CANCELLED, _("What it was about is gone."))
    about = abouts[row.pk]
    if isinstance(about, Exception):
        raise about
    if why_not := kind.still_due(row, about, now):
        return why_not
    if (kind.mail if row.channel == Delivery.Channel.EMAIL else kind.bell) is None:
        return NotDue(State.CANCELLED, _("This is not sent that way."))
    return None


def _written(rows: list[Delivery], abouts: Mapping[int, Any]) -> Effect:
    """Return how rows that leave as one message read. Raises LookupError for a kind that has no words for several."""
    kind, first = registry.kind_of(rows[0]), rows[0]
    is_mail = first.channel == Delivery.Channel.EMAIL
    if len(rows) == 1:
        write_one = kind.mail if is_mail else kind.bell
        if write_one is not None:
            return write_one(first, abouts[first.pk])
    write_all = kind.mails if is_mail else kind.bells
    if write_all is None:
        raise LookupError(kind.name)
    return write_all(rows, [abouts[row.pk] for row in rows])


def _drop(batch: Batch, not_due: Mapping[Delivery, NotDue]) -> Counts:
    by_reason: dict[NotDue, list[Delivery]] = defaultdict(list)
    for row, why in not_due.items():
        by_reason[why].append(row)
    dropped = 0
    for why, rows in by_reason.items():
        dropped += batch.ours(rows).update(state=why.state, reason=why.reason[: reasons.LENGTH], lease_until=None)
    return Counts(dropped=dropped)


def _wait(batch: Batch, row: Delivery, later: Later) -> Counts:
    """Leave the row until then. That costs no try."""
    changed = batch.ours([row]).update(
        state=State.PENDING, try_at=later.at, reason=later.reason[: reasons.LENGTH], lease_until=None
    )
    return Counts(postponed=changed)


def _postpone(batch: Batch, row: Delivery, state: State, reason: str, now: datetime) -> Counts:
    """Try the row later; after the last try it has failed."""
    tries = row.attempts + (state == State.CLAIMED)  # a row that broke before it was sent has not been counted yet
    if tries > len(BACKOFF):
        return _fail(batch, [row], state, reason)
    changed = batch.ours([row], state).update(
        state=State.PENDING,
        try_at=now + BACKOFF[tries - 1],
        attempts=tries,
        reason=reason[: reasons.LENGTH],
        lease_until=None,
    )
    return Counts(postponed=changed)


def _fail(batch: Batch, rows: list[Delivery], state: State, reason: str) -> Counts:
    changed = batch.ours(rows, state).update(state=State.FAILED, reason=reason[: reasons.LENGTH], lease_until=None)
    return Counts(failed=changed)


def _broken(row: Delivery, error: Exception) -> str:
    log.error("notice could not be written", delivery=row.pk, kind=row.kind, exc_info=error)
    return reasons.about(reasons.NOT_WRITTEN, type(error).__name__)


def _tick(name: str, now: datetime) -> None:
    if not DispatcherTick.objects.filter(name=name).update(at=now):
        DispatcherTick.objects.bulk_create([DispatcherTick(name=name, at=now)], ignore_conflicts=True)
