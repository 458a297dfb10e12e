"""How a notice about several dates of a series reads: one letter with all of them, and each as an event of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contributors import links
from producerdesk.kit import clock, moments
from producerdesk.notices.models import Delivery
from producerdesk.notices.registry import Bell, Mail
from sessions import reminders
from sessions.letter_parts import SCHEDULE, About, Letter, drawn, invite_of, invited, place_of, zones_of
from sessions.models import Call, StudioSession
from sessions.notices import ref

Rows = Sequence[Delivery]
Abouts = Sequence[About]


def invitation(rows: Rows, abouts: Abouts) -> Mail:
    """“Can you be there?”, of every date."""
    abouts = in_order(abouts)
    lines = [invited(abouts[0]), _("Please answer each date.")]
    subject = _("Can you be there? %(what)s") % {"what": _what(abouts)}
    return _mail(abouts, Letter(subject, _("Can you be there?"), lines, _("Answer")))


def invitation_bell(rows: Rows, abouts: Abouts) -> Bell:
    """The same in one line."""
    return _bell(abouts, _("Can you be there? %(what)s"))


def moved(rows: Rows, abouts: Abouts) -> Mail:
    """The new times."""
    abouts = in_order(abouts)
    lines = [_("Dates of %(title)s were moved. This is how they stand now.") % {"title": abouts[0].call.session.title}]
    if any(about.call.answer == Call.Answer.PENDING for about in abouts):
        lines.append(_("Please say whether the new times work for you."))
    subject = _("New times: %(what)s") % {"what": _what(abouts)}
    was = reminders.told_before(rows)
    return _mail(abouts, Letter(subject, _("There are new times"), lines, _("See and answer")), was)


def moved_bell(rows: Rows, abouts: Abouts) -> Bell:
    """The same in one line."""
    return _bell(abouts, _("New times: %(what)s"))


def cancelled(rows: Rows, abouts: Abouts) -> Mail:
    """The dates are off."""
    abouts = in_order(abouts)
    session = abouts[0].call.session
    lines = [_("These dates are cancelled. You need not come.")]
    lines += [session.cancel_reason] if session.cancel_reason else []
    subject = _("Cancelled: %(what)s") % {"what": _what(abouts)}
    letter = Letter(subject, _("These sessions are cancelled"), lines, _("Your other sessions"), method="CANCEL")
    return _mail(abouts, letter)


def cancelled_bell(rows: Rows, abouts: Abouts) -> Bell:
    """The same in one line."""
    return _bell(abouts, _("Cancelled: %(what)s"))


def in_order(abouts: Abouts) -> list[About]:
    """Return them by when they begin."""
    return sorted(abouts, key=lambda about: (about.call.call_at, about.call.pk))


def _what(abouts: Abouts) -> str:
    """Return “Vocals, 8 dates from Tue 9 Mar, 10:00”."""
    first = abouts[0].call
    words = {
        "title": first.session.title,
        "n": len(abouts),
        "when": moments.when(first.call_at, first.session.time_zone),
    }
    text = ngettext("%(title)s, %(n)d date from %(when)s", "%(title)s, %(n)d dates from %(when)s", len(abouts))
    return text % words


def _bell(abouts: Abouts, text: str) -> Bell:
    abouts = in_order(abouts)
    user = abouts[0].call.contributor.user
    assert user is not None, "asked by still_due"  # noqa: S101
    return Bell(user.pk, text % {"what": _what(abouts)}, SCHEDULE)


def _mail(abouts: Abouts, letter: Letter, was: Mapping[str, datetime] | None = None) -> Mail:
    first = abouts[0]
    session, person = first.call.session, first.call.contributor
    url = links.address(links.for_mail(person, now=clock.now()))
    mail = drawn(first.address, letter, _facts(abouts, was or {}), url, session, private=True, stop=first.stop)
    return replace(mail, reply_to=first.owner.email if first.owner else "", invite=invite_of(abouts, letter.method))


def _facts(abouts: Abouts, was: Mapping[str, datetime]) -> list[tuple[str, list[str]]]:
    first = abouts[0].call.session
    dates = [_date(about, was.get(ref(about.call))) for about in abouts]
    facts = [(_("What"), [first.title]), (_("Dates"), [*dates, zones_of(first, abouts[0].zone)])]
    places = list(dict.fromkeys(tuple(place_of(about.call.session)) for about in abouts))
    if len(places) == 1:
        facts.append((_("Where"), list(places[0])))
    if first.prepare:
        facts.append((_("Please prepare"), first.prepare.splitlines()))
    return facts


def _date(about: About, was: datetime | None) -> str:
    """Return “Tue 9 Mar, 10:00 – 12:00”, when the person is called where that is another time, and what it `was`."""
    call, session = about.call, about.call.session
    zone = session.time_zone
    text = f"{moments.day(session.starts_at, zone)}, {moments.span(session.starts_at, session.ends_at, zone)}"
    if call.call_at != session.starts_at and session.state != StudioSession.State.CANCELLED:
        text += " " + _("(be there at %(at)s)") % {"at": moments.clock(call.call_at, zone)}
    if was not in (None, call.call_at):
        text += " " + _("(was %(when)s)") % {"when": moments.when(was, zone)}
    return text
