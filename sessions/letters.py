"""How notices about sessions read: mails and lines under the bell. No sum ever stands in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import parseaddr
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contributors import links
from producerdesk.accounts.models import User
from producerdesk.kit import clock, moments
from producerdesk.kit.viewer import Viewer
from producerdesk.notices.models import Delivery
from producerdesk.notices.registry import Attachment, Bell, Invite, Mail
from sessions import replies, telling
from sessions.models import Call, StudioSession
from sessions.serializers import CallDetail
from sessions.sheets import changes, content, paper

log = structlog.get_logger(__name__)
# spelt out, since reversing would load every page and view into the workers; a test compares
SCHEDULE, SESSION, SHEET = "/schedule/", "/sessions/{pk}/", "calls/{pk}/sheet/"
A_FEW_HOURS = timedelta(hours=6)
A_BREATH = timedelta(seconds=59)  # a mail two hours ahead leaves a moment late and still says “in 2 h”


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
class AboutSheet(About):
    """A call sheet, for the person called. `number` is the newest, `said` what it says, `before` what was read last."""

    number: int
    said: content.Content
    before: content.Content | None


@dataclass(frozen=True)
class Answer:
    """A call that was answered, for a producer; `stop` is the address that stops such mails."""

    call: Call
    user: User
    stop: str


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


# --- to the person called -------------------------------------------------------------------------
def invitation(delivery: Delivery, about: About) -> Mail:
    """“Can you be there?”, or “It is on” to who said yes to this date when it was one of several."""
    if about.call.answer == Call.Answer.CONFIRMED:
        lines = [invited(about), _("You said that this date works for you, so you are down for it.")]
        return _mail(about, Letter(_on(about), _("It is on"), lines, _("See the session")))
    subject = _("Can you be there? %(what)s") % {"what": _what(about)}
    return _mail(about, Letter(subject, _("Can you be there?"), [invited(about)], _("Answer")))


def invitation_bell(delivery: Delivery, about: About) -> Bell:
    """The same in one line."""
    if about.call.answer == Call.Answer.CONFIRMED:
        return _bell(about, _on(about))
    return _bell(about, _("Can you be there? %(what)s") % {"what": _what(about)})


def _on(about: About) -> str:
    return _("It is on: %(what)s") % {"what": _what(about)}


def moved(delivery: Delivery, about: About) -> Mail:
    """The new time."""
    subject = _("New time: %(what)s") % {"what": _what(about)}
    lines = [_("%(title)s was moved. This is how it stands now.") % {"title": about.call.session.title}]
    if about.call.answer == Call.Answer.PENDING:
        lines.append(_("Please say whether the new time works for you."))
    return _mail(about, Letter(subject, _("There is a new time"), lines, _("See and answer")))


def moved_bell(delivery: Delivery, about: About) -> Bell:
    """The same in one line."""
    return _bell(about, _("New time: %(what)s") % {"what": _what(about)})


def cancelled(delivery: Delivery, about: About) -> Mail:
    """The session is off, or goes on without this person."""
    session = about.call.session
    if session.state == StudioSession.State.CANCELLED:
        lines = [_("%(what)s is cancelled. You need not come.") % {"what": _what(about)}]
        lines += [session.cancel_reason] if session.cancel_reason else []
        letter = Letter(_("Cancelled: %(what)s") % {"what": _what(about)}, _("This session is cancelled"), lines)
    else:
        lines = [_("%(what)s goes on without you. You need not come.") % {"what": _what(about)}]
        letter = Letter(_("Not needed: %(what)s") % {"what": _what(about)}, _("You are not needed this time"), lines)
    return _mail(about, Letter(letter.subject, letter.headline, lines, _("Your other sessions"), False, "CANCEL"))


def cancelled_bell(delivery: Delivery, about: About) -> Bell:
    """The same in one line."""
    if about.call.session.state == StudioSession.State.CANCELLED:
        return _bell(about, _("Cancelled: %(what)s") % {"what": _what(about)})
    return _bell(about, _("You are not needed: %(what)s") % {"what": _what(about)})


def reminder(delivery: Delivery, about: About) -> Mail:
    """It is coming; an answer is asked for where there is none."""
    call = about.call
    subject = _("Reminder: %(what)s") % {"what": _what(about)}
    headline = _("%(title)s %(ahead)s") % {"title": call.session.title, "ahead": _ahead(call)}
    if call.answer == Call.Answer.PENDING:
        asking = [_("You have not answered yet. Can you be there?")]
        return _mail(about, Letter(subject, headline, asking, _("Answer"), method=""))
    return _mail(about, Letter(subject, headline, [], _("See the session"), method=""))


def reminder_bell(delivery: Delivery, about: About) -> Bell:
    """The same in one line."""
    return _bell(about, _("%(what)s (%(ahead)s)") % {"what": _what(about), "ahead": _ahead(about.call)})


def proposal_answered(delivery: Delivery, about: About) -> Mail:
    """What became of the time that the person proposed."""
    if about.call.answer == Call.Answer.CONFIRMED:
        subject, headline = _("Your time was taken: %(what)s"), _("Your time was taken")
        lines = [_("%(title)s was moved to the time you proposed. You are down for it.")]
        button = _("See the session")
    else:
        subject, headline = _("The time stays: %(what)s"), _("The time stays as it was")
        lines = [_("%(title)s could not be moved to the time you proposed. Can you be there all the same?")]
        button = _("Answer")
    lines = [line % {"title": about.call.session.title} for line in lines]
    return _mail(about, Letter(subject % {"what": _what(about)}, headline, lines, button))


def proposal_answered_bell(delivery: Delivery, about: About) -> Bell:
    """The same in one line."""
    if about.call.answer == Call.Answer.CONFIRMED:
        return _bell(about, _("Your time was taken: %(what)s") % {"what": _what(about)})
    return _bell(about, _("The time stays: %(what)s") % {"what": _what(about)})


def call_sheet(delivery: Delivery, about: AboutSheet) -> Mail:
    """The call sheet, or what changed in it."""
    news = _news(about)
    if about.before is None:
        subject, headline = _("Call sheet: %(what)s"), _("Your call sheet")
        lines = [_("Please read it and confirm: times, place, running order and what to bring.")]
    else:
        subject, headline = _("Call sheet changed: %(what)s"), _("The call sheet has changed")
        lines = news or [_("It is sent once more; nothing in it has changed.")]
    letter = Letter(subject % {"what": _what(about)}, headline, lines, _("Read and confirm"), method="")
    return _mail(about, letter, path=SHEET.format(pk=about.call.pk), files=(_paper(about),))


def _paper(about: AboutSheet) -> Attachment:
    """Return the sheet as a file, as this person may read it: there is no network in many a studio."""

    def made() -> bytes | None:
        said = content.for_called(about.said, about.call.pk)
        try:
            return paper.pdf(said, number=about.number, paper="a4")
        except Exception as error:  # whatever is wrong with its fonts: the mail's address shows the same
            log.error("call sheet not printed", call=about.call.pk, exc_info=error)
            return None

    return Attachment(paper.name_of(about.said, about.number), "application/pdf", made)


def call_sheet_bell(delivery: Delivery, about: AboutSheet) -> Bell:
    """The same in one line."""
    text = _("Call sheet: %(what)s") if about.before is None else _("Call sheet changed: %(what)s")
    words = ". ".join([text % {"what": _what(about)}, *_news(about)])
    return replace(_bell(about, words), path=SCHEDULE + SHEET.format(pk=about.call.pk))


def _news(about: AboutSheet) -> list[str]:
    """Return in words what changed since the person read it, as far as that person may read it."""
    if about.before is None:
        return []
    pk = about.call.pk
    before, after = content.for_called(about.before, pk), content.for_called(about.said, pk)
    return [change["text"] for change in changes.between(before, after, call=pk)]


# --- to a producer --------------------------------------------------------------------------------
def answer_bell(delivery: Delivery, about: Answer) -> Bell:
    """“Samir proposes 11:30”."""
    return Bell(about.user.pk, _answered(about.call), _session_path(about.call.session))


def answer(delivery: Delivery, about: Answer) -> Mail:
    """The same as a mail."""
    call = about.call
    letter = Letter(_answered(call), _answered(call), [call.reason] if call.reason else [], _("Open the session"))
    url = urljoin(settings.SITE_URL, _session_path(call.session))
    return drawn(about.user.email, letter, _facts(call, about.user.time_zone), url, call.session, stop=about.stop)


def _answered(call: Call) -> str:
    words = {
        Call.Answer.CONFIRMED: _("%(name)s will be there: %(what)s"),
        Call.Answer.DECLINED: _("%(name)s cannot come: %(what)s"),
        Call.Answer.PROPOSED: _("%(name)s proposes %(time)s: %(what)s"),
    }[Call.Answer(call.answer)]
    return words % {"name": call.contributor.name, "what": _titled(call.session), "time": _proposed(call)}


def _proposed(call: Call) -> str:
    if call.proposed_at is None:
        return ""
    zone = call.session.time_zone
    same_day = moments.day(call.proposed_at, zone) == moments.day(call.session.starts_at, zone)
    return moments.clock(call.proposed_at, zone) if same_day else moments.when(call.proposed_at, zone)


# --- the pieces -----------------------------------------------------------------------------------
def _what(about: About) -> str:
    """Return “Lead vocals, Tue 17 Nov, 10:00”: the day and hour this person comes, in the studio's zone."""
    session = about.call.session
    return f"{session.title}, {moments.when(about.call.call_at, session.time_zone)}"


