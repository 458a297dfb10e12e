"""The desk's settings: who may change them, and what makes sense."""

from collections.abc import Callable
from typing import Any

import pytest

from producerdesk.accounts.actions import _offsets_hooks
from producerdesk.accounts.models import Desk
from producerdesk.accounts.offsets import in_minutes, in_words
from producerdesk.accounts.reminding import offsets_of
from producerdesk.accounts.roles import Role
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

As = Callable[[str], Caller]


def said(**changed: Any) -> dict:
    """Return a desk's settings as one sends them."""
    usual = {
        "name": "Lowlight",
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
        "reminder_offsets": [10080, 1440, 120],
    }
    return usual | changed


def test_staff_read_their_desk_and_nobody_else_does(cast: Cast, as_: As) -> None:
    path = f"desks/{cast.desk.pk}/"
    assert as_("ana").get(path).json()["role"] == "owner"
    assert as_("ben").get(path).json()["may_manage"] is False
    for name in ("nora", "emil", "cara", "lena", "xavi", "cleo"):
        assert as_(name).get(path).status_code == 404
        assert cast.desk.pk not in [row["id"] for row in as_(name).get("desks/").json()["results"]]
    assert Caller().get(path).status_code == 401


@pytest.mark.parametrize(("name", "status"), [("ana", 200), ("ben", 403), ("asa", 403), ("nora", 403), ("cleo", 404)])
def test_only_an_owner_changes_it(cast: Cast, as_: As, name: str, status: int) -> None:
    answer = as_(name).put(f"desks/{cast.desk.pk}/", version=1, **said(name="Highlight"))
    assert answer.status_code == status


def test_owning_a_project_is_not_owning_the_desk(cast: Cast) -> None:
    makers.make_staff(cast.desk, cast.nora, Role.ASSISTANT)
    cast.project.memberships.filter(user=cast.nora).update(role=Role.OWNER)
    assert Caller(cast.nora).put(f"desks/{cast.desk.pk}/", version=1, **said()).status_code == 403


def test_a_change_names_the_version_it_read(cast: Cast, as_: As) -> None:
    ana, path = as_("ana"), f"desks/{cast.desk.pk}/"
    assert ana.get(path)["ETag"] == '"1"'
    assert ana.put(path, **said()).status_code == 428
    assert ana.put(path, version=1, **said(name="One"))["ETag"] == '"2"'
    stale = ana.put(path, version=1, **said(name="Two"))
    assert stale.status_code == 412
    assert stale.json()["current"]["name"] == "One"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"currency": "XXX"}, "currency"),
        ({"reminder_offsets": "soon"}, "reminder_offsets"),
        ({"reminder_offsets": ["soon"]}, "reminder_offsets"),
        ({"reminder_offsets": [4]}, "reminder_offsets"),
        ({"reminder_offsets": [-60]}, "reminder_offsets"),
        ({"reminder_offsets": [61 * 1440]}, "reminder_offsets"),
        ({"reminder_offsets": [60, "1 hour"]}, "reminder_offsets"),
        ({"reminder_offsets": list(range(10, 21))}, "reminder_offsets"),
        ({"reminder_offsets": [True]}, "reminder_offsets"),
        ({"reminder_offsets": [1.5]}, "reminder_offsets"),
        ({"reminder_offsets": [{"days": 1}]}, "reminder_offsets"),
        ({"reminder_offsets": ["9" * 30]}, "reminder_offsets"),
        ({"reminder_offsets": {"0": 60}}, "reminder_offsets"),
        ({"staff": []}, "staff"),
        ({"quiet_from": "22:00"}, "quiet_until"),
        ({"quiet_until": "08:00"}, "quiet_from"),
        ({"quiet_from": "08:00", "quiet_until": "08:00"}, "quiet_until"),
        ({"quiet_from": "25:00", "quiet_until": "08:00"}, "quiet_from"),
        ({"quiet_from": "22:00+02:00", "quiet_until": "08:00"}, "quiet_from"),
        ({"reminder_rules": "all"}, "reminder_rules"),
        ({"reminder_rules": [{"kind": "", "role": "", "offsets": [60]}]}, "reminder_rules.0.kind"),
        ({"reminder_rules": [{"kind": "baking", "offsets": [60]}]}, "reminder_rules.0.kind"),
        ({"reminder_rules": [{"role": "x" * 61, "offsets": [60]}]}, "reminder_rules.0.role"),
        ({"reminder_rules": [{"role": "Cello", "offsets": "soon"}]}, "reminder_rules.0.offsets"),
        ({"reminder_rules": [{"role": "Cello"}]}, "reminder_rules.0.offsets"),
        ({"reminder_rules": [{"role": name, "offsets": []} for name in ("Cello", "cello")]}, "reminder_rules"),
        ({"reminder_rules": [{"role": str(n), "offsets": []} for n in range(31)]}, "reminder_rules"),
    ],
)
def test_nonsense_is_refused_by_field(cast: Cast, as_: As, changed: dict, field: str) -> None:
    answer = as_("ana").put(f"desks/{cast.desk.pk}/", version=1, **said(**changed))
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert Desk.objects.get(pk=cast.desk.pk).version == 1


