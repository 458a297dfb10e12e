"""The pages of people and hires: they say what the API says, and their forms do what they show."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from contributors.models import Contributor, Engagement
from tests import makers
from tests.cast import Cast
from tests.contributors.conftest import Answer, Caller
from tests.contributors.test_hires import FLAT, make_role, open_sum
from tests.contributors.test_network import EVERYTHING

pytestmark = pytest.mark.once

FIELD = re.compile(r"<(input|select|textarea)\b([^>]*)>(.*?)(?=<(?:input|select|textarea)\b|</form>)", re.DOTALL)


def form_of(answer: Answer, form_id: str = "form") -> QueryDict:
    """Return what a browser would send of the page's form, untouched."""
    html = answer.content.decode()
    body = html[html.index(f'id="{form_id}"') :]
    body = re.sub(r"<template.*?</template>", "", body[: body.index("</form>") + 7], flags=re.DOTALL)
    sent = QueryDict(mutable=True)
    for kind, attributes, rest in FIELD.findall(body):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        if "name" not in found or found.get("type") in ("submit", "file"):
            continue
        if kind == "textarea":
            sent.appendlist(found["name"], _text(rest.split("</textarea>")[0]).removeprefix("\n"))
        elif kind == "select":
            chosen = re.findall(r"<option([^>]*)>([^<]*)", rest.split("</select>")[0])
            picked = next((pair for pair in chosen if "selected" in pair[0]), chosen[0] if chosen else ("", ""))
            value = re.search(r'value="([^"]*)"', picked[0])
            sent.appendlist(found["name"], _text(value[1] if value else picked[1]))
        elif found.get("type") not in ("checkbox", "radio") or " checked" in attributes:
            sent.appendlist(found["name"], _text(found.get("value", "")))
    return sent


def _text(html: str) -> str:
    for name, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        html = html.replace(name, sign)
    return html


def send(caller: Caller, path: str, sent: QueryDict) -> Answer:
    return caller.client.post(path, dict(sent.lists()))


def without(row: dict, *names: str) -> dict:
    return {name: value for name, value in row.items() if name not in names}


@pytest.fixture
def samir(ana: Caller) -> dict:
    """Somebody of whom everything is known."""
    return ana.post("contributors/", **EVERYTHING).json()


# --- one truth ------------------------------------------------------------------------------------------


def test_every_page_shows_what_the_api_answers(ana: Caller, cast: Cast, samir: dict) -> None:
    role = make_role(ana, cast, part="cello", fee=FLAT)
    make_role(ana, cast, contributor=samir["id"], state="confirmed", fee=FLAT)
    for path, name, asked, query in (
        ("/people/", "people", "contributors/", {"active": "true"}),
        ("/people/", "known", "contributors/known/", {}),
        (f"/people/{samir['id']}/", "person", f"contributors/{samir['id']}/", {}),
        (f"/projects/{cast.project.pk}/people/", "project", f"projects/{cast.project.pk}/", {}),
        (
            f"/projects/{cast.project.pk}/people/",
            "engagements",
            "engagements/",
            {"project": cast.project.pk, "page_size": 100},
        ),
        (f"/engagements/{role['id']}/", "engagement", f"engagements/{role['id']}/", {}),
        (f"/engagements/{role['id']}/", "candidates", f"engagements/{role['id']}/candidates/", {}),
    ):
        page = ana.page(path)
        assert page.status_code == 200
        assert page.context[name] == ana.get(asked, **query).json(), (path, name)


def test_a_person_is_shown_with_the_sessions_to_come(ana: Caller, cast: Cast) -> None:
    wren = {"contributor": cast.wren_called}
    makers.make_session(cast.project, cast.ana, "2099-03-10T10:00", title="Strings", calls=[wren])
    makers.make_session(cast.project, cast.ana, "2099-03-11T10:00", title="Without her")
    page = ana.page(f"/people/{cast.wren_called.pk}/")
    assert [row["title"] for row in page.context["sessions"]["results"]] == ["Strings"]
    assert "No answer yet" in page.content.decode()


def test_a_filtered_page_is_the_filtered_list_and_a_wrong_filter_is_told(ana: Caller, samir: dict) -> None:
    found = ana.page("/people/", instrument="cello", search="samir")
    assert [row["name"] for row in found.context["people"]["results"]] == ["Samir Haddon"]
    assert "Nobody fits" in ana.page("/people/", search="nobody at all").content.decode()
    assert ana.page("/people/", colour="red").status_code == 400
    assert ana.page("/people/", search="x" * 10_000).status_code == 400


