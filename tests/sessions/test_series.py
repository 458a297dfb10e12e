"""Series: all dates or none, at the same hours on the wall, and changed one, later or all."""

import datetime as dt
from typing import Any

import pytest

from budgets.models import BudgetEntry
from producerdesk.kit.errors import Clash, Refused
from sessions import actions
from sessions.models import BookingSlot, SessionSeries, StudioSession
from sessions.pricing import SOURCE
from sessions.recurring import DAILY, WEEKLY, Repeat
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("noon")
State = StudioSession.State
TUESDAY = dt.date(2027, 3, 9)


def body(cast: Cast, **said: Any) -> dict[str, Any]:
    """Return eight Tuesdays in the room, from 10 to 12, as one sends them."""
    usual = {"project": cast.project.pk, "title": "Vocals", "room": cast.room.pk}
    usual |= {"day": TUESDAY.isoformat(), "starts": "10:00", "ends": "12:00", "repeats": "weekly", "repeat_times": 8}
    return usual | said


def series(cast: Cast, times: int = 8, **said: Any) -> list[StudioSession]:
    calls = [{"contributor": cast.wren_called}]
    repeat = said.pop("repeat", Repeat(WEEKLY, times=times))
    starts, ends = said.pop("starts", "2027-03-09T10:00"), said.pop("ends", "2027-03-09T12:00")
    said = {"room": cast.room, "calls": calls, "repeat": repeat} | said
    makers.make_session(cast.project, cast.ana, starts, ends, **said)
    return dates()


def dates() -> list[StudioSession]:
    return list(StudioSession.objects.filter(series__isnull=False).order_by("starts_at"))


def walls() -> list[str]:
    return [session.starts_local for session in dates() if session.state != State.CANCELLED]


# --- the rule ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("repeat", "days"),
    [
        (Repeat(DAILY, times=3), "09 10 11"),
        (Repeat(DAILY, every=3, until=dt.date(2027, 3, 16)), "09 12 15"),
        (Repeat(WEEKLY, times=3), "09 16 23"),
        (Repeat(WEEKLY, every=2, until=dt.date(2027, 3, 23)), "09 23"),
        (Repeat(WEEKLY, weekdays=(0, 3), times=4), "11 15 18 22"),
        (Repeat(WEEKLY, weekdays=(1, 2, 1), every=2, times=4), "09 10 23 24"),
        (Repeat(WEEKLY, times=4, skip=frozenset([dt.date(2027, 3, 16)])), "09 23 30"),
    ],
)
def test_days(repeat: Repeat, days: str) -> None:
    assert [f"{day:%d}" for day in repeat.days(TUESDAY)] == days.split()


@pytest.mark.parametrize(
    ("repeat", "field"),
    [
        (Repeat(DAILY), "repeat_until"),
        (Repeat(DAILY, times=3, until=TUESDAY), "repeat_until"),
        (Repeat(DAILY, until=dt.date(2027, 3, 1)), "repeat_until"),
        (Repeat(DAILY, until=dt.date(2099, 3, 1)), "repeat_until"),
        (Repeat(WEEKLY, until=dt.date(2027, 3, 10)), "repeats"),
        (Repeat(WEEKLY, times=3, skip=frozenset([dt.date(2027, 3, 10)])), "repeat_skip"),
    ],
)
def test_what_is_no_series_is_refused_at_its_field(repeat: Repeat, field: str) -> None:
    with pytest.raises(Refused) as refused:
        repeat.days(TUESDAY)
    assert list(refused.value.fields) == [field]


def test_the_last_years_end_a_series() -> None:
    assert Repeat(WEEKLY, every=52, times=104).days(dt.date(2090, 1, 3))[-1].year <= 2100


# --- booking -----------------------------------------------------------------------------------------


