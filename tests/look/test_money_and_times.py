"""How sums and times read in a page."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone

from producerdesk.kit import moments
from producerdesk.kit.templatetags.desk import money, money_short, money_text, spelled

NOON = datetime(2026, 11, 17, 8, 40, tzinfo=UTC)


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(NOON, tick=False), timezone.override("UTC"):
        yield


def eur(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


@pytest.mark.parametrize(
    ("sum_", "text"),
    [
        (eur("12524.50"), "€12,524.50"),
        (eur("0.00"), "€0.00"),
        (eur("-420.00"), "−€420.00"),
        ({"amount": "12345", "currency": "JPY"}, "JP¥12,345"),
        ({"amount": "1.234", "currency": "KWD"}, "KWD1.234"),
        (eur("90071992547409.91"), "€90,071,992,547,409.91"),
        (None, "–"),
    ],
)
def test_a_sum_reads_by_locale_and_keeps_its_decimals(sum_, text):
    assert money_text(sum_).replace("\xa0", "") == text


def test_minor_units_are_drawn_quieter():
    assert money(eur("12524.50")) == '<span class="pd-money">€12,524<span class="pd-minor">.50</span></span>'


def test_a_whole_sum_loses_its_zeros_only_where_asked():
    assert money_short(eur("300.00")) == '<span class="pd-money">€300</span>'
    assert ".50" in money_short(eur("300.50"))
    assert ".00" in money(eur("300.00"))


@pytest.mark.parametrize("bare", [{"amount": "3.00"}, {"amount": "3.00", "currency": ""}, "3.00", 3])
def test_a_sum_without_a_currency_is_never_shown(bare):
    with pytest.raises(ValueError, match="no currency"):
        money(bare)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ at|when:'Europe/Berlin' }}", "Tue 17 Nov, 11:00"),
        ("{{ at|clock:'Asia/Kathmandu' }}", "15:45"),
        ("{{ at|day }}", "Tue 17 Nov"),
        ("{{ at|long_day:'Europe/Lisbon' }}", "Tuesday 17 November"),
        ("{{ '2027-01-29'|day }}", "Fri 29 Jan 2027"),
        ("{{ at|weekday }} {{ at|day_number }} {{ at|month }}", "Tue 17 Nov"),
        ("{{ '09:30:00'|clock }}", "09:30"),
        ("{{ '2026-11-17T10:00:00'|when:'America/New_York' }}", "Tue 17 Nov, 10:00"),
        ("{% span at ends 'Europe/Lisbon' %}", "10:00 – 18:00"),
        ("{% day_span at ends 'Europe/Lisbon' %}", "Tue 17 Nov, 10:00 – 18:00"),
        ("{% span '2026-11-17T22:00:00Z' '2026-11-18T02:00:00Z' %}", "22:00 – 02:00 Wed 18"),
        ("{{ '2027-10-31T00:30:00Z'|clock:'Europe/Berlin' }}", "02:30 UTC+2"),
        ("{{ '2027-10-31T01:30:00Z'|when:'Europe/Berlin' }}", "Sun 31 Oct 2027, 02:30 UTC+1"),
        ("{{ '2027-04-03T15:15:00Z'|clock:'Australia/Lord_Howe' }}", "01:45 UTC+10:30"),
        ("{% span '2027-10-31T00:30:00Z' '2027-10-31T01:30:00Z' 'Europe/Berlin' %}", "02:30 UTC+2 – 02:30 UTC+1"),
        ("{% span '2027-10-30T20:00:00Z' '2027-10-31T01:00:00Z' 'Europe/Berlin' %}", "22:00 – 02:00 UTC+1 Sun 31"),
        ("{% span '2027-10-31T01:30:00Z' '2027-10-31T02:00:00Z' 'Europe/Berlin' %}", "02:30 UTC+1 – 03:00"),
        ("{{ '2027-10-31'|when:'Europe/Berlin' }}", "Sun 31 Oct 2027"),
        ("{{ nothing|when }}{{ nothing|day }}{{ nothing|duration }}{{ nothing|song_length }}", "––––"),
        ("{{ 'Europe/Lisbon'|city }}, {{ 'America/Argentina/Buenos_Aires'|city }}", "Lisbon, Buenos Aires"),
    ],
)
def test_a_moment_reads_on_the_clock_it_is_asked_for(template, text):
    context = {"at": "2026-11-17T10:00:00Z", "ends": "2026-11-17T18:00:00Z", "nothing": None}
    assert Template(template).render(Context(context)) == text


@pytest.mark.parametrize(
    ("away", "text"),
    [
        (timedelta(minutes=80), "in 1 h 20 min"),
        (timedelta(minutes=25), "in 25 min"),
        (timedelta(hours=9, minutes=5), "in 9 h"),
        (timedelta(days=1, hours=2), "in 1 day"),
        (timedelta(days=31), "in 31 days"),
        (timedelta(days=90), "on Mon 15 Feb 2027"),
        (-timedelta(minutes=1), "now"),
    ],
)
def test_what_lies_ahead_is_said_in_words(away, text):
    assert moments.ahead(NOON + away) == text


@pytest.mark.parametrize(
    ("past", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=25), "25 min ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=4), "4 hours ago"),
        (timedelta(hours=20), "yesterday"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=100), "Sun 9 Aug"),
    ],
)
def test_what_is_over_is_said_in_words(past, text):
    assert moments.ago(NOON - past) == text


@pytest.mark.parametrize(
    ("date", "text"),
    [
        ("2026-11-14", "3 days late"),
        ("2026-11-16", "1 day late"),
        ("2026-11-17", "due today"),
        ("2026-11-18", "due tomorrow"),
        ("2026-12-18", "31 days left"),
        ("2027-06-01", ""),
        (None, ""),
    ],
)
def test_a_deadline_counts_its_days(date, text):
    assert moments.due(date) == text


def test_today_is_the_day_of_the_zone():
    with time_machine.travel(datetime(2026, 11, 17, 23, 30, tzinfo=UTC), tick=False):
        assert moments.due("2026-11-17", "UTC") == "due today"
        assert moments.due("2026-11-17", "Europe/Berlin") == "1 day late"
        assert not moments.is_late("2026-11-17", "America/New_York")


@pytest.mark.parametrize(
    ("length", "text"),
    [(45, "45 min"), (480, "8 h"), (405, "6 h 45"), (timedelta(hours=2, minutes=5), "2 h 05"), ("06:45:00", "6 h 45")],
)
def test_lengths_of_time_are_short(length, text):
    assert moments.duration(length) == text


@pytest.mark.parametrize(("length", "text"), [(274, "4:34"), ("00:04:34", "4:34"), (timedelta(seconds=5), "0:05")])
def test_a_song_has_minutes_and_seconds(length, text):
    assert moments.song_length(length) == text


def test_text_that_is_no_time_is_a_fault_of_the_template():
    with pytest.raises(ValueError, match="Invalid isoformat"):
        moments.when("soon")
    with pytest.raises(ValueError, match="no length"):
        moments.duration("soon")


def test_small_numbers_are_words_in_a_sentence():
    assert [spelled(number) for number in (0, 2, 9, 10, -1)] == ["no", "two", "nine", "10", "-1"]