def test_an_empty_network_says_what_will_be_there_and_offers_one_thing(db: None) -> None:
    page = Caller(makers.make_user("Mia")).page("/people/").content.decode()
    assert "Nobody yet" in page
    assert page.count("Add a person") == 2


# --- forms ----------------------------------------------------------------------------------------------


def test_a_persons_form_sent_back_untouched_changes_nothing(ana: Caller, samir: dict) -> None:
    page = f"/people/{samir['id']}/edit/"
    sent = form_of(ana.page(page))
    assert sent["roles"] == "Session musician"
    assert sent["rates[1]amount.currency"] == "JPY"
    assert send(ana, page, sent).status_code == 302
    after = ana.get(f"contributors/{samir['id']}/").json()
    assert without(after, "version", "updated_at") == without(samir, "version", "updated_at")


def test_a_roles_form_sent_back_untouched_changes_nothing(ana: Caller, cast: Cast) -> None:
    songs = [makers.make_song(cast.project).pk for _ in range(2)]
    for said in ({}, {"songs": songs, "fee": FLAT, "account": 980, "notes": "a\nb", "needed_by": "2099-01-01"}):
        before = make_role(ana, cast, **said)
        page = f"/engagements/{before['id']}/edit/"
        assert send(ana, page, form_of(ana.page(page))).status_code == 302
        after = ana.get(f"engagements/{before['id']}/").json()
        assert without(after, "version", "updated_at") == without(before, "version", "updated_at")


def test_a_person_is_added_by_a_form_and_a_refused_form_keeps_every_word(ana: Caller) -> None:
    sent = form_of(ana.page("/people/new/"))
    sent["name"], sent["email"], sent["instruments"] = "Kay <b>", "at home", "cello, viola,, Cello"
    sent["rates[0]unit"], sent["rates[0]amount.amount"], sent["rates[0]amount.currency"] = "hour", "1,000", "CHF"
    refused = send(ana, "/people/new/", sent)
    assert refused.status_code == 422
    assert {name for name, field in refused.context["form"]["fields"].items() if field["errors"]} == {"email"}
    assert 'value="Kay &lt;b&gt;"' in refused.content.decode()
    again = form_of(refused)
    assert (again["instruments"], again["rates[0]amount.amount"], again["rates[0]amount.currency"]) == (
        "cello, viola,, Cello",
        "1,000",
        "CHF",
    )
    again["email"], again["rates[0]amount.amount"] = "kay@example.org", "60.00"
    done = send(ana, "/people/new/", again)
    person = Contributor.objects.get(name="Kay <b>")
    assert done.headers["Location"] == f"/people/{person.pk}/"
    assert list(person.skills.values_list("name", flat=True)) == ["cello", "viola"]
    assert send(ana, "/people/new/", again).headers["Location"] == f"/people/{person.pk}/"  # posted twice
    assert Contributor.objects.filter(name="Kay <b>").count() == 1


def test_rows_taken_out_of_a_form_are_gone(ana: Caller, samir: dict) -> None:
    page = f"/people/{samir['id']}/edit/"
    sent = form_of(ana.page(page))
    for key in [key for key in sent if key.startswith("rates")]:
        del sent[key]
    sent["genres"] = ""
    assert send(ana, page, sent).status_code == 302
    after = ana.get(f"contributors/{samir['id']}/").json()
    assert (after["rates"], after["genres"], after["instruments"]) == ([], [], EVERYTHING["instruments"])


def test_a_stale_form_shows_both_texts(ana: Caller, cast: Cast, samir: dict) -> None:
    page = f"/people/{samir['id']}/edit/"
    sent = form_of(ana.page(page))
    Caller(cast.ben).put(f"contributors/{samir['id']}/", version=1, name="Samir of Ben")
    sent["name"] = "Samir of Ana"
    stale = send(ana, page, sent)
    assert stale.status_code == 412
    assert "Samir of Ben" in stale.content.decode() and "Samir of Ana" in stale.content.decode()
    assert send(ana, page, form_of(stale)).status_code == 302  # keep mine
    assert Contributor.objects.get(pk=samir["id"]).name == "Samir of Ana"