def test_all_dates_are_booked_each_a_session_of_its_own(cast: Cast, ana: Caller) -> None:
    answer = ana.post("sessions/", **body(cast, calls=[{"contributor": cast.wren_called.pk, "call": "09:30"}]))
    assert answer.status_code == 201
    told = answer.json()
    rule = {"id": told["series"]["id"], "rule": "weekly", "every": 1, "weekdays": [1], "count": 8}
    assert (told["series"], told["series_number"]) == (rule, 1)
    assert [session.series_number for session in dates()] == list(range(1, 9))
    for session in dates():
        assert session.calls.get().call_local == f"{session.starts_local[:10]}T09:30"
        assert session.slots.count() == 2
        assert BudgetEntry.objects.of_source(SOURCE, session.pk).level().open == 2 * 6200
    page = ana.page(f"/sessions/{dates()[2].pk}/").content.decode()
    assert "3 of 8, every Tuesday" in page
    assert "3 of 8, every Tuesday" in ana.page("/sessions/").content.decode()
    assert ana.get("sessions/", series=told["series"]["id"]).json()["count"] == 8


def test_all_or_nothing_and_every_clash_with_its_date(cast: Cast, ana: Caller) -> None:
    for day in ("2027-03-16", "2027-04-06"):
        makers.make_session(cast.project, cast.ana, f"{day}T11:00", f"{day}T13:00", room=cast.room)
    before = BookingSlot.objects.count(), BudgetEntry.objects.count()
    answer = ana.post("sessions/", **body(cast))
    assert answer.status_code == 409
    clashes = answer.json()["clashes"]
    assert [(clash["field"], clash["day"]) for clash in clashes] == [("room", "2027-03-16"), ("room", "2027-04-06")]
    assert "16 Mar" in clashes[0]["text"] and "Of 8 dates 2 cannot be had" in answer.json()["detail"]
    assert (BookingSlot.objects.count(), BudgetEntry.objects.count()) == before
    assert SessionSeries.objects.count() == 0
    assert ana.post("sessions/", **body(cast, repeat_skip=["2027-03-16", "2027-04-06"])).status_code == 201
    assert len(dates()) == 6


def test_closed_days_are_among_the_clashes(cast: Cast, ana: Caller) -> None:
    studio = cast.room.studio
    studio.closed_days = [{"first": "2027-03-23", "last": "2027-03-23", "reason": "Fair"}]
    studio.save()
    clash = ana.post("sessions/", **body(cast)).json()["clashes"]
    assert [each["day"] for each in clash] == ["2027-03-23"] and "Fair" in clash[0]["text"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"repeat_times": 5000}, "repeat_times"),
        ({"repeat_times": 1}, "repeat_times"),
        ({"repeat_times": None}, "repeat_until"),
        ({"repeat_times": None, "repeat_until": "9999-01-01"}, "repeat_until"),
        ({"repeat_until": "2027-05-01"}, "repeat_until"),
        ({"repeat_every": 0}, "repeat_every"),
        ({"repeat_every": 10**30}, "repeat_every"),
        ({"repeat_days": [7]}, "repeat_days"),
        ({"repeat_days": "x"}, "repeat_days"),
        ({"repeats": "yearly"}, "repeats"),
        ({"repeat_skip": ["soon"]}, "repeat_skip"),
        ({"repeat_skip": ["2027-03-10"]}, "repeat_skip"),
        ({"repeat_skip": ["2027-03-09"] * 5000}, "repeat_skip"),
        ({"repeats": "daily", "ends": "09:00", "ends_on": "2027-03-10"}, None),
        ({"repeats": "daily", "ends": "12:00", "ends_on": "2027-03-10"}, "repeats"),
    ],
)
def test_what_cannot_be_repeated_is_refused_by_its_field(
    cast: Cast, ana: Caller, said: dict[str, Any], field: str | None
) -> None:
    answer = ana.post("sessions/", **body(cast, **said))
    if field is None:
        assert answer.status_code == 201
        return
    assert answer.status_code == 400 and list(answer.json()["fields"]) == [field], answer.json()
    assert StudioSession.objects.count() == 0


