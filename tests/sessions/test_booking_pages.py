"""The form that books: sent twice, clashing, in a night the clocks change, for people and places offered."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
import time_machine

from budgets.models import Budget, ExchangeRate
from contributors.models import Engagement
from sessions.models import StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.paging import form_of, text, typed

pytestmark = [pytest.mark.usefixtures("noon"), pytest.mark.once]


def test_a_form_posted_twice_leads_to_the_same_session(cast: Cast, ana: Caller) -> None:
    first, again = (ana.send("/sessions/new/", **typed(cast)) for _ in range(2))
    session = StudioSession.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == f"/sessions/{session.pk}/"
    assert session.calls.get().call_local == "2027-03-10T09:30"


def test_a_clash_keeps_the_form_and_offers_times_that_book_with_one_press(
    cast: Cast, ana: Caller, session: StudioSession
) -> None:
    sent = typed(cast, starts="12:00", ends="20:00", **{"calls[0]call": "11:30"})
    refused = ana.send("/sessions/new/", **sent)
    page = text(refused, 409)
    assert "Not booked: two things are taken at that time" in page
    assert "Foxglove, Room A is taken 10:00 – 18:00 by Salt & Neon" in page
    fields = refused.context["form"]["fields"]
    assert fields["title"]["value"] == "Strings"
    assert fields["room"]["errors"]
    assert fields["calls"]["rows"][0]["contributor"]["errors"]
    picks = re.findall(r'name="pick" value="([^"]+)"', refused.content.decode())
    assert len(picks) == 3
    booked = ana.send("/sessions/new/", **sent | {"pick": unescape(picks[0])})
    assert booked.status_code == 302
    new = StudioSession.objects.latest("pk")
    assert new.starts_local == "2027-03-11T12:00"
    assert new.calls.get().call_local == "2027-03-11T11:30"  # the call keeps its distance


def test_a_night_the_clocks_go_back_asks_which_hour(cast: Cast, ana: Caller) -> None:
    sent = typed(cast, day="2027-10-31", starts="02:30", ends="06:00", **{"calls[0]call": ""})
    refused = ana.send("/sessions/new/", **sent)
    assert "comes twice" in text(refused, 422)
    assert 'name="starts_fold"' in refused.content.decode()
    assert 'name="starts_fold"' not in ana.page("/sessions/new/").content.decode()
    assert ana.send("/sessions/new/", **sent | {"starts_fold": "1"}).status_code == 302
    assert StudioSession.objects.get().starts_fold == 1


def test_a_room_is_locked_out_around_the_clock(cast: Cast, ana: Caller) -> None:
    url = "/sessions/new/"
    alone = ana.send(url, **typed(cast, ends="10:00"))
    assert "For a lock-out, say on which day it ends." in text(alone, 422)
    assert '<details class="pd-lockout" open>' in alone.content.decode(), "where it is said is shown"
    assert "It ends before it starts." in text(ana.send(url, **typed(cast, ends_on="2027-03-09")), 422)
    assert "48 hours at most" in text(ana.send(url, **typed(cast, ends="10:15", ends_on="2027-03-12")), 422)
    assert not StudioSession.objects.exists()
    booked = ana.send(url, **typed(cast, ends="10:00", ends_on="2027-03-12"))
    session = StudioSession.objects.get()
    assert booked.headers["Location"] == f"/sessions/{session.pk}/"
    assert session.ends_at - session.starts_at == timedelta(hours=48)
    move = f"/sessions/{session.pk}/move/"
    form = form_of(ana.page(move))
    assert (form["day"], form["ends"], form["ends_on"]) == ("2027-03-10", "10:00", "2027-03-12")
    assert ana.send(move, **form).status_code == 302
    session.refresh_from_db()
    assert session.ends_local == "2027-03-12T10:00"
    # the times that are offered instead last as long, and say so
    wish = typed(cast, title="Other", ends="11:00", ends_on="2027-03-11", _once="other")
    refused = ana.send(url, **wish)
    pick = unescape(re.findall(r'name="pick" value="([^"]+)"', refused.content.decode())[0])
    assert ana.send(url, **wish | {"pick": pick, "_once": "picked"}).status_code == 302
    other = StudioSession.objects.get(title="Other")
    assert other.ends_at - other.starts_at == timedelta(hours=25)


def test_a_night_needs_no_day_it_ends_on(cast: Cast, ana: Caller) -> None:
    assert ana.send("/sessions/new/", **typed(cast, starts="20:00", ends="06:00")).status_code == 302
    session = StudioSession.objects.get()
    assert session.ends_local == "2027-03-11T06:00"
    assert not form_of(ana.page(f"/sessions/{session.pk}/move/"))["ends_on"]


@pytest.mark.parametrize(
    ("now", "day"),
    [("2027-03-08", "2027-03-17"), ("2027-03-16", "2027-03-17"), ("2027-03-17", "2027-03-24")],
)
def test_a_copy_is_proposed_on_the_next_such_weekday(
    cast: Cast, ana: Caller, session: StudioSession, now: str, day: str
) -> None:
    with time_machine.travel(f"{now}T12:00:00Z", tick=False):
        form = form_of(ana.page(f"/sessions/{session.pk}/duplicate/"))
    assert (form["day"], form["starts"], form["ends"]) == (day, "10:00", "18:00")


def test_another_project_draws_the_form_anew_and_books_nothing(cast: Cast, ana: Caller) -> None:
    other = makers.make_project(cast.desk, "Slow Cathedral")
    makers.make_song(other, "Nave")
    makers.make_engagement(other, cast.emil_called, "Engineer")
    page = ana.send("/sessions/new/", **typed(cast, project=other.pk, redraw="project"))
    fields = page.context["form"]["fields"]
    assert (fields["title"]["value"], fields["day"]["value"]) == ("Strings", "2027-03-10")
    assert [choice["label"] for choice in fields["songs"]["choices"]] == ["Nave"]
    assert f"add:{cast.emil_called.pk}:Engineer" in page.content.decode()
    assert not StudioSession.objects.exists()
    added = ana.send("/sessions/new/", **typed(cast, project=other.pk, redraw=f"add:{cast.emil_called.pk}:Engineer"))
    rows = added.context["form"]["fields"]["calls"]["rows"]
    assert [row["contributor"]["value"] for row in rows] == [str(cast.wren_called.pk), str(cast.emil_called.pk)]
    assert rows[1]["role"]["value"] == "Engineer"
    chip = re.search(r'<button[^>]*data-hire="\d+"[^>]*>', added.content.decode())
    assert chip and chip[0].endswith(" hidden>")  # it is there again when the row goes
    assert "Would cost" in text(added)


def test_people_of_the_project_who_are_hired_are_offered_first(cast: Cast, ana: Caller) -> None:
    makers.make_engagement(cast.project, cast.emil_called, "Engineer")
    makers.make_engagement(cast.project, cast.wren_called, "Violin", state=Engagement.State.DECLINED)
    page = ana.page(f"/sessions/new/?project={cast.project.pk}&day=2027-03-11&starts=10:00&room={cast.room.pk}")
    assert re.findall(r'data-hire="(\d+)"', page.content.decode()) == [str(cast.emil_called.pk)]
    fields = page.context["form"]["fields"]
    assert (fields["day"]["value"], fields["room"]["value"]) == ("2027-03-11", str(cast.room.pk))


def test_a_missing_rate_of_exchange_is_said_before_booking(cast: Cast, ana: Caller) -> None:
    makers.make_engagement(cast.project, cast.emil_called, "Engineer", fee="40.00", currency="USD")
    sent = typed(cast, **{"calls[0]contributor": cast.emil_called.pk, "calls[0]role": "Engineer"})
    assert "USD" in ana.send("/sessions/price/", **sent).content.decode()
    assert "Say first what one USD is worth in EUR" in text(ana.send("/sessions/new/", **sent), 422)
    budget, _made = Budget.objects.get_or_create(project=cast.project, defaults={"currency": "EUR"})
    ExchangeRate.objects.create(budget=budget, currency="USD", rate=Decimal("0.5"))
    total = ana.send("/sessions/price/", **sent).context["quote"]["total"]
    assert total == {"amount": "666.00", "currency": "EUR"}  # the room's 496, and half of 8 h 30 at $40


def test_who_has_no_record_yet_starts_one_first(cast: Cast, ana: Caller) -> None:
    cast.project.delete()
    assert "First a record" in text(ana.page("/sessions/new/"))
