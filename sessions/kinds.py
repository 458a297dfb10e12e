"""What the dispatcher asks of sessions: what a delivery is about, and whether it is still true. letters.py words it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_noop as _

from producerdesk.accounts.models import DeskStaff, User
from producerdesk.accounts.roles import Role
from producerdesk.notices import registry
from producerdesk.notices.models import Delivery
from producerdesk.notices.registry import Kind, Later, NotDue
from sessions import hold_letters, letters, poll_letters, series_letters, sheet_letters, telling
from sessions.letter_parts import About
from sessions.models import Call, CallSheetVersion, SheetCopy, StudioSession
from sessions.notices import ANSWER, CALL_SHEET, CANCELLED, INVITATION, MOVED, PROPOSAL_ANSWERED, REMINDER
from sessions.sheets import content

State = Delivery.State


def register() -> None:
    """Make the kinds known to the dispatcher."""
    one, many = letters, series_letters
    for name, still_due, mail, bell, mails, bells in (
        (INVITATION, _standing_due, one.invitation, one.invitation_bell, many.invitation, many.invitation_bell),
        (MOVED, _standing_due, one.moved, one.moved_bell, many.moved, many.moved_bell),
        (CANCELLED, _cancellation_due, one.cancelled, one.cancelled_bell, many.cancelled, many.cancelled_bell),
        (REMINDER, _reminder_due, one.reminder, one.reminder_bell, None, None),
        (PROPOSAL_ANSWERED, _standing_due, one.proposal_answered, one.proposal_answered_bell, None, None),
    ):
        registry.register(Kind(name, _load_calls, still_due, mail, bell, mails, bells))
    registry.register(
        Kind(name=ANSWER, load=_load_answers, still_due=_answer_due, mail=letters.answer, bell=letters.answer_bell)
    )
    hold_letters.register()
    poll_letters.register()
    registry.register(
        Kind(
            name=CALL_SHEET,
            load=_load_sheets,
            still_due=_sheet_due,
            mail=sheet_letters.call_sheet,
            bell=sheet_letters.call_sheet_bell,
        )
    )


# --- what it is about -----------------------------------------------------------------------------
def _load_calls(deliveries: Sequence[Delivery]) -> Mapping[int, About]:
    calls = _calls(deliveries)
    owners = _owners({call.session.desk_id for call in calls.values()})
    found = {}
    for delivery in deliveries:
        if call := calls.get(_number(delivery.ref)):
            found[delivery.pk] = About(call, owners.get(call.session.desk_id), _stop(delivery, call))
    return found


def _load_answers(deliveries: Sequence[Delivery]) -> Mapping[int, letters.Answer]:
    calls = _calls(deliveries)
    people = {_number(delivery.recipient) for delivery in deliveries}
    users = User.objects.select_related("notice_settings").in_bulk(people)
    found = {}
    for delivery in deliveries:
        call, user = calls.get(_number(delivery.ref)), users.get(_number(delivery.recipient))
        if call and user:
            found[delivery.pk] = letters.Answer(call, user, telling.stop_url(user, telling.ANSWERS))
    return found


def _load_sheets(deliveries: Sequence[Delivery]) -> Mapping[int, sheet_letters.AboutSheet]:
    calls = _calls(deliveries)
    owners = _owners({call.session.desk_id for call in calls.values()})
    copies = SheetCopy.objects.in_bulk(list(calls))
    sessions = {call.session_id for call in calls.values()}
    versions = {
        (version.session_id, version.number): version.content
        for version in CallSheetVersion.objects.filter(session__in=sessions)
    }
    found = {}
    for delivery in deliveries:
        call, copy = calls.get(_number(delivery.ref)), copies.get(_number(delivery.ref))
        if call and copy and (said := versions.get((call.session_id, delivery.generation))):
            known = versions.get((call.session_id, known_number(copy, delivery.generation)))
            before = known if known and content.lists(known, call.pk) else None
            owner, stop = owners.get(call.session.desk_id), _stop(delivery, call)
            found[delivery.pk] = sheet_letters.AboutSheet(call, owner, stop, copy.number, said, before)
    return found


def known_number(copy: SheetCopy, number: int) -> int:
    """Return which version before `number` the person knows: the one last opened, else the one before."""
    read = copy.opened_number or 0
    return read if 0 < read < number else number - 1


def _calls(deliveries: Sequence[Delivery]) -> dict[int, Call]:
    rows = Call.objects.select_related(
        *("session__room__studio", "session__project", "session__desk"),
        *(f"contributor__{name}" for name in telling.WITH_WISHES),
    ).prefetch_related("session__songs")
    return rows.in_bulk([_number(delivery.ref) for delivery in deliveries])


def _owners(desk_ids: set[int]) -> dict[int, User]:
    """Return whom answers to a desk's mails go to: its owner, the first if it has several."""
    rows = DeskStaff.objects.select_related("user").filter(desk_id__in=desk_ids, role=Role.OWNER).order_by("-pk")
    return {row.desk_id: row.user for row in rows}


