"""The mail of the morning: at 08:00 on a person's own clock, what Today says. With nothing to say there is none.

Who plans sessions gets it unless he or she says otherwise: it is work that waits for them. Who is called gets it only
when asked for: invitations and reminders tell the same, and a mail too many a day costs the others their reader.

Each desk writes for itself, so that nobody at one desk reads in the outbox what belongs to another. A row is planned
once for each local day (its `ref` names the day, so a second planner, or a clock set to another zone, finds it there).
If nothing ran at 08:00 it is late; from noon on it is not sent any more.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from contributors import links
from contributors.models import Contributor
from producerdesk.accounts.authentication import viewer_of_user
from producerdesk.accounts.models import Desk, DeskStaff, User
from producerdesk.accounts.roles import RIGHTS_OF, SCHEDULE_WRITE
from producerdesk.kit import clock, moments
from producerdesk.kit.viewer import Viewer
from producerdesk.notices import actions as notices
from producerdesk.notices.models import Delivery
from producerdesk.notices.registry import Kind, Mail, NotDue
from producerdesk.overview import day, digest_letter
from projects.models import Membership
from sessions import telling
from sessions.models import NoticeSettings

KIND = "digest.morning"
LEAVES, TOO_LATE = dt.time(8), dt.time(12)
PLANNING = [role for role, rights in RIGHTS_OF.items() if SCHEDULE_WRITE in rights]
State = Delivery.State


# --- who gets one, and when -------------------------------------------------------------------------------
class Reader(NamedTuple):
    """Somebody who gets the mail of one desk. `since` is when that began: no mail is due from before."""

    desk_id: int
    recipient: str
    name: str
    zone: str
    since: dt.datetime


def plan() -> int:
    """Plan the mails of this morning, wherever it is morning by now; return how many were new."""
    now = clock.now()
    rows: dict[int, list[notices.Row]] = defaultdict(list)
    for reader in _readers():
        if row := _row(reader, now):
            rows[reader.desk_id].append(row)
    planned = 0
    known = _known(row.ref for of_desk in rows.values() for row in of_desk)
    for desk_id, of_desk in rows.items():
        new = [row for row in of_desk if (row.ref, row.recipient) not in known]
        # what stands is left as it is, also what was skipped: there is one mail a day, or none
        planned += notices.plan(desk=desk_id, rows=new, now=now, first=True)
    return planned


def _row(reader: Reader, now: dt.datetime) -> notices.Row | None:
    """Return the mail of the person's present day once it is due."""
    zone = ZoneInfo(reader.zone)
    today = now.astimezone(zone).date()
    due_at = _instant(today, LEAVES, zone)
    if due_at > now or reader.since >= due_at:
        return None
    return notices.Row(
        kind=KIND,
        ref=f"morning:{reader.desk_id}:{today}",
        recipient=reader.recipient,
        recipient_name=reader.name,
        channel=Delivery.Channel.EMAIL,
        due_at=due_at,
        expires_at=_instant(today, TOO_LATE, zone),
    )


def _instant(day: dt.date, at: dt.time, zone: ZoneInfo) -> dt.datetime:
    naive = dt.datetime.combine(day, at)
    there = naive if clock.exists(naive, zone) else clock.next_valid(naive, zone)
    return there.replace(tzinfo=zone).astimezone(dt.UTC)


def _known(refs: Iterable[str]) -> set[tuple[str, str]]:
    return set(Delivery.objects.about(set(refs)).filter(kind=KIND).values_list("ref", "recipient"))


def _readers() -> Iterator[Reader]:
    """Yield who gets a mail of which desk: who plans there, and who is called there and wants one."""
    found: dict[tuple[int, int], Reader] = {}
    columns = ("user_id", "user__name", "user__time_zone", "created_at", *_SAID)
    for rows, desk in ((DeskStaff.objects, "desk_id"), (Membership.objects.filter(role__in=PLANNING), _DESK)):
        planning = rows.filter(user__is_active=True).exclude(user__notice_settings__mail_digest=False)
        for desk_id, user_id, name, zone, began, said, at in planning.values_list(desk, *columns):
            since = max(began, at) if said else began
            found.setdefault((desk_id, user_id), Reader(desk_id, f"user:{user_id}", name, zone, since))
    yield from found.values()
    asked_for = NoticeSettings.objects.filter(mail_digest=True).values_list("user_id", "contributor_id", "updated_at")
    by_user = {user_id: at for user_id, _contributor, at in asked_for if user_id}
    by_person = {person: at for _user, person, at in asked_for if person}
    people = Contributor.objects.filter(active=True).select_related("user", "desk")
    for person in [*people.filter(user__in=by_user, user__is_active=True), *people.filter(pk__in=by_person)]:
        if (person.desk_id, person.user_id) not in found:
            zone = telling.owner_of(person).time_zone or person.desk.time_zone
            since = by_user[person.user_id] if person.user_id else by_person[person.pk]
            yield Reader(person.desk_id, f"contributor:{person.pk}", person.name, zone, since)


