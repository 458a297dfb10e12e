"""The pages of sessions without any script: what they show is what the API says, and every form works."""

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
import time_machine

from sessions.models import Call, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.paging import NOON, State, form_of, text, typed

pytestmark = [pytest.mark.usefixtures("noon"), pytest.mark.once]


# --- one truth --------------------------------------------------------------------------------------------


def test_the_pages_show_what_the_api_says(cast: Cast, ana: Caller, session: StudioSession) -> None:
    page = ana.page(f"/sessions/{session.pk}/")
    assert page.context["session"] == ana.get(f"sessions/{session.pk}/").json()
    assert page.context["costs"] == ana.get(f"sessions/{session.pk}/costs/").json()
    asked = {"ref": f"session:{session.pk}", "page_size": 100}
    assert page.context["deliveries"] == ana.get("deliveries/", **asked).json()
    coming = {"since": NOON, "ordering": "starts_at"}
    assert ana.page("/sessions/").context["sessions"] == ana.get("sessions/", **coming).json()
    listed = ana.page(f"/projects/{cast.project.pk}/sessions/")
    every = {"project": cast.project.pk, "ordering": "-starts_at"}
    assert listed.context["sessions"]["results"] == ana.get("sessions/", **every).json()["results"]
    calendar = ana.page("/calendar/?date=2027-03-10&person=" + str(cast.wren_called.pk))
    span = {"since": "2027-03-07T00:00:00Z", "until": "2027-03-16T00:00:00Z", "person": cast.wren_called.pk}
    assert calendar.context["sessions"] == ana.get("sessions/calendar/", **span).json()
    assert calendar.context["known"] == ana.get("sessions/known/", few="true", person=cast.wren_called.pk).json()
    assert ana.page("/studios/").context["studios"]["results"] == ana.get("studios/", active="true").json()["results"]


def test_the_table_says_names_as_they_are_written(cast: Cast, ana: Caller) -> None:
    cast.project.title = cast.room.studio.name = "A<b>&'\""
    cast.project.save()
    cast.room.studio.save()
    makers.make_session(cast.project, cast.ana, "2027-03-10T10:00", room=cast.room, title="<script>1</script>")
    makers.make_session(cast.project, cast.ana, "2027-03-11T10:00", remote_place="<i>Home</i>", title="Two")
    for place in ("/sessions/", f"/projects/{cast.project.pk}/sessions/"):
        page = ana.page(place).content.decode()
        table = page[page.index("<tbody>") : page.index("</tbody>")]
        assert "&lt;script&gt;1&lt;/script&gt;" in table and "&lt;i&gt;Home&lt;/i&gt;" in table
        assert "<script" not in table and "<i>H" not in table and "A<b>" not in table
    assert "A&lt;b&gt;&amp;&#x27;&quot;, " in table


@pytest.mark.parametrize("name", ["studio", "room", "project", "person", "state", "kind", "search"])
def test_a_list_narrowed_to_nothing_says_so(cast: Cast, ana: Caller, session: StudioSession, name: str) -> None:
    room = makers.make_room(makers.make_studio(cast.desk), "Room Z")
    none = {
        "studio": room.studio_id,
        "room": room.pk,
        "project": makers.make_project(cast.desk, "Hourglass").pk,
        "person": makers.make_contributor(cast.desk).pk,
        "state": "wrapped",
        "kind": "playback",
        "search": "zzz",
    }
    assert "Nothing booked" in ana.page("/sessions/?when=past").content.decode()
    page = ana.page(f"/sessions/?{name}={none[name]}").content.decode()
    assert "No session fits" in page and "Nothing booked" not in page


def test_the_price_beside_the_form_is_the_apis(cast: Cast, ana: Caller) -> None:
    page = ana.send("/sessions/price/", **typed(cast))
    said: dict[str, Any] = {
        "project": cast.project.pk,
        "day": "2027-03-10",
        "starts": "10:00",
        "ends": "18:00",
        "room": cast.room.pk,
    }
    said["calls"] = [{"contributor": cast.wren_called.pk, "role": "Violin", "call": "09:30"}]
    price = ana.post("sessions/price/", **said).json()
    assert page.context["quote"] == price | {"hold": False, "each": False}
    assert price["lines"][0]["detail"] in unescape(page.content.decode())
    assert "Say the project, the day" in ana.send("/sessions/price/", project=cast.project.pk).content.decode()
    assert "skip" in ana.send("/sessions/price/", **typed(cast, day="2027-03-28", starts="02:30")).content.decode()


