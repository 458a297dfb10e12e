"""Who may see a project, and how that changes."""

from collections.abc import Callable

import pytest

from projects.models import Membership
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

As = Callable[[str], Caller]


def row_of(name: str) -> int:
    """Return the id of somebody's membership."""
    return Membership.objects.get(user__name=name).pk


@pytest.mark.parametrize(("name", "sees"), [("ana", 5), ("ben", 5), ("asa", 5), ("nora", 1), ("lena", 1), ("cleo", 0)])
def test_producers_see_all_members_and_others_themselves(cast: Cast, as_: As, name: str, sees: int) -> None:
    rows = as_(name).get("members/", project=cast.project.pk).json()["results"]
    assert len(rows) == sees
    assert sees != 1 or rows[0]["is_me"]


def test_a_member_sees_no_other_members_address(cast: Cast, as_: As) -> None:
    for name in ("nora", "emil", "cara", "lena", "xavi"):
        body = as_(name).get("members/").content.decode()
        assert body.count("@example.com") == 1
        assert as_(name).get(f"members/{row_of('Nora')}/").status_code == (200 if name == "nora" else 404)


@pytest.mark.parametrize(
    ("name", "status"),
    [("ana", 200), ("ben", 200), ("asa", 200), ("emil", 403), ("nora", 403), ("lena", 403), ("cleo", 404)],
)
def test_producers_give_roles(cast: Cast, as_: As, name: str, status: int) -> None:
    assert as_(name).post(f"members/{row_of('Emil')}/role/", role="artist").status_code == status


def test_nobody_gives_or_takes_more_than_the_own_right(cast: Cast, as_: As) -> None:
    asa, path = as_("asa"), f"members/{row_of('Emil')}/"
    assert list(asa.post(path + "role/", role="owner").json()["fields"]) == ["role"]
    as_("ana").post(path + "role/", role="owner")
    assert list(asa.post(path + "role/", role="artist").json()["fields"]) == ["role"]
    assert asa.delete(path).status_code == 400
    assert asa.get(path).json()["may_become"] == []
    assert as_("ana").delete(path).status_code == 204


@pytest.mark.parametrize("said", [{"role": "king"}, {"role": None}, {}, {"role": "artist", "user": 1}])
def test_nonsense_is_refused(cast: Cast, as_: As, said: dict) -> None:
    assert as_("ana").post(f"members/{row_of('Emil')}/role/", **said).status_code == 400


def test_who_is_removed_sees_the_project_no_more(cast: Cast, as_: As) -> None:
    nora, path = as_("nora"), f"projects/{cast.project.pk}/"
    assert nora.get(path).status_code == 200
    assert as_("emil").delete(f"members/{row_of('Nora')}/").status_code == 404
    assert as_("asa").delete(f"members/{row_of('Nora')}/").status_code == 204
    assert nora.get("projects/").json()["count"] == 0


def test_one_may_leave(cast: Cast, as_: As) -> None:
    assert as_("lena").send(f"/members/{row_of('Lena')}/remove/", next="/")["Location"] == "/"
    assert not Membership.objects.filter(user=cast.lena).exists()


def test_another_desks_members_are_not_there(cast: Cast, as_: As) -> None:
    there = makers.make_member(cast.other_project, makers.make_user("Zoe"), "artist")
    ana = as_("ana")
    assert ana.get(f"members/{there.pk}/").status_code == 404
    assert ana.post(f"members/{there.pk}/role/", role="label").status_code == 404
    assert ana.delete(f"members/{there.pk}/").status_code == 404


def test_the_page_changes_roles(cast: Cast, as_: As) -> None:
    page = f"/projects/{cast.project.pk}/access/"
    assert as_("ana").send(f"/members/{row_of('Cara')}/role/", role="artist", next=page)["Location"] == page
    assert Membership.objects.get(user=cast.cara).role == "artist"
