"""How notices about date polls read, and until when each is true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contributors import links
from producerdesk.accounts.models import DeskStaff, User
from producerdesk.accounts.roles import Role
from producerdesk.kit import clock, moments
from producerdesk.notices import registry
from producerdesk.notices.models import Delivery
from producerdesk.notices.registry import Bell, Kind, Mail, NotDue
from sessions import telling
from sessions.letter_parts import SCHEDULE, Letter, drawn
from sessions.models import DatePoll, PollReply, StudioSession
from sessions.notices import POLL_ANSWERED, POLL_ASKED, POLL_CLOSED

Ends, State = Delivery.State, DatePoll.State
# spelt out, since reversing would load every page and view into the workers; a test compares
DATES, POLL = "dates/{pk}/", "/date-polls/{pk}/"


@dataclass(frozen=True)
class AboutPoll:
    """A person's part in a poll; `owner` is whom answers by mail go to."""

    reply: PollReply
    slots: list[StudioSession]
    owner: User | None

    @property
    def poll(self) -> DatePoll:
        return self.reply.poll

    @property
    def address(self) -> str:
        """The person's e-mail: the desk's note of it, or the own account's."""
        person = self.reply.contributor
        return person.email or (person.user.email if person.user else "")


def register() -> None:
    """Make the kinds known to the dispatcher."""
    registry.register(Kind(name=POLL_ASKED, load=_load, still_due=_asked_due, mail=_asked, bell=_asked_bell))
    registry.register(Kind(name=POLL_CLOSED, load=_load, still_due=_closed_due, mail=_closed, bell=_closed_bell))
    registry.register(Kind(name=POLL_ANSWERED, load=_load, still_due=_answer_due, bell=_answered_bell))


def _load(deliveries: Sequence[Delivery]) -> Mapping[int, AboutPoll]:
    rows = PollReply.objects.select_related(
        *("poll__desk", "poll__project", "poll__made_by"), *(f"contributor__{name}" for name in telling.WITH_WISHES)
    )
    replies = rows.in_bulk([int(delivery.ref.partition(":")[2]) for delivery in deliveries])
    sessions: dict[int, list[StudioSession]] = {}
    asked = StudioSession.objects.filter(poll_slot__poll__in={reply.poll_id for reply in replies.values()})
    for session in asked.select_related("poll_slot", "desk", "project", "room__studio").order_by("starts_at", "pk"):
        sessions.setdefault(session.poll_slot.poll_id, []).append(session)
    desks = {reply.poll.desk_id for reply in replies.values()}
    staff = DeskStaff.objects.select_related("user").filter(desk_id__in=desks, role=Role.OWNER).order_by("-pk")
    owners = {row.desk_id: row.user for row in staff}
    found = {}
    for delivery in deliveries:
        reply = replies.get(int(delivery.ref.partition(":")[2]))
        if reply and (slots := sessions.get(reply.poll_id)):
            found[delivery.pk] = AboutPoll(reply, slots, owners.get(reply.poll.desk_id))
    return found


# --- is it still true -----------------------------------------------------------------------------
def _asked_due(delivery: Delivery, about: AboutPoll, now: datetime) -> NotDue | None:
    if about.poll.state != State.OPEN:
        return NotDue(Ends.CANCELLED, gettext_noop("The date is decided."))
    if about.reply.answered_at is not None:
        return NotDue(Ends.CANCELLED, gettext_noop("It is answered."))
    if not about.poll.takes_answers(now):
        return NotDue(Ends.EXPIRED, gettext_noop("Answers were due before."))
    if delivery.channel == Delivery.Channel.EMAIL and not telling.wishes(about.reply.contributor).mailed(POLL_ASKED):
        return NotDue(Ends.CANCELLED, telling.UNSUBSCRIBED)
    return _unreachable(delivery, about)


def _closed_due(delivery: Delivery, about: AboutPoll, now: datetime) -> NotDue | None:
    return _unreachable(delivery, about)


def _answer_due(delivery: Delivery, about: AboutPoll, now: datetime) -> NotDue | None:
    return None if about.poll.made_by.is_active else NotDue(Ends.CANCELLED, gettext_noop("The account is closed."))


