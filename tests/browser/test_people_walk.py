"""A producer's walk through the network, an import and the people of a record, on a desk and on a phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from budgets.models import BudgetEntry
from contributors.actions import engagements
from contributors.models import Contributor, Engagement
from producerdesk.kit.money import Money
from tests import makers
from tests.browsing import Browsing, clean
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.once

BOTH = pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
TABLE = (
    "name;e-mail;plays;rate;per;shoe size\nKai Lund;kai@example.org;drums, percussion;60,50;hour;43\nJo;at home;;;;\n"
)


@pytest.fixture
def cast(site: str) -> Cast:
    """The cast, where the web server sees it."""
    return make_cast()


@pytest.fixture
def hires(cast: Cast) -> Cast:
    """A record with a role in every state, and a network to choose from."""
    for name, instrument in (("Samir Haddon", "cello"), ("Oona Lindqvist", "cello"), ("Lucho Ferrand", "drums")):
        person = makers.make_contributor(cast.desk, name, city="Porto")
        person.skills.create(kind="instrument", name=instrument, key=instrument)
        makers.make_rate(person, "hour", "60")
    songs = [makers.make_song(cast.project, title) for title in ("Harbour Lights", "Last Ferry")]
    fee = {"unit": "song", "amount": Money(15_000, "EUR")}
    make = engagements.create_engagement
    make(project=cast.project, by=None, role="Cello", songs=songs, fee=fee, notes="Warm, not bright.")
    for role, state in (("Drums", "auditioning"), ("Mixing engineer", "offered"), ("Lead vocals", "confirmed")):
        make(project=cast.project, by=None, role=role, state=state, contributor=cast.wren_called)
    gone = make(project=cast.project, by=None, role="Violin", state="offered", contributor=cast.wren_called)
    engagements.move(engagement=gone, name="decline", by=None)
    return cast


def said(page: Page, text: str) -> None:
    """Wait until the page has said this where readers hear it."""
    expect(page.locator("#toasts[role=status]")).to_contain_text(text)


# --- the network ------------------------------------------------------------------------------------------


@BOTH
def test_somebody_is_added_changed_archived_and_brought_back(browsing: Browsing, cast: Cast, phone: bool) -> None:
    page = browsing.window(cast.ana, phone=phone)
    page.goto("/people/")
    page.get_by_role("link", name="Add a person").click()
    page.get_by_role("button", name="Add", exact=True).last.click()  # nothing typed yet
    expect(page.get_by_role("alert")).to_contain_text("Not saved")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.get_by_label("Name", exact=True).fill("Keiko Dahl")
    page.get_by_label("E-mail").fill("nora@example.com")
    page.get_by_label("Roles").fill("Mixing engineer, producer")
    page.get_by_label("Instruments").fill("piano")
    page.get_by_role("group", name="Usual rates").get_by_role("button", name="Add").click()
    page.get_by_label("Paid for").select_option("song")
    page.get_by_label("Amount").fill("450")
    page.get_by_label("Currency").select_option("CHF")
    page.get_by_role("button", name="Add", exact=True).last.click()
    expect(page.get_by_text("Nora has this address already.")).to_be_visible()
    expect(page.get_by_label("Amount")).to_have_value("450")
    page.get_by_label("E-mail").fill("keiko@example.org")
    page.get_by_role("button", name="Add", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keiko Dahl")
    said(page, "Keiko Dahl is in your network.")
    keiko = Contributor.objects.get(name="Keiko Dahl")
    assert list(keiko.rates.values_list("unit", "amount_minor", "currency")) == [("song", 45_000, "CHF")]

    page.get_by_role("link", name="Edit").click()
    page.get_by_label("City").fill("Oslo")
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".pd-meta")).to_contain_text("Oslo")
    assert not keiko.rates.exists()

    page.locator("summary[aria-label='More actions']").click()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("Keiko Dahl is archived")).to_be_visible()
    page.get_by_role("button", name="Bring back").click()
    said(page, "Keiko Dahl is back.")
    page.locator("summary[aria-label='More actions']").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    said(page, "Keiko Dahl is deleted.")


@BOTH
def test_the_list_narrows_while_one_types(browsing: Browsing, hires: Cast, phone: bool) -> None:
    page = browsing.window(hires.ana, phone=phone)
    page.goto("/people/")
    rows = page.locator("#people tbody tr")
    expect(rows).to_have_count(6)
    page.get_by_label("Name, e-mail, phone or skill").fill("samir")
    expect(rows).to_have_count(1)
    assert "search=samir" in page.url
    page.get_by_label("Name, e-mail, phone or skill").fill("")
    expect(rows).to_have_count(6)
    if phone:
        page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Instrument").select_option("cello")
    expect(rows).to_have_count(2)
    expect(page.locator("#people [role=status]")).to_have_text("2 people")
    clean(page)
    page.get_by_role("link", name=re.compile("Samir Haddon")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Samir Haddon")


@BOTH
def test_a_table_is_looked_at_before_it_is_taken(browsing: Browsing, cast: Cast, tmp_path: Path, phone: bool) -> None:
    table = tmp_path / "people.csv"
    table.write_bytes(TABLE.encode("utf-16"))
    page = browsing.window(cast.ana, phone=phone)
    page.goto("/people/")
    page.get_by_role("link", name="Import").click()
    page.get_by_role("button", name="Look at it").click()  # nothing chosen yet
    expect(page.get_by_text("Choose a file.")).to_be_visible()
    page.get_by_label("CSV file").set_input_files(table)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 new, 1 left out")
    expect(page.locator(".pd-columns .is-unknown")).to_contain_text("shoe size")
    expect(page.get_by_role("row", name=re.compile("Jo"))).to_contain_text("E-mail: Enter a valid email address.")
    clean(page)
    assert not Contributor.objects.filter(name="Kai Lund").exists()
    page.get_by_role("button", name="Let it happen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Done: 1 new, 1 left out")
    clean(page)
    page.reload()  # the browser sends the form again
    assert Contributor.objects.filter(name="Kai Lund").count() == 1
    page.get_by_role("link", name="See them").click()
    expect(page.get_by_role("row", name=re.compile("Kai Lund"))).to_contain_text("€60.50")


# --- the people of a record -------------------------------------------------------------------------------


@BOTH
def test_a_role_is_named_filled_and_committed(browsing: Browsing, hires: Cast, phone: bool) -> None:
    Engagement.objects.all().delete()
    page = browsing.window(hires.ana, phone=phone)
    page.goto(f"/projects/{hires.project.pk}/")
    page.get_by_role("navigation", name="Project").get_by_role("link", name="People").click()
    expect(page.get_by_text("Whom does this record need?")).to_be_visible()
    page.get_by_role("link", name="Add a role").click()
    page.get_by_label("Role").fill("Cello")
    page.get_by_role("checkbox", name="Harbour Lights").check()
    page.get_by_role("checkbox", name="Last Ferry").check()
    page.get_by_label("Fee").fill("150")
    page.get_by_label("Paid for").select_option("song")
    page.get_by_role("button", name="Add role").click()
    expect(page.get_by_text("One role is open")).to_be_visible()
    assert not BudgetEntry.objects.exists()

    page.get_by_role("link", name="Find somebody").click()
    expect(page.locator("#candidates li")).to_have_count(2)
    page.locator("#candidates li").filter(has_text="Samir Haddon").get_by_role("button", name="Offer").click()
    said(page, "Cello is offered to Samir Haddon.")
    page.get_by_role("button", name="Said yes").click()
    said(page, "Samir Haddon is confirmed.")
    expect(page.get_by_text("€300.00 committed on 400")).to_be_visible()
    assert BudgetEntry.objects.get().amount_minor == 30_000

    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="People").click()
    row = page.locator("#confirmed li").filter(has_text="Samir Haddon")
    row.locator("summary").click()
    row.get_by_role("button", name="Declined after all").click()
    said(page, "Samir Haddon declined.")
    page.get_by_text("Declined or over").click()
    page.get_by_role("button", name="Find another").click()
    said(page, "Cello: nobody yet.")
    assert [entry.amount_minor for entry in BudgetEntry.objects.order_by("seq")] == [30_000, -30_000]


def test_somebody_else_is_found_by_name(browsing: Browsing, hires: Cast) -> None:
    page = browsing.window(hires.ana)
    page.goto(f"/engagements/{Engagement.objects.get(role='Cello').pk}/")
    page.get_by_label("Somebody else, by name").fill("lucho")
    page.get_by_label("Somebody else, by name").press("Enter")
    page.locator("#candidates li").filter(has_text="Lucho Ferrand").get_by_role("button", name="Audition").click()
    said(page, "Cello is being auditioned.")
    assert Engagement.objects.get(role="Cello").contributor == Contributor.objects.get(name="Lucho Ferrand")


# --- nobody is kept out -----------------------------------------------------------------------------------


@BOTH
def test_nothing_keeps_anybody_out(browsing: Browsing, hires: Cast, phone: bool) -> None:
    samir, open_role = Contributor.objects.get(name="Samir Haddon"), Engagement.objects.get(role="Cello")
    Contributor.objects.filter(name="Lucho Ferrand").update(active=False)
    lucho = Contributor.objects.get(name="Lucho Ferrand")
    page = browsing.window(hires.ana, phone=phone)
    for path in (
        "/people/",
        "/people/?search=nobody+of+that+name",
        "/people/new/",
        "/people/import/",
        f"/people/{samir.pk}/",
        f"/people/{lucho.pk}/",
        f"/people/{samir.pk}/edit/",
        f"/people/{samir.pk}/delete/",
        f"/projects/{hires.project.pk}/people/",
        f"/projects/{hires.project.pk}/people/new/?project={hires.project.pk}",
        *(f"/engagements/{engagement.pk}/" for engagement in Engagement.objects.all()),
        f"/engagements/{open_role.pk}/edit/",
        f"/engagements/{open_role.pk}/delete/",
    ):
        page.goto(path)
        clean(page)
    page.goto(f"/projects/{hires.project.pk}/people/")
    page.locator("#offered summary").first.click()
    page.get_by_text("Declined or over").click()
    clean(page)
    empty = browsing.window(makers.make_user("Mia"), phone=phone)
    empty.goto("/people/")
    expect(empty.get_by_text("Nobody yet")).to_be_visible()
    clean(empty)
    own = browsing.window(hires.nora, phone=phone)
    own.goto(f"/projects/{hires.project.pk}/people/")
    clean(own)