def test_a_form_books_a_series_and_shows_what_is_in_its_way(cast: Cast, ana: Caller) -> None:
    form = body(cast, hold="", repeat_days=["1", "3"], repeat_skip=["2027-03-11"], repeat_until="", repeat_every="1")
    assert ana.send("/sessions/new/", **form).status_code == 302
    assert walls()[:2] == ["2027-03-09T10:00", "2027-03-16T10:00"] and len(dates()) == 7
    again = ana.send("/sessions/new/", **form)
    page = again.content.decode()
    assert again.status_code == 409 and "Not every date of the series" in page and "Tue 9 Mar" in page
    wrong = ana.send("/sessions/new/", **form | {"repeat_times": "5000"})
    assert wrong.status_code == 422 and "104" in wrong.content.decode()


def test_a_series_of_holds_ends_with_each_date(cast: Cast) -> None:
    held = series(cast, 3, hold=True)
    assert [each.hold_until for each in held] == [held[0].starts_at, *[held[1].hold_until] * 2]
    assert BudgetEntry.objects.count() == 0


# --- changing ----------------------------------------------------------------------------------------


def move(cast: Cast, session: StudioSession, day: str, starts: str, ends: str, scope: str) -> Any:
    session.refresh_from_db()
    said = {"day": day, "starts": starts, "ends": ends, "room": cast.room.pk, "scope": scope}
    headers = {"If-Match": f'"{session.version}"'}
    client = Caller(cast.ana).client
    return client.post(f"/api/v1/sessions/{session.pk}/move/", said, content_type="application/json", headers=headers)


def test_one_date_is_moved_alone_and_stays_where_it_is(cast: Cast) -> None:
    found = series(cast, 4)
    assert move(cast, found[1], "2027-03-17", "14:00", "16:00", "one").status_code == 200
    assert walls()[1] == "2027-03-17T14:00"
    assert move(cast, found[2], "2027-03-23", "11:00", "13:00", "all").status_code == 200
    assert walls() == ["2027-03-09T11:00", "2027-03-17T14:00", "2027-03-23T11:00", "2027-03-30T11:00"]


def test_this_and_the_later_dates_become_a_series_of_their_own(cast: Cast, ana: Caller) -> None:
    found = series(cast, 4)
    assert move(cast, found[2], "2027-03-24", "10:00", "12:00", "later").status_code == 200
    assert walls() == ["2027-03-09T10:00", "2027-03-16T10:00", "2027-03-24T10:00", "2027-03-31T10:00"]
    assert "1 of 2, every Wednesday" in ana.page(f"/sessions/{found[2].pk}/").content.decode()
    assert "1 of 4, every Tuesday" in ana.page(f"/sessions/{found[0].pk}/").content.decode()


@pytest.mark.parametrize(("day", "first"), [("2027-03-10", "2027-03-10"), ("2027-03-08", "2027-03-08")])
def test_days_in_a_row_make_room_for_each_other(cast: Cast, day: str, first: str) -> None:
    found = series(cast, repeat=Repeat(DAILY, times=4))
    assert move(cast, found[0], day, "10:00", "12:00", "all").status_code == 200
    assert walls()[0] == f"{first}T10:00"
    assert len({each[:10] for each in walls()}) == 4


def test_moving_all_names_every_clash_and_moves_none(cast: Cast) -> None:
    found = series(cast, 4)
    makers.make_session(cast.project, cast.ana, "2027-03-16T12:00", "2027-03-16T14:00", room=cast.room)
    makers.make_session(cast.project, cast.ana, "2027-03-30T12:00", "2027-03-30T14:00", room=cast.room)
    before = walls()
    answer = move(cast, found[0], "2027-03-09", "11:00", "13:00", "all")
    assert answer.status_code == 409
    assert [clash["day"] for clash in answer.json()["clashes"]] == ["2027-03-16", "2027-03-30"]
    assert walls() == before
    assert move(cast, found[0], "2027-03-09", "00:00", "23:59", "one").status_code == 200


def test_dates_that_would_overlap_each_other_are_refused(cast: Cast) -> None:
    found = series(cast, repeat=Repeat(DAILY, times=3))
    session = found[0]
    with pytest.raises((Refused, Clash)):
        actions.move_dates(
            viewer=cast.viewer("ana"),
            session=session,
            scope="all",
            starts_local="2027-03-09T10:00",
            ends_local="2027-03-10T12:00",
        )
    assert [each.ends_local[11:] for each in dates()] == ["12:00"] * 3