def test_offsets_may_be_said_in_words_or_minutes(cast: Cast, as_: As) -> None:
    ana, path = as_("ana"), f"desks/{cast.desk.pk}/"
    answer = ana.put(path, version=1, **said(reminder_offsets=["2 h", 7200, "1 week", "90"]))
    assert answer.json()["reminder_offsets"] == [10080, 7200, 120, 90]
    assert ana.put(path, version=2, **said(reminder_offsets=[])).json()["reminder_offsets"] == []


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("7 days", 10080),
        ("24 h", 1440),
        ("1 day 12 h", 2160),
        ("90", 90),
        ("90 min.", 90),
        ("2 Hours", 120),
        ("1w", 10080),
        ("", None),
        ("-5 h", None),
        ("2 fortnights", None),
        ("2,5 h", None),
        ("h", None),
        ("٣ h", 180),
    ],
)
def test_spans_of_time_are_read_as_people_write_them(text: str, minutes: int | None) -> None:
    assert in_minutes(text) == minutes


@pytest.mark.parametrize("minutes", [5, 45, 60, 90, 120, 1440, 2880, 4320, 10080, 60 * 1440])
def test_what_we_write_we_read(minutes: int) -> None:
    assert in_minutes(in_words(minutes)) == minutes


def test_a_form_without_reminders_means_none(cast: Cast, as_: As) -> None:
    page, ana = f"/desk/{cast.desk.pk}/", as_("ana")
    form = {"name": "Lowlight", "time_zone": "Europe/Berlin", "currency": "EUR", "_etag": '"1"'}
    assert ana.send(page, **form).status_code == 302
    assert Desk.objects.get(pk=cast.desk.pk).reminder_offsets == []


def test_the_form_sent_back_unchanged_changes_nothing(cast: Cast, as_: As) -> None:
    ana, page = as_("ana"), f"/desk/{cast.desk.pk}/"
    before = ana.get(f"desks/{cast.desk.pk}/").json()
    form = ana.page(page).context["form"]
    sent = {name: field["value"] or "" for name, field in form["fields"].items()} | {"_etag": form["etag"]}
    assert sent["reminder_offsets"] == ["7 days", "24 hours", "2 hours"]
    assert ana.send(page, **sent)["Location"] == page
    assert ana.get(f"desks/{cast.desk.pk}/").json() == before | {"version": 2}


