"""Hires and open roles: how they move, who is offered them, what is asked twice."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contributors.hiring import LEGAL
from contributors.models import Engagement, EngagementFee
from producerdesk.accounts.models import ApiToken
from tests import makers
from tests.cast import Cast
from tests.contributors.conftest import Caller
from tests.contributors.hired import BY_SONG, FLAT, make_role, open_sum

# --- the states -----------------------------------------------------------------------------------------


def test_a_role_is_needed_before_there_is_anybody(ana: Caller, cast: Cast) -> None:
    song = makers.make_song(cast.project, "Harbour Lights")
    role = make_role(ana, cast, part="cello", songs=[song.pk], needed_by="2099-12-12", notes="Warm, not bright.")
    assert (role["state"], role["contributor"], role["fee"], role["total"]) == ("needed", None, None, None)
    assert role["songs"] == [{"id": song.pk, "title": "Harbour Lights"}]
    assert role["can"] == {
        "audition": True,
        "offer": True,
        "confirm": True,
        "decline": False,
        "end": True,
        "reopen": False,
        "edit": True,
    }


ARRIVALS = {  # how each state is reached from a needed role
    "needed": [],
    "auditioning": ["audition"],
    "offered": ["offer"],
    "confirmed": ["confirm"],
    "declined": ["offer", "decline"],
    "ended": ["confirm", "end"],
}
TAKES_A_PERSON = ("audition", "offer", "confirm")


@pytest.mark.parametrize("name", LEGAL)
@pytest.mark.parametrize("state", ARRIVALS)
def test_every_move_from_every_state(ana: Caller, cast: Cast, state: str, name: str) -> None:
    path = f"engagements/{make_role(ana, cast)['id']}/"
    wren: dict[str, Any] = {"contributor": cast.wren_called.pk}
    for step in ARRIVALS[state]:
        assert ana.post(path + f"{step}/", **(wren if step in TAKES_A_PERSON else {})).status_code == 200
    before = ana.get(path).json()
    answer = ana.post(path + f"{name}/", **(wren if name in TAKES_A_PERSON else {}))
    after = ana.get(path).json()
    if state in LEGAL[name].sources:
        assert answer.status_code == 200
        assert after["state"] == LEGAL[name].to
        assert after["version"] == before["version"] + 1
        assert (after["contributor"] is None) == (name == "reopen" or (name == "end" and state == "needed"))
    else:
        assert answer.status_code == 409
        assert answer.json()["detail"]
        assert after == before


def test_an_offer_goes_to_somebody(ana: Caller, cast: Cast) -> None:
    path = f"engagements/{make_role(ana, cast)['id']}/"
    for name in ("offer", "confirm"):
        refused = ana.post(path + f"{name}/")
        assert (refused.status_code, refused.json()["fields"]) == (400, {"contributor": ["Choose the person first."]})
    assert ana.post(path + "audition/").json()["contributor"] is None
    assert ana.post(path + "decline/").status_code == 400
    assert ana.get(path).json()["state"] == "auditioning"


def test_who_auditioned_is_offered_the_role_unless_another_is_named(ana: Caller, cast: Cast) -> None:
    path = f"engagements/{make_role(ana, cast)['id']}/"
    ana.post(path + "audition/", contributor=cast.wren_called.pk)
    assert ana.post(path + "offer/").json()["contributor"]["name"] == "Wren Castellan"
    other = f"engagements/{make_role(ana, cast)['id']}/"
    ana.post(other + "audition/", contributor=cast.wren_called.pk)
    assert ana.post(other + "offer/", contributor=cast.emil_called.pk).json()["contributor"]["name"] == "Emil"


def test_a_role_can_be_made_with_somebody_at_once(ana: Caller, cast: Cast) -> None:
    role = make_role(ana, cast, contributor=cast.wren_called.pk, state="confirmed", fee=FLAT)
    assert (role["state"], role["contributor"]["name"]) == ("confirmed", "Wren Castellan")
    assert open_sum(cast.project) == 26_000
    said: dict[str, Any] = {"project": cast.project.pk, "role": "Viola", "contributor": cast.wren_called.pk}
    for state, field in (("needed", "state"), ("declined", "state"), ("ended", "state")):
        refused = ana.post("engagements/", **said, state=state)
        assert (refused.status_code, list(refused.json()["fields"])) == (400, [field])
    started = ana.client.options("/api/v1/engagements/").json()["forms"]["POST"]["values"]
    assert "state" not in started, "the form says nothing that its person did not"
    looked_at = ana.post("engagements/", **said, state="")
    assert looked_at.json()["state"] == "auditioning", "a person with whom nobody says how far it is"
    nobody = ana.post("engagements/", project=cast.project.pk, role="Viola", state="offered")
    assert nobody.json()["fields"] == {"contributor": ["Choose the person first."]}
    assert Engagement.objects.count() == 2


def test_archived_people_are_not_asked(ana: Caller, cast: Cast) -> None:
    ana.post(f"contributors/{cast.wren_called.pk}/archive/")
    refused = ana.post(f"engagements/{make_role(ana, cast)['id']}/offer/", contributor=cast.wren_called.pk)
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["contributor"])
    assert "archived" in refused.json()["fields"]["contributor"][0]


# --- candidates -----------------------------------------------------------------------------------------


def test_candidates_are_ranked_by_fit_then_by_what_they_did_before(ana: Caller, cast: Cast) -> None:
    def player(name: str, **skills: Any) -> int:
        return ana.post("contributors/", name=name, **skills).json()["id"]

    player("Bo", instruments=["violin"], genres=["cello"])
    samir, kay = player("Samir", instruments=["Cello"]), player("Kay", instruments=["cello", "viola"])
    player("Cel", roles=["cellos"])
    archived = player("Archie", instruments=["cello"])
    ana.post(f"contributors/{archived}/archive/")
    cleo = makers.make_contributor(cast.other_desk, "Elsewhere")
    cleo.skills.create(kind="instrument", name="cello", key="cello")
    past = makers.make_project(cast.desk)
    for _ in range(2):
        make_role(ana, cast, project=past.pk, contributor=kay, state="confirmed")
    make_role(ana, cast, contributor=samir, state="offered")
    role = make_role(ana, cast, role="Strings", part="cello")
    rows = ana.get(f"engagements/{role['id']}/candidates/").json()["results"]
    assert [(row["name"], row["fits"], row["hired"], row["state_here"]) for row in rows] == [
        ("Kay", 2, 2, None),
        ("Samir", 2, 0, "offered"),
        ("Cel", 1, 0, None),
    ]
    found = ana.get(f"engagements/{role['id']}/candidates/", search="wren").json()["results"]
    assert [(row["name"], row["fits"]) for row in found] == [("Wren Castellan", 0)]


@pytest.mark.parametrize("query", [{"search": "x" * 10_000}, {"search": "a\x00"}, {"desk": "1"}])
def test_candidates_asked_for_nonsense(ana: Caller, cast: Cast, query: dict) -> None:
    answer = ana.get(f"engagements/{make_role(ana, cast)['id']}/candidates/", **query)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, list(query))


# --- the rest -------------------------------------------------------------------------------------------


def test_a_role_nobody_was_confirmed_for_is_deleted_and_a_paid_one_stays(ana: Caller, cast: Cast) -> None:
    assert ana.delete(f"engagements/{make_role(ana, cast, fee=FLAT)['id']}/").status_code == 204
    assert not EngagementFee.objects.exists()
    hired = make_role(ana, cast, fee=FLAT, contributor=cast.wren_called.pk, state="confirmed")
    ana.post(f"engagements/{hired['id']}/end/")
    refused = ana.delete(f"engagements/{hired['id']}/")
    assert refused.status_code == 409
    assert Engagement.objects.filter(pk=hired["id"]).exists()


def test_a_song_somebody_is_hired_for_is_not_deleted(ana: Caller, cast: Cast) -> None:
    song = makers.make_song(cast.project)
    role = make_role(ana, cast, fee=BY_SONG, songs=[song.pk], contributor=cast.wren_called.pk, state="confirmed")
    assert ana.delete(f"songs/{song.pk}/").status_code == 409
    assert (ana.get(f"engagements/{role['id']}/").json()["total"], open_sum(cast.project)) == (
        BY_SONG["amount"],
        10_000,
    )


def test_lost_updates_are_told(ana: Caller, as_: Callable[[str], Caller], cast: Cast) -> None:
    path = f"engagements/{make_role(ana, cast, fee=FLAT)['id']}/"
    assert as_("ben").put(path, version=1, role="Cello", notes="Ben was here").status_code == 200
    stale = ana.put(path, version=1, role="Viola")
    assert (stale.status_code, stale.json()["current"]["notes"]) == (412, "Ben was here")
    assert ana.put(path, role="Viola").status_code == 428


def test_a_confirmation_sent_twice_commits_once(ana: Caller, cast: Cast) -> None:
    path = f"engagements/{make_role(ana, cast, fee=FLAT)['id']}/confirm/"
    first = ana.post(path, once="c1", contributor=cast.wren_called.pk)
    again = ana.post(path, once="c1", contributor=cast.wren_called.pk)
    assert (first.status_code, again.json()) == (200, first.json())
    assert open_sum(cast.project) == 26_000


def test_a_token_without_the_budget_right_reads_and_writes_no_fee(cast: Cast) -> None:
    makers.make_engagement(cast.project, cast.wren_called, fee="61.00", unit="flat")
    makers.make_rate(cast.wren_called, "hour", "71.00")
    _token, secret = ApiToken.objects.create(user=cast.ana, name="t", scopes=["people:read", "people:write"])
    call = Caller(token=secret)
    row = call.get("engagements/").json()["results"][0]
    assert "fee" not in row and "total" not in row and "account" not in row
    assert call.get(f"contributors/{cast.wren_called.pk}/").json()["rates"] == []
    assert call.get("contributors/export/").status_code == 403
    refused = call.post("engagements/", project=cast.project.pk, role="Cello", fee=FLAT)
    assert refused.status_code == 400
    assert list(call.post("contributors/", name="Kay", rates=[]).json()["fields"]) == ["rates"]
    assert call.put(f"engagements/{row['id']}/", version=1, role="Violin").status_code == 200
    assert EngagementFee.objects.get().amount_minor == 6_100


def test_the_list_costs_the_same_for_ten_roles_and_for_a_hundred(ana: Caller, cast: Cast) -> None:
    song = makers.make_song(cast.project)

    def add(count: int) -> None:
        for _ in range(count):
            makers.make_engagement(cast.project, cast.wren_called, fee="61.00", unit="song").songs.add(song)

    add(10)
    ana.get("engagements/")
    with CaptureQueriesContext(connection) as few:
        assert len(ana.get("engagements/", page_size=100).json()["results"]) == 10
    add(100)
    with CaptureQueriesContext(connection) as many:
        assert len(ana.get("engagements/", page_size=100).json()["results"]) == 100
    assert len(few) == len(many) <= 6, [query["sql"][:90] for query in many.captured_queries]