@pytest.mark.parametrize("name", ["edit", "move"])
def test_a_form_sent_back_unchanged_changes_nothing(cast: Cast, ana: Caller, session: StudioSession, name: str) -> None:
    before = ana.get(f"sessions/{session.pk}/").json()
    url = f"/sessions/{session.pk}/{name}/"
    assert ana.send(url, **form_of(ana.page(url))).status_code == 302
    after = ana.get(f"sessions/{session.pk}/").json()
    assert after.pop("version") > before.pop("version")
    assert before == after
    call = session.calls.first()
    assert call
    url, before = f"/calls/{call.pk}/edit/", ana.get(f"calls/{call.pk}/").json()
    assert ana.send(url, **form_of(ana.page(url))).status_code == 302
    after = ana.get(f"calls/{call.pk}/").json()
    assert (before["call_at"], before["role"], before["answer"]) == (after["call_at"], after["role"], after["answer"])


# --- one session ------------------------------------------------------------------------------------------


def test_the_page_of_a_session_answers_when_where_who_and_what_it_costs(
    cast: Cast, ana: Caller, session: StudioSession
) -> None:
    page = text(ana.page(f"/sessions/{session.pk}/"))
    for words in ("Wed 10 Mar, 10:00 – 18:00", "Foxglove, Room A", "0 of 2 confirmed", "Last Ferry", "Bow.", "Secret."):
        assert words in page
    assert "€496" in page
    assert "7 days before" in page
    assert "Invitation" in page


def test_a_call_of_the_evening_before_says_its_day(cast: Cast, ana: Caller, session: StudioSession) -> None:
    def told() -> list[str]:
        return re.findall(r'<td class="pd-call">(.*?)</td>', ana.page(f"/sessions/{session.pk}/").content.decode())

    assert told() and not any("<small" in cell for cell in told())
    call = session.calls.order_by("pk")[0]
    call.call_at -= dt.timedelta(hours=14)
    call.save()
    assert sum('<small class="pd-block">Tue 9 Mar' in cell for cell in told()) == 1


def test_an_artist_reads_no_money_no_notes_and_no_others_answers(cast: Cast, session: StudioSession) -> None:
    page = Caller(cast.nora).page(f"/sessions/{session.pk}/")
    words = text(page)
    for hidden in ("Cost", "€", "Secret.", "Reminders", "Committed", "of 2 confirmed"):
        assert hidden not in words
    assert "costs" not in page.context
    assert "Can you be there?" in words
    assert Caller(cast.emil).page(f"/sessions/{session.pk}/").status_code == 404
    assert Caller(cast.cleo).page(f"/sessions/{session.pk}/").status_code == 404
    label = text(Caller(cast.lena).page(f"/sessions/{session.pk}/"))
    assert "€496" in label
    assert "Secret." not in label


def test_a_proposal_is_answered_with_one_press(cast: Cast, ana: Caller, session: StudioSession) -> None:
    call = session.calls.get(contributor=cast.nora_called)
    Caller(cast.nora).post(f"calls/{call.pk}/propose/", day="2027-03-10", at="11:30", reason="The train.")
    page = text(ana.page(f"/sessions/{session.pk}/"))
    assert "Nora asks to come at 11:30, not 10:00" in page
    assert "The train." in page
    done = ana.send(f"/calls/{call.pk}/accept/", move="call")
    assert done.headers["Location"] == f"/sessions/{session.pk}/"
    call.refresh_from_db()
    assert (call.answer, call.call_local) == (Call.Answer.CONFIRMED, "2027-03-10T11:30")


def test_a_cancelled_session_is_restored_with_one_press(cast: Cast, ana: Caller, session: StudioSession) -> None:
    done = ana.client.post(f"/sessions/{session.pk}/cancel/", {"reason": "Ill"}, follow=True)
    assert f'action="/sessions/{session.pk}/restore/"' in done.content.decode()
    assert "“Ill”" in text(done)
    assert "Drums" in text(ana.page("/sessions/?when=all&state=cancelled"))
    assert ana.send(f"/sessions/{session.pk}/restore/").status_code == 302
    session.refresh_from_db()
    assert session.state == State.CONFIRMED


def test_what_cannot_be_restored_says_why_and_offers_other_days(
    cast: Cast, ana: Caller, session: StudioSession
) -> None:
    ana.send(f"/sessions/{session.pk}/cancel/", reason="")
    other = makers.make_session(cast.project, cast.ana, room=cast.room, title="Mix")
    page = ana.send(f"/sessions/{session.pk}/restore/")
    assert "Not done: something is taken at that time" in text(page, 409)
    pick = unescape(re.findall(r'name="pick" value="([^"]+)"', page.content.decode())[0])
    anew = ana.send(f"/sessions/{session.pk}/duplicate/", pick=pick)
    copy = StudioSession.objects.latest("pk")
    assert anew.headers["Location"] == f"/sessions/{copy.pk}/"
    assert copy.pk not in (session.pk, other.pk)
    assert copy.starts_local == "2027-03-11T10:00"


