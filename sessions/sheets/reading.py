"""A call sheet as it is read: by who plans the session, with what became of it, and by one person who is called."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from producerdesk.kit import clock
from producerdesk.kit.errors import Refused
from producerdesk.kit.rows import utc
from producerdesk.notices.models import Delivery
from producerdesk.notices.reasons import worded
from sessions.models import CallSheet, CallSheetVersion, SheetCopy, StudioSession
from sessions.notices import CALL_SHEET, ref_of
from sessions.sheets import changes, content

LISTED = 20  # versions on the page; older ones have pages of their own
State = Delivery.State
Row = Mapping[str, Any]


def for_planner(session: StudioSession, sheet: CallSheet) -> dict[str, Any]:
    """Return the sheet as it stands, what of it was not sent yet, and who has read what."""
    calls = content.called_to(session)
    said, order = content.compose(session, sheet, calls)
    versions = list(session.call_sheets.select_related("published_by").order_by("-number")[: LISTED + 1])
    last = versions[0] if versions else None
    if last and session.ends_at <= clock.now():
        # what was in the room then does not change with what is in it now
        said |= {name: last.content.get(name, nothing) for name, nothing in content.SAID_SINCE.items()}
    is_sent = last is not None and content.stands(last.content, said)
    tellable = session.state == StudioSession.State.CONFIRMED and session.ends_at > clock.now()
    return {
        "session": session.pk,
        "version": sheet.version,
        "number": last.number if last else 0,
        "paper": session.desk.prints_on,
        "sheet": content.for_production(said),
        "is_sent": is_sent,
        "changes": changes.between(last.content, said) if last and not is_sent else [],
        "problems": order.problems,
        "readers": _readers(said["people"]),
        "versions": _told(versions),
        "can": {
            "edit": session.state in (StudioSession.State.HOLD, StudioSession.State.CONFIRMED),
            "publish": tellable and bool(calls) and not is_sent and not order.problems,
        },
    }


def of_version(session: StudioSession, number: int, since: int | None = None) -> dict[str, Any] | None:
    """Return a version that was sent, whole, as who plans the session reads it; None if there is none of that number.

    `changes` is what changed to it from version `since`, any other; unsaid, from the one before.
    """
    numbers = list(session.call_sheets.order_by("-number").values_list("number", flat=True))
    if number not in numbers:
        return None
    before = since or number - 1
    if since and since not in numbers:
        raise Refused({"since": _("There is no such version.")})
    rows = session.call_sheets.select_related("published_by").filter(number__in=(number, before))
    versions = {version.number: version for version in rows}
    version, earlier = versions[number], versions.get(before)
    return {
        "session": session.pk,
        "number": number,
        "since": before if earlier else None,
        "newest": numbers[0],
        "numbers": numbers,
        "published_at": utc(version.published_at),
        "published_by": version.published_by.name,
        "paper": session.desk.prints_on,
        "sheet": content.for_production(version.content),
        "changes": changes.between(earlier.content, version.content, whole=True) if earlier else [],
        "readers": _readers(version.content["people"], number),
    }


def for_person(copy: SheetCopy, *, mine: bool) -> dict[str, Any]:
    """Return the sheet as the person called may read it, and what changed since that person read it last."""
    call, session = copy.call, copy.call.session
    wanted = [number for number in (copy.number, copy.told_from) if number]
    versions = {each.number: each for each in session.call_sheets.filter(number__in=wanted)}
    version = versions[copy.number]
    read = versions.get(copy.told_from) if copy.told_from else None
    said = content.for_called(version.content, call.pk)
    news = changes.between(content.for_called(read.content, call.pk), said, call=call.pk) if read else []
    return {
        "call": call.pk,
        "session": session.pk,
        "state": session.state,
        "number": copy.number,
        "paper": session.desk.prints_on,
        "published_at": utc(version.published_at),
        "sheet": said,
        "changes": news,
        "stands": session.state != StudioSession.State.CANCELLED and content.still_says(version.content, session, call),
        "mine": mine,
    } | _marks(copy)


def _marks(copy: SheetCopy | None) -> dict[str, Any]:
    return {
        "opened_number": copy.opened_number if copy else None,
        "opened_at": utc(copy.opened_at) if copy else None,
        "confirmed_number": copy.confirmed_number if copy else None,
        "confirmed_at": utc(copy.confirmed_at) if copy else None,
    }


def _readers(people: Sequence[Row], number: int | None = None) -> list[dict[str, Any]]:
    """Return what became of the sheet at those who stand on it: of version `number`, or of the newest each was sent."""
    # not `in_bulk`, which on SQLite asks once for every 999
    copies = {copy.pk: copy for copy in SheetCopy.objects.filter(pk__in=[person["call"] for person in people])}
    mails = Delivery.objects.about([ref_of(person["call"]) for person in people]).filter(
        kind=CALL_SHEET, channel=Delivery.Channel.EMAIL
    )
    sent = {(mail.ref, mail.generation): mail for mail in mails}
    return [_reader(person, copies.get(person["call"]), number, sent) for person in people]


def _reader(
    person: Row, copy: SheetCopy | None, number: int | None, sent: dict[tuple[str, int], Delivery]
) -> dict[str, Any]:
    number = copy.number if copy and number is None else number
    mail = sent.get((ref_of(person["call"]), number)) if number else None
    return {
        "call": person["call"],
        "name": person["name"],
        "role": person["role"],
        "number": number,
        "sent": mail.state if mail else None,
        "sent_at": utc(mail.sent_at) if mail else None,
        "reason": worded(mail.reason) if mail else None,
        "state": _state(copy, number, mail),
    } | _marks(copy)


def _state(copy: SheetCopy | None, number: int | None, mail: Delivery | None) -> str:
    """Return how far this version came with this person."""
    if copy is None:
        return "unsent"
    if copy.confirmed_number == number:
        return "confirmed"
    if copy.opened_number == number:
        return "opened"
    if mail is None or mail.state == State.SENT:
        return "sent"
    return "sending" if mail.state in Delivery.OPEN else "failed"


def _told(versions: Sequence[CallSheetVersion]) -> list[dict[str, Any]]:
    rows = []
    for version, before in zip(versions[:LISTED], [*versions[1:], None], strict=False):
        rows.append(
            {
                "number": version.number,
                "published_at": utc(version.published_at),
                "published_by": version.published_by.name,
                "changes": changes.between(before.content, version.content) if before else [],
            }
        )
    return rows