def _ahead(call: Call) -> str:
    """Return “in 2 h”, “today”, “tomorrow”, “in 7 days”: days as the studio counts them."""
    now = clock.now()
    if call.call_at - now < A_FEW_HOURS:
        return moments.ahead(call.call_at, now - A_BREATH)
    there = ZoneInfo(call.session.time_zone)
    days = (call.call_at.astimezone(there).date() - now.astimezone(there).date()).days
    if days < 2:
        return _("tomorrow") if days else _("today")
    return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}


def _titled(session: StudioSession) -> str:
    return f"{session.title}, {moments.day(session.starts_at, session.time_zone)}"


def invited(about: About) -> str:
    """Return who calls the person, and for what."""
    session = about.call.session
    who = about.owner.name if about.owner and about.owner.name else session.desk.name
    return _("%(who)s calls you to a session for %(project)s, %(artist)s.") % {
        "who": who,
        "project": session.project.title,
        "artist": session.project.artist,
    }


def _facts(call: Call, reader_zone: str) -> list[tuple[str, list[str]]]:
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
        facts.append((_("Be there at"), [there]))
    facts.append((_("Where"), place_of(session)))
    if songs := [song.title for song in session.songs.all()]:
        facts.append((_("Songs"), [", ".join(songs)]))
    if session.prepare:
        facts.append((_("Please prepare"), session.prepare.splitlines()))
    return facts


