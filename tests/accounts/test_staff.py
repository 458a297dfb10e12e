"""Who works at a desk, in which role, and how one leaves."""

from collections.abc import Callable

import pytest

from producerdesk.accounts.models import DeskStaff, User
from producerdesk.accounts.roles import Role
from tests.calling import Caller
from tests.cast import Cast

As = Callable[[str], Caller]


def row_of(user: User, cast: Cast) -> int:
    """Return the id of somebody's row at the desk."""
    return DeskStaff.objects.get(user=user, desk=cast.desk).pk


def test_producers_see_who_works_there(cast: Cast, as_: As) -> None:
    for name in ("ana", "ben", "asa"):
        rows = as_(name).get("staff/", desk=cast.desk.pk).json()["results"]
        assert [row["user"]["name"] for row in rows] == ["Ana", "Ben", "Asa"]
    for name in ("nora", "emil", "cara", "lena", "xavi", "cleo"):
        assert as_(name).get("staff/", desk=cast.desk.pk).json()["results"] == []


def test_only_an_owner_gives_roles(cast: Cast, as_: As) -> None:
    path = f"staff/{row_of(cast.asa, cast)}/"
    for name, status in (("ben", 403), ("asa", 403), ("nora", 403), ("cleo", 404)):
        assert as_(name).post(path + "role/", role="owner").status_code == status
    for name, status in (("ben", 403), ("nora", 404), ("cleo", 404)):
        assert as_(name).delete(path).status_code == status
    assert as_("ana").post(path + "role/", role="owner").json()["role"] == "owner"
    assert as_("ana").delete(path).status_code == 204
    assert as_("asa").get(f"desks/{cast.desk.pk}/").status_code == 404


@pytest.mark.parametrize("role", ["artist", "label", "king", "", None])
def test_staff_have_staff_roles(cast: Cast, as_: As, role: str | None) -> None:
    answer = as_("ana").post(f"staff/{row_of(cast.asa, cast)}/role/", role=role)
    assert list(answer.json()["fields"]) == ["role"]


def test_the_last_owner_stays(cast: Cast, as_: As) -> None:
    ana, path = as_("ana"), f"staff/{row_of(cast.ana, cast)}/"
    assert ana.post(path + "role/", role="assistant").status_code == 409
    assert ana.delete(path).status_code == 409
    ana.post(f"staff/{row_of(cast.ben, cast)}/role/", role="owner")
    assert ana.delete(path).status_code == 204
    assert list(DeskStaff.objects.filter(desk=cast.desk, role=Role.OWNER).values_list("user__name", flat=True)) == [
        "Ben"
    ]


def test_one_may_leave_and_nothing_is_seen_any_more(cast: Cast, as_: As) -> None:
    asa = as_("asa")
    assert asa.get(f"projects/{cast.project.pk}/").status_code == 200
    assert asa.delete(f"staff/{row_of(cast.asa, cast)}/").status_code == 204
    assert asa.get("projects/").json()["count"] == 0


def test_the_page_shows_who_may_do_what(cast: Cast, as_: As) -> None:
    page = f"/desk/{cast.desk.pk}/staff/"
    shown = as_("ana").page(page).context
    assert [row["may_become"] for row in shown["staff"]["results"]][1] == ["owner", "assistant"]
    assert (
        as_("ana").send(f"/desk/staff/{row_of(cast.ben, cast)}/role/", role="assistant", next=page)["Location"] == page
    )
    assert DeskStaff.objects.get(pk=row_of(cast.ben, cast)).role == "assistant"
    answer = as_("ana").send(f"/desk/staff/{row_of(cast.ana, cast)}/remove/", next=page)
    assert answer["Location"] == page
    assert DeskStaff.objects.filter(user=cast.ana).exists()


def test_staff_who_may_not_invite_see_the_page_without_the_form(cast: Cast, as_: As) -> None:
    answer = as_("ben").page(f"/desk/{cast.desk.pk}/staff/")
    assert answer.status_code == 200
    assert b"Send invitation" not in answer.content