def test_a_role_is_added_with_the_songs_and_people_of_its_own_project(ana: Caller, cast: Cast) -> None:
    song = makers.make_song(cast.project, "Harbour Lights")
    makers.make_song(makers.make_project(cast.desk), "Foreign song")
    page = f"/projects/{cast.project.pk}/people/new/"
    assert ana.page(page).status_code == 302
    shown = ana.page(page, project=cast.project.pk)
    fields = shown.context["form"]["fields"]
    assert [choice["label"] for choice in fields["songs"]["choices"]] == ["Harbour Lights"]
    assert {choice["label"] for choice in fields["contributor"]["choices"]} == {"Nora", "Emil", "Wren Castellan"}
    assert fields["fee"]["parts"]["amount"]["currencies"][0] == "EUR"
    sent = form_of(shown)
    assert sent["fee.unit"] == "flat"
    sent["role"], sent["songs"], sent["fee.amount.amount"], sent["fee.unit"] = "Cello", str(song.pk), "150", "song"
    sent["contributor"], sent["state"] = str(cast.wren_called.pk), "confirmed"
    assert send(ana, page, sent).headers["Location"] == f"/projects/{cast.project.pk}/people/"
    assert (Engagement.objects.get().contributor, open_sum(cast.project)) == (cast.wren_called, 15_000)


def test_a_missing_rate_of_exchange_stands_on_top_of_the_form(ana: Caller, cast: Cast) -> None:
    role = make_role(ana, cast, fee=FLAT, contributor=cast.wren_called.pk, state="confirmed")
    page = f"/engagements/{role['id']}/edit/"
    sent = form_of(ana.page(page))
    sent["fee.amount.currency"] = "USD"
    refused = send(ana, page, sent)
    assert refused.status_code == 422
    assert "USD" in refused.context["form"]["errors"][0]
    assert open_sum(cast.project) == 26_000


def test_a_form_for_one_project_makes_nothing_in_another(ana: Caller, cast: Cast) -> None:
    sister = makers.make_project(cast.desk)
    sent = form_of(ana.page(f"/projects/{cast.project.pk}/people/new/", project=cast.project.pk))
    sent["role"], sent["project"] = "Cello", str(sister.pk)
    assert send(ana, f"/projects/{cast.project.pk}/people/new/", sent).status_code == 404
    assert not Engagement.objects.exists()


# --- buttons --------------------------------------------------------------------------------------------


def test_buttons_move_a_role_and_lead_back(ana: Caller, cast: Cast) -> None:
    role = make_role(ana, cast, fee=FLAT)
    tab = f"/projects/{cast.project.pk}/people/"

    def press(name: str, **said: Any) -> Answer:
        return ana.client.post(f"/engagements/{role['id']}/{name}/", {"next": tab} | said, follow=True)

    offered = press("offer", contributor=cast.wren_called.pk)
    assert offered.redirect_chain == [(tab, 302)]
    assert "Cello is offered to Wren Castellan." in offered.content.decode()
    assert "Wren Castellan is confirmed." in press("confirm").content.decode()
    assert open_sum(cast.project) == 26_000
    refused = press("offer").content.decode()
    assert "is confirmed. End it, or say that the person declined after all." in refused
    press("end")
    assert open_sum(cast.project) == 0
    assert ana.client.get(f"/engagements/{role['id']}/offer/").status_code == 302  # nothing happens by a link
    assert ana.client.get(f"/engagements/{role['id']}/promote/").status_code == 404


def test_archive_restore_and_delete_by_their_buttons(ana: Caller, samir: dict, cast: Cast) -> None:
    page = f"/people/{samir['id']}/"
    assert "is archived" in ana.client.post(page + "archive/", follow=True).content.decode()
    assert "Samir Haddon" not in ana.page("/people/").content.decode()
    assert "Samir Haddon" in ana.page("/people/", active="false").content.decode()
    assert "is back" in ana.client.post(page + "restore/", follow=True).content.decode()
    make_role(ana, cast, contributor=samir["id"], state="offered")
    assert ana.page(page + "delete/").status_code == 200
    kept = ana.client.post(page + "delete/")
    assert kept.status_code == 409
    assert "1 engagement" in kept.content.decode()
    wren = f"/people/{cast.wren_called.pk}/delete/"
    assert "is deleted" in ana.client.post(wren, follow=True).content.decode()


def test_a_role_is_deleted_after_asking_and_a_paid_one_stays(ana: Caller, cast: Cast) -> None:
    paid = make_role(ana, cast, fee=FLAT, contributor=cast.wren_called.pk, state="confirmed")
    assert ana.client.post(f"/engagements/{paid['id']}/delete/").status_code == 409
    role = make_role(ana, cast)
    assert ana.page(f"/engagements/{role['id']}/delete/").status_code == 200
    assert ana.client.post(f"/engagements/{role['id']}/delete/").status_code == 302
    assert Engagement.objects.get().pk == paid["id"]


