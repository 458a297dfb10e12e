"""Answers from people's calendars: mails with an iTIP REPLY, to an address that only the person called was told.

The address carries the call and a secret (`replies+7-<secret>@…`), and the event's UID must be that call's: the sender
is not trusted, since anybody can write any. An answer to another time than the one that stands is no answer to it.
"""

import email
import email.policy
import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any

from django.conf import settings
from rest_framework.exceptions import APIException

from producerdesk.kit.viewer import Viewer
from sessions import actions
from sessions.models import Call

LARGEST = 1_000_000  # bytes; a reply has ten thousand
PARTS_AT_MOST = 50
CALENDAR_AT_MOST = 200_000  # characters
LONGEST_REASON = 400
# where a mail server says whom a mail was for, the surest first
HEADERS = ("X-Original-To", "Delivered-To", "To", "Cc")
ANSWERS = {"ACCEPTED": Call.Answer.CONFIRMED, "DECLINED": Call.Answer.DECLINED}
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


class Refusal(Exception):
    """Why a mail is no answer that could be taken, in one line for the log."""


def address_of(call: Call) -> str:
    """Return where a calendar sends this person's answer; empty where no inbound address is set."""
    if not settings.INBOUND_MAIL:
        return ""
    local, _at, domain = settings.INBOUND_MAIL.partition("@")
    return f"{local}+{call.pk}-{_secret(call)}@{domain}"


def receive(raw: bytes, recipient: str = "") -> str:
    """Take the answer in a mail; return in one line what was done. Raises Refusal for what is none."""
    if len(raw) > LARGEST:
        raise Refusal("larger than a reply can be")
    message = _read(raw)
    call = _call_of(message, recipient)
    event = _event_of(message)
    if str(event.get("UID", "")) != _uid(call):
        raise Refusal("it is about another event")
    _must_stand(call, event)
    answer, reason = _answer_of(event)
    if call.answer == answer:
        return f"call {call.pk}: {answer} already"
    _take(call, answer, reason)
    return f"call {call.pk}: {answer}"


def _secret(call: Call) -> str:
    # lower-case hex: mail servers may change the case of an address
    what = f"calendar reply:{call.pk}:{call.contributor_id}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), what, hashlib.sha256).hexdigest()[:32]


def _uid(call: Call) -> str:
    from sessions import ics  # it takes as long to load as all of our own, and few processes ever need it

    return ics.uid_of_call(call.pk)


# --- the mail ---------------------------------------------------------------------------------------------
def _read(raw: bytes) -> EmailMessage:
    try:
        return email.message_from_bytes(raw, policy=email.policy.default)
    except Exception as error:  # whatever a stranger sends
        raise Refusal(f"no mail ({type(error).__name__})") from None


def _call_of(message: EmailMessage, recipient: str) -> Call:
    """Return the call whose address the mail was sent to."""
    local, _at, domain = settings.INBOUND_MAIL.partition("@")
    ours = re.compile(rf"{re.escape(local)}\+([0-9]{{1,18}})-([0-9a-f]{{32}})@{re.escape(domain)}", re.IGNORECASE)
    for address in _recipients(message, recipient):
        if found := ours.fullmatch(address):
            call = Call.objects.select_related("session", "contributor").filter(pk=int(found[1])).first()
            if call is not None and hmac.compare_digest(found[2].lower(), _secret(call)):
                return call
            raise Refusal("its address fits no call")
    raise Refusal("it was sent to no address of a call")


def _recipients(message: EmailMessage, recipient: str) -> Iterable[str]:
    try:
        texts = [str(text) for name in HEADERS for text in message.get_all(name, [])]
    except Exception as error:
        raise Refusal(f"its headers cannot be read ({type(error).__name__})") from None
    return [address for _name, address in getaddresses([recipient, *texts])]


def _event_of(message: EmailMessage) -> Any:
    """Return the one event of the mail's calendar part, which must be a REPLY."""
    from icalendar import Calendar  # as above

    try:
        text = _calendar_text(message)
        found = Calendar.from_ical(text)
        method, events = str(found.get("METHOD", "")).upper(), found.walk("VEVENT")
    except Refusal:
        raise
    except Exception as error:
        raise Refusal(f"its calendar part cannot be read ({type(error).__name__})") from None
    if method != "REPLY":
        raise Refusal("it is no reply")
    if len(events) != 1:
        raise Refusal("it is about no event, or about several")
    return events[0]


def _calendar_text(message: EmailMessage) -> str:
    for number, part in enumerate(message.walk()):
        if number >= PARTS_AT_MOST:
            break
        if part.get_content_type() == "text/calendar":
            content = part.get_payload(decode=True)
            text = content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
            if not text or len(text) > CALENDAR_AT_MOST:
                break
            return text
    raise Refusal("there is no calendar part in it")


# --- the answer -------------------------------------------------------------------------------------------
def _must_stand(call: Call, event: Any) -> None:
    """Refuse an answer to another plan. Where a reply names no time, its SEQUENCE says which plan is meant."""
    if call.removed_at is not None:
        raise Refusal("the person is not called any more")
    begins, ends = _moment(event, "DTSTART"), _moment(event, "DTEND")
    if begins is None:
        try:
            number = int(event.get("SEQUENCE", 0))
        except (TypeError, ValueError):
            raise Refusal("its SEQUENCE is no number") from None
        if number < call.session.sequence + call.version:
            raise Refusal("it answers an older plan")
    elif begins != call.call_at or ends not in (None, call.session.ends_at):
        raise Refusal("it answers another time")


def _moment(event: Any, name: str) -> datetime | None:
    if name not in event:
        return None
    try:
        found = event.decoded(name)
        if not isinstance(found, datetime) or found.tzinfo is None:
            raise ValueError
        return found.astimezone(UTC)
    except Exception:
        raise Refusal(f"its {name} cannot be read") from None


def _answer_of(event: Any) -> tuple[Call.Answer, str]:
    attendees = event.get("ATTENDEE")
    if attendees is None or isinstance(attendees, list):
        raise Refusal("it has no attendee, or several")
    said = str(getattr(attendees, "params", {}).get("PARTSTAT", "")).upper()
    if said not in ANSWERS:
        raise Refusal("it says neither yes nor no")
    comment = event.get("COMMENT", "")
    comment = comment[0] if isinstance(comment, list) else comment
    reason = " ".join(_UNPRINTED.sub(" ", str(comment)).split())[:LONGEST_REASON]
    return ANSWERS[said], reason


def _take(call: Call, answer: Call.Answer, reason: str) -> None:
    """Say it as the person would on the own page."""
    viewer = Viewer(via="link", contributor_id=call.contributor_id, name=call.contributor.name)
    try:
        if answer == Call.Answer.CONFIRMED:
            actions.confirm_call(viewer=viewer, call=call)
        else:
            actions.decline_call(viewer=viewer, call=call, reason=reason)
    except APIException as error:
        raise Refusal(f"it could not be taken: {error.detail}") from None
