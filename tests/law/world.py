"""The cast with something behind every route, and what each id in a path stands for."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from budgets import actions as budgets
from budgets.actions import expenses, plan
from budgets.models import Expense
from budgets.receipts import check
from budgets.standing import standings
from contributors import links
from contributors.models import Engagement, PrivateLink
from producerdesk.accounts.models import ApiToken, DeskStaff
from producerdesk.accounts.roles import Role
from producerdesk.kit import clock, secret
from producerdesk.kit.money import Money
from producerdesk.kit.viewer import Viewer
from producerdesk.notices.models import Delivery, Notice, OutboxMail
from projects import joining
from projects.models import Activity, Invitation, Membership, Song
from projects.notices import PURPOSE
from projects.tokens import make_token
from sessions import feeds, telling, voice
from sessions.actions import call_person, editing, inputs, private, publish_sheet, save_sheet
from sessions.actions.gear import log_fault, send_to_repair
from sessions.actions.takes import log_take
from sessions.models import (
    CalendarFeed,
    Call,
    CoachingNote,
    CompSection,
    DatePoll,
    EditTask,
    Gear,
    ImportedCalendar,
    InputTemplate,
    StudioSession,
    VoiceNote,
)
from tests import makers
from tests.cast import Cast, make_cast
from tests.kept import kept

KEY = UUID(int=1)
# the columns of the table of doors, in their order
ROLES = ("nobody", "cleo", "ana", "ben", "asa", "nora", "emil", "cara", "lena", "xavi", "link", "feed")


@dataclass
class World:
    """One session of the cast's project: Nora, Emil and Wren are called to it, Cara is not."""

    cast: Cast
    song: Song
    session: StudioSession
    engagement: Engagement
    invitation: Invitation
    staff_invitation: Invitation
    link: PrivateLink
    link_secret: str
    feed_secret: str
    feed: CalendarFeed
    expense: Expense
    token: ApiToken
    gear: Gear
    imported: ImportedCalendar
    poll: DatePoll

    @property
    def stop_secret(self) -> str:
        """What stands in the mails to Wren for stopping them."""
        return telling.stop_secret(self.cast.wren_called, telling.REMINDERS)

    @cached_property
    def ids(self) -> dict[str, Any]:
        """What `pk` (or a part of the path) stands for, by the first word of the route's name, or by its whole name."""
        call = Call.objects.get(session=self.session, contributor=self.cast.nora_called)
        delivery = Delivery.objects.filter(ref=f"call:{call.pk}").first()
        assert delivery is not None
        notice = Notice.objects.create(user=self.cast.ana, text="Samir proposes 11:30")
        mail = OutboxMail.objects.create(
            desk=self.cast.desk,
            delivery=delivery,
            to="nora@example.com",
            subject="Hello",
            text="Hello",
            message_id="<1@x>",
        )
        return {
            "api:project": self.cast.project.pk,
            "api:song": self.song.pk,
            "api:session": self.session.pk,
            "api:call": call.pk,
            "api:own-call": Call.objects.get(session=self.session, contributor=self.cast.wren_called).pk,
            "api:studio": self.cast.room.studio_id,
            "api:room": self.cast.room.pk,
            "api:gear": self.gear.pk,
            "api:gear-repair": self.gear.repairs.order_by("pk")[0].pk,
            "api:gear-fault": self.gear.faults.order_by("pk")[0].pk,
            "api:contributor": self.cast.wren_called.pk,
            "api:engagement": self.engagement.pk,
            "api:member": Membership.objects.get(project=self.cast.project, user=self.cast.nora).pk,
            "api:invitation": self.invitation.pk,
            "api:staff-invitation": self.staff_invitation.pk,
            "api:join": secret.derive(PURPOSE, self.invitation.salt),
            "api:desk": self.cast.desk.pk,
            "api:staff": DeskStaff.objects.get(desk=self.cast.desk, user=self.cast.ben).pk,
            "api:notice": notice.pk,
            "api:delivery": delivery.pk,
            "api:outbox": mail.pk,
            "api:deed": Activity.objects.get(kind="session", deed="booked", about_id=self.session.pk).pk,
            "api:feed": self.feed.pk,
            "api:link": self.link.pk,
            "api:budget": self.expense.budget_id,
            "api:budget-line": self.expense.budget.lines.order_by("pk")[0].pk,
            "api:budget-entry": self.expense.budget.last_seq,
            "api:budget-rate": self.expense.budget.exchange_rates.get().pk,
            "api:budget-approval": self.expense.budget.approvals.get().pk,
            "api:expense": self.expense.pk,
            "api:token": self.token.token_key,
            "api:unsubscribe": self.stop_secret,
            "api:sheet-version": 1,
            "api:imported-calendar": self.imported.pk,
            "api:date-poll": self.poll.pk,
            "api:poll-reply": self.poll.replies.order_by("pk")[0].pk,
            "api:take": self.session.takes.order_by("pk")[0].pk,
            "api:input-template": InputTemplate.objects.get().pk,
            "api:comp-section": CompSection.objects.get().pk,
            "api:edit-task": EditTask.objects.get(section=None).pk,
            "api:coaching-note": CoachingNote.objects.get().pk,
            "api:voice-note": VoiceNote.objects.get().pk,
        }

    @cached_property
    def callers(self) -> dict[str, tuple[Client, dict[str, str]]]:
        """A browser or program of each role, and the headers it sends."""
        return {role: self._caller(role) for role in ROLES}

    def _caller(self, role: str) -> tuple[Client, dict[str, str]]:
        client = Client(raise_request_exception=False)
        if role == "link":
            return client, {"Authorization": f"Link {self.link_secret}"}
        if role == "feed":
            return client, {"Authorization": f"Feed {self.feed_secret}"}
        if role != "nobody":
            client.force_login(getattr(self.cast, role))
        return client, {}


