"""How notices about calls read: mails and lines under the bell. No sum ever stands in them."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from producerdesk.accounts.models import User
from producerdesk.kit import clock, moments
from producerdesk.notices.models import Delivery
from producerdesk.notices.registry import Bell, Mail
from sessions import reminders
from sessions.letter_parts import About, Letter, bell_of, drawn, facts_of, invited, mail_of, session_path, what_of
from sessions.models import Call, StudioSession

A_FEW_HOURS = timedelta(hours=6)
A_BREATH = timedelta(seconds=59)  # a mail two hours ahead leaves a moment late and still says “in 2 h”


@dataclass(frozen=True)
class Answer:
    """A call that was answered, for a producer; `stop` is the address that stops such mails."""

    call: Call
    user: User
    stop: str


# --- to the person called -------------------------------------------------------------------------
def invitation(delivery: Delivery, about: About) -> Mail:
    """“Can you be there?”, or “It is on” to who said yes to this date when it was one of several."""
    if about.call.answer == Call.Answer.CONFIRMED:
        lines = [
            invited(about),
            _("Of the dates you were asked for, this one works for you, so you are down for it. If not, say so."),
        ]
        return mail_of(about, Letter(_on(about), _("It is on"), lines, _("See the session")))
    subject = _("Can you be there? %(what)s") % {"what": what_of(about)}
    return mail_of(about, Letter(subject, _("Can you be there?"), [invited(about)], _("Answer")))


def invitation_bell(delivery: Delivery, about: About) -> Bell:
    """The same in one line."""
    if about.call.answer == Call.Answer.CONFIRMED:
        return bell_of(about, _on(about))
    return bell_of(about, _("Can you be there? %(what)s") % {"what": what_of(about)})


def _on(about: About) -> str:
    return _("It is on: %(what)s") % {"what": what_of(about)}


def moved(delivery: Delivery, about: About) -> Mail:
    """The new time."""
    subject = _("New time: %(what)s") % {"what": what_of(about)}
    was, zone = _was(delivery, about), about.call.session.time_zone
    text = _("%(title)s was moved from %(was)s to %(now)s.") if was else _("%(title)s was moved.")
    said = {"title": about.call.session.title, "was": was, "now": moments.when(about.call.call_at, zone)}
    lines = [f"{text % said} {_('This is how it stands now.')}"]
    if about.call.answer == Call.Answer.PENDING:
        lines.append(_("Please say whether the new time works for you."))
    return mail_of(about, Letter(subject, _("There is a new time"), lines, _("See and answer")))


def moved_bell(delivery: Delivery, about: About) -> Bell:
    """The same in one line."""
    was = _was(delivery, about)
    text = _("New time: %(what)s (was %(was)s)") if was else _("New time: %(what)s")
    return bell_of(about, text % {"what": what_of(about), "was": was})


def _was(delivery: Delivery, about: About) -> str:
    """Return the time that the person was told before, on the clock that now counts; empty where it is the same."""
    was = reminders.told_before([delivery]).get(delivery.ref)
    return "" if was in (None, about.call.call_at) else moments.when(was, about.call.session.time_zone)


def cancelled(delivery: Delivery, about: About) -> Mail:
    """The session is off, or goes on without this person."""
    session = about.call.session
    if session.state == StudioSession.State.CANCELLED:
        lines = [_("%(what)s is cancelled. You need not come.") % {"what": what_of(about)}]
        lines += [session.cancel_reason] if session.cancel_reason else []
        letter = Letter(_("Cancelled: %(what)s") % {"what": what_of(about)}, _("This session is cancelled"), lines)
    else:
        lines = [_("%(what)s goes on without you. You need not come.") % {"what": what_of(about)}]
        letter = Letter(_("Not needed: %(what)s") % {"what": what_of(about)}, _("You are not needed this time"), lines)
    return mail_of(about, Letter(letter.subject, letter.headline, lines, _("Your other sessions"), False, "CANCEL"))


def cancelled_bell(delivery: Delivery, about: About) -> Bell:
    """The same in one line."""
    if about.call.session.state == StudioSession.State.CANCELLED:
        return bell_of(about, _("Cancelled: %(what)s") % {"what": what_of(about)})
    return bell_of(about, _("You are not needed: %(what)s") % {"what": what_of(about)})


def reminder(delivery: Delivery, about: About) -> Mail:
    """It is coming; an answer is asked for where there is none."""
    call = about.call
    subject = _("Reminder: %(what)s") % {"what": what_of(about)}
    headline = _("%(title)s %(ahead)s") % {"title": call.session.title, "ahead": _ahead(call)}
    if call.answer == Call.Answer.PENDING:
        asking = [_("You have not answered yet. Can you be there?")]
        return mail_of(about, Letter(subject, headline, asking, _("Answer"), method=""))
    return mail_of(about, Letter(subject, headline, [], _("See the session"), method=""))


def reminder_bell(delivery: Delivery, about: About) -> Bell:
    """The same in one line."""
    return bell_of(about, _("%(what)s (%(ahead)s)") % {"what": what_of(about), "ahead": _ahead(about.call)})


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
    return mail_of(about, Letter(subject % {"what": what_of(about)}, headline, lines, button))


def proposal_answered_bell(delivery: Delivery, about: About) -> Bell:
    """The same in one line."""
    if about.call.answer == Call.Answer.CONFIRMED:
        return bell_of(about, _("Your time was taken: %(what)s") % {"what": what_of(about)})
    return bell_of(about, _("The time stays: %(what)s") % {"what": what_of(about)})


# --- to a producer --------------------------------------------------------------------------------
def answer_bell(delivery: Delivery, about: Answer) -> Bell:
    """“Samir proposes 11:30”."""
    return Bell(about.user.pk, _answered(about.call), session_path(about.call.session))


def answer(delivery: Delivery, about: Answer) -> Mail:
    """The same as a mail."""
    call = about.call
    letter = Letter(_answered(call), _answered(call), [call.reason] if call.reason else [], _("Open the session"))
    url = urljoin(settings.SITE_URL, session_path(call.session))
    return drawn(about.user.email, letter, facts_of(call, about.user.time_zone), url, call.session, stop=about.stop)


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


def _titled(session: StudioSession) -> str:
    return f"{session.title}, {moments.day(session.starts_at, session.time_zone)}"


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