def _stop(delivery: Delivery, call: Call) -> str:
    """Return the address that stops such mails to this person; empty for what always comes."""
    topic = telling.TOPIC_OF.get(delivery.kind)
    return telling.stop_url(telling.owner_of(call.contributor), topic) if topic else ""


def _number(text: str) -> int:
    return int(text.partition(":")[2])


# --- is it still true -----------------------------------------------------------------------------
def _standing_due(delivery: Delivery, about: About, now: datetime) -> NotDue | Later | None:
    """The session stands, the person is called, and this is the latest word."""
    why_not = _over_or_off(about.call, about.call.session, now) or _outdated(delivery, about.call)
    return why_not or _unreachable(delivery, about) or _unwanted(delivery, about, now)


def _over_or_off(call: Call, session: StudioSession, now: datetime) -> NotDue | None:
    if call.removed_at is not None:
        return NotDue(State.CANCELLED, _("No longer called."))
    if session.state == StudioSession.State.CANCELLED:
        return NotDue(State.CANCELLED, _("The session was cancelled."))
    if session.state == StudioSession.State.WRAPPED:
        return NotDue(State.CANCELLED, _("The session is over."))
    if session.ends_at <= now:
        return NotDue(State.EXPIRED, _("The session was over."))
    return None


def _reminder_due(delivery: Delivery, about: About, now: datetime) -> NotDue | Later | None:
    call = about.call
    if call.answer == Call.Answer.DECLINED:
        return NotDue(State.CANCELLED, _("Has said no."))
    if call.call_at <= now:
        return NotDue(State.EXPIRED, _("The call time had passed."))
    return _standing_due(delivery, about, now)


def _cancellation_due(delivery: Delivery, about: About, now: datetime) -> NotDue | None:
    call, session = about.call, about.call.session
    if session.state != StudioSession.State.CANCELLED and call.removed_at is None:
        return NotDue(State.CANCELLED, _("It takes place after all."))
    if session.ends_at <= now:
        return NotDue(State.EXPIRED, _("The session would have been over."))
    return _outdated(delivery, call) or _unreachable(delivery, about)


def _sheet_due(delivery: Delivery, about: sheet_letters.AboutSheet, now: datetime) -> NotDue | Later | None:
    """The session stands as this call sheet tells it, and this is the newest."""
    call, session = about.call, about.call.session
    if delivery.generation < about.number:
        return NotDue(State.SUPERSEDED, _("A newer call sheet was sent."))
    if call.answer == Call.Answer.DECLINED:
        return NotDue(State.CANCELLED, _("Has said no."))
    if why_not := _over_or_off(call, session, now):
        return why_not
    if session.state == StudioSession.State.HOLD:
        return NotDue(State.CANCELLED, _("The session is only a hold."))
    if not content.still_says(about.said, session, call):
        return NotDue(State.SUPERSEDED, _("The session was moved."))
    return _unreachable(delivery, about) or _unwanted(delivery, about, now)


def _answer_due(delivery: Delivery, about: letters.Answer, now: datetime) -> NotDue | None:
    if about.call.answer == Call.Answer.PENDING:
        return NotDue(State.SUPERSEDED, _("The answer was taken back."))
    if not about.user.is_active:
        return NotDue(State.CANCELLED, _("The account is closed."))
    if delivery.channel == Delivery.Channel.EMAIL and not telling.of_owner(about.user).mailed(delivery.kind):
        return NotDue(State.CANCELLED, telling.UNSUBSCRIBED)
    return None


def _outdated(delivery: Delivery, call: Call) -> NotDue | None:
    if delivery.generation < call.generation:
        return NotDue(State.SUPERSEDED, _("Something newer was told instead."))
    return None


def _unwanted(delivery: Delivery, about: About, now: datetime) -> NotDue | Later | None:
    """Ask the person's wishes of this moment: they may have changed since it was planned, or it is late."""
    if delivery.channel != Delivery.Channel.EMAIL:
        return None
    wish = telling.wishes(about.call.contributor)
    if not wish.mailed(delivery.kind):
        return NotDue(State.CANCELLED, telling.UNSUBSCRIBED)
    until = telling.quiet_until(about.call, delivery.kind, wish, now)
    return Later(until, _("It waits for the end of the quiet hours.")) if until else None


def _unreachable(delivery: Delivery, about: About) -> NotDue | None:
    person = about.call.contributor
    if not person.active:
        return NotDue(State.CANCELLED, _("Not active in your network any more."))
    if delivery.channel == Delivery.Channel.EMAIL and not about.address:
        return NotDue(State.CANCELLED, _("There is no e-mail address."))
    if delivery.channel == Delivery.Channel.BELL and not (person.user and person.user.is_active):
        return NotDue(State.CANCELLED, _("There is no account."))
    return None