def on_each_database(names: str, *, once: str) -> list[Any]:
    """Return who asks, as parameters: some where production is, the others on SQLite.

    What a database answers otherwise it answers otherwise to whoever asks, so a few are enough on the second.
    """
    return [
        *(pytest.param(name, marks=pytest.mark.production) for name in names.split()),
        *(pytest.param(name, marks=pytest.mark.once) for name in once.split()),
    ]


@kept
def make_world() -> World:
    """Return the world, in the database."""
    cast = make_cast()
    song = makers.make_song(cast.project, "Glass Teeth")
    gear = makers.make_gear(cast.room, serial="4711")
    send_to_repair(gear=gear, first=dt.date(2027, 1, 4), last=dt.date(2027, 1, 8), reason="Capsule")
    log_fault(viewer=cast.viewer("ana"), gear=gear, text="Hums below 60 Hz")
    session = makers.make_session(cast.project, cast.ana, room=cast.room, songs=[song], gear=[gear])
    for person in (cast.nora_called, cast.emil_called, cast.wren_called):
        call_person(viewer=cast.viewer("ana"), session=session, contributor=person, role="Player")
    _send_call_sheet(cast, session)
    log_take(
        viewer=cast.viewer("ana"), session=session, key=KEY, song=song.pk, performers=[cast.nora_called.pk], rating=4
    )
    _write_down(cast, session, song)
    now = clock.now()
    link, link_secret = links.mint(cast.wren_called, now=now)
    feed, feed_secret = feeds.mint(Viewer(via="login", user_id=cast.nora.pk))
    invite: dict[str, Any] = {"by": cast.ana, "desk": cast.desk, "now": now}
    token, _secret = make_token(owner=cast.ana, name="Label's table", scopes=["budget:read"], days=30)
    return World(
        cast=cast,
        song=song,
        session=session,
        engagement=makers.make_engagement(cast.project, cast.wren_called, "Violin", fee="240", unit="flat"),
        invitation=joining.invite(project=cast.project, email="new@example.com", role=Role.ARTIST, **invite),
        staff_invitation=joining.invite(project=None, email="help@example.com", role=Role.ASSISTANT, **invite),
        link=link,
        link_secret=link_secret,
        feed_secret=feed_secret,
        feed=feed,
        expense=_spend(cast),
        token=token,
        gear=gear,
        imported=makers.make_import(cast.room),
        poll=makers.make_poll(session, (cast.nora_called, cast.wren_called)),
    )


