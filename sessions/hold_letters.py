"""How notices about holds read, and until when each is true. Another hold is never named: it may be of another desk."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from producerdesk.accounts.models import User
from producerdesk.kit import moments
from producerdesk.notices import registry
from producerdesk.notices.models import Delivery
from producerdesk.notices.registry import Bell, Kind, Mail, NotDue
from sessions.letter_parts import SESSION, Letter, drawn
from sessions.models import StudioSession
from sessions.notices import HOLD_ANSWERED, HOLD_CHALLENGED, HOLD_LAPSED

State = StudioSession.State
Ends = Delivery.State


@dataclass(frozen=True)
class AboutHold:
    """A hold, for who booked it. `unanswered`: a hold before it was challenged by it and lapsed at this moment."""

    session: StudioSession
    user: User
    unanswered: bool


def register() -> None:
    """Make the kinds known to the dispatcher."""
    for name, still_due, letter in (
        (HOLD_CHALLENGED, _challenge_due, _challenged),
        (HOLD_ANSWERED, _answer_due, _answered),
        (HOLD_LAPSED, _lapse_due, _lapsed),
    ):
        registry.register(Kind(name=name, load=_load, still_due=still_due, mail=_mail(letter), bell=_bell(letter)))


def _load(deliveries: Sequence[Delivery]) -> Mapping[int, AboutHold]:
    sessions = StudioSession.objects.select_related("desk", "project", "room__studio")
    held = sessions.in_bulk([_number(delivery.ref) for delivery in deliveries])
    users = User.objects.in_bulk([_number(delivery.recipient) for delivery in deliveries])
    lapsed = StudioSession.objects.filter(
        state=State.HOLD, challenged_by__in=held, answer_by__in=[delivery.due_at for delivery in deliveries]
    )
    ends = set(lapsed.values_list("challenged_by", "answer_by"))
    found = {}
    for delivery in deliveries:
        session, user = held.get(_number(delivery.ref)), users.get(_number(delivery.recipient))
        if session and user:
            found[delivery.pk] = AboutHold(session, user, (session.pk, delivery.due_at) in ends)
    return found


def _number(text: str) -> int:
    return int(text.partition(":")[2])


# --- is it still true -----------------------------------------------------------------------------
def _held(about: AboutHold, now: datetime) -> NotDue | None:
    if not about.user.is_active:
        return NotDue(Ends.CANCELLED, gettext_noop("The account is closed."))
    if about.session.state != State.HOLD:
        return NotDue(Ends.CANCELLED, gettext_noop("It is no hold any more."))
    if about.session.has_lapsed(now):
        return NotDue(Ends.EXPIRED, gettext_noop("The hold has expired."))
    return None


def _challenge_due(delivery: Delivery, about: AboutHold, now: datetime) -> NotDue | None:
    if about.session.answer_by != delivery.expires_at:
        return NotDue(Ends.CANCELLED, gettext_noop("It is answered."))
    return _held(about, now)


def _answer_due(delivery: Delivery, about: AboutHold, now: datetime) -> NotDue | None:
    return _held(about, now)


def _lapse_due(delivery: Delivery, about: AboutHold, now: datetime) -> NotDue | None:
    if not about.unanswered:
        return NotDue(Ends.CANCELLED, gettext_noop("It was answered in time."))
    return _held(about, now)


# --- words ----------------------------------------------------------------------------------------
def _what(about: AboutHold) -> str:
    return f"{about.session.title}, {moments.when(about.session.starts_at, about.session.time_zone)}"


def _challenged(about: AboutHold) -> Letter:
    by = about.session.answer_by
    when = moments.when(by, about.session.time_zone) if by else ""
    text = _("Your hold is challenged, answer by %(when)s: %(what)s") % {"when": when, "what": _what(about)}
    lines = [
        _("Somebody with a later hold wants to book this time."),
        _("Confirm yours or release it by %(when)s. After that it has lapsed.") % {"when": when},
    ]
    return Letter(text, _("Your hold is challenged"), lines, _("Confirm or release"))


def _answered(about: AboutHold) -> Letter:
    text = _("The hold before yours was answered: %(what)s") % {"what": _what(about)}
    lines = [_("It was confirmed, released or moved. See where yours stands now.")]
    return Letter(text, _("The hold you challenged was answered"), lines, _("See your hold"))


def _lapsed(about: AboutHold) -> Letter:
    text = _("The hold before yours has lapsed: %(what)s") % {"what": _what(about)}
    lines = [_("There was no answer in time. If nobody else is before you, you can confirm now.")]
    return Letter(text, _("The hold you challenged has lapsed"), lines, _("Confirm yours"))


def _mail(letter: Callable) -> Callable:
    def written(delivery: Delivery, about: AboutHold) -> Mail:
        said, session = letter(about), about.session
        zone = session.time_zone
        day = f"{moments.long_day(session.starts_at, zone)}, {moments.span(session.starts_at, session.ends_at, zone)}"
        where = str(session.room) if session.room else session.remote_place
        facts = [(_("What"), [session.title]), (_("When"), [day]), (_("Where"), [where])]
        url = urljoin(settings.SITE_URL, SESSION.format(pk=session.pk))
        return drawn(about.user.email, said, facts, url, session)

    return written


def _bell(letter: Callable) -> Callable:
    def written(delivery: Delivery, about: AboutHold) -> Bell:
        return Bell(about.user.pk, letter(about).subject, SESSION.format(pk=about.session.pk))

    return written