def test_later_dates_are_cancelled_and_their_money_released(cast: Cast, ana: Caller) -> None:
    found = series(cast, 4)
    answer = ana.post(f"sessions/{found[2].pk}/cancel/", scope="later", reason="Tour")
    assert answer.json()["state"] == "cancelled"
    assert [each.state for each in dates()] == ["confirmed"] * 2 + ["cancelled"] * 2
    open_ = [BudgetEntry.objects.of_source(SOURCE, each.pk).level().open for each in dates()]
    assert open_ == [12400, 12400, 0, 0]
    ana.post(f"sessions/{found[0].pk}/cancel/", scope="all")
    assert {each.state for each in dates()} == {"cancelled"}
    assert BookingSlot.objects.count() == 0


def test_all_dates_are_renamed_or_one(cast: Cast, ana: Caller) -> None:
    found = series(cast, 3)
    said = {"kind": "vocal", "title": "Choir", "prepare": "", "notes": ""}
    assert ana.put(f"sessions/{found[1].pk}/", version=1, scope="later", **said).status_code == 200
    assert [each.title for each in dates()] == ["Tracking", "Choir", "Choir"]
    assert ana.put(f"sessions/{found[0].pk}/", version=1, **said | {"title": "Solo"}).status_code == 200
    assert [each.title for each in dates()] == ["Solo", "Choir", "Choir"]
    assert ana.put(f"sessions/{found[0].pk}/", version=1, scope="all", **said).status_code == 412


def test_the_forms_ask_which_dates_only_of_a_series(cast: Cast, ana: Caller) -> None:
    found, single = series(cast, 2), makers.make_session(cast.project, cast.ana, "2027-05-10T10:00")
    for name in ("move", "edit", "cancel"):
        assert 'name="scope"' in ana.page(f"/sessions/{found[0].pk}/{name}/").content.decode(), name
        assert 'name="scope"' not in ana.page(f"/sessions/{single.pk}/{name}/").content.decode(), name


# --- clocks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Europe/Berlin", "2027-03-14"),
        ("Europe/Berlin", "2027-10-17"),
        ("America/New_York", "2027-02-28"),
        ("America/New_York", "2027-10-24"),
        ("Australia/Lord_Howe", "2027-03-21"),
        ("Australia/Lord_Howe", "2027-09-19"),
        ("Africa/Cairo", "2027-04-16"),
        ("Africa/Cairo", "2027-10-15"),
        ("America/Santiago", "2027-03-21"),
        ("America/Santiago", "2027-08-22"),
        ("Asia/Kathmandu", "2027-03-14"),
    ],
)
def test_a_weekly_series_keeps_its_wall_time_over_the_clock_change(cast: Cast, zone: str, first: str) -> None:
    room = makers.make_room(makers.make_studio(cast.desk, time_zone=zone))
    found = series(cast, 5, starts=f"{first}T20:00", ends=f"{first}T23:30", room=room)
    assert {each.starts_local[11:] for each in found} == {"20:00"}
    assert {each.ends_local[11:] for each in found} == {"23:30"}
    assert {each.calls.get().call_local[11:] for each in found} == {"20:00"}
    offsets = {(each.starts_at.hour, each.starts_at.minute) for each in found}
    assert len(offsets) == (1 if zone == "Asia/Kathmandu" else 2)


def test_an_hour_that_is_skipped_names_its_date_and_one_that_comes_twice_is_the_first(cast: Cast, ana: Caller) -> None:
    said = {"starts": "02:30", "ends": "04:00", "repeat_times": 3}
    skipped = ana.post("sessions/", **body(cast, day="2027-03-14", **said))  # Berlin: 28 March
    assert skipped.status_code == 400 and "28 Mar" in skipped.json()["fields"]["starts"][0]
    twice = ana.post("sessions/", **body(cast, day="2027-10-17", **said))  # 31 October
    assert twice.status_code == 201
    assert {each.starts_local[11:] for each in dates()} == {"02:30"} and {each.starts_fold for each in dates()} == {0}