# --- import ---------------------------------------------------------------------------------------------


def test_a_table_is_chosen_looked_at_and_taken(ana: Caller, cast: Cast) -> None:
    table = (
        'name;e-mail;shoe size\n"Kai ""K"" Lund";kai@example.org;43\n</textarea><b>;x@example.org;1\nNobody;at home;\n'
    )
    file = SimpleUploadedFile("people.csv", table.encode("cp1252"), content_type="text/csv")
    assert ana.page("/people/import/").status_code == 200
    look = ana.client.post("/people/import/", {"dry_run": "true", "file": file})
    html = look.content.decode()
    assert look.status_code == 200
    assert "2 new, 1 left out" in html and "shoe size" in html and "valid email" in html
    assert "</textarea><b>" not in html
    assert not Contributor.objects.filter(email="kai@example.org").exists()
    sent = form_of(look, "confirm")
    assert (sent["text"], sent["dry_run"]) == (table, "false")
    sent["text"] = table.replace("\n", "\r\n")  # as browsers send it
    for _ in range(2):  # a reload sends it again
        done = send(ana, "/people/import/", sent)
        assert "2 new, 1 left out" in done.content.decode()
    assert set(Contributor.objects.filter(email__contains="@example.org").values_list("name", flat=True)) == {
        'Kai "K" Lund',
        "</textarea><b>",
    }


def test_a_file_that_is_no_table_is_refused_beside_its_field(ana: Caller) -> None:
    for raw in (b"PK\x03\x04", b"", b"city\nPorto"):
        refused = ana.client.post("/people/import/", {"dry_run": "true", "file": SimpleUploadedFile("x.csv", raw)})
        assert refused.status_code == 422
        assert refused.context["form"]["fields"]["file"]["errors"]
    assert ana.client.post("/people/import/", {"dry_run": "true"}).status_code == 422


def test_a_table_without_anybody_new_offers_nothing_to_press(ana: Caller) -> None:
    look = ana.client.post("/people/import/", {"text": "name,email\nNora,nora@example.com\n"})
    assert "Let it happen" not in look.content.decode()


# --- who sees what, and what it costs -------------------------------------------------------------------


def test_a_person_sees_the_own_role_without_a_button_or_anybodys_notes(cast: Cast) -> None:
    makers.make_engagement(cast.project, cast.wren_called, "Violin", fee="77.00", unit="flat")
    own = makers.make_engagement(
        cast.project, cast.nora_called, "Lead vocals", fee="55.00", unit="flat", notes="Sings flat when tired"
    )
    nora = Caller(cast.nora)
    tab = nora.page(f"/projects/{cast.project.pk}/people/").content.decode()
    assert "Lead vocals" in tab and "€55" in tab
    page = nora.page(f"/engagements/{own.pk}/").content.decode()
    for html in (tab, page):
        assert "Violin" not in html and "€77" not in html and "Sings flat" not in html
        assert "/edit/" not in html.split("<main")[1] and "formaction" not in html
    for path in ("edit/", "delete/"):
        assert nora.page(f"/engagements/{own.pk}/{path}").status_code == 403
    assert nora.page(f"/projects/{cast.project.pk}/people/new/", project=cast.project.pk).status_code == 403


def test_pages_cost_the_same_for_few_rows_and_for_many(ana: Caller, cast: Cast) -> None:
    song = makers.make_song(cast.project)

    def add(count: int) -> None:
        for _ in range(count):
            person = makers.make_contributor(cast.desk)
            person.skills.create(kind="instrument", name="cello", key="cello")
            makers.make_rate(person, "hour", "60")
            makers.make_engagement(cast.project, person, fee="60", unit="song").songs.add(song)

    def cost(path: str, **query: Any) -> int:
        ana.page(path, **query)
        with CaptureQueriesContext(connection) as asked:
            assert ana.page(path, **query).status_code == 200
        return len(asked)

    add(7)
    few = cost("/people/", page_size=100), cost(f"/projects/{cast.project.pk}/people/")
    add(90)
    many = cost("/people/", page_size=100), cost(f"/projects/{cast.project.pk}/people/")
    assert few == many
    assert max(many) <= 15, many
