"""What letters about sessions are made of: whom and what they are about, their facts, the mail and its event."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from contributors import links
from producerdesk.accounts.models import User
from producerdesk.kit import clock, moments
from producerdesk.kit.viewer import Viewer
from producerdesk.notices.registry import Attachment, Bell, Invite, Mail
from sessions import replies, telling
from sessions.models import Call, StudioSession
from sessions.places import street_of
from sessions.serializers import CallDetail

# spelt out, since reversing would load every page and view into the workers; a test compares
SCHEDULE, SESSION = "/schedule/", "/sessions/{pk}/"


@dataclass(frozen=True)
class About:
    """A call, for the person called. `owner` is whom answers by mail go to, `stop` where such mails are stopped."""

    call: Call
    owner: User | None
    stop: str

    @property
    def address(self) -> str:
        """The person's e-mail: the desk's note of it, or the own account's."""
        person = self.call.contributor
        return person.email or (person.user.email if person.user else "")

    @property
    def zone(self) -> str:
        """The zone the person reads in; empty when nobody said."""
        person = self.call.contributor
        return person.user.time_zone if person.user else person.time_zone


@dataclass(frozen=True)
class Letter:
    """What is said, apart from how it is drawn."""

    subject: str
    headline: str
    lines: list[str] = field(default_factory=list)
    button: str = ""
    with_facts: bool = True
    # for the calendar: the event as it is now, which replaces the one that is there
    method: str = "REQUEST"


def what_of(about: About) -> str:
    """Return “Lead vocals, Tue 17 Nov, 10:00”: the day and hour this person comes, in the studio's zone."""
    session = about.call.session
    return f"{session.title}, {moments.when(about.call.call_at, session.time_zone)}"


def invited(about: About) -> str:
    """Return who calls the person, and for what."""
    session = about.call.session
    who = about.owner.name if about.owner and about.owner.name else session.desk.name
    return _("%(who)s calls you to a session for %(project)s, %(artist)s.") % {
        "who": who,
        "project": session.project.title,
        "artist": session.project.artist,
    }


def facts_of(call: Call, reader_zone: str) -> list[tuple[str, list[str]]]:
    """Return what the person must know, as (label, lines)."""
    session = call.session
    zone = session.time_zone
    when = [
        f"{moments.long_day(session.starts_at, zone)}, {moments.span(session.starts_at, session.ends_at, zone)}",
        zones_of(session, reader_zone),
    ]
    facts = [(_("What"), [session.title]), (_("When"), when)]
    if call.call_at != session.starts_at:
        there = moments.clock(call.call_at, zone)
        if moments.day(call.call_at, zone) != moments.day(session.starts_at, zone):
            there = moments.when(call.call_at, zone)
        # a reader elsewhere must not take it for the own clock's hour, which stands a few lines above
        twice = _differs(call.call_at, reader_zone, zone)
        facts.append((_("Be there at"), [there, zones_of(session, reader_zone, call.call_at)] if twice else [there]))
    facts.append((_("Where"), place_of(session)))
    if songs := [song.title for song in session.songs.all()]:
        facts.append((_("Songs"), [", ".join(songs)]))
    if session.prepare:
        facts.append((_("Please prepare"), session.prepare.splitlines()))
    return facts


def _differs(at: datetime, reader_zone: str, zone: str) -> bool:
    """Return whether the reader's clock shows another time than the one where it happens."""
    return bool(reader_zone and clock.ahead(at, reader_zone, zone))


def zones_of(session: StudioSession, reader_zone: str, at: datetime | None = None) -> str:
    """Return “Porto time. 11:00 in Berlin.”; the second half only where the clocks differ. Of the start, or of `at`."""
    at = at or session.starts_at
    studio = session.room.studio if session.room else None
    city = (studio.city if studio else "") or moments.city(session.time_zone)
    text = _("%(city)s time.") % {"city": city}
    if not _differs(at, reader_zone, session.time_zone):
        return text
    there = moments.clock(at, reader_zone)
    if moments.day(at, reader_zone) != moments.day(at, session.time_zone):
        there = moments.when(at, reader_zone)
    own = _("%(time)s in %(city)s.") % {"time": there, "city": moments.city(reader_zone)}
    return f"{text} {own}"


