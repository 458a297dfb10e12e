"""Every way a call sheet changes: written, sent as a version, read and confirmed by who has it."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict, Refused, Stale
from producerdesk.kit.models import bump
from producerdesk.kit.viewer import Viewer
from producerdesk.notices import actions as notices
from sessions import reminders, telling
from sessions.actions.noting import note_call, note_session
from sessions.actions.standing import State, answering, must_be_live, who_books
from sessions.models import Call, CallSheet, CallSheetVersion, SheetCopy, StudioSession
from sessions.notices import CALL_SHEET, ref
from sessions.sheets import content, running

WRITTEN = ("running_order", "wrap", "access", "parking", "gear", "contacts", "sharing", "emergency", "notes")


@transaction.atomic
def save_sheet(*, viewer: Viewer, session: StudioSession, expected: int, **said: Any) -> CallSheet:
    """Write the call sheet whole. Nobody hears of it before it is sent. Raises Stale, or Refused beside a row."""
    session = answering(session.pk)
    sheet = content.sheet_of(session)
    if sheet.version != expected:
        raise Stale
    before = {name: getattr(sheet, name) for name in WRITTEN}
    for name, value in said.items():
        setattr(sheet, name, value)
    sheet.sharing = _of_people(session, sheet.sharing)
    order = running.timed(sheet.running_order, sheet.wrap, content.span_of(session))
    if order.problems:
        raise Refused(order.problems)
    if expected and before == {name: getattr(sheet, name) for name in WRITTEN}:
        return sheet
    if expected:
        values = {name: getattr(sheet, name) for name in WRITTEN}
        bump(sheet, expected)
        CallSheet.objects.filter(pk=sheet.pk).update(**values, updated_at=clock.now())
    else:
        sheet.version = 1
        sheet.save(force_insert=True)
    note_session(session, "sheet_written", viewer)
    return sheet


@transaction.atomic
def publish_sheet(*, viewer: Viewer, session: StudioSession, expected: int) -> CallSheetVersion:
    """Freeze the sheet as its next version and send it to everybody called. `expected` is the version that was read.

    Raises Conflict where nobody can be told, or where nothing has changed since it was sent.
    """
    session = answering(session.pk)
    _must_be_told(session)
    sheet = content.sheet_of(session)
    if sheet.version != expected:
        raise Stale
    calls = _somebody(session)
    said, order = content.compose(session, sheet, calls)
    if order.problems:
        raise Refused(order.problems)
    last = session.call_sheets.order_by("-number").first()
    if last is not None and last.content == said:
        raise Conflict(_("Nothing has changed since version %(number)d was sent.") % {"number": last.number})
    if not sheet.version:  # it goes out as it started: from now on it is theirs
        sheet.version = 1
        sheet.save(force_insert=True)
    version = CallSheetVersion.objects.create(
        session=session,
        number=last.number + 1 if last else 1,
        content=said,
        published_at=clock.now(),
        published_by_id=who_books(viewer),
    )
    _give(session, calls, version.number)
    note_session(session, "sheet_sent", viewer, number=version.number, count=len(calls))
    return version


@transaction.atomic
def open_sheet(*, call: Call) -> SheetCopy:
    """Note that the person has this version open. Looked at again, it stays as it was noted first."""
    copy = _copy(call)
    if copy.opened_number != copy.number:
        _note_opened(copy)
        copy.save()
    return copy


@transaction.atomic
def confirm_sheet(*, viewer: Viewer, call: Call, number: int) -> SheetCopy:
    """Note that the person has read version `number` and agrees. Raises Conflict if a newer one was sent since."""
    session = answering(call.session_id)
    must_be_live(session)
    copy = _copy(call)
    if copy.number != number:
        raise Conflict(_("A newer call sheet was sent meanwhile. Please read that one."))
    if copy.confirmed_number == number:
        return copy
    copy.confirmed_number, copy.confirmed_at = number, clock.now()
    if copy.opened_number != number:  # without a script nothing else says that it was read
        _note_opened(copy)
    copy.save()
    note_call(session, call, "sheet_confirmed", viewer, number=number)
    return copy


def _note_opened(copy: SheetCopy) -> None:
    copy.known_number, copy.opened_number, copy.opened_at = copy.opened_number, copy.number, clock.now()


def _copy(call: Call) -> SheetCopy:
    """Return the person's copy, its row ours."""
    SheetCopy.objects.filter(pk=call.pk).update(number=F("number"))
    return SheetCopy.objects.get(pk=call.pk)


def _must_be_told(session: StudioSession) -> None:
    must_be_live(session)
    if session.state == State.HOLD:
        raise Conflict(_("This is only a hold: nobody is told before it is confirmed."))
    if session.ends_at <= clock.now():
        raise Conflict(_("This session is over."))


def _somebody(session: StudioSession) -> list[Call]:
    calls = content.called_to(session)
    if not calls:
        raise Conflict(_("Nobody is called yet: there is nobody to send it to."))
    return calls


def _of_people(session: StudioSession, sharing: dict[str, str]) -> dict[str, str]:
    """Return what is said of people who are called; of others nothing is kept."""
    called = {str(pk) for pk in session.calls.filter(removed_at=None).values_list("contributor_id", flat=True)}
    return {person: audience for person, audience in sorted(sharing.items()) if person in called}


def _give(session: StudioSession, calls: Sequence[Call], number: int) -> None:
    """Give these people this version: one copy each, and the messages that bring it. Older messages are void."""
    now = clock.now()
    rows = [SheetCopy(call=call, number=number, given_at=now) for call in calls]
    SheetCopy.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["call"], update_fields=["number", "given_at"]
    )
    reason = gettext_noop("A newer call sheet was sent.")
    refs = [ref(call) for call in calls]
    notices.supersede(ref=refs, kinds=[CALL_SHEET], before_generation=number, reason=reason)
    wishes = telling.wishes_of(calls)
    messages = [
        message
        for call in calls
        for message in reminders.each_channel(
            call,
            CALL_SHEET,
            now,
            wish=wishes[call.contributor_id],
            now=now,
            expires_at=session.ends_at,
            generation=number,
        )
    ]
    notices.plan(desk=session.desk_id, rows=messages, now=now)