def test_two_who_edit_at_once_both_see_what_the_other_wrote(cast: Cast, ana: Caller, session: StudioSession) -> None:
    for name, mine, theirs in (
        ("edit", {"title": "Bass"}, {"title": "Keys"}),
        ("move", {"starts": "11:00"}, {"ends": "19:00"}),
    ):
        url = f"/sessions/{session.pk}/{name}/"
        sent = form_of(ana.page(url))
        assert Caller(cast.ben).send(url, **sent | theirs | {"_once": f"b{name}"}).status_code == 302
        stale = ana.send(url, **sent | mine)
        page = text(stale, 412)
        assert "Somebody changed this while you were writing" in page
        for value in (*mine.values(), *theirs.values()):
            assert value in page
        assert ana.send(url, **form_of(stale)).status_code == 302


def test_a_session_is_wrapped_with_the_hours_the_studios_clock_showed(
    cast: Cast, ana: Caller, session: StudioSession
) -> None:
    with time_machine.travel("2027-03-10T19:00:00Z", tick=False):
        url = f"/sessions/{session.pk}/wrap/"
        form = form_of(ana.page(url))
        assert (form["real_starts_at"], form["real_ends_at"]) == ("2027-03-10T10:00", "2027-03-10T18:00")
        assert ana.send(url, **form | {"real_ends_at": "2027-03-10T17:00"}).status_code == 302
        session.refresh_from_db()
        assert session.real_ends_at and session.real_ends_at.isoformat() == "2027-03-10T16:00:00+00:00"
        page = ana.page(f"/sessions/{session.pk}/")
        assert page.context["costs"]["spent"]["amount"] == page.context["costs"]["total"]["amount"] == "434.00"


def test_people_are_called_swapped_and_taken_off(cast: Cast, ana: Caller, session: StudioSession) -> None:
    url = f"/sessions/{session.pk}/call/"
    sent = form_of(ana.page(f"{url}?contributor={cast.emil_called.pk}&role=Engineer"))
    assert (sent["contributor"], sent["role"]) == (str(cast.emil_called.pk), "Engineer")
    assert ana.send(url, **sent | {"call": "09:30"}).status_code == 302
    assert "Engineer Emil" in text(ana.page(f"/sessions/{session.pk}/"))
    wren = session.calls.get(contributor=cast.wren_called)
    other = makers.make_contributor(cast.desk, "Oona Fairley")
    free = [str(other.pk), *(str(each.pk) for each in cast.desk.contributors.exclude(calls__session=session))]
    page = ana.page(f"/calls/{wren.pk}/swap/")
    # who is called already is no choice, nor is who is replaced
    assert {each["value"] for each in page.context["form"]["fields"]["contributor"]["choices"]} == {*map(int, free)}
    session.calls.filter(contributor=cast.emil_called).update(answer=Call.Answer.DECLINED)
    assert f'value="{cast.emil_called.pk}"' in ana.page(f"/calls/{wren.pk}/swap/").content.decode()
    assert f'value="{wren.contributor_id}"' not in ana.page(url).content.decode()
    assert ana.send(f"/calls/{wren.pk}/swap/", contributor=other.pk).status_code == 302
    oona = session.calls.get(contributor=other)
    assert "Take Oona Fairley off?" in text(ana.page(f"/calls/{oona.pk}/remove/"))
    assert ana.send(f"/calls/{oona.pk}/remove/").status_code == 302
    assert ana.send(f"/calls/{oona.pk}/remove/").status_code == 404
    nora = session.calls.get(contributor=cast.nora_called)
    assert ana.send(f"/calls/{nora.pk}/confirm/").status_code == 302
    nora.refresh_from_db()
    assert nora.answer == Call.Answer.CONFIRMED


def test_a_hold_is_confirmed_or_says_what_came_before_it(cast: Cast, ana: Caller) -> None:
    first = makers.make_session(cast.project, cast.ana, room=cast.room, hold=True)
    second = makers.make_session(cast.project, cast.ana, room=cast.room, hold=True)
    page = ana.send(f"/sessions/{second.pk}/confirm/")
    assert "is held" in text(page, 409)
    assert f'action="/sessions/{second.pk}/move/"' in page.content.decode()
    assert ana.send(f"/sessions/{first.pk}/confirm/").status_code == 302