def _unreachable(delivery: Delivery, about: AboutPoll) -> NotDue | None:
    person = about.reply.contributor
    if not person.active:
        return NotDue(Ends.CANCELLED, gettext_noop("Not active in your network any more."))
    if delivery.channel == Delivery.Channel.EMAIL and not about.address:
        return NotDue(Ends.CANCELLED, gettext_noop("There is no e-mail address."))
    if delivery.channel == Delivery.Channel.BELL and not (person.user and person.user.is_active):
        return NotDue(Ends.CANCELLED, gettext_noop("There is no account."))
    return None


# --- words ----------------------------------------------------------------------------------------
def _asked(delivery: Delivery, about: AboutPoll) -> Mail:
    poll, zone = about.poll, about.slots[0].time_zone
    who = about.owner.name if about.owner and about.owner.name else poll.desk.name
    words = {"who": who, "project": poll.project.title, "when": moments.when(poll.answer_by, zone)}
    lines = [
        _("%(who)s looks for a date for %(project)s. Which of these work for you?") % words,
        *poll.message.splitlines(),
        _("Please answer by %(when)s.") % words,
    ]
    held = [session for session in about.slots if session.state == StudioSession.State.HOLD]
    letter = Letter(_question(about), _("Which dates work for you?"), lines, _("Say which work"))
    return _mail(about, letter, _facts(about, held), DATES.format(pk=poll.pk), telling.TOPIC_OF[POLL_ASKED])


def _asked_bell(delivery: Delivery, about: AboutPoll) -> Bell:
    return _bell(about, _question(about))


def _closed(delivery: Delivery, about: AboutPoll) -> Mail:
    lines = [_("None of the dates you were asked about takes place. Nothing is held for you any more.")]
    letter = Letter(_off(about), _("The dates are off"), lines, _("Your sessions"))
    return _mail(about, letter, _facts(about, about.slots), "", "")


def _closed_bell(delivery: Delivery, about: AboutPoll) -> Bell:
    return replace(_bell(about, _off(about)), path=SCHEDULE)


def _answered_bell(delivery: Delivery, about: AboutPoll) -> Bell:
    text = _("%(name)s says which dates work: %(title)s")
    words = {"name": about.reply.contributor.name, "title": about.poll.title}
    return Bell(about.poll.made_by_id, text % words, POLL.format(pk=about.poll.pk))


def _question(about: AboutPoll) -> str:
    return _("Which dates work for you? %(title)s") % {"title": about.poll.title}


def _off(about: AboutPoll) -> str:
    return _("The dates are off: %(title)s") % {"title": about.poll.title}


def _bell(about: AboutPoll, text: str) -> Bell:
    user = about.reply.contributor.user
    assert user is not None, "asked by still_due"  # noqa: S101
    return Bell(user.pk, text, SCHEDULE + DATES.format(pk=about.poll.pk))


def _facts(about: AboutPoll, slots: list[StudioSession]) -> list[tuple[str, list[str]]]:
    first = slots[0] if slots else about.slots[0]
    days = [
        f"{moments.day(slot.starts_at, slot.time_zone)}, {moments.span(slot.starts_at, slot.ends_at, slot.time_zone)}"
        for slot in slots
    ]
    place = f"{first.room.studio.name}, {first.room.name}" if first.room else first.remote_place or _("Remote")
    clocks = _("%(city)s time.") % {"city": moments.city(first.time_zone)}
    return [(_("What"), [about.poll.title]), (_("Dates"), [*days, clocks]), (_("Where"), [place])]


def _mail(about: AboutPoll, letter: Letter, facts: list[tuple[str, list[str]]], path: str, topic: str) -> Mail:
    person = about.reply.contributor
    url = links.address(links.for_mail(person, now=clock.now())) + path
    stop = telling.stop_url(telling.owner_of(person), topic) if topic else ""
    mail = drawn(about.address, letter, facts, url, about.slots[0], private=True, stop=stop)
    return replace(mail, reply_to=about.owner.email if about.owner else "")
