"""The mail of the morning: once each local day at 08:00, where the clocks change too; it says what Today says."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from budgets import actions as budgets
from contributors.models import Contributor
from producerdesk.accounts.models import DeskStaff, User
from producerdesk.accounts.roles import Role
from producerdesk.notices import dispatcher, registry
from producerdesk.notices.models import Delivery, OutboxMail
from producerdesk.overview import digest
from sessions.actions.telling import set_mailed, set_notices
from sessions.models import NoticeSettings
from tests import makers, services
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.scheduling import by_link, mint

State = Delivery.State
As = Callable[[str], Caller]


@pytest.fixture(autouse=True)
def clock_stands() -> Any:
    """It is 1 March 2027, midnight in UTC."""
    with time_machine.travel("2027-03-01T00:00:00Z", tick=False) as travel:
        yield travel


@pytest.fixture
def alone(cast: Cast) -> User:
    """Ana, who reads alone in the morning, has been here for long, and has an open role to fill."""
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    DeskStaff.objects.update(created_at=long_ago)
    DeskStaff.objects.exclude(user=cast.ana).delete()
    User.objects.filter(pk=cast.ana.pk).update(time_zone="Europe/Berlin")
    makers.make_engagement(cast.project, role="Cello")
    return cast.ana


def run() -> None:
    registry.plan_by_the_clock()
    dispatcher.dispatch(name="test")


def mornings(**said: Any) -> list[tuple[str, str, str]]:
    rows = Delivery.objects.filter(kind=digest.KIND, **said).order_by("pk")
    return [(f"{row.due_at:%d %b %H:%M}", row.recipient, row.state) for row in rows]


def mail() -> OutboxMail:
    return OutboxMail.objects.filter(delivery__kind=digest.KIND).latest("pk")


# --- when -------------------------------------------------------------------------------------------------
@pytest.mark.once
@pytest.mark.parametrize(
    ("zone", "leaves"),
    [
        ("Europe/Berlin", ["27 Mar 07:00", "28 Mar 06:00", "29 Mar 06:00"]),
        ("Europe/Berlin", ["30 Oct 06:00", "31 Oct 07:00", "01 Nov 07:00"]),
        ("America/New_York", ["13 Mar 13:00", "14 Mar 12:00", "15 Mar 12:00"]),
        ("America/New_York", ["06 Nov 12:00", "07 Nov 13:00", "08 Nov 13:00"]),
        ("Australia/Lord_Howe", ["01 Apr 21:00", "02 Apr 21:00", "03 Apr 21:30", "04 Apr 21:30"]),
        ("Australia/Lord_Howe", ["01 Oct 21:30", "02 Oct 21:00", "03 Oct 21:00", "04 Oct 21:00"]),
    ],
)
def test_once_each_local_day_at_eight(alone: User, clock_stands: Any, zone: str, leaves: list[str]) -> None:
    User.objects.update(time_zone=zone)
    start = datetime.strptime(f"{leaves[0]} 2027 +0000", "%d %b %H:%M %Y %z")
    end = datetime.strptime(f"{leaves[-1]} 2027 +0000", "%d %b %H:%M %Y %z")
    beat = timedelta(minutes=services.rounds(30, 10))
    at = start - beat
    while at <= end + beat:
        clock_stands.move_to(at)
        registry.plan_by_the_clock()
        registry.plan_by_the_clock()  # a second beat
        assert all(row.due_at <= at for row in Delivery.objects.filter(kind=digest.KIND))
        at += beat
    assert [due for due, _who, _state in mornings(recipient=f"user:{alone.pk}")] == leaves


def test_two_planners_at_once_plan_one_mail(alone: User, clock_stands: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    clock_stands.move_to("2027-03-02T07:00:00Z")
    monkeypatch.setattr(digest, "_known", lambda refs: set())  # neither has seen what the other writes
    digest.plan()
    dispatcher.dispatch(name="test")
    digest.plan()
    dispatcher.dispatch(name="test")
    assert mornings() == [("02 Mar 07:00", f"user:{alone.pk}", State.SENT)]
    assert OutboxMail.objects.count() == 1


def test_a_beat_that_was_down_is_late_until_noon_and_then_too_late(alone: User, clock_stands: Any) -> None:
    clock_stands.move_to("2027-03-02T10:59:00Z")  # 11:59 in Berlin
    run()
    clock_stands.move_to("2027-03-03T11:00:00Z")
    run()
    assert [state for *_, state in mornings()] == [State.SENT, State.EXPIRED]
    assert Delivery.objects.get(state=State.EXPIRED).reason == "Its time had passed."


def test_who_has_just_come_hears_tomorrow_first(alone: User, clock_stands: Any) -> None:
    clock_stands.move_to("2027-03-02T08:00:00Z")  # 09:00 in Berlin
    DeskStaff.objects.update(created_at=datetime(2027, 3, 2, 7, 30, tzinfo=UTC))
    run()
    assert mornings() == []
    clock_stands.move_to("2027-03-03T07:00:00Z")
    run()
    assert len(mornings()) == 1


def test_another_clock_on_the_same_day_brings_no_second_mail(alone: User, clock_stands: Any) -> None:
    clock_stands.move_to("2027-03-02T07:00:00Z")
    run()
    User.objects.update(time_zone="America/New_York")
    clock_stands.move_to("2027-03-02T13:00:00Z")
    run()
    assert len(mornings()) == 1


# --- whether ----------------------------------------------------------------------------------------------
def test_nothing_to_say_is_no_mail_and_is_not_asked_again(alone: User, cast: Cast, clock_stands: Any) -> None:
    cast.project.engagements.all().delete()
    clock_stands.move_to("2027-03-02T07:00:00Z")
    run()
    assert mornings() == [("02 Mar 07:00", f"user:{alone.pk}", State.CANCELLED)]
    assert Delivery.objects.get(kind=digest.KIND).reason == "There was nothing to say."
    makers.make_engagement(cast.project, role="Cello")
    clock_stands.move_to("2027-03-02T08:00:00Z")
    run()
    assert not OutboxMail.objects.exists()


def test_it_is_for_who_plans_unless_said_otherwise(cast: Cast, alone: User, as_: As, clock_stands: Any) -> None:
    makers.make_member(cast.project, makers.make_user("Cody"), Role.CO_PRODUCER)
    clock_stands.move_to("2027-03-02T09:00:00Z")
    registry.plan_by_the_clock()
    cody = User.objects.get(name="Cody")
    assert {who for _due, who, _state in mornings()} == {f"user:{alone.pk}", f"user:{cody.pk}"}
    assert as_("ana").get("notice-settings/").json()["mail_digest"] is True
    assert as_("nora").get("notice-settings/").json()["mail_digest"] is False
    as_("ana").put("notice-settings/", mail_digest=True)
    assert not NoticeSettings.objects.exists(), "nothing new was said"
    as_("ana").put("notice-settings/", mail_digest=False)
    Caller(cody).put("notice-settings/", own_quiet=False)
    clock_stands.move_to("2027-03-03T09:00:00Z")
    registry.plan_by_the_clock()
    assert {who for due, who, _state in mornings() if due[:2] == "03"} == {f"user:{cody.pk}"}


def test_one_press_in_it_ends_it(alone: User, clock_stands: Any) -> None:
    clock_stands.move_to("2027-03-02T07:00:00Z")
    registry.plan_by_the_clock()
    set_mailed(owner=alone, topic="digest", mailed=False)
    dispatcher.dispatch(name="test")
    assert [state for *_, state in mornings()] == [State.CANCELLED]
    row = Delivery.objects.get(kind=digest.KIND)
    set_mailed(owner=alone, topic="digest", mailed=True)
    about = digest.load([row])[row.pk]
    found = digest.mail(row, about)
    assert found.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found.headers["List-Unsubscribe"].strip("<>") in found.text


def test_who_left_the_desk_or_the_house_hears_nothing(cast: Cast, alone: User, clock_stands: Any) -> None:
    clock_stands.move_to("2027-03-02T07:00:00Z")
    registry.plan_by_the_clock()
    DeskStaff.objects.filter(desk=cast.desk).delete()
    dispatcher.dispatch(name="test")
    assert [state for *_, state in mornings()] == [State.CANCELLED]


# --- what -------------------------------------------------------------------------------------------------
def test_what_it_says_is_what_today_says(cast: Cast, alone: User, as_: As, clock_stands: Any) -> None:
    makers.make_session(
        cast.project, cast.ana, "2027-03-02T10:00", title="Drums", calls=[{"contributor": cast.wren_called}]
    )
    makers.make_session(cast.project, cast.ana, "2027-03-03T10:00", title="Bass", hold=True)
    makers.make_session(cast.project, cast.ana, "2027-03-04T10:00", title="Later")
    makers.make_song(cast.project, "Glass Teeth")
    cast.project.deadline = "2027-02-01"
    cast.project.save()
    budgets.open_budget(cast.project, cast.ana)
    clock_stands.move_to("2027-03-02T07:00:00Z")
    registry.plan_by_the_clock()
    row = Delivery.objects.get(kind=digest.KIND)
    assert digest.load([row])[row.pk].day == as_("ana").get("today/").json()
    dispatcher.dispatch(name="test")
    text = mail().text
    for words in (
        "Today\n  10:00 – 18:00  Drums · Salt & Neon",
        "Tomorrow\n  10:00 – 18:00  Bass · Salt & Neon · Nora's kitchen · a hold",
        "You wait for them\n  Wren Castellan · Drums, Tue 2 Mar",
        "Late\n  Salt & Neon, delivery · Nora Vale, since Mon 1 Feb",
        "Open roles\n  Cello · Salt & Neon · needed",
        "http://127.0.0.1:8000/",
    ):
        assert words in text, text
    assert "Later" not in text
    assert "<b>" not in text


def test_an_artist_reads_the_own_calls_of_today_and_tomorrow_and_no_money(cast: Cast, clock_stands: Any) -> None:
    call = {"contributor": cast.nora_called}
    makers.make_session(cast.project, cast.ana, "2027-03-02T10:00", title="Vocals", calls=[call], room=cast.room)
    makers.make_session(cast.project, cast.ana, "2027-03-03T10:00", title="Choir", calls=[call])
    makers.make_session(cast.project, cast.ana, "2027-03-04T10:00", title="Later", calls=[call])
    makers.make_session(cast.project, cast.ana, "2027-03-02T20:00", "2027-03-02T21:00", title="Without her")
    DeskStaff.objects.all().delete()
    User.objects.filter(pk=cast.nora.pk).update(time_zone="Europe/Berlin")
    set_notices(owner=cast.nora, mail_digest=True)
    clock_stands.move_to("2027-03-02T07:00:00Z")
    run()
    text = OutboxMail.objects.get(delivery__kind=digest.KIND).text
    assert "Today\n  Be there at 10:00 · Vocals · Salt & Neon · Foxglove, Room A · you have not answered yet" in text
    assert "Tomorrow\n  Be there at 10:00 · Choir" in text
    assert "Later" not in text and "Without her" not in text
    assert "EUR" not in text and "€" not in text
    assert "/my/" in text


def test_who_reads_it_far_away_reads_both_clocks(cast: Cast, alone: User, clock_stands: Any) -> None:
    User.objects.filter(pk=alone.pk).update(time_zone="Asia/Bangkok")
    makers.make_session(cast.project, cast.ana, "2027-03-02T18:00", "2027-03-02T21:00", title="Late one")
    makers.make_session(cast.project, cast.ana, "2027-03-03T10:00", "2027-03-03T12:00", title="Early one")
    clock_stands.move_to("2027-03-02T01:00:00Z")
    run()
    tomorrow = mail().text.partition("Tomorrow\n")[2]
    assert "18:00 – 21:00 Berlin time (Wed 3 Mar, 00:00 – 03:00 in Bangkok)  Late one" in tomorrow
    assert "10:00 – 12:00 Berlin time (16:00 – 18:00 in Bangkok)  Early one" in tomorrow


def test_each_desk_writes_for_itself(cast: Cast, clock_stands: Any) -> None:
    elsewhere = makers.make_contributor(cast.other_desk, user=cast.nora)
    DeskStaff.objects.all().delete()
    for project, by, person, title in (
        (cast.project, cast.ana, cast.nora_called, "Vocals"),
        (cast.other_project, cast.cleo, elsewhere, "Elsewhere"),
    ):
        makers.make_staff(project.desk, by, Role.OWNER)
        makers.make_session(
            project,
            by,
            "2027-03-02T10:00" if title == "Vocals" else "2027-03-02T19:00",
            "" if title == "Vocals" else "2027-03-02T20:00",
            title=title,
            calls=[{"contributor": person}],
        )
    DeskStaff.objects.all().delete()
    User.objects.filter(pk=cast.nora.pk).update(time_zone="Europe/Berlin")
    set_notices(owner=cast.nora, mail_digest=True)
    clock_stands.move_to("2027-03-02T07:00:00Z")
    run()
    mails = {row.desk_id: row.text for row in OutboxMail.objects.filter(delivery__kind=digest.KIND)}
    assert "Vocals" in mails[cast.desk.pk] and "Elsewhere ·" not in mails[cast.desk.pk]
    assert "Elsewhere ·" in mails[cast.other_desk.pk] and "Vocals" not in mails[cast.other_desk.pk]


def test_who_has_only_a_link_may_ask_for_it(cast: Cast, clock_stands: Any) -> None:
    Contributor.objects.filter(pk=cast.wren_called.pk).update(time_zone="America/New_York")
    call = {"contributor": cast.wren_called}
    makers.make_session(cast.project, cast.ana, "2027-03-02T18:00", "2027-03-02T20:00", title="Strings", calls=[call])
    DeskStaff.objects.all().delete()
    by_link(mint(cast.wren_called)).put("notice-settings/", mail_digest=True)
    clock_stands.move_to("2027-03-02T13:00:00Z")
    run()
    assert mornings() == [("02 Mar 13:00", f"contributor:{cast.wren_called.pk}", State.SENT)]
    assert "Be there at 18:00 Berlin time (12:00 in New York) · Strings" in mail().text


# --- nudging all who have not answered --------------------------------------------------------------------
def test_all_of_a_session_are_nudged_in_one_action_but_who_was_just_asked(
    cast: Cast, as_: As, clock_stands: Any
) -> None:
    people = [{"contributor": person} for person in (cast.wren_called, cast.nora_called, cast.emil_called)]
    session = makers.make_session(cast.project, cast.ana, "2027-03-10T10:00", title="Drums", calls=people)
    other = makers.make_session(cast.project, cast.ana, "2027-03-12T10:00", calls=[people[0]])
    dispatcher.dispatch(name="test")
    ana = as_("ana")
    assert ana.post("calls/nudge-all/", session=session.pk).json() == {"asked": 0, "left": 3}
    clock_stands.shift(timedelta(hours=3))
    wren, nora, _emil = session.calls.order_by("pk")
    ana.post(f"calls/{wren.pk}/nudge/")
    as_("nora").post(f"calls/{nora.pk}/confirm/")
    assert b"Nudge all" in ana.page(f"/sessions/{session.pk}/").content
    assert ana.post("calls/nudge-all/", session=session.pk).json() == {"asked": 1, "left": 1}
    assert ana.post("calls/nudge-all/").json() == {"asked": 1, "left": 2}
    assert other.calls.get().generation == 2


@pytest.mark.parametrize(("name", "status"), [("nora", 403), ("lena", 403), ("cleo", 400), ("ben", 200)])
def test_who_does_not_plan_nudges_nobody(cast: Cast, as_: As, name: str, status: int) -> None:
    session = makers.make_session(cast.project, cast.ana, calls=[{"contributor": cast.wren_called}])
    assert as_(name).post("calls/nudge-all/", session=session.pk).status_code == status
    if name == "cleo":
        assert as_(name).post("calls/nudge-all/").json() == {"asked": 0, "left": 0}