def place_of(session: StudioSession) -> list[str]:
    """Return where a session is, line by line."""
    if session.room is None:
        return [session.remote_place or _("Remote")]
    studio = session.room.studio
    street = street_of(studio.address, studio.city)
    return [f"{studio.name}, {session.room.name}", *filter(None, [street, *studio.access_notes.splitlines()])]


def session_path(session: StudioSession) -> str:
    return SESSION.format(pk=session.pk)


def _shown(schedule: str, call: Call) -> str:
    """Return the address of a schedule with this call in front; one that is off has no place there any more."""
    off = call.removed_at is not None or call.session.state == StudioSession.State.CANCELLED
    return schedule if off else f"{schedule}?call={call.pk}"


def bell_of(about: About, text: str) -> Bell:
    user = about.call.contributor.user
    assert user is not None, "asked by still_due"  # noqa: S101
    return Bell(user.pk, text, _shown(SCHEDULE, about.call))


def mail_of(about: About, letter: Letter, *, path: str = "", files: tuple[Attachment, ...] = ()) -> Mail:
    call = about.call
    secret = links.for_mail(call.contributor, now=clock.now())
    url = links.address(secret) + path if path else _shown(links.address(secret), call)
    facts = facts_of(call, about.zone) if letter.with_facts else []
    mail = drawn(about.address, letter, facts, url, call.session, private=True, stop=about.stop)
    invite = invite_of([about], letter.method) if letter.method else None
    return replace(mail, reply_to=about.owner.email if about.owner else "", invite=invite, attachments=files)


def invite_of(abouts: Sequence[About], method: str) -> Invite:
    """Return calls of one person for a calendar, as that person may read them: one to be answered, or several."""
    first = abouts[0]
    viewer = Viewer(via="link", contributor_id=first.call.contributor_id)
    keys = [about.call.pk for about in abouts]
    rows = {row["id"]: row for row in CallDetail.read(Call.objects.filter(pk__in=keys), viewer)}
    from sessions import ics  # it takes as long to load as all of our own, and few processes ever need it

    name, ours = parseaddr(settings.DEFAULT_FROM_EMAIL)
    owner = first.owner
    who = (owner.name if owner else "") or first.call.session.desk.name or name
    # answers are read back where there is an address for it; else they reach the owner as a mail
    addresses = [replies.address_of(about.call) or (owner.email if owner else ours) for about in abouts]
    calls = [(rows[key], ics.Party(who, address)) for key, address in zip(keys, addresses, strict=True)]
    if len(calls) > 1:
        return Invite(ics.PUBLISH, ics.dates(calls).decode())
    ((call, organizer),) = calls
    attendee = ics.Party(first.call.contributor.name, first.address)
    return Invite(method, ics.itip(call, method=method, organizer=organizer, attendee=attendee).decode())


def drawn(
    to: str,
    letter: Letter,
    facts: list[tuple[str, list[str]]],
    url: str,
    session: StudioSession,
    *,
    private: bool = False,
    stop: str = "",
) -> Mail:
    """Return the letter as a mail about a session. `private`: the address in it answers for the reader."""
    context: dict[str, Any] = {
        "letter": letter,
        "facts": facts,
        "url": url,
        "desk": session.desk,
        "project": session.project,
        "private": private,
        "stop_url": stop,
    }
    return Mail(
        to=to,
        subject=letter.subject,
        text=render_to_string("emails/session.txt", context),
        html=render_to_string("emails/session.html", context),
        sender=session.desk.name,
        headers=telling.one_press(stop),
    )