def test_new_offsets_are_told_and_the_same_are_not(cast: Cast, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Desk] = []
    monkeypatch.setattr("producerdesk.accounts.actions._offsets_hooks", [*_offsets_hooks, told.append])
    ana, path = as_("ana"), f"desks/{cast.desk.pk}/"
    ana.put(path, version=1, **said(name="Another name"))
    assert not told
    ana.put(path, version=2, **said(reminder_offsets=[60]))
    assert told == [cast.desk]


def test_the_page_is_read_by_staff_and_leads_there(cast: Cast, as_: As) -> None:
    page = f"/desk/{cast.desk.pk}/"
    assert as_("ana").page("/desk/")["Location"] == page
    assert "form" not in as_("ben").page(page).context
    assert as_("nora").page(page).status_code == 404
    assert "no desk of your own" in as_("nora").page("/desk/").content.decode()
    assert Caller().page(page)["Location"] == f"/accounts/login/?next={page}"


# --- other reminders for some, and quiet hours ----------------------------------------------------------
RULES = [
    {"kind": "vocal", "role": "", "offsets": [60]},
    {"kind": "", "role": "engineer", "offsets": [120]},
    {"kind": "vocal", "role": "Engineer", "offsets": [180]},
    {"kind": "", "role": "tracking engineer", "offsets": []},
]


@pytest.mark.parametrize(
    ("kind", "role", "offsets"),
    [
        ("mixing", "Cello", [10080, 1440, 120]),
        ("vocal", "Cello", [60]),
        ("mixing", "Mix ENGINEER", [120]),
        ("vocal", "Second engineer", [180]),
        ("mixing", "Tracking engineer", []),
        ("vocal", "Tracking engineer", [180]),
    ],
)
def test_the_closest_rule_says_when_somebody_is_reminded(kind: str, role: str, offsets: list[int]) -> None:
    desk = Desk(reminder_offsets=[120, 10080, 1440, 120], reminder_rules=RULES)
    assert offsets_of(desk, kind, role) == offsets


def test_rules_and_quiet_hours_are_said_and_read_back(cast: Cast, as_: As) -> None:
    ana, path = as_("ana"), f"desks/{cast.desk.pk}/"
    rules = [{"kind": "vocal", "role": "", "offsets": "1 day, 2 h"}, {"role": " Engineer ", "offsets": []}]
    answer = ana.put(path, version=1, **said(reminder_rules=rules, quiet_from="22:30", quiet_until="07:00")).json()
    assert answer["reminder_rules"] == [
        {"kind": "vocal", "role": "", "offsets": [1440, 120]},
        {"kind": "", "role": "Engineer", "offsets": []},
    ]
    assert (answer["quiet_from"], answer["quiet_until"]) == ("22:30:00", "07:00:00")
    assert ana.put(path, version=2, **said(quiet_from=None, quiet_until=None)).json()["quiet_from"] is None
    assert "Engineer: none" in " ".join(as_("ben").page(f"/desk/{cast.desk.pk}/").content.decode().split())


def test_who_may_not_change_the_desk_reads_each_setting_once(cast: Cast, as_: As) -> None:
    cast.desk.time_zone = "America/Chicago"
    cast.desk.save()
    page = as_("asa").client.get("/desk/", follow=True).content.decode()
    assert page.count("Reminders before the call time") == 1
    assert "7 days, 24 hours, 2 hours" in page
    assert "<dt>Paper</dt><dd>US Letter</dd>" in page


def test_a_desk_prints_on_what_it_chose_or_on_what_is_usual_there(cast: Cast, as_: As) -> None:
    ana, path = as_("ana"), f"desks/{cast.desk.pk}/"
    assert [ana.get(path).json()[name] for name in ("paper", "prints_on")] == ["", "a4"]
    assert ana.put(path, version=1, **said(paper="letter")).json()["prints_on"] == "letter"
    assert ana.put(path, version=2, **said(paper="", time_zone="America/Toronto")).json()["prints_on"] == "letter"
    refused = ana.put(path, version=3, **said(paper="a5"))
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["paper"])