def _write_down(cast: Cast, session: StudioSession, song: Song) -> None:
    """Write something of everything that is written in the room."""
    viewer = cast.viewer("ana")
    row = {"channel": "1", "source": "Violin", "mic": "C414", "preamp": "", "inserts": "", "converter": "", "note": ""}
    inputs.save_inputs(viewer=viewer, session=session, expected=0, channels=[row], daw="Reaper")
    inputs.keep_template(session=session, name="Strings")
    section = editing.add_section(song=song, name="Verse 1")
    editing.use_take(section=section, take=session.takes.get().pk, used=True)
    editing.assign(task=editing.add_task(song=song, title="Tune it"), person=cast.wren_called)
    private.write_note(viewer=viewer, session=session, about=cast.nora_called, text="Praise first.")
    sound = voice.check(ContentFile(b"OggS" + bytes(40)))
    private.keep_voice(viewer=viewer, session=session, sound=sound, title="The hook")


def _send_call_sheet(cast: Cast, session: StudioSession) -> None:
    """Give the session a call sheet with something of everything on it, sent to everybody called."""
    session.refresh_from_db()
    row = {"at": "", "minutes": 60, "songs": "", "who": "", "is_break": False}
    contact = {"what": "Runner", "phone": "+49 30 7", "email": "runner@example.com"}
    save_sheet(
        viewer=cast.viewer("ana"),
        session=session,
        expected=0,
        running_order=[
            row | {"what": "Load-in & set-up", "at": "09:15"},
            row | {"what": "Tracking", "songs": "Glass Teeth", "who": "Wren, Nora"},
            row | {"what": "Lunch", "is_break": True},
        ],
        wrap="17:45",
        access="Ring <b>twice</b>.\nThird floor.",
        parking="In the yard.",
        gear=[{"what": "Viola", "source": "hired", "who": "Bow & Co"}],
        contacts=[
            contact | {"name": "Ida", "audience": "production"},
            contact | {"name": "Otto", "audience": "everyone"},
            contact | {"name": "Uwe", "audience": "nobody"},
        ],
        sharing={str(cast.emil_called.pk): "everyone"},
        emergency="Charité, gate 2.",
        notes="No shoes in the booth.",
    )
    publish_sheet(viewer=cast.viewer("ana"), session=session, expected=1)


def _spend(cast: Cast) -> Expense:
    """Give the budget a line, a rate and an expense with its receipt."""
    budget = budgets.open_budget(cast.project, cast.ana)
    plan.add_line(budget=budget, by=cast.ana.pk, account=310, note="Foxglove A", rate_minor=48_000, unit="day")
    standing = standings([budget.pk])[budget.pk]
    plan.approve(budget=budget, plan=standing.version, by=cast.ana, note="As agreed")
    budgets.set_exchange_rate(project=cast.project, currency="USD", rate=Decimal("0.92"), by=None)
    expense = expenses.add_expense(
        budget=budget,
        by=cast.ana.pk,
        receipt=check(ContentFile(b"%PDF-1.4\n%%EOF\n"), "tuning.pdf"),
        vendor="Lucho Ferrand",
        title="Drum tuning",
        spent_on=dt.date(2026, 11, 14),
        account=620,
        amount=Money(14_050, "EUR"),
    )
    return Expense.objects.select_related("budget").get(pk=expense.pk)
