"""Quiet hours on the clock of whom a mail goes to, also in the nights the clocks change."""

from datetime import UTC, datetime, time, timedelta

import pytest

from producerdesk.notices.quiet import Quiet, leaves_at

LONG_AGO = datetime(2027, 1, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def quiet(begins: str = "22:00", ends: str = "08:00", zone: str = "Europe/Berlin") -> Quiet:
    return Quiet(time.fromisoformat(begins), time.fromisoformat(ends), zone)


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        ("2027-03-10T20:59", None),
        ("2027-03-10T21:00", ("2027-03-10T21:00", "2027-03-11T07:00")),
        ("2027-03-11T06:59", ("2027-03-10T21:00", "2027-03-11T07:00")),
        ("2027-03-11T07:00", None),
        # the clocks go on at 02:00 on 28 March: the night is an hour shorter
        ("2027-03-28T05:59", ("2027-03-27T21:00", "2027-03-28T06:00")),
        ("2027-03-28T06:00", None),
        # and back on 31 October
        ("2027-10-31T06:59", ("2027-10-30T20:00", "2027-10-31T07:00")),
    ],
)
def test_what_lies_in_them(moment: str, hours: tuple[str, str] | None) -> None:
    assert quiet().around(at(moment)) == (hours and (at(hours[0]), at(hours[1])))


def test_hours_within_one_day() -> None:
    siesta = quiet("13:00", "16:00", "Europe/Lisbon")
    assert siesta.around(at("2027-03-10T15:59")) == (at("2027-03-10T13:00"), at("2027-03-10T16:00"))
    assert siesta.around(at("2027-03-10T16:00")) is None


def test_an_end_in_the_doubled_hour_is_the_second_and_in_the_skipped_one_behind_it() -> None:
    assert quiet(ends="02:30").around(at("2027-10-31T01:29")) == (at("2027-10-30T20:00"), at("2027-10-31T01:30"))
    night = quiet(ends="02:30").around(at("2027-03-28T00:59"))
    assert night is not None and at("2027-03-28T01:00") <= night[1] <= at("2027-03-28T01:30")


def test_half_an_hour_at_lord_howe() -> None:
    # from +10:30 to +11 on 3 October at 02:00
    found = quiet(zone="Australia/Lord_Howe").around(at("2027-10-02T20:59"))
    assert found == (at("2027-10-02T11:30"), at("2027-10-02T21:00"))


@pytest.mark.parametrize(
    ("due", "before", "leaves"),
    [
        ("2027-03-10T12:00", "2027-03-10T14:00", "2027-03-10T12:00"),  # nothing is quiet
        ("2027-03-11T05:00", "2027-03-11T09:00", "2027-03-11T07:00"),  # at the end
        ("2027-03-11T05:00", "2027-03-11T07:30", "2027-03-11T07:00"),  # time enough to leave the house
        ("2027-03-11T05:00", "2027-03-11T07:29", "2027-03-10T20:59"),  # too late: the evening before
        ("2027-03-11T03:00", "2027-03-11T05:00", "2027-03-10T20:59"),
    ],
)
def test_a_mail_leaves_at_their_end_or_before_them(due: str, before: str, leaves: str) -> None:
    assert leaves_at(at(due), quiet(), before=at(before), now=LONG_AGO) == at(leaves)


def test_where_no_time_is_left_it_does_not_leave() -> None:
    night = at("2027-03-11T01:00")
    assert leaves_at(night + timedelta(hours=2), quiet(), before=night + timedelta(hours=4), now=night) is None
    assert leaves_at(night, None, before=night, now=night) == night