_DESK = "project__desk_id"
_SAID = ("user__notice_settings__mail_digest", "user__notice_settings__updated_at")


# --- what it is about -------------------------------------------------------------------------------------
@dataclass
class Morning:
    """A person's morning at a desk. `person` is set for who is called and does not plan there."""

    desk: Desk
    owner: telling.Owner
    person: Contributor | None
    viewer: Viewer

    @cached_property
    def day(self) -> dict[str, Any]:
        """What Today says to this person, as the API answers it."""
        with timezone.override(dt.UTC):  # as the API speaks
            return day.of(self.viewer, clock.now())

    @cached_property
    def sections(self) -> list[digest_letter.Section]:
        """What there is to say."""
        return digest_letter.sections(self.day, self.viewer.time_zone, planning=self.person is None)

    @property
    def address(self) -> str:
        """Where the mail goes."""
        return self.person.email or self.owner.email if self.person else self.owner.email


def load(deliveries: Sequence[Delivery]) -> Mapping[int, Morning]:
    """Return whose morning each delivery is about. Who does not work or is not known there any more is left out."""
    desks = Desk.objects.in_bulk({row.desk_id for row in deliveries})
    found: dict[int, Morning] = {}
    for row in deliveries:
        word, _colon, number = row.recipient.partition(":")
        load_one = _of_user if word == "user" else _of_person
        if morning := load_one(desks[row.desk_id], int(number)):
            found[row.pk] = morning
    return found


def _of_user(desk: Desk, pk: int) -> Morning | None:
    user = User.objects.select_related("notice_settings").filter(pk=pk, is_active=True).first()
    if user is None:
        return None
    whole = viewer_of_user(user)
    desks = {key: grant for key, grant in whole.desks.items() if key == desk.pk}
    projects = {key: grant for key, grant in whole.projects.items() if grant.desk_id == desk.pk}
    viewer = replace(whole, desks=desks, projects=projects)
    return Morning(desk, user, None, viewer) if viewer.can_anywhere(SCHEDULE_WRITE) else None


def _of_person(desk: Desk, pk: int) -> Morning | None:
    people = Contributor.objects.select_related(*telling.WITH_WISHES).filter(desk=desk, active=True)
    person = people.filter(pk=pk).first()
    if person is None:
        return None
    owner = telling.owner_of(person)
    # by the link of this desk: what other desks call the same person to is in their mails
    viewer = Viewer(via="link", contributor_id=person.pk, name=person.name, time_zone=owner.time_zone or desk.time_zone)
    return Morning(desk, owner, person, viewer)


# --- is it still true -------------------------------------------------------------------------------------
def still_due(delivery: Delivery, about: Morning, now: dt.datetime) -> NotDue | None:
    """The person wants it, and there is something to say."""
    if not wanted(about.owner, planning=about.person is None):
        return NotDue(State.CANCELLED, telling.UNSUBSCRIBED)
    if not about.address:
        return NotDue(State.CANCELLED, _("There is no e-mail address."))
    if not about.sections:
        return NotDue(State.CANCELLED, _("There was nothing to say."))
    return None


def wanted(owner: telling.Owner, *, planning: bool) -> bool:
    """Return whether somebody wants the mail of the morning: as said, else as is usual."""
    own = telling.of_owner(owner).settings
    said = own.mail_digest if own else None
    return planning if said is None else said


# --- how it reads -----------------------------------------------------------------------------------------
def mail(delivery: Delivery, about: Morning) -> Mail:
    """“Good morning”: today, and what wants doing."""
    person, stop = about.person, telling.stop_url(about.owner, telling.DIGEST)
    today = moments.long_day(dt.date.fromisoformat(about.day["date"]))
    if person is None:
        url, button = settings.SITE_URL, gettext("Open Today")
    else:
        url, button = links.address(links.for_mail(person, now=clock.now())), gettext("See your sessions")
    subject = gettext("Your day: %(day)s") % {"day": today}
    context = {
        "letter": {"subject": subject, "headline": today, "lines": [], "button": button},
        "sections": about.sections,
        "url": urljoin(url, "/") if person is None else url,
        "desk": about.desk,
        "private": person is not None,
        "stop_url": stop,
    }
    return Mail(
        to=about.address,
        subject=subject,
        text=render_to_string("emails/morning.txt", context),
        html=render_to_string("emails/morning.html", context),
        sender=about.desk.name,
        headers=telling.one_press(stop),
    )


def kind() -> Kind:
    """Return the kind, for the dispatcher."""
    return Kind(name=KIND, load=load, still_due=still_due, mail=mail)
