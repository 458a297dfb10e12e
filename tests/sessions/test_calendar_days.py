"""Where sessions stand on a clock: nights, lanes, the edges of what is shown, and the days the clocks change."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from sessions.pages import calendar_closed as closed
from sessions.pages import calendar_days as days
from sessions.pages.calendar_days import Event, Hours, Line

MONDAY = dt.date(2027, 3, 8)


def event(starts: str, ends: str, **said: object) -> Event:
    """Return an event of that week: "0 20:00" is Monday at eight in the evening."""

    def moment(text: str) -> dt.datetime:
        day, time = text.split()
        return dt.datetime.combine(MONDAY + int(day) * days.DAY, dt.time.fromisoformat(time))

    return Event(dict(said), moment(starts), moment(ends))


@pytest.mark.parametrize(
    ("spans", "nights", "hours"),
    [
        ([], True, (9, 22)),
        ([("0 08:15", "0 23:10")], True, (8, 24)),
        ([("0 20:00", "1 04:00")], True, (9, 28)),
        ([("0 20:00", "1 00:00")], False, (9, 24)),
        ([("0 20:00", "1 04:00")], False, (0, 24)),  # along a line what is after midnight stands on the next day
        ([("0 02:00", "0 06:00"), ("0 20:00", "1 04:00")], True, (2, 26)),
        ([("0 10:00", "2 10:00")], True, (9, 24)),
        ([("-1 20:00", "0 04:00")], True, (9, 28)),
    ],
)
def test_a_day_shows_what_its_sessions_need(spans: list[tuple[str, str]], nights: bool, hours: tuple[int, int]) -> None:
    found = days.hours_of([event(*span) for span in spans], MONDAY, nights=nights)
    assert (found.opens, found.closes) == hours
    assert found.count <= 24


def test_a_day_alone_shows_what_is_left_of_the_night_before() -> None:
    assert days.hours_of([event("-1 20:00", "0 04:00")], MONDAY, nights=True, alone=True).opens == 0


def test_a_night_is_one_part_and_a_lockout_a_part_a_day() -> None:
    night, lockout = event("0 20:00", "1 04:00"), event("0 10:00", "2 10:00")
    hours = Hours(9, 28)
    parts = [days.column([night], MONDAY + n * days.DAY, hours) for n in range(2)]
    assert [[part["at"] for part in column] for column in parts] == [["ah-20 zh-28"], []]
    parts = [days.column([lockout], MONDAY + n * days.DAY, hours) for n in range(3)]
    assert [[part["cut"] for part in column] for column in parts] == [
        [" is-cut-z"],
        [" is-cut-a is-cut-z"],
        [" is-cut-a"],
    ]


def test_overlapping_sessions_share_a_column_and_spread_where_it_is_free() -> None:
    long, first, second = event("0 10:00", "0 18:00"), event("0 11:00", "0 13:00"), event("0 13:00", "0 14:00")
    alone = event("0 19:00", "0 20:00")
    groups = days.share([second, alone, long, first])
    assert [len(group) for group in groups] == [3, 1]
    assert [(each.lane, each.lanes, each.wide) for each in (long, first, second, alone)] == [
        (0, 2, 1),
        (1, 2, 1),
        (1, 2, 1),
        (0, 1, 1),
    ]


def test_a_crowd_is_counted_behind_the_first() -> None:
    crowd = [event("0 10:00", "0 12:00") for _number in range(9)]
    parts = days.column(crowd, MONDAY, Hours(9, 22))
    assert [part.get("hidden") for part in parts] == [None] * 4 + [5]
    assert parts[-1] == {"hidden": 5, "at": "ah-10 zh-12", "lane": "ln-4 of-5"}
    assert len(days.column(crowd, MONDAY, Hours(9, 22), 24)) == 9


@given(st.lists(st.tuples(st.integers(0, 1_300), st.integers(15, 600)), max_size=14))
def test_no_two_sessions_in_one_lane_overlap(spans: list[tuple[int, int]]) -> None:
    midnight, minute = dt.datetime.combine(MONDAY, dt.time()), dt.timedelta(minutes=1)
    events = [Event({}, midnight + a * minute, midnight + (a + length) * minute) for a, length in spans]
    groups = days.share(events)
    assert sorted(map(id, events)) == sorted(id(each) for group in groups for each in group)
    for one in events:
        assert one.lane + one.wide <= one.lanes
        for other in events:
            if one is not other and one.starts < other.ends and other.starts < one.ends:
                taken = set(range(one.lane, one.lane + one.wide))
                assert taken.isdisjoint(range(other.lane, other.lane + other.wide))


def test_buffers_take_their_place_in_a_rooms_line() -> None:
    one = event("0 10:00", "0 12:00", reset_minutes=60)
    other = event("0 12:30", "0 14:00", setup_minutes=0)
    days.share([one, other])
    assert (one.lane, other.lane) == (0, 0)
    days.share([one, other], buffers=True)
    assert (one.lane, other.lane) == (0, 1)


def test_a_line_ends_where_it_is_seen() -> None:
    line = Line(MONDAY, 7, Hours(9, 24))
    assert line.at(*_span(event("0 20:00", "1 04:00"))) == "ah-20 zh-9 zd-1", "the hours between are not drawn"
    assert line.at(*_span(event("-1 10:00", "0 12:00"))) == "ah-9 zh-12"
    assert line.at(*_span(event("6 20:00", "7 04:00"))) == "ah-20 ad-6 zh-24 zd-6"
    assert line.at(*_span(event("0 20:00", "1 00:00"))) == "ah-20 zh-24"
    day = Line(MONDAY, 1, Hours(9, 28))
    assert day.at(*_span(event("0 20:07", "1 04:00"))) == "ah-20 am-5 zh-28"


def _span(each: Event) -> tuple[dt.datetime, dt.datetime]:
    return each.starts, each.ends


def test_on_the_days_the_clocks_change() -> None:
    """Berlin, 2026: at three it is two again. A session over it may end before it starts on the wall."""
    assert days.change_on(dt.date(2026, 10, 25), "Europe/Berlin") == -60
    assert days.change_on(dt.date(2027, 3, 28), "Europe/Berlin") == 60
    assert days.change_on(dt.date(2027, 4, 4), "Australia/Lord_Howe") == -30
    assert days.change_on(dt.date(2026, 10, 24), "Europe/Berlin") == 0
    said = {"starts_at": "2026-10-25T00:30:00Z", "ends_at": "2026-10-25T01:15:00Z", "time_zone": "Europe/Berlin"}
    found = days.on_clock(said, "")
    assert (found.starts.isoformat(), found.ends.isoformat()) == ("2026-10-25T02:30:00", "2026-10-25T02:45:00")
    assert days.on_clock(said, "UTC").starts.isoformat() == "2026-10-25T00:30:00"


def test_every_place_has_its_class() -> None:
    """What Python may say of a place, the style sheet knows."""
    sheet = (Path(settings.BASE_DIR) / "producerdesk/static/css/places.css").read_text()
    known = set(re.findall(r"\.([a-z]+-\d+)\{", sheet))
    edges = {
        f"{side}{unit}-{n}"
        for side in "az"
        for unit, most in (("h", 47), ("d", 13))
        for n in range(unit == "d", most + 1)
    }
    minutes = {f"{side}m-{n}" for side in "az" for n in range(5, 60, 5)}
    grid = {f"from-{n}" for n in range(24)} | {f"hrs-{n}" for n in range(1, 25)} | {"days-1", "days-7", "days-14"}
    lanes = {f"ln-{n}" for n in range(24)} | {f"of-{n}" for n in range(1, 25)} | {f"sp-{n}" for n in range(2, 25)}
    assert (edges | minutes | grid | lanes) - known == set()


def test_what_no_studio_is_open_for_is_shaded() -> None:
    """Two studios: by the hours, what both close; along its own line, what one does. A night is one stretch."""
    zone = "Europe/Berlin"

    def studio(key: int, *spans: tuple[str, str]) -> dict[str, Any]:
        told = [{"starts_at": f"2027-03-{starts}:00Z", "ends_at": f"2027-03-{ends}:00Z"} for starts, ends in spans]
        return {"studio": key, "time_zone": zone, "spans": told}

    first, last = dt.date(2027, 3, 8), dt.date(2027, 3, 9)
    shut = closed.of_studios(
        [studio(1, ("08T09:00", "09T01:00"), ("09T09:00", "10T01:00")), studio(2, ("08T11:00", "08T17:00"))],
        first,
        last,
        "",
    )
    line = days.Line(first, 2, days.Hours(9, 24))
    assert line.stretches(shut[1]) == ["ah-9 zh-10", "ah-9 ad-1 zh-10 zd-1"]
    assert line.stretches(shut[2]) == ["ah-9 zh-12", "ah-18 zh-24", "ah-9 ad-1 zh-24 zd-1"]
    assert line.stretches(closed.everywhere(shut, [1, 2])) == ["ah-9 zh-10", "ah-9 ad-1 zh-10 zd-1"]
    assert closed.everywhere(shut, [1, 3]) == closed.everywhere(shut, []) == []  # the third never closes