def zones_of(session: StudioSession, reader_zone: str) -> str:
    """Return “Porto time. 11:00 in Berlin.”; the second half only where the clocks differ."""
    at = session.starts_at
    studio = session.room.studio if session.room else None
    city = (studio.city if studio else "") or moments.city(session.time_zone)
    text = _("%(city)s time.") % {"city": city}
    if not reader_zone or not clock.ahead(at, reader_zone, session.time_zone):
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
    return [f"{studio.name}, {session.room.name}", *filter(None, [studio.address, *studio.access_notes.splitlines()])]


def _session_path(session: StudioSession) -> str:
    return SESSION.format(pk=session.pk)


def _shown(schedule: str, call: Call) -> str:
    """Return the address of a schedule with this call in front; one that is off has no place there any more."""
    off = call.removed_at is not None or call.session.state == StudioSession.State.CANCELLED
    return schedule if off else f"{schedule}?call={call.pk}"


def _bell(about: About, text: str) -> Bell:
    user = about.call.contributor.user
    assert user is not None, "asked by still_due"  # noqa: S101
    return Bell(user.pk, text, _shown(SCHEDULE, about.call))


def _mail(about: About, letter: Letter, *, path: str = "", files: tuple[Attachment, ...] = ()) -> Mail:
    call = about.call
    secret = links.for_mail(call.contributor, now=clock.now())
    url = links.address(secret) + path if path else _shown(links.address(secret), call)
    facts = _facts(call, about.zone) if letter.with_facts else []
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
