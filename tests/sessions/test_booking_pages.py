"""The form that books: sent twice, clashing, in a night the clocks change, for people and places offered."""

import re
from decimal import Decimal
from html import unescape

import pytest

from budgets.models import Budget, ExchangeRate
from contributors.models import Engagement
from sessions.models import StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.paging import text, typed

pytestmark = pytest.mark.usefixtures("noon")


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
